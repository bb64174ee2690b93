//! Ways to the goal from other states.

use super::*;
use crate::check::{NetworkFault, PermissionFault, PlatformFault, StackFault, StateFault, Trigger};
use crate::world::examples::{
    INSTANCES, MAIN_TABLE, STACK, VPC, absent, ago, healthy, instance, known, lost_route_table,
    silent, stack, stack_itself, table,
};
use crate::world::{Database, StackResource};

fn cut_off() -> FindingKind {
    FindingKind::Network(NetworkFault::NoEgress {
        vpc: VPC.into(),
        subnets: PRIVATE.iter().map(|id| (*id).into()).collect(),
        tables: vec![MAIN_TABLE.into()],
        lost: Some(lost()),
    })
}

/// The table is gone, the environment is Ready and silent.
fn silent_world() -> Snapshot {
    let mut world = healthy();
    if let Some(tables) = world.network.route_tables.value_mut() {
        tables.retain(|table| table.id.as_str() != PRIVATE_TABLE);
    }
    silent(&mut world);
    world
}

fn since(minutes: i64) -> Option<Trigger> {
    Some(Trigger {
        at: ago(minutes),
        user: "p.novak".to_owned(),
        principal: None,
        call: "DeleteRouteTable".to_owned(),
        resource: PRIVATE_TABLE.to_owned(),
        event: "event-1".to_owned(),
    })
}

#[test]
fn only_instances_that_booted_without_a_way_out_are_replaced() {
    let mut world = silent_world();
    instance(&mut world, INSTANCES[1]).launched = Some(ago(100));
    let mut cause = finding(cut_off(), Role::Cause);
    cause.trigger = since(160);
    let plan = plan(&world, &diagnosis(vec![cause]), &Wishes::default()).unwrap();
    let kinds: Vec<String> = outline(&plan).split_off(5);
    assert_eq!(kinds, ["a6 terminate-instances i-0c3d", "a7 wait-for-environment shop-prod"]);
}

#[test]
fn instances_that_had_booted_are_only_waited_for() {
    let mut cause = finding(cut_off(), Role::Cause);
    cause.trigger = since(160);
    let plan = plan(&silent_world(), &diagnosis(vec![cause]), &Wishes::default()).unwrap();
    let last = plan.steps.last().unwrap();
    assert_eq!(last.title, "Wait until shop-prod is well again");
    assert!(!outline(&plan).iter().any(|line| line.contains("terminate-instances")));
}

#[test]
fn a_table_with_the_same_routes_takes_the_place_of_the_lost_one() {
    let mut world = silent_world();
    let mut twin = table(&mut world, MAIN_TABLE).clone();
    twin.id = "rtb-0twin".into();
    twin.associations.clear();
    twin.routes.extend(lost().routes);
    if let Some(tables) = world.network.route_tables.value_mut() {
        tables.push(twin);
    }
    let plan = planned(&world, vec![cut_off()]);
    assert_eq!(
        outline(&plan)[..2],
        ["a1 associate-route-table subnet-0a11", "a2 associate-route-table subnet-0b22"]
    );
    assert!(plan.steps[0].action.command().contains("rtb-0twin"));
}

#[test]
fn without_a_nat_gateway_a_new_one_is_made_and_its_price_told() {
    let mut world = silent_world();
    world.network.nat_gateways = known("ec2:DescribeNatGateways", Vec::new());
    let plan = planned(&world, vec![cut_off()]);
    assert_eq!(
        outline(&plan)[..2],
        ["a1 allocate-address the account's addresses", "a2 create-nat-gateway subnet-0a01"]
    );
    assert_eq!(plan.steps[1].risk, Risk::Disruptive);
    assert!(plan.steps[1].effect.contains("USD an hour"));
}

