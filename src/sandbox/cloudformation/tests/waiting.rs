//! Wait conditions.

use super::*;
use crate::sandbox::cloudformation::{self, when_ended};

/// A stack that waits for one signal, for two minutes.
fn waiting() -> (Account, String) {
    let mut account = account();
    let body = template(json!({
        "Handle": {"Type": "AWS::CloudFormation::WaitConditionHandle"},
        "Launched": {
            "Type": "AWS::CloudFormation::WaitCondition",
            "Properties": {"Handle": {"Ref": "Handle"}, "Timeout": "120", "Count": 1},
        },
    }));
    let id = create(&mut account, "shop", &body);
    pass(&mut account, 30);
    (account, id)
}

#[test]
fn a_signal_ends_the_wait() {
    let (mut account, id) = waiting();
    assert_eq!(status(&account, &id), StackStatus::CreateInProgress);
    cloudformation::signal(&mut account, "shop", "Launched", "i-1", true).unwrap();
    pass(&mut account, 5);
    assert_eq!(status(&account, &id), StackStatus::CreateComplete);
}

#[test]
fn a_signal_to_the_handle_is_heard_too() {
    let (mut account, id) = waiting();
    cloudformation::signal(&mut account, "shop", "Handle", "i-1", true).unwrap();
    pass(&mut account, 5);
    assert_eq!(status(&account, &id), StackStatus::CreateComplete);
}

#[test]
fn silence_fails_the_stack() {
    let (mut account, id) = waiting();
    pass(&mut account, 120);
    let events = told(&account, &id);
    let failed = "Launched CREATE_FAILED — WaitCondition timed out. Received 0 conditions when \
                  expecting 1";
    assert!(events.iter().any(|event| event == failed), "{events:#?}");
}

#[test]
fn whoever_waits_is_told_of_the_end() {
    let (mut account, id) = waiting();
    let job = |account: &mut Account| account.here.cloudformation.detections.clear();
    let marker = cloudformation::Detection {
        id: String::new(),
        stack: String::new(),
        at: account.now(),
        found: None,
    };
    account.here.cloudformation.detections.push(marker);
    when_ended(&mut account, &id, job);
    pass(&mut account, 60);
    assert_eq!(account.here.cloudformation.detections.len(), 1, "not yet");
    pass(&mut account, 600);
    assert!(account.here.cloudformation.detections.is_empty());
}
