//! Elastic Beanstalk: applications, environments, platforms.

use serde::Serialize;

use super::{Account, Answer, Call, Fault};

/// The environments of a region.
#[derive(Debug, Default, Serialize)]
pub struct Beanstalk {}

/// Answers a call to this service.
pub(super) fn handle(_account: &mut Account, call: &Call) -> Answer {
    Err(Fault::invalid_action(&call.operation))
}
