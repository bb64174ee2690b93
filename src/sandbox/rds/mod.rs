//! RDS, as far as databases coupled to environments need it.

use serde::Serialize;

use super::{Account, Answer, Call, Fault};

/// The databases of a region.
#[derive(Debug, Default, Serialize)]
pub struct Rds {}

/// Answers a call to this service.
pub(super) fn handle(_account: &mut Account, call: &Call) -> Answer {
    Err(Fault::invalid_action(&call.operation))
}
