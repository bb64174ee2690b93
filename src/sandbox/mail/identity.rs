//! Whom the account may send as: addresses and domains, once they are verified.

use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};

use super::{Mail, missing};
use crate::sandbox::{Account, Answer, Call, Fault, Params};

/// An identity.
#[derive(Clone, Debug, Serialize)]
pub struct Identity {
    /// `PENDING`, `SUCCESS`, `FAILED`, `TEMPORARY_FAILURE`.
    pub status: String,
    /// Whether it is a domain and not an address.
    pub domain: bool,
    /// The tokens of its DKIM records, for a domain.
    pub tokens: Vec<String>,
    /// When it was made.
    pub created: Timestamp,
    /// The domain of its bounces.
    pub mail_from: Option<String>,
}

/// Answers a call about identities, if it is one.
pub(super) fn handle(account: &mut Account, call: &Call) -> Option<Answer> {
    Some(match call.operation.as_str() {
        "ListEmailIdentities" => list(&account.here.mail, call),
        "CreateEmailIdentity" => create(account, call),
        "GetEmailIdentity" => get(&account.here.mail, call),
        "DeleteEmailIdentity" => delete(account, call),
        _ => return None,
    })
}

/// Decides an identity's verification, as the owner of the address or the domain does.
pub fn verify(account: &mut Account, name: &str, status: &str) {
    if let Some(identity) = account.here.mail.identities.get_mut(name) {
        status.clone_into(&mut identity.status);
    }
}

/// Whether an address, or its domain, is verified.
pub(super) fn may_send(mail: &Mail, address: &str) -> bool {
    // `Shop <shop@example.com>` is an address too.
    let address = address.rsplit('<').next().unwrap_or(address).trim_end_matches('>');
    let domain = address.rsplit('@').next().unwrap_or(address);
    [address, domain]
        .iter()
        .any(|name| mail.identities.get(*name).is_some_and(|known| known.status == "SUCCESS"))
}

fn list(mail: &Mail, call: &Call) -> Answer {
    let from = call.params.text("NextToken").unwrap_or_default();
    let most = call.params.number("PageSize").and_then(|most| usize::try_from(most).ok());
    let mut left = mail.identities.iter().filter(|(name, _)| name.as_str() >= from);
    let page: Vec<Value> = left
        .by_ref()
        .take(most.unwrap_or(100))
        .map(|(name, identity)| {
            json!({
                "IdentityType": if identity.domain { "DOMAIN" } else { "EMAIL_ADDRESS" },
                "IdentityName": name,
                "SendingEnabled": identity.status == "SUCCESS",
                "VerificationStatus": identity.status,
            })
        })
        .collect();
    let next = left.next().map(|(name, _)| name);
    Ok(json!({ "EmailIdentities": page, "NextToken": next }))
}

fn dkim(identity: &Identity) -> Value {
    let status = match (identity.domain, identity.status.as_str()) {
        (true, "PENDING") => "PENDING",
        // A domain that failed has no DKIM under way (recorded).
        (false, _) | (true, "FAILED") => "NOT_STARTED",
        (true, _) => "SUCCESS",
    };
    let signs = identity.domain && status != "NOT_STARTED";
    json!({
        "SigningEnabled": signs,
        "Status": status,
        "Tokens": signs.then_some(&identity.tokens),
        "SigningAttributesOrigin": "AWS_SES",
        "NextSigningKeyLength": if signs { "RSA_2048_BIT" } else { "RSA_1024_BIT" },
        "CurrentSigningKeyLength": signs.then_some("RSA_2048_BIT"),
        "LastKeyGenerationTimestamp": signs.then(|| identity.created.to_string()),
    })
}

fn create(account: &mut Account, call: &Call) -> Answer {
    let name = call.params.need("EmailIdentity")?.to_owned();
    if account.here.mail.identities.contains_key(&name) {
        return Err(Fault::new(
            "AlreadyExistsException",
            format!("Email identity {name} already exist."),
        ));
    }
    let domain = !name.contains('@');
    let tokens = if domain { (0..3).map(|_| account.hex(32)).collect() } else { Vec::new() };
    let created = account.now();
    let status = "PENDING".to_owned();
    let identity = Identity { status, domain, tokens, created, mail_from: None };
    let answer = json!({
        "IdentityType": if domain { "DOMAIN" } else { "EMAIL_ADDRESS" },
        "VerifiedForSendingStatus": false,
        "DkimAttributes": dkim(&identity),
    });
    account.here.mail.identities.insert(name.clone(), identity);
    if domain {
        account.later(SEARCHED, move |account| give_up(account, &name, created));
    }
    Ok(answer)
}

/// For how long SES looks for a domain's records, seconds: "up to 72 hours".
///
/// <https://docs.aws.amazon.com/ses/latest/dg/creating-identities.html>
const SEARCHED: i64 = 72 * 3600;

/// The domain's records were not found in time.
fn give_up(account: &mut Account, name: &str, created: Timestamp) {
    if let Some(identity) = account.here.mail.identities.get_mut(name)
        && identity.created == created
        && identity.status == "PENDING"
    {
        "FAILED".clone_into(&mut identity.status);
    }
}

fn find<'a>(mail: &'a Mail, name: &str) -> Result<&'a Identity, Fault> {
    let found = mail.identities.get(name);
    found.ok_or_else(|| missing(&format!("Email identity {name} does not exist.")))
}

fn get(mail: &Mail, call: &Call) -> Answer {
    let identity = find(mail, call.params.need("EmailIdentity")?)?;
    Ok(json!({
        "IdentityType": if identity.domain { "DOMAIN" } else { "EMAIL_ADDRESS" },
        "FeedbackForwardingStatus": true,
        "VerifiedForSendingStatus": identity.status == "SUCCESS",
        "VerificationStatus": identity.status,
        "DkimAttributes": dkim(identity),
        "MailFromAttributes": {
            "MailFromDomain": identity.mail_from,
            "MailFromDomainStatus": identity.mail_from.as_ref().map(|_| "SUCCESS"),
            "BehaviorOnMxFailure": "USE_DEFAULT_VALUE",
        },
        "Policies": {},
        "Tags": [],
        "VerificationInfo": {
            "LastCheckedTimestamp": identity.created.to_string(),
            // A domain fails when its records are not found within three days.
            "ErrorType": (identity.status == "FAILED").then_some("HOST_NOT_FOUND"),
        },
    }))
}

fn delete(account: &mut Account, call: &Call) -> Answer {
    let name = call.params.need("EmailIdentity")?;
    find(&account.here.mail, name)?;
    account.here.mail.identities.remove(name);
    Ok(json!({}))
}
