use super::*;
use crate::world::examples::{self, *};
use crate::world::network::AclEntry;
use crate::world::{Snapshot, SubnetId};

fn path(world: &Snapshot, to: &Destination) -> Path {
    let view = View::new(world);
    let from = origins(world, &view).unwrap().remove(0);
    reach(&view, &from, to)
}

fn to_beanstalk(world: &Snapshot) -> Path {
    path(world, &Destination::service("elasticbeanstalk"))
}

fn entry(number: i32, egress: bool, allow: bool, ports: (u16, u16)) -> AclEntry {
    let cidr = cidr("0.0.0.0/0");
    AclEntry { number, egress, allow, protocol: 6, cidr, ports: Some(ports) }
}

#[test]
fn nothing_is_blocked_in_any_healthy_world() {
    for (name, world) in shapes() {
        let view = View::new(&world);
        for from in origins(&world, &view).into_iter().flatten() {
            for to in needs(&world) {
                let path = reach(&view, &from, &to);
                assert_eq!(path.blocks(), [], "{name}: {}", path.draw());
            }
        }
    }
}

#[test]
fn private_instances_reach_by_nat() {
    let path = to_beanstalk(&healthy());
    assert_eq!(path.outcome, Outcome::Reaches);
    assert_eq!(
        path.draw(),
        "i-0a2b ── subnet-0a11 (us-west-2a) ── rtb-07f1 ── nat-0e55 ── igw-0f66"
    );
}

#[test]
fn a_lost_default_route_is_drawn_where_it_breaks() {
    let mut world = healthy();
    table(&mut world, PRIVATE_TABLE).routes.truncate(1);
    assert_eq!(
        to_beanstalk(&world).draw(),
        "i-0a2b ── subnet-0a11 (us-west-2a) ── rtb-07f1 ─╳─ nothing for 0.0.0.0/0"
    );
}

#[test]
fn all_blockers_are_named_at_once() {
    let mut world = healthy();
    table(&mut world, PRIVATE_TABLE).routes.truncate(1);
    group(&mut world, INSTANCE_GROUP).egress.clear();
    acl(&mut world).entries.push(entry(10, true, false, (443, 443)));
    let codes: Vec<&str> = to_beanstalk(&world).blocks().iter().map(Block::code).collect();
    assert_eq!(
        codes,
        ["NO_ROUTE_TO_DESTINATION", "SUBNET_ACL_RESTRICTION", "ENI_SG_RULES_MISMATCH"]
    );
}

#[test]
fn a_nat_gateway_in_a_private_subnet_is_stranded() {
    let mut world = healthy();
    nat(&mut world).subnet = PRIVATE[0].into();
    let stranded = Block::NatStranded {
        nat: NAT.into(),
        subnet: PRIVATE[0].into(),
        table: PRIVATE_TABLE.into(),
    };
    assert_eq!(to_beanstalk(&world).blocks(), [stranded]);
}

#[test]
fn answers_need_their_ephemeral_ports() {
    let mut world = healthy();
    let acl = acl(&mut world);
    acl.entries.retain(|entry| entry.egress || entry.number != 100);
    acl.entries.push(entry(100, false, true, (443, 443)));
    let blocks = to_beanstalk(&world);
    assert!(blocks.blocks().iter().all(|block| block.code() == "SUBNET_ACL_RESTRICTION"));
    assert!(!blocks.blocks().is_empty());
}

#[test]
fn the_lowest_acl_entry_that_matches_decides() {
    let mut world = healthy();
    acl(&mut world).entries.push(entry(90, true, true, (443, 443)));
    acl(&mut world).entries.push(entry(95, true, false, (443, 443)));
    assert_eq!(to_beanstalk(&world).outcome, Outcome::Reaches);
}

#[test]
fn unread_acls_are_no_all_clear() {
    let mut world = healthy();
    world.network.acls = denied("ec2:DescribeNetworkAcls");
    let path = to_beanstalk(&world);
    assert!(matches!(path.outcome, Outcome::CannotTell(_)));
    assert!(path.gaps().all(|gap| gap.needs == "ec2:DescribeNetworkAcls"));
}

#[test]
fn a_transit_gateway_leaves_what_can_be_seen() {
    let world = examples::transit_gateway();
    let path = to_beanstalk(&world);
    assert!(matches!(path.outcome, Outcome::CannotTell(_)), "{}", path.draw());
}

