//! What can go wrong between us and AWS, told apart by what can be done about it.

use aws_credential_types::provider::error::CredentialsError;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use aws_types::request_id::RequestId as _;

use super::body;
use crate::world::{RequestId, Unreadable, UnreadableKind};

/// A call to AWS that brought nothing usable.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}: {}{}", .operation, .message, self.trailer())]
pub struct AwsError {
    /// Service and operation as IAM writes them, `ec2:CreateRoute`.
    pub operation: String,
    /// Which sort of failure it was.
    pub kind: ErrorKind,
    /// AWS's error code, where the answer had one.
    pub code: Option<String>,
    /// AWS's own sentence, or what happened on the way.
    pub message: String,
    /// AWS's identifier of the request, where there was an answer.
    pub request: Option<RequestId>,
    /// The HTTP status, where there was an answer.
    pub status: Option<u16>,
}

/// The sorts of failure that are told apart, because each has another remedy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// The caller lacks the permission.
    Denied,
    /// AWS asks to slow down.
    Throttled,
    /// There is no such thing.
    NotFound,
    /// The account has not subscribed to the service, or the endpoint does not offer the call.
    Unavailable,
    /// AWS understood and said no, with a code.
    Refused,
    /// No answer, or none that could be understood: after a change, nobody knows what happened.
    NoAnswer,
    /// No connection was ever made, so nothing can have happened.
    Unreachable,
    /// No credentials were found, or AWS does not accept them.
    Credentials,
    /// No region is configured.
    NoRegion,
}

impl AwsError {
    /// Reads a failure of the SDK.
    pub(super) fn from_sdk<E>(operation: &str, error: &SdkError<E, HttpResponse>) -> Self
    where
        E: ProvideErrorMetadata + std::error::Error + 'static,
    {
        let status = error.raw_response().map(|raw| raw.status().as_u16());
        let body = error.raw_response().and_then(|raw| raw.body().bytes()).unwrap_or_default();
        let (said_code, said_message) = body::error(body);
        let code = error.code().map(str::to_owned).or(said_code);
        let message = error.message().map(str::to_owned).or(said_message);
        let request = error.request_id().map(RequestId::from).or_else(|| body::request_id(body));
        let kind = match (&code, status) {
            (Some(code), _) => ErrorKind::of_code(code, message.as_deref().unwrap_or(""), status),
            (None, Some(status)) => ErrorKind::of_status(status, body),
            (None, None) => ErrorKind::on_the_way(error),
        };
        let message = message
            .filter(|text| !text.is_empty())
            .or_else(|| status.map(|status| body::summary(status, body)))
            .unwrap_or_else(|| {
                if kind == ErrorKind::Credentials { no_credentials(error) } else { chain(error) }
            });
        Self { operation: operation.to_owned(), kind, code, message, request, status }
    }

    /// An error that was found before any call.
    pub(super) fn local(operation: &str, kind: ErrorKind, message: &str) -> Self {
        let (operation, message) = (operation.to_owned(), message.to_owned());
        Self { operation, kind, code: None, message, request: None, status: None }
    }

    /// Whether somebody answered, but not in AWS's words: a proxy, or an emulator that lacks the
    /// call. Asking again rarely helps.
    pub(super) fn is_foreign(&self) -> bool {
        self.status.is_some() && self.code.is_none()
    }

    /// AWS's code, or a word for the sort of failure.
    pub fn code_or_kind(&self) -> &str {
        self.code.as_deref().unwrap_or(match self.kind {
            ErrorKind::Denied => "denied",
            ErrorKind::Throttled => "throttled",
            ErrorKind::NotFound => "not found",
            ErrorKind::Unavailable => "not offered",
            ErrorKind::Refused => "refused",
            ErrorKind::NoAnswer => "no answer",
            ErrorKind::Unreachable => "unreachable",
            ErrorKind::Credentials => "no credentials",
            ErrorKind::NoRegion => "no region",
        })
    }

    /// The failure as a snapshot keeps it.
    pub fn unreadable(&self) -> Unreadable {
        let kind = match self.kind {
            ErrorKind::Denied => UnreadableKind::Denied,
            ErrorKind::Throttled => UnreadableKind::Throttled,
            ErrorKind::Unavailable => UnreadableKind::Unavailable,
            ErrorKind::Credentials => UnreadableKind::Credentials,
            ErrorKind::Unreachable => UnreadableKind::Unreachable,
            ErrorKind::NotFound
            | ErrorKind::Refused
            | ErrorKind::NoAnswer
            | ErrorKind::NoRegion => UnreadableKind::Failed,
        };
        Unreadable { kind, code: self.code_or_kind().to_owned(), message: self.message.clone() }
    }

    fn trailer(&self) -> String {
        match (&self.code, &self.request) {
            (Some(code), Some(request)) => format!(" ({code}, request {request})"),
            (Some(code), None) => format!(" ({code})"),
            (None, Some(request)) => format!(" (request {request})"),
            (None, None) => String::new(),
        }
    }
}

