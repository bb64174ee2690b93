//! Faults that few see, each in a world of its own, and beside it the world that must be silent.

use super::*;
use crate::world::{
    Image, InstanceType, Observed, Simulated, Stack, StackStatus, Unreadable, UnreadableKind,
};

/// Whether a code is named at all, in whatever part.
fn names(world: &Snapshot, code: &str) -> bool {
    diagnose(world).findings.iter().any(|finding| finding.code().0 == code)
}

/// A world in which an operation failed just now with this event.
fn failing(severity: &str, text: &str) -> Snapshot {
    let mut world = healthy();
    health(&mut world, "Red", "Severe", &[]);
    event(&mut world, 12, "INFO", "Environment update is starting.");
    event(&mut world, 10, severity, text);
    world
}

#[track_caller]
fn named(world: &Snapshot, code: &str) {
    let all: Vec<_> = diagnose(world).findings.iter().map(|one| (one.code().0, one.role)).collect();
    assert!(names(world, code), "{code} is not among {all:?}");
}

#[track_caller]
fn silent_about(world: &Snapshot, code: &str) {
    assert!(!names(world, code), "{code} is named");
}

/// The environment's stack with a nested one in this status.
pub(super) fn with_nested(status: &str) -> Snapshot {
    let mut world = healthy();
    let own: Stack = stack_itself(&mut world).clone();
    let mut facts = stack(&mut world).clone();
    let nested = facts.stack.value_mut().unwrap();
    nested.name = "awseb-nested".into();
    nested.arn = "arn:aws:cloudformation:us-west-2:210987654321:stack/awseb-nested/1".into();
    nested.parent = Some(own.arn.clone());
    nested.root = Some(own.arn);
    nested.status = status.into();
    world.stacks.insert("awseb-nested".into(), facts);
    world
}

#[test]
fn a_nested_stack_that_is_stuck() {
    named(&with_nested("UPDATE_ROLLBACK_FAILED"), "CFN-11");
    silent_about(&with_nested("UPDATE_ROLLBACK_COMPLETE"), "CFN-11");
}

#[test]
fn a_stack_that_takes_no_updates() {
    for (status, refuses) in [("ROLLBACK_COMPLETE", true), ("UPDATE_ROLLBACK_COMPLETE", false)] {
        let mut world = healthy();
        stack_itself(&mut world).status = StackStatus::from(status);
        assert_eq!(names(&world, "CFN-23"), refuses, "{status}");
    }
}

#[test]
fn questions_that_were_throttled() {
    let unread = |kind| {
        let mut world = healthy();
        let Observed::Known { source, .. } = world.network.acls.clone() else { panic!() };
        let why = Unreadable { kind, code: "Throttling".into(), message: String::new() };
        world.network.acls = Observed::Unreadable { why, source };
        world
    };
    let world = unread(UnreadableKind::Throttled);
    named(&world, "CFN-29");
    assert_eq!(causes(&world), [""; 0], "it is no fault of the environment");
    silent_about(&unread(UnreadableKind::Denied), "CFN-29");
}

#[test]
fn an_immutable_update_that_is_refused() {
    let refused = "Immutable updates cannot be combined with changes of the load balancer.";
    named(&failing("ERROR", refused), "EB-16");
    let name = "Stack [awseb-e-mw4kzq2ptx-immutable-stack] cannot be deleted";
    silent_about(&failing("ERROR", name), "EB-16");
}

#[test]
fn an_update_that_failed_and_did_not_come_back() {
    let mut world = failing("ERROR", "Failed to deploy configuration.");
    named(&world, "EB-17");
    event(&mut world, 5, "INFO", "Environment update completed successfully.");
    silent_about(&world, "EB-17");
}

