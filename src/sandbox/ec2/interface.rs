//! Network interfaces: what has an address in a subnet and carries groups.
//!
//! Services hold subnets and groups by them: load balancers, databases, endpoints and NAT
//! gateways make theirs with [`make`] and take them away with [`remove`].

use std::net::Ipv4Addr;

use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};

use super::listing::{self, Kind};
use super::{Ec2, Handler, attribute_flag, done, group, need, subnet, tag, zone};
use crate::sandbox::{Account, Answer, Call, Fault, Params, quotas};

/// A network interface.
#[derive(Clone, Debug, Serialize)]
pub struct Interface {
    /// `eni-…`.
    pub id: String,
    /// The network it is in.
    pub vpc: String,
    /// The subnet it is in.
    pub subnet: String,
    /// Its address.
    pub address: Ipv4Addr,
    /// Its further addresses.
    pub more_addresses: Vec<Ipv4Addr>,
    /// The groups it carries.
    pub groups: Vec<String>,
    /// What it is for; services say here whose it is.
    pub description: String,
    /// `interface`, `nat_gateway`, `vpc_endpoint`, `network_load_balancer` and so on.
    pub kind: &'static str,
    /// Who made it, if it was a service.
    pub requester: Option<String>,
    /// Whether a service looks after it.
    pub managed: bool,
    /// What it is attached to.
    pub attachment: Option<Attached>,
    /// Whether packets for others are dropped.
    pub source_check: bool,
    /// Its public address.
    pub public: Option<PublicAddress>,
    /// Its hardware address.
    pub mac: String,
}

/// The attachment of an interface.
#[derive(Clone, Debug, Serialize)]
pub struct Attached {
    /// `eni-attach-…`, or `ela-attach-…` for services.
    pub id: String,
    /// The instance, unless it is a service's.
    pub instance: Option<String>,
    /// The account or service that owns what it is attached to.
    pub owner: String,
    /// Its number there.
    pub device: i64,
    /// Whether it goes when the instance goes.
    pub goes_with_instance: bool,
    /// Since when.
    pub since: Timestamp,
}

/// A public address that is mapped to an interface.
#[derive(Clone, Debug, Serialize)]
pub struct PublicAddress {
    /// The address.
    pub ip: Ipv4Addr,
    /// The Elastic IP address's allocation, unless AWS gave the address by itself.
    pub allocation: Option<String>,
    /// `eipassoc-…`.
    pub association: String,
}

/// What a new interface is to be.
#[derive(Clone, Debug)]
pub struct NewInterface {
    /// The subnet.
    pub subnet: String,
    /// The address; the first free one if none is named.
    pub address: Option<Ipv4Addr>,
    /// The groups.
    pub groups: Vec<String>,
    /// The description.
    pub description: String,
    /// The type.
    pub kind: &'static str,
    /// Who makes it: a service, or a user by id.
    pub requester: Option<String>,
    /// Whether a service looks after it.
    pub managed: bool,
    /// The service whose thing it is attached to: `amazon-aws`, `amazon-elb`, `amazon-rds`.
    pub attached_to: Option<String>,
}

impl NewInterface {
    /// A free interface of the account's own.
    pub fn own(subnet: &str, groups: Vec<String>) -> Self {
        Self {
            subnet: subnet.to_owned(),
            address: None,
            groups,
            description: String::new(),
            kind: "interface",
            requester: None,
            managed: false,
            attached_to: None,
        }
    }

    /// An interface that a service makes for a thing of its own.
    pub fn of_service(subnet: &str, service: &str) -> Self {
        Self {
            requester: Some(service.to_owned()),
            managed: true,
            attached_to: Some(service.to_owned()),
            ..Self::own(subnet, Vec::new())
        }
    }
}

