//! Switching instances off and on, for a time or for good.

use serde_json::{Value, json};

use super::instance::find;
use super::{Ec2, Handler, done, interface};
use crate::sandbox::{Account, Answer, Call, Fault, Params};

/// Seconds from `pending` to `running`.
pub(super) const BECOMES_RUNNING: i64 = 15;
/// Seconds from `shutting-down` to `terminated`.
const BECOMES_TERMINATED: i64 = 40;
/// Seconds from `stopping` to `stopped`.
const BECOMES_STOPPED: i64 = 40;
/// Seconds that a terminated instance is still shown: about an hour (user guide).
const IS_SHOWN: i64 = 3600;

pub(super) fn handler(operation: &str) -> Option<Handler> {
    match operation {
        "TerminateInstances" => Some(terminate),
        "StopInstances" => Some(stop),
        "StartInstances" => Some(start),
        "RebootInstances" => Some(reboot),
        _ => None,
    }
}

/// The instances that a call names, all of them there.
fn all_named(ec2: &Ec2, call: &Call) -> Result<Vec<String>, Fault> {
    let ids = call.params.texts("InstanceId");
    if ids.is_empty() {
        return Err(super::wanted("InstanceId"));
    }
    for id in &ids {
        find(ec2, id)?;
    }
    Ok(ids)
}

/// Changes an instance's state and tells the change.
fn turned(account: &mut Account, id: &str, from: &[&str], to: &'static str) -> Value {
    let at = account.now().strftime("%Y-%m-%d %H:%M:%S GMT").to_string();
    let Some(instance) = account.here.ec2.instances.get_mut(id) else { return Value::Null };
    let before = instance.state_tree();
    if from.contains(&instance.state) {
        instance.state = to;
        instance.transition =
            if to == "pending" { String::new() } else { format!("User initiated ({at})") };
    }
    json!({ "instanceId": id, "previousState": before, "currentState": instance.state_tree() })
}

fn terminate(account: &mut Account, call: &Call) -> Answer {
    let ids = all_named(&account.here.ec2, call)?;
    for id in &ids {
        if account.here.ec2.instances.get(id).is_some_and(|instance| instance.protected) {
            return Err(Fault::new(
                "OperationNotPermitted",
                format!(
                    "The instance '{id}' may not be terminated. Modify its \
                     'disableApiTermination' instance attribute and try again."
                ),
            ));
        }
    }
    let changes: Value = ids.iter().map(|id| end(account, id)).collect();
    Ok(json!({ "instancesSet": changes }))
}

/// Begins to terminate an instance, protected or not.
pub fn end(account: &mut Account, id: &str) -> Value {
    let reason = "Client.UserInitiatedShutdown";
    let going = account
        .here
        .ec2
        .instances
        .get(id)
        .is_some_and(|instance| !matches!(instance.state, "shutting-down" | "terminated"));
    let from = ["pending", "running", "stopping", "stopped"];
    let change = turned(account, id, &from, "shutting-down");
    if going {
        if let Some(instance) = account.here.ec2.instances.get_mut(id) {
            instance.reason =
                Some((reason.to_owned(), format!("{reason}: User initiated shutdown")));
        }
        let id = id.to_owned();
        account.later(BECOMES_TERMINATED, move |account| finish(account, &id));
    }
    change
}

/// An instance is gone: its interfaces go with it, or are free.
fn finish(account: &mut Account, id: &str) {
    let Some(instance) = account.here.ec2.instances.get_mut(id) else { return };
    instance.state = "terminated";
    for interface in std::mem::take(&mut instance.interfaces) {
        let Some(found) = account.here.ec2.interfaces.get_mut(&interface) else { continue };
        if found.attachment.take().is_some_and(|attachment| attachment.goes_with_instance) {
            interface::remove(account, &interface);
        } else if found.public.as_ref().is_some_and(|public| public.allocation.is_none()) {
            found.public = None;
        }
    }
    let id = id.to_owned();
    account.later(IS_SHOWN, move |account| {
        account.here.ec2.instances.remove(&id);
        account.here.ec2.untag(&id);
    });
}