#[test]
fn a_database_decoupled_and_given_a_policy_at_once() {
    let update = |options: &[&str]| {
        let mut world = healthy();
        let options: Vec<_> = options
            .iter()
            .map(|name| serde_json::json!({"namespace": "aws:rds:dbinstance", "optionName": name}))
            .collect();
        let request = serde_json::json!({"environmentId": ID, "optionSettings": options});
        trail(&mut world, 90, "UpdateEnvironment", request, serde_json::json!(null));
        world
    };
    named(&update(&["DBDeletionPolicy", "HasCoupledDatabase"]), "EB-28");
    silent_about(&update(&["HasCoupledDatabase"]), "EB-28");
}

#[test]
fn an_environment_that_was_created_with_errors() {
    let mut world = failing(
        "ERROR",
        "Create environment operation is complete, but with errors. For more information, see troubleshooting documentation.",
    );
    named(&world, "EB-31");
    event(&mut world, 5, "INFO", "Environment update completed successfully.");
    silent_about(&world, "EB-31");
}

#[test]
fn an_image_of_ones_own_that_does_not_follow_the_platform() {
    let custom = |listed: &str| {
        let mut world = healthy();
        option(&mut world, "aws:autoscaling:launchconfiguration", "ImageId", Some("ami-0c0ffee"));
        world.platforms.current.value_mut().unwrap().images = vec![listed.into()];
        let image = Image {
            id: "ami-0c0ffee".into(),
            architecture: Some("x86_64".into()),
            state: Some("available".into()),
            name: None,
            owner: Some(ACCOUNT.into()),
            created: None,
        };
        world.compute.images = known("ec2:DescribeImages", vec![image]);
        world
    };
    let world = custom("ami-0ther");
    named(&world, "PL-11");
    assert_eq!(causes(&world), [""; 0], "it is a hazard that waits");
    silent_about(&custom("ami-0c0ffee"), "PL-11");
}

#[test]
fn metadata_by_version_one_was_switched_off() {
    let switched = |off: bool| {
        let mut world = failing("ERROR", "Failed to deploy application.");
        let value = if off { "true" } else { "false" };
        option(&mut world, "aws:autoscaling:launchconfiguration", "DisableIMDSv1", Some(value));
        let request = serde_json::json!({"environmentId": ID, "optionSettings":
            [{"optionName": "DisableIMDSv1", "namespace": "aws:autoscaling:launchconfiguration"}]});
        trail(&mut world, 13, "UpdateEnvironment", request, serde_json::json!(null));
        world
    };
    named(&switched(true), "PL-18");
    silent_about(&switched(false), "PL-18");
}

#[test]
fn an_update_that_would_double_the_instances_past_the_quota() {
    let doubling = |policy: &str| {
        let mut world = healthy();
        option(&mut world, "aws:elasticbeanstalk:command", "DeploymentPolicy", Some(policy));
        world.surroundings.quotas =
            known("servicequotas:GetServiceQuota", vec![("L-1216C47A".to_owned(), 4)]);
        let kind = InstanceType {
            name: "t3.small".into(),
            architectures: vec!["x86_64".into()],
            vcpus: 2,
        };
        world.compute.types = known("ec2:DescribeInstanceTypes", vec![kind]);
        world.compute.running_vcpus = known("ec2:DescribeInstances", 4);
        world
    };
    let world = doubling("Immutable");
    named(&world, "CAP-06");
    assert_eq!(causes(&world), [""; 0], "nothing has failed yet");
    silent_about(&doubling("Rolling"), "CAP-06");
}

#[test]
fn a_user_that_may_not_send_mail() {
    let decided = |decision: &str| {
        let mut world = healthy();
        let property = crate::world::Property {
            name: "SMTP_HOST".into(),
            bytes: 30,
            clues: vec![crate::world::Clue::SmtpEndpoint { region: REGION.into() }],
        };
        world.settings.value_mut().unwrap().properties.push(property);
        let simulated = Simulated {
            principal: format!("arn:aws:iam::{ACCOUNT}:user/mailer").as_str().into(),
            action: "ses:SendRawEmail".into(),
            decision: decision.into(),
        };
        world.identity.simulated = known("iam:SimulatePrincipalPolicy", vec![simulated]);
        world
    };
    named(&decided("implicitDeny"), "SES-07");
    silent_about(&decided("allowed"), "SES-07");
}
