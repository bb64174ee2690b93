//! Addresses that get nothing any more.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{bad, missing, page};
use crate::sandbox::{Account, Answer, Call, Fault, Params};

/// Answers a call about suppressed addresses.
pub(super) fn handle(account: &mut Account, call: &Call) -> Answer {
    let now = account.now();
    let suppressed = &mut account.here.mail.suppressed;
    let unknown = |address: &str| {
        missing(&format!("Email address {address} does not exist on your suppression list."))
    };
    match call.operation.as_str() {
        "PutSuppressedDestination" => {
            let address = call.params.need("EmailAddress")?.to_owned();
            let reason = call.params.need("Reason")?.to_owned();
            check(std::slice::from_ref(&reason))?;
            suppressed.insert(address, (reason, now));
            Ok(json!({}))
        }
        "GetSuppressedDestination" => {
            let address = call.params.need("EmailAddress")?;
            let found = suppressed.get(address).ok_or_else(|| unknown(address))?;
            Ok(json!({ "SuppressedDestination": tree(address, found) }))
        }
        "DeleteSuppressedDestination" => {
            let address = call.params.need("EmailAddress")?;
            let gone = suppressed.remove(address);
            gone.map(|_| json!({})).ok_or_else(|| unknown(address))
        }
        "ListSuppressedDestinations" => {
            let reasons = call.params.texts("Reason");
            check(&reasons)?;
            let (since, until) = (time(call, "StartDate")?, time(call, "EndDate")?);
            let wanted = |(reason, at): &(String, Timestamp)| {
                (reasons.is_empty() || reasons.contains(reason))
                    && since.is_none_or(|since| *at >= since)
                    && until.is_none_or(|until| *at <= until)
            };
            let rows = suppressed
                .iter()
                .filter(|(_, found)| wanted(found))
                .map(|(address, found)| (address.clone(), tree(address, found)))
                .collect();
            page::page(call, "SuppressedDestinationSummaries", rows, (1000, 1000))
        }
        _ => Err(Fault::invalid_action(&call.operation)),
    }
}

/// Refuses reasons that there are not.
fn check(reasons: &[String]) -> Result<(), Fault> {
    match reasons.iter().find(|reason| !["BOUNCE", "COMPLAINT"].contains(&reason.as_str())) {
        None => Ok(()),
        Some(reason) => Err(bad(&format!(
            "Invalid suppression list reason {reason}: valid values are BOUNCE, COMPLAINT"
        ))),
    }
}

/// A time in the query, as the clients write it there: `2026-03-01T10:00:00Z`.
fn time(call: &Call, name: &str) -> Result<Option<Timestamp>, Fault> {
    let Some(text) = call.params.text(name) else { return Ok(None) };
    text.parse().map(Some).map_err(|_| bad(&format!("{name} is not a time: {text}")))
}

fn tree(address: &str, (reason, since): &(String, Timestamp)) -> Value {
    json!({ "EmailAddress": address, "Reason": reason, "LastUpdateTime": since.to_string() })
}
