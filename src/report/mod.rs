//! TELLING: pure rendering of what was seen, found, planned and done.
//!
//! Everything that came from AWS is data: control characters and secrets are taken out before a
//! text leaves this module, and each format escapes what would mean something in it.

mod redact;

pub use redact::{plain, redacted};
