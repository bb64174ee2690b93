//! Auto Scaling: groups, launch configurations, activities.

use serde::Serialize;

use super::{Account, Answer, Call, Fault};

/// The groups of a region.
#[derive(Debug, Default, Serialize)]
pub struct AutoScaling {}

/// Answers a call to this service.
pub(super) fn handle(_account: &mut Account, call: &Call) -> Answer {
    Err(Fault::invalid_action(&call.operation))
}
