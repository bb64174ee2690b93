//! How many connections a command opens, counted by a relay between it and a served sandbox.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use ebrescue::sandbox::{Options, Sandbox, scenarios};
use serde_json::Value;

use crate::program::Home;
use crate::stage::control;

/// Long enough for all calls of one round to be under way at the same time.
const LATENCY: Duration = Duration::from_millis(400);

/// Passes everything on in both directions, and counts connections.
struct Relay {
    address: SocketAddr,
    opened: Arc<AtomicUsize>,
}

impl Relay {
    fn to(endpoint: &str) -> Self {
        let target: SocketAddr = endpoint.trim_start_matches("http://").parse().unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let relay = Self { address: listener.local_addr().unwrap(), opened: Arc::default() };
        let opened = Arc::clone(&relay.opened);
        std::thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                opened.fetch_add(1, Ordering::Relaxed);
                let server = TcpStream::connect(target).unwrap();
                pass(client.try_clone().unwrap(), server.try_clone().unwrap());
                pass(server, client);
            }
        });
        relay
    }
}

fn pass(mut from: TcpStream, mut to: TcpStream) {
    std::thread::spawn(move || {
        let mut bytes = [0; 16 * 1024];
        while let Ok(count @ 1..) = from.read(&mut bytes) {
            if to.write_all(&bytes[..count]).is_err() {
                break;
            }
        }
        let _ = to.shutdown(Shutdown::Write);
    });
}

/// How many calls were under way together at most: an answer takes the latency, so those that came
/// in within it.
fn together(sandbox: &Sandbox) -> usize {
    let calls = control(&sandbox.endpoint, "GET", "calls", &Value::Null);
    let time =
        |call: &Value| -> jiff::Timestamp { call["time"].as_str().unwrap().parse().unwrap() };
    let times: Vec<jiff::Timestamp> = calls.as_array().unwrap().iter().map(time).collect();
    let within = |from: jiff::Timestamp| {
        let until = from + LATENCY;
        times.iter().filter(|at| (from..until).contains(*at)).count()
    };
    times.iter().map(|from| within(*from)).max().unwrap_or_default()
}

#[test]
fn no_connection_is_opened_while_another_to_the_same_host_is_free() {
    let scenario = scenarios::find("healthy").unwrap();
    let mut options = Options::new(scenario.build(crate::stage::now()));
    options.latency = LATENCY;
    let sandbox = Sandbox::start(options).unwrap();
    let relay = Relay::to(&sandbox.endpoint);
    let endpoint = format!("http://{}", relay.address);
    let home = Home::new();
    let mut command = home.program(env!("CARGO_BIN_EXE_ebrescue"));
    let ended = command
        .args(["diagnose", scenario.about.environment, "--region", &sandbox.region])
        .args(["--endpoint-url", &endpoint])
        .env("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
        .env("AWS_SECRET_ACCESS_KEY", "secret")
        .output()
        .unwrap();
    assert!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stderr));
    let (opened, most) = (relay.opened.load(Ordering::Relaxed), together(&sandbox));
    assert!(most > 3, "{most} calls at once");
    assert!(opened <= most, "{opened} connections for {most} calls at once");
}
