//! STS: who am I.

use serde_json::json;

use super::{Account, Answer, Call, Fault, Params};

/// Answers a call to this service.
pub(super) fn handle(account: &mut Account, call: &Call) -> Answer {
    match call.operation.as_str() {
        "GetCallerIdentity" => get_caller_identity(account, call),
        "AssumeRole" => assume_role(account, call),
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

/// Hands out credentials for a role. Which ones a client then uses makes no difference here: the
/// sandbox's access keys pick nothing.
fn assume_role(account: &mut Account, call: &Call) -> Answer {
    let role = call.params.need("RoleArn")?;
    let session = call.params.need("RoleSessionName")?;
    let seconds = call.params.number("DurationSeconds").unwrap_or(3600);
    let name = role.rsplit('/').next().unwrap_or(role);
    let until = account.now() + jiff::SignedDuration::from_secs(seconds);
    Ok(json!({
        "Credentials": {
            "AccessKeyId": format!("ASIA{}", account.hex(16).to_uppercase()),
            "SecretAccessKey": account.hex(40),
            "SessionToken": account.hex(64),
            "Expiration": until.to_string(),
        },
        "AssumedRoleUser": {
            "AssumedRoleId": format!("AROACKCEVSQ6C2EXAMPLE:{session}"),
            "Arn": format!("arn:aws:sts::{}:assumed-role/{name}/{session}", account.id),
        },
    }))
}
