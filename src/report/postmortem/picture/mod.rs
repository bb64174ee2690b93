//! Pictures: laid out here, written by the `svg` crate.
//!
//! They are read without colour too (shapes and words say the same), their texts can be selected,
//! and each has a title and a description for screen readers.

mod elements;
mod graph;
mod lanes;
mod scale;
mod way;

pub(super) use graph::graph;
pub(super) use lanes::{lanes, spans};
pub(super) use way::ways;
