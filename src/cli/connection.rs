//! The way to AWS, or to the embedded sandbox, for one command.

use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::Notify;

use super::exit::Exit;
use super::failure::{Failure, suggestions};
use super::practice;
use super::settings::Settings;
use crate::aws::{Aws, EnvironmentRef, SessionSettings};
use crate::clock::{Clock, SharedClock, WallClock};
use crate::execute::Interrupt;
use crate::operator::{Asked, choose};
use crate::sandbox::Sandbox;

/// A way to AWS, a clock that goes with it, and a person's wish to leave.
#[derive(Debug)]
pub struct Connection {
    /// AWS.
    pub aws: Aws,
    /// The time there.
    pub clock: SharedClock,
    /// Raised by Ctrl-C and by signals that end a program.
    pub interrupt: Interrupt,
    /// When the command has to be over, by the clock.
    pub deadline: Option<Timestamp>,
    /// The embedded sandbox.
    sandbox: Option<Arc<Sandbox>>,
    timeout: Option<Duration>,
}

/// Connects and does the work; a second Ctrl-C ends it at once, wherever it is.
pub fn run<T>(
    settings: &Settings,
    work: impl AsyncFnOnce(Connection) -> Result<T, Failure>,
) -> Result<T, Failure> {
    let runtime = runtime()?;
    let result = runtime.block_on(async {
        let interrupt = Interrupt::new();
        let impatience = Arc::new(Notify::new());
        tokio::spawn(listen(interrupt.clone(), Arc::clone(&impatience)));
        tokio::select! {
            result = async { work(connect(settings, interrupt).await?).await } => result,
            () = impatience.notified() => Err(interrupted()),
        }
    });
    // A prompt that nobody answers any more may still sit in a read.
    runtime.shutdown_background();
    result
}

/// Connects and works on the environment a command is about: named, else the scenario's or the
/// project folder's, else asked for. With nobody to ask that is wrong use, and is said before
/// anything about AWS can go wrong.
pub fn about<T>(
    settings: &Settings,
    given: Option<&str>,
    work: impl AsyncFnOnce(Connection, EnvironmentRef) -> Result<T, Failure>,
) -> Result<T, Failure> {
    let is_told = given.is_some() || settings.sandbox.is_some() || settings.environment.is_some();
    if !is_told && !settings.interactive {
        return Err(which_environment());
    }
    run(settings, async |connection| {
        let environment = connection.environment(given, settings).await?;
        work(connection, environment).await
    })
}

fn which_environment() -> Failure {
    Failure::usage("which environment?")
        .hinted("name it, or run this in a folder that `eb init` and `eb use` know")
}

fn runtime() -> Result<Runtime, Failure> {
    // One thread waits and the other talks: prompts and rendering never hold up a call.
    Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(|error| Failure::new(Exit::Bug, "no threads to work with").because(&error))
}

/// Raises the interrupt at the first signal, and says so at each further one.
async fn listen(interrupt: Interrupt, impatience: Arc<Notify>) {
    let Ok(mut signals) = Signals::new() else { return };
    while signals.next().await {
        if interrupt.is_raised() {
            impatience.notify_one();
        }
        interrupt.raise();
    }
}

/// Ctrl-C, and what ends programs on Unix. Listened to from the beginning to the end, so that
/// none is lost between two.
#[cfg(unix)]
struct Signals([tokio::signal::unix::Signal; 3]);

#[cfg(unix)]
impl Signals {
    fn new() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        let kinds = [SignalKind::interrupt(), SignalKind::terminate(), SignalKind::hangup()];
        let [one, two, three] = kinds.map(signal);
        Ok(Self([one?, two?, three?]))
    }

    /// Waits for one; false if there can be no more.
    async fn next(&mut self) -> bool {
        let Self([interrupt, end, gone]) = self;
        tokio::select! {
            got = interrupt.recv() => got.is_some(),
            got = end.recv() => got.is_some(),
            got = gone.recv() => got.is_some(),
        }
    }
}

/// Ctrl-C.
#[cfg(not(unix))]
struct Signals;

#[cfg(not(unix))]
impl Signals {
    fn new() -> std::io::Result<Self> {
        Ok(Self)
    }

    async fn next(&mut self) -> bool {
        tokio::signal::ctrl_c().await.is_ok()
    }
}

/// What is said when a person leaves before anything was begun.
pub fn interrupted() -> Failure {
    Failure::new(Exit::Interrupted, "interrupted")
}

