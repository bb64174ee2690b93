//! Every way a run can end.

use super::stand_in::{Fault, no_to};
use super::*;
use crate::journal::{Decline, Outcome};
use crate::operator::Answer;
use crate::plan::Risk;
use crate::world::EnvironmentStatus;
use jiff::SignedDuration;

fn done() -> (Vec<String>, bool, String) {
    (vec!["subnet-0a11".into()], true, "Ready".into())
}

#[tokio::test]
async fn a_plan_is_carried_out_in_order_and_verified() {
    let bench = Bench::new();
    let mut person = Person::willing();
    let report = bench.run(&plan(), &mut person, None).await.unwrap();
    assert_eq!(report.end, RunEnd::AllDone);
    assert_eq!(statuses(&report), ["a1 done", "a2 done", "a3 done", "a4 done", "a5 done"]);
    assert_eq!(person.asked, ["a1", "a2", "a3", "a4", "a5"]);
    assert_eq!(bench.cloud.state(), done());
    assert!(person.heard.iter().any(|news| news.contains("rebuildEnvironment is starting.")));
    assert_eq!(report.end.outcome(true), Outcome::Recovered);
    assert_eq!(report.end.outcome(false), Outcome::NotRecovered);
}

#[tokio::test]
async fn what_is_there_already_is_neither_asked_about_nor_done() {
    let bench = Bench::new();
    bench.run(&plan(), &mut Person::willing(), None).await.unwrap();
    let calls = bench.cloud.world().calls;
    let mut person = Person::willing();
    let report = bench.resume(&mut person).await.unwrap();
    assert_eq!(report.end, RunEnd::NothingToDo);
    assert_eq!(report.end.outcome(true), Outcome::NotNeeded);
    assert_eq!(bench.cloud.world().calls, calls);
    assert!(person.asked.is_empty());
}

#[tokio::test]
async fn a_declined_step_takes_its_dependants_with_it_and_nothing_else() {
    let bench = Bench::new();
    let mut person = Person::unless(|question| no_to(question, "a2"));
    let report = bench.run(&plan(), &mut person, None).await.unwrap();
    let expected = ["a1 done", "a2 declined", "a3 done", "a4 skipped", "a5 skipped"];
    assert_eq!(statuses(&report), expected);
    let risks = vec![Risk::Safe];
    assert_eq!(report.end, RunEnd::NotApproved { risks, data_loss: Vec::new() });
    assert_eq!(report.end.outcome(false), Outcome::NotApproved);
}

#[tokio::test]
async fn a_declined_step_can_be_approved_when_the_session_is_resumed() {
    let bench = Bench::new();
    let mut person = Person::unless(|question| no_to(question, "a2"));
    bench.run(&plan(), &mut person, None).await.unwrap();
    assert!(bench.history().is_unfinished());
    let report = bench.resume(&mut Person::willing()).await.unwrap();
    assert_eq!(report.end, RunEnd::AllDone);
    assert_eq!(bench.cloud.state(), done());
}

#[tokio::test]
async fn lost_data_that_nobody_accepted_is_named() {
    let bench = Bench::new();
    let mut person = Person::unless(|question| match question.step.id.0.as_str() {
        "a4" => Answer::No(Decline::DataLoss { names: vec!["shop-db".into()] }),
        _ => Answer::Yes(crate::journal::Approval::Person),
    });
    let report = bench.run(&plan(), &mut person, None).await.unwrap();
    let data_loss = vec!["shop-db".to_owned()];
    assert_eq!(report.end, RunEnd::NotApproved { risks: Vec::new(), data_loss });
}

#[tokio::test]
async fn stop_leaves_the_rest_for_resume() {
    let bench = Bench::new();
    let mut person = Person::unless(|question| match question.step.id.0.as_str() {
        "a3" => Answer::Stop,
        _ => Answer::Yes(crate::journal::Approval::Person),
    });
    let report = bench.run(&plan(), &mut person, None).await.unwrap();
    assert_eq!(report.end.outcome(false), Outcome::Interrupted);
    assert_eq!(statuses(&report)[..3], ["a1 done", "a2 done", "a3 skipped"]);
    assert_eq!(bench.resume(&mut Person::willing()).await.unwrap().end, RunEnd::AllDone);
    assert_eq!(bench.cloud.state(), done());
}

