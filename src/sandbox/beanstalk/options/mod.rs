//! Option settings: which there are on a platform, their defaults, and what is refused.

mod catalogue;
mod change;
mod check;
mod describe;

use std::collections::BTreeMap;

use super::Handler;
use super::environment::Environment;

use catalogue::known;
pub(super) use change::{changed, complete};
pub(super) use check::check;
pub(super) use describe::listed;

/// Options that were set: values by namespace and name.
pub(super) type Settings = BTreeMap<String, BTreeMap<String, String>>;

pub(super) fn handler(operation: &str) -> Option<Handler> {
    describe::handler(operation)
}

/// The value of an option: set, or its default.
pub(super) fn value(found: &Environment, namespace: &str, name: &str) -> String {
    let set = found.settings.get(namespace).and_then(|options| options.get(name));
    set.cloned().unwrap_or_else(|| catalogue::default(namespace, name).to_owned())
}
