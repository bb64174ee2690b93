//! Whole commands against a served sandbox, beside what people would do without them.
//!
//! `cargo bench --bench commands` prints one line for each figure: what was measured, what it is
//! held to, and the ratio. Figures of a debug build (`cargo bench --profile dev --bench commands`)
//! are shown and held to nothing. The comparisons need the Python clients that `tests/run` makes
//! (`EBRESCUE_CLIENTS`); without them they are left out, and said to be.

#![expect(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a bench reads the clock and the environment, and prints what it measured"
)]

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use ebrescue::aws::governed;
use ebrescue::sandbox::scenarios::{self, estate::Estate};
use ebrescue::sandbox::{Account, Options, Sandbox};
use jiff::Timestamp;
use serde_json::Value;

const PROGRAM: &str = env!("CARGO_BIN_EXE_ebrescue");

/// How long every answer of the sandbox takes: as from the other side of an ocean.
const LATENCY: Duration = Duration::from_millis(100);

/// How often each is measured; the shortest counts, because the rest is other work.
const TIMES: usize = 3;

/// What was measured and what it is held to.
struct Figure {
    name: String,
    is: f64,
    limit: f64,
    unit: &'static str,
    /// Whether more is better.
    at_least: bool,
}

impl Figure {
    fn at_most(name: impl Into<String>, is: f64, limit: f64, unit: &'static str) -> Self {
        Self { name: name.into(), is, limit, unit, at_least: false }
    }

    fn at_least(name: impl Into<String>, is: f64, limit: f64) -> Self {
        Self { name: name.into(), is, limit, unit: "times", at_least: true }
    }

    fn holds(&self) -> bool {
        if self.at_least { self.is >= self.limit } else { self.is <= self.limit }
    }

    fn print(&self) {
        let Self { name, is, limit, unit, at_least } = self;
        let (bound, mark) = (if *at_least { "at least" } else { "at most" }, self.holds());
        let mark = if mark { "ok" } else { "BEYOND" };
        let ratio = if *limit > 0.0 { format!("; ratio {:.2}", is / limit) } else { String::new() };
        println!("{mark:6} {name}: {is:.1} {unit}, {bound} {limit:.0}{ratio}");
    }
}

fn main() {
    let build = if cfg!(debug_assertions) { "debug" } else { "release" };
    println!("{build} build, every answer after {LATENCY:?}");
    let mut figures = vec![start("--version", 10.0), start("--help", 15.0)];
    if !cfg!(debug_assertions) {
        let bytes = std::fs::metadata(PROGRAM).map_or(0, |file| file.len());
        figures.push(Figure::at_most("the program", megabytes(bytes), 30.0, "MB"));
    }
    figures.extend(one_environment());
    figures.extend(thousand_environments());
    for figure in &figures {
        figure.print();
    }
    let beyond = figures.iter().filter(|figure| !figure.holds()).count();
    assert!(beyond == 0 || cfg!(debug_assertions), "{beyond} figures are beyond their limits");
}

#[expect(clippy::cast_precision_loss, reason = "sizes are far below what a double holds exactly")]
fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

/// A command that starts, prints and ends.
fn start(flag: &str, limit: f64) -> Figure {
    let once = || {
        let began = Instant::now();
        let output = Command::new(PROGRAM).arg(flag).output().expect("the program starts");
        assert!(output.status.success());
        began.elapsed()
    };
    let best = (0..20).map(|_| once()).min().unwrap_or_default();
    Figure::at_most(flag, millis(best), limit, "ms")
}

/// A diagnosis of the healthy environment, by name and by id, beside boto3 and `eb`.
fn one_environment() -> Vec<Figure> {
    let scenario = scenarios::find("healthy").expect("there is a healthy scenario");
    let mut options = Options::new(scenario.build(Timestamp::now()));
    options.latency = LATENCY;
    let sandbox = Sandbox::start(options).expect("the sandbox starts");
    let id = sandbox.with(|account| account.here.beanstalk.environments.keys().next().cloned());
    let id = id.expect("the scenario has an environment");
    let name = scenario.about.environment;
    let mut figures = Vec::new();
    let mut by_name = Duration::MAX;
    for (environment, rounds) in [(name, 3), (id.as_str(), 2)] {
        let run = best_run(&sandbox, &["diagnose", environment]);
        let limit = millis(LATENCY) * f64::from(rounds) + 100.0;
        figures.extend([
            Figure::at_most(format!("diagnose {environment}"), millis(run.took), limit, "ms"),
            Figure::at_most(
                format!("calls of diagnose {environment}"),
                f64::from(run.calls),
                30.0,
                "calls",
            ),
            Figure::at_most(
                format!("memory of diagnose {environment}"),
                megabytes(run.memory),
                60.0,
                "MB",
            ),
        ]);
        by_name = by_name.min(run.took);
    }
    figures.extend(beside_others(&sandbox, name, by_name));
    figures
}

/// How a run of the program went.
struct Run {
    took: Duration,
    calls: u32,
    /// The most memory it had at once, bytes.
    memory: u64,
}

