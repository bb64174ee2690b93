//! The time: the only place that reads a clock or sleeps.
//!
//! Everything else asks a [`Clock`], so that tests decide what time it is and the embedded sandbox
//! lets an hour pass in moments.

use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};

/// Tells the time and lets it pass.
pub trait Clock: Send + Sync + 'static {
    /// The time now.
    fn now(&self) -> Timestamp;

    /// Waits until the duration has passed on this clock.
    fn sleep(&self, duration: Duration) -> impl Future<Output = ()> + Send;
}

/// The machine's own clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct WallClock;

impl Clock for WallClock {
    #[expect(clippy::disallowed_methods, reason = "this is the clock that others ask")]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    #[expect(clippy::disallowed_methods, reason = "this is the clock that others ask")]
    async fn sleep(&self, duration: Duration) {
        tokio::time::sleep(duration).await;
    }
}

/// A clock that runs faster than the machine's, in step with a sandbox.
#[derive(Clone, Copy, Debug)]
pub struct ScaledClock {
    speed: f64,
    origin: Timestamp,
    started: Instant,
}

impl ScaledClock {
    /// The slowest that a clock may run; slower would make waits practically endless.
    const SLOWEST: f64 = 0.001;

    /// A clock that shows `origin` now and then runs `speed` seconds in a real one.
    #[expect(clippy::disallowed_methods, reason = "this is the clock that others ask")]
    pub fn starting_at(origin: Timestamp, speed: f64) -> Self {
        let speed = if speed.is_finite() { speed.max(Self::SLOWEST) } else { 1.0 };
        Self { speed, origin, started: Instant::now() }
    }

    /// How many of its seconds pass in a real one.
    pub fn speed(&self) -> f64 {
        self.speed
    }
}

impl Clock for ScaledClock {
    fn now(&self) -> Timestamp {
        let passed = self.started.elapsed().as_secs_f64() * self.speed;
        let passed = SignedDuration::try_from_secs_f64(passed).unwrap_or(SignedDuration::MAX);
        self.origin.checked_add(passed).unwrap_or(Timestamp::MAX)
    }

    #[expect(clippy::disallowed_methods, reason = "this is the clock that others ask")]
    async fn sleep(&self, duration: Duration) {
        let real = duration.as_secs_f64() / self.speed;
        let real = Duration::try_from_secs_f64(real).unwrap_or(Duration::MAX);
        tokio::time::sleep(real).await;
    }
}

/// Any clock behind one type, for whoever learns only at run time which it is.
#[derive(Clone)]
pub struct SharedClock(Arc<dyn Ticking>);

impl SharedClock {
    /// Puts a clock behind the common type.
    pub fn new(clock: impl Clock) -> Self {
        Self(Arc::new(clock))
    }
}

impl std::fmt::Debug for SharedClock {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SharedClock({})", self.now())
    }
}

impl Clock for SharedClock {
    fn now(&self) -> Timestamp {
        self.0.time()
    }

    async fn sleep(&self, duration: Duration) {
        self.0.pass(duration).await;
    }
}

/// [`Clock`] in a form that can stand behind a pointer.
trait Ticking: Send + Sync {
    fn time(&self) -> Timestamp;
    fn pass(&self, duration: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + '_>>;
}

impl<C: Clock> Ticking for C {
    fn time(&self) -> Timestamp {
        self.now()
    }

    fn pass(&self, duration: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        Box::pin(self.sleep(duration))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_hour_of_a_scaled_clock_passes_in_moments() {
        let origin: Timestamp = "2026-11-03T09:00:00Z".parse().unwrap();
        let clock = SharedClock::new(ScaledClock::starting_at(origin, 360_000.0));
        clock.sleep(Duration::from_hours(1)).await;
        assert!(clock.now() >= origin + SignedDuration::from_hours(1));
    }

    #[test]
    fn an_absurd_speed_does_not_panic() {
        let clock = ScaledClock::starting_at(Timestamp::MAX, f64::INFINITY);
        assert_eq!(clock.now(), Timestamp::MAX);
        assert!(ScaledClock::starting_at(Timestamp::MIN, -3.0).speed() > 0.0);
    }
}
