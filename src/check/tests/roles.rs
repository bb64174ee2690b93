//! Who is the cause where several findings stand side by side, and what only looks like a cause.

use super::*;
use crate::world::{Activity, GroupMember};

/// Sets how the load balancer finds one target, by its place.
fn target(world: &mut Snapshot, place: usize, description: &str) {
    let target = &mut world.balancing.targets.value_mut().unwrap()[place];
    target.state = Some("unhealthy".into());
    target.reason = Some("Target.ResponseCodeMismatch".into());
    target.description = Some(description.into());
}

/// An environment whose instances report and whose targets all answer with one code.
fn answering(code: u16) -> Snapshot {
    let mut world = healthy();
    let causes = ["ELB health is failing or not available for all instances."];
    health(&mut world, "Red", "Severe", &causes);
    for place in 0..world.balancing.targets.items().len() {
        target(&mut world, place, &format!("Health checks failed with these codes: [{code}]"));
    }
    world
}

#[test]
fn a_page_that_is_not_there_is_the_health_checks_fault_and_a_5xx_the_applications() {
    for code in [301, 401, 404] {
        let world = answering(code);
        assert_eq!(causes(&world), ["APP-01"], "{code}");
        assert_eq!(of_role(&world, Role::Symptom), ["APP-02"], "{code}");
    }
    for code in [500, 502, 503] {
        assert_eq!(causes(&answering(code)), ["APP-02"], "{code}");
    }
}

#[test]
fn a_deployments_failure_alone_is_explained_by_what_else_is_known() {
    let mut world = answering(500);
    event(&mut world, 12, "INFO", "Environment update is starting.");
    event(&mut world, 10, "ERROR", "Failed to deploy application.");
    assert_eq!(causes(&world), ["APP-02"], "the new version was started and fails");
    event(
        &mut world,
        11,
        "ERROR",
        "[Instance: i-0a2b] Command failed on instance. Return code: 1 Output: Engine execution has encountered an error..",
    );
    assert_eq!(causes(&world), ["APP-05"], "it was never started");
    // Without anything else it is what is known.
    let mut world = healthy();
    event(&mut world, 12, "INFO", "Environment update is starting.");
    event(&mut world, 10, "ERROR", "Failed to deploy application.");
    assert_eq!(causes(&world), ["APP-05"]);
}

#[test]
fn commands_that_time_out_are_why_the_deployment_failed() {
    let mut world = healthy();
    event(&mut world, 12, "INFO", "Environment update is starting.");
    event(
        &mut world,
        10,
        "WARN",
        "The following instances have not responded in the allowed command timeout time (they might still finish eventually on their own): [i-0a2b].",
    );
    event(
        &mut world,
        9,
        "ERROR",
        "Unsuccessful command execution on instance id(s) 'i-0a2b'. Aborting the operation.",
    );
    assert_eq!(causes(&world), ["EB-08"]);
}

#[test]
fn only_the_instances_on_the_other_version_fail() {
    let mut world = healthy();
    health(&mut world, "Yellow", "Degraded", &[]);
    event(&mut world, 12, "INFO", "Environment update is starting.");
    event(&mut world, 10, "ERROR", "Failed to deploy application.");
    let first = world.balancing.targets.items()[0].target.clone();
    for one in world.instances_health.value_mut().unwrap() {
        if one.instance.as_str() == first {
            one.version_label = Some("another".into());
            one.status = Some("Severe".into());
        }
    }
    target(&mut world, 0, "Health checks failed with these codes: [500]");
    assert_eq!(causes(&world), ["EB-13"]);
    // Another one fails too: then it is not the version.
    target(&mut world, 1, "Health checks failed with these codes: [500]");
    assert!(causes(&world).contains(&"APP-02"), "{:?}", causes(&world));
}

#[test]
fn what_protects_a_temporary_stack_stands_beside_the_leftover() {
    let mut world = healthy();
    let name = format!("awseb-{ID}-immutable-stack");
    let mut facts = world.stacks.values().next().unwrap().clone();
    let own = facts.stack.value_mut().unwrap();
    own.name = name.as_str().into();
    own.protected = Some(true);
    world.stacks.insert(name.as_str().into(), facts);
    let mut left = world.scaling.groups.items()[0].clone();
    left.name = format!("{name}-AWSEBAutoScalingGroup-9");
    left.instances = vec![GroupMember { instance: "i-0999".into(), ..left.instances[0].clone() }];
    world.scaling.groups.value_mut().unwrap().push(left);
    event(&mut world, 12, "INFO", "Environment update is starting.");
    let refused = format!(
        "Service:AmazonCloudFormation, Message:Stack [{name}] cannot be deleted while TerminationProtection is enabled"
    );
    event(&mut world, 10, "ERROR", &refused);
    assert_eq!(causes(&world), ["EB-15"], "the stack's name is no word on the sort of update");
    assert_eq!(of_role(&world, Role::Contributing), ["CFN-10"]);
    let protects = diagnose(&world).findings.into_iter().find(|one| one.code().0 == "CFN-10");
    assert!(protects.unwrap().resources.contains(&name));
}

