//! Signals: how instances tell a stack that they are up.

use serde_json::Value;

use super::engine::poke;
use super::lifecycle::absent;
use super::template::invalid;
use crate::sandbox::{Account, Fault};

/// Passes a signal on to a wait condition, a group or an instance of a stack.
///
/// `unique` names the sender, for an instance its id. A failure signal makes the resource fail.
pub fn signal(
    account: &mut Account,
    stack: &str,
    logical: &str,
    unique: &str,
    success: bool,
) -> Result<(), Fault> {
    let found = account.here.cloudformation.find_mut(stack).ok_or_else(|| absent(stack))?;
    let id = found.id.clone();
    let Some(resource) = found.resources.get_mut(logical) else {
        return Err(invalid(format!("Resource {logical} does not exist for stack {stack}")));
    };
    resource.signals.insert(unique.to_owned(), success);
    let handle = resource.physical.clone();
    // A signal sent to a handle is heard by the conditions that wait on it.
    let mut heard = vec![logical.to_owned()];
    if resource.kind == "AWS::CloudFormation::WaitConditionHandle" {
        for other in found.resources.values_mut() {
            if other.properties.get("Handle").and_then(Value::as_str) == Some(&handle) {
                other.signals.insert(unique.to_owned(), success);
                heard.push(other.logical.clone());
            }
        }
    }
    for logical in heard {
        poke(account, &id, &logical);
    }
    Ok(())
}