#[test]
fn an_endpoint_with_private_dns_is_used_even_beside_a_nat_gateway() {
    let mut world = examples::endpoints_only();
    world.network.nat_gateways = healthy().network.nat_gateways;
    table(&mut world, PRIVATE_TABLE).routes.push(route("0.0.0.0/0", NAT));
    group(&mut world, "sg-0e9d").ingress.clear();
    assert_eq!(to_beanstalk(&world).blocks()[0].code(), "ENI_SG_RULES_MISMATCH");
}

#[test]
fn an_endpoint_without_private_dns_does_not_help_without_a_way_out() {
    let mut world = examples::endpoints_only();
    let endpoints = world.network.endpoints.value_mut().unwrap();
    endpoints[0].private_dns = false;
    let blocks = to_beanstalk(&world);
    let codes: Vec<&str> = blocks.blocks().iter().map(Block::code).collect();
    assert_eq!(codes, ["NO_ROUTE_TO_DESTINATION", "NAME_RESOLUTION"]);
}

#[test]
fn a_public_subnet_needs_a_public_address() {
    let mut world = examples::public();
    for id in INSTANCES {
        instance(&mut world, id).public_ip = None;
    }
    assert_eq!(to_beanstalk(&world).blocks()[0].code(), "IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS");
}

#[test]
fn peering_carries_packets_to_the_other_network_only() {
    let mut world = healthy();
    let hosted = Destination::Network { block: cidr(PEER_CIDR), ports: (27017, 27017) };
    assert_eq!(path(&world, &hosted).outcome, Outcome::Reaches);
    let beyond = Destination::Network { block: cidr("172.31.0.0/16"), ports: (443, 443) };
    table(&mut world, PRIVATE_TABLE).routes.push(route("172.31.0.0/16", PEERING));
    assert_eq!(path(&world, &beyond).blocks()[0].code(), "PCX_REQUIRES_ADDRESS_IN_VPC_CIDR");
}

#[test]
fn ipv6_leaves_by_an_egress_only_gateway() {
    let six = Destination::Internet {
        what: "a host".into(),
        protocol: "tcp".into(),
        port: 443,
        six: true,
    };
    let mut world = examples::ipv6();
    group(&mut world, INSTANCE_GROUP).egress.push(rule("::/0", None));
    let entries = &mut acl(&mut world).entries;
    for index in 0..entries.len() {
        let mut twin = entries[index].clone();
        twin.cidr = cidr("::/0");
        twin.number += 1;
        entries.push(twin);
    }
    assert_eq!(path(&world, &six).outcome, Outcome::Reaches);
    table(&mut world, PRIVATE_TABLE).routes.retain(|route| !route.target.id().starts_with("eigw"));
    assert_eq!(path(&world, &six).blocks()[0].code(), "NO_ROUTE_TO_DESTINATION");
}

#[test]
fn a_dead_resolver_in_the_vpc_means_no_names() {
    let mut world = healthy();
    let options = world.network.dhcp_options.value_mut().unwrap();
    options[0].name_servers = vec!["10.20.77.7".into()];
    assert_eq!(to_beanstalk(&world).blocks()[0].code(), "NAME_RESOLUTION");
}

#[test]
fn five_hundred_subnets_are_walked_in_a_moment() {
    let mut world = healthy();
    let model = subnet(&mut world, PRIVATE[0]).clone();
    let links = table(&mut world, PRIVATE_TABLE).associations[0].clone();
    for index in 0..500 {
        let id = SubnetId(format!("subnet-1{index:03}"));
        let mut own = model.clone();
        own.id = id.clone();
        world.network.subnets.value_mut().unwrap().push(own);
        let mut link = links.clone();
        link.subnet = Some(id.clone());
        table(&mut world, PRIVATE_TABLE).associations.push(link);
        acl(&mut world).subnets.push((id, String::new()));
    }
    let view = View::new(&world);
    let mut from = origins(&world, &view).unwrap().remove(0);
    for index in 0..500 {
        from.subnet = SubnetId(format!("subnet-1{index:03}"));
        for to in needs(&world) {
            assert_eq!(reach(&view, &from, &to).outcome, Outcome::Reaches);
        }
    }
}
