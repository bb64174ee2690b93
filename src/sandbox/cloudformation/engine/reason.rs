//! Why a resource failed, in the grammars CloudFormation has for it.

use crate::sandbox::{Account, Fault};

/// Why a step failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::sandbox::cloudformation) enum Failure {
    /// A service refused.
    Service(Fault),
    /// CloudFormation's own words.
    Own(String),
}

impl From<Fault> for Failure {
    fn from(fault: Fault) -> Self {
        Self::Service(fault)
    }
}

impl Failure {
    /// A failure in CloudFormation's own words.
    pub(in crate::sandbox::cloudformation) fn own(text: impl Into<String>) -> Self {
        Self::Own(text.into())
    }

    /// Whether a service said that the thing is not there.
    pub(in crate::sandbox::cloudformation) fn is_absence(&self) -> bool {
        const ABSENT: [&str; 4] = ["NotFound", "NoSuchEntity", "NoSuchBucket", "NonExistentQueue"];
        let Self::Service(fault) = self else { return false };
        ABSENT.iter().any(|word| fault.code.contains(word))
            || fault.message.contains("not found")
            || (fault.code == "InvalidGroup.NotFound")
    }

    /// Whether it may pass: something else still holds the resource, or a request came too early.
    pub(in crate::sandbox::cloudformation) fn may_pass(&self) -> bool {
        const PASSING: [&str; 8] = [
            "DependencyViolation",
            "InvalidIPAddress.InUse",
            "ResourceInUse",
            "ScalingActivityInProgress",
            "InvalidDBInstanceState",
            "InvalidNetworkInterface.InUse",
            "Throttling",
            "RequestLimitExceeded",
        ];
        let Self::Service(fault) = self else { return false };
        PASSING.iter().any(|code| fault.code.starts_with(code))
    }
}

/// How failures of a type of resource are worded.
///
/// Types that CloudFormation still makes with its own code tell the service's error code; types
/// that were moved to resource handlers tell a handler's code instead, and not the service's
/// (recorded and quoted in both forms between 2020 and 2025).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::sandbox::cloudformation) enum Voice {
    /// `… (Service: AmazonEC2; Status Code: 400; Error Code: …; Request ID: …; Proxy: null)`.
    Old(&'static str),
    /// `Resource handler returned message: "… (Service: Ec2, Status Code: 400, Request ID: …)"
    /// (RequestToken: …, HandlerErrorCode: …)`.
    Handler(&'static str),
    /// The bare sentence.
    Bare,
}

/// The reason that an event tells for a failure.
pub(super) fn worded(account: &mut Account, voice: Voice, failure: &Failure) -> String {
    let fault = match failure {
        Failure::Own(text) => return text.clone(),
        Failure::Service(fault) => fault,
    };
    let Fault { status, code, message } = fault;
    let request = account.uuid();
    match voice {
        Voice::Bare => message.clone(),
        Voice::Old(service) => format!(
            "{message} (Service: {service}; Status Code: {status}; Error Code: {code}; \
             Request ID: {request}; Proxy: null)"
        ),
        Voice::Handler(service) => {
            let token = account.uuid();
            let handler = handler_code(code);
            format!(
                "Resource handler returned message: \"{message} (Service: {service}, Status Code: \
                 {status}, Request ID: {request})\" (RequestToken: {token}, HandlerErrorCode: \
                 {handler})"
            )
        }
    }
}

/// The handler's code for a service's, as far as they were seen; the rest is `GeneralServiceException`.
///
/// <https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-test-contract-errors.html>
fn handler_code(code: &str) -> &'static str {
    let has = |words: &[&str]| words.iter().any(|word| code.contains(word));
    if has(&["NotFound", "NoSuch", "NonExistent"]) {
        "NotFound"
    } else if has(&["AlreadyExists", "Duplicate", "AlreadyAssociated"]) {
        "AlreadyExists"
    } else if has(&["AccessDenied", "Unauthorized"]) {
        "AccessDenied"
    } else if has(&["LimitExceeded", "QuotaExceeded"]) {
        "ServiceLimitExceeded"
    } else if has(&["Throttling"]) {
        "Throttling"
    } else if has(&["Invalid", "DependencyViolation", "Validation", "Malformed", "Missing"]) {
        "InvalidRequest"
    } else {
        "GeneralServiceException"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_handlers_grammar_hides_the_services_code() {
        let mut account = Account::new("123456789012", "eu-central-1", jiff::Timestamp::UNIX_EPOCH);
        let failure =
            Failure::from(Fault::new("DependencyViolation", "The subnet has dependencies."));
        let old = worded(&mut account, Voice::Old("AmazonEC2"), &failure);
        let new = worded(&mut account, Voice::Handler("Ec2"), &failure);
        assert!(
            old.contains(
                "(Service: AmazonEC2; Status Code: 400; Error Code: DependencyViolation; "
            )
        );
        assert!(new.starts_with("Resource handler returned message: \"The subnet has dependencies. (Service: Ec2, Status Code: 400, "));
        assert!(new.ends_with("HandlerErrorCode: InvalidRequest)"));
        assert!(!new.contains("DependencyViolation"));
    }
}
