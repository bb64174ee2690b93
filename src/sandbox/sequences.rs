//! No sequence of calls panics the sandbox, and no deletion leaves a reference behind.
//!
//! Which operations and parameters there are is read from the sandbox's own sources, so that one
//! that is added is tried too. Values are names and ids that are there, and odd ones.
//! `PROPTEST_CASES=20000 cargo test sandbox::sequences` runs longer.

#![expect(
    clippy::trivially_copy_pass_by_ref,
    clippy::match_same_arms,
    clippy::items_after_statements,
    reason = "each arm is a way of writing a value, beside what it is for"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::LazyLock;

use jiff::SignedDuration;
use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::{Map, Value, json};

use super::scenarios;
use super::{Account, Service, ec2};

/// The words of one service's sources: operations, and parameters with the way they are read.
#[derive(Clone, Debug, Default)]
struct Words {
    operations: Vec<String>,
    parameters: Vec<(String, String)>,
}

const FOLDERS: [(&str, &[Service]); 11] = [
    ("ec2", &[Service::Ec2]),
    ("cloudformation", &[Service::CloudFormation]),
    ("beanstalk", &[Service::ElasticBeanstalk]),
    ("autoscaling", &[Service::AutoScaling]),
    ("balancing", &[Service::LoadBalancing, Service::ClassicLoadBalancing]),
    ("rds", &[Service::Rds]),
    ("iam", &[Service::Iam]),
    ("mail", &[Service::Ses]),
    ("messaging", &[Service::Sqs, Service::Sns, Service::CloudWatch]),
    ("storage", &[Service::S3]),
    ("trail", &[Service::CloudTrail]),
];

static WORDS: LazyLock<Vec<(&'static [Service], Words)>> = LazyLock::new(|| {
    let root = Path::new("src/sandbox");
    FOLDERS
        .iter()
        .map(|(folder, services)| {
            let mut text = String::new();
            gather(&root.join(folder), &mut text);
            (*services, words(&text))
        })
        .collect()
});

fn gather(folder: &Path, text: &mut String) {
    for entry in std::fs::read_dir(folder).expect("a folder of the sandbox") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            gather(&path, text);
        } else if path.extension().is_some_and(|it| it == "rs") {
            text.push_str(&std::fs::read_to_string(&path).expect("a source file"));
        }
    }
}

fn words(text: &str) -> Words {
    let mut found = Words::default();
    let mut parameters = BTreeSet::new();
    for (at, _) in text.match_indices("\" =>") {
        let name = text[..at].rsplit('"').next().unwrap_or_default();
        let verb = name.starts_with(|first: char| first.is_ascii_uppercase());
        if verb && name.len() > 6 && name.chars().all(char::is_alphanumeric) {
            found.operations.push(name.to_owned());
        }
    }
    for way in ["text", "texts", "need", "list", "flag", "number"] {
        for (at, _) in text.match_indices(&format!("{way}(\"")) {
            let name = text[at + way.len() + 2..].split('"').next().unwrap_or_default();
            parameters.insert((name.to_owned(), way.to_owned()));
        }
    }
    found.operations.sort();
    found.operations.dedup();
    found.parameters = parameters.into_iter().collect();
    found
}

/// One step: which service, which operation, which parameters, and how long to wait after it.
type Step = (Index, Index, Vec<(Index, Index, bool)>, u16);

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let parameters = prop::collection::vec((any::<Index>(), any::<Index>(), any::<bool>()), 0..6);
    let waits = prop_oneof![4 => Just(0_u16), 1 => 0..4000_u16];
    prop::collection::vec((any::<Index>(), any::<Index>(), parameters, waits), 1..60)
}

const ODD: [&str; 12] = [
    "",
    "-1",
    "0",
    "99999999999999999999",
    "true",
    "10.0.0.0/33",
    "10.7.0.0/16",
    "0.0.0.0/0",
    "🦀<&>\u{0}",
    "arn:aws:x",
    "page-ffffffffffffffff",
    "*",
];

