//! Reports as a reader's browser shows them: sessions and diagnoses of the sandbox, opened in
//! headless Chromium by `browser/look.mjs`, which complains; screenshots are kept under the
//! target folder.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// Scenarios whose repair is reported: each draws something else (ways of packets, what held the
/// stack, neither), and one ends without approval.
const SESSIONS: [(&str, &str); 5] = [
    ("lost-route-table", "destructive"),
    ("nat-deleted", "destructive"),
    ("foreign-rule-blocks-termination", "destructive"),
    ("newest-platform-breaks-the-shop", "destructive"),
    ("scaled-to-zero", "safe"),
];

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

#[test]
#[ignore = "needs Node.js and Chromium; tests/run brings both"]
fn reports_of_sessions_are_well_in_a_browser() {
    let pages = SESSIONS.map(|(scenario, approve)| {
        let state = tempfile::tempdir().unwrap();
        let repair = ["repair", "--non-interactive", "--sandbox", scenario, "--approve", approve];
        let run = ebrescue(state.path(), &repair);
        assert_ne!(run.status.code(), Some(1), "{}", String::from_utf8_lossy(&run.stderr));
        report(state.path(), scenario, &[])
    });
    look(&pages);
}

#[test]
#[ignore = "needs Node.js and Chromium; tests/run brings both"]
fn a_report_on_a_bundle_is_well_in_a_browser() {
    let state = tempfile::tempdir().unwrap();
    let bundle = state.path().join("bundle.json");
    let bundle = bundle.to_str().unwrap();
    let capture = ["capture", "--sandbox", "peering-deleted", "--output", bundle];
    assert!(ebrescue(state.path(), &capture).status.success());
    look(&[report(state.path(), "bundle", &["--bundle", bundle])]);
}
