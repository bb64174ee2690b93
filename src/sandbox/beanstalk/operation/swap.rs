//! Swapping the addresses of two environments.

use serde_json::json;

use crate::sandbox::beanstalk::event::{Severity, tell_for};
use crate::sandbox::beanstalk::find::{any, must_be_ready};
use crate::sandbox::{Account, Answer, Call, Params};

/// Answers `SwapEnvironmentCNAMEs`.
pub(super) fn swap(account: &mut Account, call: &Call) -> Answer {
    let params = &call.params;
    let find = |account: &Account, side: &str| {
        let id = params.text(&format!("{side}EnvironmentId"));
        any(account, id, params.text(&format!("{side}EnvironmentName")))
    };
    let (source, destination) = (find(account, "Source")?, find(account, "Destination")?);
    let environments = &mut account.here.beanstalk.environments;
    must_be_ready(&environments[&source])?;
    must_be_ready(&environments[&destination])?;
    let names = (environments[&source].name.clone(), environments[&destination].name.clone());
    let taken = environments[&source].address.clone();
    let given = environments[&destination].address.clone();
    for (id, address) in [(&source, given), (&destination, taken)] {
        if let Some(found) = environments.get_mut(id) {
            found.address = address;
        }
    }
    for id in [source, destination] {
        let text = format!("CNAMEs for environments '{}' and '{}'.", names.0, names.1);
        let request = call.request_id.clone();
        tell_for(account, &id, Severity::Info, format!("Swapping {text}"), &request);
        // Not at the same moment: the `eb` client waits for an event later than the first.
        account.later(TAKES, move |account| {
            let text = format!("Completed swapping {text}");
            tell_for(account, &id, Severity::Info, text, &request);
        });
    }
    Ok(json!({}))
}

/// Seconds between the two events of a swap. No source tells the time; the addresses are swapped
/// at once here.
const TAKES: i64 = 5;
