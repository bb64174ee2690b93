//! CloudTrail: what was done in the account, by whom, and how it ended.
//!
//! Only calls that change something are recorded. (The real trail also has the reading ones,
//! with `readOnly` true; nothing that is learnt here depends on them.)

use serde::Serialize;

use super::{Account, Answer, Call, Fault};

/// The events of a region's trail.
#[derive(Debug, Default, Serialize)]
pub struct Trail {}

/// Answers a call to this service.
pub(super) fn handle(_account: &mut Account, call: &Call) -> Answer {
    Err(Fault::invalid_action(&call.operation))
}

/// Writes a call down.
pub(super) fn record(account: &mut Account, call: &Call, answer: &Answer) {
    let _ = (account, call, answer);
}
