//! A scenario with the product's own way through it, and time that jumps.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use clap::Parser as _;
use ebrescue::aws::{Aws, EnvironmentRef, SessionSettings};
use ebrescue::cli::args::{Approval, Arguments, Direction, GoalName, RiskLimit};
use ebrescue::cli::commands::repair::{Run, carry_out, nothing_planned};
use ebrescue::cli::connection::Connection;
use ebrescue::cli::failure::Failure;
use ebrescue::cli::look::Look;
use ebrescue::cli::rescue::{self, Aim, Decider, Ending, Ledger, ROUNDS, Rescue};
use ebrescue::cli::settings::{Settings, Surroundings};
use ebrescue::clock::{Clock, SharedClock};
use ebrescue::journal::{Moment, Sessions};
use ebrescue::plan::Plan;
use ebrescue::sandbox::{Account, Options, Sandbox, scenarios};
use jiff::Timestamp;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::frozen::{Every, Freezing, Frozen};
use crate::stage::control;

/// The sandbox's time, which jumps when somebody waits for it.
struct Jumping(Arc<Sandbox>);

impl Clock for Jumping {
    fn now(&self) -> Timestamp {
        self.0.with(|account| account.now())
    }

    async fn sleep(&self, duration: Duration) {
        self.0.advance(duration);
        tokio::task::yield_now().await;
    }
}

/// A scenario's account as its story leaves it; a test that needs it often tells the story once.
fn built(scenario: &str) -> Account {
    static BUILT: Mutex<BTreeMap<String, Account>> = Mutex::new(BTreeMap::new());
    let tell = || scenarios::find(scenario).unwrap().build(crate::stage::now());
    BUILT.lock().unwrap().entry(scenario.to_owned()).or_insert_with(tell).clone()
}

/// A scenario, a way to it, and a folder for sessions.
pub(super) struct Stage {
    pub(super) sandbox: Arc<Sandbox>,
    pub(super) connection: Connection,
    pub(super) settings: Settings,
    pub(super) environment: EnvironmentRef,
    pub(super) direction: Direction,
    state: TempDir,
}

/// Everything is approved, also the loss of whatever the plan says would be lost.
pub(super) fn all(plan: &Plan) -> Approval {
    let lost = plan.steps.iter().flat_map(|step| step.data_loss.clone()).collect();
    Approval {
        approve: Some(RiskLimit::Destructive),
        accept_data_loss: lost,
        ..Approval::default()
    }
}

impl Stage {
    pub(super) async fn of(scenario: &str) -> Self {
        Self::changed(scenario, |_| ()).await
    }

    /// A scenario to whose world something more happens.
    pub(super) async fn changed(scenario: &str, change: impl FnOnce(&mut Account)) -> Self {
        let mut account = built(scenario);
        change(&mut account);
        let environment = scenarios::find(scenario).unwrap().about.environment;
        let environment = EnvironmentRef::of(environment);
        Self::serving(account, environment, tempfile::tempdir().unwrap()).await
    }

    /// An account, and the sessions that there are on it.
    pub(super) async fn serving(
        account: Account,
        environment: EnvironmentRef,
        state: TempDir,
    ) -> Self {
        let sandbox = Arc::new(Sandbox::start(Options::new(account)).unwrap());
        let clock = SharedClock::new(Jumping(Arc::clone(&sandbox)));
        let session = SessionSettings {
            region: Some(sandbox.region.clone()),
            endpoint_url: Some(sandbox.endpoint.clone()),
            sandbox_credentials: true,
            ..SessionSettings::default()
        };
        let aws = Aws::connect(&session, clock.clone()).await.unwrap();
        Self {
            connection: Connection::by(aws, clock),
            settings: settings(state.path()),
            environment,
            direction: Direction::default(),
            sandbox,
            state,
        }
    }

    pub(super) fn toward(mut self, goal: GoalName) -> Self {
        self.direction.goal = Some(goal);
        self
    }

    pub(super) async fn look(&self) -> Result<Look, Failure> {
        Look::at(&self.connection, &self.environment, &self.settings).await
    }

    pub(super) async fn planned(&self) -> (Look, Plan) {
        let look = self.look().await.unwrap();
        let plan = look.plan(&self.direction, &self.settings).unwrap();
        (look, plan)
    }

    /// A whole repair as `ebrescue repair` makes it, with the approval that a plan is given.
    pub(super) async fn repair(
        &self,
        approval: impl Fn(&Plan) -> Approval,
    ) -> Result<Ending, Failure> {
        let look = self.look().await?;
        let plan = look.plan(&self.direction, &self.settings)?;
        if plan.steps.is_empty() {
            return Ok(nothing_planned(look, plan));
        }
        let approval = approval(&plan);
        let direction = self.direction.clone();
        let aim = Aim::Goal { rounds: ROUNDS };
        let run = Run { command: "repair", approval: &approval, direction, aim };
        let environment = self.environment.clone();
        carry_out(&self.connection, &self.settings, environment, run, look, plan).await
    }

    /// A whole repair, everything approved, during which the world is frozen at every so-manieth
    /// moment of its journal.
    pub(super) async fn repair_freezing(&self, every: Every) -> (Ending, Vec<Frozen>) {
        let (look, plan) = self.planned().await;
        let approval = all(&plan);
        let invocation =
            rescue::invocation("repair", Some(&look.snapshot), &approval, &self.settings);
        let header = rescue::header(&plan, plan.goal, invocation);
        let session = self.sessions().create(self.connection.clock.now(), header).unwrap();
        let frozen = Arc::default();
        let freezing = Freezing::new(session, self, every, Arc::clone(&frozen));
        let ending = self.rescue(&approval, freezing).carry_out(look, plan).await.unwrap();
        let frozen = std::mem::take(&mut *frozen.lock().unwrap());
        (ending, frozen)
    }

