//! How often the diagnosis is right: every scenario of the sandbox, through the real clients.
//!
//! `docs/accuracy.md` is this test's own account. `EBRESCUE_UPDATE=1` writes it anew; without it,
//! a file that says otherwise fails the test.

mod expected;

use std::fmt::Write as _;
use std::sync::Mutex;

use ebrescue::check::{self, Role};
use ebrescue::plan::{self, Plan, Wishes};
use ebrescue::playbook;
use ebrescue::sandbox::scenarios::{self, Scenario};

use crate::stage::{Stage, now, written};
use expected::{ROWS, Remedy, Row};

/// Most calls that the diagnosis of an ordinary environment may cost.
const CALLS: usize = 30;

/// Verbs of operations that change nothing.
const READS: [&str; 9] =
    ["Describe", "Get", "List", "Lookup", "Head", "Check", "Validate", "Simulate", "BatchGet"];

/// What came of one scenario.
struct Outcome {
    scenario: &'static Scenario,
    row: Row,
    verdict: &'static str,
    /// Code and role, in order.
    findings: Vec<(&'static str, Role)>,
    calls: usize,
    plan: Plan,
    /// The APIs could mend it, and the plan is empty: told in the document, so that each shows.
    unplanned: bool,
    /// What is wrong.
    wrong: Vec<String>,
}

impl Outcome {
    async fn of(scenario: &'static Scenario) -> Self {
        let name = scenario.name();
        let row = ROWS.iter().find(|row| row.scenario == name);
        let row = *row.unwrap_or_else(|| panic!("{name} has no row in tests/accuracy/expected.rs"));
        let stage = Stage::of(scenario.build(now()), scenario.about.environment).await;
        let snapshot = stage.look().await.unwrap();
        let calls = stage.calls();
        let mutations: Vec<&String> = calls
            .iter()
            .filter(|call| {
                let operation = call.split_once(':').unwrap().1;
                !READS.iter().any(|verb| operation.starts_with(verb))
            })
            .collect();
        let diagnosis = check::diagnose(&snapshot);
        let plan = plan::plan(&snapshot, &diagnosis, &Wishes::default()).unwrap();
        let shelf = playbook::shelf(None).unwrap();
        let plan = match playbook::choose(&shelf, &snapshot, &diagnosis, plan.goal) {
            Some(chosen) => {
                let ground = playbook::Ground { snapshot: &snapshot, diagnosis: &diagnosis };
                playbook::bind(&chosen.playbook, plan, ground).unwrap()
            }
            None => plan,
        };
        let findings = diagnosis.findings.iter().map(|one| (one.code().0, one.role)).collect();
        let verdict = diagnosis.verdict.as_str();
        let mut outcome = Self {
            scenario,
            row,
            verdict,
            findings,
            calls: calls.len(),
            plan,
            unplanned: false,
            wrong: Vec::new(),
        };
        if !mutations.is_empty() {
            outcome.wrong.push(format!("it changed something: {mutations:?}"));
        }
        outcome.judge();
        outcome
    }

    fn causes(&self) -> Vec<&'static str> {
        self.of_role(Role::Cause)
    }

    fn of_role(&self, wanted: Role) -> Vec<&'static str> {
        let all = self.findings.iter().filter(|(_, role)| *role == wanted);
        all.map(|(code, _)| *code).collect()
    }

    fn top_is_right(&self) -> bool {
        match (self.row.causes.first(), self.causes().first()) {
            (Some(wanted), Some(found)) => fits(wanted, found),
            (None, found) => found.is_none(),
            (Some(_), None) => false,
        }
    }

    fn judge(&mut self) {
        let causes = self.causes();
        let first = causes.iter().take(self.row.causes.len());
        let in_order = first.clone().count() == self.row.causes.len()
            && first.zip(self.row.causes).all(|(found, wanted)| fits(wanted, found));
        if !in_order {
            self.wrong.push(format!("causes {causes:?} and not {:?}", self.row.causes));
        }
        let named = [causes, self.of_role(Role::Contributing)].concat();
        let expected = |code: &&str| {
            self.row.causes.iter().any(|wanted| fits(wanted, code)) || self.row.also.contains(code)
        };
        let strange: Vec<&&str> = named.iter().filter(|code| !expected(code)).collect();
        if !strange.is_empty() {
            self.wrong.push(format!("named although it is not so: {strange:?}"));
        }
        if self.verdict != self.row.verdict {
            self.wrong.push(format!("verdict {} and not {}", self.verdict, self.row.verdict));
        }
        let told = !self.plan.refusals.is_empty() || !self.plan.beyond.is_empty();
        let right = match self.row.remedy {
            Remedy::Acts => {
                self.unplanned = self.plan.steps.is_empty();
                true
            }
            Remedy::Person => self.plan.steps.is_empty() && told,
            Remedy::Nothing => self.plan.steps.is_empty(),
        };
        if !right {
            let steps = self.plan.steps.len();
            self.wrong.push(format!("a plan of {steps} actions is not {:?}", self.row.remedy));
        }
        // An environment that was in trouble an hour ago is looked at as if it still were.
        if self.calls > CALLS && self.row.scenario.starts_with("healthy") {
            self.wrong.push(format!("{} calls", self.calls));
        }
    }
}

