//! Faults of stacks.

use super::*;
use crate::world::{Database, StackFacts};

/// A termination that failed on one resource.
pub(super) fn blocked(logical: &str, kind: &str, physical: &str, reason: &str) -> Snapshot {
    let mut world = healthy();
    termination_failed(&mut world);
    group(&mut world, "sg-0db9").ingress.pop();
    for one in stack(&mut world).resources.value_mut().unwrap() {
        one.status = "DELETE_COMPLETE".into();
        one.reason = None;
    }
    let resources = stack(&mut world).resources.value_mut().unwrap();
    resources.retain(|one| one.logical.as_str() != logical);
    let mut stuck = resources[0].clone();
    stuck.logical = logical.into();
    stuck.kind = kind.into();
    stuck.physical = Some(physical.into());
    stuck.status = "DELETE_FAILED".into();
    stuck.reason = Some(reason.into());
    resources.push(stuck);
    let facts = stack(&mut world);
    facts.events = known("cloudformation:DescribeStackEvents", Vec::new());
    stack_event(&mut world, 29, STACK, "DELETE_IN_PROGRESS", None);
    stack_event(&mut world, 21, logical, "DELETE_FAILED", Some(reason));
    stack_event(&mut world, 20, STACK, "DELETE_FAILED", None);
    world.events.value_mut().unwrap().retain(|event| {
        !event.message.contains("has a dependent object")
            && !event.message.contains("Stack deletion failed")
    });
    world
}

fn found(world: &Snapshot, code: &str) {
    let all: Vec<_> = diagnose(world).findings.iter().map(|one| (one.code().0, one.role)).collect();
    assert_eq!(causes(world), [code], "{all:?}");
    assert!(of_role(world, Role::Symptom).contains(&"EB-06"), "{code}: {all:?}");
    assert_eq!(diagnose(world).verdict, Verdict::Stuck);
}

pub(super) const DEPENDENT: &str = "resource sg-05e1 has a dependent object (Service: AmazonEC2; Status Code: 400; Error Code: DependencyViolation; Request ID: 1; Proxy: null)";

#[test]
fn a_rule_of_another_group_blocks_the_deletion() {
    let mut world = healthy();
    termination_failed(&mut world);
    found(&world, "CFN-01");
    let first = diagnose(&world).findings.remove(0);
    let FindingKind::Stack(StackFault::GroupReferenced { references, .. }) = first.kind else {
        panic!()
    };
    assert_eq!(references[0].owner, Some("reporting".into()));
}

#[test]
fn the_same_rule_is_a_risk_while_nobody_terminates() {
    let mut world = healthy();
    group(&mut world, "sg-0db9").ingress.push(rule(INSTANCE_GROUP, Some((5432, 5432))));
    assert_eq!(causes(&world), [""; 0]);
    assert_eq!(of_role(&world, Role::Risk), ["CFN-01"]);
}

#[test]
fn instances_that_are_still_ending() {
    let mut world =
        blocked("AWSEBSecurityGroup", "AWS::EC2::SecurityGroup", INSTANCE_GROUP, DEPENDENT);
    let own = instance(&mut world, INSTANCES[0]);
    own.state = "shutting-down".into();
    own.groups = vec![INSTANCE_GROUP.into()];
    found(&world, "CFN-02");
}

#[test]
fn nothing_holds_the_group_any_more() {
    found(
        &blocked("AWSEBSecurityGroup", "AWS::EC2::SecurityGroup", INSTANCE_GROUP, DEPENDENT),
        "CFN-02",
    );
}

#[test]
fn a_group_that_only_a_held_group_of_the_stack_names_is_no_cause_of_its_own() {
    let mut world =
        blocked("AWSEBSecurityGroup", "AWS::EC2::SecurityGroup", INSTANCE_GROUP, DEPENDENT);
    group(&mut world, "sg-0db9").ingress.push(rule(INSTANCE_GROUP, Some((5432, 5432))));
    let resources = stack(&mut world).resources.value_mut().unwrap();
    let mut other = resources.last().unwrap().clone();
    other.logical = "AWSEBLoadBalancerSecurityGroup".into();
    other.physical = Some(BALANCER_GROUP.into());
    resources.push(other);
    found(&world, "CFN-01");
}

pub(super) fn with_interface(
    description: &str,
    kind: &str,
    group: &str,
    logical: &str,
) -> Snapshot {
    let mut world = blocked(logical, "AWS::EC2::SecurityGroup", group, DEPENDENT);
    let mut one = healthy().network.interfaces.items()[0].clone();
    one.id = "eni-0f0f".into();
    one.kind = kind.into();
    one.description = description.into();
    one.instance = None;
    one.groups = vec![group.into()];
    world.network.interfaces.value_mut().unwrap().push(one);
    world
}

#[test]
fn a_load_balancer_from_outside() {
    let world = with_interface(
        "ELB app/by-hand/99",
        "load_balancer",
        BALANCER_GROUP,
        "AWSEBLoadBalancerSecurityGroup",
    );
    found(&world, "CFN-03");
}