pub(super) const KIND: Kind = Kind {
    set: "networkInterfaceSet",
    ids: "NetworkInterfaceId",
    code: "InvalidNetworkInterfaceID.NotFound",
    noun: "networkInterface ID",
    prefix: "eni",
    filters: &[
        ("network-interface-id", "networkInterfaceId"),
        ("subnet-id", "subnetId"),
        ("vpc-id", "vpcId"),
        ("availability-zone", "availabilityZone"),
        ("group-id", "groupSet.groupId"),
        ("group-name", "groupSet.groupName"),
        ("description", "description"),
        ("status", "status"),
        ("interface-type", "interfaceType"),
        ("owner-id", "ownerId"),
        ("requester-id", "requesterId"),
        ("requester-managed", "requesterManaged"),
        ("private-ip-address", "privateIpAddress"),
        ("private-dns-name", "privateDnsName"),
        ("mac-address", "macAddress"),
        ("source-dest-check", "sourceDestCheck"),
        ("addresses.private-ip-address", "privateIpAddressesSet.privateIpAddress"),
        ("addresses.association.public-ip", "privateIpAddressesSet.association.publicIp"),
        ("association.allocation-id", "association.allocationId"),
        ("association.association-id", "association.associationId"),
        ("association.public-ip", "association.publicIp"),
        ("association.ip-owner-id", "association.ipOwnerId"),
        ("attachment.attachment-id", "attachment.attachmentId"),
        ("attachment.instance-id", "attachment.instanceId"),
        ("attachment.instance-owner-id", "attachment.instanceOwnerId"),
        ("attachment.device-index", "attachment.deviceIndex"),
        ("attachment.status", "attachment.status"),
        ("attachment.delete-on-termination", "attachment.deleteOnTermination"),
    ],
};

pub(super) fn handler(operation: &str) -> Option<Handler> {
    match operation {
        "CreateNetworkInterface" => Some(create),
        "DeleteNetworkInterface" => Some(delete),
        "DescribeNetworkInterfaces" => Some(describe),
        "DescribeNetworkInterfaceAttribute" => Some(describe_attribute),
        "ModifyNetworkInterfaceAttribute" => Some(modify_attribute),
        "AttachNetworkInterface" => Some(attach),
        "DetachNetworkInterface" => Some(detach),
        _ => None,
    }
}

/// The interface with an id, or the refusal.
pub(super) fn find<'a>(ec2: &'a Ec2, id: &str) -> Result<&'a Interface, Fault> {
    KIND.checked(id)?;
    ec2.interfaces.get(id).ok_or_else(|| KIND.missing(id))
}

/// Makes an interface in a subnet that is there and has room.
pub fn make(account: &mut Account, new: NewInterface) -> String {
    let id = account.id("eni");
    let attachment = new.attached_to.map(|owner| Attached {
        id: account.id(if owner == "amazon-aws" { "ela-attach" } else { "eni-attach" }),
        instance: None,
        owner,
        device: 1,
        goes_with_instance: false,
        since: account.now(),
    });
    let digits = account.hex(10);
    let mac: Vec<&str> = (0..5).map(|at| &digits[at * 2..at * 2 + 2]).collect();
    let ec2 = &mut account.here.ec2;
    let subnet = ec2.subnets.get(&new.subnet);
    let free = subnet.and_then(|subnet| subnet::free_address(ec2, subnet));
    let interface = Interface {
        id: id.clone(),
        vpc: subnet.map(|subnet| subnet.vpc.clone()).unwrap_or_default(),
        subnet: new.subnet,
        address: new.address.or(free).unwrap_or(Ipv4Addr::UNSPECIFIED),
        more_addresses: Vec::new(),
        groups: new.groups,
        description: new.description,
        kind: new.kind,
        requester: new.requester,
        managed: new.managed,
        attachment,
        source_check: new.kind != "nat_gateway",
        public: None,
        mac: format!("0a:{}", mac.join(":")),
    };
    ec2.interfaces.insert(id.clone(), interface);
    id
}