impl ErrorKind {
    /// Reads an error code; sentences decide only where one code means several things.
    fn of_code(code: &str, message: &str, status: Option<u16>) -> Self {
        let bare = code.rsplit_once('#').map_or(code, |(_, name)| name);
        let bare = bare.strip_prefix("Client.").unwrap_or(bare);
        if is_throttling(bare, message, status) {
            Self::Throttled
        } else if is_about_credentials(bare, message) {
            Self::Credentials
        } else if DENIED.contains(&bare) || message.contains("is not authorized to perform") {
            Self::Denied
        } else if UNAVAILABLE.contains(&bare) || says_not_implemented(message) {
            Self::Unavailable
        } else if is_missing(bare, message) {
            Self::NotFound
        } else if status.is_some_and(|status| status >= 500) || SERVER_SIDE.contains(&bare) {
            Self::NoAnswer
        } else {
            Self::Refused
        }
    }

    /// Reads an answer that has no error code: a proxy's page, an emulator's, or nothing.
    fn of_status(status: u16, body: &[u8]) -> Self {
        let text = String::from_utf8_lossy(body);
        match status {
            401 | 403 => Self::Denied,
            429 => Self::Throttled,
            404 | 405 | 501 => Self::Unavailable,
            _ if says_not_implemented(&text) => Self::Unavailable,
            400..=499 => Self::Refused,
            _ => Self::NoAnswer,
        }
    }

    /// Reads a failure without any answer.
    fn on_the_way<E: std::error::Error + 'static>(error: &SdkError<E, HttpResponse>) -> Self {
        if sources(error).any(<dyn std::error::Error>::is::<CredentialsError>) {
            return Self::Credentials;
        }
        if sources(error).any(never_connected) {
            return Self::Unreachable;
        }
        if matches!(error, SdkError::ConstructionFailure(_)) {
            Self::Refused
        } else {
            Self::NoAnswer
        }
    }
}

/// Codes by which services say that a permission is missing.
// Sources: the common errors of each service's API reference; `InsufficientPrivilegesException`
// from Elastic Beanstalk's model, `AuthorizationError` from SNS's.
const DENIED: &[&str] = &[
    "AccessDenied",
    "AccessDeniedException",
    "AllAccessDisabled",
    "AuthorizationError",
    "ForbiddenException",
    "InsufficientPrivilegesException",
    "NotAuthorized",
    "UnauthorizedAccess",
    "UnauthorizedOperation",
];

/// Codes of services that are not there for this account or not at this endpoint.
const UNAVAILABLE: &[&str] = &[
    "InvalidAction",
    "NotImplemented",
    "NotImplementedException",
    "OptInRequired",
    "SubscriptionRequired",
    "SubscriptionRequiredException",
    "UnknownOperationException",
    "UnknownAction",
    "UnsupportedCommandException",
];

/// Codes after which nobody knows what the service did.
const SERVER_SIDE: &[&str] = &[
    "InternalError",
    "InternalFailure",
    "InternalServerError",
    "InternalServiceError",
    "InternalServiceException",
    "ServiceUnavailable",
    "ServiceUnavailableException",
    "Unavailable",
];

/// Codes by which services ask to slow down.
// The list of the AWS SDKs' standard retry mode, and the words that EC2 and S3 have of their own.
const THROTTLED: &[&str] = &[
    "BandwidthLimitExceeded",
    "EC2ThrottledException",
    "PriorRequestNotComplete",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "RequestThrottled",
    "RequestThrottledException",
    "SlowDown",
    "ThrottledException",
    "Throttling",
    "ThrottlingException",
    "TooManyRequestsException",
    "TransactionInProgressException",
];

/// Codes of credentials that AWS does not accept.
const CREDENTIALS: &[&str] = &[
    "ExpiredToken",
    "ExpiredTokenException",
    "IncompleteSignature",
    "InvalidAccessKeyId",
    "InvalidClientTokenId",
    "InvalidToken",
    "MissingAuthenticationToken",
    "RequestExpired",
    "RequestTimeTooSkewed",
    "SignatureDoesNotMatch",
    "UnrecognizedClientException",
];

fn is_throttling(code: &str, message: &str, status: Option<u16>) -> bool {
    THROTTLED.contains(&code) || status == Some(429) || message.starts_with("Rate exceeded")
}

/// Whether the caller's credentials themselves are refused.
// EC2's AuthFailure has two meanings: bad credentials, told by the sentence, and a resource that
// may not be touched (`ec2-eip-of-nat` in the recorded behaviours), which is a plain refusal.
fn is_about_credentials(code: &str, message: &str) -> bool {
    CREDENTIALS.contains(&code)
        || (code == "AuthFailure" && message.contains("validate the provided access credentials"))
}

