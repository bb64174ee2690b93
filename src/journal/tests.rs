//! The journal's promises, broken one at a time.

use std::fs;
use std::path::Path;

use jiff::Timestamp;
use proptest::prelude::*;

use super::*;
use crate::plan::{Action, EnvironmentAction, Goal, Plan, Risk, Step, StepId, Undo, Wait};
use crate::world::{Scope, SnapshotId};

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_795_459_500 + second).unwrap()
}

fn scope() -> Scope {
    Scope {
        account: Some("210987654321".into()),
        region: "us-west-2".into(),
        environment: "e-mw4kzq2ptx".into(),
        name: "shop-prod".into(),
    }
}

fn header() -> Header {
    Header {
        format: FORMAT,
        program: "0.1.0".into(),
        scope: scope(),
        goal: Goal::Healthy,
        invocation: Invocation { command: "repair".into(), ..Invocation::default() },
    }
}

fn rebuild() -> Action {
    Action::Environment(EnvironmentAction::Rebuild {
        environment: "e-mw4kzq2ptx".into(),
        name: "shop-prod".into(),
    })
}

fn plan() -> Plan {
    let step = Step {
        id: StepId("a1".into()),
        action: rebuild(),
        risk: Risk::Disruptive,
        because: vec!["NET-01".into()],
        title: "Rebuild shop-prod".into(),
        effect: String::new(),
        data_loss: Vec::new(),
        after: Vec::new(),
        guard: Vec::new(),
        wait: Wait::none(),
        expect: Vec::new(),
        undo: Undo::Impossible { why: "its instances are new".into() },
    };
    Plan {
        format: 1,
        scope: scope(),
        based_on: SnapshotId("0".into()),
        goal: Goal::Healthy,
        playbook: "instances-not-reporting".into(),
        steps: vec![step],
        alternatives: Vec::new(),
        refusals: Vec::new(),
        beyond: Vec::new(),
        tell: Vec::new(),
    }
}

fn session(event: SessionEvent) -> Event {
    Event::Session(Box::new(event))
}

fn step(event: StepEvent) -> Event {
    let step = StepKey { round: 1, step: StepId("a1".into()) };
    Event::Step { step, event: Box::new(event) }
}

fn started() -> StepEvent {
    StepEvent::Started {
        token: "t".into(),
        action: Box::new(rebuild()),
        since: at(0),
        foreseen: false,
    }
}

/// A whole run of one step.
fn story() -> Vec<Event> {
    vec![
        session(SessionEvent::Planned { plan: Box::new(plan()) }),
        step(StepEvent::Asked),
        step(StepEvent::Approved { how: Approval::Person }),
        step(started()),
        step(StepEvent::Applied(Accepted { request: Some("r-1".into()), made: None })),
        step(StepEvent::Waited { what: "Ready".into(), seconds: 9, end: WaitEnd::Reached }),
        step(StepEvent::Verified { seen: vec!["the environment is Ready".into()] }),
        session(SessionEvent::Finished { outcome: Outcome::Recovered, summary: "ü".into() }),
    ]
}

/// Writes the story; also says what the history was after each record.
fn written(path: &Path) -> Vec<History> {
    let mut journal = JournalFile::create(path, at(0), header()).unwrap();
    let mut histories = vec![journal.history().clone()];
    for (second, event) in (1..).zip(story()) {
        journal.append(at(second), event).unwrap();
        histories.push(journal.history().clone());
    }
    histories
}

#[test]
fn replaying_any_prefix_gives_the_live_state() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.jsonl");
    let live = written(&path);
    let text = fs::read_to_string(&path).unwrap();
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    assert_eq!(lines.len(), live.len());
    for (count, history) in (1..).zip(&live) {
        let reading = Reading::of_bytes(lines[..count].concat().as_bytes()).unwrap();
        assert_eq!(&reading.history, history);
        assert_eq!(reading.records.len(), count);
    }
}

#[test]
fn a_journal_torn_at_any_byte_is_mended_and_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.jsonl");
    let live = written(&path);
    let bytes = fs::read(&path).unwrap();
    let first = bytes.iter().position(|byte| *byte == b'\n').unwrap();
    for length in 0..bytes.len() {
        let torn = folder.path().join("torn.jsonl");
        fs::write(&torn, &bytes[..length]).unwrap();
        if length < first {
            let error = JournalFile::open(&torn, at(99)).unwrap_err();
            assert!(matches!(error, JournalError::Broken { fault: Fault::Empty, .. }));
            continue;
        }
        let whole = bytes[..length].split(|byte| *byte == b'\n').count() - 1;
        let unended = bytes[length] == b'\n';
        let reading = Reading::of_bytes(&bytes[..length]).unwrap();
        assert_eq!(reading.history, live[whole - usize::from(!unended)], "torn at byte {length}");
        // Mending takes a few syncs: around the ends of lines at every byte, else now and then.
        let near_an_end =
            bytes[length.saturating_sub(2)..(length + 2).min(bytes.len())].contains(&b'\n');
        if !near_an_end && length % 29 != 0 {
            continue;
        }
        let mut journal = JournalFile::open(&torn, at(99)).unwrap();
        let history = &live[whole - usize::from(!unended)];
        assert_eq!(journal.history().round(), history.round(), "torn at byte {length}");
        let key = StepKey { round: 1, step: StepId("a1".into()) };
        assert_eq!(journal.history().state(&key), history.state(&key));
        let event = session(SessionEvent::Resumed(Invocation::default()));
        journal.append(at(100), event).unwrap();
        assert_eq!(Reading::of(&torn).unwrap().history, *journal.history());
    }
}

