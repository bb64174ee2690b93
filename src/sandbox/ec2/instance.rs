//! Instances and their life, from `pending` to an hour after `terminated`.

use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};

use super::listing::{self, Kind};
use super::{Ec2, Handler, attribute_flag, done, group, interface, missing, need, zone};
use crate::sandbox::{Account, Answer, Call, Fault, Params};

/// An instance.
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own in EC2, too")]
#[derive(Clone, Debug, Serialize)]
pub struct Instance {
    /// `i-…`.
    pub id: String,
    /// The reservation it was launched in.
    pub reservation: String,
    /// Its number there.
    pub launch_index: usize,
    /// Its image.
    pub image: String,
    /// Its type.
    pub kind: String,
    /// `x86_64` or `arm64`.
    pub architecture: String,
    /// Its key pair.
    pub key: Option<String>,
    /// Its zone.
    pub zone: String,
    /// `pending`, `running`, `stopping`, `stopped`, `shutting-down`, `terminated`.
    pub state: &'static str,
    /// When it was launched or last started.
    pub launched: Timestamp,
    /// Its interfaces, the primary one first. A terminated instance has none.
    pub interfaces: Vec<String>,
    /// Its instance profile's ARN.
    pub profile: Option<String>,
    /// Its user data, in base 64.
    pub user_data: Option<String>,
    /// Whether it may not be terminated.
    pub protected: bool,
    /// Whether it may not be stopped.
    pub stop_protected: bool,
    /// Why it stopped or is going: code and sentence.
    pub reason: Option<(String, String)>,
    /// `User initiated (2026-01-31 08:32:37 GMT)`.
    pub transition: String,
    /// Whether it is a Spot instance.
    pub spot: bool,
    /// Whether its status checks fail.
    pub impaired: bool,
    /// The token of the call that launched it.
    pub token: Option<String>,
}

impl Instance {
    /// The number that goes with the state's name.
    fn state_code(&self) -> i64 {
        match self.state {
            "pending" => 0,
            "running" => 16,
            "shutting-down" => 32,
            "terminated" => 48,
            "stopping" => 64,
            _ => 80,
        }
    }

    pub(super) fn state_tree(&self) -> Value {
        json!({ "code": self.state_code(), "name": self.state })
    }

    /// Whether it runs or will in a moment.
    pub fn lives(&self) -> bool {
        matches!(self.state, "pending" | "running")
    }
}

/// Seconds until the status checks of a running instance have passed.
const CHECKS_TAKE: i64 = 150;

pub(super) const KIND: Kind = Kind {
    set: "reservationSet",
    ids: "InstanceId",
    code: "InvalidInstanceID.NotFound",
    noun: "instance ID",
    prefix: "i",
    filters: &[
        ("instance-id", "instanceId"),
        ("instance-state-name", "instanceState.name"),
        ("instance-state-code", "instanceState.code"),
        ("instance-type", "instanceType"),
        ("image-id", "imageId"),
        ("architecture", "architecture"),
        ("availability-zone", "placement.availabilityZone"),
        ("subnet-id", "subnetId"),
        ("vpc-id", "vpcId"),
        ("group-id", "groupSet.groupId"),
        ("group-name", "groupSet.groupName"),
        ("instance.group-id", "groupSet.groupId"),
        ("instance.group-name", "groupSet.groupName"),
        ("key-name", "keyName"),
        ("private-ip-address", "privateIpAddress"),
        ("ip-address", "ipAddress"),
        ("private-dns-name", "privateDnsName"),
        ("dns-name", "dnsName"),
        ("client-token", "clientToken"),
        ("iam-instance-profile.arn", "iamInstanceProfile.arn"),
        ("iam-instance-profile.id", "iamInstanceProfile.id"),
        ("instance-lifecycle", "instanceLifecycle"),
        ("reservation-id", "reservationId"),
        ("state-reason-code", "stateReason.code"),
        ("network-interface.network-interface-id", "networkInterfaceSet.networkInterfaceId"),
        ("network-interface.subnet-id", "networkInterfaceSet.subnetId"),
        ("network-interface.vpc-id", "networkInterfaceSet.vpcId"),
        ("network-interface.group-id", "networkInterfaceSet.groupSet.groupId"),
    ],
};

