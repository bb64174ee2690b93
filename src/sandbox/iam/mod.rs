//! IAM: roles, instance profiles, policies.

use serde::Serialize;

use super::{Account, Answer, Call, Fault};

/// The account's roles and profiles.
#[derive(Debug, Default, Serialize)]
pub struct Iam {}

impl Iam {
    /// A role by its name.
    pub fn role(&self, _name: &str) -> Option<()> {
        None
    }
}

/// Answers a call to this service.
pub(super) fn handle(_account: &mut Account, call: &Call) -> Answer {
    Err(Fault::invalid_action(&call.operation))
}
