//! The embedded sandbox: an AWS to practise on, in this process, for as long as the command runs.

use std::sync::Arc;
use std::time::Duration;

use super::documents::{ScenarioLine, Scenarios};
use super::exit::Exit;
use super::failure::{Failure, suggestions};
use super::printer::Printer;
use super::settings::Settings;
use crate::clock::{Clock, ScaledClock, SharedClock, WallClock};
use crate::report::page::{CYAN, Page, styled};
use crate::sandbox::{Account, Options, Sandbox, scenarios};

/// The account and region that an empty sandbox has.
const ACCOUNT: &str = "210987654321";
const REGION: &str = "us-west-2";

/// How a scenario, or an empty account, is served.
pub fn options(scenario: Option<&str>) -> Result<Options, Failure> {
    let Some(name) = scenario else {
        return Ok(Options::new(Account::new(ACCOUNT, REGION, WallClock.now())));
    };
    let scenario = scenarios::find(name).ok_or_else(|| unknown(name))?;
    let mut options = Options::new(scenario.build(WallClock.now()));
    options.environment = Some(scenario.about.environment.to_owned());
    Ok(options)
}

fn unknown(name: &str) -> Failure {
    let names: Vec<String> = scenarios::all().iter().map(scenarios::Scenario::name).collect();
    let near = suggestions(name, names.iter().map(String::as_str));
    let failure = Failure::new(Exit::NotFound, format!("no scenario `{name}`"));
    match near.first() {
        Some(near) => failure.hinted(format!("did you mean `{near}`?")),
        None => failure.hinted("`ebrescue sandbox list` names them"),
    }
}

/// Starts to serve.
pub fn start(options: Options) -> Result<Sandbox, Failure> {
    Sandbox::start(options).map_err(|error| {
        Failure::new(Exit::NotFound, "the sandbox cannot listen there").because(&error)
    })
}

/// Starts to serve for this process alone, with the clock that belongs to it.
///
/// Without a speed, whoever waits lets the sandbox's time jump; with one, it runs by itself.
pub fn embedded(
    scenario: &str,
    speed: Option<f64>,
) -> Result<(Arc<Sandbox>, SharedClock), Failure> {
    let mut options = options(Some(scenario))?;
    options.speed = speed.unwrap_or(1.0);
    let now = options.account.now();
    let sandbox = Arc::new(start(options)?);
    let clock = match speed {
        Some(speed) => SharedClock::new(ScaledClock::starting_at(now, speed)),
        None => SharedClock::new(JumpingClock(Arc::clone(&sandbox))),
    };
    Ok((sandbox, clock))
}

/// The sandbox's own time, which jumps when somebody waits for it.
///
/// Nothing depends on how fast the machine is: what takes a quarter of an hour is over after as
/// many looks as it would have had on AWS.
struct JumpingClock(Arc<Sandbox>);

impl JumpingClock {
    /// How much faster than it is told a wait passes for the person who watches: fast enough for
    /// whole repairs in a few seconds, slow enough that something can be seen of them.
    const PACE: u32 = 600;
}

impl Clock for JumpingClock {
    fn now(&self) -> jiff::Timestamp {
        self.0.with(|account| account.now())
    }

    async fn sleep(&self, duration: Duration) {
        WallClock.sleep(duration / Self::PACE).await;
        self.0.advance(duration);
    }
}

/// Lists the scenarios with their stories' first sentences.
pub fn list(settings: &Settings, printer: Printer) -> Result<Exit, Failure> {
    let all = scenarios::all();
    if settings.json() {
        let document = |one: &scenarios::Scenario| ScenarioLine {
            name: one.name(),
            group: one.about.group,
            summary: one.summary(),
            story: one.story(),
            environment: one.about.environment,
            region: one.about.region,
        };
        let scenarios = all.iter().map(document).collect();
        printer.json(&Scenarios { schema: "ebrescue.scenarios/1", scenarios })?;
        return Ok(Exit::Done);
    }
    let names = all.iter().map(|one| one.name().chars().count());
    let column = names.max().unwrap_or_default();
    let mut page = Page::new(settings.screen.width);
    for one in all {
        let name = format!("{:column$}  ", one.name());
        page.block(&styled(CYAN, &name), &one.summary());
    }
    printer.data(&page.text())?;
    Ok(Exit::Done)
}