pub(super) fn handler(operation: &str) -> Option<Handler> {
    match operation {
        "DescribeInstances" => Some(describe),
        "DescribeInstanceStatus" => Some(describe_status),
        "DescribeInstanceAttribute" => Some(describe_attribute),
        "ModifyInstanceAttribute" => Some(modify_attribute),
        "GetConsoleOutput" => Some(console_output),
        _ => None,
    }
}

/// The instance with an id, or the refusal.
pub(super) fn find<'a>(ec2: &'a Ec2, id: &str) -> Result<&'a Instance, Fault> {
    KIND.checked(id)?;
    ec2.instances.get(id).ok_or_else(|| missing(KIND.code, KIND.noun, id))
}

/// An instance as it is described, without its tags.
pub(super) fn tree(account: &Account, instance: &Instance) -> Value {
    let ec2 = &account.here.ec2;
    let primary = instance.interfaces.first().and_then(|id| ec2.interfaces.get(id));
    // What is going has lost its place in the network already (recorded).
    let placed = primary.filter(|_| !matches!(instance.state, "shutting-down" | "terminated"));
    let public = placed.and_then(|primary| primary.public.as_ref()).map(|public| public.ip);
    let hostnames =
        placed.and_then(|placed| ec2.vpcs.get(&placed.vpc)).is_some_and(|vpc| vpc.dns_hostnames);
    let region = &account.region;
    let name = public.filter(|_| hostnames).map(|ip| interface::public_name(region, ip));
    let interfaces: Value = instance
        .interfaces
        .iter()
        .filter_map(|id| ec2.interfaces.get(id))
        .map(|found| interface_tree(account, found, placed.is_some()))
        .collect();
    let profile =
        instance.profile.as_ref().filter(|_| placed.is_some()).map(
            |arn| json!({ "arn": arn, "id": format!("AIPA{}", instance.id[2..].to_uppercase()) }),
        );
    let mut tree = constants(region, instance);
    let placement = json!({
        "instanceId": instance.id,
        "imageId": instance.image,
        "instanceState": instance.state_tree(),
        "privateDnsName": placed.map_or_else(String::new, |placed| interface::private_name(region, placed.address)),
        "dnsName": name.unwrap_or_default(),
        "reason": instance.transition,
        "keyName": instance.key,
        "amiLaunchIndex": instance.launch_index,
        "instanceType": instance.kind,
        "launchTime": instance.launched.to_string(),
        "subnetId": placed.map(|placed| &placed.subnet),
        "vpcId": placed.map(|placed| &placed.vpc),
        "privateIpAddress": placed.map(|placed| placed.address.to_string()),
        "ipAddress": public.map(|ip| ip.to_string()),
        "sourceDestCheck": placed.map(|placed| placed.source_check),
        "groupSet": placed.map_or_else(|| json!([]), |placed| group::set(ec2, &placed.groups)),
        "networkInterfaceSet": interfaces,
        "iamInstanceProfile": profile,
    });
    if let (Some(members), Value::Object(more)) = (tree.as_object_mut(), placement) {
        members.extend(more);
    }
    tree
}

/// What does not depend on the network.
fn constants(region: &str, instance: &Instance) -> Value {
    let boot = if instance.architecture == "arm64" { "uefi" } else { "legacy-bios" };
    let reason = instance.reason.as_ref();
    json!({
        "productCodes": [],
        "placement": {
            "availabilityZone": instance.zone,
            "availabilityZoneId": zone::id(region, &instance.zone),
            "groupName": "",
            "tenancy": "default",
        },
        "monitoring": { "state": "disabled" },
        "stateReason": reason.map(|(code, message)| json!({ "code": code, "message": message })),
        "architecture": instance.architecture,
        "rootDeviceType": "ebs",
        "rootDeviceName": "/dev/xvda",
        "blockDeviceMapping": disks(instance),
        "virtualizationType": "hvm",
        "clientToken": instance.token.clone().unwrap_or_default(),
        "hypervisor": "xen",
        "instanceLifecycle": instance.spot.then_some("spot"),
        "ebsOptimized": false,
        "enaSupport": true,
        "cpuOptions": { "coreCount": 1, "threadsPerCore": 2 },
        "capacityReservationSpecification": { "capacityReservationPreference": "open" },
        "hibernationOptions": { "configured": false },
        "metadataOptions": {
            "state": "applied", "httpTokens": "required", "httpPutResponseHopLimit": 2,
            "httpEndpoint": "enabled", "httpProtocolIpv6": "disabled",
            "instanceMetadataTags": "disabled",
        },
        "enclaveOptions": { "enabled": false },
        "bootMode": "uefi-preferred",
        "platformDetails": "Linux/UNIX",
        "usageOperation": "RunInstances",
        "usageOperationUpdateTime": instance.launched.to_string(),
        "maintenanceOptions": { "autoRecovery": "default", "rebootMigration": "default" },
        "currentInstanceBootMode": boot,
    })
}

