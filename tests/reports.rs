//! `report` from outside: sessions whole and altered, notes, formats, the example in the docs.

use std::path::Path;
use std::process::{Command, Output};

use crate::clients::Served;
use crate::stage::control;

/// The program under test, with a state folder.
fn ebrescue(state: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_ebrescue"))
        .args(arguments)
        .args(["--state-dir", state.to_str().unwrap()])
        .output()
        .unwrap()
}

fn text(output: &Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// The session in `docs/examples/session`, of a repair of the sandbox's `lost-route-table`.
fn example() -> tempfile::TempDir {
    let kept = crate::house::checkout("docs/examples/session/sessions");
    let state = tempfile::tempdir().unwrap();
    for session in std::fs::read_dir(kept).unwrap() {
        let session = session.unwrap();
        let folder = state.path().join("sessions").join(session.file_name());
        std::fs::create_dir_all(&folder).unwrap();
        for file in std::fs::read_dir(session.path()).unwrap() {
            let file = file.unwrap();
            std::fs::copy(file.path(), folder.join(file.file_name())).unwrap();
        }
    }
    state
}

fn journal(state: &Path) -> std::path::PathBuf {
    let session = std::fs::read_dir(state.join("sessions")).unwrap().next().unwrap().unwrap();
    session.path().join("journal.jsonl")
}

#[test]
fn the_example_in_the_docs_is_what_the_program_writes() {
    let state = example();
    let docs = crate::house::checkout("docs/examples");
    for (format, file) in [("md", "post-mortem.md"), ("html", "post-mortem.html")] {
        let written = text(&ebrescue(state.path(), &["report", "--format", format]));
        let again = text(&ebrescue(state.path(), &["report", "--format", format]));
        assert!(written == again, "the same session gives the same bytes ({format})");
        let kept = std::fs::read_to_string(docs.join(file)).unwrap();
        let command = format!(
            "ebrescue report --state-dir docs/examples/session --format {format} -o docs/examples/{file}"
        );
        assert!(written.trim_end() == kept.trim_end(), "{file} is not current: {command}");
    }
}

#[test]
fn a_report_as_json_fits_its_published_schema() {
    let state = example();
    let report = text(&ebrescue(state.path(), &["report", "--format", "json"]));
    let report: serde_json::Value = serde_json::from_str(&report).unwrap();
    let schema = crate::house::checkout("docs/schemas/report.json");
    let schema: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(schema).unwrap()).unwrap();
    jsonschema::validate(&schema, &report).unwrap();
    assert_eq!(report["schema"], "ebrescue.report/1");
    assert_eq!(report["outcome"], "recovered");
}

#[test]
fn an_altered_journal_is_reported_as_far_as_it_is_whole_and_the_first_page_says_so() {
    let state = example();
    let path = journal(state.path());
    let whole = std::fs::read_to_string(&path).unwrap();
    let lines: Vec<&str> = whole.lines().collect();
    let middle = lines.len() / 2;
    let altered = lines[middle].replacen("\"sequence\":", "\"sequence\": ", 1);
    let all = [&lines[..middle], &[altered.as_str()], &lines[middle + 1..]].concat().join("\n");
    std::fs::write(&path, all + "\n").unwrap();
    for (format, says) in [
        ("md", "> **Note:** The session's journal does not verify"),
        ("html", "journal does not verify"),
        ("json", "journal does not verify"),
    ] {
        let report = text(&ebrescue(state.path(), &["report", "--format", format]));
        let page: String = report.chars().take(30_000).collect();
        assert!(page.contains(says), "{format}");
        assert!(report.contains(&format!("line {}", middle + 1)), "{format} names the line");
    }
    for command in ["resume", "undo"] {
        assert_eq!(ebrescue(state.path(), &[command]).status.code(), Some(8), "{command}");
    }
}

#[test]
fn an_altered_snapshot_is_told_too() {
    let state = example();
    let path = journal(state.path()).with_file_name("before.json");
    let snapshot = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, format!("{snapshot} ")).unwrap();
    let report = text(&ebrescue(state.path(), &["report"]));
    assert!(report.contains("does not verify") && report.contains("before.json"), "{report}");
}

#[test]
fn an_unfinished_session_is_a_hand_over_note() {
    let state = example();
    let path = journal(state.path());
    let whole = std::fs::read_to_string(&path).unwrap();
    let started = whole.lines().position(|line| line.contains("\"started\"")).unwrap();
    let cut: Vec<&str> = whole.lines().take(started + 1).collect();
    std::fs::write(&path, cut.join("\n") + "\n").unwrap();
    let report = text(&ebrescue(state.path(), &["report"]));
    assert!(report.contains("hand-over note"), "{report}");
    assert!(report.contains("Its turn did not come"), "the actions that were not begun");
    assert!(report.contains("was carried out; `ebrescue resume` looks"), "the one in doubt");
}

#[test]
fn notes_are_kept_and_accounts_are_masked() {
    let state = example();
    let note = "Twelve orders were lost; password=hunter2";
    text(&ebrescue(state.path(), &["report", "--note", note]));
    let report = text(&ebrescue(state.path(), &["report", "--mask-account"]));
    assert!(report.contains("Twelve orders were lost"), "kept through a later run");
    assert!(!report.contains("hunter2") && !report.contains("210987654321"));
}

#[test]
fn editing_without_a_terminal_is_wrong_use() {
    let state = example();
    assert_eq!(ebrescue(state.path(), &["report", "--edit"]).status.code(), Some(2));
}

#[test]
fn what_cloudtrail_tells_later_is_filled_in_and_kept() {
    let served = Served::start(Some("nat-deleted"), "600");
    let state = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_ebrescue"))
            .args(arguments)
            .args(["--state-dir", state.path().to_str().unwrap()])
            .args(["--endpoint-url", &served.endpoint, "--region", "us-west-2"])
            .env_clear()
            .envs([("AWS_ACCESS_KEY_ID", "AKIATEST"), ("AWS_SECRET_ACCESS_KEY", "test")])
            .output()
            .unwrap();
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{arguments:?}: {told}");
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    let fault = serde_json::json!([{"operation": "cloudtrail:LookupEvents", "times": 100, "kind": "access-denied"}]);
    control(&served.endpoint, "POST", "faults", &fault);
    run(&["repair", "shop-prod", "--approve", "destructive"]);
    let first = run(&["report"]);
    assert!(first.contains("Who brought NET-03 about is not known"), "{first}");
    control(&served.endpoint, "POST", "faults", &serde_json::json!([]));
    let second = run(&["report", "--look-again"]);
    assert!(second.contains("after p.novak called DeleteNatGateway"), "{second}");
    assert!(!second.contains("Who brought NET-03 about is not known"), "{second}");
    assert_eq!(run(&["report"]), second, "it is kept");
}