#[tokio::test]
async fn a_guard_that_no_longer_holds_stops_everything() {
    let bench = Bench::new();
    let mut plan = plan();
    plan.steps.remove(4);
    {
        let mut world = bench.cloud.world();
        let own = world.snapshot.environment.value_mut().unwrap();
        own.status = EnvironmentStatus::Launching;
    }
    let report = bench.run(&plan, &mut Person::willing(), None).await.unwrap();
    let RunEnd::Moved { step, what } = &report.end else { panic!("{:?}", report.end) };
    assert_eq!(step.to_string(), "a4");
    assert_eq!(*what, ["it is not so any more that the environment e-mw4kzq2ptx is Terminated"]);
    assert_eq!(report.end.outcome(false), Outcome::WorldMoved);
    assert!(!bench.cloud.world().effects.contains_key("rebuild-environment shop-prod"));
}

#[tokio::test]
async fn a_stale_read_of_a_guard_is_read_again() {
    let bench = Bench::new();
    let mut plan = plan();
    plan.steps.retain(|step| step.id.0 == "a3");
    let mut old = bench.cloud.world().snapshot.clone();
    crate::world::examples::group(&mut old, "sg-0db9").ingress.clear();
    // The look before the question must see the rule, or it would be there already.
    plan.steps[0].expect.push(crate::plan::Condition::EnvironmentIn {
        environment: crate::world::examples::ID.into(),
        statuses: vec!["Terminated".into()],
    });
    old.environment.value_mut().unwrap().status = EnvironmentStatus::Ready;
    bench.cloud.world().stale_reads = Some((2, Box::new(old)));
    let report = bench.run(&plan, &mut Person::willing(), None).await.unwrap();
    assert_eq!(report.end, RunEnd::AllDone);
}

#[tokio::test]
async fn a_denied_call_ends_the_run_with_the_permissions_name() {
    let bench = Bench::new();
    bench.cloud.fault("associate-route-table", Fault::Denied);
    let report = bench.run(&plan(), &mut Person::willing(), None).await.unwrap();
    let RunEnd::Denied { permissions, .. } = &report.end else { panic!("{:?}", report.end) };
    assert_eq!(*permissions, ["ec2:AssociateRouteTable"]);
    assert_eq!(report.end.outcome(false), Outcome::AwsUnusable);
    assert_eq!(statuses(&report)[1..3], ["a2 failed", "a3 skipped"]);
    assert_eq!(bench.resume(&mut Person::willing()).await.unwrap().end, RunEnd::AllDone);
}

#[tokio::test]
async fn a_preflight_names_every_missing_permission_before_the_first_change() {
    let bench = Bench::new();
    let names = ["ec2:AssociateRouteTable", "elasticbeanstalk:RebuildEnvironment"];
    bench.cloud.world().missing = names.map(str::to_owned).to_vec();
    let report = bench.run(&plan(), &mut Person::willing(), None).await.unwrap();
    let permissions = names.map(str::to_owned).to_vec();
    assert_eq!(report.end, RunEnd::Denied { permissions, message: None });
    assert_eq!(bench.cloud.world().calls, 0);
}

#[tokio::test]
async fn a_refused_step_fails_and_independent_ones_go_on() {
    let bench = Bench::new();
    bench.cloud.fault("associate-route-table", Fault::Refused);
    let report = bench.run(&plan(), &mut Person::willing(), None).await.unwrap();
    let expected = ["a1 done", "a2 failed", "a3 done", "a4 skipped", "a5 skipped"];
    assert_eq!(statuses(&report), expected);
    assert!(matches!(&report.end, RunEnd::Failed { why } if why.len() == 1));
}

