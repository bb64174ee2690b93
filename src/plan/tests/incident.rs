//! The incident this program was born from.

use super::*;
use crate::check::{
    GroupReference, NetworkFault, PeeringFault, PlatformFault, StackFault, StateFault,
};
use crate::world::examples::{
    INSTANCE_GROUP, MAIN_TABLE, NAME, NEWER_PLATFORM, PLATFORM, STACK, VPC, cidr, lost_route_table,
    rule,
};
use crate::world::network::Destination;

fn no_egress() -> FindingKind {
    FindingKind::Network(NetworkFault::NoEgress {
        vpc: VPC.into(),
        subnets: PRIVATE.iter().map(|id| (*id).into()).collect(),
        tables: vec![MAIN_TABLE.into()],
        lost: Some(lost()),
    })
}

fn referenced() -> FindingKind {
    FindingKind::Stack(StackFault::GroupReferenced {
        stack: STACK.into(),
        logical: "AWSEBSecurityGroup".to_owned(),
        group: INSTANCE_GROUP.into(),
        references: vec![GroupReference {
            holder: "sg-0db9".into(),
            holder_name: "reporting-db".to_owned(),
            owner: Some("reporting".into()),
            egress: false,
            rule: rule(INSTANCE_GROUP, Some((5432, 5432))),
        }],
    })
}

fn peering_route() -> FindingKind {
    FindingKind::Peering(PeeringFault::RouteMissing {
        peering: PEERING.into(),
        destination: Destination::Cidr(cidr(PEER_CIDR)),
        tables: vec![MAIN_TABLE.into()],
        subnets: PRIVATE.iter().map(|id| (*id).into()).collect(),
    })
}

fn moved() -> FindingKind {
    FindingKind::Platform(PlatformFault::Moved {
        now: NEWER_PLATFORM.into(),
        worked: PLATFORM.into(),
        by_managed_update: false,
    })
}

fn everything() -> Vec<FindingKind> {
    let failed = StateFault::TerminationFailed { stack: STACK.into() };
    vec![no_egress(), referenced(), peering_route(), FindingKind::State(failed), moved()]
}

#[test]
fn the_lost_table_comes_back_before_the_environment_does() {
    let plan = planned(&lost_route_table(), everything());
    assert_eq!(
        outline(&plan),
        [
            "a1 create-route-table vpc-0a10",
            "a2 create-route <made by a1>",
            "a3 create-route <made by a1>",
            "a4 associate-route-table subnet-0a11",
            "a5 associate-route-table subnet-0b22",
            "a6 revoke-security-group-ingress sg-0db9",
            "a7 terminate-environment shop-prod",
            "a8 rebuild-environment shop-prod",
            "a9 authorize-security-group-ingress sg-0db9",
            "a10 update-environment shop-prod",
        ]
    );
    let risks: Vec<&str> = plan.steps.iter().map(|step| step.risk.as_str()).collect();
    let safe = ["safe"; 5];
    let rest = ["disruptive", "destructive", "disruptive", "safe", "disruptive"];
    assert_eq!(risks, [&safe[..], &rest[..]].concat());
    assert!(plan.steps.iter().all(|step| step.data_loss.is_empty()));
    assert!(plan.beyond.is_empty(), "{:?}", plan.beyond);
}

#[test]
fn both_routes_come_back_as_they_were_and_the_peering_is_not_asked_for_twice() {
    let plan = planned(&lost_route_table(), everything());
    let commands: Vec<String> = plan.steps.iter().map(|step| step.action.command()).collect();
    assert_eq!(
        commands[1],
        "aws ec2 create-route --route-table-id '<made by a1>' --destination-cidr-block 0.0.0.0/0 --nat-gateway-id nat-0e55"
    );
    assert_eq!(
        commands[2],
        "aws ec2 create-route --route-table-id '<made by a1>' --destination-cidr-block 192.168.248.0/21 --vpc-peering-connection-id pcx-0aa1"
    );
    assert!(plan.steps[2].because.contains(&"ATL-01".to_owned()));
}

#[test]
fn what_the_other_team_allowed_is_granted_again_for_the_new_group() {
    let plan = planned(&lost_route_table(), everything());
    let grant = &plan.steps[8];
    assert_eq!(grant.after, ["a6", "a8"].map(|id| StepId(id.to_owned())));
    let mut world = lost_route_table();
    let facts = world.stacks.get_mut(&STACK.into()).unwrap();
    for resource in facts.resources.value_mut().into_iter().flatten() {
        if resource.logical.as_str() == "AWSEBSecurityGroup" {
            resource.physical = Some("sg-new".to_owned());
        }
    }
    let known = grant.action.resolve(&Made::nothing(), &world).unwrap();
    assert_eq!(
        known.command(),
        "aws ec2 authorize-security-group-ingress --group-id sg-0db9 --ip-permissions 'IpProtocol=tcp,FromPort=5432,ToPort=5432,UserIdGroupPairs=[{GroupId=sg-new}]'"
    );
    // Taking the revoking back after the rebuild means the new group too.
    let Undo::By(back) = &plan.steps[5].undo else { panic!("a rule can be granted again") };
    assert_eq!(back.resolve(&Made::nothing(), &world).unwrap(), known);
}

#[test]
fn without_the_way_out_nothing_of_others_is_touched() {
    let plan = planned(&lost_route_table(), everything());
    let associate = StepId("a5".to_owned());
    for kind in ["revoke-security-group-ingress", "terminate-environment", "rebuild-environment"] {
        let step = plan.steps.iter().find(|step| step.action.kind() == kind).unwrap();
        assert!(step.after.contains(&associate), "{kind} does not wait for the network");
    }
}

#[test]
fn the_platform_goes_back_and_stays_there_in_one_update() {
    let plan = planned(&lost_route_table(), everything());
    let update = &plan.steps[9];
    assert_eq!(update.title, "Put shop-prod on platform version 6.4.3, and hold managed updates");
    assert!(update.action.command().contains(
        "--option-settings Namespace=aws:elasticbeanstalk:managedactions,OptionName=ManagedActionsEnabled,Value=false"
    ));
    let well = |condition: &Condition| matches!(condition, Condition::HealthIn { .. });
    assert!(update.expect.iter().any(well) && update.wait.until.iter().any(well));
    let Undo::By(back) = &update.undo else { panic!("an update can be taken back") };
    assert!(back.command().contains("6.5.1"), "{}", back.command());
}

#[test]
fn a_clean_end_needs_only_the_blocker_gone() {
    let findings = everything().into_iter().map(|kind| finding(kind, Role::Cause)).collect();
    let wishes = Wishes { goal: Goal::Terminated, save_configuration: false };
    let plan = plan(&lost_route_table(), &diagnosis(findings), &wishes).unwrap();
    assert_eq!(
        outline(&plan),
        ["a1 revoke-security-group-ingress sg-0db9", "a2 terminate-environment shop-prod"]
    );
    assert!(matches!(plan.steps[0].undo, Undo::Impossible { .. }));
    assert!(plan.alternatives.iter().any(|other| other.what.contains("--goal healthy")));
}

#[test]
fn the_configuration_is_saved_first_when_wanted() {
    let findings = everything().into_iter().map(|kind| finding(kind, Role::Cause)).collect();
    let wishes = Wishes { goal: Goal::Healthy, save_configuration: true };
    let plan = plan(&lost_route_table(), &diagnosis(findings), &wishes).unwrap();
    assert_eq!(outline(&plan)[0], format!("a1 create-configuration-template {NAME}-202603121300"));
    assert_eq!(outline(&plan)[1], "a2 create-route-table vpc-0a10");
}
