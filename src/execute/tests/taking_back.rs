//! Undo: newest first, only what is still as it was left.

use super::stand_in::no_to;
use super::*;

#[tokio::test]
async fn what_can_be_taken_back_is_newest_first() {
    let bench = Bench::new();
    bench.run(&plan(), &mut Person::willing(), None).await.unwrap();
    // Nothing uses the table any more, so that it can go.
    let mut person = Person::willing();
    let report = bench.undo(&mut person, None).await.unwrap();
    assert_eq!(person.asked, ["a5", "a3", "a1"]);
    assert_eq!(report.end, RunEnd::AllDone);
    let expected = ["a1 undone", "a2 done", "a3 undone", "a4 done", "a5 undone"];
    assert_eq!(statuses(&report), expected);
}

#[tokio::test]
async fn an_undone_session_has_nothing_left() {
    let bench = Bench::new();
    bench.run(&plan(), &mut Person::willing(), None).await.unwrap();
    bench.undo(&mut Person::willing(), None).await.unwrap();
    let calls = bench.cloud.world().calls;
    assert_eq!(bench.undo(&mut Person::willing(), None).await.unwrap().end, RunEnd::NothingToDo);
    assert_eq!(bench.resume(&mut Person::willing()).await.unwrap().end, RunEnd::NothingToDo);
    assert_eq!(bench.cloud.world().calls, calls);
}

#[tokio::test]
async fn what_somebody_changed_since_is_left_alone() {
    let bench = Bench::new();
    let mut plan = plan();
    plan.steps.retain(|step| step.id.0 == "a1");
    bench.run(&plan, &mut Person::willing(), None).await.unwrap();
    {
        let mut world = bench.cloud.world();
        world.snapshot.network.route_tables.value_mut().unwrap().clear();
    }
    let calls = bench.cloud.world().calls;
    let report = bench.undo(&mut Person::willing(), None).await.unwrap();
    assert_eq!(report.end, RunEnd::AllDone, "it is gone already");
    assert_eq!(bench.cloud.world().calls, calls);
}

#[tokio::test]
async fn a_step_that_a_later_one_relies_on_stays() {
    let bench = Bench::new();
    let mut plan = plan();
    plan.steps.retain(|step| ["a1", "a3"].contains(&step.id.0.as_str()));
    plan.steps[1].after = vec![plan.steps[0].id.clone()];
    bench.run(&plan, &mut Person::willing(), None).await.unwrap();
    let mut person = Person::unless(|question| no_to(question, "a3"));
    let report = bench.undo(&mut person, None).await.unwrap();
    assert_eq!(person.asked, ["a3"]);
    assert_eq!(statuses(&report), ["a1 done", "a3 done"], "both stand");
    let history = bench.history();
    let first = history.step(&report.actions[0].0).unwrap();
    assert!(first.undo.error.as_ref().unwrap().contains("a3 relies on it"));
}

#[tokio::test]
async fn undo_after_every_prefix_takes_back_what_it_said_it_could() {
    let whole = Bench::new();
    whole.run(&plan(), &mut Person::willing(), None).await.unwrap();
    for point in 1..records(&whole.path) {
        let bench = Bench::new();
        let _ = bench.run(&plan(), &mut Person::willing(), Some(point)).await;
        let report = bench.undo(&mut Person::willing(), None).await.unwrap();
        assert!(matches!(report.end, RunEnd::AllDone | RunEnd::NothingToDo), "{point} {report:?}");
        let (subnets, admitted, _) = bench.cloud.state();
        assert!(subnets.is_empty() && admitted, "after record {point}");
    }
}
