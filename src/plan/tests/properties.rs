//! What holds of every plan.

use proptest::prelude::*;

use super::*;
use crate::check::{ApplicationFault, NetworkFault, PlatformFault, StackFault, StateFault};
use crate::world::examples::{
    INSTANCES, MAIN_TABLE, NEWER_PLATFORM, PLATFORM, PUBLIC, SCALING_GROUP, STACK, VPC, healthy,
    lost_route_table, shapes, silent, stack_itself,
};
use crate::world::network::{Destination, Target};

/// Worlds of all shapes, in several states of the environment and its stack.
fn worlds() -> Vec<Snapshot> {
    let mut all: Vec<Snapshot> = shapes().into_iter().map(|(_, world)| world).collect();
    all.push(lost_route_table());
    for status in ["UPDATE_ROLLBACK_FAILED", "UPDATE_FAILED", "DELETE_FAILED", "ROLLBACK_COMPLETE"]
    {
        let mut world = healthy();
        stack_itself(&mut world).status = status.into();
        silent(&mut world);
        all.push(world);
    }
    for status in ["Updating", "Launching", "Terminating", "Terminated", "Aborting"] {
        let mut world = healthy();
        crate::world::examples::environment(&mut world).status = status.into();
        all.push(world);
    }
    all
}

/// One fault of many sorts.
fn kinds() -> Vec<FindingKind> {
    let subnets = || PRIVATE.iter().map(|id| (*id).into()).collect();
    vec![
        FindingKind::Network(NetworkFault::NoEgress {
            vpc: VPC.into(),
            subnets: subnets(),
            tables: vec![MAIN_TABLE.into()],
            lost: Some(lost()),
        }),
        FindingKind::Network(NetworkFault::NoEgress {
            vpc: VPC.into(),
            subnets: subnets(),
            tables: vec![MAIN_TABLE.into()],
            lost: None,
        }),
        FindingKind::Network(NetworkFault::RouteBlackhole {
            tables: vec![PRIVATE_TABLE.into()],
            destination: Destination::Cidr("0.0.0.0/0".parse().unwrap()),
            target: Target::from_id("nat-gone"),
            subnets: subnets(),
            living: None,
            public_subnet: Some(PUBLIC[0].into()),
        }),
        FindingKind::Network(NetworkFault::DnsDisabled {
            vpc: VPC.into(),
            support: false,
            hostnames: false,
        }),
        FindingKind::Stack(StackFault::UpdateFailed { stack: STACK.into(), reason: String::new() }),
        FindingKind::Stack(StackFault::StackProtected {
            stack: STACK.into(),
            protected: STACK.into(),
        }),
        FindingKind::State(StateFault::TerminationFailed { stack: STACK.into() }),
        FindingKind::State(StateFault::DiskFull { instances: vec![INSTANCES[0].into()] }),
        FindingKind::State(StateFault::ScaledToZero { scaling_group: SCALING_GROUP.to_owned() }),
        FindingKind::State(StateFault::InstanceProfile {
            profile: None,
            exists: false,
            role: None,
        }),
        FindingKind::Platform(PlatformFault::Moved {
            now: NEWER_PLATFORM.into(),
            worked: PLATFORM.into(),
            by_managed_update: true,
        }),
        FindingKind::Application(ApplicationFault::CommandFailed {
            version: None,
            last_good: Some("v42".to_owned()),
        }),
    ]
}

fn sound(plan: &Plan, world: &Snapshot) {
    let mut seen: Vec<&StepId> = Vec::new();
    for step in &plan.steps {
        assert!(step.after.iter().all(|needed| seen.contains(&needed)), "{step:?}");
        assert!(step.action.makers().iter().all(|maker| step.after.contains(maker)), "{step:?}");
        for guard in &step.guard {
            let holds = guard.holds(world, &Made::nothing());
            assert!(
                holds == Truth::Yes || !step.after.is_empty(),
                "{} of {:?}",
                guard,
                step.action
            );
        }
        assert!(step.wait.expected.usual_seconds <= step.wait.expected.at_most_seconds);
        assert!(!step.title.is_empty() && !step.effect.is_empty());
        seen.push(&step.id);
    }
    let json = serde_json::to_string(plan).unwrap();
    assert_eq!(&serde_json::from_str::<Plan>(&json).unwrap(), plan);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]
    #[test]
    fn every_plan_is_sound_and_the_same_again(
        world in 0..worlds().len(),
        picked in proptest::sample::subsequence((0..kinds().len()).collect::<Vec<_>>(), 0..4),
        end in any::<bool>(),
        save in any::<bool>(),
    ) {
        let world = &worlds()[world];
        let all = kinds();
        let findings: Vec<Finding> =
            picked.iter().map(|index| finding(all[*index].clone(), Role::Cause)).collect();
        let goal = if end { Goal::Terminated } else { Goal::Healthy };
        let wishes = Wishes { goal, save_configuration: save };
        let diagnosis = diagnosis(findings);
        let first = plan(world, &diagnosis, &wishes).unwrap();
        sound(&first, world);
        prop_assert_eq!(&first, &plan(world, &diagnosis, &wishes).unwrap());
    }
}

#[test]
fn what_was_a_risk_or_a_symptom_is_left_alone() {
    for role in [Role::Risk, Role::Symptom] {
        let findings = kinds().into_iter().map(|kind| finding(kind, role)).collect();
        let plan = plan(&healthy(), &diagnosis(findings), &Wishes::default()).unwrap();
        assert_eq!(plan.steps, []);
    }
}

#[test]
fn a_healthy_world_needs_no_plan() {
    for (name, world) in shapes() {
        let plan = plan(&world, &diagnosis(Vec::new()), &Wishes::default()).unwrap();
        assert_eq!(plan.steps, [], "{name}");
    }
}