fn stop(account: &mut Account, call: &Call) -> Answer {
    let ids = all_named(&account.here.ec2, call)?;
    for id in &ids {
        let instance = &account.here.ec2.instances[id];
        if instance.stop_protected {
            return Err(Fault::new(
                "OperationNotPermitted",
                format!(
                    "The instance '{id}' may not be stopped. Modify its 'disableApiStop' instance \
                     attribute and try again."
                ),
            ));
        }
        if matches!(instance.state, "shutting-down" | "terminated" | "pending") {
            return Err(wrong_state(id, instance.state));
        }
    }
    let mut changes = Vec::new();
    for id in ids {
        changes.push(turned(account, &id, &["running"], "stopping"));
        if let Some(instance) = account.here.ec2.instances.get_mut(&id) {
            let code = "Client.UserInitiatedShutdown";
            instance.reason = Some((code.to_owned(), format!("{code}: User initiated shutdown")));
        }
        account.later(BECOMES_STOPPED, move |account| rest(account, &id));
    }
    Ok(json!({ "instancesSet": changes }))
}

/// A stopped instance gives back the public address that AWS had given it.
fn rest(account: &mut Account, id: &str) {
    let ec2 = &mut account.here.ec2;
    let Some(instance) = ec2.instances.get_mut(id) else { return };
    if instance.state != "stopping" {
        return;
    }
    instance.state = "stopped";
    for interface in instance.interfaces.clone() {
        if let Some(found) = ec2.interfaces.get_mut(&interface)
            && found.public.as_ref().is_some_and(|public| public.allocation.is_none())
        {
            found.public = None;
        }
    }
}

fn wrong_state(id: &str, state: &str) -> Fault {
    let code = if state == "pending" || state == "stopping" {
        "IncorrectInstanceState"
    } else {
        "IncorrectState"
    };
    Fault::new(
        if state == "terminated" || state == "shutting-down" {
            "IncorrectInstanceState"
        } else {
            code
        },
        format!("This instance '{id}' is not in a state from which it can be started or stopped."),
    )
}

fn start(account: &mut Account, call: &Call) -> Answer {
    let ids = all_named(&account.here.ec2, call)?;
    for id in &ids {
        let state = account.here.ec2.instances[id].state;
        if !matches!(state, "stopped" | "running" | "pending") {
            return Err(wrong_state(id, state));
        }
    }
    let now = account.now();
    let mut changes = Vec::new();
    for id in ids {
        let stopped = account.here.ec2.instances[&id].state == "stopped";
        changes.push(turned(account, &id, &["stopped"], "pending"));
        if !stopped {
            continue;
        }
        let Some(instance) = account.here.ec2.instances.get_mut(&id) else { continue };
        instance.launched = now;
        instance.reason = None;
        let primary = instance.interfaces.first().cloned();
        if let Some(primary) = primary {
            let ec2 = &account.here.ec2;
            let public = ec2.interfaces.get(&primary).is_some_and(|found| {
                found.public.is_none()
                    && ec2.subnets.get(&found.subnet).is_some_and(|subnet| subnet.public_addresses)
            });
            if public {
                interface::give_public_address(account, &primary);
            }
        }
        account.later(BECOMES_RUNNING, move |account| begin(account, &id));
    }
    Ok(json!({ "instancesSet": changes }))
}

/// A pending instance runs.
pub(super) fn begin(account: &mut Account, id: &str) {
    if let Some(instance) = account.here.ec2.instances.get_mut(id)
        && instance.state == "pending"
    {
        instance.state = "running";
    }
}

fn reboot(account: &mut Account, call: &Call) -> Answer {
    all_named(&account.here.ec2, call)?;
    done()
}
