//! What is done about faults of permissions.

use crate::check::{Finding, PermissionFault};
use crate::plan::draft::{Draft, Proposal};
use crate::plan::{Action, IdentityAction};

/// Plans what is done about a missing permission. Who may do what is for whoever keeps IAM to say,
/// but for a role that AWS itself defines.
pub(super) fn mend(draft: &mut Draft<'_>, finding: &Finding, fault: &PermissionFault) {
    match fault {
        PermissionFault::BalancingRole { exists, .. } => {
            if *exists != Some(true) {
                let action = IdentityAction::CreateServiceRole {
                    service: "elasticloadbalancing.amazonaws.com".to_owned(),
                    role: "AWSServiceRoleForElasticLoadBalancing".to_owned(),
                };
                draft.add_ground(Proposal::new(Action::Identity(action), finding));
            }
            draft.needs.rebuild(finding);
        }
        PermissionFault::PlatformFiles { bucket } => draft.ask_person(
            format!("Whoever keeps IAM must let the caller read s3://{bucket} (managed policy AdministratorAccess-AWSElasticBeanstalk)"),
            "Elastic Beanstalk reads its own files with the permissions of whoever asks.",
        ),
        PermissionFault::BucketPolicy { bucket } => draft.ask_person(
            format!(
                "Whoever keeps {} must take Elastic Beanstalk's roles out of the denial in its policy",
                bucket.as_deref().unwrap_or("the bucket")
            ),
            "A denial wins over every permission; who else it is meant for is written nowhere else.",
        ),
        PermissionFault::CallerLacks { principal, action } => {
            let who = principal.as_deref().unwrap_or("the caller");
            draft.ask_person(
                format!("Whoever keeps IAM must allow {who} to call {action}, or give the environment an operations role"),
                "Elastic Beanstalk works with the permissions of whoever asks, unless the environment has an operations role.",
            );
        }
        PermissionFault::ServiceControlPolicy { action, policy } => draft.ask_person(
            format!(
                "Whoever keeps the organization must allow {} in {}",
                action.as_deref().unwrap_or("what was refused"),
                policy.as_deref().unwrap_or("its service control policies")
            ),
            "No permission inside the account can undo a denial of the organization.",
        ),
        PermissionFault::VolumeKey {} => draft.ask_person(
            "Whoever keeps the volumes' key must let AWSServiceRoleForAutoScaling use it",
            "Instances end as soon as they start, because their volumes cannot be decrypted; only the key's own policy can allow it.",
        ),
        PermissionFault::AutoScaling { action } => draft.ask_person(
            format!("Whoever keeps IAM must allow the caller to call {action}"),
            "Elastic Beanstalk works with the permissions of whoever asks.",
        ),
    }
}