/// Whether a code is the one wanted, or one of several.
fn fits(wanted: &str, found: &str) -> bool {
    wanted.split('|').any(|one| one == found)
}

/// Looks at every scenario, two at a time.
fn outcomes() -> Vec<Outcome> {
    let waiting = Mutex::new(scenarios::all().iter());
    let done = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                let runtime = tokio::runtime::Runtime::new().unwrap();
                while let Some(scenario) = { waiting.lock().unwrap().next() } {
                    let outcome = runtime.block_on(Outcome::of(scenario));
                    done.lock().unwrap().push(outcome);
                }
            });
        }
    });
    let mut done = done.into_inner().unwrap();
    let place = |outcome: &Outcome| {
        scenarios::all().iter().position(|one| std::ptr::eq(one, outcome.scenario))
    };
    done.sort_by_key(place);
    done
}

/// The account of all scenarios.
fn document(outcomes: &[Outcome]) -> String {
    let (healthy, broken): (Vec<&Outcome>, Vec<&Outcome>) =
        outcomes.iter().partition(|one| one.row.verdict == "healthy");
    let right = broken.iter().filter(|one| one.top_is_right()).count();
    let alarms = healthy.iter().filter(|one| !one.causes().is_empty()).count();
    let calls = |all: &[&Outcome]| {
        let mut calls: Vec<usize> = all.iter().map(|one| one.calls).collect();
        calls.sort_unstable();
        (calls[0], calls[calls.len() / 2], calls[calls.len() - 1])
    };
    let mut text = String::from(
        "# How often the diagnosis is right\n\n\
         Written by `EBRESCUE_UPDATE=1 cargo nextest run --locked -E 'test(accuracy)'`, which builds \
         every scenario of\nthe sandbox, looks at it through the real AWS clients, and compares with \
         what `tests/accuracy/expected.rs`\nsays. What is expected was written from the incident \
         catalogue. `A|B`: two of its records describe the fault.\n\
         The worlds are our own; what the program makes of worlds that are not is another matter.\n\n",
    );
    let (least, middle, most) = calls(&healthy);
    writeln!(
        text,
        "- broken worlds with the right cause on top: {right} of {}\n\
         - healthy worlds with a cause (false alarms): {alarms} of {}\n\
         - calls that change something: none\n\
         - calls for a healthy environment: {least} to {most}, mostly {middle}",
        broken.len(),
        healthy.len(),
    )
    .unwrap();
    let (least, middle, most) = calls(&broken);
    writeln!(text, "- calls for a broken one: {least} to {most}, half of them {middle} or fewer")
        .unwrap();
    let unplanned: Vec<&str> =
        outcomes.iter().filter(|one| one.unplanned).map(|one| one.row.scenario).collect();
    writeln!(
        text,
        "- worlds that the APIs could mend and that get no plan yet: {}\n",
        dash(&unplanned.join(", "))
    )
    .unwrap();
    text + &table(outcomes)
}

/// One line for each scenario.
fn table(outcomes: &[Outcome]) -> String {
    let mut text = String::new();
    text.push_str(
        "| scenario | expected | found as cause | beside it | verdict | actions | calls |\n\
         | --- | --- | --- | --- | --- | --- | --- |\n",
    );
    for one in outcomes {
        let beside: Vec<String> = one
            .findings
            .iter()
            .filter(|(_, role)| *role != Role::Cause)
            .map(|(code, role)| format!("{code} {}", role_word(*role)))
            .collect();
        writeln!(
            text,
            "| {} | {} | {} | {} | {} | {} | {} |",
            one.row.scenario,
            dash(&one.row.causes.join(", ").replace('|', " or ")),
            dash(&one.causes().join(", ")),
            dash(&beside.join(", ")),
            one.verdict,
            one.plan.steps.len(),
            one.calls
        )
        .unwrap();
    }
    text
}

fn role_word(role: Role) -> &'static str {
    match role {
        Role::Cause => "cause",
        Role::Contributing => "contributing",
        Role::Symptom => "symptom",
        Role::Risk => "risk",
    }
}

fn dash(text: &str) -> &str {
    if text.is_empty() { "–" } else { text }
}

#[test]
fn every_scenario_is_diagnosed_as_the_catalogue_has_it() {
    let outcomes = outcomes();
    assert_eq!(outcomes.len(), scenarios::all().len());
    let mut wrong = String::new();
    for one in outcomes.iter().filter(|one| !one.wrong.is_empty()) {
        writeln!(wrong, "{}: {}", one.row.scenario, one.wrong.join("; ")).unwrap();
    }
    let current = written("docs/accuracy.md", &document(&outcomes));
    assert!(wrong.is_empty(), "{wrong}");
    assert!(current, "docs/accuracy.md is not current: EBRESCUE_UPDATE=1 writes it anew");
}

#[test]
fn no_row_is_of_a_scenario_that_is_gone() {
    let gone = ROWS.iter().find(|row| scenarios::find(row.scenario).is_none());
    assert!(gone.is_none(), "{gone:?}");
}