/// A stack with a coupled database.
fn with_database(world: &mut Snapshot) {
    if let Some(resources) = stack(world).resources.value_mut() {
        resources.push(StackResource {
            logical: "AWSEBRDSDatabase".into(),
            physical: Some("shop-db".to_owned()),
            kind: "AWS::RDS::DBInstance".to_owned(),
            status: "CREATE_COMPLETE".to_owned(),
            reason: None,
            at: None,
            drift: None,
        });
    }
    let database = Database {
        id: "shop-db".to_owned(),
        status: Some("available".to_owned()),
        engine: None,
        class: None,
        storage_gib: None,
        protected: false,
        groups: Vec::new(),
        vpc: None,
        port: None,
        host: None,
    };
    world.databases.instances = known("rds:DescribeDBInstances", vec![database]);
}

#[test]
fn a_coupled_database_is_saved_first_and_named_as_lost() {
    let mut world = healthy();
    with_database(&mut world);
    let gone = StateFault::ScalingGroupGone { scaling_group: "asg".to_owned() };
    let plan = planned(&world, vec![FindingKind::State(gone)]);
    assert_eq!(
        outline(&plan),
        ["a1 create-db-snapshot shop-db", "a2 rebuild-environment shop-prod"]
    );
    let rebuild = &plan.steps[1];
    assert_eq!(rebuild.data_loss, ["shop-db"]);
    assert_eq!(rebuild.risk, Risk::Destructive);
    assert_eq!(rebuild.after, [StepId("a1".to_owned())]);
}

#[test]
fn a_protected_database_is_left_standing() {
    let mut world = healthy();
    with_database(&mut world);
    stack_itself(&mut world).status = "DELETE_FAILED".into();
    let fault = StackFault::DatabaseProtected {
        stack: STACK.into(),
        logical: "AWSEBRDSDatabase".to_owned(),
        database: "shop-db".to_owned(),
    };
    let findings = vec![finding(FindingKind::Stack(fault), Role::Cause)];
    let wishes = Wishes { goal: Goal::Terminated, save_configuration: false };
    let plan = plan(&world, &diagnosis(findings), &wishes).unwrap();
    assert_eq!(
        outline(&plan),
        [
            "a1 create-db-snapshot shop-db".to_owned(),
            format!("a2 delete-stack {STACK}"),
            "a3 terminate-environment shop-prod".to_owned(),
        ]
    );
    assert!(plan.steps.iter().all(|step| step.data_loss.is_empty()));
    assert!(plan.steps[1].action.command().ends_with("--retain-resources AWSEBRDSDatabase"));
}

#[test]
fn a_wall_that_only_a_person_can_take_down_keeps_the_environment_standing() {
    let denied = PermissionFault::CallerLacks {
        principal: None,
        action: "elasticloadbalancing:CreateLoadBalancer".to_owned(),
    };
    let failed = StateFault::TerminationFailed { stack: STACK.into() };
    let kinds = vec![FindingKind::Permission(denied), FindingKind::State(failed)];
    let plan = planned(&lost_route_table(), kinds);
    assert_eq!(plan.steps, []);
    assert_eq!(plan.beyond.len(), 1);
    assert!(plan.refusals.iter().any(|refusal| refusal.what.contains("rebuilding")));
}

#[test]
fn nothing_is_launched_from_a_withdrawn_image() {
    let mut world = healthy();
    let image = PlatformFault::ImageWithdrawn { image: "ami-0a1b".into(), platform: None };
    let full = StateFault::DiskFull { instances: vec![INSTANCES[0].into()] };
    let kinds = vec![FindingKind::Platform(image), FindingKind::State(full)];
    world.platforms.versions = known("elasticbeanstalk:ListPlatformVersions", Vec::new());
    let plan = planned(&world, kinds);
    assert_eq!(plan.steps, []);
    assert_eq!(plan.beyond.len(), 1);
}

#[test]
fn a_rollback_goes_on_and_elastic_beanstalk_is_waited_for() {
    let mut world = healthy();
    stack_itself(&mut world).status = "UPDATE_ROLLBACK_FAILED".into();
    crate::world::examples::environment(&mut world).status = "Updating".into();
    let fault = StackFault::RollbackFailed {
        stack: STACK.into(),
        failed: vec![("AWSEBEC2LaunchTemplate".into(), "lt-1".to_owned(), "t".to_owned())],
        reason: String::new(),
    };
    let plan = planned(&world, vec![FindingKind::Stack(fault)]);
    assert_eq!(
        outline(&plan)[..2],
        [
            format!("a1 continue-update-rollback {STACK}"),
            "a2 wait-for-environment shop-prod".to_owned()
        ]
    );
    assert!(plan.steps[0].action.command().ends_with("--resources-to-skip AWSEBEC2LaunchTemplate"));
}

