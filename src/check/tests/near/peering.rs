//! Hosted databases over peering.

use super::super::others::clue;
use super::*;
use crate::world::Clue;

/// An environment with a hosted database.
fn hosted(of: Snapshot) -> Snapshot {
    let mut world = of;
    clue(&mut world, "MONGO_URL", vec![Clue::HostedMongo]);
    world
}

pub(super) const NEAR: &[Near] = &[
    near("ATL-01", "a route for a larger block leads there too", |broken| {
        let mut world = hosted(healthy());
        let block = if broken { "192.168.0.0/17" } else { "192.168.0.0/16" };
        table(&mut world, PRIVATE_TABLE).routes[2] = route(block, PEERING);
        world
    }),
    near("ATL-02", "the peered block begins where the VPC's own ends", |broken| {
        let mut world = healthy();
        let block = if broken { "10.20.248.0/21" } else { "10.21.0.0/21" };
        peering(&mut world).requester.cidrs = vec![cidr(block)];
        table(&mut world, PRIVATE_TABLE).routes[2] = route(block, PEERING);
        world
    }),
    near("ATL-03", "no instance is heard of, so it is not the application", |broken| {
        let mut world = hosted(if broken { sick(|_| {}) } else { healthy() });
        if !broken {
            silent(&mut world);
        }
        world
    }),
    near("ATL-04", "the database's ports are let out to its block", |broken| {
        let mut world = hosted(healthy());
        let web = rule("0.0.0.0/0", Some((80, 443)));
        let database = rule(PEER_CIDR, Some((27015, 27017)));
        group(&mut world, INSTANCE_GROUP).egress =
            if broken { vec![web] } else { vec![web, database] };
        world
    }),
    other("ATL-07", "AWS does not say whether names are resolved over it", &["ATL-03"], |broken| {
        let mut world = hosted(sick(|_| {}));
        peering(&mut world).accepter.resolves_remote_dns = Some(false).filter(|_| broken);
        peering(&mut world).requester.resolves_remote_dns = None;
        world
    }),
    near("ATL-08", "the deleted connection stays listed beside the one in its place", |broken| {
        let mut world = hosted(healthy());
        let mut before = peering(&mut world).clone();
        before.status = "deleted".into();
        if broken {
            world.network.peerings.value_mut().unwrap()[0] = before;
            table(&mut world, PRIVATE_TABLE).routes[2].blackhole = true;
        } else {
            before.id = "pcx-0dead".into();
            world.network.peerings.value_mut().unwrap().push(before);
            // Its last route, in the table of no instance.
            let mut dead = route(PEER_CIDR, "pcx-0dead");
            dead.blackhole = true;
            table(&mut world, PUBLIC_TABLE).routes.push(dead);
        }
        world
    }),
    near("ATL-08", "the dead route is one of subnets without instances", |broken| {
        let mut world = healthy();
        let mut before = peering(&mut world).clone();
        before.id = "pcx-0dead".into();
        before.status = "deleted".into();
        before.requester.vpc = Some("vpc-0office".into());
        before.requester.cidrs = vec![cidr("172.30.0.0/16")];
        world.network.peerings.value_mut().unwrap().push(before);
        let mut dead = route("172.30.0.0/16", "pcx-0dead");
        dead.blackhole = true;
        let id = if broken { PRIVATE_TABLE } else { PUBLIC_TABLE };
        table(&mut world, id).routes.push(dead);
        world
    }),
];
