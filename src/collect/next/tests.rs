//! What is asked when, without any AWS.

use super::*;
use crate::aws::{BeanstalkQuestion, EnvironmentRef};
use crate::collect::Wanted;
use crate::world::examples::{healthy, lost_route_table};
use crate::world::{Observed, Snapshot};

fn asked(snapshot: &Snapshot, given: &str) -> BTreeSet<Question> {
    let (given, wanted) = (EnvironmentRef::of(given), Wanted::default());
    questions(&View::of(snapshot, &given, &wanted))
}

#[test]
fn nothing_is_known_and_seven_questions_are_asked() {
    let empty = Snapshot::empty("us-west-2".into(), jiff::Timestamp::UNIX_EPOCH);
    assert_eq!(asked(&empty, "shop-prod").len(), 7);
    assert_eq!(asked(&empty, "e-mw4kzq2ptx").len(), 11, "the stack's four go with them");
}

#[test]
fn an_environment_that_is_well_costs_at_most_thirty_questions() {
    let count = asked(&healthy(), "shop-prod").len();
    assert!(count <= 30, "{count} questions");
}

#[test]
fn trouble_brings_the_questions_that_explain_it() {
    let world = lost_route_table();
    let all = format!("{:?}", asked(&world, "shop-prod"));
    for wanted in ["Trail", "Interfaces", "GroupsNaming", "ManagedHistory", "Addresses"] {
        assert!(all.contains(wanted), "{wanted} is not among {all}");
    }
}

#[test]
fn who_may_not_list_environments_is_asked_for_this_one_alone() {
    let mut world = healthy();
    let Observed::Known { source, .. } = world.environment else { panic!("a healthy world") };
    let why = crate::world::Unreadable {
        kind: crate::world::UnreadableKind::Denied,
        code: "AccessDenied".into(),
        message: String::new(),
    };
    world.environment = Observed::Unreadable { why, source };
    let given = EnvironmentRef::of("shop-prod");
    let alone = Question::Beanstalk(BeanstalkQuestion::Environment(given));
    assert!(asked(&world, "shop-prod").contains(&alone));
}

#[test]
fn a_role_of_another_name_than_the_usual_one_is_no_trouble() {
    let mut world = healthy();
    let role = "arn:aws:iam::123456789012:role/own-service-role";
    crate::world::examples::option(
        &mut world,
        "aws:elasticbeanstalk:environment",
        "ServiceRole",
        Some(role),
    );
    world.identity.service_role = crate::world::examples::absent("iam:GetRole");
    let by_id = world.environment.value().unwrap().id.to_string();
    assert!(!format!("{:?}", asked(&world, &by_id)).contains("Trail"), "only guessed so far");
    assert!(format!("{:?}", asked(&world, "shop-prod")).contains("Trail"), "asked by its name");
}