#[test]
fn a_terminated_environment_is_rebuilt_within_its_time_and_made_anew_after_it() {
    let mut world = healthy();
    stack(&mut world).stack = absent("cloudformation:DescribeStacks");
    stack(&mut world).resources = absent("cloudformation:DescribeStackResources");
    let own = crate::world::examples::environment(&mut world);
    own.status = "Terminated".into();
    own.updated = Some(ago(60));
    let within = planned(&world, Vec::new());
    assert_eq!(outline(&within), ["a1 rebuild-environment shop-prod"]);
    crate::world::examples::environment(&mut world).updated = Some(ago(43 * 24 * 60));
    let after = planned(&world, Vec::new());
    assert_eq!(outline(&after), ["a1 create-environment shop-prod"]);
}

#[test]
fn protection_of_a_stack_that_need_not_go_is_left_on() {
    let mut world = healthy();
    stack_itself(&mut world).protected = Some(true);
    let fault = StackFault::StackProtected { stack: STACK.into(), protected: STACK.into() };
    let failed = StateFault::TerminationFailed { stack: STACK.into() };
    let kinds = [FindingKind::Stack(fault), FindingKind::State(failed)];
    let stays = planned(&world, kinds.to_vec());
    assert_eq!(stays.steps, []);
    let findings = kinds.into_iter().map(|kind| finding(kind, Role::Cause)).collect();
    let wishes = Wishes { goal: Goal::Terminated, save_configuration: false };
    let ends = plan(&world, &diagnosis(findings), &wishes).unwrap();
    assert_eq!(
        outline(&ends),
        [
            format!("a1 update-termination-protection {STACK}"),
            "a2 terminate-environment shop-prod".to_owned()
        ]
    );
}

#[test]
fn an_instance_that_was_well_before_health_left_ok_is_only_waited_for() {
    let mut world = silent_world();
    for one in world.events.value_mut().unwrap() {
        one.message = one.message.replace("None of the instances are sending data", "…");
    }
    let left = "Environment health has transitioned from Ok to Degraded. No data from 1 out of 2 instances.";
    crate::world::examples::event(&mut world, 25, "WARN", left);
    instance(&mut world, INSTANCES[0]).launched = Some(ago(5000));
    instance(&mut world, INSTANCES[1]).launched = Some(ago(5000));
    let plan = planned(&world, vec![cut_off()]);
    assert!(!outline(&plan).iter().any(|line| line.contains("terminate-instances")));
}

/// An update that hangs; whether it can be aborted.
fn hanging(abortable: bool) -> Snapshot {
    let mut world = healthy();
    let own = world.environment.value_mut().unwrap();
    own.status = crate::world::EnvironmentStatus::Updating;
    own.abortable = Some(abortable);
    world
}

#[test]
fn a_silent_update_is_aborted_for_its_own_sake() {
    let fault =
        StateFault::Busy { status: "Updating".to_owned(), abortable: true, silent_minutes: 180 };
    let plan = planned(&hanging(true), vec![fault.into()]);
    assert_eq!(outline(&plan)[0], "a1 abort-environment-update shop-prod");
    assert_eq!(plan.steps[0].because, ["EB-01"], "a playbook must know what it is for");
}

#[test]
fn a_deadlock_behind_which_nothing_works_is_for_aws_support() {
    let fault =
        StateFault::Deadlock { stack: STACK.into(), stack_status: "UPDATE_COMPLETE".into() };
    let plan = planned(&hanging(false), vec![fault.into()]);
    assert_eq!(outline(&plan), [""; 0]);
    assert!(plan.beyond[0].what.contains("AWS Support"), "{:?}", plan.beyond);
}
