//! The environment's stack: making it, changing it, deleting it.

use serde_json::json;

use crate::sandbox::beanstalk::{environment, name, tag, template};
use crate::sandbox::cloudformation::{self, DeleteRequest, OnFailure, StackRequest};
use crate::sandbox::{Account, Caller, Fault};

/// The tags that Elastic Beanstalk gives an environment and everything in it.
pub(super) fn put_system_tags(account: &mut Account, environment: &str, arn: &str) {
    let Some(found) = account.here.beanstalk.environments.get(environment) else { return };
    let tags = [
        ("elasticbeanstalk:environment-name", found.name.clone()),
        ("elasticbeanstalk:environment-id", found.id.clone()),
        ("Name", found.name.clone()),
    ];
    let tags = tags.map(|(key, value)| json!({ "Key": key, "Value": value }));
    tag::put(account, arn, &tags);
}

fn caller(account: &Account, environment: &str) -> Caller {
    let found = account.here.beanstalk.environments.get(environment);
    let operation = found.and_then(|found| found.operation.as_ref());
    operation.map_or_else(
        || Caller::user(&account.id, "root").through("elasticbeanstalk.amazonaws.com"),
        |operation| operation.caller.clone(),
    )
}

fn request(account: &Account, environment: &str) -> Option<StackRequest> {
    let found = account.here.beanstalk.environments.get(environment)?;
    let body = template::template(account, found);
    let mut request =
        StackRequest::new(&name::stack(environment), body, caller(account, environment));
    request.tags = tag::of(account, &environment::arn(account, found));
    request.capabilities = vec!["CAPABILITY_IAM".to_owned()];
    Some(request)
}

/// Begins to make the stack. What fails stays as it is, so that it can be looked at (`NET-01`:
/// the stack of a failed launch is `CREATE_FAILED`, not rolled back).
pub(super) fn create(account: &mut Account, environment: &str) -> Result<(), Fault> {
    refuse_long_properties(account, environment)?;
    let Some(mut request) = request(account, environment) else { return Ok(()) };
    request.on_failure = OnFailure::DoNothing;
    let id = cloudformation::create(account, request)?;
    if let Some(found) = account.here.beanstalk.environments.get_mut(environment) {
        found.narrated.insert(id, 0);
    }
    Ok(())
}

/// The bytes that environment properties may have together: they are a parameter's default.
const LONGEST: usize = 4096;

/// Refuses properties that are too long for CloudFormation (`CFN-19`).
fn refuse_long_properties(account: &Account, environment: &str) -> Result<(), Fault> {
    let found = account.here.beanstalk.environments.get(environment);
    let properties =
        found.and_then(|found| found.settings.get("aws:elasticbeanstalk:application:environment"));
    let bytes: usize =
        properties.into_iter().flatten().map(|(name, value)| name.len() + value.len() + 2).sum();
    if bytes <= LONGEST {
        return Ok(());
    }
    Err(Fault::new(
        "ValidationError",
        "Template format error: Parameter 'EnvironmentVariables' default value '[****]' length is \
         greater than 4096.",
    ))
}

/// What came of asking for a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Change {
    /// The stack is being changed.
    Begun,
    /// It is as wanted already.
    Nothing,
}

/// Begins to change the stack to what the environment's options say.
pub(super) fn update(account: &mut Account, environment: &str) -> Result<Change, Fault> {
    refuse_long_properties(account, environment)?;
    let Some(request) = request(account, environment) else { return Ok(Change::Nothing) };
    crate::sandbox::beanstalk::narrate::skip(account, environment, &name::stack(environment));
    match cloudformation::update(account, request) {
        Ok(_) => Ok(Change::Begun),
        Err(fault) if fault.message.starts_with("No updates") => Ok(Change::Nothing),
        Err(fault) => Err(fault),
    }
}

/// Begins to delete a stack.
pub(super) fn delete(account: &mut Account, environment: &str, stack: &str) -> Result<(), Fault> {
    crate::sandbox::beanstalk::narrate::skip(account, environment, stack);
    let request = DeleteRequest::new(stack, caller(account, environment));
    cloudformation::delete(account, request)
}

/// Begins to make the temporary stack of an immutable update with a number of instances.
pub(super) fn create_temporary(
    account: &mut Account,
    environment: &str,
    count: i64,
) -> Result<(), Fault> {
    let Some(found) = account.here.beanstalk.environments.get(environment) else { return Ok(()) };
    let body = template::temporary(account, found, count);
    let stack = name::immutable_stack(environment);
    let mut request = StackRequest::new(&stack, body, caller(account, environment));
    request.tags = tag::of(account, &environment::arn(account, found));
    request.on_failure = OnFailure::DoNothing;
    cloudformation::create(account, request).map(|_| ())
}
