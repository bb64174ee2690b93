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
    for id in [&source, &destination] {
        for verb in ["Swapping", "Completed swapping"] {
            let text = format!("{verb} CNAMEs for environments '{}' and '{}'.", names.0, names.1);
            tell_for(account, id, Severity::Info, text, &call.request_id);
        }
    }
    Ok(json!({}))
}
