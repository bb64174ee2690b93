//! `capture`, and the same diagnosis from it without credentials: through the program itself.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Output};

use ebrescue::clock::{Clock as _, WallClock};
use ebrescue::sandbox::{Options, Sandbox, scenarios};
use serde_json::{Value, json};

use crate::stage::control;

/// A value that must never be seen outside of AWS.
const SECRET: &str = "hunter2-s3cr3t-do-not-print";

fn serve(name: &str) -> Sandbox {
    let scenario = scenarios::find(name).unwrap();
    let mut options = Options::new(scenario.build(WallClock.now()));
    options.environment = Some(scenario.about.environment.to_owned());
    Sandbox::start(options).unwrap()
}

fn run(arguments: &[&str], sandbox: Option<&Sandbox>) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ebrescue"));
    command.args(arguments).env("NO_COLOR", "1").env("COLUMNS", "100");
    for name in ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE", "AWS_REGION"] {
        command.env_remove(name);
    }
    if let Some(sandbox) = sandbox {
        command
            .env("AWS_ACCESS_KEY_ID", "test")
            .env("AWS_SECRET_ACCESS_KEY", "test")
            .env("AWS_REGION", &sandbox.region)
            .env("AWS_ENDPOINT_URL", &sandbox.endpoint);
    }
    command.output().unwrap()
}

fn text(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn parsed(output: &Output) -> Value {
    let complaint = String::from_utf8_lossy(&output.stderr);
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {complaint}"))
}

fn capture(sandbox: &Sandbox, file: &Path) {
    let done = run(&["capture", "shop-prod", "-o", file.to_str().unwrap()], Some(sandbox));
    assert_eq!(done.status.code(), Some(0), "{}", String::from_utf8_lossy(&done.stderr));
}

/// Code and role of each finding.
fn findings(document: &Value) -> Vec<(String, String)> {
    let all = document["findings"].as_array().unwrap().iter();
    let word = |one: &Value, key: &str| one[key].as_str().unwrap().to_owned();
    all.map(|one| (word(one, "code"), word(one, "role"))).collect()
}

#[test]
fn a_bundle_gives_the_same_diagnosis_to_the_byte_without_credentials() {
    let folder = tempfile::tempdir().unwrap();
    let (file, copy) = (folder.path().join("a.json"), folder.path().join("elsewhere.json"));
    let sandbox = serve("nat-deleted");
    let live = run(&["diagnose", "shop-prod", "--format", "json"], Some(&sandbox));
    capture(&sandbox, &file);
    drop(sandbox);
    assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    std::fs::copy(&file, &copy).unwrap();
    let from = |path: &Path, format: &str| {
        run(&["diagnose", "--bundle", path.to_str().unwrap(), "--format", format], None)
    };
    let (one, other) = (from(&file, "json"), from(&copy, "json"));
    assert_eq!(one.status.code(), Some(3), "{}", String::from_utf8_lossy(&one.stderr));
    assert_eq!(text(&one), text(&other));
    assert_eq!(text(&from(&file, "text")), text(&from(&copy, "text")));
    let (live, bundled) = (parsed(&live), parsed(&one));
    let causes = |document: &Value| {
        let mut all = findings(document);
        all.retain(|(_, role)| role == "cause" || role == "contributing");
        all
    };
    assert_eq!(causes(&live), causes(&bundled));
    assert_eq!(live["verdict"], bundled["verdict"]);
    assert_eq!(live["plan"]["actions"], bundled["plan"]["actions"]);
    let plan = folder.path().join("plan.json");
    let (bundle, plan) = (file.to_str().unwrap(), plan.to_str().unwrap());
    let planned = run(&["plan", "--bundle", bundle, "-o", plan], None);
    assert_eq!(planned.status.code(), Some(3), "{}", String::from_utf8_lossy(&planned.stderr));
    let saved = std::fs::read_to_string(plan).unwrap();
    assert!(saved.contains("replace-route"), "{saved}");
}

#[test]
fn secrets_are_in_no_bundle_and_on_no_screen() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a.json");
    let mut account = scenarios::find("nat-deleted").unwrap().build(WallClock.now());
    let property = |name: &str, value: &str| {
        json!({"Namespace": "aws:elasticbeanstalk:application:environment",
               "OptionName": name, "Value": value})
    };
    let change = json!({
        "EnvironmentName": "shop-prod",
        "OptionSettings": [
            property("DATABASE_PASSWORD", SECRET),
            property("DATABASE_URL", &format!("postgres://shop:{SECRET}@db.example.com/shop")),
        ],
    });
    account
        .call_as(
            "deploy-bot",
            ebrescue::sandbox::Service::ElasticBeanstalk,
            "UpdateEnvironment",
            change,
        )
        .unwrap();
    let sandbox = Sandbox::start(Options::new(account)).unwrap();
    capture(&sandbox, &file);
    let served = control(&sandbox.endpoint, "GET", "state", &Value::Null).to_string();
    assert!(served.contains(SECRET), "the sandbox holds it, so the program could have seen it");
    assert!(!std::fs::read_to_string(&file).unwrap().contains(SECRET));
    for arguments in [
        &["diagnose", "shop-prod"][..],
        &["diagnose", "shop-prod", "--format", "json"],
        &["diagnose", "shop-prod", "-v"],
    ] {
        let shown = run(arguments, Some(&sandbox));
        let all = text(&shown) + &String::from_utf8_lossy(&shown.stderr);
        assert!(!all.contains(SECRET), "{arguments:?}");
    }
}

#[test]
fn a_damaged_bundle_is_refused_with_its_name() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a.json");
    let damaged: [&[u8]; 4] = [b"", b"{\"schema\": \"ebrescue.bundle/1\"", b"[]", b"\xff\xfe"];
    for content in damaged {
        std::fs::write(&file, content).unwrap();
        for command in ["diagnose", "plan"] {
            let refused = run(&[command, "--bundle", file.to_str().unwrap()], None);
            let complaint = String::from_utf8_lossy(&refused.stderr).into_owned();
            assert_eq!(refused.status.code(), Some(8), "{complaint}");
            assert!(complaint.contains("a.json"), "{complaint}");
            assert_eq!(text(&refused), "");
        }
    }
    let gone = run(&["diagnose", "--bundle", "nowhere.json"], None);
    assert_eq!(gone.status.code(), Some(8));
}
