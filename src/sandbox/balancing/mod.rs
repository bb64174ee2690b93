//! Elastic Load Balancing of both generations.

use serde::Serialize;

use super::{Account, Answer, Call, Fault};

/// The load balancers of a region.
#[derive(Debug, Default, Serialize)]
pub struct Balancing {}

/// Answers a call to this service.
pub(super) fn handle(_account: &mut Account, call: &Call) -> Answer {
    Err(Fault::invalid_action(&call.operation))
}

/// Answers a call to the service of classic load balancers.
pub(super) fn handle_classic(_account: &mut Account, call: &Call) -> Answer {
    Err(Fault::invalid_action(&call.operation))
}
