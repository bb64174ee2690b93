//! Questions in a real pseudo-terminal: this test binary runs itself as the program that asks.

#![expect(clippy::print_stderr, reason = "what the screen showed, for whoever reads a failure")]

use std::collections::BTreeSet;
use std::process::Command;

use ebrescue::journal::StepKey;
use ebrescue::operator::{Operator as _, Policy, Purpose, Question, Telling, Terminal};
use ebrescue::plan::{Action, EnvironmentAction, Risk, Step, StepId, Undo, Wait};
use ebrescue::world::Scope;
use rexpect::session::{PtySession, spawn_command};

/// Far longer than any answer takes, also on a busy machine.
const PATIENCE_MS: u64 = 30_000;

/// What every way of asking has in common: the program, its name on the screen, its size.
fn asking(which: &str, columns: u32, term: &str) -> PtySession {
    let own = std::env::current_exe().unwrap();
    let run = format!(
        "stty cols {columns} rows 24; exec '{}' --ignored --exact prompts::{which} --nocapture",
        own.display()
    );
    let mut command = Command::new("sh");
    command.args(["-c", &run]).env("TERM", term).env_remove("NO_COLOR");
    // The program weighs its colours in `cli`; here anstream does, and takes CI for a terminal.
    command.env_remove("CI");
    spawn_command(command, Some(PATIENCE_MS)).unwrap()
}

/// The answer that came of it, and everything on the screen before it.
fn outcome(session: &mut PtySession) -> (String, String) {
    let before = session.exp_string("ANSWER ").unwrap();
    (session.read_line().unwrap(), before)
}

#[test]
fn a_yes_is_a_yes() {
    let mut session = asking("asks_disruptive", 100, "xterm-256color");
    session.exp_string("Do it?").unwrap();
    session.send_line("y").unwrap();
    assert_eq!(outcome(&mut session).0, "Yes(Person)");
}

#[test]
fn enter_alone_is_a_no() {
    let mut session = asking("asks_disruptive", 100, "xterm-256color");
    session.exp_string("Do it?").unwrap();
    session.send_line("").unwrap();
    assert_eq!(outcome(&mut session).0, "No(Person)");
}

#[test]
fn details_are_shown_and_the_question_comes_again() {
    let mut session = asking("asks_disruptive", 100, "xterm-256color");
    session.exp_string("Do it?").unwrap();
    session.send_line("d").unwrap();
    session.exp_string("elasticbeanstalk:RestartAppServer").unwrap();
    session.exp_string("Do it?").unwrap();
    session.send_line("s").unwrap();
    assert_eq!(outcome(&mut session).0, "Stop");
}

#[test]
fn only_the_right_name_approves_what_is_destructive() {
    let mut session = asking("asks_destructive", 100, "xterm-256color");
    session.exp_string("Type shop-prod to go on").unwrap();
    session.send_line("y").unwrap();
    session.exp_string("That is not shop-prod").unwrap();
    session.exp_string("Type shop-prod to go on").unwrap();
    session.send_line("shop-prod").unwrap();
    assert_eq!(outcome(&mut session).0, "Yes(TypedName { name: \"shop-prod\" })");
}

#[test]
fn a_name_that_stays_wrong_is_a_no() {
    let mut session = asking("asks_destructive", 100, "xterm-256color");
    for _ in 0..3 {
        session.exp_string("to go on").unwrap();
        session.send_line("shop-dev").unwrap();
    }
    assert_eq!(outcome(&mut session).0, "No(Person)");
}

#[test]
fn ctrl_c_stops_and_leaves_the_terminal_as_it_was() {
    let mut session = asking("asks_disruptive", 100, "xterm-256color");
    session.exp_string("Do it?").unwrap();
    session.send_control('c').unwrap();
    let (answer, before) = outcome(&mut session);
    assert_eq!(answer, "Stop");
    assert!(!before.contains("\u{1b}[?25l"), "the cursor was never hidden");
}

#[test]
fn the_end_of_the_input_is_no_consent() {
    let mut session = asking("asks_disruptive", 100, "xterm-256color");
    session.exp_string("Do it?").unwrap();
    session.send_control('d').unwrap();
    assert_eq!(outcome(&mut session).0, "Stop");
}

#[test]
fn a_narrow_terminal_gets_a_short_question_whose_lines_fit() {
    let mut session = asking("asks_disruptive", 40, "xterm-256color");
    let before = session.exp_string("Do it? y/n/d/s").unwrap();
    let side = std::num::NonZero::new(400).unwrap();
    let mut screen = vt100::Parser::new(side, side, 0);
    screen.process(before.as_bytes());
    for line in screen.screen().rows(0, 400).skip_while(|line| !line.contains("Action")) {
        assert!(line.chars().count() <= 40 || line.contains("aws "), "{line}");
    }
    session.send_line("n").unwrap();
    assert_eq!(outcome(&mut session).0, "No(Person)");
}

#[test]
fn a_dumb_terminal_serves_as_well() {
    let mut session = asking("asks_disruptive", 80, "dumb");
    let before = session.exp_string("Do it?").unwrap();
    assert!(!before.contains('\u{1b}'), "no escape sequences: {before:?}");
    session.send_line("yes").unwrap();
    assert_eq!(outcome(&mut session).0, "Yes(Person)");
}

#[test]
#[ignore = "the others run it in a pseudo-terminal"]
fn asks_disruptive() {
    let name = "shop-prod".to_owned();
    let environment = "e-mw4kzq2ptx".into();
    ask(EnvironmentAction::Restart { environment, name }, Risk::Disruptive);
}

#[test]
#[ignore = "the others run it in a pseudo-terminal"]
fn asks_destructive() {
    let name = "shop-prod".to_owned();
    let environment = "e-mw4kzq2ptx".into();
    ask(EnvironmentAction::Terminate { environment, name }, Risk::Destructive);
}

/// Asks one question and says what the answer was.
fn ask(action: EnvironmentAction, risk: Risk) {
    let scope = Scope {
        account: None,
        region: "us-west-2".into(),
        environment: "e-mw4kzq2ptx".into(),
        name: "shop-prod".into(),
    };
    let step = Step {
        id: StepId("a1".to_owned()),
        title: "Restart the application servers of shop-prod".to_owned(),
        action: Action::Environment(action),
        risk,
        because: vec!["EB-01".to_owned()],
        effect: "requests fail for about a minute while the servers restart".to_owned(),
        data_loss: Vec::new(),
        after: Vec::new(),
        guard: Vec::new(),
        wait: Wait::none(),
        expect: Vec::new(),
        undo: Undo::NotNeeded,
    };
    let question = Question {
        scope: &scope,
        step: &step,
        key: StepKey { round: 1, step: step.id.clone() },
        action: &step.action,
        purpose: Purpose::Do,
        risk,
        number: 1,
        of: 1,
        dependants: Vec::new(),
        dry_run: false,
    };
    let policy = Policy { approve: None, actions: BTreeSet::new(), ..Policy::default() };
    let mut terminal = Terminal::new(policy, Telling::Lines);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let answer = runtime.block_on(terminal.ask(&question)).unwrap();
    eprintln!("\nANSWER {answer:?}");
}
