//! What AWS writes, and leaves out: readings that would give a wrong diagnosis if they were wrong.
// Source of each: the recorded behaviours, `tests/recorded/behaviours.json`.

use super::*;

/// Resources' statuses that the API's model does not know are no failures.
#[test]
fn a_status_that_the_model_does_not_know_is_no_failure() {
    let mut world = healthy();
    stack_event(
        &mut world,
        9,
        "AWSEBAutoScalingGroup",
        "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS",
        None,
    );
    stack_event(&mut world, 8, "AWSEBAutoScalingGroup", "DELETE_SKIPPED", None);
    stack_itself(&mut world).status = "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS".into();
    assert_eq!(causes(&world), [""; 0]);
    assert!(stack_itself(&mut world).status.in_progress());
    stack_itself(&mut world).status = "UPDATE_ROLLBACK_FAILED_OF_A_NEW_KIND_FAILED".into();
    assert_ne!(diagnose(&world).verdict, Verdict::Stuck, "it serves, and nothing else is known");
}

/// While an operation goes on, and after a failed create was rolled back, a stack has no reason:
/// what holds it is found in its resources and events.
#[test]
fn a_stack_without_a_reason_is_understood_by_its_events() {
    let mut world = lost_route_table();
    stack_itself(&mut world).reason = None;
    assert_eq!(causes(&world), ["NET-01", "CFN-01"]);
}

/// `DescribeStacks` without a name leaves EnableTerminationProtection out: not knowing is no "off".
#[test]
fn protection_that_a_listing_does_not_show_is_known_by_the_refusal() {
    let refused = |text: &str| {
        let mut world = healthy();
        stack_itself(&mut world).protected = None;
        event(&mut world, 12, "INFO", "terminateEnvironment is starting.");
        event(&mut world, 10, "ERROR", text);
        world
    };
    let text = format!(
        "Service:AmazonCloudFormation, Message:Stack [{STACK}] cannot be deleted while TerminationProtection is enabled"
    );
    assert_eq!(causes(&refused(&text)), ["CFN-10"]);
    let all =
        diagnose(&refused("Stack deletion failed: The following resource(s) failed")).findings;
    assert!(all.iter().all(|one| one.code().0 != "CFN-10"));
}

/// Both grammars of one reason lead to the same finding, also as a stack's event.
#[test]
fn a_reason_is_understood_in_both_grammars() {
    let reasons = [
        "At least two subnets in two different Availability Zones must be specified (Service: AmazonElasticLoadBalancing; Status Code: 400; Error Code: InvalidSubnet; Request ID: 1; Proxy: null)",
        "Resource handler returned message: \"At least two subnets in two different Availability Zones must be specified (Service: ElasticLoadBalancingV2, Status Code: 400, Request ID: 1)\" (RequestToken: 2, HandlerErrorCode: InvalidRequest)",
    ];
    let of = |reason: &str| {
        let mut world = healthy();
        health(&mut world, "Grey", "NoData", &[]);
        stack_itself(&mut world).status = "CREATE_FAILED".into();
        stack_event(&mut world, 9, "AWSEBV2LoadBalancer", "CREATE_FAILED", Some(reason));
        causes(&world)
    };
    assert_eq!(of(reasons[0]).first(), Some(&"NET-17"));
    assert_eq!(of(reasons[0]), of(reasons[1]));
}

/// Lists that one AWS leaves out and another sends empty mean the same.
#[test]
fn a_member_that_is_absent_is_as_good_as_an_empty_one() {
    let mut world = healthy();
    let before = diagnose(&world).findings.len();
    stack_itself(&mut world).tags.clear();
    stack_itself(&mut world).exports.clear();
    world.scaling.scheduled = absent("autoscaling:DescribeScheduledActions");
    world.managed.pending = absent("elasticbeanstalk:DescribeEnvironmentManagedActions");
    assert_eq!(causes(&world), [""; 0]);
    assert_eq!(diagnose(&world).findings.len(), before);
}