/// The short texts in the account's state: ids, names, addresses.
fn names(tree: &Value, found: &mut BTreeSet<String>) {
    match tree {
        Value::String(text) if text.len() < 120 => {
            found.insert(text.clone());
        }
        Value::Array(items) => items.iter().for_each(|item| names(item, found)),
        Value::Object(members) => {
            for (name, member) in members {
                found.insert(name.clone());
                names(member, found);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn value(way: &str, text: &str, nested: bool, known: &[String], odd: &Index) -> Value {
    match way {
        "texts" => json!([text]),
        "list" if nested => json!([{
            "Name": text, "Key": text, "Value": [odd.get(known)], "Id": text,
            "GroupId": odd.get(known), "IpProtocol": "tcp", "FromPort": "1", "ToPort": text,
            "CidrIp": "0.0.0.0/0", "Namespace": text, "OptionName": text,
        }]),
        "list" => json!([text]),
        _ if nested => json!({ "Value": text, "Name": text }),
        _ => json!(text),
    }
}

fn run(account: &mut Account, steps: &[Step]) {
    let mut known = Vec::new();
    for (round, (service, operation, parameters, wait)) in steps.iter().enumerate() {
        if round % 8 == 0 {
            let mut found = BTreeSet::new();
            names(&account.dump()["regions"], &mut found);
            found.extend(ODD.iter().map(|text| (*text).to_owned()));
            known = found.into_iter().collect();
        }
        let (services, words) = service.get(&WORDS);
        let service = operation.get(services);
        let operation = operation.get(&words.operations);
        let mut params = Map::new();
        for (name, text, nested) in parameters {
            let (name, way) = name.get(&words.parameters);
            // A parameter that is called like a kind of resource mostly gets the name of one.
            let stem = name.trim_end_matches('s').trim_end_matches("Id").to_lowercase();
            let fitting: Vec<&String> = known
                .iter()
                .filter(|it| it.to_lowercase().starts_with(&stem[..stem.len().min(3)]))
                .collect();
            let text =
                if *nested || fitting.is_empty() { text.get(&known) } else { text.get(&fitting) };
            params.insert(name.clone(), value(way, text, *nested, &known, &Index::from_u(round)));
        }
        // Refusals are as good as answers here.
        let _ = account.call_as("x", *service, operation, Value::Object(params));
        let then = account.now() + SignedDuration::from_secs(i64::from(*wait));
        account.pass_until(then);
    }
}

/// An index into anything, from a number.
trait FromNumber {
    fn from_u(number: usize) -> Self;
}

impl FromNumber for Index {
    fn from_u(number: usize) -> Self {
        use proptest::strategy::ValueTree;
        let mut runner = proptest::test_runner::TestRunner::deterministic();
        let mut tree = any::<Self>().new_tree(&mut runner).expect("an index");
        for _ in 0..number % 4 {
            tree = any::<Self>().new_tree(&mut runner).expect("an index");
        }
        tree.current()
    }
}

/// What is referred to and not there.
fn dangling(account: &Account) -> Vec<String> {
    let ec2 = &account.here.ec2;
    let mut found = Vec::new();
    let mut want = |there: bool, who: &str, whom: &str| {
        if !there {
            found.push(format!("{who} refers to {whom}"));
        }
    };
    for subnet in ec2.subnets.values() {
        want(ec2.vpcs.contains_key(&subnet.vpc), &subnet.id, &subnet.vpc);
    }
    for table in ec2.route_tables.values() {
        want(ec2.vpcs.contains_key(&table.vpc), &table.id, &table.vpc);
        for subnet in table.associations.iter().filter_map(|it| it.subnet.as_ref()) {
            want(ec2.subnets.contains_key(subnet), &table.id, subnet);
        }
    }
    for acl in ec2.acls.values() {
        want(ec2.vpcs.contains_key(&acl.vpc), &acl.id, &acl.vpc);
        for subnet in acl.associations.values() {
            want(ec2.subnets.contains_key(subnet), &acl.id, subnet);
        }
    }
    for interface in ec2.interfaces.values() {
        want(ec2.subnets.contains_key(&interface.subnet), &interface.id, &interface.subnet);
        for group in &interface.groups {
            want(ec2.groups.contains_key(group), &interface.id, group);
        }
    }
    for instance in ec2.instances.values() {
        for interface in &instance.interfaces {
            want(ec2.interfaces.contains_key(interface), &instance.id, interface);
        }
    }
    for group in ec2.groups.values() {
        want(ec2.vpcs.contains_key(&group.vpc), &group.id, &group.vpc);
        for rule in &group.rules {
            if let ec2::Peer::Group { id, .. } = &rule.peer
                // A peer network's group may go; its rule is then stale, as on AWS.
                && !ec2.groups.contains_key(id)
                && !ec2.peerings.values().any(|peering| peering.joins(&group.vpc))
            {
                want(false, &group.id, id);
            }
        }
    }
    for address in ec2.addresses.values() {
        if let Some(interface) = &address.interface {
            want(ec2.interfaces.contains_key(interface), &address.allocation, interface);
        }
    }
    for nat in ec2.nat_gateways.values().filter(|nat| nat.state == "available") {
        want(ec2.subnets.contains_key(&nat.subnet), &nat.id, &nat.subnet);
    }
    found
}

/// A network with something of everything that holds something else.
fn furnished() -> Account {
    let now = "2026-03-02T08:00:00Z".parse().expect("a time");
    let mut account = Account::new("210987654321", "us-west-2", now);
    ec2::furnish(&mut account);
    account
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_sequence_of_calls_panics_it(steps in steps()) {
        let mut account = furnished();
        run(&mut account, &steps);
        prop_assert_eq!(dangling(&account), Vec::<String>::new());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nor_does_one_on_a_shop_that_runs(steps in steps()) {
        let now = "2026-11-23T15:30:00Z".parse().expect("a time");
        let mut account = scenarios::find("healthy-peered-database").expect("it").build(now);
        run(&mut account, &steps);
        prop_assert_eq!(dangling(&account), Vec::<String>::new());
    }

    /// Everything is deleted that can be, in any order: what is left refers to nothing that is gone.
    #[test]
    fn deletions_in_any_order_leave_nothing_dangling(order in prop::collection::vec(any::<Index>(), 300)) {
        let now = "2026-11-23T15:30:00Z".parse().expect("a time");
        let mut account = scenarios::find("healthy-peered-database").expect("it").build(now);
        let before = account.here.ec2.vpcs.len() + account.here.ec2.subnets.len();
        for at in &order {
            let doomed = deletions(&account);
            let Some((operation, params)) = (!doomed.is_empty()).then(|| at.get(&doomed)) else { break };
            let _ = account.call_as("x", Service::Ec2, operation, params.clone());
            let then = account.now() + SignedDuration::from_mins(5);
            account.pass_until(then);
            prop_assert_eq!(dangling(&account), Vec::<String>::new(), "after {} {}", operation, params);
        }
        let after = account.here.ec2.vpcs.len() + account.here.ec2.subnets.len();
        prop_assert!(after <= before);
    }
}

/// Every deletion that could be asked of EC2.
fn deletions(account: &Account) -> Vec<(&'static str, Value)> {
    let ec2 = &account.here.ec2;
    let mut all = Vec::new();
    let mut each = |operation: &'static str, name: &str, ids: Vec<String>| {
        all.extend(ids.into_iter().map(|id| (operation, json!({ name: id }))));
    };
    fn keys<T>(map: &BTreeMap<String, T>) -> Vec<String> {
        map.keys().cloned().collect()
    }
    each("DeleteVpc", "VpcId", keys(&ec2.vpcs));
    each("DeleteSubnet", "SubnetId", keys(&ec2.subnets));
    each("DeleteRouteTable", "RouteTableId", keys(&ec2.route_tables));
    each("DeleteSecurityGroup", "GroupId", keys(&ec2.groups));
    each("DeleteNetworkAcl", "NetworkAclId", keys(&ec2.acls));
    each("DeleteNatGateway", "NatGatewayId", keys(&ec2.nat_gateways));
    each("DeleteInternetGateway", "InternetGatewayId", keys(&ec2.internet_gateways));
    each("DeleteNetworkInterface", "NetworkInterfaceId", keys(&ec2.interfaces));
    each("ReleaseAddress", "AllocationId", keys(&ec2.addresses));
    each("TerminateInstances", "InstanceId", keys(&ec2.instances));
    let associations = ec2.route_tables.values().flat_map(|table| &table.associations);
    let associations = associations.map(|association| association.id.clone()).collect();
    each("DisassociateRouteTable", "AssociationId", associations);
    all
}
