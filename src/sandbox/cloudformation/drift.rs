//! Drift: how resources differ from what their stack last made of them.

use jiff::Timestamp;
use serde::Serialize;

/// One run of drift detection over a stack.
#[derive(Debug, Serialize)]
pub struct Detection {
    /// Its id.
    pub id: String,
}

/// How one resource differs.
#[derive(Clone, Debug, Serialize)]
pub struct ResourceDrift {
    /// `IN_SYNC`, `MODIFIED`, `DELETED`.
    pub status: &'static str,
    /// When that was seen.
    pub at: Timestamp,
}