/// Gives an interface a public address of AWS's own choice, as instances in public subnets have.
pub fn give_public_address(account: &mut Account, id: &str) -> Ipv4Addr {
    let association = account.id("eipassoc");
    let ec2 = &mut account.here.ec2;
    let ip = ec2.public_ip();
    if let Some(interface) = ec2.interfaces.get_mut(id) {
        interface.public = Some(PublicAddress { ip, allocation: None, association });
    }
    ip
}

/// Takes an interface away; an Elastic IP address on it is free again.
pub fn remove(account: &mut Account, id: &str) {
    let ec2 = &mut account.here.ec2;
    if let Some(interface) = ec2.interfaces.remove(id)
        && let Some(allocation) = interface.public.and_then(|public| public.allocation)
        && let Some(address) = ec2.addresses.get_mut(&allocation)
    {
        address.association = None;
        address.interface = None;
    }
    ec2.untag(id);
}

/// The private name of an address.
pub(super) fn private_name(region: &str, address: Ipv4Addr) -> String {
    let name = address.to_string().replace('.', "-");
    // us-east-1 came first and has a name without region.
    if region == "us-east-1" {
        format!("ip-{name}.ec2.internal")
    } else {
        format!("ip-{name}.{region}.compute.internal")
    }
}

/// The public name of an address.
pub(super) fn public_name(region: &str, address: Ipv4Addr) -> String {
    let name = address.to_string().replace('.', "-");
    if region == "us-east-1" {
        format!("ec2-{name}.compute-1.amazonaws.com")
    } else {
        format!("ec2-{name}.{region}.compute.amazonaws.com")
    }
}

/// The public address of an interface, as its association.
pub(super) fn association(account: &Account, interface: &Interface) -> Value {
    let Some(public) = &interface.public else { return Value::Null };
    let hostnames = account.here.ec2.vpcs.get(&interface.vpc).is_some_and(|vpc| vpc.dns_hostnames);
    json!({
        "publicIp": public.ip.to_string(),
        "publicDnsName": if hostnames { public_name(&account.region, public.ip) } else { String::new() },
        "ipOwnerId": if public.allocation.is_some() { account.id.as_str() } else { "amazon" },
        "allocationId": public.allocation,
        "associationId": public.allocation.as_ref().map(|_| &public.association),
    })
}

fn tree(account: &Account, interface: &Interface) -> Value {
    let ec2 = &account.here.ec2;
    let zone = ec2.subnets.get(&interface.subnet).map_or("", |subnet| subnet.zone.as_str());
    let attachment = interface.attachment.as_ref().map(|attachment| {
        json!({
            "attachmentId": attachment.id,
            "instanceId": attachment.instance,
            "instanceOwnerId": attachment.owner,
            "deviceIndex": attachment.device,
            "networkCardIndex": 0,
            "status": "attached",
            "attachTime": attachment.since.to_string(),
            "deleteOnTermination": attachment.goes_with_instance,
        })
    });
    json!({
        "networkInterfaceId": interface.id,
        "subnetId": interface.subnet,
        "vpcId": interface.vpc,
        "availabilityZone": zone,
        "availabilityZoneId": zone::id(&account.region, zone),
        "description": interface.description,
        "ownerId": account.id,
        "requesterId": interface.requester,
        "requesterManaged": interface.managed,
        "status": if interface.attachment.is_some() { "in-use" } else { "available" },
        "macAddress": interface.mac,
        "privateIpAddress": interface.address.to_string(),
        "privateDnsName": private_name(&account.region, interface.address),
        "sourceDestCheck": interface.source_check,
        "groupSet": group::set(ec2, &interface.groups),
        "attachment": attachment,
        "association": association(account, interface),
        "interfaceType": interface.kind,
        "ipv6AddressesSet": [],
        "denyAllIgwTraffic": false,
        "operator": { "managed": false },
        "privateIpAddressesSet": addresses(account, interface),
    })
}

