//! Groups of environments made together, each from the `env.yaml` of its version.

use serde_json::json;

use super::Handler;
use super::environment::Status;
use super::find::need;
use crate::sandbox::{Account, Answer, Call, Params};

pub(super) fn handler(operation: &str) -> Option<Handler> {
    (operation == "ComposeEnvironments").then_some(compose as Handler)
}

/// Tells the environments of the group that run the versions asked for.
///
/// New ones would be made as the versions' `env.yaml` says, which the sandbox does not read: a
/// group is composed of environments that are there.
fn compose(account: &mut Account, call: &Call) -> Answer {
    let application = need(&call.params, "ApplicationName")?;
    let labels = call.params.texts("VersionLabels");
    let group = call.params.text("GroupName");
    let all: Vec<_> = account
        .here
        .beanstalk
        .environments
        .values()
        .filter(|found| found.application == application && found.status != Status::Terminated)
        .filter(|found| group.is_none_or(|group| found.name.ends_with(&format!("-{group}"))))
        .filter(|found| found.version.as_ref().is_some_and(|label| labels.contains(label)))
        .map(|found| super::environment::tree(account, found))
        .collect();
    Ok(json!({ "Environments": all }))
}
