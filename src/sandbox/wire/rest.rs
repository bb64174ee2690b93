//! restJson1 of SESv2: the operation is in the method and the path.

use serde_json::{Value, json};

use super::{Request, Response, json as json_body};
use crate::sandbox::{Answer, Call, Fault};

/// The operations, by method and path. `{}` takes one segment, under the name that follows.
const ROUTES: [(&str, &str, &str); 30] = [
    ("GET", "/v2/email/account", "GetAccount"),
    ("PUT", "/v2/email/account/sending", "PutAccountSendingAttributes"),
    ("POST", "/v2/email/account/details", "PutAccountDetails"),
    ("PUT", "/v2/email/account/suppression", "PutAccountSuppressionAttributes"),
    // The older models' way to list, and the newer ones'.
    ("GET", "/v2/email/identities", "ListEmailIdentities"),
    ("POST", "/v2/email/list-identities", "ListEmailIdentities"),
    ("POST", "/v2/email/identities", "CreateEmailIdentity"),
    ("GET", "/v2/email/identities/{EmailIdentity}", "GetEmailIdentity"),
    ("DELETE", "/v2/email/identities/{EmailIdentity}", "DeleteEmailIdentity"),
    ("PUT", "/v2/email/identities/{EmailIdentity}/mail-from", "PutEmailIdentityMailFromAttributes"),
    (
        "PUT",
        "/v2/email/identities/{EmailIdentity}/configuration-set",
        "PutEmailIdentityConfigurationSetAttributes",
    ),
    ("GET", "/v2/email/identities/{EmailIdentity}/policies", "GetEmailIdentityPolicies"),
    (
        "POST",
        "/v2/email/identities/{EmailIdentity}/policies/{PolicyName}",
        "CreateEmailIdentityPolicy",
    ),
    (
        "PUT",
        "/v2/email/identities/{EmailIdentity}/policies/{PolicyName}",
        "UpdateEmailIdentityPolicy",
    ),
    (
        "DELETE",
        "/v2/email/identities/{EmailIdentity}/policies/{PolicyName}",
        "DeleteEmailIdentityPolicy",
    ),
    ("PUT", "/v2/email/suppression/addresses", "PutSuppressedDestination"),
    ("GET", "/v2/email/suppression/addresses", "ListSuppressedDestinations"),
    ("GET", "/v2/email/suppression/addresses/{EmailAddress}", "GetSuppressedDestination"),
    ("DELETE", "/v2/email/suppression/addresses/{EmailAddress}", "DeleteSuppressedDestination"),
    ("POST", "/v2/email/outbound-emails", "SendEmail"),
    // Here too, the older way and the newer one.
    ("GET", "/v2/email/configuration-sets", "ListConfigurationSets"),
    ("POST", "/v2/email/list-configuration-sets", "ListConfigurationSets"),
    ("POST", "/v2/email/configuration-sets", "CreateConfigurationSet"),
    ("GET", "/v2/email/configuration-sets/{ConfigurationSetName}", "GetConfigurationSet"),
    ("DELETE", "/v2/email/configuration-sets/{ConfigurationSetName}", "DeleteConfigurationSet"),
    (
        "PUT",
        "/v2/email/configuration-sets/{ConfigurationSetName}/sending",
        "PutConfigurationSetSendingOptions",
    ),
    (
        "PUT",
        "/v2/email/configuration-sets/{ConfigurationSetName}/delivery-options",
        "PutConfigurationSetDeliveryOptions",
    ),
    (
        "PUT",
        "/v2/email/configuration-sets/{ConfigurationSetName}/reputation-options",
        "PutConfigurationSetReputationOptions",
    ),
    (
        "PUT",
        "/v2/email/configuration-sets/{ConfigurationSetName}/suppression-options",
        "PutConfigurationSetSuppressionOptions",
    ),
    (
        "PUT",
        "/v2/email/configuration-sets/{ConfigurationSetName}/tracking-options",
        "PutConfigurationSetTrackingOptions",
    ),
];

/// The operation and its parameters.
pub(super) fn read(request: &Request) -> Result<(String, Value), Fault> {
    for (method, pattern, operation) in ROUTES {
        if request.method != method {
            continue;
        }
        if let Some(found) = matched(pattern, request.path.trim_end_matches('/')) {
            let mut params = json_body::parsed(&request.body)?;
            for (name, value) in request.query_pairs() {
                repeated(&mut params[name.as_str()], value);
            }
            for (name, value) in found {
                params[name.as_str()] = Value::String(value);
            }
            return Ok((operation.to_owned(), params));
        }
    }
    Err(Fault::new(
        "InvalidAction",
        format!("The sandbox has no operation at {} {}", request.method, request.path),
    )
    .with_status(404))
}

/// Adds a value of the query, where a list is the same name several times.
fn repeated(place: &mut Value, value: String) {
    match place {
        Value::Array(values) => values.push(Value::String(value)),
        Value::String(first) => *place = json!([first.clone(), value]),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => {
            *place = Value::String(value);
        }
    }
}

/// The named segments of a path, if it fits the pattern.
fn matched(pattern: &str, path: &str) -> Option<Vec<(String, String)>> {
    let (patterns, segments) =
        (pattern.split('/').collect::<Vec<_>>(), path.split('/').collect::<Vec<_>>());
    if patterns.len() != segments.len() {
        return None;
    }
    let mut found = Vec::new();
    for (wanted, segment) in patterns.into_iter().zip(segments) {
        match wanted.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) {
            Some(name) => found.push((name.to_owned(), decoded(segment))),
            None if wanted == segment => {}
            None => return None,
        }
    }
    Some(found)
}

/// A path without its percent signs; a plus stays a plus, as paths have it.
pub(super) fn decoded(path: &str) -> String {
    let bytes = path.as_bytes();
    let mut plain = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let pair = path.get(at + 1..at + 3).and_then(|pair| u8::from_str_radix(pair, 16).ok());
        match (bytes[at], pair) {
            (b'%', Some(byte)) => {
                plain.push(byte);
                at += 3;
            }
            (byte, _) => {
                plain.push(byte);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&plain).into_owned()
}

/// Writes an answer.
pub(super) fn write(_call: &Call, answer: &Answer) -> Response {
    let mut headers = vec![("content-type".to_owned(), "application/json".to_owned())];
    match answer {
        Ok(tree) => Response { status: 200, headers, body: json_body::body(tree) },
        Err(fault) => {
            headers.push(("x-amzn-errortype".to_owned(), fault.code.clone()));
            let tree = json!({ "message": fault.message });
            Response { status: fault.status, headers, body: tree.to_string().into_bytes() }
        }
    }
}
