//! Templates: read, checked, and evaluated.

use serde::Serialize;
use serde_json::Value;

/// A template.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Template {
    /// As it was submitted.
    #[serde(skip)]
    pub body: String,
    /// As a tree, functions in their long forms.
    pub tree: Value,
}
