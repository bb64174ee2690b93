//! One call to AWS: waits for its turn, tries again where that is safe, and is recorded.

use std::time::Duration;

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use aws_types::request_id::RequestId as HasRequestId;

use super::{Aws, AwsError, ErrorKind};
use crate::clock::Clock;
use crate::world::{CallRecord, Observed, RequestId, Source};

/// Whether a call may be repeated when nobody knows if it arrived.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Nature {
    /// It only reads.
    Read,
    /// It changes something: it is repeated only if it certainly had no effect.
    Change,
}

/// What a call brought, with the call itself as evidence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer<T> {
    /// What AWS said.
    pub value: T,
    /// The call it was said to.
    pub source: Source,
}

/// What reading one thing brought.
pub type Reading<T> = Result<Answer<T>, Failed>;

/// A call that failed, with the call itself as evidence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failed {
    /// What went wrong.
    pub error: AwsError,
    /// The call that failed.
    pub source: Source,
}

impl<T> Answer<T> {
    /// The same answer, read further.
    pub(super) fn map<U>(self, read: impl FnOnce(T) -> U) -> Answer<U> {
        Answer { value: read(self.value), source: self.source }
    }
}

impl<T> From<Reading<T>> for Observed<T> {
    fn from(reading: Reading<T>) -> Self {
        match reading {
            Ok(Answer { value, source }) => Self::Known { value, source },
            Err(Failed { error, source }) if error.kind == ErrorKind::NotFound => {
                Self::Absent { source }
            }
            Err(Failed { error, source }) => Self::Unreadable { why: error.unreadable(), source },
        }
    }
}

/// An answer that was good but did not have what was asked for.
pub(super) fn missing(source: Source, message: &str) -> Failed {
    Failed { error: AwsError::local(&source.operation, ErrorKind::NotFound, message), source }
}

/// How often a throttled call is asked again.
// With a fifth of all answers throttled, as in the worst storms measured, eight tries leave one
// failure in 400,000 calls; the pauses add up to about a minute and a half.
const THROTTLED_TRIES: u32 = 8;

/// How often a read without an answer is asked again; more would only hide that AWS is down.
const UNANSWERED_TRIES: u32 = 3;

/// How often a read that somebody else than AWS answered is asked again.
const FOREIGN_TRIES: u32 = 2;

/// The first pause after throttling; each further one is twice as long.
const FIRST_PAUSE: Duration = Duration::from_millis(500);

/// The pause after a lost connection, which is usually over at once.
const SHORT_PAUSE: Duration = Duration::from_millis(150);

/// The longest single pause, the same as the AWS SDKs'.
const LONGEST_PAUSE: Duration = Duration::from_secs(20);

/// How long to wait before trying again, or `None` if that would be wrong or useless.
fn pause(error: &AwsError, nature: Nature, tries: u32) -> Option<Duration> {
    let (limit, first) = match (error.kind, nature) {
        (ErrorKind::Throttled, _) => (THROTTLED_TRIES, FIRST_PAUSE),
        (ErrorKind::NoAnswer, Nature::Read) if error.is_foreign() => (FOREIGN_TRIES, SHORT_PAUSE),
        (ErrorKind::Unreachable, _) | (ErrorKind::NoAnswer, Nature::Read) => {
            (UNANSWERED_TRIES, SHORT_PAUSE)
        }
        (
            ErrorKind::NoAnswer
            | ErrorKind::Denied
            | ErrorKind::NotFound
            | ErrorKind::Unavailable
            | ErrorKind::Refused
            | ErrorKind::Credentials
            | ErrorKind::NoRegion,
            _,
        ) => return None,
    };
    (tries < limit).then(|| first.saturating_mul(1 << (tries - 1).min(10)).min(LONGEST_PAUSE))
}

impl Aws {
    /// Makes a call that only reads.
    pub(super) async fn read<T, E, Fut>(
        &self,
        operation: &str,
        send: impl Fn() -> Fut,
    ) -> Reading<T>
    where
        T: HasRequestId,
        E: ProvideErrorMetadata + std::error::Error + 'static,
        Fut: Future<Output = Result<T, SdkError<E, HttpResponse>>>,
    {
        self.call(operation, Nature::Read, send).await
    }

    /// Makes a call that changes something.
    pub(super) async fn change<T, E, Fut>(
        &self,
        operation: &str,
        send: impl Fn() -> Fut,
    ) -> Reading<T>
    where
        T: HasRequestId,
        E: ProvideErrorMetadata + std::error::Error + 'static,
        Fut: Future<Output = Result<T, SdkError<E, HttpResponse>>>,
    {
        self.call(operation, Nature::Change, send).await
    }