#[test]
fn a_step_of_a_rolling_update_is_no_termination() {
    let mut world = healthy();
    event(&mut world, 20, "INFO", "Environment update is starting.");
    event(
        &mut world,
        19,
        "INFO",
        "Auto Scaling group update progress: Rolling update initiated. Terminating 2 obsolete instance(s) in batches of 1, while keeping at least 1 instance(s) in service.",
    );
    event(&mut world, 10, "ERROR", "Failed to deploy configuration.");
    let all: Vec<_> = diagnose(&world).findings.iter().map(|one| one.code().0).collect();
    assert!(!all.contains(&"EB-06"), "{all:?}");
    let mut world = healthy();
    event(&mut world, 20, "INFO", "terminateEnvironment is starting.");
    event(&mut world, 10, "ERROR", "Stack deletion failed: The following resource(s) failed");
    let all: Vec<_> = diagnose(&world).findings.iter().map(|one| one.code().0).collect();
    assert!(all.contains(&"EB-06"), "{all:?}");
}

/// An update that failed for want of the type in a zone, was taken back, and left all well.
fn taken_back() -> Snapshot {
    let mut world = healthy();
    event(&mut world, 30, "INFO", "Environment update is starting.");
    event(
        &mut world,
        26,
        "ERROR",
        "Updating Auto Scaling group named: awseb-x failed Reason: Group did not stabilize. The activity failed with status message: 'Your requested instance type (t3a.medium) is not supported in your requested Availability Zone (us-west-2a). Launching EC2 instance failed.'",
    );
    event(&mut world, 24, "ERROR", "Failed to deploy configuration.");
    event(
        &mut world,
        20,
        "INFO",
        "Environment health has transitioned from Pending to Ok. Initialization completed 40 seconds ago and took 1 minute.",
    );
    world
}

#[test]
fn health_that_comes_back_does_not_heal_an_update_that_failed() {
    let world = taken_back();
    assert_eq!(causes(&world), ["CAP-04"]);
    assert_eq!(diagnose(&world).verdict, Verdict::Degraded);
    let mut world = taken_back();
    event(&mut world, 5, "INFO", "Environment update completed successfully.");
    assert_eq!(causes(&world), [""; 0], "a later update went well");
    // Instances that were silent for a while and are heard of again: nothing is left of it.
    let mut world = healthy();
    event(&mut world, 30, "INFO", "Environment update is starting.");
    event(&mut world, 29, "INFO", "Environment update completed successfully.");
    event(
        &mut world,
        20,
        "WARN",
        "Environment health has transitioned from Ok to Severe. None of the instances are sending data.",
    );
    event(&mut world, 10, "INFO", "Environment health has transitioned from Severe to Ok.");
    assert_eq!(causes(&world), [""; 0]);
}

/// Instances that are silent, run, and pass EC2's checks.
fn hanging(launched_minutes_ago: i64) -> Snapshot {
    let mut world = healthy();
    event(&mut world, 300, "INFO", "Environment update completed successfully.");
    silent(&mut world);
    let ids: Vec<_> =
        world.instances_health.items().iter().map(|one| one.instance.clone()).collect();
    let passed = |id: &crate::world::InstanceId| crate::world::InstanceStatus {
        instance: id.clone(),
        system: Some("ok".into()),
        machine: Some("ok".into()),
    };
    let all = ids.iter().map(passed).collect();
    world.compute.statuses = known("ec2:DescribeInstanceStatus", all);
    for id in &ids {
        let one = instance(&mut world, id.as_str());
        one.state = "running".into();
        one.launched = Some(ago(launched_minutes_ago));
    }
    world
}

#[test]
fn instances_that_reported_and_run_and_are_silent_hang() {
    assert_eq!(causes(&hanging(600)).first(), Some(&"EB-07"));
    // They were launched since: they may never have reported, and that is another question.
    assert!(!causes(&hanging(60)).contains(&"EB-07"));
    // The way out is gone: that is why.
    let mut world = hanging(600);
    table(&mut world, PRIVATE_TABLE).routes.retain(|route| route.target.id() == "local");
    assert!(causes(&world).first().is_some_and(|code| code.starts_with("NET-")));
    assert!(of_role(&world, Role::Symptom).contains(&"EB-07"));
}

#[test]
fn what_keeps_launches_from_succeeding_is_why_a_rollback_fails() {
    let mut world = healthy();
    health(&mut world, "Red", "Degraded", &[]);
    let reason = "Group did not stabilize. You have requested more vCPU capacity than your current vCPU limit of 4 allows for the instance bucket.";
    stack_itself(&mut world).status = "UPDATE_ROLLBACK_FAILED".into();
    stack_event(&mut world, 9, "AWSEBAutoScalingGroup", "UPDATE_FAILED", Some(reason));
    let activity = Activity {
        id: "1".into(),
        group: SCALING_GROUP.into(),
        status: "Failed".into(),
        message: Some(reason.into()),
        description: None,
        cause: None,
        details: None,
        at: ago(9),
    };
    world.scaling.activities = known("autoscaling:DescribeScalingActivities", vec![activity]);
    assert_eq!(causes(&world), ["CAP-01"]);
    assert!(of_role(&world, Role::Contributing).contains(&"CFN-12"));
}
