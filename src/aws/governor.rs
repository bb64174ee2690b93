//! How fast this process may ask: one token bucket for each API, shared by all tasks.
//!
//! The limits are AWS's for a whole account and region, so each bucket takes about half and leaves
//! the rest to whoever else works on the account. A throttled answer halves the rate; every good
//! one gives back a little.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use crate::clock::Clock;

/// What one API allows us: calls at once, and calls a second after that.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Limit {
    burst: f64,
    rate: f64,
}

/// Our share of each API's limit, by the prefix IAM gives its operations.
// EC2 gives describe calls a bucket of 100 and 20 a second; CloudTrail's LookupEvents 2 a second;
// SES 1 a second for everything but sending; CloudFormation about 5 a second (DescribeStacks) and
// Elastic Beanstalk an unpublished, low rate. A diagnosis asks each of the last two about ten
// times at once, so the bursts are that large and the rates are half of what is known or assumed.
const LIMITS: &[(&str, Limit)] = &[
    ("autoscaling", Limit { burst: 10.0, rate: 5.0 }),
    ("cloudformation", Limit { burst: 12.0, rate: 3.0 }),
    ("cloudtrail", Limit { burst: 2.0, rate: 1.5 }),
    ("ec2", Limit { burst: 50.0, rate: 10.0 }),
    ("elasticbeanstalk", Limit { burst: 12.0, rate: 2.0 }),
    ("elasticloadbalancing", Limit { burst: 20.0, rate: 5.0 }),
    ("iam", Limit { burst: 15.0, rate: 5.0 }),
    ("ses", Limit { burst: 3.0, rate: 1.0 }),
];

/// The share of an API that is not in the list.
const ORDINARY: Limit = Limit { burst: 10.0, rate: 5.0 };

/// The slowest that throttling may make us, as a part of the ordinary rate.
const FLOOR: f64 = 0.1;

/// How long one halving counts for all that was asked at the same time: a dozen calls sent
/// together are throttled together, and that is one answer to one question.
const EPISODE: SignedDuration = SignedDuration::from_secs(1);

/// The part of the ordinary rate that every good answer gives back after throttling.
const RECOVERY: f64 = 0.05;

#[derive(Clone, Copy, Debug)]
struct Bucket {
    limit: Limit,
    rate: f64,
    tokens: f64,
    at: Timestamp,
    /// When the rate was last halved.
    halved: Option<Timestamp>,
}

impl Bucket {
    fn full(limit: Limit, at: Timestamp) -> Self {
        Self { limit, rate: limit.rate, tokens: limit.burst, at, halved: None }
    }

    /// Takes one token, on credit if need be, and says how long to wait for it.
    fn take(&mut self, now: Timestamp) -> Duration {
        let passed = now.duration_since(self.at).as_secs_f64().max(0.0);
        self.at = self.at.max(now);
        self.tokens = (self.tokens + passed * self.rate).min(self.limit.burst) - 1.0;
        if self.tokens >= 0.0 {
            return Duration::ZERO;
        }
        Duration::try_from_secs_f64(-self.tokens / self.rate).unwrap_or(Duration::ZERO)
    }

    fn throttled(&mut self, now: Timestamp) {
        if self.halved.is_some_and(|at| now.duration_since(at) < EPISODE) {
            return;
        }
        self.halved = Some(now);
        self.rate = (self.rate / 2.0).max(self.limit.rate * FLOOR);
        self.tokens = self.tokens.min(0.0);
    }

    fn eased(&mut self) {
        self.rate = (self.rate + self.limit.rate * RECOVERY).min(self.limit.rate);
    }
}

/// The share of the API that an operation belongs to, and the API's name.
fn share(operation: &str) -> (&'static str, Limit) {
    let service = operation.split(':').next().unwrap_or_default();
    let listed = LIMITS.iter().find(|(name, _)| *name == service);
    listed.map_or(("", ORDINARY), |(name, limit)| (*name, *limit))
}

/// The least time that so many calls of one operation's API take in one region at the rate this
/// process allows itself: what a scan is measured by.
pub fn governed(operation: &str, calls: u32) -> Duration {
    let (_, limit) = share(operation);
    let waiting = (f64::from(calls) - limit.burst).max(0.0);
    Duration::try_from_secs_f64(waiting / limit.rate).unwrap_or(Duration::MAX)
}

/// The buckets of one account and region.
#[derive(Debug, Default)]
pub(super) struct Governor {
    buckets: Mutex<BTreeMap<&'static str, Bucket>>,
}

impl Governor {
    /// Waits until the operation may be asked for.
    pub(super) async fn admit(&self, operation: &str, clock: &impl Clock) {
        let now = clock.now();
        let wait = self.with(operation, now, |bucket| bucket.take(now));
        if !wait.is_zero() {
            clock.sleep(wait).await;
        }
    }

    /// Learns that AWS asked to slow down.
    pub(super) fn throttled(&self, operation: &str, now: Timestamp) {
        self.with(operation, now, |bucket| bucket.throttled(now));
    }

    /// Learns that AWS answered.
    pub(super) fn eased(&self, operation: &str, now: Timestamp) {
        self.with(operation, now, Bucket::eased);
    }

    fn with<R>(&self, operation: &str, now: Timestamp, change: impl FnOnce(&mut Bucket) -> R) -> R {
        let (name, limit) = share(operation);
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        change(buckets.entry(name).or_insert_with(|| Bucket::full(limit, now)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bucket() -> (Bucket, Timestamp) {
        let now = Timestamp::UNIX_EPOCH;
        (Bucket::full(Limit { burst: 2.0, rate: 1.0 }, now), now)
    }

    #[test]
    fn a_burst_takes_no_time_and_the_rest_takes_its_rate() {
        assert_eq!(governed("ec2:DescribeSubnets", 50), Duration::ZERO);
        assert_eq!(governed("ec2:DescribeSubnets", 80), Duration::from_secs(3));
        assert_eq!(governed("backup:ListBackupJobs", 15), Duration::from_secs(1));
    }

    #[test]
    fn a_burst_passes_at_once_and_the_rest_waits_its_turn() {
        let (mut bucket, now) = bucket();
        let waits: Vec<_> = (0..4).map(|_| bucket.take(now).as_secs()).collect();
        assert_eq!(waits, [0, 0, 1, 2]);
        assert!(bucket.take(now + SignedDuration::from_secs(10)).is_zero());
    }

    #[test]
    fn throttling_halves_the_rate_and_good_answers_give_it_back() {
        let (mut bucket, now) = bucket();
        bucket.throttled(now);
        bucket.throttled(now);
        assert_eq!(
            bucket.take(now).as_secs(),
            2,
            "half a token a second, whoever else was refused"
        );
        for second in 1..20 {
            bucket.throttled(now + SignedDuration::from_secs(second));
        }
        assert!((bucket.rate - 0.1).abs() < f64::EPSILON, "never slower than the floor");
        for _ in 0..20 {
            bucket.eased();
        }
        assert!((bucket.rate - 1.0).abs() < f64::EPSILON);
    }

    #[test]
    fn a_clock_that_steps_back_gives_no_tokens() {
        let (mut bucket, now) = bucket();
        bucket.take(now);
        bucket.take(now);
        assert!(bucket.take(now - SignedDuration::from_hours(1)) > Duration::ZERO);
    }
}
