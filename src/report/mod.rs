//! TELLING: pure rendering of what was seen, found, planned and done.
//!
//! Everything that came from AWS is data: control characters and secrets are taken out before a
//! text leaves this module, and each format escapes what would mean something in it.

mod diagnosis_json;
mod diagnosis_text;
mod header;
pub mod page;
pub mod postmortem;
mod redact;
mod route;
mod run_json;
mod scan;
#[cfg(test)]
mod tests;
pub mod words;

pub use diagnosis_json::{DIAGNOSIS_SCHEMA, DiagnosisDocument, NotCheckedDocument, PlanDocument};
pub use diagnosis_text::{DiagnosisText, finding_line, plan_text};
pub use postmortem::{Case, Postmortem};
pub use redact::{plain, redacted};
pub use run_json::{RUN_SCHEMA, RunDocument};
pub use scan::{Refused, SCAN_SCHEMA, Scan, ScanDocument, ScanLine, ScanText, ScannedRegion};
