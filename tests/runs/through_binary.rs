//! The program itself, as scripts call it: its commands, documents and exit codes.

use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

/// Runs the program in a folder of its own, with nothing around it.
fn ebrescue(folder: &Path, line: &[&str]) -> Output {
    let state = folder.join("state");
    Command::new(env!("CARGO_BIN_EXE_ebrescue"))
        .args(line)
        .current_dir(folder)
        .env_clear()
        .env("HOME", folder)
        .env("EBRESCUE_STATE_DIR", state)
        .output()
        .unwrap()
}

fn document(output: &Output) -> Value {
    let text = String::from_utf8_lossy(&output.stdout);
    serde_json::from_str(&text).unwrap_or_else(|error| {
        panic!("{error}: {text}\n{}", String::from_utf8_lossy(&output.stderr))
    })
}

fn code(output: &Output) -> i32 {
    output.status.code().unwrap()
}

/// The flags of a script that approves everything.
const SCRIPT: [&str; 5] = ["--non-interactive", "--approve", "destructive", "--format", "json"];

#[test]
fn pin_keeps_an_environment_on_its_version() {
    let folder = tempfile::tempdir().unwrap();
    let line = [&["pin", "--sandbox", "healthy"][..], &SCRIPT].concat();
    let output = ebrescue(folder.path(), &line);
    let run = document(&output);
    assert_eq!(run["schema"], "ebrescue.run/1");
    assert!(["recovered", "not-needed"].contains(&run["outcome"].as_str().unwrap()), "{run:#}");
    assert_eq!(code(&output), 0);
}

#[test]
fn pin_puts_an_environment_back_on_the_version_that_worked() {
    let folder = tempfile::tempdir().unwrap();
    let line = ["pin", "--sandbox", "newest-platform-breaks-the-shop"];
    let output = ebrescue(folder.path(), &[&line[..], &SCRIPT].concat());
    let run = document(&output);
    assert_eq!(run["outcome"], "recovered", "{run:#}");
    assert_eq!(run["actions"][0]["kind"], "update-environment");
    let platform = |look: &str| run[look]["environment"]["platform"].clone();
    assert_ne!(platform("before"), platform("after"));
    let unknown = [&line[..], &["--platform", "0.0.1"], &SCRIPT].concat();
    let output = ebrescue(folder.path(), &unknown);
    assert_eq!(code(&output), 8);
    let unapproved = [&line[..], &["--non-interactive", "--format", "json"]].concat();
    assert_eq!(code(&ebrescue(folder.path(), &unapproved)), 4);
}

#[test]
fn the_policy_for_looking_needs_neither_aws_nor_an_environment() {
    let folder = tempfile::tempdir().unwrap();
    let output = ebrescue(folder.path(), &["policy", "--read-only"]);
    let policy = document(&output);
    assert_eq!(code(&output), 0);
    assert_eq!(policy["Version"], "2012-10-17");
    let actions = policy["Statement"][0]["Action"].as_array().unwrap();
    assert!(actions.contains(&"elasticbeanstalk:DescribeEnvironments".into()));
}

#[test]
fn a_policy_is_made_for_an_environment_a_plan_and_a_playbook() {
    let folder = tempfile::tempdir().unwrap();
    let sandbox = ["--sandbox", "lost-route-table"];
    let now = document(&ebrescue(folder.path(), &[&["policy"][..], &sandbox].concat()));
    let plan = [&["plan", "-o", "plan.json"][..], &sandbox].concat();
    assert_eq!(code(&ebrescue(folder.path(), &plan)), 3);
    let output = ebrescue(folder.path(), &["policy", "--plan", "plan.json"]);
    assert_eq!(code(&output), 0);
    let saved = document(&output);
    let actions = |policy: &Value| {
        let statements = policy["Statement"].as_array().unwrap().iter();
        let all = statements.flat_map(|one| one["Action"].as_array().unwrap().clone());
        all.map(|one| one.as_str().unwrap().to_owned()).collect::<std::collections::BTreeSet<_>>()
    };
    assert_eq!(actions(&now), actions(&saved));
    assert!(actions(&now).contains("ec2:CreateRoute"));
    let playbook = ["policy", "--playbook", "instances-not-reporting"];
    let output = ebrescue(folder.path(), &playbook);
    assert_eq!(code(&output), 0, "{}", String::from_utf8_lossy(&output.stderr));
    let general = document(&output);
    let text = general.to_string();
    assert!(text.contains("ec2:ReplaceRoute"), "{text}");
    assert!(text.contains("ec2:CreateNatGateway"), "{text}");
    assert!(!text.contains("rtb-") && !text.contains("us-west-2"), "{text}");
}

#[test]
fn without_an_environment_it_is_wrong_use_and_not_a_matter_of_aws() {
    let folder = tempfile::tempdir().unwrap();
    for command in ["diagnose", "repair", "plan", "pin", "policy"] {
        assert_eq!(code(&ebrescue(folder.path(), &[command, "--non-interactive"])), 2, "{command}");
    }
}

#[test]
fn a_rehearsal_ends_well_where_nothing_stands_in_its_way() {
    let folder = tempfile::tempdir().unwrap();
    let line = ["repair", "--sandbox", "gateway-detached", "--dry-run"];
    let output = ebrescue(folder.path(), &[&line[..], &SCRIPT].concat());
    let run = document(&output);
    assert_eq!(run["outcome"], "not-recovered", "nobody has touched it");
    assert_eq!(code(&output), 0, "{run:#}");
    assert!(run["session"].is_null());
    let unapproved = [&line[..], &["--non-interactive", "--format", "json"]].concat();
    let output = ebrescue(folder.path(), &unapproved);
    assert_eq!(document(&output)["outcome"], "not-approved");
    assert_eq!(code(&output), 4);
}
