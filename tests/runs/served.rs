//! The program against a sandbox of its own process, so that it can be killed, run twice at once
//! and find the world changed by others.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

use crate::stage::control;

/// A served scenario and a folder for the sessions of whoever works on it.
struct Served {
    child: Child,
    endpoint: String,
    region: String,
    folder: TempDir,
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Served {
    fn new(scenario: &str) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_ebrescue"))
            .args(["sandbox", "serve", scenario, "--speed", "300"])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let told: Value = serde_json::from_str(&line).unwrap();
        let text = |key: &str| told[key].as_str().unwrap().to_owned();
        let folder = tempfile::tempdir().unwrap();
        Self { child, endpoint: text("endpoint"), region: text("region"), folder }
    }

    /// The program with the way to this sandbox.
    fn command(&self, line: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_ebrescue"));
        command
            .args(line)
            .args(["--endpoint-url", &self.endpoint, "--region", &self.region])
            .args(["--poll-interval", "200ms"])
            .current_dir(self.folder.path())
            .env_clear()
            .env("HOME", self.folder.path())
            .env("EBRESCUE_STATE_DIR", self.folder.path().join("state"))
            .env("AWS_ACCESS_KEY_ID", "practice")
            .env("AWS_SECRET_ACCESS_KEY", "practice")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    fn run(&self, line: &[&str]) -> Output {
        self.command(line).output().unwrap()
    }

    /// Calls that changed something, each with what it named.
    fn changes(&self) -> Vec<String> {
        let calls = control(&self.endpoint, "GET", "calls", &Value::Null);
        let reads = ["Describe", "Get", "List", "Lookup", "Simulate", "Validate", "Head"];
        let changed = |call: &&Value| {
            let operation = call["operation"].as_str().unwrap();
            let done = call["status"].as_u64().is_some_and(|status| status < 300);
            done && !reads.iter().any(|prefix| operation.starts_with(prefix))
        };
        let told = |call: &Value| format!("{} {}", call["operation"], call["parameters"]);
        calls.as_array().unwrap().iter().filter(changed).map(told).collect()
    }

    /// Waits until so much was changed.
    fn wait_for_changes(&self, count: usize) {
        let until = Instant::now() + Duration::from_mins(2);
        while self.changes().len() < count {
            assert!(Instant::now() < until, "only {:?}", self.changes());
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// One call of EC2 by somebody else.
    fn ec2(&self, form: &str) -> String {
        let address = self.endpoint.trim_start_matches("http://");
        let mut stream = TcpStream::connect(address).unwrap();
        let scope = format!("Credential=other/20261123/{}/ec2/aws4_request", self.region);
        let length = form.len();
        write!(
            stream,
            "POST / HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\
             authorization: AWS4-HMAC-SHA256 {scope}, SignedHeaders=host, Signature=0\r\n\
             content-type: application/x-www-form-urlencoded\r\ncontent-length: {length}\r\n\r\n{form}"
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }
}

const SCRIPT: [&str; 5] = ["--non-interactive", "--approve", "destructive", "--format", "json"];

fn with<'a>(line: &[&'a str], more: &[&'a str]) -> Vec<&'a str> {
    [line, more].concat()
}

fn code(output: &Output) -> i32 {
    output.status.code().unwrap()
}

fn told(output: &Output) -> Value {
    let text = String::from_utf8_lossy(&output.stdout);
    serde_json::from_str(&text).unwrap_or_else(|error| {
        panic!("{error}: {text}\n{}", String::from_utf8_lossy(&output.stderr))
    })
}

#[test]
fn a_killed_repair_is_resumed_and_nothing_is_made_twice() {
    for point in [1, 4, 7] {
        let served = Served::new("lost-route-table");
        let mut first = served.command(&with(&["repair", "shop-prod"], &SCRIPT)).spawn().unwrap();
        served.wait_for_changes(point);
        first.kill().unwrap();
        first.wait().unwrap();
        let output = served.run(&with(&["resume"], &SCRIPT));
        assert_eq!(told(&output)["outcome"], "recovered", "killed after {point}");
        assert_eq!(code(&output), 0);
        let mut changes = served.changes();
        let all = changes.len();
        changes.sort();
        changes.dedup();
        assert_eq!(changes.len(), all, "killed after {point}: {changes:#?}");
    }
}

#[test]
fn two_runs_on_one_environment_are_one_too_many() {
    let served = Served::new("lost-route-table");
    let mut first = served.command(&with(&["repair", "shop-prod"], &SCRIPT)).spawn().unwrap();
    served.wait_for_changes(1);
    let second = served.run(&with(&["repair", "shop-prod"], &SCRIPT));
    assert_eq!(code(&second), 9, "{}", String::from_utf8_lossy(&second.stderr));
    assert!(first.wait().unwrap().success());
}

#[test]
fn a_saved_plan_is_applied_only_as_it_was_and_where_it_belongs() {
    let served = Served::new("gateway-detached");
    let plan = with(&["plan", "shop-prod", "-o", "plan.json", "--format", "json"], &[]);
    assert_eq!(code(&served.run(&plan)), 3);
    let file = served.folder.path().join("plan.json");
    let text = std::fs::read_to_string(&file).unwrap();
    let apply = with(&["apply", "plan.json"], &SCRIPT);

    std::fs::write(&file, text.replace("attach-internet-gateway", "detach-internet-gateway"))
        .unwrap();
    assert_eq!(code(&served.run(&apply)), 8, "altered");

    std::fs::write(&file, &text).unwrap();
    let other = Served::new("healthy");
    std::fs::write(other.folder.path().join("plan.json"), &text).unwrap();
    assert_eq!(code(&other.run(&apply)), 8, "another environment");
    let elsewhere = with(&["apply", "plan.json", "--region", "eu-west-1"], &SCRIPT);
    let output = Command::new(env!("CARGO_BIN_EXE_ebrescue"))
        .args(elsewhere)
        .current_dir(served.folder.path())
        .env_clear()
        .output()
        .unwrap();
    assert_eq!(code(&output), 8, "another region");

    let output = served.run(&apply);
    assert_eq!(told(&output)["outcome"], "recovered");
    let output = served.run(&apply);
    assert_eq!((told(&output)["outcome"].as_str(), code(&output)), (Some("not-needed"), 0));
}

#[test]
fn a_plan_for_a_world_that_moved_is_refused() {
    let served = Served::new("gateway-detached");
    let plan = ["plan", "shop-prod", "-o", "plan.json", "--format", "json"];
    let planned = told(&served.run(&plan));
    let text = planned.to_string();
    let at = text.find("igw-").unwrap();
    let gateway: String =
        text[at..].chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '-').collect();
    let answer = served.ec2(&format!(
        "Action=DeleteInternetGateway&Version=2016-11-15&InternetGatewayId={gateway}"
    ));
    assert!(answer.contains("200 OK"), "{answer}");
    let before = served.changes().len();
    let output = served.run(&with(&["apply", "plan.json"], &SCRIPT));
    assert_eq!(code(&output), 9, "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(served.changes().len(), before, "nothing is done");
}

/// The journal of the only session.
fn journal(folder: &Path) -> std::path::PathBuf {
    let sessions = folder.join("state/sessions");
    let one = std::fs::read_dir(sessions).unwrap().next().unwrap().unwrap();
    one.path().join("journal.jsonl")
}

#[test]
fn a_journal_vouches_for_itself() {
    let served = Served::new("gateway-detached");
    assert_eq!(code(&served.run(&with(&["repair", "shop-prod"], &SCRIPT))), 0);
    let path = journal(served.folder.path());
    let whole = std::fs::read_to_string(&path).unwrap();
    let verify = || served.run(&["verify"]);
    assert_eq!(code(&verify()), 0);

    std::fs::write(&path, &whole[..whole.len() - 20]).unwrap();
    assert_eq!(code(&verify()), 0, "a torn last line is a crash, not a forgery");

    let lines: Vec<&str> = whole.lines().collect();
    let middle = lines.len() / 2;
    let torn = lines.iter().enumerate().map(|(number, line)| {
        if number == middle {
            format!("{}\n", &line[..line.len() / 2])
        } else {
            format!("{line}\n")
        }
    });
    std::fs::write(&path, torn.collect::<String>()).unwrap();
    let output = verify();
    assert_eq!(code(&output), 8);
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said).into_owned();
    assert!(said.contains(&(middle + 1).to_string()), "the record is named: {said}");

    std::fs::write(&path, whole.replacen("approved", "declined", 1)).unwrap();
    assert_eq!(code(&verify()), 8, "altered");
    for command in ["resume", "undo"] {
        assert_eq!(code(&served.run(&with(&[command], &SCRIPT))), 8, "{command}");
    }
}
