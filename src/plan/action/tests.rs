use super::*;
use crate::world::examples::{INSTANCE_GROUP, PRIVATE, STACK, healthy, rule};
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
fn the_list_that_playbooks_are_checked_against_is_the_list_of_all_kinds() {
    let mut kinds: Vec<&str> = samples::samples().iter().map(Action::kind).collect();
    kinds.sort_unstable();
    kinds.dedup();
    let mut listed = KINDS.to_vec();
    listed.sort_unstable();
    assert_eq!(kinds, listed);
}

#[test]
fn every_action_is_known_again_from_its_saved_form() {
    for action in samples::samples() {
        let json = serde_json::to_string(&action).unwrap();
        assert_eq!(serde_json::from_str::<Action>(&json).unwrap(), action);
        let known = action.resolve(&Made::nothing(), &healthy()).unwrap();
        assert_eq!(known.command(), action.command());
        assert_eq!(known.resolve(&Made::nothing(), &healthy()), Some(known));
    }
}

#[test]
fn every_action_tells_all_of_itself() {
    let own = step("a1");
    for action in samples::samples() {
        let sentence = action.to_string();
        assert!(!sentence.is_empty() && !sentence.ends_with('.'), "{sentence}");
        assert!(!action.target().is_empty(), "{sentence}");
        assert!(action.command().starts_with("aws "), "{sentence}");
        assert_eq!(action.permissions().is_empty(), action.is_wait(), "{sentence}");
        for condition in action.done_when(&own) {
            assert!(!condition.needs().is_empty() && !condition.to_string().is_empty());
        }
    }
}
