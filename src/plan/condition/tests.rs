use super::*;
use crate::world::examples::{
    ID, INSTANCE_GROUP, NAT, PRIVATE, PRIVATE_TABLE, STACK, ago, denied, event, group, healthy,
    rule, stack_event,
};

fn truth(condition: &Condition, snapshot: &Snapshot) -> Truth {
    condition.holds(snapshot, &Made::nothing())
}

fn default_route(there: bool) -> Condition {
    Condition::RouteIs {
        table: Ref::Is(PRIVATE_TABLE.into()),
        destination: Destination::Cidr("0.0.0.0/0".parse().unwrap()),
        target: Some(Ref::Is(Target::from_id(NAT))),
        there,
    }
}

#[test]
fn a_denied_read_is_neither_yes_nor_no() {
    let mut world = healthy();
    assert_eq!(truth(&default_route(true), &world), Truth::Yes);
    assert_eq!(truth(&default_route(false), &world), Truth::No);
    world.network.route_tables = denied("ec2:DescribeRouteTables");
    assert_eq!(truth(&default_route(true), &world), Truth::Unknown);
    assert_eq!(truth(&default_route(false), &world), Truth::Unknown);
}

#[test]
fn a_subnet_that_falls_back_to_the_main_table_uses_none_of_its_own() {
    let mut world = healthy();
    let own = Condition::SubnetUses { subnet: PRIVATE[0].into(), table: None };
    assert_eq!(truth(&own, &world), Truth::No);
    for table in world.network.route_tables.value_mut().into_iter().flatten() {
        table.associations.retain(|link| link.main);
    }
    assert_eq!(truth(&own, &world), Truth::Yes);
}

#[test]
fn the_same_rule_is_known_by_whatever_name() {
    let mut world = healthy();
    group(&mut world, "sg-0db9").ingress.push(rule(INSTANCE_GROUP, Some((5432, 5432))));
    let mut wanted = rule(INSTANCE_GROUP, Some((5432, 5432)));
    wanted.protocol = "6".to_owned();
    let is = Condition::RuleIs {
        group: Ref::Is("sg-0db9".into()),
        egress: false,
        rule: wanted,
        peer_group: None,
        there: true,
    };
    assert_eq!(truth(&is, &world), Truth::Yes);
}

#[test]
fn a_stack_that_is_not_found_is_deleted() {
    let mut world = healthy();
    let gone =
        Condition::StackIn { stack: STACK.into(), statuses: vec!["DELETE_COMPLETE".to_owned()] };
    assert_eq!(truth(&gone, &world), Truth::No);
    world.stacks.get_mut(&STACK.into()).unwrap().stack =
        crate::world::examples::absent("cloudformation:DescribeStacks");
    assert_eq!(truth(&gone, &world), Truth::Yes);
    world.stacks.clear();
    assert_eq!(truth(&gone, &world), Truth::Unknown);
}

#[test]
fn only_what_was_said_after_the_call_counts() {
    let mut world = healthy();
    let step = StepId("a1".to_owned());
    let text = "The environment termination step failed";
    event(&mut world, 30, "INFO", &format!("{text} because …"));
    let said = Condition::EnvironmentSaid {
        environment: ID.into(),
        since: step.clone(),
        texts: vec![text.to_owned()],
    };
    let mut made = Made::nothing();
    assert_eq!(said.holds(&world, &made), Truth::Unknown);
    made.listen(&step, ago(30));
    assert_eq!(said.holds(&world, &made), Truth::No);
    event(&mut world, 2, "INFO", &format!("{text} because …"));
    assert_eq!(said.holds(&world, &made), Truth::Yes);

    let came = Condition::StackCameTo {
        stack: STACK.into(),
        since: step,
        statuses: vec!["DELETE_FAILED".to_owned()],
    };
    stack_event(&mut world, 40, STACK, "DELETE_FAILED", None);
    assert_eq!(came.holds(&world, &made), Truth::No);
    stack_event(&mut world, 3, STACK, "DELETE_FAILED", None);
    assert_eq!(came.holds(&world, &made), Truth::Yes);
}

#[test]
fn health_by_colour_counts_where_there_is_no_status() {
    let mut world = healthy();
    let well = Condition::HealthIn {
        environment: ID.into(),
        healths: ["Ok", "Info", "Green"].map(str::to_owned).to_vec(),
    };
    assert_eq!(truth(&well, &world), Truth::Yes);
    crate::world::examples::environment(&mut world).health_status = Some("Severe".to_owned());
    assert_eq!(truth(&well, &world), Truth::No);
    crate::world::examples::environment(&mut world).health_status = None;
    assert_eq!(truth(&well, &world), Truth::Yes);
}

#[test]
fn lists_and_switches_are_compared_as_elastic_beanstalk_does() {
    let option = |name: &str, value: &str| Condition::OptionIs {
        environment: ID.into(),
        namespace: "aws:ec2:vpc".to_owned(),
        name: name.to_owned(),
        value: Some(value.to_owned()),
    };
    let world = healthy();
    assert_eq!(truth(&option("Subnets", "subnet-0b22, subnet-0a11"), &world), Truth::Yes);
    assert_eq!(truth(&option("AssociatePublicIpAddress", "False"), &world), Truth::Yes);
}

#[test]
fn what_a_reference_to_a_stack_needs_is_read_too() {
    let is = Condition::RuleIs {
        group: Ref::Is("sg-0db9".into()),
        egress: false,
        rule: rule(INSTANCE_GROUP, None),
        peer_group: Some(Ref::OfStack { stack: STACK.to_owned(), logical: "G".to_owned() }),
        there: true,
    };
    assert_eq!(is.needs(), [Need::Groups, Need::StackResources(STACK.into())]);
}
