//! Addresses that get nothing any more.

use serde_json::{Value, json};

use super::missing;
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
            let found: Vec<Value> = suppressed
                .iter()
                .filter(|(_, (reason, _))| reasons.is_empty() || reasons.contains(reason))
                .map(|(address, found)| tree(address, found))
                .collect();
            Ok(json!({ "SuppressedDestinationSummaries": found }))
        }
        _ => Err(Fault::invalid_action(&call.operation)),
    }
}

fn tree(address: &str, (reason, since): &(String, jiff::Timestamp)) -> Value {
    json!({ "EmailAddress": address, "Reason": reason, "LastUpdateTime": since.to_string() })
}