#[tokio::test]
async fn a_refusal_because_somebody_was_faster_counts_as_there() {
    let bench = Bench::new();
    bench.run(&plan(), &mut Person::unless(|question| no_to(question, "a3")), None).await.unwrap();
    // Somebody else takes the rule away between the look and the call.
    let state = bench.cloud.state();
    assert!(state.1);
    bench.cloud.fault("revoke-security-group-ingress", Fault::DroppedAfter);
    let report = bench.resume(&mut Person::willing()).await.unwrap();
    assert_eq!(statuses(&report)[2], "a3 done");
}

#[tokio::test]
async fn a_busy_environment_is_waited_for() {
    let bench = Bench::new();
    for _ in 0..7 {
        bench.cloud.fault("rebuild-environment", Fault::Busy);
    }
    let report = bench.run(&plan(), &mut Person::willing(), None).await.unwrap();
    assert_eq!(report.end, RunEnd::AllDone);
    assert_eq!(bench.cloud.world().effects["rebuild-environment shop-prod"], 1);
}

#[tokio::test]
async fn an_environment_that_stays_busy_fails_in_the_end() {
    let bench = Bench::new();
    for _ in 0..1000 {
        bench.cloud.fault("rebuild-environment", Fault::Busy);
    }
    let report = bench.run(&plan(), &mut Person::willing(), None).await.unwrap();
    assert_eq!(statuses(&report)[3], "a4 failed");
}

#[tokio::test]
async fn calls_that_were_dropped_are_looked_for_and_made_once() {
    for fault in [Fault::DroppedBefore, Fault::DroppedAfter] {
        for step in plan().steps {
            let bench = Bench::new();
            bench.cloud.fault(step.action.kind(), fault);
            let report = bench.run(&plan(), &mut Person::willing(), None).await.unwrap();
            assert_eq!(report.end, RunEnd::AllDone, "{fault:?} {}", step.id);
            assert_eq!(bench.cloud.state(), done());
            assert!(bench.cloud.world().effects.values().all(|times| *times == 1));
        }
    }
}

#[tokio::test]
async fn without_aws_the_run_ends_and_can_be_resumed() {
    for fault in [Fault::Throttled, Fault::Unusable] {
        let bench = Bench::new();
        bench.cloud.fault("associate-route-table", fault);
        let report = bench.run(&plan(), &mut Person::willing(), None).await.unwrap();
        assert_eq!(report.end.outcome(false), Outcome::AwsUnusable);
        assert_eq!(statuses(&report)[1], "a2 failed");
        assert_eq!(bench.resume(&mut Person::willing()).await.unwrap().end, RunEnd::AllDone);
    }
}

#[tokio::test]
async fn a_hopeless_wait_ends_at_once() {
    let bench = Bench::new();
    bench.cloud.world().rebuild_fails = true;
    let report = bench.run(&plan(), &mut Person::willing(), None).await.unwrap();
    assert_eq!(statuses(&report)[3..], ["a4 failed", "a5 skipped"]);
    let RunEnd::Failed { why } = &report.end else { panic!("{:?}", report.end) };
    assert!(why[0].1.contains("Terminated"), "{why:?}");
    let passed = bench.cloud.world().now - crate::world::examples::ago(0);
    assert!(passed.as_secs() < 400, "{passed:?}");
}

#[tokio::test]
async fn a_wait_ends_when_it_takes_longer_than_it_may() {
    let bench = Bench::new();
    let mut plan = plan();
    plan.steps[3].wait.expected.at_most_seconds = 100;
    let report = bench.run(&plan, &mut Person::willing(), None).await.unwrap();
    let RunEnd::Failed { why } = &report.end else { panic!("{:?}", report.end) };
    assert_eq!(why[0].1, "the environment to be Ready took longer than it may");
    let report = bench.resume(&mut Person::willing()).await.unwrap();
    assert_eq!(report.end, RunEnd::AllDone, "a wait can be joined again");
    assert!(bench.cloud.world().effects.values().all(|times| *times == 1));
}

