//! Changes of a classic load balancer that is there: listeners, subnets, groups, tags.

use serde_json::{Value, json};

use super::{Classic, absent, named, shared_zone, stand, whole};
use crate::sandbox::balancing::{balancer, rows};
use crate::sandbox::ec2::interface;
use crate::sandbox::{Account, Answer, Call, Fault, Params};

/// The port of a listener.
fn port(listener: &Value) -> Option<i64> {
    listener.number("LoadBalancerPort")
}

/// CreateLoadBalancerListeners.
pub(in crate::sandbox::balancing) fn add_listeners(account: &mut Account, call: &Call) -> Answer {
    let given: Vec<Value> = call.params.list("Listeners").iter().map(whole).collect();
    let classic = named(account, call)?;
    for listener in given {
        let known = classic.listeners.iter().find(|it| port(it) == port(&listener));
        match known {
            // The same once more is no error.
            Some(known) if *known == listener => {}
            Some(_) => {
                let text = format!(
                    "A listener already exists for {} with LoadBalancerPort {}, but with a \
                     different InstancePort, Protocol, or SSLCertificateId",
                    classic.name,
                    port(&listener).unwrap_or_default()
                );
                return Err(Fault::new("DuplicateListener", text));
            }
            None => classic.listeners.push(listener),
        }
    }
    Ok(json!({}))
}

/// DeleteLoadBalancerListeners. Those that are not there are no error.
pub(in crate::sandbox::balancing) fn remove_listeners(
    account: &mut Account,
    call: &Call,
) -> Answer {
    let ports = call.params.texts("LoadBalancerPorts");
    let classic = named(account, call)?;
    classic.listeners.retain(|it| !port(it).is_some_and(|it| ports.contains(&it.to_string())));
    Ok(json!({}))
}

/// AttachLoadBalancerToSubnets.
pub(in crate::sandbox::balancing) fn attach(account: &mut Account, call: &Call) -> Answer {
    let name = named(account, call)?.name.clone();
    for id in call.params.texts("Subnets") {
        let subnet = account.here.ec2.subnets.get(&id).ok_or_else(|| {
            Fault::new("SubnetNotFound", format!("The subnet ID '{id}' does not exist"))
        })?;
        let zone = subnet.zone.clone();
        let classic = named(account, call)?;
        if classic.subnets.contains(&id) {
            continue;
        }
        if classic.zones.contains(&zone) {
            return Err(shared_zone());
        }
        classic.subnets.push(id.clone());
        classic.zones.push(zone);
        stand(account, &name, &id);
    }
    Ok(json!({"Subnets": named(account, call)?.subnets}))
}

/// DetachLoadBalancerFromSubnets.
pub(in crate::sandbox::balancing) fn detach(account: &mut Account, call: &Call) -> Answer {
    let gone = call.params.texts("Subnets");
    let known = account.here.ec2.subnets.clone();
    let classic = named(account, call)?;
    if classic.subnets.iter().all(|id| gone.contains(id)) {
        let text = "You cannot detach all subnets from a load balancer";
        return Err(Fault::new("InvalidConfigurationRequest", text));
    }
    classic.subnets.retain(|id| !gone.contains(id));
    let zone = |id: &String| known.get(id).map(|subnet| subnet.zone.clone());
    classic.zones = classic.subnets.iter().filter_map(zone).collect();
    let interfaces = classic.interfaces.clone();
    let leaving: Vec<String> = interfaces
        .into_iter()
        .filter(|id| {
            account.here.ec2.interfaces.get(id).is_some_and(|it| gone.contains(&it.subnet))
        })
        .collect();
    named(account, call)?.interfaces.retain(|id| !leaving.contains(id));
    for id in leaving {
        interface::remove(account, &id);
    }
    Ok(json!({"Subnets": named(account, call)?.subnets}))
}

/// ApplySecurityGroupsToLoadBalancer.
pub(in crate::sandbox::balancing) fn set_groups(account: &mut Account, call: &Call) -> Answer {
    let groups = call.params.texts("SecurityGroups");
    balancer::check_groups(account, &groups)?;
    let classic = named(account, call)?;
    classic.groups.clone_from(&groups);
    let interfaces = classic.interfaces.clone();
    for id in interfaces {
        if let Some(interface) = account.here.ec2.interfaces.get_mut(&id) {
            interface.groups.clone_from(&groups);
        }
    }
    Ok(json!({"SecurityGroups": groups}))
}

/// Each of the load balancers that a call about tags names.
fn each(account: &mut Account, call: &Call, act: impl Fn(&mut Classic)) -> Answer {
    for name in call.params.texts("LoadBalancerNames") {
        let classic = account.here.balancing.classics.get_mut(&name);
        act(classic.ok_or_else(|| absent(&name))?);
    }
    Ok(json!({}))
}

/// AddTags.
pub(in crate::sandbox::balancing) fn add_tags(account: &mut Account, call: &Call) -> Answer {
    let tags = rows::given_tags(&call.params);
    each(account, call, |classic| classic.tags.extend(tags.clone()))
}

/// RemoveTags.
pub(in crate::sandbox::balancing) fn remove_tags(account: &mut Account, call: &Call) -> Answer {
    let keys: Vec<String> = call
        .params
        .list("Tags")
        .iter()
        .filter_map(|tag| tag.text("Key"))
        .map(str::to_owned)
        .collect();
    each(account, call, |classic| classic.tags.retain(|key, _| !keys.contains(key)))
}