async fn connect(settings: &Settings, interrupt: Interrupt) -> Result<Connection, Failure> {
    let mut session = SessionSettings {
        region: settings.aws.region.clone(),
        profile: settings.aws.profile.clone(),
        endpoint_url: settings.aws.endpoint_url.clone(),
        sandbox_credentials: false,
    };
    let (sandbox, clock) = match &settings.sandbox {
        Some((scenario, speed)) => {
            let (sandbox, clock) = practice::embedded(scenario, *speed)?;
            session = SessionSettings {
                region: Some(session.region.unwrap_or_else(|| sandbox.region.clone())),
                profile: None,
                endpoint_url: Some(sandbox.endpoint.clone()),
                sandbox_credentials: true,
            };
            (Some(sandbox), clock)
        }
        None => {
            settings.aws.usable()?;
            (None, SharedClock::new(WallClock))
        }
    };
    let aws = Aws::connect(&session, clock.clone()).await?;
    let deadline = settings.timeout.map(|timeout| {
        // The person's own time: an embedded sandbox's may run faster.
        let speed = settings.sandbox.as_ref().and_then(|(_, speed)| *speed).unwrap_or(1.0);
        let allowed = SignedDuration::try_from_secs_f64(timeout.as_secs_f64() * speed);
        let end = clock.now().checked_add(allowed.unwrap_or(SignedDuration::MAX));
        end.unwrap_or(Timestamp::MAX)
    });
    Ok(Connection { aws, clock, interrupt, deadline, sandbox, timeout: settings.timeout })
}

impl Connection {
    /// A way to AWS that is there already, with no limit of time and nobody at the keyboard.
    pub fn by(aws: Aws, clock: SharedClock) -> Self {
        let interrupt = Interrupt::new();
        Self { aws, clock, interrupt, deadline: None, sandbox: None, timeout: None }
    }

    /// Waits for reads, as long as nobody wants to leave and the command's time is not over.
    pub async fn bounded<T>(&self, reads: impl Future<Output = T>) -> Result<T, Failure> {
        let over = async {
            match self.timeout {
                Some(timeout) => WallClock.sleep(timeout).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            result = reads => Ok(result),
            () = self.interrupt.raised() => Err(interrupted()),
            () = over => Err(Failure::new(Exit::AwsUnusable, "AWS did not answer in time")
                .hinted("give it longer by --timeout")),
        }
    }

    /// Whether this is the embedded sandbox.
    pub fn is_practice(&self) -> bool {
        self.sandbox.is_some()
    }

    async fn environment(
        &self,
        given: Option<&str>,
        settings: &Settings,
    ) -> Result<EnvironmentRef, Failure> {
        let practised = self.sandbox.as_ref().and_then(|sandbox| sandbox.environment.as_deref());
        let told = given.or(practised).or(settings.environment.as_deref());
        match told {
            Some(told) => Ok(EnvironmentRef::of(told)),
            None if settings.interactive => self.ask_for_environment(settings).await,
            None => Err(which_environment()),
        }
    }

    async fn ask_for_environment(&self, settings: &Settings) -> Result<EnvironmentRef, Failure> {
        let answer = self.bounded(self.aws.environments()).await?;
        let mut found = answer.map_err(|failed| Failure::from(failed.error))?.value;
        if let Some(application) = &settings.application {
            found.retain(|one| one.application == *application);
        }
        found.sort_by(|one, other| one.name.cmp(&other.name));
        if found.is_empty() {
            return Err(Failure::new(
                Exit::NotFound,
                format!("no environment in {}", self.aws.region()),
            )
            .hinted("name a region by --region"));
        }
        let label = |one: &crate::world::Environment| {
            let health = one.health_status.as_ref().or(one.health.as_ref());
            let health = health.map(String::as_str).unwrap_or_default();
            crate::report::plain(&format!("{}  {} {health}", one.name, one.status.as_str()))
        };
        let items = found.iter().map(label).collect();
        match choose("Which environment?", items, settings.screen.live).await? {
            Asked::Answered(index) => found
                .get(index)
                .map(|one| EnvironmentRef::Id(one.id.clone()))
                .ok_or_else(|| Failure::usage("which environment?")),
            Asked::Left => Err(interrupted()),
        }
    }
}

/// Adds the names of environments that may have been meant.
pub fn meant(failure: Failure, wanted: &str, others: &[String]) -> Failure {
    let near = suggestions(wanted, others.iter().map(String::as_str));
    match near.as_slice() {
        [] if others.is_empty() => {
            failure.hinted("there is none at all: is this the right region, profile and account?")
        }
        [] => failure.hinted(format!("there are: {}", others.join(", "))),
        [near, ..] => failure.hinted(format!("did you mean `{near}`?")),
    }
}
