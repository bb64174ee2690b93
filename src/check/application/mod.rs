//! Checks of the application and of what it was given.

mod bundle;
mod changed;
mod health;
mod references;

use crate::check::Check;

use super::page;

/// The checks of this group, in the order of their codes.
pub(super) const CHECKS: &[Check] = &[
    page!("APP-01", "health-check", "health-check.md", health::check),
    page!("APP-02", "response-code", "response-code.md", health::response_code),
    page!("APP-03", "client-errors", "client-errors.md", health::client_errors),
    page!("APP-04", "bundle-missing", "bundle-missing.md", bundle::missing),
    page!("APP-05", "command-failed", "command-failed.md", bundle::command),
    page!("APP-06", "configuration-file", "configuration-file.md", bundle::configuration),
    page!("APP-07", "docker", "docker.md", bundle::docker),
    page!("APP-08", "launch-reference-gone", "launch-reference-gone.md", references::gone),
    page!("APP-09", "health-options-clash", "health-options-clash.md", health::options_clash),
    page!("APP-10", "worker-queue", "worker-queue.md", references::queue),
    page!("APP-11", "database-unreachable", "database-unreachable.md", references::database),
    page!("APP-12", "bundle-too-large", "bundle-too-large.md", bundle::too_large),
];
