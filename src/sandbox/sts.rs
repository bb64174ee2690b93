//! STS: who am I.

use serde_json::json;

use super::{Account, Answer, Call, Fault, Params};

/// Answers a call to this service.
pub(super) fn handle(account: &mut Account, call: &Call) -> Answer {
    match call.operation.as_str() {
        "GetCallerIdentity" => get_caller_identity(account, call),
        "AssumeRole" => assume_role(account, call),
        "GetSessionToken" => {
            let seconds = call.params.number("DurationSeconds").unwrap_or(43_200);
            Ok(json!({ "Credentials": credentials(account, seconds) }))
        }
        "GetAccessKeyInfo" => {
            call.params.need("AccessKeyId")?;
            Ok(json!({ "Account": account.id }))
        }
        _ => Err(Fault::invalid_action(&call.operation)),
    }
}

fn get_caller_identity(account: &Account, call: &Call) -> Answer {
    Ok(json!({
        "UserId": account.everywhere.iam.user_id(&call.caller.name),
        "Account": account.id,
        "Arn": call.caller.arn,
    }))
}

/// Credentials for a time.
fn credentials(account: &mut Account, seconds: i64) -> serde_json::Value {
    let until = account.now() + jiff::SignedDuration::from_secs(seconds);
    json!({
        "AccessKeyId": format!("ASIA{}", account.hex(16).to_uppercase()),
        "SecretAccessKey": account.hex(40),
        "SessionToken": account.hex(64),
        "Expiration": until.to_string(),
    })
}

/// Hands out credentials for a role. Which ones a client then uses makes no difference here: the
/// sandbox's access keys pick nothing.
fn assume_role(account: &mut Account, call: &Call) -> Answer {
    let role = call.params.need("RoleArn")?;
    let session = call.params.need("RoleSessionName")?;
    let seconds = call.params.number("DurationSeconds").unwrap_or(3600);
    let name = role.rsplit('/').next().unwrap_or(role);
    Ok(json!({
        "Credentials": credentials(account, seconds),
        "AssumedRoleUser": {
            "AssumedRoleId": format!("AROACKCEVSQ6C2EXAMPLE:{session}"),
            "Arn": format!("arn:aws:sts::{}:assumed-role/{name}/{session}", account.id),
        },
    }))
}
