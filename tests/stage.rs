//! A scenario served on loopback, and the real way to it: what several tests stand on.

use std::io::{Read, Write};
use std::net::TcpStream;

use ebrescue::aws::{Aws, EnvironmentRef, SessionSettings};
use ebrescue::clock::{ScaledClock, SharedClock};
use ebrescue::collect::{self, CollectError, Wanted};
use ebrescue::sandbox::{Account, Options, Sandbox, scenarios};
use ebrescue::world::Snapshot;
use jiff::Timestamp;
use serde_json::Value;

/// The time at which stories end in tests, so that what is written down of them stays the same.
pub(crate) fn now() -> Timestamp {
    "2026-11-23T15:30:00Z".parse().unwrap()
}

/// An account on loopback, and a way to it.
pub(crate) struct Stage {
    pub(crate) sandbox: Sandbox,
    pub(crate) aws: Aws,
    /// The environment that the scenario is about.
    pub(crate) environment: EnvironmentRef,
}

impl Stage {
    /// Serves an account.
    pub(crate) async fn of(account: Account, environment: &str) -> Self {
        let (begins, region) = (account.now(), account.region.clone());
        let sandbox = Sandbox::start(Options::new(account)).unwrap();
        let settings = SessionSettings {
            region: Some(region),
            endpoint_url: Some(sandbox.endpoint.clone()),
            sandbox_credentials: true,
            ..SessionSettings::default()
        };
        // So fast that no pause before another try is felt.
        let clock = SharedClock::new(ScaledClock::starting_at(begins, 1000.0));
        let aws = Aws::connect(&settings, clock).await.unwrap();
        Self { sandbox, aws, environment: EnvironmentRef::of(environment) }
    }

    /// Serves a scenario.
    pub(crate) async fn scenario(name: &str) -> Self {
        let scenario = scenarios::find(name).unwrap();
        Self::of(scenario.build(now()), scenario.about.environment).await
    }

    /// Reads what the diagnosis reads.
    pub(crate) async fn look(&self) -> Result<Snapshot, CollectError> {
        let mut snapshot =
            collect::collect(&self.aws, &self.environment, &Wanted::default()).await?;
        // The clock runs fast; when it was looked at is when the story ended.
        snapshot.taken_at = self.sandbox.with(|account| account.now());
        Ok(snapshot)
    }

    /// One of the sandbox's own endpoints, which are no AWS and need no SDK.
    pub(crate) fn control(&self, method: &str, path: &str, body: &Value) -> Value {
        control(&self.sandbox.endpoint, method, path, body)
    }

    /// Every call that reached the sandbox: `ec2:DescribeVpcs`, in order.
    pub(crate) fn calls(&self) -> Vec<String> {
        let calls = self.control("GET", "calls", &Value::Null);
        let name = |call: &Value| {
            format!("{}:{}", call["service"].as_str().unwrap(), call["operation"].as_str().unwrap())
        };
        calls.as_array().unwrap().iter().map(name).collect()
    }
}

/// Asks one of a sandbox's own endpoints.
pub(crate) fn control(endpoint: &str, method: &str, path: &str, body: &Value) -> Value {
    let address = endpoint.trim_start_matches("http://");
    let mut stream = TcpStream::connect(address).unwrap();
    let body = body.to_string();
    let length = body.len();
    write!(
        stream,
        "{method} /_sandbox/{path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\
         content-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    serde_json::from_str(answer.split_once("\r\n\r\n").unwrap().1).unwrap()
}

/// Whether a generated document says what it is to say; with `EBRESCUE_UPDATE` it is made to.
pub(crate) fn written(path: &str, text: &str) -> bool {
    let path = crate::house::checkout(path);
    if std::env::var_os("EBRESCUE_UPDATE").is_some_and(|wish| !wish.is_empty()) {
        std::fs::write(&path, text).unwrap();
    }
    std::fs::read_to_string(&path).is_ok_and(|there| there == text)
}