#[test]
fn any_changed_byte_of_a_whole_record_is_refused_and_its_line_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.jsonl");
    written(&path);
    let bytes = fs::read(&path).unwrap();
    let mut line = 1;
    for index in 0..bytes.len() {
        let mut altered = bytes.clone();
        altered[index] ^= 1;
        if bytes[index] == b'\n' {
            line += 1;
            continue;
        }
        let (found, _) = Reading::of_bytes(&altered).unwrap_err();
        assert_eq!(found, line, "byte {index}");
    }
}

#[test]
fn a_record_that_is_left_out_or_moved_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.jsonl");
    written(&path);
    let text = fs::read_to_string(&path).unwrap();
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    for index in 0..lines.len() - 1 {
        let mut fewer = lines.clone();
        fewer.remove(index);
        assert!(Reading::of_bytes(fewer.concat().as_bytes()).is_err(), "without {index}");
        let mut swapped = lines.clone();
        swapped.swap(index, index + 1);
        assert!(Reading::of_bytes(swapped.concat().as_bytes()).is_err(), "swapped {index}");
    }
}

#[test]
fn what_cannot_happen_is_neither_recorded_nor_written() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.jsonl");
    let mut journal = JournalFile::create(&path, at(0), header()).unwrap();
    let unknown = journal.append(at(1), step(started())).unwrap_err();
    assert!(matches!(unknown, JournalError::UnknownStep(_)));
    journal.append(at(1), session(SessionEvent::Planned { plan: Box::new(plan()) })).unwrap();
    let unapproved = journal.append(at(2), step(started())).unwrap_err();
    assert_eq!(unapproved.to_string(), "a step that is Planned cannot be started");
    let again = journal.append(at(2), session(SessionEvent::Opened(header()))).unwrap_err();
    assert!(matches!(again, JournalError::Closed));
    assert_eq!(Reading::of(&path).unwrap().records.len(), 2);
}

#[test]
fn a_journal_of_a_newer_format_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.jsonl");
    let newer = Header { format: FORMAT + 1, ..header() };
    let event = session(SessionEvent::Opened(newer));
    let (_, line) = Record::next(None, at(0), event);
    fs::write(&path, format!("{line}\n")).unwrap();
    let error = JournalFile::open(&path, at(1)).unwrap_err();
    assert!(matches!(error, JournalError::Broken { line: 1, fault: Fault::Newer(2), .. }));
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_closes_the_journal() {
    // Writing to this device always fails with "no space left".
    let full = Path::new("/dev/full");
    let mut journal =
        JournalFile::create(&tempfile::tempdir().unwrap().path().join("j"), at(0), header())
            .unwrap();
    journal.redirect(fs::OpenOptions::new().write(true).open(full).unwrap());
    let event = || session(SessionEvent::Planned { plan: Box::new(plan()) });
    let error = journal.append(at(1), event()).unwrap_err();
    assert!(matches!(error, JournalError::DiskFull { .. }), "{error}");
    assert_eq!(journal.history().round(), 0);
    assert!(matches!(journal.append(at(2), event()).unwrap_err(), JournalError::Closed));
}

#[test]
fn two_runs_on_one_environment_are_refused_until_the_first_ends() {
    let state = tempfile::tempdir().unwrap();
    let sessions = Sessions::of(state.path());
    let first = sessions.create(at(0), header()).unwrap();
    let id = first.id().to_owned();
    let refused = sessions.create(at(0), header()).unwrap_err();
    assert!(matches!(refused, JournalError::Locked { holder: Some(holder) } if holder == id));
    assert!(matches!(sessions.open(&id, at(1)).unwrap_err(), JournalError::Locked { .. }));
    assert_eq!(sessions.list().unwrap().len(), 1, "a refused run leaves no session behind");
    drop(first);
    assert_eq!(sessions.open(&id, at(2)).unwrap().id(), id);
}