#[tokio::test]
async fn a_deadline_cuts_a_wait_short_and_resume_joins_it() {
    let mut bench = Bench::new();
    let soon = bench.cloud.world().now + SignedDuration::from_secs(60);
    bench.options.deadline = Some(soon);
    let report = bench.run(&plan(), &mut Person::willing(), None).await.unwrap();
    let waiting_for = Some("the environment to be Ready".to_owned());
    assert_eq!(report.end, RunEnd::OutOfTime { waiting_for });
    assert_eq!(report.end.outcome(false), Outcome::NotRecovered);
    bench.options.deadline = None;
    assert_eq!(bench.resume(&mut Person::willing()).await.unwrap().end, RunEnd::AllDone);
    assert!(bench.cloud.world().effects.values().all(|times| *times == 1));
}

#[tokio::test]
async fn ctrl_c_leaves_a_wait_that_resume_joins() {
    let mut bench = Bench::new();
    let interrupt = bench.interrupt.clone();
    let mut person = Person::willing();
    person.interrupts = Some(interrupt);
    let report = bench.run(&plan(), &mut person, None).await.unwrap();
    let waiting_for = Some("the environment to be Ready".to_owned());
    assert_eq!(report.end, RunEnd::Interrupted { waiting_for });
    bench.interrupt = Interrupt::new();
    assert_eq!(bench.resume(&mut Person::willing()).await.unwrap().end, RunEnd::AllDone);
    assert!(bench.cloud.world().effects.values().all(|times| *times == 1));
}

#[tokio::test]
async fn a_dry_run_makes_no_call() {
    let mut bench = Bench::new();
    bench.options.dry_run = true;
    let report = bench.run(&plan(), &mut Person::willing(), None).await.unwrap();
    assert_eq!(report.end, RunEnd::Rehearsed);
    assert_eq!(bench.cloud.world().calls, 0);
    let bench = Bench { options: bench.options, ..Bench::new() };
    let mut person = Person::unless(|question| no_to(question, "a3"));
    let report = bench.run(&plan(), &mut person, None).await.unwrap();
    assert_eq!(report.end.outcome(false), Outcome::NotApproved);
}

#[tokio::test]
async fn a_world_that_cannot_be_read_is_unusable_and_changes_nothing() {
    let bench = Bench::new();
    bench.cloud.world().unreadable = true;
    let report = bench.run(&plan(), &mut Person::willing(), None).await.unwrap();
    assert_eq!(report.end.outcome(false), Outcome::AwsUnusable);
    assert_eq!(bench.cloud.world().calls, 0);
}

#[tokio::test]
async fn an_effect_that_was_there_before_proves_nothing() {
    // A rebuild of an environment that is Ready but not well: it is wanted all the same, and the
    // connection breaks before AWS hears of it.
    let bench = Bench::new();
    let mut plan = plan();
    plan.steps.retain(|step| step.id.0 == "a4");
    plan.steps[0].after.clear();
    plan.steps[0].guard.clear();
    {
        let mut world = bench.cloud.world();
        world.snapshot.environment.value_mut().unwrap().status = EnvironmentStatus::Ready;
    }
    bench.cloud.fault("rebuild-environment", Fault::DroppedBefore);
    let report = bench.run(&plan, &mut Person::willing(), None).await.unwrap();
    assert_eq!(report.end, RunEnd::AllDone);
    assert_eq!(bench.cloud.world().effects["rebuild-environment shop-prod"], 1);
}

#[tokio::test]
async fn a_rebuild_of_an_environment_that_is_well_is_superfluous() {
    let bench = Bench::new();
    let mut plan = plan();
    plan.steps.retain(|step| step.id.0 == "a4");
    plan.steps[0].after.clear();
    {
        let mut world = bench.cloud.world();
        crate::world::examples::health(&mut world.snapshot, "Green", "Ok", &[]);
        let own = world.snapshot.environment.value_mut().unwrap();
        own.status = EnvironmentStatus::Ready;
    }
    let report = bench.run(&plan, &mut Person::willing(), None).await.unwrap();
    assert_eq!(report.end, RunEnd::NothingToDo);
    assert_eq!(bench.cloud.world().calls, 0);
}
