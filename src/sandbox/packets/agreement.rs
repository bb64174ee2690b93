//! The walk against a second one, written apart from it, over small random networks.
//!
//! The second walk knows nothing of the sandbox's state: it reads the plan that the network was
//! built from. It follows the packet and its answer as two packets through every filter, for each
//! port an answer could come on. `PROPTEST_CASES=100000 cargo test agreement` runs longer.

use std::net::Ipv4Addr;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{Destination, Sender, can_reach};
use crate::sandbox::{Account, Service, ec2};

/// Where a subnet's table sends what is not for the network itself.
#[derive(Clone, Copy, Debug)]
enum Default {
    Nowhere,
    Gateway,
    /// The NAT gateway of a subnet.
    Nat(usize),
    /// A NAT gateway that is gone.
    LostNat,
}

/// One rule of a network ACL.
#[derive(Clone, Copy, Debug)]
struct Line {
    out: bool,
    allow: bool,
    /// Which other ends it is for.
    whom: Whom,
    ports: Option<(u16, u16)>,
}

/// The addresses a rule is for.
#[derive(Clone, Copy, Debug)]
enum Whom {
    Everybody,
    Network,
    Subnet(usize),
}

/// A group's rule; by group, it is for those in the sender's group.
#[derive(Clone, Copy, Debug)]
struct Opening {
    out: bool,
    whom: Option<Whom>,
    ports: (u16, u16),
}

#[derive(Clone, Debug)]
struct Plan {
    defaults: [Default; 3],
    /// Lines by subnet; none leaves the network's default ACL, which allows everything.
    acls: [Vec<Line>; 3],
    sender: usize,
    sender_is_public: bool,
    target: usize,
    /// Whether the target is beyond the internet gateway.
    outside: bool,
    sender_group: Vec<Opening>,
    target_group: Vec<Opening>,
    port: u16,
}

const OUTSIDE: Ipv4Addr = Ipv4Addr::new(203, 0, 113, 9);

fn whom() -> impl Strategy<Value = Whom> {
    prop_oneof![
        3 => Just(Whom::Everybody),
        1 => Just(Whom::Network),
        1 => (0..3_usize).prop_map(Whom::Subnet),
    ]
}

fn ports() -> impl Strategy<Value = (u16, u16)> {
    prop_oneof![
        Just((443, 443)),
        Just((5432, 5432)),
        Just((1024, 65535)),
        Just((32768, 60999)),
        Just((32768, 50000)),
        Just((0, 65535)),
    ]
}

fn line() -> impl Strategy<Value = Line> {
    (any::<bool>(), prop::bool::weighted(0.7), whom(), prop::option::of(ports()))
        .prop_map(|(out, allow, whom, ports)| Line { out, allow, whom, ports })
}

fn opening() -> impl Strategy<Value = Opening> {
    (any::<bool>(), prop::option::weighted(0.8, whom()), ports())
        .prop_map(|(out, whom, ports)| Opening { out, whom, ports })
}

fn default() -> impl Strategy<Value = Default> {
    prop_oneof![
        1 => Just(Default::Nowhere),
        3 => Just(Default::Gateway),
        3 => (0..3_usize).prop_map(Default::Nat),
        1 => Just(Default::LostNat),
    ]
}

fn plan() -> impl Strategy<Value = Plan> {
    let acl = || prop_oneof![2 => Just(Vec::new()), 1 => prop::collection::vec(line(), 2..8)];
    (
        [default(), default(), default()],
        [acl(), acl(), acl()],
        (0..3_usize, any::<bool>(), 0..3_usize, any::<bool>()),
        prop::collection::vec(opening(), 1..4),
        prop::collection::vec(opening(), 1..4),
        prop_oneof![Just(443_u16), Just(5432)],
    )
        .prop_map(|(defaults, acls, ends, sender_group, target_group, port)| {
            let (sender, sender_is_public, target, outside) = ends;
            Plan {
                defaults,
                acls,
                sender,
                sender_is_public,
                target,
                outside,
                sender_group,
                target_group,
                port,
            }
        })
}

// ---- the second walk ----

fn is_for(whom: Whom, address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    match whom {
        Whom::Everybody => true,
        Whom::Network => (a, b) == (10, 0),
        Whom::Subnet(subnet) => (a, b) == (10, 0) && usize::from(c) == subnet,
    }
}

/// Whether one packet crosses the border of a subnet.
fn crosses(plan: &Plan, subnet: usize, out: bool, other: Ipv4Addr, port: u16) -> bool {
    let lines = &plan.acls[subnet];
    if lines.is_empty() {
        return true;
    }
    for line in lines {
        let in_ports = line.ports.is_none_or(|(from, to)| from <= port && port <= to);
        if line.out == out && is_for(line.whom, other) && in_ports {
            return line.allow;
        }
    }
    false
}

/// Whether a packet and its answers on every port of a range cross a border.
fn both(plan: &Plan, subnet: usize, out: bool, other: Ipv4Addr, answers: (u16, u16)) -> bool {
    crosses(plan, subnet, out, other, plan.port)
        && (answers.0..=answers.1).all(|port| crosses(plan, subnet, !out, other, port))
}