#[test]
fn an_interface_from_outside() {
    found(
        &with_interface(
            "AWS Lambda VPC ENI-reports",
            "lambda",
            INSTANCE_GROUP,
            "AWSEBSecurityGroup",
        ),
        "CFN-04",
    );
}

#[test]
fn a_protected_database() {
    let mut world = blocked(
        "AWSEBRDSDatabase",
        "AWS::RDS::DBInstance",
        "awseb-db",
        "Cannot delete protected DB Instance, please disable deletion protection and try again. (Service: AmazonRDS; Status Code: 400; Error Code: InvalidParameterCombination; Request ID: 1; Proxy: null)",
    );
    let database = Database {
        id: "awseb-db".into(),
        status: Some("available".into()),
        engine: Some("postgres".into()),
        class: None,
        storage_gib: None,
        protected: true,
        groups: Vec::new(),
        vpc: None,
        port: None,
        host: None,
    };
    world.databases.instances = known("rds:DescribeDBInstances", vec![database]);
    found(&world, "CFN-05");
}

#[test]
fn a_protected_load_balancer() {
    let reason = format!(
        "Load balancer '{BALANCER}' cannot be deleted because deletion protection is enabled (Service: AmazonElasticLoadBalancing; Status Code: 400; Error Code: OperationNotPermitted; Request ID: 1; Proxy: null)"
    );
    found(
        &blocked(
            "AWSEBV2LoadBalancer",
            "AWS::ElasticLoadBalancingV2::LoadBalancer",
            BALANCER,
            &reason,
        ),
        "CFN-07",
    );
}

#[test]
fn a_bucket_with_something_in_it() {
    let reason = "Resource handler returned message: \"The bucket you tried to delete is not empty. You must delete all versions in the bucket. (Service: S3, Status Code: 409, Request ID: 1)\" (RequestToken: 2, HandlerErrorCode: GeneralServiceException)";
    found(&blocked("Uploads", "AWS::S3::Bucket", "shop-uploads", reason), "CFN-08");
}

#[test]
fn an_export_that_another_stack_imports() {
    let mut world = healthy();
    event(&mut world, 30, "INFO", "terminateEnvironment is starting.");
    event(
        &mut world,
        20,
        "INFO",
        "The environment termination step failed because at least one of the environment termination workflows failed.",
    );
    let reason = "Delete canceled. Cannot delete export shop-group as it is in use by reporting.";
    stack_itself(&mut world).reason = Some(reason.into());
    stack_itself(&mut world).exports = vec![("shop-group".into(), "sg-05e1".into())];
    let importers = vec![("shop-group".to_owned(), vec!["reporting".into()])];
    stack(&mut world).importers = known("cloudformation:ListImports", importers);
    assert_eq!(causes(&world), ["CFN-09"]);
    assert_eq!(diagnose(&world).verdict, Verdict::Degraded, "it still serves");
}

#[test]
fn a_protected_stack() {
    let mut world = healthy();
    event(&mut world, 30, "INFO", "terminateEnvironment is starting.");
    event(
        &mut world,
        20,
        "INFO",
        "The environment termination step failed because at least one of the environment termination workflows failed.",
    );
    stack_itself(&mut world).protected = Some(true);
    assert_eq!(causes(&world), ["CFN-10"]);
    let mut calm = healthy();
    stack_itself(&mut calm).protected = Some(true);
    assert_eq!(causes(&calm), [""; 0], "protection alone is no fault");
}

pub(super) fn rollback_failed(reason: &str) -> Snapshot {
    let mut world = healthy();
    stack_event(&mut world, 60, STACK, "UPDATE_IN_PROGRESS", Some("User Initiated"));
    stack_event(&mut world, 55, "AWSEBV2LoadBalancer", "UPDATE_FAILED", Some("The value is wrong"));
    stack_event(
        &mut world,
        54,
        STACK,
        "UPDATE_ROLLBACK_IN_PROGRESS",
        Some("The following resource(s) failed to update: [AWSEBV2LoadBalancer]. "),
    );
    stack_event(&mut world, 50, "AWSEBAutoScalingGroup", "UPDATE_FAILED", Some(reason));
    stack_event(
        &mut world,
        49,
        STACK,
        "UPDATE_ROLLBACK_FAILED",
        Some("The following resource(s) failed to update: [AWSEBAutoScalingGroup]. "),
    );
    stack_itself(&mut world).status = "UPDATE_ROLLBACK_FAILED".into();
    event(&mut world, 60, "INFO", "Environment update is starting.");
    event(&mut world, 48, "ERROR", "Failed to deploy configuration.");
    health(&mut world, "Red", "Degraded", &[]);
    world
}

#[test]
fn a_rollback_that_failed_on_a_missing_resource() {
    let world = rollback_failed("AutoScalingGroup name not found - AutoScalingGroup x not found");
    assert!(causes(&world).contains(&"CFN-12"), "{:?}", causes(&world));
    assert_eq!(diagnose(&world).verdict, Verdict::Stuck);
}

