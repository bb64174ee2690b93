//! Reports as a reader's browser shows them: sessions and diagnoses of the sandbox, opened in
//! headless Chromium by `browser/look.mjs`, which complains; screenshots are kept under the
//! target folder.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use ebrescue::playbook;

/// The program under test, with a state folder of its own.
fn ebrescue(state: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_ebrescue"))
        .args(arguments)
        .args(["--state-dir", state.to_str().unwrap()])
        .output()
        .unwrap()
}

/// Where screenshots and pages are kept for whoever wants to see them.
fn artefacts() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("reports");
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// Looks at pages; what the script says is printed, so that a failure tells what is wrong.
fn look(pages: &[PathBuf]) {
    let script = crate::house::checkout("tests/browser/look.mjs");
    let seen = Command::new("node").arg(script).arg(artefacts()).args(pages).output().unwrap();
    let said = String::from_utf8_lossy(&seen.stdout);
    println!("{said}");
    let complaint = String::from_utf8_lossy(&seen.stderr);
    assert!(seen.status.success(), "{said}\n{complaint}");
}

fn report(state: &Path, name: &str, arguments: &[&str]) -> PathBuf {
    let page = artefacts().join(format!("{name}.html"));
    let output = ["report", "--format", "html", "--output", page.to_str().unwrap()];
    let told = ebrescue(state, &[&output, arguments].concat());
    assert!(told.status.success(), "{}", String::from_utf8_lossy(&told.stderr));
    page
}

/// What is told of a repair: its session, or the diagnosis where it found nothing to do.
fn repaired(name: &str, scenario: &str, line: &[&str]) -> PathBuf {
    let state = tempfile::tempdir().unwrap();
    let repair = ["repair", "--non-interactive", "--sandbox", scenario];
    let run = ebrescue(state.path(), &[&repair, line].concat());
    assert_ne!(run.status.code(), Some(1), "{}", String::from_utf8_lossy(&run.stderr));
    let sessions = std::fs::read_dir(state.path().join("sessions"));
    if sessions.is_ok_and(|mut all| all.next().is_some()) {
        report(state.path(), name, &[])
    } else {
        diagnosed(state.path(), name, scenario)
    }
}

/// What is told of a diagnosis alone, from a bundle.
fn diagnosed(state: &Path, name: &str, scenario: &str) -> PathBuf {
    let bundle = state.join("bundle.json");
    let bundle = bundle.to_str().unwrap();
    let capture = ["capture", "--sandbox", scenario, "--output", bundle];
    assert!(ebrescue(state, &capture).status.success());
    report(state, name, &["--bundle", bundle])
}

/// Every so-manieth playbook of the shelf, on the first scenario it can be rehearsed on that is not
/// healthy: there would be nothing to draw.
fn playbooks(part: usize) {
    let shelf = playbook::shelf(None).unwrap();
    let mut pages = Vec::new();
    for one in shelf.iter().skip(part).step_by(PARTS) {
        let name = one.playbook.name.value.as_str();
        let mut scenarios = one.playbook.scenarios.iter().map(|one| one.value.as_str());
        let scenario = scenarios.find(|name| !name.starts_with("healthy")).unwrap();
        let line = ["--playbook", name, "--approve", "destructive"];
        pages.push(repaired(&format!("{name}-{scenario}"), scenario, &line));
    }
    assert!(!pages.is_empty());
    look(&pages);
}

/// In how many tests the shelf is looked at, so that they run beside each other.
const PARTS: usize = 3;

#[test]
#[ignore = "needs Node.js and Chromium; tests/run brings both"]
fn every_playbooks_session_is_well_in_a_browser_1() {
    playbooks(0);
}

#[test]
#[ignore = "needs Node.js and Chromium; tests/run brings both"]
fn every_playbooks_session_is_well_in_a_browser_2() {
    playbooks(1);
}

#[test]
#[ignore = "needs Node.js and Chromium; tests/run brings both"]
fn every_playbooks_session_is_well_in_a_browser_3() {
    playbooks(2);
}

#[test]
#[ignore = "needs Node.js and Chromium; tests/run brings both"]
fn a_session_that_ends_without_approval_is_well_in_a_browser() {
    look(&[repaired("not-approved", "lost-route-table", &["--approve", "safe"])]);
}

#[test]
#[ignore = "needs Node.js and Chromium; tests/run brings both"]
fn a_report_on_a_bundle_is_well_in_a_browser() {
    let state = tempfile::tempdir().unwrap();
    look(&[diagnosed(state.path(), "bundle", "rollback-failed")]);
}
