//! Looking environments up, and refusing calls that their state does not allow.

use jiff::Timestamp;
use serde_json::Value;

use super::environment::{Environment, Status};
use super::name;
use crate::sandbox::cloudformation::StackStatus;
use crate::sandbox::{Account, Call, Fault, Params};

/// The id of the environment that a call names, which must live.
pub(super) fn living(account: &Account, call: &Call) -> Result<String, Fault> {
    let params = &call.params;
    let (id, name) = (params.text("EnvironmentId"), params.text("EnvironmentName"));
    lookup(account, id, name, |found| found.status != Status::Terminated)
}

/// The id of the environment with an id or a name; a terminated one only by its id, or if no
/// other has its name.
pub(super) fn any(
    account: &Account,
    id: Option<&str>,
    name: Option<&str>,
) -> Result<String, Fault> {
    let living = lookup(account, id, name, |found| found.status != Status::Terminated);
    living.or_else(|_| lookup(account, id, name, |_| true))
}

fn lookup(
    account: &Account,
    id: Option<&str>,
    name: Option<&str>,
    fits: impl Fn(&Environment) -> bool,
) -> Result<String, Fault> {
    if id.is_none() && name.is_none() {
        return Err(Fault::new(
            "MissingParameter",
            "The request must contain the parameter EnvironmentId or EnvironmentName",
        ));
    }
    // Of several terminated ones with a name, the last is meant.
    let found = account
        .here
        .beanstalk
        .environments
        .values()
        .filter(|found| id.is_none_or(|id| found.id == id))
        .filter(|found| name.is_none_or(|name| found.name == name))
        .filter(|found| fits(found))
        .max_by_key(|found| (found.status != Status::Terminated, found.created));
    found.map(|found| found.id.clone()).ok_or_else(|| missing(id, name))
}

/// The refusal to name an environment that is not there.
fn missing(id: Option<&str>, name: Option<&str>) -> Fault {
    // As reported from many tools, e.g. hashicorp/terraform-provider-aws.
    Fault::invalid_value(match (id, name) {
        (Some(id), _) => format!("No Environment found for EnvironmentId = '{id}'."),
        (None, name) => {
            format!("No Environment found for EnvironmentName = '{}'.", name.unwrap_or_default())
        }
    })
}

/// Refuses an operation unless the environment is `Ready` (`EB-01`).
pub(super) fn must_be_ready(found: &Environment) -> Result<(), Fault> {
    if found.status == Status::Ready {
        return Ok(());
    }
    Err(Fault::invalid_value(format!(
        "Environment named {} is in an invalid state for this operation. Must be Ready.",
        found.name
    )))
}

/// What an operation wants of the environment's stack.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wants {
    /// A stack that can be updated.
    Updatable,
    /// One that can be deleted and made anew.
    Rebuildable,
}

/// Refuses an operation that the environment's stack stands in the way of.
///
/// The sentence is that of
/// <https://docs.aws.amazon.com/elasticbeanstalk/latest/dg/environment-management-invalid-stack.html>,
/// since 16 December 2024. Which operations it stops is not said there; that a failed creation
/// can be rebuilt is (`NET-01`), that `DELETE_FAILED` and the failed rollbacks cannot is assumed.
pub(super) fn stack_must_allow(
    account: &Account,
    found: &Environment,
    wants: Wants,
) -> Result<(), Fault> {
    let stack = account.here.cloudformation.find(&name::stack(&found.id));
    let Some(stack) = stack else {
        return match wants {
            // A stack that somebody deleted is no hindrance to making a new one (`CFN-16`).
            Wants::Rebuildable => Ok(()),
            Wants::Updatable => Err(Fault::invalid_value(format!(
                "Stack with id {} does not exist",
                name::stack(&found.id)
            ))),
        };
    };
    let good = match stack.status {
        StackStatus::CreateComplete
        | StackStatus::UpdateComplete
        | StackStatus::UpdateRollbackComplete => true,
        StackStatus::CreateFailed | StackStatus::RollbackComplete => wants == Wants::Rebuildable,
        StackStatus::ReviewInProgress
        | StackStatus::CreateInProgress
        | StackStatus::RollbackInProgress
        | StackStatus::RollbackFailed
        | StackStatus::DeleteInProgress
        | StackStatus::DeleteFailed
        | StackStatus::DeleteComplete
        | StackStatus::UpdateInProgress
        | StackStatus::UpdateCompleteCleanupInProgress
        | StackStatus::UpdateFailed
        | StackStatus::UpdateRollbackInProgress
        | StackStatus::UpdateRollbackFailed
        | StackStatus::UpdateRollbackCompleteCleanupInProgress => false,
    };
    if good {
        return Ok(());
    }
    Err(Fault::invalid_value(format!(
        "The stack {} associated with environment {} is in {} state.",
        stack.id,
        found.id,
        stack.status.word()
    )))
}

/// A parameter that is a time.
pub(super) fn time(params: &Value, name: &str) -> Result<Option<Timestamp>, Fault> {
    let Some(text) = params.text(name) else { return Ok(None) };
    let read = text.parse::<Timestamp>().ok();
    let read = read.or_else(|| {
        // Seconds since 1970, as some clients write times.
        let seconds = text.parse::<f64>().ok()?;
        #[expect(clippy::cast_possible_truncation, reason = "a time before the year 292 billion")]
        Timestamp::from_millisecond((seconds * 1000.0) as i64).ok()
    });
    read.map(Some).ok_or_else(|| {
        Fault::new("MalformedInput", format!("timestamp must follow ISO8601: {name}={text}"))
    })
}

/// A page of a list, and the token of the next: `MaxRecords` and `NextToken`.
pub(super) fn page(
    params: &Value,
    all: Vec<Value>,
    longest: usize,
) -> (Vec<Value>, Option<String>) {
    let size = params.number("MaxRecords").and_then(|n| usize::try_from(n).ok());
    let size = size.unwrap_or(longest).clamp(1, longest);
    let from: usize = params.text("NextToken").and_then(|token| token.parse().ok()).unwrap_or(0);
    let next = (from + size < all.len()).then(|| (from + size).to_string());
    (all.into_iter().skip(from).take(size).collect(), next)
}

/// A parameter that must be there, refused as Elastic Beanstalk does it.
pub(super) fn need<'a>(params: &'a Value, parameter: &str) -> Result<&'a str, Fault> {
    params.text(parameter).ok_or_else(|| {
        let mut letters = parameter.chars();
        let first = letters.next().map(|letter| letter.to_ascii_lowercase());
        let camel: String = first.into_iter().chain(letters).collect();
        Fault::new(
            "ValidationError",
            format!(
                "1 validation error detected: Value null at '{camel}' failed to satisfy \
                 constraint: Member must not be null"
            ),
        )
    })
}
