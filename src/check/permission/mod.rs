//! Checks of permissions.

use crate::check::stack::{action_of, principal_of};
use crate::check::told::{Words, between, proven, word};
use crate::check::{Check, Finding, PermissionFault, Role, messages, trail};
use crate::world::{Gap, Snapshot};

use super::page;

/// The checks of this group, in the order of their codes.
pub(super) const CHECKS: &[Check] = &[
    page!("PERM-01", "balancing-role", "balancing-role.md", balancing_role),
    page!("PERM-02", "platform-files", "platform-files.md", platform_files),
    page!("PERM-03", "bucket-policy", "bucket-policy.md", bucket_policy),
    page!("PERM-04", "caller-lacks", "caller-lacks.md", caller_lacks),
    page!("PERM-05", "service-control-policy", "service-control-policy.md", service_control),
    page!("PERM-06", "volume-key", "volume-key.md", volume_key),
    page!("PERM-07", "auto-scaling-permission", "auto-scaling-permission.md", auto_scaling),
];

/// `PERM-01`.
fn balancing_role(world: &Snapshot) -> Result<Vec<Finding>, Gap> {
    let words = Words {
        code: "PERM-01",
        title: "The load balancer's service-linked role is missing, and whoever asked may not make it",
        explanation: "Elastic Load Balancing needs AWSServiceRoleForElasticLoadBalancing once in each account. An administrator makes it (iam:CreateServiceLinkedRole); then the environment can be made again.",
        weight: 95,
    };
    let role = &world.identity.balancing_role;
    let exists = role.present().ok().map(|role| role.is_some());
    let mut found = proven(world, &words, |hit| {
        PermissionFault::BalancingRole { principal: principal_of(&hit.text), exists }.into()
    })?;
    if let (Some(finding), Some(exists)) = (found.first_mut(), exists) {
        let text = if exists { "the role is there now" } else { "the role does not exist" };
        let told = finding.clone();
        *finding = if exists { told.although(role, text) } else { told.because(role, text) };
    }
    Ok(found)
}

/// `PERM-02`.
fn platform_files(world: &Snapshot) -> Result<Vec<Finding>, Gap> {
    let words = Words {
        code: "PERM-02",
        title: "Whoever asked cannot read the files of the platform",
        explanation: "Elastic Beanstalk reads the platform's files with the caller's permissions: s3:GetObject on the buckets elasticbeanstalk-platform-assets-<region> and elasticbeanstalk-env-resources-<region>.",
        weight: 94,
    };
    proven(world, &words, |hit| {
        let bucket = word(&hit.text, "elasticbeanstalk-")
            .or_else(|| between(&hit.text, "S3Bucket=", ","))
            .unwrap_or_default();
        PermissionFault::PlatformFiles { bucket: bucket.to_owned() }.into()
    })
}

/// Whether a bucket's policy has an explicit denial.
fn denies(policy: &str) -> bool {
    let compact: String = policy.split_whitespace().collect();
    compact.contains("\"Effect\":\"Deny\"")
        && (compact.contains("s3:GetObject")
            || compact.contains("s3:*")
            || compact.contains("\"Action\":\"*\""))
}

/// `PERM-03`.
fn bucket_policy(world: &Snapshot) -> Result<Vec<Finding>, Gap> {
    let told = messages::proofs(world, "PERM-03");
    let bundle = world.surroundings.bundle.value();
    let denying = bundle.filter(|bundle| bundle.policy.as_deref().is_some_and(denies));
    if told.is_empty() {
        return Ok(Vec::new());
    }
    let bucket = bundle.map(|bundle| bundle.bucket.clone());
    let finding = Finding::new(
        PermissionFault::BucketPolicy { bucket: bucket.clone() },
        Role::Cause,
        "The bucket with the application's bundle shuts Elastic Beanstalk out",
        "An explicit Deny in the bucket's policy (or its key's) wins over every Allow, so giving the roles more permissions does not help; and S3 shows nothing of it in CloudTrail. The Deny has to go or to except the roles.",
    );
    let mut finding = finding.on(&bucket).weighing(94).with(messages::evidence(&told));
    if denying.is_some() {
        finding = finding.because(
            &world.surroundings.bundle,
            "the bucket's policy has a Deny for reading objects",
        );
    }
    let calls = ["PutBucketPolicy", "PutKeyPolicy"];
    let trigger = trail::trigger(world, &calls, bucket.as_deref());
    Ok(vec![finding.brought_about(trigger)])
}

/// `PERM-04`.
fn caller_lacks(world: &Snapshot) -> Result<Vec<Finding>, Gap> {
    let words = Words {
        code: "PERM-04",
        title: "Whoever asked lacks a permission of another service",
        explanation: "Elastic Beanstalk calls other services with the permissions of whoever asks, unless an operations role is set. The permission that the text names has to be given, or an operations role to be associated.",
        weight: 90,
    };
    proven(world, &words, |hit| {
        PermissionFault::CallerLacks {
            principal: principal_of(&hit.text),
            action: action_of(&hit.text).unwrap_or_default(),
        }
        .into()
    })
}

/// `PERM-05`.
fn service_control(world: &Snapshot) -> Result<Vec<Finding>, Gap> {
    let words = Words {
        code: "PERM-05",
        title: "A policy of the organization forbids what is needed",
        explanation: "A service control policy denies the call for the whole account, whatever its roles allow. Nobody in this account can change that: whoever keeps the organization has to.",
        weight: 97,
    };
    proven(world, &words, |hit| {
        PermissionFault::ServiceControlPolicy {
            action: action_of(&hit.text),
            policy: word(&hit.text, "arn:aws:organizations::").map(str::to_owned),
        }
        .into()
    })
}

/// `PERM-06`.
fn volume_key(world: &Snapshot) -> Result<Vec<Finding>, Gap> {
    let state = world.compute.instances.items().iter().find(|one| {
        one.state_reason.as_ref().is_some_and(|(code, _)| code == "Client.InternalError")
    });
    let words = Words {
        code: "PERM-06",
        title: "Instances end as soon as they start: Auto Scaling may not use their volumes' key",
        explanation: "The volumes are encrypted with a customer key whose policy does not let Auto Scaling's service-linked role in. The key's policy, or a grant, has to allow it; another type or image changes nothing.",
        weight: 94,
    };
    let mut found = proven(world, &words, |_| PermissionFault::VolumeKey {}.into())?;
    if let Some(instance) =
        state.filter(|_| super::situation::Situation::of(world).something_fails())
    {
        let text = instance.state_reason.as_ref().map(|(_, text)| text.clone()).unwrap_or_default();
        let shown = format!("{}: {text}", instance.id);
        match found.first_mut() {
            Some(finding) => *finding = finding.clone().because(&world.compute.instances, shown),
            None => found.push(
                Finding::new(
                    PermissionFault::VolumeKey {},
                    Role::Cause,
                    words.title,
                    words.explanation,
                )
                .on([instance.id.as_str()])
                .weighing(words.weight)
                .because(&world.compute.instances, shown),
            ),
        }
    }
    Ok(found)
}

/// `PERM-07`.
fn auto_scaling(world: &Snapshot) -> Result<Vec<Finding>, Gap> {
    let words = Words {
        code: "PERM-07",
        title: "Whoever asked may not use Auto Scaling, or may not make its service-linked role",
        explanation: "Making the Auto Scaling group failed for want of a permission of whoever asked. It has to be given; then the environment can be made again.",
        weight: 93,
    };
    proven(world, &words, |hit| {
        PermissionFault::AutoScaling { action: action_of(&hit.text).unwrap_or_default() }.into()
    })
}