/// An interface's private addresses.
pub(super) fn addresses(account: &Account, interface: &Interface) -> Value {
    let one = |address: &Ipv4Addr, primary: bool| {
        json!({
            "privateIpAddress": address.to_string(),
            "privateDnsName": private_name(&account.region, *address),
            "primary": primary,
            "association": if primary { association(account, interface) } else { Value::Null },
        })
    };
    std::iter::once(one(&interface.address, true))
        .chain(interface.more_addresses.iter().map(|address| one(address, false)))
        .collect()
}

fn describe(account: &mut Account, call: &Call) -> Answer {
    let account = &*account;
    let ec2 = &account.here.ec2;
    let all = ec2.interfaces.values().map(|found| (found.id.as_str(), || tree(account, found)));
    listing::list(ec2, call, &KIND, all)
}

fn create(account: &mut Account, call: &Call) -> Answer {
    let ec2 = &account.here.ec2;
    let subnet = subnet::find(ec2, need(call, "SubnetId")?)?.clone();
    let mut groups = call.params.texts("SecurityGroupId");
    group::check_all(ec2, &groups, &subnet.vpc)?;
    if groups.is_empty() {
        groups.extend(group::default_of(ec2, &subnet.vpc));
    }
    let address = match call.params.text("PrivateIpAddress") {
        None => None,
        Some(text) => Some(wanted_address(ec2, &subnet, text)?),
    };
    if address.is_none() && subnet::free_address(ec2, &subnet).is_none() {
        return Err(no_room(&subnet.id));
    }
    let new = NewInterface {
        address,
        description: call.params.text("Description").unwrap_or_default().to_owned(),
        // Who made it, by id (recorded).
        requester: Some(account.everywhere.iam.user_id(&call.caller.name)),
        ..NewInterface::own(&subnet.id, groups)
    };
    let id = make(account, new);
    tag::apply(&mut account.here.ec2, &call.params, &id);
    let account = &*account;
    let ec2 = &account.here.ec2;
    let tree = listing::tagged(ec2, &id, tree(account, &ec2.interfaces[&id]));
    Ok(json!({ "networkInterface": tree }))
}

/// The refusal of a subnet that is full.
pub(super) fn no_room(subnet: &str) -> Fault {
    Fault::new(
        "InsufficientFreeAddressesInSubnet",
        format!(
            "The specified subnet does not have enough free addresses to satisfy the request. \
             ({subnet})"
        ),
    )
}

pub(super) fn wanted_address(
    ec2: &Ec2,
    subnet: &super::Subnet,
    text: &str,
) -> Result<Ipv4Addr, Fault> {
    let address = text.parse().ok().filter(|address| subnet::usable(subnet, *address));
    let address = address.ok_or_else(|| {
        Fault::invalid_value(format!(
            "Address {text} does not fall within the subnet's address range"
        ))
    })?;
    let taken = ec2.interfaces.values().any(|other| {
        other.subnet == subnet.id
            && (other.address == address || other.more_addresses.contains(&address))
    });
    if taken {
        return Err(Fault::new("InvalidIPAddress.InUse", format!("Address {text} is in use.")));
    }
    Ok(address)
}

fn delete(account: &mut Account, call: &Call) -> Answer {
    let id = need(call, "NetworkInterfaceId")?.to_owned();
    let interface = find(&account.here.ec2, &id)?;
    if interface.managed {
        return Err(Fault::new(
            "OperationNotPermitted",
            "You are not allowed to manage 'ela-attach' attachments.",
        ));
    }
    if interface.attachment.is_some() {
        return Err(Fault::new(
            "InvalidParameterValue",
            format!("Network interface '{id}' is currently in use."),
        ));
    }
    remove(account, &id);
    done()
}

fn describe_attribute(account: &mut Account, call: &Call) -> Answer {
    let account = &*account;
    let interface = find(&account.here.ec2, need(call, "NetworkInterfaceId")?)?;
    let tree = tree(account, interface);
    let mut answer = json!({ "networkInterfaceId": interface.id });
    match need(call, "Attribute")? {
        "description" => answer["description"] = json!({ "value": interface.description }),
        "groupSet" => answer["groupSet"] = tree["groupSet"].clone(),
        "sourceDestCheck" => {
            answer["sourceDestCheck"] = json!({ "value": interface.source_check });
        }
        "attachment" => answer["attachment"] = tree["attachment"].clone(),
        other => {
            return Err(Fault::invalid_value(format!(
                "Value ({other}) for parameter attribute is invalid. Unknown attribute."
            )));
        }
    }
    Ok(answer)
}