fn disks(instance: &Instance) -> Value {
    if matches!(instance.state, "terminated" | "pending") {
        return json!([]);
    }
    json!([{
        "deviceName": "/dev/xvda",
        "ebs": {
            "volumeId": instance.id.replace("i-", "vol-"),
            "status": "attached",
            "attachTime": instance.launched.to_string(),
            "deleteOnTermination": true,
        },
    }])
}

fn interface_tree(account: &Account, found: &super::Interface, placed: bool) -> Value {
    let attachment = found.attachment.as_ref().map(|attachment| {
        json!({
            "attachmentId": attachment.id,
            "deviceIndex": attachment.device,
            "status": "attached",
            "attachTime": attachment.since.to_string(),
            "deleteOnTermination": attachment.goes_with_instance,
            "networkCardIndex": 0,
        })
    });
    json!({
        "networkInterfaceId": found.id,
        "subnetId": placed.then_some(&found.subnet),
        "vpcId": placed.then_some(&found.vpc),
        "description": found.description,
        "ownerId": account.id,
        "status": "in-use",
        "macAddress": found.mac,
        "privateIpAddress": placed.then(|| found.address.to_string()),
        "privateDnsName": placed.then(|| interface::private_name(&account.region, found.address)),
        "sourceDestCheck": found.source_check,
        "groupSet": if placed { group::set(&account.here.ec2, &found.groups) } else { json!([]) },
        "attachment": attachment,
        "association": if placed { interface::association(account, found) } else { Value::Null },
        "privateIpAddressesSet": if placed { interface::addresses(account, found) } else { json!([]) },
        "interfaceType": "interface",
        "ipv6AddressesSet": [],
        "operator": { "managed": false },
    })
}

/// The described instances that a call wants, with their tags and reservations.
fn wanted(account: &Account, call: &Call) -> Result<Vec<Value>, Fault> {
    let ec2 = &account.here.ec2;
    let mut answer = listing::list(
        ec2,
        &whole(call),
        &KIND,
        ec2.instances.values().map(|instance| {
            let described = || {
                let mut tree = tree(account, instance);
                tree["reservationId"] = json!(instance.reservation);
                tree
            };
            (instance.id.as_str(), described)
        }),
    )?;
    Ok(answer[KIND.set].as_array_mut().map(std::mem::take).unwrap_or_default())
}

/// The same call without paging, which counts reservations and not instances.
fn whole(call: &Call) -> Call {
    let mut call = call.clone();
    if let Some(params) = call.params.as_object_mut() {
        params.remove("MaxResults");
        params.remove("NextToken");
    }
    call
}

fn describe(account: &mut Account, call: &Call) -> Answer {
    let mut reservations: Vec<Value> = Vec::new();
    for mut instance in wanted(account, call)? {
        let id = instance["reservationId"].take();
        if let Some(members) = instance.as_object_mut() {
            members.remove("reservationId");
        }
        let at = reservations.iter().position(|known| known["reservationId"] == id);
        match at.and_then(|at| reservations[at]["instancesSet"].as_array_mut()) {
            Some(instances) => instances.push(instance),
            None => reservations.push(json!({
                "reservationId": id,
                "ownerId": account.id,
                "groupSet": [],
                "instancesSet": [instance],
            })),
        }
    }
    listing::page(call, "reservationSet", reservations)
}

fn describe_status(account: &mut Account, call: &Call) -> Answer {
    let all = call.params.flag("IncludeAllInstances");
    let ec2 = &account.here.ec2;
    let ids = call.params.texts("InstanceId");
    for id in &ids {
        find(ec2, id)?;
    }
    let mut found: Vec<Value> = ec2
        .instances
        .values()
        .filter(|instance| all || instance.state == "running")
        .filter(|instance| ids.is_empty() || ids.contains(&instance.id))
        .map(|instance| status_tree(account, instance))
        .collect();
    let filters = [
        ("availability-zone", "availabilityZone"),
        ("instance-state-name", "instanceState.name"),
        ("instance-status.status", "instanceStatus.status"),
        ("system-status.status", "systemStatus.status"),
    ];
    listing::filtered(&mut found, call, &filters)?;
    listing::page(call, "instanceStatusSet", found)
}

