//! Pictures: laid out here, written by [`svg`].
//!
//! They are read without colour too (shapes and words say the same), their texts can be selected,
//! and each has a title and a description for screen readers.

mod lanes;
mod svg;
mod way;

pub(super) use lanes::{lanes, spans};
pub(super) use way::way;
