use super::*;
use crate::world::examples::{INSTANCE_GROUP, PRIVATE, PRIVATE_TABLE, STACK, healthy, rule};
use crate::world::network::{Destination, Target};

fn step(id: &str) -> StepId {
    StepId(id.to_owned())
}

#[test]
fn what_a_step_made_is_put_in_where_it_is_named() {
    let mut made = Made::nothing();
    let action = Action::Network(NetworkAction::CreateRoute {
        table: Ref::MadeBy(step("a1")),
        destination: Destination::Cidr("0.0.0.0/0".parse().unwrap()),
        target: Ref::Is(Target::from_id("nat-1")),
    });
    assert_eq!(action.makers(), [step("a1")]);
    assert_eq!(action.resolve(&made, &healthy()), None);
    made.note(&step("a1"), "rtb-new");
    let known = action.resolve(&made, &healthy()).unwrap();
    assert_eq!(
        known.command(),
        "aws ec2 create-route --route-table-id rtb-new --destination-cidr-block 0.0.0.0/0 --nat-gateway-id nat-1"
    );
}

#[test]
fn a_group_of_a_stack_is_what_the_stack_says_by_then() {
    let action = Action::Network(NetworkAction::AuthorizeRule {
        group: Ref::Is("sg-other".into()),
        egress: false,
        rule: rule("sg-gone", Some((5432, 5432))),
        peer_group: Some(Ref::OfStack {
            stack: STACK.to_owned(),
            logical: "AWSEBSecurityGroup".to_owned(),
        }),
    });
    let known = action.resolve(&Made::nothing(), &healthy()).unwrap();
    let wanted = format!("GroupId={INSTANCE_GROUP}");
    assert!(known.command().contains(&wanted), "{}", known.command());
}

#[test]
fn a_link_whose_id_was_not_told_is_found_by_its_subnet() {
    let action = Action::Network(NetworkAction::DisassociateRouteTable {
        association: Ref::MadeBy(step("a3")),
        subnet: PRIVATE[0].into(),
    });
    let known = action.resolve(&Made::nothing(), &healthy()).unwrap();
    assert_eq!(known.command(), "aws ec2 disassociate-route-table --association-id rtbassoc-0a11");
}

#[test]
fn every_kind_is_on_the_list_that_playbooks_are_checked_against() {
    let table = NetworkAction::DeleteRouteTable { table: Ref::Is(PRIVATE_TABLE.into()) };
    assert!(KINDS.contains(&Action::Network(table).kind()));
    let mut sorted = KINDS.to_vec();
    sorted.sort_unstable();
    sorted.dedup();
    assert_eq!(sorted.len(), KINDS.len());
}
