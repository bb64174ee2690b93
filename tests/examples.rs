//! The worked examples of `docs/examples` do what they say, against a served sandbox.

use std::path::PathBuf;
use std::process::Command;

use serde_json::Value;

use crate::clients::Served;
use crate::program::{Home, Ran, ended};
use crate::schemas::holds;

fn root() -> PathBuf {
    crate::house::checkout("")
}

fn example(name: &str) -> PathBuf {
    root().join("docs/examples").join(name)
}

/// A shell line as somebody runs it who is logged in to the served account.
fn shell(home: &Home, served: &Served, line: &str) -> Command {
    let mut command = home.program("bash");
    command
        .args(["-c", line])
        .env("AWS_ENDPOINT_URL", &served.endpoint)
        .env("AWS_REGION", "us-west-2")
        .env("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
        .env("AWS_SECRET_ACCESS_KEY", "secret");
    command
}

fn document(home: &Home, name: &str) -> Value {
    let text = std::fs::read_to_string(home.path().join(name)).unwrap();
    serde_json::from_str(&text).unwrap()
}

#[test]
fn the_script_repairs_within_limits_and_leaves_the_post_mortem() {
    let home = Home::new();
    let served = Served::start(Some("lost-route-table"), "600");
    let script = example("repair-and-report.sh");
    let line = format!("{} shop-prod .", script.display());
    let ran: Ran = ended(shell(&home, &served, &line)).ends_with(4);
    assert!(ran.out.contains("shop-prod needs approval"), "{}", ran.out);
    let run = document(&home, "run.json");
    holds("run", &run);
    assert_eq!(run["outcome"], "not-approved");
    for file in ["post-mortem.html", "post-mortem.md"] {
        let text = std::fs::read_to_string(home.path().join(file)).unwrap();
        assert!(text.contains("shop-prod"), "{file}");
    }
}

#[test]
fn two_people_plan_review_and_apply() {
    let home = Home::new();
    let served = Served::start(Some("nat-deleted"), "600");
    let script = example("two-people.sh");
    let script = script.display();
    let first = ended(shell(&home, &served, &format!("{script} plan shop-prod plan.json")));
    let planned = first.ends_with(0).out;
    holds("plan", &document(&home, "plan.json"));
    let file = home.path().join("plan.json");
    let reviewed = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, reviewed.replacen("shop-prod", "shop-test", 1)).unwrap();
    let altered = ended(shell(&home, &served, &format!("{script} apply plan.json")));
    altered.ends_with(8).says("altered");
    std::fs::write(&file, reviewed).unwrap();
    let second = ended(shell(&home, &served, &format!("{script} apply plan.json"))).ends_with(0);
    let hash = |text: &str| text.lines().find(|l| l.ends_with("  plan.json")).map(str::to_owned);
    assert!(hash(&planned).is_some_and(|one| second.out.contains(&one)), "the same hash is shown");
}

#[test]
fn a_scan_by_cron_tells_what_is_new_and_what_is_over_once() {
    let home = Home::new();
    let script = example("scan-and-alert.sh");
    // The alert goes wherever the command sends it; here into a file.
    let line = format!("{} 'cat >> alerts' state", script.display());
    let alerts = || std::fs::read_to_string(home.path().join("alerts")).unwrap_or_default();
    let well = Served::start(Some("healthy"), "60");
    ended(shell(&home, &well, &line)).ends_with(0);
    assert_eq!(alerts(), "", "nothing to tell");
    let broken = Served::start(Some("nat-deleted"), "60");
    ended(shell(&home, &broken, &line)).ends_with(3);
    assert!(alerts().contains("shop-prod") && alerts().contains("NET-03"), "{}", alerts());
    let told = alerts();
    ended(shell(&home, &broken, &line)).ends_with(3);
    assert_eq!(alerts(), told, "the same is not told twice");
    ended(shell(&home, &well, &line)).ends_with(0);
    assert!(alerts().contains("well again"), "{}", alerts());
    let gone = well.endpoint.clone();
    drop(well);
    let mut nobody = shell(&home, &broken, &line);
    nobody.env("AWS_ENDPOINT_URL", gone);
    ended(nobody).ends_with(7);
    assert!(
        alerts().contains("could not look"),
        "a scan that cannot look is told too: {}",
        alerts()
    );
}

/// The lines that a workflow's steps run, with the environment names they set.
fn runs(workflow: &Value) -> Vec<String> {
    let steps = workflow["jobs"]["rescue"]["steps"].as_array().unwrap();
    steps.iter().filter_map(|step| step["run"].as_str()).map(str::to_owned).collect()
}

#[test]
fn the_github_job_runs_its_steps_and_uploads_what_they_leave() {
    let text = std::fs::read_to_string(example("github-actions.yml")).unwrap();
    let workflow: Value = serde_saphyr::from_str(&text).unwrap();
    let [install, rescue] = runs(&workflow).try_into().unwrap();
    assert_eq!(install, "cargo install --locked ebrescue", "the program under test is this build");
    let home = Home::new();
    std::os::unix::fs::symlink(root().join("docs"), home.path().join("docs")).unwrap();
    let served = Served::start(Some("nat-deleted"), "600");
    let mut command = shell(&home, &served, &rescue);
    command.env("ENVIRONMENT", "shop-prod");
    // A NAT gateway costs money by the hour, which nobody has approved.
    ended(command).ends_with(4);
    let steps = workflow["jobs"]["rescue"]["steps"].as_array().unwrap();
    let upload = steps.iter().find(|step| step["uses"] == "actions/upload-artifact@v4").unwrap();
    assert_eq!(upload["if"], "always()");
    for file in upload["with"]["path"].as_str().unwrap().lines() {
        assert!(home.path().join(file.trim()).is_file(), "{file} is not there");
    }
}
