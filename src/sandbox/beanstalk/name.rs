//! Names and ARNs, as Elastic Beanstalk makes them.

use crate::sandbox::{Account, Fault};

/// A new environment's id: `e-` and ten letters and digits.
pub(super) fn environment_id(account: &mut Account) -> String {
    format!("e-{}", letters(account, 10))
}

/// The part of a web address that Elastic Beanstalk adds: `eba-` and eight.
pub(super) fn address_part(account: &mut Account) -> String {
    format!("eba-{}", letters(account, 8))
}

/// Lower-case letters and a few digits, the alphabet of Elastic Beanstalk's ids.
fn letters(account: &mut Account, length: usize) -> String {
    // Ids that were seen hold no 0, 1, 8, 9, l or o-like digits: `pi53mmp2yg`, `z9v2xmkciy`.
    const ALPHABET: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456793";
    let digits = account.hex(length * 2);
    (0..length)
        .map(|at| {
            let number = u8::from_str_radix(&digits[at * 2..at * 2 + 2], 16).unwrap_or_default();
            char::from(ALPHABET[usize::from(number) % ALPHABET.len()])
        })
        .collect()
}

/// The stack of an environment.
pub(super) fn stack(environment: &str) -> String {
    format!("awseb-{environment}-stack")
}

/// The second stack that immutable updates work with.
pub(super) fn immutable_stack(environment: &str) -> String {
    format!("awseb-{environment}-immutable-stack")
}

/// The bucket of the region.
pub(super) fn bucket(account: &Account) -> String {
    format!("elasticbeanstalk-{}-{}", account.region, account.id)
}

/// The full web address of a prefix.
pub(super) fn address(account: &Account, prefix: &str) -> String {
    format!("{prefix}.{}.elasticbeanstalk.com", account.region)
}

/// Refuses an environment's name that is none.
///
/// <https://docs.aws.amazon.com/elasticbeanstalk/latest/api/API_CreateEnvironment.html>
pub(super) fn check_environment(name: &str) -> Result<(), Fault> {
    let letters = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    let edges = !name.starts_with('-') && !name.ends_with('-');
    if (4..=40).contains(&name.len()) && letters && edges {
        return Ok(());
    }
    Err(Fault::invalid_value(format!(
        "Value {name} at 'EnvironmentName' failed to satisfy constraint: Member must be from 4 to \
         40 characters in length. The name can contain only letters, numbers, and hyphens. It \
         can't start or end with a hyphen."
    )))
}
