//! Finds out, changing nothing, whether the caller may do something.
//!
//! EC2 answers itself, by a dry run. It is only asked on AWS and on the embedded sandbox: other
//! emulators take the flag for nothing and carry the call out. Of the other services IAM's
//! simulation tells; what it cannot tell, because a policy hangs on a resource's exact name, is
//! left open rather than refused.

use super::apply::Attempt;
use super::{Answer, Aws};
use crate::execute::{CallError, Preflight};
use crate::plan::Action;
use crate::world::Arn;

pub(super) async fn check(aws: &Aws, action: &Action) -> Preflight {
    let permissions: Vec<String> = action.permissions().into_iter().map(str::to_owned).collect();
    let Some(first) = permissions.first() else { return Preflight::Allowed };
    if first.starts_with("ec2:") && aws.answers_dry_runs() && has_dry_run(first) {
        return dry_run(aws, action).await;
    }
    simulate(aws, &permissions).await
}

/// Whether a call of EC2 has the flag at all; one that has not would be carried out.
fn has_dry_run(permission: &str) -> bool {
    permission != "ec2:ModifyVpcAttribute"
}

async fn dry_run(aws: &Aws, action: &Action) -> Preflight {
    let attempt = Attempt { aws, token: "preflight", dry_run: true };
    match attempt.make(action).await {
        Err(CallError::Refused(refused)) if refused.code == "DryRunOperation" => Preflight::Allowed,
        Err(CallError::Denied { permission, .. }) => Preflight::Missing(vec![permission]),
        // An answer without any refusal knows nothing of dry runs.
        Ok(_)
        | Err(
            CallError::Refused(_)
            | CallError::InDoubt { .. }
            | CallError::Busy(_)
            | CallError::Throttled { .. }
            | CallError::Unusable { .. },
        ) => Preflight::CannotTell,
    }
}

async fn simulate(aws: &Aws, permissions: &[String]) -> Preflight {
    let Ok(Answer { value: Some(principal), .. }) = aws.principal().await else {
        return Preflight::CannotTell;
    };
    if principal.as_str().ends_with(":root") {
        return Preflight::Allowed;
    }
    let Ok(Answer { value: results, .. }) = aws.simulated(&principal, permissions, &[]).await
    else {
        return Preflight::CannotTell;
    };
    let denied = |decision: &str| {
        let of = results.iter().filter(|result| result.decision == decision);
        of.map(|result| result.action.clone()).collect::<Vec<_>>()
    };
    let missing = denied("explicitDeny");
    let all_allowed = results.len() == permissions.len()
        && results.iter().all(|result| result.decision == "allowed");
    if !missing.is_empty() {
        Preflight::Missing(missing)
    } else if all_allowed {
        Preflight::Allowed
    } else {
        Preflight::CannotTell
    }
}

/// The user or role behind a caller, as IAM's simulation takes it.
///
/// `arn:aws:sts::…:assumed-role/Ops/session` is a session of `arn:aws:iam::…:role/Ops`; a role
/// with a path is not found by this, and then nothing is told.
pub(super) fn principal_of(caller: &str) -> Option<Arn> {
    let parts: Vec<&str> = caller.splitn(6, ':').collect();
    let &[_, partition, service, _, account, resource] = parts.as_slice() else { return None };
    match (service, resource.split('/').collect::<Vec<_>>().as_slice()) {
        ("sts", ["assumed-role", role, ..]) => {
            Some(Arn(format!("arn:{partition}:iam::{account}:role/{role}")))
        }
        ("iam", _) => Some(Arn(caller.to_owned())),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_stands_for_its_role() {
        let session = "arn:aws:sts::210987654321:assumed-role/Ops/p.novak@example.com";
        let role = principal_of(session).map(|arn| arn.to_string());
        assert_eq!(role.as_deref(), Some("arn:aws:iam::210987654321:role/Ops"));
        let user = "arn:aws:iam::210987654321:user/team/p.novak";
        assert_eq!(principal_of(user).map(|arn| arn.to_string()).as_deref(), Some(user));
        assert_eq!(principal_of("arn:aws:sts::2:federated-user/x"), None);
        assert_eq!(principal_of("nonsense"), None);
    }
}
