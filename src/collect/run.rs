//! The rounds of a collection.

use std::collections::BTreeSet;

use super::view::View;
use super::{Wanted, next};
use crate::aws::{Aws, BeanstalkQuestion, EnvironmentRef, Question};
use crate::clock::Clock;
use crate::world::{Observed, Snapshot, Unreadable, UnreadableKind};

/// Why nothing could be collected at all.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CollectError {
    /// AWS knows no such environment.
    #[error("no environment named `{wanted}` in {region}")]
    NoSuchEnvironment {
        /// What was asked for.
        wanted: String,
        /// Where.
        region: String,
        /// Names of environments that are there, for a suggestion.
        others: Vec<String>,
    },
    /// No credentials were found, or AWS does not accept them.
    #[error("no usable AWS credentials: {} ({})", .0.message, .0.code)]
    Credentials(Unreadable),
    /// No connection could be made.
    #[error("AWS cannot be reached: {}", .0.message)]
    Unreachable(Unreadable),
    /// AWS asked to slow down for longer than anybody waits.
    #[error("throttled: {} ({})", .0.message, .0.code)]
    Throttled(Unreadable),
    /// Nothing of the environment may be seen.
    #[error("AWS refused `elasticbeanstalk:DescribeEnvironments`: {} ({})", .0.message, .0.code)]
    Denied(Unreadable),
    /// Elastic Beanstalk is not offered here, or its answers make no sense.
    #[error("no usable answer from Elastic Beanstalk: {} ({})", .0.message, .0.code)]
    NoAnswer(Unreadable),
}

impl CollectError {
    /// What AWS said, where it was asked and refused.
    pub fn why(&self) -> Option<&Unreadable> {
        match self {
            Self::NoSuchEnvironment { .. } => None,
            Self::Credentials(why)
            | Self::Unreachable(why)
            | Self::Throttled(why)
            | Self::Denied(why)
            | Self::NoAnswer(why) => Some(why),
        }
    }
}

/// More rounds than any chain of questions is long; a bound against a mistake in `next`.
const ROUNDS: usize = 12;

/// Reads everything about one environment that its state makes worth reading.
///
/// # Errors
/// If AWS cannot be used at all or knows no such environment.
pub async fn collect(
    aws: &Aws,
    environment: &EnvironmentRef,
    wanted: &Wanted,
) -> Result<Snapshot, CollectError> {
    let mut snapshot = Snapshot::empty(aws.region().clone(), aws.clock().now());
    let mut asked = BTreeSet::new();
    for round in 0..ROUNDS {
        let questions = fresh(&snapshot, environment, wanted, &asked);
        if questions.is_empty() {
            break;
        }
        tracing::debug!(round, questions = questions.len(), "asking");
        asked.extend(questions.iter().cloned());
        aws.ask(questions, &mut snapshot).await;
        usable(&snapshot, &asked)?;
        exists(&snapshot, environment, wanted)?;
    }
    Ok(snapshot)
}

/// The questions that can be asked now and have not been.
fn fresh(
    snapshot: &Snapshot,
    environment: &EnvironmentRef,
    wanted: &Wanted,
    asked: &BTreeSet<Question>,
) -> Vec<Question> {
    let view = View::of(snapshot, environment, wanted);
    next::questions(&view).into_iter().filter(|question| !asked.contains(question)).collect()
}

/// Refuses a snapshot in which the environment can certainly not be seen.
fn usable(snapshot: &Snapshot, asked: &BTreeSet<Question>) -> Result<(), CollectError> {
    let Observed::Unreadable { why, .. } = &snapshot.environment else { return Ok(()) };
    let why = why.clone();
    // Who may not list environments may still see this one in other ways, which come next.
    let tried_all = asked
        .iter()
        .any(|question| matches!(question, Question::Beanstalk(BeanstalkQuestion::Pieces(_))));
    match why.kind {
        UnreadableKind::Denied | UnreadableKind::Unavailable | UnreadableKind::Failed
            if !tried_all =>
        {
            Ok(())
        }
        UnreadableKind::Denied
        | UnreadableKind::Unavailable
        | UnreadableKind::Failed
        | UnreadableKind::Credentials
        | UnreadableKind::Unreachable
        | UnreadableKind::Throttled => Err(refusal(why)),
    }
}

/// Why environments cannot be seen, by what AWS said when they were asked for.
pub(super) fn refusal(why: Unreadable) -> CollectError {
    match why.kind {
        UnreadableKind::Credentials => CollectError::Credentials(why),
        UnreadableKind::Unreachable => CollectError::Unreachable(why),
        UnreadableKind::Throttled => CollectError::Throttled(why),
        UnreadableKind::Denied => CollectError::Denied(why),
        UnreadableKind::Unavailable | UnreadableKind::Failed => CollectError::NoAnswer(why),
    }
}

fn exists(
    snapshot: &Snapshot,
    environment: &EnvironmentRef,
    wanted: &Wanted,
) -> Result<(), CollectError> {
    let missing = match &snapshot.environment {
        Observed::Absent { .. } => true,
        Observed::Known { value, .. } => {
            wanted.application.as_ref().is_some_and(|application| *application != value.application)
        }
        Observed::Unreadable { .. } | Observed::NotCollected => false,
    };
    if !missing {
        return Ok(());
    }
    let others = snapshot.neighbours.items().iter().map(|other| other.name.clone()).collect();
    Err(CollectError::NoSuchEnvironment {
        wanted: environment.to_string(),
        region: snapshot.region.to_string(),
        others,
    })
}
