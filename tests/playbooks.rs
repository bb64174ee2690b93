//! Every playbook is proven and rehearsed, and the guide's commands do what it says.

use std::path::PathBuf;

use ebrescue::playbook;
use serde_json::Value;

use crate::program::{Home, ended};

fn root() -> PathBuf {
    crate::house::checkout("")
}

#[test]
fn every_playbook_is_without_complaint() {
    let home = Home::new();
    let mut files: Vec<String> = std::fs::read_dir(root().join("playbooks"))
        .unwrap()
        .map(|entry| entry.unwrap().path().to_string_lossy().into_owned())
        .collect();
    files.extend(
        ["shop.yaml", "restart.yaml"]
            .map(|name| root().join("docs/examples").join(name).to_string_lossy().into_owned()),
    );
    let files: Vec<&str> = files.iter().map(String::as_str).collect();
    home.run(&[&["playbook", "lint"], &files[..]].concat())
        .ends_with(0)
        .says(&format!("{} playbooks: nothing to complain about", files.len()));
}

#[test]
fn every_story_has_a_scenario() {
    for one in playbook::shelf(None).unwrap() {
        let name = &one.playbook.name.value;
        assert!(!one.playbook.scenarios.is_empty(), "{name} cannot be rehearsed");
    }
}

/// Runs a playbook on each of its scenarios, everything approved.
#[track_caller]
fn rehearse(name: &str) {
    let shelf = playbook::shelf(None).unwrap();
    let one = playbook::find(&shelf, name).unwrap();
    for scenario in &one.playbook.scenarios {
        let home = Home::new();
        let scenario = &scenario.value;
        let line = ["repair", "--sandbox", scenario, "--playbook", name];
        let all = ["--approve", "destructive", "--format", "json"];
        let document = home.run(&[&line[..], &all].concat()).document("run");
        let by = &document["before"]["playbook"];
        assert_eq!(by, &Value::from(name), "{scenario}");
        let outcome = document["outcome"].as_str().unwrap();
        let acted = document["actions"].as_array().unwrap().iter().any(|one| one["called"] == true);
        let expected = EXPECTED.iter().find(|(known, ..)| known == scenario);
        let expected = expected.map_or(("recovered", true), |(_, outcome, acts)| (*outcome, *acts));
        let story = format!("{:#}", document["actions"]);
        assert_eq!((outcome, acted), expected, "{name} on {scenario}: {story}");
    }
}

/// The scenarios whose rehearsal does not end with a recovery, and whether anything is done.
const EXPECTED: &[(&str, &str, bool)] = &[
    ("healthy", "not-needed", false),
    // The environment serves, and is to go on serving: only its end is held back.
    ("stack-protected", "not-needed", false),
    // The stack is brought back; whoever keeps the account has to ask for a higher quota.
    ("vcpu-quota", "beyond-repair", true),
    // There is no subnet in a zone that has room.
    ("no-capacity-in-zone", "beyond-repair", false),
    // Only the other side can ask for a new peering connection.
    ("peering-deleted", "beyond-repair", false),
    ("peering-overlaps", "beyond-repair", false),
];

#[test]
fn a_protected_stack_is_ended_where_that_is_the_goal() {
    let home = Home::new();
    let line = ["repair", "--sandbox", "stack-protected", "--playbook", "termination-blocked"];
    let all = ["--goal", "terminated", "--approve", "destructive", "--format", "json"];
    let document = home.run(&[&line[..], &all].concat()).ends_with(0).document("run");
    assert_eq!(document["outcome"], "recovered");
    assert_eq!(document["after"]["verdict"], "terminated");
}

#[test]
fn the_stuck_environment_is_rehearsed() {
    rehearse("stuck-environment");
}

#[test]
fn instances_not_reporting_is_rehearsed() {
    rehearse("instances-not-reporting");
}

#[test]
fn a_blocked_termination_is_rehearsed() {
    rehearse("termination-blocked");
}

#[test]
fn a_stack_in_an_invalid_state_is_rehearsed() {
    rehearse("stack-invalid-state");
}

#[test]
fn an_update_that_hangs_is_rehearsed() {
    rehearse("update-deadlock");
}

#[test]
fn a_platform_that_moved_is_rehearsed() {
    rehearse("platform-moved");
}

#[test]
fn capacity_and_quota_is_rehearsed() {
    rehearse("capacity-and-quota");
}

#[test]
fn roles_and_permissions_is_rehearsed() {
    rehearse("roles-and-permissions");
}

#[test]
fn a_failed_deployment_is_rehearsed() {
    rehearse("deployment-failed");
}

#[test]
fn an_environment_that_is_gone_is_rehearsed() {
    rehearse("environment-gone");
}

#[test]
fn the_hosted_database_is_rehearsed() {
    rehearse("hosted-database");
}

#[test]
fn mail_is_rehearsed() {
    rehearse("mail-not-delivered");
}

#[test]
fn whatever_was_found_is_rehearsed() {
    rehearse("as-found");
}