fn best_run(sandbox: &Sandbox, arguments: &[&str]) -> Run {
    let once = || {
        let before = calls(sandbox);
        let began = Instant::now();
        let child = program(sandbox, arguments).spawn().expect("the program starts");
        let memory = watched(child);
        Run { took: began.elapsed(), calls: calls(sandbox) - before, memory }
    };
    let runs = (0..TIMES).map(|_| once());
    runs.min_by_key(|run| run.took).expect("it is measured at least once")
}

fn program(sandbox: &Sandbox, arguments: &[&str]) -> Command {
    let mut command = Command::new(PROGRAM);
    command
        .args(arguments)
        .args(["--endpoint-url", &sandbox.endpoint])
        .env_clear()
        .envs(credentials())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command
}

fn credentials() -> [(&'static str, &'static str); 4] {
    [
        ("AWS_ACCESS_KEY_ID", "AKIABENCH"),
        ("AWS_SECRET_ACCESS_KEY", "bench"),
        ("AWS_REGION", "us-west-2"),
        ("AWS_DEFAULT_REGION", "us-west-2"),
    ]
}

/// Waits for the end of a process, and tells its largest resident set as Linux knows it.
fn watched(mut child: Child) -> u64 {
    let status = format!("/proc/{}/status", child.id());
    let mut most = 0;
    while child.try_wait().expect("the process is ours").is_none() {
        let text = std::fs::read_to_string(&status).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kilobytes = line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok());
        most = most.max(kilobytes.unwrap_or(0) * 1024);
        std::thread::sleep(Duration::from_millis(2));
    }
    most
}

/// How many calls reached a sandbox so far.
fn calls(sandbox: &Sandbox) -> u32 {
    u32::try_from(log(sandbox).len()).unwrap_or(u32::MAX)
}

/// Every call that reached a sandbox.
fn log(sandbox: &Sandbox) -> Vec<Value> {
    let log = control(sandbox, "GET", "calls", "");
    log.as_array().cloned().unwrap_or_default()
}

/// One of the sandbox's own endpoints.
fn control(sandbox: &Sandbox, method: &str, path: &str, body: &str) -> Value {
    let address = sandbox.endpoint.trim_start_matches("http://");
    let mut stream = TcpStream::connect(address).expect("the sandbox listens");
    let request = format!(
        "{method} /_sandbox/{path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\
         content-length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(request.as_bytes()).expect("the sandbox reads");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("the sandbox answers");
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    let (_, body) = answer.split_once("\r\n\r\n").expect("an answer has a body");
    serde_json::from_str(body).expect("the answer is JSON")
}

/// How many times faster than a sequential script, and than the `eb` CLI, in the same run.
fn beside_others(sandbox: &Sandbox, name: &str, ours: Duration) -> Vec<Figure> {
    let Some(clients) = std::env::var_os("EBRESCUE_CLIENTS").map(PathBuf::from) else {
        println!("left out: boto3 and eb (EBRESCUE_CLIENTS names no virtual environment)");
        return Vec::new();
    };
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/sequential.py");
    let output = Command::new(clients.join("bin/python"))
        .arg(script)
        .args([&sandbox.endpoint, name])
        .output()
        .expect("python starts");
    let told: Value = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)));
    let script = told["seconds"].as_f64().unwrap_or_default();
    println!("sequential boto3: {} calls, {script:.2} s", told["calls"]);
    let eb = eb(&clients.join("bin/eb"), sandbox, name);
    println!("eb status, health, events: {:.2} s", eb.as_secs_f64());
    let ours = ours.as_secs_f64();
    vec![
        Figure::at_least("faster than sequential boto3", script / ours, 8.0),
        Figure::at_least("faster than eb", eb.as_secs_f64() / ours, 5.0),
    ]
}

