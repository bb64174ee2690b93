//! EC2 and its VPC family: one file for each kind of resource.

use serde::Serialize;

use super::{Account, Answer, Call, Fault};

/// The EC2 resources of a region.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Ec2 {}

/// Answers a call to this service.
pub(super) fn handle(_account: &mut Account, call: &Call) -> Answer {
    Err(Fault::invalid_action(&call.operation))
}
