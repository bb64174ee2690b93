//! The binary against an AWS fake that is not ours: `tests/foreign` is written from AWS's API models,
//! the contract and the catalogue of incidents, without a look at the sandbox, so that what product
//! and sandbox both misread comes to light.

use crate::clients::{holds, python};

#[test]
#[ignore = "needs the Python clients that tests/run installs"]
fn every_world_of_the_foreign_fake_is_understood_and_mended() {
    holds(&python("foreign/drive.py", &[env!("CARGO_BIN_EXE_ebrescue"), "worlds"]));
}

#[test]
#[ignore = "needs the Python clients that tests/run installs"]
fn the_contract_holds_against_the_foreign_fake() {
    holds(&python("foreign/drive.py", &[env!("CARGO_BIN_EXE_ebrescue"), "contract"]));
}