/// Whether an error says that what was asked for does not exist.
// CloudFormation answers ValidationError in three wordings, all with "does not exist" and a stack
// in front; Elastic Beanstalk answers InvalidParameterValue with "No Environment found".
fn is_missing(code: &str, message: &str) -> bool {
    const SUFFIXES: [&str; 5] =
        ["NotFound", "NotFoundException", "NotFoundFault", "DoesNotExist", "VersionNotFound"];
    const EXACT: [&str; 6] = [
        "NoSuchEntity",
        "NoSuchBucket",
        "NoSuchKey",
        "NoSuchBucketPolicy",
        "NonExistentQueue",
        "NotFoundException",
    ];
    SUFFIXES.iter().any(|suffix| code.ends_with(suffix))
        || EXACT.contains(&code)
        || code.ends_with("NonExistentQueue")
        || (code == "ValidationError"
            && message.starts_with("Stack ")
            && message.ends_with("does not exist"))
        || (code == "InvalidParameterValue" && message.starts_with("No Environment found"))
}

fn says_not_implemented(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    ["not been implemented", "not implemented", "unsupported service", "notimplementederror"]
        .iter()
        .any(|words| text.contains(words))
}

/// Whether one link of an error's chain says that there was no connection at all.
fn never_connected(source: &(dyn std::error::Error + 'static)) -> bool {
    let refused = source.downcast_ref::<std::io::Error>().is_some_and(|io| {
        matches!(
            io.kind(),
            std::io::ErrorKind::ConnectionRefused
                | std::io::ErrorKind::HostUnreachable
                | std::io::ErrorKind::NetworkUnreachable
                | std::io::ErrorKind::AddrNotAvailable
        )
    });
    // hyper-util does not export its connection error's kind; this is how it prints it.
    let text = source.to_string();
    refused || text == "client error (Connect)" || text.contains("connect timeout")
}

/// An error and everything that caused it, outermost first.
fn sources<'a>(
    error: &'a (dyn std::error::Error + 'static),
) -> impl Iterator<Item = &'a (dyn std::error::Error + 'static)> {
    std::iter::successors(Some(error), |error| error.source())
}

/// Why there are no credentials: what the last provider that was tried said.
fn no_credentials(error: &(dyn std::error::Error + 'static)) -> String {
    let last = sources(error).last().map(ToString::to_string).unwrap_or_default();
    format!("no credentials were found; the last place looked at said: {last}")
}

/// An error's whole chain as one line, repeated texts once.
fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    let mut texts: Vec<String> = Vec::new();
    for text in sources(error).map(ToString::to_string) {
        if !texts.iter().any(|known| known.contains(&text)) {
            texts.push(text);
        }
    }
    texts.join(": ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(code: &str, message: &str, status: u16) -> ErrorKind {
        ErrorKind::of_code(code, message, Some(status))
    }

    #[test]
    fn each_wording_of_a_missing_stack_is_not_found() {
        for text in [
            "Stack with id awseb-e-x-stack does not exist",
            "Stack [awseb-e-x-stack] does not exist",
            "Stack 'awseb-e-x-stack' does not exist",
        ] {
            assert_eq!(kind("ValidationError", text, 400), ErrorKind::NotFound, "{text}");
        }
        let other = "Export with name x does not exist";
        assert_eq!(kind("ValidationError", other, 400), ErrorKind::Refused);
    }

    #[test]
    fn an_address_that_cannot_be_released_is_not_a_missing_permission() {
        let text = "You do not have permission to access the specified resource.";
        assert_eq!(kind("AuthFailure", text, 400), ErrorKind::Refused);
        let text = "AWS was not able to validate the provided access credentials";
        assert_eq!(kind("AuthFailure", text, 401), ErrorKind::Credentials);
    }

    #[test]
    fn a_server_error_with_a_code_leaves_a_change_in_doubt() {
        assert_eq!(kind("InternalFailure", "", 500), ErrorKind::NoAnswer);
        let emulator = "The action X has not been implemented.";
        assert_eq!(kind("InternalFailure", emulator, 500), ErrorKind::Unavailable);
    }

    #[test]
    fn throttling_is_known_by_code_and_by_sentence() {
        assert_eq!(kind("RequestLimitExceeded", "", 503), ErrorKind::Throttled);
        assert_eq!(kind("LimitExceeded", "Rate exceeded", 400), ErrorKind::Throttled);
        assert_eq!(kind("LimitExceeded", "Cannot exceed quota", 409), ErrorKind::Refused);
    }

    #[test]
    fn pages_without_a_code_are_told_apart_by_status() {
        let page = b"<html><h1>Bad gateway</h1></html>";
        assert_eq!(ErrorKind::of_status(502, page), ErrorKind::NoAnswer);
        assert_eq!(ErrorKind::of_status(501, b""), ErrorKind::Unavailable);
        assert_eq!(ErrorKind::of_status(404, page), ErrorKind::Unavailable);
        let moto = b"<html>NotImplementedError: The describe_events action</html>";
        assert_eq!(ErrorKind::of_status(500, moto), ErrorKind::Unavailable);
    }
}
