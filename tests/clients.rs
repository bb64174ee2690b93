//! Clients that are not ours against the sandbox: boto3 by models and by recordings of the real AWS.
//!
//! `tests/run` makes the virtual environment they live in and names it in `EBRESCUE_CLIENTS`.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use serde_json::Value;

/// A sandbox served by the binary, ended when dropped.
pub(crate) struct Served {
    child: Child,
    /// Where it listens.
    pub(crate) endpoint: String,
    /// The region of its world.
    pub(crate) region: String,
}

impl Served {
    /// Serves a scenario, or an empty account.
    pub(crate) fn start(scenario: Option<&str>, speed: &str) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_ebrescue"))
            .args(["sandbox", "serve"])
            .args(scenario)
            .args(["--speed", speed])
            .stdout(Stdio::piped())
            .spawn()
            .expect("the binary starts");
        let mut line = String::new();
        let stdout = child.stdout.take().expect("stdout is a pipe");
        BufReader::new(stdout).read_line(&mut line).expect("a line of JSON");
        let served: Value = serde_json::from_str(&line).expect("one line of JSON");
        let text = |name: &str| served[name].as_str().expect("a text").to_owned();
        Self { child, endpoint: text("endpoint"), region: text("region") }
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        // It may have ended by itself; then there is nothing to end.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A program of the virtual environment.
fn client(name: &str) -> PathBuf {
    let folder = std::env::var_os("EBRESCUE_CLIENTS")
        .expect("EBRESCUE_CLIENTS names the virtual environment; tests/run makes it");
    Path::new(&folder).join("bin").join(name)
}

pub(crate) fn python(script: &str, arguments: &[&str]) -> Output {
    let script = crate::house::checkout("tests").join(script);
    Command::new(client("python")).arg(script).args(arguments).output().expect("python starts")
}

/// Fails with all that the script printed unless it ended well.
pub(crate) fn holds(output: &Output) {
    let printed = String::from_utf8_lossy(&output.stdout);
    println!("{}", printed.lines().last().unwrap_or_default());
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{printed}\n{complaint}");
}

#[test]
#[ignore = "needs the Python clients that tests/run installs"]
fn every_answer_of_an_empty_account_is_as_botocores_models_say() {
    let served = Served::start(None, "60");
    holds(&python("clients/sweep.py", &[&served.endpoint]));
}

/// A program that serves until it is ended, on a port it prints nothing about.
struct Moto(Child, u16);

impl Moto {
    fn start() -> Self {
        let free = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = free.local_addr().expect("its address").port();
        drop(free);
        let child = Command::new(client("moto_server"))
            .args(["-H", "127.0.0.1", "-p", &port.to_string()])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("moto starts");
        // It is ready when it accepts connections, usually within a second or two.
        for _ in 0..300 {
            if std::net::TcpStream::connect(("127.0.0.1", port)).is_ok() {
                break;
            }
            std::thread::sleep(std::time::Duration::from_millis(100));
        }
        Self(child, port)
    }
}

impl Drop for Moto {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
#[ignore = "needs the Python clients that tests/run installs"]
fn moto_and_the_sandbox_differ_only_where_it_is_known_why() {
    let moto = Moto::start();
    let served = Served::start(None, "600");
    let theirs = format!("http://127.0.0.1:{}", moto.1);
    holds(&python("clients/against_moto.py", &[&served.endpoint, &theirs]));
}

#[test]
#[ignore = "needs the Python clients that tests/run installs"]
fn the_eb_client_works_on_an_environment_that_is_well() {
    let served = Served::start(Some("healthy"), "300");
    holds(&python("clients/eb_cli.py", &[&served.endpoint, "working"]));
}

#[test]
#[ignore = "needs the Python clients that tests/run installs"]
fn the_eb_client_says_why_it_cannot_end_an_environment_that_is_stuck() {
    let served = Served::start(Some("launch-without-end"), "1");
    holds(&python("clients/eb_cli.py", &[&served.endpoint, "stuck"]));
}

#[test]
#[ignore = "needs the Python clients that tests/run installs"]
fn the_aws_client_makes_and_ends_stacks_and_boto3_a_network() {
    let served = Served::start(None, "300");
    holds(&python("clients/aws_cli.py", &[&served.endpoint]));
}

#[test]
#[ignore = "needs the Python clients that tests/run installs"]
fn each_kind_of_fault_reaches_a_real_client() {
    let served = Served::start(None, "1");
    holds(&python("clients/faults.py", &[&served.endpoint]));
}

#[test]
#[ignore = "needs the Python clients that tests/run installs"]
fn boto3_finds_mail_at_its_own_paths_and_a_classic_load_balancer() {
    let served = Served::start(Some("healthy-classic-balancer"), "1");
    holds(&python("clients/mail.py", &[&served.endpoint]));
}
