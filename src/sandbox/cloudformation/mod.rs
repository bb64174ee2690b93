//! AWS CloudFormation: stacks that are made, changed, rolled back and deleted as AWS does it.
//!
//! [`create`], [`update`] and [`delete`] begin operations; [`when_ended`] tells when one is over.
//! Resources are made through the same calls that a client has, so that what blocks a client
//! blocks a stack too, with the service's own words as the reason.

mod change_set;
mod drift;
mod listen;
mod operation;
mod request;
mod stack;
mod status;
mod template;

pub use listen::when_ended;
pub use operation::{Operation, Phase, State, Task, Work};
pub use request::{DeleteRequest, StackRequest};
pub use stack::{
    CloudFormation, DeletionPolicy, Deployment, Event, OnFailure, OperationType, Output, Resource,
    Stack,
};
pub use status::{ResourceStatus, StackStatus};
pub use template::Template;

use super::{Account, Answer, Call, Fault};

/// Begins to create a stack; the answer is its id.
pub fn create(_account: &mut Account, _request: StackRequest) -> Result<String, Fault> {
    Err(Fault::invalid_action("CreateStack"))
}

/// Begins to update a stack; the answer is its id.
pub fn update(_account: &mut Account, _request: StackRequest) -> Result<String, Fault> {
    Err(Fault::invalid_action("UpdateStack"))
}

/// Begins to delete a stack. One that is gone already is no error, as in the API.
pub fn delete(_account: &mut Account, _request: DeleteRequest) -> Result<(), Fault> {
    Err(Fault::invalid_action("DeleteStack"))
}

/// Passes a signal on to a wait condition, a group or an instance of a stack.
///
/// `unique` names the sender, for an instance its id. A failure signal makes the resource fail.
pub fn signal(
    _account: &mut Account,
    _stack: &str,
    _logical: &str,
    _unique: &str,
    _success: bool,
) -> Result<(), Fault> {
    Err(Fault::invalid_action("SignalResource"))
}

/// Answers one call to CloudFormation.
pub fn handle(_account: &mut Account, call: &Call) -> Answer {
    Err(Fault::invalid_action(&call.operation))
}
