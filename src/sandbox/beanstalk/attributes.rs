//! The account's quotas, addresses that are free or swapped, and the operations role.

use serde_json::{Value, json};

use super::environment::Status;
use super::find::{must_be_ready, need};
use super::{Handler, find, name};
use crate::sandbox::{Account, Answer, Call, Fault, quotas};

/// Applications an account may have.
///
/// <https://docs.aws.amazon.com/general/latest/gr/elasticbeanstalk.html>
pub(super) const APPLICATIONS: usize = 75;
/// Application versions an account may have.
pub(super) const VERSIONS: usize = 1000;
/// Saved configurations an account may have.
const TEMPLATES: usize = 2000;
/// Custom platforms an account may have.
const PLATFORMS: usize = 50;

pub(super) fn handler(operation: &str) -> Option<Handler> {
    Some(match operation {
        "DescribeAccountAttributes" => describe,
        "CheckDNSAvailability" => check_address,
        "AssociateEnvironmentOperationsRole" => associate_role,
        "DisassociateEnvironmentOperationsRole" => disassociate_role,
        _ => return None,
    })
}

fn describe(account: &mut Account, _call: &Call) -> Answer {
    let quota = |maximum: usize| json!({ "Maximum": maximum });
    Ok(json!({ "ResourceQuotas": {
        "ApplicationQuota": quota(APPLICATIONS),
        "ApplicationVersionQuota": quota(VERSIONS),
        "EnvironmentQuota": quota(quotas::ENVIRONMENTS.value(account)),
        "ConfigurationTemplateQuota": quota(TEMPLATES),
        "CustomPlatformQuota": quota(PLATFORMS),
    } }))
}

/// Whether nobody has an address.
pub(super) fn is_free(account: &Account, prefix: &str) -> bool {
    let address = name::address(account, prefix);
    !account
        .here
        .beanstalk
        .environments
        .values()
        .any(|found| found.status != Status::Terminated && found.address == address)
}

fn check_address(account: &mut Account, call: &Call) -> Answer {
    let prefix = need(&call.params, "CNAMEPrefix")?;
    Ok(json!({
        "Available": is_free(account, prefix),
        "FullyQualifiedCNAME": name::address(account, prefix),
    }))
}

fn associate_role(account: &mut Account, call: &Call) -> Answer {
    let role = need(&call.params, "OperationsRole")?.to_owned();
    let id = find::living(account, call)?;
    set_role(account, &id, Some(role))
}

fn disassociate_role(account: &mut Account, call: &Call) -> Answer {
    let id = find::living(account, call)?;
    set_role(account, &id, None)
}

fn set_role(account: &mut Account, id: &str, role: Option<String>) -> Answer {
    if let Some(role) = &role {
        let short = role.rsplit('/').next().unwrap_or(role);
        if !super::neighbour::role_exists(account, short) {
            return Err(Fault::invalid_value(format!("Role {role} does not exist.")));
        }
    }
    let Some(found) = account.here.beanstalk.environments.get_mut(id) else {
        return Ok(Value::Null);
    };
    must_be_ready(found)?;
    found.operations_role = role;
    Ok(json!({}))
}