#[test]
fn another_environment_is_not_locked() {
    let state = tempfile::tempdir().unwrap();
    let sessions = Sessions::of(state.path());
    let _first = sessions.create(at(0), header()).unwrap();
    let mut other = header();
    other.scope.environment = "e-other".into();
    sessions.create(at(0), other).unwrap();
}

#[test]
fn sessions_are_named_so_that_they_sort_by_time() {
    let state = tempfile::tempdir().unwrap();
    let sessions = Sessions::of(state.path());
    assert!(matches!(sessions.latest().unwrap_err(), JournalError::NoSession));
    let first = sessions.create(at(0), header()).unwrap().id().to_owned();
    let second = sessions.create(at(1), header()).unwrap().id().to_owned();
    assert!(first.starts_with("20261123-184500-shop-prod-"), "{first}");
    assert_eq!(sessions.latest().unwrap(), second);
    assert_eq!(sessions.read(&first[first.len() - 4..]).unwrap().id, first);
    assert!(matches!(sessions.read("x").unwrap_err(), JournalError::NoSuchSession { .. }));
}

#[test]
fn resume_takes_the_latest_that_is_unfinished() {
    let state = tempfile::tempdir().unwrap();
    let sessions = Sessions::of(state.path());
    let finish = |session: &mut Session, outcome| {
        let event = SessionEvent::Finished { outcome, summary: String::new() };
        session.append(at(9), Event::Session(Box::new(event))).unwrap();
    };
    let mut first = sessions.create(at(0), header()).unwrap();
    finish(&mut first, Outcome::Interrupted);
    let first_id = first.id().to_owned();
    drop(first);
    let mut second = sessions.create(at(1), header()).unwrap();
    finish(&mut second, Outcome::Recovered);
    drop(second);
    assert_eq!(sessions.latest_unfinished().unwrap(), first_id);
}

#[cfg(unix)]
#[test]
fn nobody_else_may_read_a_session() {
    use std::os::unix::fs::PermissionsExt;
    let state = tempfile::tempdir().unwrap();
    let session = Sessions::of(state.path()).create(at(0), header()).unwrap();
    session.keep("before.json", &1).unwrap();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(session.folder()), 0o700);
    assert_eq!(mode(&session.folder().join("journal.jsonl")), 0o600);
    assert_eq!(mode(&session.folder().join("before.json")), 0o600);
}

#[test]
fn a_snapshot_that_was_altered_is_named_by_its_record() {
    let state = tempfile::tempdir().unwrap();
    let sessions = Sessions::of(state.path());
    let mut session = sessions.create(at(0), header()).unwrap();
    let snapshot = crate::world::Snapshot::empty("us-west-2".into(), at(0));
    session.keep_snapshot(at(1), Moment::Before, &snapshot, "stuck", Vec::new()).unwrap();
    let kept = sessions.read(session.id()).unwrap();
    kept.verify_files().unwrap();
    assert_eq!(kept.snapshot(Moment::Before).unwrap(), Some(snapshot));
    fs::write(session.folder().join("before.json"), "{}").unwrap();
    let error = kept.verify_files().unwrap_err();
    assert!(matches!(error, JournalError::Broken { line: 2, fault: Fault::Kept(_), .. }));
    assert!(kept.snapshot(Moment::Before).is_err());
}

proptest! {
    #[test]
    fn no_bytes_make_the_reader_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = Reading::of_bytes(&bytes);
    }

    #[test]
    fn the_transition_function_never_loses_a_doubt(events in proptest::collection::vec(0usize..12, 0..40)) {
        let mut state = StepState::Planned;
        for index in events {
            let event = &samples()[index];
            let Ok(next) = state.after(event) else { continue };
            if state == StepState::InDoubt && next != StepState::InDoubt {
                let settles = matches!(
                    event,
                    StepEvent::Applied(_) | StepEvent::Refused(_) | StepEvent::Settled { .. }
                );
                prop_assert!(settles);
            }
            if next == StepState::InDoubt && state != StepState::InDoubt {
                prop_assert!(matches!(state, StepState::Approved | StepState::NotMade));
            }
            state = next;
        }
    }
}

fn samples() -> Vec<StepEvent> {
    let refused =
        Refused { code: "X".into(), message: "x".into(), request: None, permission: None };
    let settled = |happened| StepEvent::Settled { happened, evidence: String::new(), made: None };
    vec![
        StepEvent::Asked,
        StepEvent::Approved { how: Approval::Person },
        StepEvent::Declined { why: Decline::Person },
        StepEvent::GuardFailed { what: Vec::new() },
        started(),
        StepEvent::Applied(Accepted::default()),
        StepEvent::Refused(refused),
        StepEvent::InDoubt { why: String::new() },
        settled(true),
        settled(false),
        StepEvent::Verified { seen: Vec::new() },
        StepEvent::Unverified { why: String::new() },
    ]
}
