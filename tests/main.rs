//! The one integration test binary: a module for each file beside this one.

#![expect(clippy::unwrap_used, reason = "a test that panics has failed, which is what it is for")]

mod clients;
mod dependencies;
mod layering;
