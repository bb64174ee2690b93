//! The `ebrescue` program.

fn main() {}