fn status_tree(account: &Account, instance: &Instance) -> Value {
    let age = account.now().duration_since(instance.launched).as_secs();
    let (status, check) = if instance.state != "running" {
        ("not-applicable", None)
    } else if instance.impaired {
        ("impaired", Some("failed"))
    } else if age < CHECKS_TAKE {
        ("initializing", Some("initializing"))
    } else {
        ("ok", Some("passed"))
    };
    let details: Value =
        check.iter().map(|check| json!({ "name": "reachability", "status": check })).collect();
    json!({
        "instanceId": instance.id,
        "availabilityZone": instance.zone,
        "instanceState": instance.state_tree(),
        "instanceStatus": { "status": status, "details": details },
        "systemStatus": { "status": status, "details": details },
    })
}

fn describe_attribute(account: &mut Account, call: &Call) -> Answer {
    let account = &*account;
    let id = need(call, "InstanceId")?;
    let instance = find(&account.here.ec2, id)?;
    let mut answer = json!({ "instanceId": id });
    let (name, value) = match need(call, "Attribute")? {
        "disableApiTermination" => ("disableApiTermination", json!(instance.protected)),
        "disableApiStop" => ("disableApiStop", json!(instance.stop_protected)),
        "instanceType" => ("instanceType", json!(instance.kind)),
        "userData" => ("userData", json!(instance.user_data)),
        "instanceInitiatedShutdownBehavior" => ("instanceInitiatedShutdownBehavior", json!("stop")),
        "groupSet" => {
            answer["groupSet"] = tree(account, instance)["groupSet"].take();
            return Ok(answer);
        }
        "sourceDestCheck" => ("sourceDestCheck", tree(account, instance)["sourceDestCheck"].take()),
        other => {
            return Err(Fault::invalid_value(format!(
                "Value ({other}) for parameter attribute is invalid. Unknown attribute."
            )));
        }
    };
    answer[name] = json!({ "value": value });
    Ok(answer)
}

fn modify_attribute(account: &mut Account, call: &Call) -> Answer {
    let id = need(call, "InstanceId")?;
    let ec2 = &mut account.here.ec2;
    let primary = find(ec2, id)?.interfaces.first().cloned();
    let groups = call.params.texts("GroupId");
    if let Some(interface) = primary.and_then(|id| ec2.interfaces.get(&id)).cloned() {
        group::check_all(ec2, &groups, &interface.vpc)?;
        if let Some(found) = ec2.interfaces.get_mut(&interface.id) {
            if !groups.is_empty() {
                found.groups = groups;
            }
            if let Some(flag) = attribute_flag(&call.params, "SourceDestCheck") {
                found.source_check = flag;
            }
        }
    }
    let Some(instance) = ec2.instances.get_mut(id) else { return done() };
    // Old clients name one attribute and its value, new ones send each by its own name.
    let old = call.params.text("Attribute").zip(call.params.text("Value"));
    let flag = |name: &str, wire: &str| {
        attribute_flag(&call.params, wire).or_else(|| {
            old.filter(|(attribute, _)| *attribute == name).map(|(_, value)| value == "true")
        })
    };
    if let Some(flag) = flag("disableApiTermination", "DisableApiTermination") {
        instance.protected = flag;
    }
    if let Some(flag) = flag("disableApiStop", "DisableApiStop") {
        instance.stop_protected = flag;
    }
    if let Some(kind) = call.params.get("InstanceType").and_then(|tree| tree.text("Value")) {
        if instance.state != "stopped" {
            return Err(Fault::new(
                "IncorrectInstanceState",
                format!("The instance '{id}' is not in the 'stopped' state."),
            ));
        }
        kind.clone_into(&mut instance.kind);
    }
    done()
}

fn console_output(account: &mut Account, call: &Call) -> Answer {
    let instance = find(&account.here.ec2, need(call, "InstanceId")?)?;
    Ok(json!({
        "instanceId": instance.id,
        "timestamp": account.now().to_string(),
        "output": "",
    }))
}
