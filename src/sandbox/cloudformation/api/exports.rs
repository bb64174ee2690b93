//! ListExports and ListImports.

use serde_json::{Value, json};

use super::super::exports::{importers, live};
use super::super::template::invalid;
use super::{PAGE, page};
use crate::sandbox::{Account, Answer, Call, Params};

pub(super) fn list(account: &mut Account, call: &Call) -> Answer {
    let mut rows: Vec<(String, Value)> = live(account)
        .flat_map(|stack| stack.outputs.iter().map(move |output| (stack, output)))
        .filter_map(|(stack, output)| {
            let name = output.export.clone()?;
            let row = json!({"ExportingStackId": stack.id, "Name": name, "Value": output.value});
            Some((name, row))
        })
        .collect();
    rows.sort_by(|one, other| one.0.cmp(&other.0));
    page("Exports", rows.into_iter().map(|(_, row)| row).collect(), call, PAGE)
}

pub(super) fn imports(account: &mut Account, call: &Call) -> Answer {
    let name = call.params.need("ExportName")?;
    let users = importers(account, name);
    if users.is_empty() {
        return Err(invalid(format!("Export '{name}' is not imported by any stack.")));
    }
    page("Imports", users.into_iter().map(Value::from).collect(), call, PAGE)
}