#[test]
fn a_rollback_that_failed_for_want_of_a_permission() {
    let world = rollback_failed(
        "User: arn:aws:sts::1:assumed-role/aws-elasticbeanstalk-service-role/x is not authorized to perform: rds:ModifyDBInstance on resource: y (Service: Rds, Status Code: 403)",
    );
    assert_eq!(causes(&world).first(), Some(&"CFN-13"));
    let first = diagnose(&world).findings.remove(0);
    let FindingKind::Stack(StackFault::RollbackDenied { action, .. }) = first.kind else {
        panic!()
    };
    assert_eq!(action, "rds:ModifyDBInstance");
}

#[test]
fn an_update_with_rollback_switched_off() {
    let mut world = healthy();
    stack_event(&mut world, 60, STACK, "UPDATE_IN_PROGRESS", None);
    stack_event(&mut world, 55, "AWSEBV2LoadBalancer", "UPDATE_FAILED", Some("The value is wrong"));
    stack_event(&mut world, 54, STACK, "UPDATE_FAILED", None);
    stack_itself(&mut world).status = "UPDATE_FAILED".into();
    health(&mut world, "Red", "Degraded", &[]);
    assert_eq!(causes(&world), ["CFN-14"]);
}

#[test]
fn signals_that_never_came() {
    let mut world = rollback_failed(
        "Received 0 SUCCESS signal(s) out of 2.  Unable to satisfy 100% MinSuccessfulInstancesPercent requirement",
    );
    event(
        &mut world,
        50,
        "INFO",
        "Auto Scaling group update progress: Failed to receive 1 resource signal(s) for the current batch. Each resource signal timeout is counted as a FAILURE.",
    );
    assert_eq!(causes(&world), ["CFN-15"]);
    world.scaling.groups.value_mut().unwrap()[0].max = 1;
    assert_eq!(causes(&world), ["EB-18"]);
}

#[test]
fn a_stack_that_was_deleted() {
    let mut world = healthy();
    stack(&mut world).stack = absent("cloudformation:DescribeStacks");
    stack(&mut world).resources = absent("cloudformation:DescribeStackResources");
    world.resources = known(
        "elasticbeanstalk:DescribeEnvironmentResources",
        crate::world::EnvironmentResources::default(),
    );
    world.scaling.groups = known("autoscaling:DescribeAutoScalingGroups", Vec::new());
    health(&mut world, "Grey", "NoData", &["There are no instances."]);
    assert_eq!(causes(&world), ["CFN-16"]);
    assert_eq!(diagnose(&world).verdict, Verdict::Stuck);
}

#[test]
fn an_endpoint_that_knows_no_stacks_is_no_deleted_stack() {
    let mut world = healthy();
    *stack(&mut world) =
        StackFacts { stack: absent("cloudformation:DescribeStacks"), ..StackFacts::default() };
    assert_eq!(causes(&world), [""; 0]);
}

#[test]
fn the_first_failure_counts_and_not_the_cascade() {
    let mut world = healthy();
    stack_event(&mut world, 30, STACK, "UPDATE_IN_PROGRESS", None);
    stack_event(&mut world, 25, "Cache", "CREATE_FAILED", Some("Something unheard of"));
    stack_event(&mut world, 24, "Queue", "CREATE_FAILED", Some("Resource creation cancelled"));
    stack_event(&mut world, 23, STACK, "UPDATE_ROLLBACK_IN_PROGRESS", None);
    stack_event(&mut world, 20, STACK, "UPDATE_ROLLBACK_COMPLETE", None);
    stack_itself(&mut world).status = "UPDATE_ROLLBACK_COMPLETE".into();
    event(&mut world, 20, "ERROR", "Failed to deploy configuration.");
    assert_eq!(causes(&world).first(), Some(&"CFN-17"));
    assert!(diagnose(&world).findings[0].title.contains("Cache"));
}

#[test]
fn a_type_that_the_region_does_not_have() {
    let mut world = healthy();
    stack_event(&mut world, 30, STACK, "UPDATE_IN_PROGRESS", None);
    stack_event(
        &mut world,
        25,
        "FileSystem",
        "CREATE_FAILED",
        Some("AWS::EFS::FileSystem is not supported in this region"),
    );
    stack_event(&mut world, 20, STACK, "UPDATE_ROLLBACK_COMPLETE", None);
    stack_itself(&mut world).status = "UPDATE_ROLLBACK_COMPLETE".into();
    event(
        &mut world,
        20,
        "ERROR",
        &format!(
            "Service:AmazonCloudFormation, Message:Stack named '{STACK}' aborted operation. Current state: 'UPDATE_ROLLBACK_IN_PROGRESS'  Reason: null"
        ),
    );
    assert_eq!(causes(&world), ["CFN-22"]);
}

#[test]
fn a_resource_that_an_update_left_behind() {
    let mut world = healthy();
    stack_event(&mut world, 30, STACK, "UPDATE_IN_PROGRESS", None);
    stack_event(
        &mut world,
        25,
        "AWSEBSecurityGroup",
        "DELETE_FAILED",
        Some("resource sg-0old has a dependent object"),
    );
    stack_event(&mut world, 20, STACK, "UPDATE_COMPLETE", None);
    assert_eq!(causes(&world), ["CFN-28"]);
}
