//! The program dies after every record and after every call; resume reaches the same end.

use super::stand_in::Fault;
use super::*;

#[tokio::test]
async fn resume_reaches_the_same_end_wherever_the_program_dies() {
    let whole = Bench::new();
    whole.run(&plan(), &mut Person::willing(), None).await.unwrap();
    let end = whole.cloud.state();
    let points = records(&whole.path) - 1;
    let mut proven = 0;
    for point in 1..=points {
        let bench = Bench::new();
        assert!(bench.run(&plan(), &mut Person::willing(), Some(point)).await.is_err());
        go_on(&bench, &end, &format!("after record {point}")).await;
        proven += 1;
    }
    for step in plan().steps {
        let bench = Bench::new();
        bench.cloud.fault(step.action.kind(), Fault::DiesAfter);
        assert!(bench.run(&plan(), &mut Person::willing(), None).await.is_err());
        go_on(&bench, &end, &format!("after the call of {}", step.id)).await;
        proven += 1;
    }
    report(&format!("{proven} crash points, each resumed to the same end, no call made twice"));
    assert!(points >= 25, "each step leaves several records: {points}");
}

async fn go_on(bench: &Bench, end: &(Vec<String>, bool, String), what: &str) {
    let planned = bench.reopen().history().round() > 0;
    let resumed = bench.resume(&mut Person::willing()).await.unwrap();
    assert!(planned, "{what}: the plan is the first record after the header");
    assert!(matches!(resumed.end, RunEnd::AllDone | RunEnd::NothingToDo), "{what}: {resumed:?}");
    assert_eq!(bench.cloud.state(), *end, "{what}");
    let world = bench.cloud.world();
    let twice: Vec<_> = world.effects.iter().filter(|(_, times)| **times != 1).collect();
    assert!(twice.is_empty(), "{what}: {twice:?}");
}

#[tokio::test]
async fn a_resume_that_dies_can_be_resumed() {
    let whole = Bench::new();
    whole.run(&plan(), &mut Person::willing(), None).await.unwrap();
    let points = records(&whole.path) - 1;
    for point in (1..=points).step_by(4) {
        let bench = Bench::new();
        assert!(bench.run(&plan(), &mut Person::willing(), Some(point)).await.is_err());
        for again in 1.. {
            let mut journal = bench.reopen();
            journal.left = Some(again);
            let mut person = Person::willing();
            let resumed = bench.executor(&mut person, &mut journal);
            let mut resumed = resumed;
            if resumed.resume(Invocation::default()).await.is_ok() {
                break;
            }
        }
        assert_eq!(bench.cloud.state(), whole.cloud.state());
        assert!(bench.cloud.world().effects.values().all(|times| *times == 1));
    }
}

#[tokio::test]
async fn an_undo_that_dies_is_finished_by_resume() {
    let whole = Bench::new();
    whole.run(&plan(), &mut Person::willing(), None).await.unwrap();
    let before = records(&whole.path);
    whole.undo(&mut Person::willing(), None).await.unwrap();
    let end = whole.cloud.state();
    let points = records(&whole.path) - before;
    for point in 1..=points {
        let bench = Bench::new();
        bench.run(&plan(), &mut Person::willing(), None).await.unwrap();
        assert!(bench.undo(&mut Person::willing(), Some(point)).await.is_err());
        bench.resume(&mut Person::willing()).await.unwrap();
        assert_eq!(bench.cloud.state(), end, "after record {point}");
    }
    report(&format!("{points} crash points of an undo, each finished by resume"));
}

#[expect(clippy::print_stdout, reason = "the count is part of the proof")]
fn report(text: &str) {
    println!("{text}");
}
