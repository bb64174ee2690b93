//! What may come into the tree, by `deny.toml`, also where `cargo deny` is not installed.

use std::process::Command;

use serde_json::Value;

/// The strings of one list in `deny.toml`, from its opening line to the closing bracket.
fn listed(opening: &str) -> Vec<String> {
    let text = include_str!("../deny.toml");
    let (_, list) = text.split_once(opening).expect("deny.toml has the list");
    let (list, _) = list.split_once("\n]").expect("the list ends");
    let lines = list.lines().filter_map(|line| line.split('"').nth(1));
    lines.map(str::to_owned).collect()
}

fn packages() -> Vec<Value> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version=1", "--locked", "--offline"])
        .args(["--filter-platform", "x86_64-unknown-linux-gnu"])
        .current_dir(crate::house::checkout(""))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    metadata["packages"].as_array().unwrap().clone()
}

/// Whether an SPDX expression can be met by the allowed licences.
fn allows(expression: &str, allowed: &[String]) -> bool {
    let alternatives = expression.replace('/', " OR ").replace(['(', ')'], "");
    alternatives.split(" OR ").any(|all| {
        all.split(" AND ").all(|one| allowed.iter().any(|licence| licence == one.trim()))
    })
}

#[test]
fn every_dependency_has_an_allowed_licence() {
    let allowed = listed("allow = [");
    for package in packages() {
        let licence = package["license"].as_str().unwrap_or_default();
        assert!(allows(licence, &allowed), "{}: {licence:?} is not allowed", package["name"]);
    }
}

#[test]
fn no_banned_crate_is_in_the_tree() {
    let banned = listed("deny = [");
    assert!(banned.contains(&"openssl-sys".to_owned()));
    for package in packages() {
        let name = package["name"].as_str().unwrap();
        assert!(!banned.iter().any(|crate_name| crate_name == name), "{name} is banned");
    }
}

#[test]
fn every_dependency_comes_from_the_registry() {
    for package in packages() {
        let source = package["source"].as_str();
        let ours = package["name"] == "ebrescue";
        assert!(ours || source.is_some_and(|source| source.starts_with("registry+")), "{package}");
    }
}
