//! The sandbox against what the real AWS answered, as others recorded it (`tests/recorded`).
//!
//! Python does the calling and comparing, because boto3 is what most recordings were made with:
//! `replay.py` replays behaviours case by case, `check_shapes.py` looks at the members of answers.

use crate::clients::{Served, holds, python};

#[test]
#[ignore = "needs the Python clients that tests/run installs"]
fn every_recorded_behaviour_is_replayed_or_out_of_scope_for_a_reason() {
    let output = python("recorded/replay.py", &[env!("CARGO_BIN_EXE_ebrescue")]);
    println!("{}", String::from_utf8_lossy(&output.stdout));
    holds(&output);
}

/// The replay itself is held to account: another text, another order of events, another member and
/// a case that nobody replays must each be told.
#[test]
#[ignore = "needs the Python clients that tests/run installs"]
fn a_recording_that_says_otherwise_is_noticed() {
    let recorded = include_str!("recorded/behaviours.json");
    let altered = [
        ("Stack with id <stack-name> does not exist", "Stack with id <stack-name> is not there"),
        ("\"MyQueue UPDATE_COMPLETE\"", "\"MyQueue UPDATE_FAILED\""),
        ("[\"GroupId\", \"SecurityGroupArn\"]", "[\"GroupNumber\", \"SecurityGroupArn\"]"),
        ("\"cfn-create-bad-url\"", "\"cfn-nobody-replays\""),
    ];
    let text = altered.iter().fold(recorded.to_owned(), |text, (from, to)| {
        assert!(text.contains(from), "{from} is recorded");
        text.replace(from, to)
    });
    let file = tempfile::NamedTempFile::new().expect("a temporary file");
    std::fs::write(file.path(), text).expect("it can be written");
    let path = file.path().to_str().expect("a plain path");
    let mut arguments = vec![env!("CARGO_BIN_EXE_ebrescue"), "--recorded", path];
    let wrong = ["cfn-describe-missing-2", "cfn-update-replace-events", "ec2-sg-create-answer"];
    arguments.extend(wrong.iter().flat_map(|id| ["--only", *id]));
    let output = python("recorded/replay.py", &arguments);
    let printed = String::from_utf8_lossy(&output.stdout);
    assert!(!output.status.success(), "{printed}");
    for id in wrong.into_iter().chain(["cfn-nobody-replays: neither", "cfn-create-bad-url: not a"])
    {
        assert!(printed.lines().any(|line| line.starts_with(id)), "{id} is told of in\n{printed}");
    }
}

/// Holds the answers in a world against the recorded shapes; no scenario is an empty account.
fn shapes_are_those_of_aws(scenario: Option<&str>) {
    let served = Served::start(scenario, "60");
    let arguments = [served.endpoint.as_str(), "--region", served.region.as_str()];
    holds(&python("recorded/check_shapes.py", &arguments));
}

/// A test for each world, so that they run side by side.
macro_rules! shapes {
    ($($name:ident: $scenario:expr,)*) => {$(
        #[test]
        #[ignore = "needs the Python clients that tests/run installs"]
        fn $name() {
            shapes_are_those_of_aws($scenario);
        }
    )*};
}

shapes! {
    shapes_of_an_empty_account: None,
    shapes_of_a_healthy_world: Some("healthy"),
    shapes_of_a_worker: Some("healthy-worker"),
    shapes_with_a_broken_network: Some("lost-route-table"),
    shapes_with_a_stack_that_cannot_be_deleted: Some("foreign-rule-blocks-termination"),
    shapes_with_a_failed_rollback: Some("rollback-failed"),
    shapes_while_an_update_does_not_end: Some("update-without-end"),
    shapes_on_a_platform_that_breaks: Some("newest-platform-breaks-the-shop"),
    shapes_without_capacity: Some("vcpu-quota"),
    shapes_without_trust: Some("role-does-not-trust"),
    shapes_with_a_failing_application: Some("application-fails"),
    shapes_with_a_deleted_peering: Some("peering-deleted"),
    shapes_of_a_terminated_environment: Some("terminated-by-mistake"),
}