/// `eb status && eb health && eb events` in a folder that `eb init` knows.
fn eb(program: &Path, sandbox: &Sandbox, name: &str) -> Duration {
    let project = tempfile::tempdir().expect("a folder");
    let folder = project.path().join(".elasticbeanstalk");
    std::fs::create_dir(&folder).expect("a folder in it");
    let settings = "global:\n  application_name: shop\n  default_region: us-west-2\n  sc: null\n";
    std::fs::write(folder.join("config.yml"), settings).expect("a file in it");
    let began = Instant::now();
    for command in ["status", "health", "events"] {
        let output = Command::new(program)
            .args([command, name])
            .current_dir(project.path())
            .env("HOME", project.path())
            .env("AWS_ENDPOINT_URL", &sandbox.endpoint)
            .env("PAGER", "cat")
            .envs(credentials())
            .stdin(Stdio::null())
            .output()
            .expect("eb starts");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
    began.elapsed()
}

/// The regions of the large estate.
const REGIONS: [&str; 4] = ["ap-south-1", "eu-west-1", "us-east-1", "us-west-2"];

/// A scan of 1,000 environments in 50 VPCs over 4 regions, in quiet and in a storm of throttling.
fn thousand_environments() -> Vec<Figure> {
    let began = Instant::now();
    let account = estate(20);
    println!("1,000 environments were made in {:.1} s", began.elapsed().as_secs_f64());
    let sandbox = serve(account.clone(), Duration::ZERO);
    let quiet = scan(&sandbox);
    let small = scan(&serve(estate(2), Duration::ZERO));
    println!("scan of 1,000: {:.2} s, {} calls", quiet.took.as_secs_f64(), quiet.calls);
    println!("scan of 100 in as many VPCs: {} calls", small.calls);
    let mut figures = vec![
        // About 20 lists in each region, their pages, and two attributes of each VPC.
        Figure::at_most("calls of a large scan", f64::from(quiet.calls), 260.0, "calls"),
        Figure::at_most("first line of a large scan", millis(quiet.heard), 1000.0, "ms"),
        Figure::at_most("lines of progress kept waiting", millis(quiet.silent), 2000.0, "ms"),
        Figure::at_most("memory of a large scan", megabytes(quiet.memory), 200.0, "MB"),
    ];
    figures.push(governed_scan(account));
    figures.push(throttled_scan(&sandbox, &quiet.answer));
    figures
}

fn estate(environments: usize) -> Account {
    let vpcs = BTreeMap::from(REGIONS.map(|region| (region, if region < "us" { 12 } else { 13 })));
    Estate { vpcs, environments, instances: 1 }.build(Timestamp::now())
}

fn serve(account: Account, latency: Duration) -> Sandbox {
    let mut options = Options::new(account);
    options.latency = latency;
    Sandbox::start(options).expect("the sandbox starts")
}

/// How a scan went.
struct Scan {
    took: Duration,
    calls: u32,
    memory: u64,
    /// When the first line was on screen.
    heard: Duration,
    /// The longest time without a line.
    silent: Duration,
    answer: Value,
}

fn scan(sandbox: &Sandbox) -> Scan {
    let regions = REGIONS.join(",");
    let before = calls(sandbox);
    let mut child = program(sandbox, &["scan", "--regions", &regions, "--format", "json"])
        .stderr(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("it starts");
    let began = Instant::now();
    let (said, mut answer) = (child.stderr.take(), child.stdout.take().expect("it is a pipe"));
    let said = BufReader::new(said.expect("it is a pipe"));
    let listening = std::thread::spawn(move || {
        let times = said.lines().map_while(Result::ok).map(|_| began.elapsed());
        times.collect::<Vec<Duration>>()
    });
    let reading = std::thread::spawn(move || {
        let mut text = String::new();
        answer.read_to_string(&mut text).expect("it is text");
        serde_json::from_str(&text).expect("it is JSON")
    });
    let memory = watched(child);
    let took = began.elapsed();
    let mut times = listening.join().expect("it listened");
    let heard = times.first().copied().unwrap_or(Duration::MAX);
    times.push(took);
    let silent = times.windows(2).map(|pair| pair[1].saturating_sub(pair[0])).max();
    Scan {
        took,
        calls: calls(sandbox) - before,
        memory,
        heard,
        silent: silent.unwrap_or_default(),
        answer: reading.join().expect("it read"),
    }
}

/// How long a scan takes beside the least that the rates and the rounds of its questions allow, where
/// every answer takes its time.
fn governed_scan(account: Account) -> Figure {
    let sandbox = serve(account, LATENCY);
    let quiet = scan(&sandbox);
    let mut counts: BTreeMap<(String, String), u32> = BTreeMap::new();
    for call in log(&sandbox) {
        let text = |key: &str| call[key].as_str().unwrap_or_default().to_owned();
        *counts.entry((text("region"), text("service"))).or_default() += 1;
    }
    let least = counts.iter().map(|((_, service), calls)| governed(service, *calls)).max();
    let least = least.unwrap_or_default();
    println!(
        "scan of 1,000 at {LATENCY:?}: {:.2} s; the rates alone ask for {:.2} s",
        quiet.took.as_secs_f64(),
        least.as_secs_f64()
    );
    // The longest chain of questions: who asks, the lists, their pages, what the VPCs are set to.
    let rounds = LATENCY * 10;
    let bound = millis(least).max(millis(rounds)) * 1.1 + 100.0;
    Figure::at_most("a large scan at its rates", millis(quiet.took), bound, "ms")
}

/// The same answer, although every fifth call is throttled.
fn throttled_scan(sandbox: &Sandbox, quiet: &Value) -> Figure {
    let storm = r#"[{"operation": "*", "kind": "throttle", "rate": 0.2, "seed": 7}]"#;
    control(sandbox, "POST", "faults", storm);
    let stormy = scan(sandbox).answer;
    let felt = log(sandbox).iter().filter(|call| call["fault"] == "throttle").count();
    assert!(felt > 10, "{felt} calls were throttled");
    let lost = |part: &str| {
        let length = |answer: &Value| answer[part].as_array().map_or(0, Vec::len);
        f64::from(u32::try_from(length(quiet).abs_diff(length(&stormy))).unwrap_or(u32::MAX))
    };
    let lost = lost("environments") + lost("not_checked");
    Figure::at_most("answers lost to throttling", lost, 0.0, "answers")
}
