//! Change sets: an update shown before it is made.

use serde::Serialize;

/// A change set.
#[derive(Debug, Serialize)]
pub struct ChangeSet {
    /// Its ARN.
    pub id: String,
}
