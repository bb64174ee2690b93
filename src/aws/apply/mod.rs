//! Changes: one call for one action, made once, with a file for each group of actions.

mod balancing;
mod database;
mod endpoint;
mod environment;
mod gateway;
mod identity;
mod mail;
mod network;
mod scaling;
mod stack;
mod vpc;

use aws_sdk_ec2::types::{ResourceType, Tag, TagSpecification};

use super::{Answer, Aws, ErrorKind, Failed};
use crate::execute::CallError;
use crate::execute::{Accepted, Refused};
use crate::plan::{Action, Ref};

/// The tag by which something that was made is known again after a crash.
pub(super) const TOKEN_TAG: &str = "ebrescue:token";

/// How a change ended.
pub(super) type Done = Result<Accepted, CallError>;

/// One attempt at one action.
#[derive(Clone, Copy)]
pub(super) struct Attempt<'a> {
    pub(super) aws: &'a Aws,
    /// What goes where the API takes a token, and into the tag of what is made.
    pub(super) token: &'a str,
    /// Whether EC2 is only to say if it would.
    pub(super) dry_run: bool,
}

impl Attempt<'_> {
    pub(super) async fn make(&self, action: &Action) -> Done {
        // Each on the heap: in a debug build the SDK alone takes most of a thread's stack.
        match action {
            Action::Network(action) => Box::pin(self.network(action)).await,
            Action::Gateway(action) => Box::pin(self.gateway(action)).await,
            Action::Endpoint(action) => Box::pin(self.endpoint(action)).await,
            Action::Vpc(action) => Box::pin(self.vpc(action)).await,
            Action::Stack(action) => Box::pin(self.stack(action)).await,
            Action::Environment(action) => Box::pin(self.environment(action)).await,
            Action::Scaling(action) => Box::pin(self.scaling(action)).await,
            Action::Balancing(action) => Box::pin(self.balancing(action)).await,
            Action::Database(action) => Box::pin(self.database(action)).await,
            Action::Identity(action) => Box::pin(self.identity(action)).await,
            Action::Mail(action) => Box::pin(self.mail(action)).await,
            Action::Wait(_) => Ok(Accepted { request: None, made: None }),
        }
    }

    /// EC2's tags for something new: its name, and the token it is known by.
    fn tags(&self, kind: ResourceType, name: Option<&String>) -> TagSpecification {
        let tag = |key: &str, value: &str| Tag::builder().key(key).value(value).build();
        let name = name.map(|name| tag("Name", name));
        let tags = std::iter::once(tag(TOKEN_TAG, self.token)).chain(name).collect();
        TagSpecification::builder().resource_type(kind).set_tags(Some(tags)).build()
    }
}

/// A change that made nothing with an identifier.
fn done<T>(answer: Answer<T>) -> Accepted {
    Accepted { request: answer.source.request, made: None }
}

/// A change that made something.
fn made<T>(answer: Answer<T>, id: impl FnOnce(T) -> Option<String>) -> Accepted {
    let Answer { value, source } = answer;
    Accepted { request: source.request, made: id(value).filter(|id| !id.is_empty()) }
}

/// What a reference means by now; the executor resolves actions before they get here.
fn known<T: Clone>(reference: &Ref<T>) -> Result<T, CallError> {
    reference.known().cloned().ok_or_else(|| refused("NotThere", "it names what is not made yet"))
}

/// A refusal of our own, before any call.
fn refused(code: &str, message: &str) -> CallError {
    let (code, message) = (code.to_owned(), message.to_owned());
    CallError::Refused(Refused { code, message, request: None, permission: None })
}

/// Codes that say that something else has to end first.
// Sources: the wire code of Elastic Beanstalk's OperationInProgressException, CloudFormation's
// OperationInProgressException, Auto Scaling's faults in their API models.
const BUSY: &[&str] = &[
    "OperationInProgress",
    "OperationInProgressException",
    "OperationInProgressFailure",
    "ResourceContention",
    "ResourceInUse.ScalingActivityInProgress",
    "ScalingActivityInProgress",
];

impl From<Failed> for CallError {
    fn from(failed: Failed) -> Self {
        let error = failed.error;
        let code = error.code_or_kind().to_owned();
        let (message, request) = (error.message.clone(), error.request.clone());
        match error.kind {
            ErrorKind::Denied => {
                let permission = denied(&error.message).unwrap_or(error.operation);
                Self::Denied { permission, code, message, request }
            }
            ErrorKind::Throttled => Self::Throttled { message },
            ErrorKind::NoAnswer => Self::InDoubt { message, request },
            ErrorKind::Credentials | ErrorKind::Unreachable | ErrorKind::NoRegion => {
                Self::Unusable { message }
            }
            ErrorKind::NotFound | ErrorKind::Refused | ErrorKind::Unavailable => {
                let busy = BUSY.contains(&code.as_str());
                let refused = Refused { code, message, request, permission: None };
                if busy { Self::Busy(refused) } else { Self::Refused(refused) }
            }
        }
    }
}

/// The permission that a sentence of IAM names: "is not authorized to perform: iam:PassRole on".
fn denied(message: &str) -> Option<String> {
    let (_, after) = message.split_once("not authorized to perform: ")?;
    let permission = after.split_whitespace().next()?.trim_end_matches(['.', ',']);
    permission.contains(':').then(|| permission.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aws::AwsError;
    use crate::world::Source;

    fn failed(kind: ErrorKind, code: &str, message: &str) -> CallError {
        let error = AwsError {
            operation: "elasticbeanstalk:UpdateEnvironment".into(),
            kind,
            code: Some(code.into()),
            message: message.into(),
            request: None,
            status: Some(400),
        };
        let at = jiff::Timestamp::UNIX_EPOCH;
        Failed { error, source: Source { operation: "x:Y".into(), at, request: None } }.into()
    }

    #[test]
    fn a_denial_names_the_permission_that_is_really_missing() {
        let text = "User: arn:aws:iam::1:user/x is not authorized to perform: iam:PassRole on \
            resource: arn:aws:iam::1:role/y";
        let error = failed(ErrorKind::Denied, "AccessDenied", text);
        let CallError::Denied { permission, .. } = error else { panic!("{error}") };
        assert_eq!(permission, "iam:PassRole");
        let error = failed(ErrorKind::Denied, "UnauthorizedOperation", "You are not authorized.");
        let CallError::Denied { permission, .. } = error else { panic!("{error}") };
        assert_eq!(permission, "elasticbeanstalk:UpdateEnvironment");
    }

    #[test]
    fn busy_is_not_refused_and_no_answer_is_in_doubt() {
        let busy = failed(ErrorKind::Refused, "OperationInProgressFailure", "");
        assert!(matches!(busy, CallError::Busy(_)), "{busy}");
        let doubt = failed(ErrorKind::NoAnswer, "InternalFailure", "");
        assert!(matches!(doubt, CallError::InDoubt { .. }), "{doubt}");
        let refused = failed(ErrorKind::NotFound, "InvalidGroup.NotFound", "");
        assert!(matches!(refused, CallError::Refused(_)), "{refused}");
    }
}
