//! How fast and how large the sandbox is: `cargo bench --bench sandbox` prints the figures.
//!
//! What is promised: ready in under 100 ms; a describe call well under a millisecond of its own
//! time; an account of 1,000 environments, 50 networks and 5,000 instances within 200 MB. A figure
//! beyond its bound is marked, and the exit status says so. `-- --environments 100` measures a smaller
//! account.

#![expect(clippy::print_stdout, clippy::disallowed_methods, reason = "it measures and tells")]

use std::collections::BTreeMap;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use ebrescue::sandbox::scenarios::{self, estate::Estate};
use ebrescue::sandbox::{Account, Options, Sandbox, Service};
use jiff::Timestamp;
use serde_json::{Value, json};

/// The figures so far, and whether all are within their bounds.
struct Figures {
    within: bool,
}

impl Figures {
    fn tell(&mut self, what: &str, figure: f64, unit: &str, bound: f64) {
        let mark = if figure <= bound { "" } else { "   TOO MUCH" };
        self.within &= figure <= bound;
        println!("{figure:10.3} {unit:3} of {bound} {unit:3} {what}{mark}");
    }
}

fn main() -> ExitCode {
    let now: Timestamp = "2026-11-23T15:30:00Z".parse().expect("a time");
    let mut figures = Figures { within: true };
    ready(&mut figures, now);
    let mut shop = scenarios::find("healthy").expect("a scenario").build(now);
    describe(&mut figures, &mut shop, "a shop");
    over_the_wire(&mut figures, shop);
    estate(&mut figures, now);
    if figures.within { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

/// Every scenario, from nothing to a server that accepts connections; the slowest one counts.
fn ready(figures: &mut Figures, now: Timestamp) {
    let mut slowest = (0.0, String::new());
    let mut total = 0.0;
    for scenario in scenarios::all() {
        let began = Instant::now();
        let sandbox = Sandbox::start(Options::new(scenario.build(now))).expect("it serves");
        let took = milliseconds(began.elapsed());
        drop(sandbox);
        total += took;
        if took > slowest.0 {
            slowest = (took, scenario.name());
        }
    }
    #[expect(clippy::cast_precision_loss, reason = "there are some dozens")]
    let mean = total / scenarios::all().len() as f64;
    figures.tell(&format!("ready, the slowest scenario, {}", slowest.1), slowest.0, "ms", 100.0);
    figures.tell("ready, the mean of all scenarios", mean, "ms", 100.0);
}

const READS: [(Service, &str); 6] = [
    (Service::ElasticBeanstalk, "DescribeEnvironments"),
    (Service::CloudFormation, "DescribeStacks"),
    (Service::Ec2, "DescribeSubnets"),
    (Service::Ec2, "DescribeRouteTables"),
    (Service::Ec2, "DescribeInstances"),
    (Service::LoadBalancing, "DescribeLoadBalancers"),
];

/// A call's own time, without the wire.
fn describe(figures: &mut Figures, account: &mut Account, of: &str) {
    for (service, operation) in READS {
        let took = per_call(200, || {
            account.call_as("x", service, operation, json!({})).expect("an answer");
        });
        figures.tell(&format!("{operation} of {of}"), took, "ms", 1.0);
    }
}

fn per_call(times: u32, mut call: impl FnMut()) -> f64 {
    let began = Instant::now();
    for _ in 0..times {
        call();
    }
    milliseconds(began.elapsed() / times)
}

/// A whole request over loopback, connection included: decoded, answered, written.
fn over_the_wire(figures: &mut Figures, account: Account) {
    use std::io::{Read, Write};
    let sandbox = Sandbox::start(Options::new(account)).expect("it serves");
    let address = sandbox.endpoint.trim_start_matches("http://").to_owned();
    let body = "Action=DescribeSubnets&Version=2016-11-15";
    let request = format!(
        "POST / HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\nauthorization: \
         AWS4-HMAC-SHA256 Credential=AKIA1/20261123/us-west-2/ec2/aws4_request, \
         SignedHeaders=host, Signature=00\r\ncontent-type: application/x-www-form-urlencoded\r\n\
         content-length: {}\r\n\r\n{body}",
        body.len()
    );
    let took = per_call(200, || {
        let mut stream = std::net::TcpStream::connect(&address).expect("it listens");
        stream.write_all(request.as_bytes()).expect("it reads");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("it answers");
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    });
    figures.tell("DescribeSubnets over a connection of its own", took, "ms", 2.0);
}

fn estate(figures: &mut Figures, now: Timestamp) {
    let size = wanted();
    let before = resident();
    let began = Instant::now();
    let vpcs = BTreeMap::from([("us-west-2", size.div_ceil(20))]);
    let mut account = Estate { vpcs, environments: size.min(20), instances: 5 }.build(now);
    let took = began.elapsed().as_secs_f64();
    let ec2 = &account.here.ec2;
    println!(
        "{} environments, {} networks, {} instances, made in {took:.1} s",
        account.here.beanstalk.environments.len(),
        ec2.vpcs.len(),
        ec2.instances.len(),
    );
    if let (Some(before), Some(after)) = (before, resident()) {
        figures.tell("memory of the estate", after - before, "MB", 200.0);
    }
    let page = |account: &mut Account, service, operation, params: Value| {
        per_call(20, || {
            account.call_as("x", service, operation, params.clone()).expect("an answer");
        })
    };
    let one = json!({ "EnvironmentNames": ["team-0-0"] });
    let took = page(&mut account, Service::ElasticBeanstalk, "DescribeEnvironments", one);
    figures.tell("DescribeEnvironments of one in the estate", took, "ms", 1.0);
    let all = page(&mut account, Service::ElasticBeanstalk, "DescribeEnvironments", json!({}));
    println!("{all:10.3} ms  DescribeEnvironments of all of them");
}

/// How many environments the estate has, from the command line.
fn wanted() -> usize {
    let mut arguments =
        std::env::args().skip_while(|argument| argument != "--environments").skip(1);
    arguments.next().and_then(|text| text.parse().ok()).unwrap_or(1000)
}

/// The resident set of this process in MB, where the system tells it.
fn resident() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kilobytes: f64 = line.trim().trim_end_matches(" kB").parse().ok()?;
    Some(kilobytes / 1024.0)
}