#[test]
fn a_survey_changes_nothing_whatever_is_found() {
    let home = Home::new();
    for scenario in ["healthy", "lost-route-table"] {
        let ran = home.run(&[
            "repair",
            "--sandbox",
            scenario,
            "--playbook",
            "survey",
            "--approve",
            "destructive",
            "--format",
            "json",
        ]);
        let document = ran.document("run");
        assert_eq!(document["actions"].as_array().unwrap().len(), 0, "{document:#}");
    }
}

/// The commands of a Markdown file, as it shows them indented by four spaces.
fn commands(file: &str) -> Vec<String> {
    let text = std::fs::read_to_string(root().join(file)).unwrap();
    let mut fenced = false;
    let mut found = Vec::new();
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
        }
        if let (false, Some(command)) = (fenced, line.strip_prefix("    ebrescue ")) {
            let command = command.split("  #").next().unwrap().trim_end();
            found.push(format!("ebrescue {command}"));
        }
    }
    found
}

#[test]
fn the_guides_commands_run() {
    let home = Home::new();
    std::os::unix::fs::symlink(root().join("docs"), home.path().join("docs")).unwrap();
    let commands = commands("docs/playbooks.md");
    assert!(commands.len() >= 6, "{commands:?}");
    for line in commands {
        let mut command = home.program("bash");
        command.args(["-c", &line]);
        let ran = ended(command);
        // A repair without approval ends with 4, one that finds nothing to do with 0.
        let fine = if line.contains(" repair ") { vec![0, 4] } else { vec![0] };
        assert!(ran.code.is_some_and(|code| fine.contains(&code)), "{line}: {ran:?}");
    }
}

#[test]
fn the_guides_example_is_the_file_beside_it() {
    let guide = std::fs::read_to_string(root().join("docs/playbooks.md")).unwrap();
    for file in ["shop.yaml", "restart.yaml"] {
        let example = std::fs::read_to_string(root().join("docs/examples").join(file)).unwrap();
        assert!(guide.contains(&format!("```yaml\n{example}```")), "{file} differs");
    }
}

#[test]
fn a_playbook_of_ones_own_acts_asks_checks_and_tells() {
    let home = Home::new();
    let file = root().join("docs/examples/restart.yaml");
    let file = file.to_str().unwrap();
    let dry = ["repair", "--sandbox", "healthy", "--playbook", file];
    let declined = home.run(&dry).ends_with(4);
    assert!(!declined.out.contains("Tell "), "nothing was done: {}", declined.out);
    let ran = home.run(&[&dry[..], &["--approve", "disruptive"]].concat()).ends_with(0);
    assert!(ran.out.contains("Tell the shop's team: "), "{}", ran.out);
}

#[test]
fn what_has_to_be_seen_stops_everything_where_it_was_not() {
    let home = Home::new();
    let file = home.file(
        "own.yaml",
        "format: 1\nname: own\ntitle: t\nstory: s\nmust-see: [mail]\nsteps:\n  - {id: all, mend: [\"*\"]}\n",
    );
    let own = ["--playbook", file.to_str().unwrap(), "--format", "json"];
    // Mail is there to be seen in a sandbox, so the plan stands.
    let seen = home.run(&[&["plan", "--sandbox", "nat-deleted"], &own[..]].concat()).ends_with(3);
    assert!(!seen.document("plan")["plan"]["steps"].as_array().unwrap().is_empty());
}

#[test]
fn every_playbook_is_exported_for_systems_manager() {
    let schema = std::fs::read_to_string(root().join("tests/ssm/automation.schema.json")).unwrap();
    let schema: Value = serde_json::from_str(&schema).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let home = Home::new();
    for one in playbook::shelf(None).unwrap() {
        let name = &one.playbook.name.value;
        let ran = home.run(&["playbook", "export", "--format", "ssm", name]).ends_with(0);
        let document: Value = serde_json::from_str(&ran.out).unwrap();
        assert!(validator.is_valid(&document), "{name}: {document:#}");
        ran.says("It does not diagnose");
        let steps = document["mainSteps"].as_array().unwrap();
        let risky = steps.iter().filter(|step| step["action"] == "aws:approve").count();
        let survey = name == "survey";
        assert_eq!(steps.len() == 1, survey, "{name}");
        assert_eq!(document["parameters"].get("Approvers").is_some(), risky > 0, "{name}");
    }
}

#[test]
fn a_saved_plan_is_exported_with_its_names_as_defaults() {
    let home = Home::new();
    let plan = home.path().join("plan.json");
    let plan = plan.to_str().unwrap();
    let named = ["--playbook", "stuck-environment"];
    home.run(&[&["plan", "--sandbox", "lost-route-table", "-o", plan], &named[..]].concat())
        .ends_with(3);
    let export = ["playbook", "export", "--format", "ssm", "stuck-environment", "--plan", plan];
    let ran = home.run(&export).ends_with(0);
    let document: Value = serde_json::from_str(&ran.out).unwrap();
    let id = document["parameters"]["EnvironmentId"]["default"].as_str().unwrap();
    assert!(id.starts_with("e-"), "{id}");
    let other = ["playbook", "export", "--format", "ssm", "survey", "--plan", plan];
    home.run(&other).ends_with(2).says("stuck-environment");
}
