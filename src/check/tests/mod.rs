mod near;
mod network;
mod others;
mod rare;
mod roles;
mod stack;
mod texts;
mod written;

use super::*;
use crate::world::Snapshot;
use crate::world::examples::*;

fn causes(world: &Snapshot) -> Vec<&'static str> {
    diagnose(world).causes().map(|finding| finding.code().0).collect()
}

fn of_role(world: &Snapshot, role: Role) -> Vec<&'static str> {
    let all = diagnose(world).findings;
    all.iter().filter(|finding| finding.role == role).map(|finding| finding.code().0).collect()
}

#[test]
fn no_healthy_world_has_a_cause() {
    for (name, world) in shapes() {
        let diagnosis = diagnose(&world);
        let found: Vec<_> = diagnosis.findings.iter().map(|one| (one.code(), one.role)).collect();
        assert!(diagnosis.causes().next().is_none(), "{name}: {found:?}");
        assert_eq!(diagnosis.verdict, Verdict::Healthy, "{name}");
    }
}

#[test]
fn the_first_incident_is_understood() {
    let world = lost_route_table();
    assert_eq!(causes(&world), ["NET-01", "CFN-01"]);
    assert_eq!(of_role(&world, Role::Contributing), ["PL-14"]);
    assert!(of_role(&world, Role::Symptom).contains(&"EB-06"));
    let diagnosis = diagnose(&world);
    assert_eq!(diagnosis.verdict, Verdict::Stuck);
    let first = &diagnosis.findings[0];
    assert_eq!(first.trigger.as_ref().map(|one| one.call.as_str()), Some("DeleteRouteTable"));
    let FindingKind::Network(NetworkFault::NoEgress { lost: Some(lost), .. }) = &first.kind else {
        panic!("{:?}", first.kind)
    };
    let routes: Vec<(String, &str)> = lost
        .routes
        .iter()
        .map(|route| (route.destination.to_string(), route.target.id()))
        .collect();
    assert_eq!(routes, [("0.0.0.0/0".to_owned(), NAT), (PEER_CIDR.to_owned(), PEERING)]);
    assert_eq!(lost.id, Some(PRIVATE_TABLE.into()));
    assert_eq!(lost.subnets, PRIVATE.map(Into::into));
}

#[test]
fn what_was_tried_is_told_with_why_it_could_not_help() {
    let tried = tried(&lost_route_table());
    let what: Vec<&str> = tried.iter().map(|one| one.what.as_str()).collect();
    assert_eq!(what, ["restart", "update", "rebuild", "terminate"]);
    assert!(tried[0].why.contains("subnets"), "{}", tried[0].why);
    assert!(tried[3].why.contains("stack cannot be deleted"), "{}", tried[3].why);
}
