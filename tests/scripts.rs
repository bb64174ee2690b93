//! What scripts rely on: exit codes, one document, never a prompt, never a hang.

use std::io::{BufRead as _, BufReader, Read as _};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::clients::Served;
use crate::program::{Home, Ran, ended, typed};

/// A command that goes to a served sandbox.
fn at<'a>(served: &'a Served, arguments: &[&'a str]) -> Vec<&'a str> {
    [arguments, &["--endpoint-url", &served.endpoint, "--region", "us-west-2"]].concat()
}

/// The same with made-up credentials, as somebody who is logged in has them.
fn logged_in(mut command: Command) -> Command {
    command.env("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE").env("AWS_SECRET_ACCESS_KEY", "secret");
    command
}

const LOST: &str = "lost-route-table";

#[test]
fn every_document_is_one_and_as_its_schema_says() {
    let home = Home::new();
    let healthy = ["--sandbox", "healthy", "--format", "json"];
    let run = |arguments: &[&str]| home.run(&[arguments, &healthy[..]].concat());
    assert_eq!(run(&["diagnose"]).ends_with(0).document("diagnosis")["verdict"], "healthy");
    assert_eq!(run(&["plan"]).ends_with(0).document("plan")["schema"], "ebrescue.plan/1");
    assert_eq!(run(&["repair"]).ends_with(0).document("run")["outcome"], "not-needed");
    let bundle = home.path().join("bundle");
    let bundle = bundle.to_str().unwrap();
    run(&["capture", "-o", bundle]).ends_with(0).document("capture");
    let json = |arguments: &[&str]| home.run(&[arguments, &["--format", "json"]].concat());
    json(&["diagnose", "--bundle", bundle]).ends_with(0).document("diagnosis");
    json(&["plan", "--bundle", bundle]).ends_with(0).document("plan");
    json(&["report", "--bundle", bundle]).ends_with(0).document("report");
    json(&["explain", "net-03"]).ends_with(0).document("explanation");
    json(&["playbook", "list"]).ends_with(0).document("playbooks");
    json(&["playbook", "show", "survey"]).ends_with(0).document("playbook");
    json(&["sandbox", "list"]).ends_with(0).document("scenarios");
    let nothing = json(&["sessions"]).ends_with(0).document("sessions");
    assert_eq!(nothing["sessions"], Value::Array(Vec::new()));
}

#[test]
fn a_broken_playbook_is_told_as_a_document_too() {
    let home = Home::new();
    let file = home.file("own.yaml", "format: 1\nname: own\ntitle: t\nstory: s\nstepz: []\n");
    let lint = home.run(&["playbook", "lint", file.to_str().unwrap(), "--format", "json"]);
    let document = lint.ends_with(8).document("lint");
    assert_eq!(document["complaints"][0]["line"], 5);
}

#[test]
fn a_repair_with_limits_ends_with_4_and_all_of_it_is_kept() {
    let home = Home::new();
    let limited = ["repair", "--sandbox", LOST, "--approve", "safe", "--format", "json"];
    let ran = home.run(&limited).ends_with(4);
    let document = ran.document("run");
    assert_eq!(document["outcome"], "not-approved");
    ran.says("not approved: needs --approve disruptive");
    assert!(!ran.err.contains('\u{1b}'), "no colours without a terminal: {:?}", ran.err);
    assert!(ran.err.lines().count() > 3, "progress as lines:\n{}", ran.err);
    let json = |arguments: &[&str]| home.run(&[arguments, &["--format", "json"]].concat());
    let sessions = json(&["sessions"]).ends_with(0).document("sessions");
    assert_eq!(sessions["sessions"][0]["session"], document["session"]);
    assert_eq!(sessions["sessions"][0]["unfinished"], true);
    let verified = json(&["verify"]).ends_with(0).document("verification");
    assert_eq!(verified["valid"], true);
    json(&["report"]).ends_with(0).document("report");
    // Its simulated AWS ended with it, which is said and not guessed at.
    home.run(&["resume"]).ends_with(8).says("was practice");
}

#[test]
fn a_verdict_ends_with_3_and_a_full_repair_with_0() {
    let home = Home::new();
    home.run(&["diagnose", "--sandbox", "nat-deleted"]).ends_with(3);
    home.run(&["plan", "--sandbox", "nat-deleted"]).ends_with(3);
    let all = ["repair", "--sandbox", "nat-deleted", "--approve", "destructive"];
    home.run(&all).ends_with(0);
}

#[test]
fn a_wait_that_the_commands_time_cuts_short_ends_with_5() {
    let home = Home::new();
    let slow = ["--sandbox", "nat-deleted", "--sandbox-speed", "1", "--timeout", "8s"];
    let ran = home.run(&[&["repair", "--approve", "destructive"], &slow[..]].concat());
    ran.ends_with(5).says("");
}

#[test]
fn what_only_a_person_can_do_ends_with_6_and_says_who() {
    let home = Home::new();
    let ran = home.run(&["repair", "--sandbox", "vcpu-quota", "--approve", "destructive"]);
    let ran = ran.ends_with(6);
    assert!(ran.out.to_lowercase().contains("quota"), "{}", ran.out);
}

#[test]
fn wrong_use_ends_with_2_and_says_what_is_right() {
    let home = Home::new();
    home.run(&["diagnoze"]).ends_with(2).says("diagnose");
    home.run(&["diagnose", "--timeout", "5"]).ends_with(2).says("1m30s");
    home.run(&["repair", "--approve", "all"]).ends_with(2).says("destructive");
    home.run(&["diagnose", "--sandbox", "healthy", "--format", "html"])
        .ends_with(2)
        .says("it can be text, json");
    home.run(&["sandbox", "serve", "--speed", "-3"]).ends_with(2);
}

#[test]
fn which_environment_is_asked_before_region_and_credentials() {
    let home = Home::new();
    for command in ["diagnose", "repair", "plan"] {
        home.run(&[command]).ends_with(2).says("which environment?");
    }
    home.run(&["capture", "-o", "bundle"]).ends_with(2).says("which environment?");
}

#[test]
fn aws_that_cannot_be_used_ends_with_7_and_says_why() {
    let home = Home::new();
    home.run(&["diagnose", "shop-prod"]).ends_with(7).says("--region");
    let nobody = ["diagnose", "shop-prod", "--region", "us-west-2"];
    home.run(&nobody).ends_with(7).says("aws sso login");
    let refused = [&nobody[..], &["--endpoint-url", "http://127.0.0.1:9"]].concat();
    ended(logged_in(home.command(&refused))).ends_with(7).says("check the network");
    let as_json = [&["repair"], &refused[1..], &["--format", "json"]].concat();
    let ran = ended(logged_in(home.command(&as_json))).ends_with(7);
    assert_eq!(ran.document("run")["outcome"], "aws-unusable");
}

#[test]
fn what_is_not_there_ends_with_8_and_the_nearest_name() {
    let home = Home::new();
    let served = Served::start(Some("healthy"), "60");
    let ran = ended(logged_in(home.command(&at(&served, &["diagnose", "shop-pord"]))));
    ran.ends_with(8).says("did you mean `shop-prod`?");
    home.run(&["diagnose", "--sandbox", "lost-route-tabel"]).ends_with(8).says(LOST);
    home.run(&["explain", "NET-3"]).ends_with(8).says("NET-03");
    home.run(&["playbook", "show", "survay"]).ends_with(8).says("`survey`");
    home.run(&["diagnose", "--sandbox", "healthy", "--playbook", "survay"])
        .ends_with(8)
        .says("`survey`");
    home.run(&["resume"]).ends_with(8).says("no session");
    home.run(&["undo"]).ends_with(8);
    home.run(&["report", "s-1"]).ends_with(8);
    home.run(&["apply", "no-such-plan.json"]).ends_with(8).says("no-such-plan.json");
    home.run(&["diagnose", "--bundle", "no-such-bundle"]).ends_with(8);
}

/// The one journal of a home.
fn journal(folder: &Path) -> std::path::PathBuf {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let found =
        entries.flat_map(|path| if path.is_dir() { vec![journal(&path)] } else { vec![path] });
    let mut found = found.filter(|path| path.extension().is_some_and(|end| end == "jsonl"));
    found.next().unwrap_or_default()
}

#[test]
fn broken_files_are_refused_with_their_place_and_left_as_they_are() {
    let home = Home::new();
    let plan = home.path().join("plan.json");
    let plan = plan.to_str().unwrap();
    home.run(&["plan", "--sandbox", "nat-deleted", "-o", plan]).ends_with(3);
    let text = std::fs::read_to_string(plan).unwrap();
    let altered = text.replacen("safe", "SAFE", 1);
    std::fs::write(plan, &altered).unwrap();
    home.run(&["apply", plan]).ends_with(8).says("altered");
    assert_eq!(std::fs::read_to_string(plan).unwrap(), altered);
    std::fs::write(plan, "{\"schema\": \"ebrescue.plan/1\",\n  oops").unwrap();
    home.run(&["apply", plan]).ends_with(8).says("line 2");
    let bundle = home.file("bundle", "{\"schema\": \"ebrescue.bundle/1\", \"program\": 7}");
    home.run(&["diagnose", "--bundle", bundle.to_str().unwrap()]).ends_with(8).says("line 1");
    let own = home.file("book/own.yaml", "format: 1\nname: own\ntitle: t\nstory: s\nstepz: []\n");
    let folder = own.parent().unwrap().to_str().unwrap();
    let with_folder = ["diagnose", "--sandbox", "healthy", "--playbook-dir", folder];
    home.run(&with_folder).ends_with(8).says("own.yaml:5:1");
}

#[test]
fn a_broken_journal_is_refused_with_its_line_by_all_that_would_go_on() {
    let home = Home::new();
    home.run(&["repair", "--sandbox", LOST, "--approve", "safe"]).ends_with(4);
    let file = journal(&home.state());
    let text = std::fs::read_to_string(&file).unwrap();
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    assert!(lines.len() > 3, "{text}");
    lines[2] = lines[2].replacen("\"at\"", "\"At\"", 1);
    std::fs::write(&file, lines.join("\n") + "\n").unwrap();
    let before = std::fs::read(&file).unwrap();
    let verified = home.run(&["verify", "--format", "json"]).ends_with(8);
    let document = verified.document("verification");
    assert_eq!((&document["valid"], &document["first_bad"]), (&false.into(), &3.into()));
    home.run(&["resume"]).ends_with(8).says("line 3");
    home.run(&["undo"]).ends_with(8).says("line 3");
    let listed = home.run(&["sessions", "--format", "json"]).ends_with(0).document("sessions");
    assert!(listed["sessions"][0]["error"].as_str().unwrap().contains("line 3"), "{listed}");
    assert_eq!(std::fs::read(&file).unwrap(), before, "nothing is mended behind one's back");
}

#[test]
fn a_state_folder_that_is_none_is_told_before_anything_is_done() {
    let home = Home::new();
    let file = home.file("occupied", "");
    let state = ["--state-dir", file.to_str().unwrap()];
    let ran = home.run(&[&["repair", "--sandbox", LOST, "--approve", "safe"], &state[..]].concat());
    ran.ends_with(8).says("--state-dir");
    home.run(&[&["sessions"], &state[..]].concat()).ends_with(8).says("occupied");
}

#[test]
fn a_disk_that_is_full_stops_the_run_before_the_call_and_says_so() {
    let home = Home::new();
    // A limit of the shell's stands for the disk's: the kernel refuses to write beyond it.
    let run = format!(
        "trap '' XFSZ; ulimit -f 1; exec ebrescue repair --sandbox {LOST} --approve destructive"
    );
    let mut command = home.program("bash");
    command.args(["-c", &run]);
    let ran = ended(command).ends_with(8);
    ran.says("no room left");
}

#[test]
fn the_project_folder_names_the_environment_of_the_branch() {
    let home = Home::new();
    let served = Served::start(Some("healthy"), "60");
    home.file(
        ".elasticbeanstalk/config.yml",
        "branch-defaults:\n  main:\n    environment: shop-prod\nglobal:\n  default_region: us-west-2\n",
    );
    home.file(".git/HEAD", "ref: refs/heads/main\n");
    let arguments = ["diagnose", "--endpoint-url", &served.endpoint, "--format", "json"];
    let ran = ended(logged_in(home.command(&arguments))).ends_with(0);
    assert_eq!(ran.document("diagnosis")["environment"]["name"], "shop-prod");
    home.file(".git/HEAD", "ref: refs/heads/other\n");
    ended(logged_in(home.command(&arguments))).ends_with(2).says("which environment?");
    home.file(".elasticbeanstalk/config.yml", "branch-defaults: [1, 2");
    ended(logged_in(home.command(&arguments))).ends_with(2).says("config.yml");
}

#[test]
fn a_profile_brings_region_and_credentials() {
    let home = Home::new();
    let served = Served::start(Some("healthy"), "60");
    let keys = "aws_access_key_id = AKIDEXAMPLE\naws_secret_access_key = secret\n";
    home.file(
        ".aws/config",
        &format!("[profile shop]\nregion = us-west-2\nendpoint_url = {}\n{keys}", served.endpoint),
    );
    let named = ["diagnose", "shop-prod", "--profile", "shop"];
    home.run(&named).ends_with(0);
    let mut by_variable = home.command(&named[..2]);
    by_variable.env("AWS_PROFILE", "shop");
    ended(by_variable).ends_with(0);
    home.run(&["diagnose", "shop-prod", "--profile", "shpo"]).ends_with(7).says("shpo");
}

#[test]
fn nothing_typed_is_ever_taken_for_consent_without_a_terminal() {
    let home = Home::new();
    let ran = typed(home.command(&["repair", "--sandbox", LOST]), "y\ny\nshop-prod\ny\n");
    let ran = ran.ends_with(4);
    assert!(!ran.err.contains("Do it?"), "{}", ran.err);
}

#[test]
fn a_reader_that_goes_away_is_no_error_and_no_hang() {
    let home = Home::new();
    for line in [
        "ebrescue sandbox list | head -n 1",
        "ebrescue diagnose --sandbox healthy | head -n 1",
        "ebrescue man | true",
        "ebrescue repair --sandbox nat-deleted --approve safe 2>&1 | true",
        "ebrescue --help | true",
    ] {
        let mut command = home.program("bash");
        command
            .args(["-c", &format!("set -o pipefail; {line}; echo ended ${{PIPESTATUS[0]}} >&2")]);
        let ran = ended(command);
        let code = ran.err.lines().last().unwrap_or_default().to_owned();
        assert!(["ended 0", "ended 3", "ended 4"].contains(&code.as_str()), "{line}: {ran:?}");
    }
}

#[test]
fn closed_streams_are_no_hang() {
    let home = Home::new();
    for (line, expected) in [
        ("ebrescue diagnose --sandbox healthy <&-", 0),
        ("ebrescue diagnose --sandbox healthy >&-", 0),
        ("ebrescue repair --sandbox nat-deleted --approve safe 2>&- >&- <&-", 4),
    ] {
        let mut command = home.program("bash");
        command.args(["-c", line]);
        assert_eq!(ended(command).code, Some(expected), "{line}");
    }
}

/// Starts a repair that waits long, and sends it a signal once something of it is done.
fn signalled(home: &Home, signal: &str) -> Ran {
    let slow = ["--sandbox", LOST, "--sandbox-speed", "1", "--format", "json"];
    let mut command = home.command(&[&["repair", "--approve", "destructive"], &slow[..]].concat());
    let mut child = command.spawn().unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let began = Instant::now();
    let mut said = String::new();
    for line in lines.by_ref().map_while(Result::ok) {
        said.push_str(&line);
        said.push('\n');
        if line.contains('…') || began.elapsed() > Duration::from_mins(2) {
            break;
        }
    }
    let pid = child.id().to_string();
    assert!(Command::new("kill").args([signal, &pid]).status().unwrap().success());
    let rest: Vec<String> = lines.map_while(Result::ok).collect();
    let mut out = String::new();
    child.stdout.take().unwrap().read_to_string(&mut out).unwrap();
    let status = child.wait().unwrap();
    Ran { code: status.code(), out, err: said + &rest.join("\n") }
}

#[test]
fn signals_end_a_wait_with_130_and_the_journal_is_whole() {
    for signal in ["-INT", "-TERM", "-HUP"] {
        let home = Home::new();
        let ran = signalled(&home, signal).ends_with(130);
        assert_eq!(ran.document("run")["outcome"], "interrupted", "{signal}");
        let verified = home.run(&["verify", "--format", "json"]).ends_with(0);
        assert_eq!(verified.document("verification")["valid"], true);
    }
}

#[test]
fn a_world_that_moved_ends_with_9_and_nothing_is_done() {
    let home = Home::new();
    let served = Served::start(Some("nat-deleted"), "600");
    let plan = home.path().join("plan.json");
    let plan = plan.to_str().unwrap();
    let saved = at(&served, &["plan", "shop-prod", "-o", plan]);
    ended(logged_in(home.command(&saved))).ends_with(3);
    // Somebody takes the dead route away meanwhile: there is nothing to be replaced any more.
    let text = std::fs::read_to_string(plan).unwrap();
    let table = text.split('"').find(|word| word.starts_with("rtb-")).unwrap();
    let form = format!(
        "Action=DeleteRoute&Version=2016-11-15&RouteTableId={table}&DestinationCidrBlock=0.0.0.0/0"
    );
    let answer = posted(&served.endpoint, "ec2", &form);
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    let before = changes(&served);
    let apply = at(&served, &["apply", plan, "--approve", "destructive"]);
    let ran = ended(logged_in(home.command(&apply))).ends_with(9);
    ran.says("no longer holds: the route of rtb-").says("nothing was done");
    assert_eq!(changes(&served), before, "nothing is done");
    // A new plan fits.
    let repair = at(&served, &["repair", "shop-prod", "--approve", "destructive"]);
    ended(logged_in(home.command(&repair))).ends_with(0);
    // By then the old one has nothing left to do, and says so.
    let again = ended(logged_in(home.command(&apply))).ends_with(0);
    assert!(again.out.contains("Nothing had to be done"), "{}", again.out);
}

/// How many calls have changed something.
fn changes(served: &Served) -> usize {
    let calls = crate::stage::control(&served.endpoint, "GET", "calls", &Value::Null);
    let reads = ["Describe", "Get", "List", "Lookup", "Simulate", "Head"];
    let changed = |call: &&Value| {
        let operation = call["operation"].as_str().unwrap();
        !reads.iter().any(|prefix| operation.starts_with(prefix))
    };
    calls.as_array().unwrap().iter().filter(changed).count()
}

/// A call in the query protocol, without an SDK.
fn posted(endpoint: &str, service: &str, form: &str) -> String {
    use std::io::{Read as _, Write as _};
    let address = endpoint.trim_start_matches("http://");
    let mut stream = std::net::TcpStream::connect(address).unwrap();
    write!(
        stream,
        "POST / HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\nauthorization: AWS4-HMAC-SHA256 \
         Credential=AKIA1/20261129/us-west-2/{service}/aws4_request, SignedHeaders=host, Signature=00\r\n\
         content-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\n\r\n{form}",
        form.len()
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

#[test]
fn colours_follow_the_conventions() {
    let home = Home::new();
    let colored = |variables: &[(&str, &str)], flags: &[&str]| {
        let mut command = home.command(&[&["sandbox", "list"], flags].concat());
        command.envs(variables.iter().copied());
        ended(command).ends_with(0).out.contains('\u{1b}')
    };
    assert!(!colored(&[], &[]));
    assert!(colored(&[("CLICOLOR_FORCE", "1")], &[]));
    assert!(!colored(&[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")], &[]));
    assert!(colored(&[("NO_COLOR", "1")], &["--color", "always"]));
    assert!(!colored(&[("CLICOLOR_FORCE", "1")], &["--color", "never"]));
}

#[test]
fn links_lead_to_the_console_where_the_terminal_knows_them() {
    let home = Home::new();
    let served = Served::start(Some("healthy"), "60");
    let mut practice = home.command(&["diagnose", "--sandbox", "healthy", "--color", "always"]);
    practice.env("FORCE_HYPERLINK", "1");
    assert!(!ended(practice).ends_with(0).out.contains("\u{1b}]8;;"), "no console of a sandbox");
    let elsewhere = at(&served, &["diagnose", "shop-prod", "--color", "always"]);
    let mut elsewhere = logged_in(home.command(&elsewhere));
    elsewhere.env("FORCE_HYPERLINK", "1");
    assert!(!ended(elsewhere).ends_with(0).out.contains("\u{1b}]8;;"), "no console of that either");
}

#[test]
fn sessions_are_kept_in_the_xdg_state_folder() {
    let home = Home::new();
    let state = home.path().join("xdg");
    let mut command = home.command(&["repair", "--sandbox", "nat-deleted", "--approve", "safe"]);
    command.env_remove("EBRESCUE_STATE_DIR").env("XDG_STATE_HOME", &state);
    ended(command).ends_with(4);
    assert!(state.join("ebrescue").is_dir());
}

#[test]
fn completions_ask_the_program_and_it_knows_names() {
    let home = Home::new();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = home.run(&["completions", shell]).ends_with(0).out;
        assert!(script.contains("ebrescue") && script.contains("COMPLETE"), "{shell}: {script}");
    }
    let served = Served::start(Some("healthy"), "60");
    let offered = |words: &[&str]| {
        let index = (words.len() - 1).to_string();
        let mut command = logged_in(home.command(&[&["--"], words].concat()));
        command
            .env("COMPLETE", "bash")
            .env("_CLAP_COMPLETE_INDEX", index)
            .env("_CLAP_COMPLETE_COMP_TYPE", "9")
            .env("_CLAP_COMPLETE_SPACE", "true")
            .env("_CLAP_IFS", "\n")
            .env("AWS_ENDPOINT_URL", &served.endpoint)
            .env("AWS_REGION", "us-west-2")
            .stdin(Stdio::null());
        ended(command).ends_with(0).out
    };
    assert!(offered(&["ebrescue", "diagnose", "sh"]).contains("shop-prod"));
    assert!(offered(&["ebrescue", "diagnose", "--sandbox", "lost"]).contains(LOST));
    assert!(offered(&["ebrescue", "diagnose", "--playbook", "surv"]).contains("survey"));
    assert!(offered(&["ebrescue", "explain", "NET-0"]).contains("NET-03"));
}

#[test]
fn every_help_fits_a_screen_and_has_an_example() {
    let home = Home::new();
    let commands = [
        "diagnose",
        "repair",
        "plan",
        "apply",
        "resume",
        "undo",
        "report",
        "sessions",
        "verify",
        "capture",
        "explain",
        "playbook",
        "sandbox",
        "completions",
        "man",
    ];
    for command in commands {
        let help = home.run(&[command, "-h"]).ends_with(0).out;
        // A terminal of today has at least 50 lines; a page of paper has 60.
        assert!(help.lines().count() <= 50, "{command}: {} lines", help.lines().count());
        assert!(help.contains("Example"), "{command}:\n{help}");
        assert!(help.lines().all(|line| line.chars().count() <= 100), "{command}:\n{help}");
    }
}

#[test]
fn the_manual_has_every_command() {
    let home = Home::new();
    let page = home.run(&["man"]).ends_with(0).out;
    for command in ["diagnose", "repair", "undo", "capture", "playbook"] {
        assert!(page.contains(command), "{command}");
    }
}