    /// Reads all pages of a list, at most `most` of them.
    pub(super) async fn pages<T, E, I, Fut>(
        &self,
        operation: &str,
        most: usize,
        send: impl Fn(Option<String>) -> Fut,
        split: impl Fn(T) -> (Option<Vec<I>>, Option<String>),
    ) -> Reading<Vec<I>>
    where
        T: HasRequestId,
        E: ProvideErrorMetadata + std::error::Error + 'static,
        Fut: Future<Output = Result<T, SdkError<E, HttpResponse>>>,
    {
        self.pages_until(operation, most, |_| false, send, split).await
    }

    /// Reads pages of a list until what was read is enough, at most `most` of them.
    pub(super) async fn pages_until<T, E, I, Fut>(
        &self,
        operation: &str,
        most: usize,
        enough: impl Fn(&[I]) -> bool,
        send: impl Fn(Option<String>) -> Fut,
        split: impl Fn(T) -> (Option<Vec<I>>, Option<String>),
    ) -> Reading<Vec<I>>
    where
        T: HasRequestId,
        E: ProvideErrorMetadata + std::error::Error + 'static,
        Fut: Future<Output = Result<T, SdkError<E, HttpResponse>>>,
    {
        let mut items = Vec::new();
        let mut token: Option<String> = None;
        let mut page = 0;
        loop {
            let answer = self.read(operation, || send(token.clone())).await?;
            let (more, next) = split(answer.value);
            items.extend(more.unwrap_or_default());
            page += 1;
            // An emulator that repeats its token for ever must not keep us for ever.
            let ended = next.as_ref().is_none_or(String::is_empty) || next == token;
            if ended || page >= most || enough(&items) {
                return Ok(Answer { value: items, source: answer.source });
            }
            token = next;
        }
    }

    async fn call<T, E, Fut>(
        &self,
        operation: &str,
        nature: Nature,
        send: impl Fn() -> Fut,
    ) -> Reading<T>
    where
        T: HasRequestId,
        E: ProvideErrorMetadata + std::error::Error + 'static,
        Fut: Future<Output = Result<T, SdkError<E, HttpResponse>>>,
    {
        let mut tries = 0;
        loop {
            self.shared.governor.admit(operation, &self.shared.clock).await;
            let result = send().await;
            tries += 1;
            let error = match result {
                Ok(value) => return Ok(self.answered(operation, value)),
                Err(error) => AwsError::from_sdk(operation, &error),
            };
            let source = self.failed(&error);
            if error.kind == ErrorKind::Throttled {
                self.shared.governor.throttled(operation, source.at);
            }
            let Some(pause) = pause(&error, nature, tries) else {
                return Err(Failed { error, source });
            };
            tracing::debug!(operation, code = error.code_or_kind(), ?pause, "trying again");
            self.shared.clock.sleep(pause).await;
        }
    }

    fn answered<T: HasRequestId>(&self, operation: &str, value: T) -> Answer<T> {
        let request = value.request_id().map(RequestId::from);
        let source = self.record(operation, request, "ok");
        self.shared.governor.eased(operation, source.at);
        Answer { value, source }
    }

    fn failed(&self, error: &AwsError) -> Source {
        self.record(&error.operation, error.request.clone(), error.code_or_kind())
    }

    fn record(&self, operation: &str, request: Option<RequestId>, outcome: &str) -> Source {
        let at = self.shared.clock.now();
        tracing::debug!(operation, outcome, "called");
        self.log.push(CallRecord {
            operation: operation.to_owned(),
            at,
            request: request.as_ref().map(ToString::to_string),
            outcome: outcome.to_owned(),
        });
        Source { operation: operation.to_owned(), at, request }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(kind: ErrorKind) -> AwsError {
        AwsError::local("x:Y", kind, "")
    }

    #[test]
    fn a_change_without_an_answer_is_never_repeated() {
        assert_eq!(pause(&error(ErrorKind::NoAnswer), Nature::Change, 1), None);
        assert!(pause(&error(ErrorKind::NoAnswer), Nature::Read, 1).is_some());
        assert!(pause(&error(ErrorKind::Throttled), Nature::Change, 1).is_some());
        assert!(pause(&error(ErrorKind::Unreachable), Nature::Change, 1).is_some());
    }

    #[test]
    fn tries_and_pauses_are_bounded() {
        let throttled = error(ErrorKind::Throttled);
        let total: Duration = (1..).map_while(|tries| pause(&throttled, Nature::Read, tries)).sum();
        assert!(total > Duration::from_secs(30) && total < Duration::from_mins(2), "{total:?}");
        assert_eq!(pause(&error(ErrorKind::Refused), Nature::Read, 1), None);
    }
}
