//! The whole program in a pseudo-terminal: every answer, and leaving.

use std::path::Path;
use std::process::Command;

use rexpect::session::{PtySession, spawn_command};

/// Far longer than any answer takes, also on a busy machine.
const PATIENCE_MS: u64 = 120_000;

struct Screen {
    session: PtySession,
    _folder: tempfile::TempDir,
}

impl Screen {
    fn of(line: &str, columns: u32, term: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let session = Self::spawn(folder.path(), line, columns, term);
        Self { session, _folder: folder }
    }

    fn spawn(folder: &Path, line: &str, columns: u32, term: &str) -> PtySession {
        let program = env!("CARGO_BIN_EXE_ebrescue");
        // The shell lives on through Ctrl-C, to tell how the program ended.
        let run = format!(
            "stty cols {columns} rows 24; trap : INT; '{program}' {line}; echo \"ENDED $?\""
        );
        let mut command = Command::new("sh");
        command
            .args(["-c", &run])
            .current_dir(folder)
            .env("HOME", folder)
            .env("EBRESCUE_STATE_DIR", folder.join("state"))
            .env("TERM", term)
            .env_remove("COLUMNS")
            .env_remove("NO_COLOR");
        spawn_command(command, Some(PATIENCE_MS)).unwrap()
    }

    fn sees(&mut self, text: &str) -> String {
        self.session.exp_string(text).unwrap_or_else(|error| panic!("{text}: {error}"))
    }

    fn says(&mut self, text: &str) {
        self.session.send_line(text).unwrap();
    }

    /// Says yes to the gateway, and types the name of what is rebuilt: it looks like production.
    fn approves_both(&mut self, asks_for_the_name: &str) {
        self.sees("Do it?");
        self.says("y");
        self.sees(asks_for_the_name);
        self.says("shop-prod");
    }

    fn ends(&mut self) -> i32 {
        self.sees("ENDED ");
        self.session.read_line().unwrap().trim().parse().unwrap()
    }
}

const REPAIR: &str = "repair --sandbox gateway-detached";

#[test]
fn a_yes_repairs() {
    let mut screen = Screen::of(REPAIR, 100, "xterm-256color");
    screen.approves_both("to go on");
    screen.sees("Recovered in");
    assert_eq!(screen.ends(), 0);
}

#[test]
fn a_no_skips_what_depends_on_it_and_ends_with_4() {
    let mut screen = Screen::of(REPAIR, 100, "xterm-256color");
    screen.sees("Do it?");
    screen.says("n");
    screen.sees("skipped");
    assert_eq!(screen.ends(), 4);
}

#[test]
fn details_come_before_the_same_question_and_stop_stops() {
    let mut screen = Screen::of(REPAIR, 100, "xterm-256color");
    screen.sees("Do it?");
    screen.says("d");
    screen.sees("ec2:AttachInternetGateway");
    screen.sees("Do it?");
    screen.says("s");
    assert_eq!(screen.ends(), 130);
}

#[test]
fn ctrl_c_at_a_question_leaves() {
    let mut screen = Screen::of(REPAIR, 100, "xterm-256color");
    screen.sees("Do it?");
    screen.session.send_control('c').unwrap();
    let rest = screen.sees("ENDED 130");
    let (hidden, shown) = (rest.rfind("\u{1b}[?25l"), rest.rfind("\u{1b}[?25h"));
    assert!(hidden.is_none() || shown > hidden, "the cursor is shown again: {rest:?}");
}

#[test]
fn ctrl_c_in_a_wait_leaves_it_and_says_how_to_come_back() {
    let line = format!("{REPAIR} --sandbox-speed 1");
    let mut screen = Screen::of(&line, 100, "xterm-256color");
    screen.approves_both("to go on");
    screen.sees("usually");
    screen.session.send_control('c').unwrap();
    assert_eq!(screen.ends(), 130);
}

#[test]
fn what_is_destructive_wants_the_name_typed() {
    let line = "repair --sandbox foreign-rule-blocks-termination --goal terminated";
    let mut screen = Screen::of(line, 100, "xterm-256color");
    screen.sees("Do it?");
    screen.says("y");
    screen.sees("to go on");
    screen.says("yes");
    screen.sees("That is not");
    screen.sees("to go on");
    screen.says("shop-prod");
    screen.sees("Recovered in");
    assert_eq!(screen.ends(), 0);
}

#[test]
fn a_narrow_and_a_dumb_terminal_serve_as_well() {
    let mut screen = Screen::of(REPAIR, 40, "xterm-256color");
    screen.approves_both("Type its name");
    screen.sees("Recovered in");
    assert_eq!(screen.ends(), 0);
    let mut screen = Screen::of(REPAIR, 80, "dumb");
    let before = screen.sees("Do it?");
    assert!(!before.contains('\u{1b}'), "{before:?}");
    screen.says("y");
    screen.sees("to go on");
    screen.says("shop-prod");
    screen.sees("Recovered in");
    assert_eq!(screen.ends(), 0);
}