const LINUX: (u16, u16) = (32768, 60999);
const NAT: (u16, u16) = (1024, 65535);

/// Whether the plan lets the sender reach the target; addresses are those of the built network.
fn second(plan: &Plan, sender: Ipv4Addr, target: Ipv4Addr, nats: &[Option<Ipv4Addr>; 3]) -> bool {
    let to = if plan.outside { OUTSIDE } else { target };
    let opens = |rules: &[Opening], out: bool, other: Ipv4Addr, in_group: bool| {
        rules.iter().any(|rule| {
            let (from, to) = rule.ports;
            rule.out == out
                && from <= plan.port
                && plan.port <= to
                && rule.whom.map_or(in_group, |whom| is_for(whom, other))
        })
    };
    // A rule by group fits who carries the sender's group: the sender, and not the target.
    if !opens(&plan.sender_group, true, to, false) {
        return false;
    }
    if !plan.outside {
        let apart = plan.sender != plan.target;
        return opens(&plan.target_group, false, sender, true)
            && (!apart
                || both(plan, plan.sender, true, target, LINUX)
                    && both(plan, plan.target, false, sender, LINUX));
    }
    let mut at = (plan.sender, sender, LINUX, plan.sender_is_public);
    for _ in 0..9 {
        let (subnet, source, answers, public) = at;
        if !both(plan, subnet, true, OUTSIDE, answers) {
            return false;
        }
        match plan.defaults[subnet] {
            Default::Nowhere | Default::LostNat => return false,
            Default::Gateway => return public,
            Default::Nat(next) => {
                let Some(address) = nats[next] else { return false };
                if next != subnet && !both(plan, next, false, source, answers) {
                    return false;
                }
                at = (next, address, NAT, true);
            }
        }
    }
    false
}

// ---- the network ----

struct Built {
    account: Account,
    sender: String,
    target: Ipv4Addr,
    nats: [Option<Ipv4Addr>; 3],
}

fn call(account: &mut Account, operation: &str, params: Value) -> Value {
    let answer = account.call_as("x", Service::Ec2, operation, params);
    answer.unwrap_or_else(|fault| panic!("{operation}: {fault:?}"))
}

fn made(account: &mut Account, operation: &str, params: Value, pointer: &str) -> String {
    let answer = call(account, operation, params);
    answer.pointer(pointer).and_then(Value::as_str).expect("an id").to_owned()
}

fn block(whom: Whom) -> String {
    match whom {
        Whom::Everybody => "0.0.0.0/0".to_owned(),
        Whom::Network => "10.0.0.0/16".to_owned(),
        Whom::Subnet(subnet) => format!("10.0.{subnet}.0/24"),
    }
}

fn build(plan: &Plan) -> Built {
    let now = "2026-03-02T08:00:00Z".parse().expect("a time");
    let mut account = Account::new("123456789012", "eu-central-1", now);
    let it = &mut account;
    ec2::furnish(it);
    let vpc = made(it, "CreateVpc", json!({"CidrBlock": "10.0.0.0/16"}), "/vpc/vpcId");
    let gateway =
        made(it, "CreateInternetGateway", json!({}), "/internetGateway/internetGatewayId");
    call(it, "AttachInternetGateway", json!({"InternetGatewayId": gateway, "VpcId": vpc}));
    let subnets: [String; 3] = std::array::from_fn(|n| {
        let params = json!({"VpcId": vpc, "CidrBlock": format!("10.0.{n}.0/24")});
        made(it, "CreateSubnet", params, "/subnet/subnetId")
    });
    // A NAT gateway where some table leads to it, and one that will be lost.
    let wanted = |n: usize| plan.defaults.iter().any(|it| matches!(it, Default::Nat(m) if *m == n));
    let gateways: [Option<String>; 3] =
        std::array::from_fn(|n| wanted(n).then(|| nat(it, &subnets[n])));
    let lost = plan.defaults.iter().any(|it| matches!(it, Default::LostNat));
    let lost = lost.then(|| nat(it, &subnets[0]));
    let later = it.now() + jiff::SignedDuration::from_mins(5);
    it.pass_until(later);
    for (n, subnet) in subnets.iter().enumerate() {
        let table = made(it, "CreateRouteTable", json!({"VpcId": vpc}), "/routeTable/routeTableId");
        call(it, "AssociateRouteTable", json!({"RouteTableId": table, "SubnetId": subnet}));
        let (name, target) = match plan.defaults[n] {
            Default::Nowhere => continue,
            Default::Gateway => ("GatewayId", Some(gateway.clone())),
            Default::Nat(m) => ("NatGatewayId", gateways[m].clone()),
            Default::LostNat => ("NatGatewayId", lost.clone()),
        };
        let route = json!({
            "RouteTableId": table, "DestinationCidrBlock": "0.0.0.0/0", name: target,
        });
        call(it, "CreateRoute", route);
    }
    if let Some(lost) = lost {
        call(it, "DeleteNatGateway", json!({"NatGatewayId": lost}));
    }
    let later = it.now() + jiff::SignedDuration::from_mins(5);
    it.pass_until(later);
    for (n, subnet) in subnets.iter().enumerate() {
        acl(it, &vpc, subnet, &plan.acls[n]);
    }
    let sender_group = group(it, &vpc, "sender");
    let target_group = group(it, &vpc, "target");
    open(it, &sender_group, &sender_group, &plan.sender_group);
    open(it, &target_group, &sender_group, &plan.target_group);
    let sender = interface(it, &subnets[plan.sender], &sender_group);
    let target = interface(it, &subnets[plan.target], &target_group);
    if plan.sender_is_public {
        let address = made(it, "AllocateAddress", json!({}), "/allocationId");
        let params = json!({"AllocationId": address, "NetworkInterfaceId": sender});
        call(it, "AssociateAddress", params);
    }
    let target = account.here.ec2.interfaces[&target].address;
    let nats = gateways.map(|id| {
        let nat = account.here.ec2.nat_gateways.get(&id?)?;
        Some(account.here.ec2.interfaces.get(nat.interface.as_ref()?)?.address)
    });
    Built { account, sender, target, nats }
}