fn modify_attribute(account: &mut Account, call: &Call) -> Answer {
    let id = need(call, "NetworkInterfaceId")?;
    let limit = quotas::GROUPS_PER_INTERFACE.value(account);
    let ec2 = &mut account.here.ec2;
    let vpc = find(ec2, id)?.vpc.clone();
    let groups = call.params.texts("SecurityGroupId");
    group::check_all(ec2, &groups, &vpc)?;
    if groups.len() > limit {
        return Err(Fault::new(
            "SecurityGroupsPerInterfaceLimitExceeded",
            "The maximum number of security groups per interface has been reached.",
        ));
    }
    let Some(interface) = ec2.interfaces.get_mut(id) else { return done() };
    if !groups.is_empty() {
        interface.groups = groups;
    }
    if let Some(flag) = attribute_flag(&call.params, "SourceDestCheck") {
        interface.source_check = flag;
    }
    if let Some(text) = call.params.get("Description").and_then(|tree| tree.text("Value")) {
        text.clone_into(&mut interface.description);
    }
    if let (Some(wanted), Some(attachment)) =
        (call.params.get("Attachment"), interface.attachment.as_mut())
    {
        attachment.goes_with_instance = wanted.flag("DeleteOnTermination");
    }
    done()
}

fn attach(account: &mut Account, call: &Call) -> Answer {
    let (id, instance) = (need(call, "NetworkInterfaceId")?, need(call, "InstanceId")?);
    need(call, "DeviceIndex")?;
    let attachment = account.id("eni-attach");
    let (now, owner) = (account.now(), account.id.clone());
    let ec2 = &mut account.here.ec2;
    super::instance::find(ec2, instance)?;
    if find(ec2, id)?.attachment.is_some() {
        return Err(Fault::new("InvalidParameterValue", format!("Interface: [{id}] in use.")));
    }
    if let Some(interface) = ec2.interfaces.get_mut(id) {
        interface.attachment = Some(Attached {
            id: attachment.clone(),
            instance: Some(instance.to_owned()),
            owner,
            device: call.params.number("DeviceIndex").unwrap_or(1),
            goes_with_instance: false,
            since: now,
        });
    }
    if let Some(instance) = ec2.instances.get_mut(instance) {
        instance.interfaces.push(id.to_owned());
    }
    Ok(json!({ "attachmentId": attachment, "networkCardIndex": 0 }))
}

fn detach(account: &mut Account, call: &Call) -> Answer {
    let id = need(call, "AttachmentId")?;
    let ec2 = &mut account.here.ec2;
    let found = ec2.interfaces.values_mut().find(|interface| {
        interface.attachment.as_ref().is_some_and(|attachment| attachment.id == id)
    });
    let Some(interface) = found else {
        return Err(Fault::new(
            "InvalidAttachmentID.NotFound",
            format!("The attachment ID '{id}' does not exist"),
        ));
    };
    if interface.managed {
        return Err(Fault::new(
            "OperationNotPermitted",
            "You are not allowed to manage 'ela-attach' attachments.",
        ));
    }
    if interface.attachment.as_ref().is_some_and(|attachment| attachment.device == 0) {
        return Err(Fault::new(
            "OperationNotPermitted",
            "The network interface at device index 0 cannot be detached.",
        ));
    }
    let gone = interface.attachment.take().and_then(|attachment| attachment.instance);
    let interface = interface.id.clone();
    if let Some(instance) = gone.and_then(|id| ec2.instances.get_mut(&id)) {
        instance.interfaces.retain(|known| *known != interface);
    }
    done()
}
