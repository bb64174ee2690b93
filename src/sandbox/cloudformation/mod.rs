//! AWS CloudFormation: stacks that are made, changed, rolled back and deleted as AWS does it.
//!
//! [`create`], [`update`] and [`delete`] begin operations; [`when_ended`] tells when one is over.
//! Resources are made through the same calls that a client has, so that what blocks a client
//! blocks a stack too, with the service's own words as the reason.

mod api;
mod change_set;
mod drift;
mod engine;
mod exports;
mod lifecycle;
mod listen;
mod operation;
mod request;
mod resources;
mod rollback;
mod signals;
mod stack;
mod status;
mod template;
#[cfg(test)]
mod tests;

pub(super) use api::handle;
pub use change_set::ChangeSet;
pub use drift::{Detection, ResourceDrift};
pub use lifecycle::{create, delete, update};
pub use listen::when_ended;
pub use operation::{Operation, Phase, State, Task, Work};
pub use request::{DeleteRequest, StackRequest};
pub use rollback::{RollbackRequest, cancel_update, continue_update_rollback, rollback_stack};
pub use signals::signal;
pub use stack::{
    CloudFormation, DeletionPolicy, Deployment, Event, OnFailure, OperationType, Output, Resource,
    Stack,
};
pub use status::{ResourceStatus, StackStatus};
pub use template::Template;