fn nat(account: &mut Account, subnet: &str) -> String {
    let address = made(account, "AllocateAddress", json!({}), "/allocationId");
    let params = json!({"SubnetId": subnet, "AllocationId": address});
    made(account, "CreateNatGateway", params, "/natGateway/natGatewayId")
}

fn acl(account: &mut Account, vpc: &str, subnet: &str, lines: &[Line]) {
    if lines.is_empty() {
        return;
    }
    let acl = made(account, "CreateNetworkAcl", json!({"VpcId": vpc}), "/networkAcl/networkAclId");
    for (number, line) in (100..).zip(lines) {
        let ports = line.ports.map(|(from, to)| json!({"From": from, "To": to}));
        let entry = json!({
            "NetworkAclId": acl,
            "RuleNumber": number,
            "Egress": line.out,
            "RuleAction": if line.allow { "allow" } else { "deny" },
            "Protocol": if ports.is_some() { "6" } else { "-1" },
            "CidrBlock": block(line.whom),
            "PortRange": ports,
        });
        call(account, "CreateNetworkAclEntry", entry);
    }
    let old = account.here.ec2.acls.values().find_map(|acl| {
        acl.associations.iter().find(|(_, under)| *under == subnet).map(|(id, _)| id.clone())
    });
    let params = json!({"NetworkAclId": acl, "AssociationId": old});
    call(account, "ReplaceNetworkAclAssociation", params);
}

/// A group without any rule.
fn group(account: &mut Account, vpc: &str, name: &str) -> String {
    let params = json!({"VpcId": vpc, "GroupName": name, "GroupDescription": name});
    let group = made(account, "CreateSecurityGroup", params, "/groupId");
    let everything = json!([{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]);
    let params = json!({"GroupId": group, "IpPermissions": everything});
    call(account, "RevokeSecurityGroupEgress", params);
    group
}

fn open(account: &mut Account, group: &str, by_group: &str, rules: &[Opening]) {
    for rule in rules {
        let (from, to) = rule.ports;
        let mut permission = json!({"IpProtocol": "tcp", "FromPort": from, "ToPort": to});
        match rule.whom {
            Some(whom) => permission["IpRanges"] = json!([{"CidrIp": block(whom)}]),
            None => permission["Groups"] = json!([{"GroupId": by_group}]),
        }
        let operation =
            if rule.out { "AuthorizeSecurityGroupEgress" } else { "AuthorizeSecurityGroupIngress" };
        let params = json!({"GroupId": group, "IpPermissions": [permission]});
        // The same rule twice is refused and changes nothing.
        let _ = account.call_as("x", Service::Ec2, operation, params);
    }
}

fn interface(account: &mut Account, subnet: &str, group: &str) -> String {
    let params = json!({"SubnetId": subnet, "SecurityGroupId": [group]});
    made(account, "CreateNetworkInterface", params, "/networkInterface/networkInterfaceId")
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn both_walks_come_to_the_same_end(plan in plan()) {
        let built = build(&plan);
        let sender = Sender::interface(&built.account, &built.sender).expect("the sender");
        let to = if plan.outside { OUTSIDE } else { built.target };
        let first = can_reach(&built.account, &sender, &Destination::address(to, plan.port));
        let second = second(&plan, sender.address, built.target, &built.nats);
        prop_assert_eq!(first.is_ok(), second, "{:?}", first);
    }
}

/// Plans must not all end the same way, or the comparison would prove nothing.
#[test]
fn some_plans_get_through_and_some_do_not() {
    use proptest::strategy::ValueTree;
    use proptest::test_runner::TestRunner;
    let mut runner = TestRunner::deterministic();
    let mut through = 0;
    for _ in 0..100 {
        let plan = plan().new_tree(&mut runner).expect("a plan").current();
        let built = build(&plan);
        let sender = Sender::interface(&built.account, &built.sender).expect("the sender");
        through += usize::from(second(&plan, sender.address, built.target, &built.nats));
    }
    assert!((5..=70).contains(&through), "{through} of 100 get through");
}
