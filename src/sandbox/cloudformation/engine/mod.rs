//! The engine: operations that run by themselves, task by task, in simulated time.
//!
//! An operation goes through phases. In each, [`schedule`] begins the tasks whose predecessors
//! are done, [`work`] carries them out through the resources' own services, and when nothing is
//! left to do, [`phases`] decides what follows.

mod bench;
mod events;
mod phases;
mod reason;
mod restore;
mod schedule;
mod tasks;
mod work;

pub(super) use bench::{Bench, Pace, inspection};
pub(super) use events::stack_event;
pub(super) use phases::enter;
pub(super) use reason::{Failure, Voice};
pub(super) use schedule::advance;
pub(super) use work::poke;

use super::operation::{Operation, Phase};
use super::stack::{OperationType, Stack};
use super::status::StackStatus;
use super::template::{Scope, Template};
use super::{Deployment, ResourceStatus};
use crate::sandbox::Account;

/// How long CloudFormation says `User Initiated` of an operation before it goes to work, seconds.
// The recordings show the reason gone at the second look, some seconds after the first.
const BEGINS_AFTER: i64 = 2;

/// What an operation begins with.
#[derive(Clone, Debug)]
pub(super) struct Beginning {
    /// The kind of operation.
    pub(super) kind: OperationType,
    /// The phase it starts in.
    pub(super) phase: Phase,
    /// The status the stack shows meanwhile.
    pub(super) status: StackStatus,
    /// The token of the request.
    pub(super) token: Option<String>,
    /// The reason the stack gives at first.
    pub(super) reason: Option<String>,
}

/// Begins an operation on a stack: its status and first event at once, its work a little later.
pub(super) fn begin(
    account: &mut Account,
    stack: &str,
    beginning: Beginning,
    prepare: impl FnOnce(&mut Stack, &mut Operation),
) -> String {
    let operation_id = account.uuid();
    let Some(found) = account.here.cloudformation.find_mut(stack) else { return operation_id };
    let mut operation = Operation::new(&operation_id, &beginning, found.status);
    prepare(found, &mut operation);
    found.operations.insert(0, (operation_id.clone(), beginning.kind));
    found.operation = Some(operation);
    stack_event(account, stack, beginning.status, beginning.reason);
    let (id, run) = (stack.to_owned(), operation_id.clone());
    account.later(BEGINS_AFTER, move |account| start(account, &id, &run));
    operation_id
}

/// Goes to work, unless another operation has taken over.
fn start(account: &mut Account, stack: &str, operation: &str) {
    let Some(found) = account.here.cloudformation.find_mut(stack) else { return };
    let Some(running) = found.operation.as_ref().filter(|running| running.id == operation) else {
        return;
    };
    let phase = running.phase;
    found.reason = None;
    enter(account, stack, phase);
}

impl Operation {
    /// A new operation without tasks.
    fn new(id: &str, beginning: &Beginning, status_before: StackStatus) -> Self {
        Self {
            id: id.to_owned(),
            kind: beginning.kind,
            token: beginning.token.clone(),
            phase: beginning.phase,
            tasks: std::collections::BTreeMap::new(),
            status_before,
            retain: std::collections::BTreeSet::new(),
            force: false,
            skip: std::collections::BTreeSet::new(),
            touched: std::collections::BTreeMap::new(),
            created: std::collections::BTreeSet::new(),
            replaced: Vec::new(),
            cancelled: false,
        }
    }
}

/// Ends a creation that takes longer than its request allows.
pub(super) fn time_out(account: &mut Account, stack: &str) {
    let Some(found) = account.here.cloudformation.find(stack) else { return };
    if found.status == StackStatus::CreateInProgress {
        phases::abandon(account, stack, "Stack creation time exceeded the specified timeout");
    }
}

/// What functions in a stack's template can look at.
pub(super) fn scope<'a>(
    account: &'a Account,
    stack: &'a Stack,
    made: &'a Deployment,
    zones: Vec<String>,
) -> Scope<'a> {
    let pseudo = [
        ("AWS::AccountId", account.id.clone()),
        ("AWS::Partition", "aws".to_owned()),
        ("AWS::Region", account.region.clone()),
        ("AWS::StackId", stack.id.clone()),
        ("AWS::StackName", stack.name.clone()),
        ("AWS::URLSuffix", "amazonaws.com".to_owned()),
    ];
    let mut pseudo: std::collections::BTreeMap<_, _> =
        pseudo.into_iter().map(|(name, value)| (name, serde_json::Value::from(value))).collect();
    pseudo.insert("AWS::NotificationARNs", stack.notifications.clone().into());
    Scope {
        template: &made.template,
        parameters: &made.parameters,
        resources: &stack.resources,
        pseudo,
        exports: super::exports::by_name(account),
        zones,
    }
}

/// Whether a template asks for the region's availability zones.
pub(super) fn asks_for_zones(template: &Template) -> bool {
    template.body.contains("GetAZs")
}

/// The region's availability zones, if a stack's template asks for them.
pub(super) fn zones_for(account: &mut Account, stack: &str) -> Vec<String> {
    let found = account.here.cloudformation.find(stack);
    if found.is_some_and(|found| asks_for_zones(&found.made.template)) {
        zones(account)
    } else {
        Vec::new()
    }
}

/// The region's availability zones.
pub(super) fn zones(account: &mut Account) -> Vec<String> {
    use crate::sandbox::{Caller, Params, Service};
    let caller = Caller::user(&account.id.clone(), "root").through("cloudformation.amazonaws.com");
    let answer =
        account.call(&caller, Service::Ec2, "DescribeAvailabilityZones", serde_json::json!({}));
    let answer = answer.unwrap_or_default();
    let zones = answer.list("availabilityZoneInfo").iter();
    zones.filter_map(|zone| zone.text("zoneName")).map(str::to_owned).collect()
}

/// Whether a resource is there, as far as its stack knows.
pub(super) fn exists(status: ResourceStatus) -> bool {
    !matches!(status, ResourceStatus::DeleteComplete | ResourceStatus::DeleteSkipped)
}
