//! DOING: each step is confirmed, checked again, journalled, made once, waited for and verified.

mod cloud;

pub use cloud::{CallError, Cloud, Preflight, Trace};
