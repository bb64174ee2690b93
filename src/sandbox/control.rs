//! The endpoints under `/_sandbox`, by which tests steer and look.

use std::time::Duration;

use serde_json::{Value, json};

use super::server::{Inner, Made};
use super::wire::Response;

/// Answers a request to a control endpoint.
pub(super) fn answer(inner: &mut Inner, method: &str, path: &str, body: &[u8]) -> Response {
    inner.pass();
    let asked = match body {
        [] => Ok(Value::Null),
        _ => serde_json::from_slice(body).map_err(|error| error.to_string()),
    };
    let result = match asked {
        Ok(asked) => handled(inner, method, path, &asked),
        Err(why) => Err((400, why)),
    };
    let (status, tree) = match result {
        Ok(tree) => (200, tree),
        Err((status, why)) => (status, json!({ "error": why })),
    };
    Response {
        status,
        headers: vec![("content-type".to_owned(), "application/json".to_owned())],
        body: tree.to_string().into_bytes(),
    }
}

fn handled(
    inner: &mut Inner,
    method: &str,
    path: &str,
    asked: &Value,
) -> Result<Value, (u16, String)> {
    match (method, path.trim_end_matches('/')) {
        ("POST", "/advance") => {
            let seconds = asked.get("seconds").and_then(Value::as_f64).unwrap_or(-1.0);
            let by = Duration::try_from_secs_f64(seconds)
                .map_err(|error| (400, format!("seconds: {error}")))?;
            inner.advance(by);
            Ok(json!({ "now": inner.account.now().to_string() }))
        }
        ("POST", "/faults") => {
            inner.faults.plan(asked).map_err(|why| (400, why))?;
            Ok(inner.faults.tell())
        }
        ("DELETE", "/faults") => {
            inner.faults = super::faults::Faults::default();
            Ok(json!([]))
        }
        ("GET", "/faults") => Ok(inner.faults.tell()),
        ("POST", "/policy") => {
            inner.account.access.policy = (!asked.is_null()).then(|| asked.clone());
            Ok(asked.clone())
        }
        ("DELETE", "/policy") => {
            inner.account.access.policy = None;
            Ok(Value::Null)
        }
        ("GET", "/state") => Ok(inner.account.dump()),
        ("GET", "/calls") => Ok(inner.calls.iter().map(told).collect()),
        _ => Err((404, format!("no control endpoint at {method} /_sandbox{path}"))),
    }
}

fn told(made: &Made) -> Value {
    let call = &made.decoded.call;
    json!({
        "service": call.service.prefix(),
        "operation": call.operation,
        "parameters": call.params,
        "status": made.status,
        "error": made.code,
        "fault": made.fault.map(super::faults::Kind::name),
        "region": call.region,
        "time": made.at.to_string(),
        "request_id": call.request_id,
        "user_agent": call.user_agent,
    })
}