    /// Goes on with the latest session, as `ebrescue resume` does.
    pub(super) async fn resume(&self) -> Result<Ending, Failure> {
        let kept = self.sessions().read(&self.sessions().latest_unfinished()?)?;
        // Where it died before a plan was written down, whoever resumes approves the one made then.
        let plan = match kept.history.plans.last() {
            Some(plan) => plan.clone(),
            None => self.planned().await.1,
        };
        let approval = all(&plan);
        let before = kept.snapshot(Moment::Before)?.map(Look::of);
        let session = self.sessions().open(&kept.id, self.connection.clock.now())?;
        let invocation = rescue::invocation("resume", None, &approval, &self.settings);
        self.rescue(&approval, session).resume(before, invocation).await
    }

    /// Takes the latest session back, as `ebrescue undo` does.
    pub(super) async fn undo(&self) -> Result<Ending, Failure> {
        let kept = self.sessions().read(&self.sessions().latest()?)?;
        let approval = Approval { approve: Some(RiskLimit::Destructive), ..Approval::default() };
        let session = self.sessions().open(&kept.id, self.connection.clock.now())?;
        let invocation = rescue::invocation("undo", None, &approval, &self.settings);
        self.rescue(&approval, session).undo(None, invocation).await
    }

    fn rescue<B: Ledger>(&self, approval: &Approval, book: B) -> Rescue<'_, B> {
        let scope = &book.history().header.scope;
        Rescue {
            connection: &self.connection,
            settings: &self.settings,
            environment: EnvironmentRef::Id(scope.environment.clone()),
            options: Rescue::options(&self.connection, &self.settings, approval.dry_run),
            decider: Decider::new(approval, &self.settings),
            book,
            direction: self.direction.clone(),
            aim: Aim::Goal { rounds: ROUNDS },
        }
    }

    pub(super) fn sessions(&self) -> Sessions {
        Sessions::of(self.state_folder())
    }

    pub(super) fn state_folder(&self) -> &Path {
        self.state.path()
    }

    /// The latest session's journal, for whoever wants to see why a test failed.
    pub(super) fn journal(&self) -> String {
        let id = self.sessions().latest().unwrap();
        let records = self.sessions().read(&id).unwrap().records;
        records.iter().map(|record| format!("{record:?}")).collect::<Vec<_>>().join("\n")
    }

    /// How many records the latest session has.
    pub(super) fn records(&self) -> usize {
        let id = self.sessions().latest().unwrap();
        self.sessions().read(&id).unwrap().records.len()
    }

    /// Plans one fault for an operation's next calls.
    pub(super) fn fault(&self, operation: &str, times: u32, kind: &str) {
        let fault = json!([{"operation": operation, "times": times, "kind": kind}]);
        control(&self.sandbox.endpoint, "POST", "faults", &fault);
    }

    /// Lets a share of all calls meet a fault, by the dice of a seed.
    pub(super) fn storm(&self, kind: &str, rate: f64, seed: usize) {
        let storm = json!([{"operation": "*", "kind": kind, "rate": rate, "seed": seed}]);
        control(&self.sandbox.endpoint, "POST", "faults", &storm);
    }

    /// The calls that changed something, in order: operation and parameters. A dry run changes
    /// nothing; a call whose answer was lost may have.
    pub(super) fn changes(&self) -> Vec<(String, Value)> {
        let calls = control(&self.sandbox.endpoint, "GET", "calls", &Value::Null);
        let changed = |call: &&Value| {
            let operation = call["operation"].as_str().unwrap();
            let reads = ["Describe", "Get", "List", "Lookup", "Simulate", "Validate", "Head"];
            let dry = &call["parameters"]["DryRun"];
            let is_dry = dry == "true" || *dry == Value::Bool(true);
            let status = call["status"].as_u64();
            let took_effect = match status {
                Some(status) => status < 300,
                None => call["fault"] == "drop-after",
            };
            !reads.iter().any(|prefix| operation.starts_with(prefix)) && !is_dry && took_effect
        };
        let told = |call: &Value| {
            let name = format!(
                "{}:{}",
                call["service"].as_str().unwrap(),
                call["operation"].as_str().unwrap()
            );
            (name, call["parameters"].clone())
        };
        calls.as_array().unwrap().iter().filter(changed).map(told).collect()
    }

    /// How often each operation changed something.
    pub(super) fn counted(&self) -> BTreeMap<String, usize> {
        let mut counted = BTreeMap::new();
        for (name, _) in self.changes() {
            *counted.entry(name).or_default() += 1;
        }
        counted
    }
}

/// Settings without a person, a project folder or the surroundings of the tests.
fn settings(state: &Path) -> Settings {
    let state = state.display().to_string();
    // Waits look once a minute: half as often as the sandbox's agents report.
    let line = ["ebrescue", "--quiet", "--non-interactive", "--state-dir", &state];
    let line = [&line[..], &["--poll-interval", "30s", "man"]].concat();
    let arguments = Arguments::try_parse_from(line).unwrap();
    Settings::new(arguments.global, &Surroundings::default())
}
