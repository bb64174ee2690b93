//! Not knowing is a value: what was read, what is not there, what could not be read.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::RequestId;

/// The result of looking at one thing.
///
/// A read that failed is kept as `Unreadable`, so that a check which needs it answers
/// *cannot tell* and never *all clear*.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Observed<T> {
    /// AWS answered, and this is what it said.
    Known {
        /// What was read.
        value: T,
        /// The call it was read by.
        source: Source,
    },
    /// AWS answered that there is no such thing.
    Absent {
        /// The call that said so.
        source: Source,
    },
    /// AWS did not answer, or refused to.
    Unreadable {
        /// Why.
        why: Unreadable,
        /// The call that failed.
        source: Source,
    },
    /// Nobody asked: nothing that was wanted depends on it.
    #[default]
    NotCollected,
}

/// Which call an observation came from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// Service and operation as IAM writes them, `cloudformation:DescribeStacks`.
    pub operation: String,
    /// When the answer came.
    pub at: Timestamp,
    /// AWS's identifier of the request, if the answer had one.
    pub request: Option<RequestId>,
}

/// Why something could not be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unreadable {
    /// Which sort of refusal it was.
    pub kind: UnreadableKind,
    /// AWS's error code, or the sort of failure where there was none.
    pub code: String,
    /// AWS's own sentence, verbatim.
    pub message: String,
}

/// The sorts of refusal that are told apart, because each has another remedy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum UnreadableKind {
    /// The caller lacks the permission.
    Denied,
    /// AWS asked to slow down until the time for it was over.
    Throttled,
    /// The account is not subscribed to the service, or the endpoint does not offer it.
    Unavailable,
    /// A time-out, a server error or an answer that made no sense.
    Failed,
    /// No credentials were found, or AWS does not accept them: every other call fails too.
    Credentials,
    /// No connection could be made at all.
    Unreachable,
}

/// A check's way of saying *cannot tell*: what it needed and why it is not there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gap {
    /// The call that would have told, `ec2:DescribeNetworkAcls`.
    pub needs: String,
    /// Why there is no answer: AWS's code, or `not collected`.
    pub reason: String,
    /// AWS's sentence, where there is one.
    pub message: String,
}

impl<T> Observed<T> {
    /// What was read, or the gap that keeps a check from knowing.
    ///
    /// # Errors
    /// A [`Gap`] if it is unreadable, absent or was not collected.
    pub fn known(&self) -> Result<&T, Gap> {
        self.present()?.ok_or_else(|| Gap {
            needs: self.source().map_or_else(String::new, |source| source.operation.clone()),
            reason: "absent".to_owned(),
            message: String::new(),
        })
    }

    /// What was read, or `None` if AWS said there is no such thing.
    ///
    /// # Errors
    /// A [`Gap`] if it is unreadable or was not collected.
    pub fn present(&self) -> Result<Option<&T>, Gap> {
        match self {
            Self::Known { value, .. } => Ok(Some(value)),
            Self::Absent { .. } => Ok(None),
            Self::Unreadable { why, source } => Err(Gap {
                needs: source.operation.clone(),
                reason: why.code.clone(),
                message: why.message.clone(),
            }),
            Self::NotCollected => Err(Gap {
                needs: String::new(),
                reason: "not collected".to_owned(),
                message: String::new(),
            }),
        }
    }

    /// What was read, if it was; for text that is shown, never for a verdict.
    pub fn value(&self) -> Option<&T> {
        match self {
            Self::Known { value, .. } => Some(value),
            Self::Absent { .. } | Self::Unreadable { .. } | Self::NotCollected => None,
        }
    }

    /// What was read, to be changed in place (tests and worlds in the making).
    pub fn value_mut(&mut self) -> Option<&mut T> {
        match self {
            Self::Known { value, .. } => Some(value),
            Self::Absent { .. } | Self::Unreadable { .. } | Self::NotCollected => None,
        }
    }

    /// Whether AWS said there is no such thing.
    pub fn is_absent(&self) -> bool {
        matches!(self, Self::Absent { .. })
    }

    /// The call that was made, if one was.
    pub fn source(&self) -> Option<&Source> {
        match self {
            Self::Known { source, .. }
            | Self::Absent { source }
            | Self::Unreadable { source, .. } => Some(source),
            Self::NotCollected => None,
        }
    }

    /// The operation that was asked, for evidence; empty if nobody asked.
    pub fn operation(&self) -> &str {
        self.source().map_or("", |source| source.operation.as_str())
    }
}

impl<T> Observed<Vec<T>> {
    /// The items that were read; none if nothing could be.
    pub fn items(&self) -> &[T] {
        self.value().map_or(&[], Vec::as_slice)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_denied_read_is_not_an_all_clear() {
        let source = Source {
            operation: "ec2:DescribeNetworkAcls".into(),
            at: Timestamp::UNIX_EPOCH,
            request: None,
        };
        let why = Unreadable {
            kind: UnreadableKind::Denied,
            code: "UnauthorizedOperation".into(),
            message: "You are not authorized to perform this operation.".into(),
        };
        let acls: Observed<Vec<u8>> = Observed::Unreadable { why, source };
        let gap = acls.known().unwrap_err();
        assert_eq!(gap.needs, "ec2:DescribeNetworkAcls");
        assert_eq!(gap.reason, "UnauthorizedOperation");
        assert!(acls.items().is_empty());
    }
}
