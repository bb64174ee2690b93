//! Launching instances, and every reason for which that can be refused.

use std::net::Ipv4Addr;

use serde_json::{Value, json};

use super::instance::{self, Instance};
use super::interface::{self, Attached, NewInterface};
use super::{
    Ec2, Handler, Subnet, group, image, instance_type, launch_template, listing, missing, power,
    subnet, tag,
};
use crate::sandbox::{Account, Answer, Call, Fault, Params, quotas};

pub(super) fn handler(operation: &str) -> Option<Handler> {
    match operation {
        "RunInstances" => Some(run),
        _ => None,
    }
}

/// What is launched, checked.
struct Launch {
    image: String,
    architecture: String,
    kind: String,
    key: Option<String>,
    subnet: Subnet,
    groups: Vec<String>,
    /// An interface that is there already.
    interface: Option<String>,
    address: Option<Ipv4Addr>,
    public: bool,
    goes_with_instance: bool,
    profile: Option<String>,
    count: usize,
}

fn run(account: &mut Account, call: &Call) -> Answer {
    let params = with_template(&account.here.ec2, &call.params)?;
    let token = call.params.text("ClientToken").map(str::to_owned);
    if let Some(token) = &token {
        let ec2 = &account.here.ec2;
        let known = ec2.instances.values().find(|known| known.token.as_ref() == Some(token));
        if let Some(known) = known {
            let reservation = known.reservation.clone();
            return Ok(reservation_tree(account, &reservation));
        }
    }
    let launch = checked(account, &params)?;
    let reservation = account.id("r");
    for index in 0..launch.count {
        place(account, &launch, &params, &reservation, index, token.as_ref());
    }
    Ok(reservation_tree(account, &reservation))
}

fn reservation_tree(account: &Account, reservation: &str) -> Value {
    let ec2 = &account.here.ec2;
    let mut launched: Vec<&Instance> =
        ec2.instances.values().filter(|known| known.reservation == reservation).collect();
    launched.sort_by_key(|known| known.launch_index);
    let instances: Value = launched
        .into_iter()
        .map(|known| listing::tagged(ec2, &known.id, instance::tree(account, known)))
        .collect();
    json!({
        "reservationId": reservation,
        "ownerId": account.id,
        "groupSet": [],
        "instancesSet": instances,
    })
}

/// The parameters of a launch, those of its template included.
fn with_template(ec2: &Ec2, params: &Value) -> Result<Value, Fault> {
    let Some(specification) = params.get("LaunchTemplate") else { return Ok(params.clone()) };
    let settings = launch_template::resolved(ec2, specification)?;
    let mut all = settings.as_object().cloned().unwrap_or_default();
    let tags = all.get("TagSpecification").cloned();
    if let Value::Object(given) = params {
        all.extend(given.clone());
    }
    let mut all = Value::Object(all);
    if let (Some(Value::Array(tags)), true) = (tags, params.get("TagSpecification").is_some())
        && let Some(list) = all["TagSpecification"].as_array_mut()
    {
        list.splice(0..0, tags);
    }
    Ok(all)
}

/// Checks a launch in the order in which EC2 finds fault with it.
fn checked(account: &Account, params: &Value) -> Result<Launch, Fault> {
    let ec2 = &account.here.ec2;
    let id = params.text("ImageId").ok_or_else(|| super::wanted("ImageId"))?;
    let visible = ec2.images.get(id).filter(|image| image.visible_to(&account.id));
    let found = visible.ok_or_else(|| image::unknown(&[id]))?;
    if found.state != "available" {
        return Err(Fault::new(
            "InvalidAMIID.Unavailable",
            format!("The image ID '{id}' is not available"),
        ));
    }
    let kind = params.text("InstanceType").unwrap_or("m5.large");
    let known = instance_type::find(kind)
        .ok_or_else(|| Fault::invalid_value(format!("Invalid value '{kind}' for InstanceType.")))?;
    if !known.architectures.contains(&found.architecture.as_str()) {
        return Err(Fault::invalid_value(format!(
            "The architecture '{}' of the specified instance type does not match the architecture \
             '{}' of the specified AMI. Specify an instance type and an AMI that have matching \
             architectures, and try again. You can use 'describe-instance-types' or \
             'describe-images' to discover the architecture of the instance type or AMI.",
            known.architectures.join(","),
            found.architecture
        )));
    }
    let key = params.text("KeyName").map(str::to_owned);
    if let Some(key) = key.as_ref().filter(|key| !ec2.key_pairs.contains_key(*key)) {
        return Err(missing("InvalidKeyPair.NotFound", "key pair", key));
    }
    let count = params.number("MaxCount").unwrap_or(1);
    let count = usize::try_from(count.clamp(1, 1000)).unwrap_or(1);
    let mut launch = Launch {
        image: id.to_owned(),
        architecture: found.architecture.clone(),
        kind: kind.to_owned(),
        key,
        subnet: place_of(account, params)?,
        groups: Vec::new(),
        interface: None,
        address: None,
        public: false,
        goes_with_instance: true,
        profile: profile(account, params),
        count,
    };
    network(ec2, params, &mut launch)?;
    offered(account, &launch)?;
    within_quota(account, &launch, known.vcpus)?;
    Ok(launch)
}

/// The description of the primary interface, if the call has one.
fn primary(params: &Value) -> Option<&Value> {
    let interfaces = params.list("NetworkInterface");
    interfaces.iter().find(|one| one.number("DeviceIndex").unwrap_or(0) == 0)
}

/// The subnet a launch goes to: the one it names, or a default one.
fn place_of(account: &Account, params: &Value) -> Result<Subnet, Fault> {
    let ec2 = &account.here.ec2;
    let primary = primary(params);
    if let Some(id) = primary.and_then(|one| one.text("NetworkInterfaceId")) {
        let found = interface::find(ec2, id)?;
        return subnet::find(ec2, &found.subnet).cloned();
    }
    let named = primary.and_then(|one| one.text("SubnetId")).or(params.text("SubnetId"));
    if let Some(id) = named {
        return subnet::find(ec2, id).cloned();
    }
    let zone = params.get("Placement").and_then(|placement| placement.text("AvailabilityZone"));
    let default = ec2
        .subnets
        .values()
        .find(|subnet| subnet.default_for_zone && zone.is_none_or(|zone| zone == subnet.zone));
    default.cloned().ok_or_else(|| {
        Fault::new("MissingInput", "No subnets found for the default VPC. Please specify a subnet.")
    })
}

/// Groups, addresses and interfaces of a launch.
fn network(ec2: &Ec2, params: &Value, launch: &mut Launch) -> Result<(), Fault> {
    let vpc = launch.subnet.vpc.clone();
    launch.public = launch.subnet.public_addresses;
    launch.groups = params.texts("SecurityGroupId");
    for name in params.texts("SecurityGroup") {
        let named = ec2.groups.values().find(|group| group.vpc == vpc && group.name == name);
        let named = named.ok_or_else(|| group::KIND.missing(&name))?;
        launch.groups.push(named.id.clone());
    }
    if let Some(primary) = primary(params) {
        launch.groups.extend(primary.texts("SecurityGroupId"));
        if primary.get("AssociatePublicIpAddress").is_some() {
            launch.public = primary.flag("AssociatePublicIpAddress");
        }
        if primary.get("DeleteOnTermination").is_some() {
            launch.goes_with_instance = primary.flag("DeleteOnTermination");
        }
        if let Some(id) = primary.text("NetworkInterfaceId") {
            if interface::find(ec2, id)?.attachment.is_some() {
                return Err(Fault::new(
                    "InvalidNetworkInterface.InUse",
                    format!("Interface: [{id}] in use."),
                ));
            }
            launch.interface = Some(id.to_owned());
            launch.goes_with_instance = primary.flag("DeleteOnTermination");
            return Ok(());
        }
    }
    let address = params.text("PrivateIpAddress");
    launch.address = address.and_then(|text| text.parse().ok());
    group::check_all(ec2, &launch.groups, &vpc)?;
    if launch.groups.is_empty() {
        launch.groups.extend(group::default_of(ec2, &vpc));
    }
    let free = usize::try_from(subnet::free_addresses(ec2, &launch.subnet)).unwrap_or(usize::MAX);
    if free < launch.count { Err(interface::no_room(&launch.subnet.id)) } else { Ok(()) }
}

/// Whether the zone has the type, and has some left.
fn offered(account: &Account, launch: &Launch) -> Result<(), Fault> {
    let ec2 = &account.here.ec2;
    let (kind, zone) = (&launch.kind, &launch.subnet.zone);
    let others = |without: &dyn Fn(&str) -> bool| {
        let zones = instance_type::zones_with(account, kind).into_iter();
        zones.filter(|other| other != zone && !without(other)).collect::<Vec<_>>().join(", ")
    };
    if !instance_type::is_offered(ec2, kind, zone) {
        return Err(Fault::new(
            "Unsupported",
            format!(
                "Your requested instance type ({kind}) is not supported in your requested \
                 Availability Zone ({zone}). Please retry your request by not specifying an \
                 Availability Zone or choosing {}.",
                others(&|_| false)
            ),
        ));
    }
    let exhausted = |zone: &str| ec2.exhausted.contains(&format!("{kind} {zone}"));
    if exhausted(zone) {
        return Err(Fault::new(
            "InsufficientInstanceCapacity",
            format!(
                "We currently do not have sufficient {kind} capacity in the Availability Zone you \
                 requested ({zone}). Our system will be working on provisioning additional \
                 capacity. You can currently get {kind} capacity by not specifying an Availability \
                 Zone in your request or choosing {}.",
                others(&exhausted)
            ),
        )
        .with_status(500));
    }
    Ok(())
}

/// Whether the account may have so many processors.
fn within_quota(account: &Account, launch: &Launch, vcpus: u32) -> Result<(), Fault> {
    let running: u32 = account
        .here
        .ec2
        .instances
        .values()
        .filter(|known| known.lives() || known.state == "stopping")
        .filter_map(|known| instance_type::find(&known.kind))
        .map(|kind| kind.vcpus)
        .sum();
    let limit = quotas::VCPUS.value(account);
    let wanted = usize::try_from(running).unwrap_or(usize::MAX)
        + launch.count * usize::try_from(vcpus).unwrap_or(usize::MAX);
    if wanted <= limit {
        return Ok(());
    }
    Err(Fault::new(
        "VcpuLimitExceeded",
        format!(
            "You have requested more vCPU capacity than your current vCPU limit of {limit} allows \
             for the instance bucket that the specified instance type belongs to. Please visit \
             http://aws.amazon.com/contact-us/ec2-request to request an adjustment to this limit."
        ),
    ))
}

/// The ARN of the instance profile, given by name or as it is.
fn profile(account: &Account, params: &Value) -> Option<String> {
    let given = params.get("IamInstanceProfile")?;
    given.text("Arn").map(str::to_owned).or_else(|| {
        let name = given.text("Name")?;
        Some(format!("arn:aws:iam::{}:instance-profile/{name}", account.id))
    })
}

/// Makes one instance.
fn place(
    account: &mut Account,
    launch: &Launch,
    params: &Value,
    reservation: &str,
    index: usize,
    token: Option<&String>,
) {
    let id = account.id("i");
    let interface = connect(account, launch, &id);
    let spot = params
        .get("InstanceMarketOptions")
        .is_some_and(|options| options.text("MarketType") == Some("spot"));
    let instance = Instance {
        id: id.clone(),
        reservation: reservation.to_owned(),
        launch_index: index,
        image: launch.image.clone(),
        kind: launch.kind.clone(),
        architecture: launch.architecture.clone(),
        key: launch.key.clone(),
        zone: launch.subnet.zone.clone(),
        state: "pending",
        launched: account.now(),
        interfaces: vec![interface.clone()],
        profile: launch.profile.clone(),
        user_data: params.text("UserData").map(str::to_owned),
        protected: params.flag("DisableApiTermination"),
        stop_protected: params.flag("DisableApiStop"),
        reason: Some(("pending".to_owned(), "pending".to_owned())),
        transition: String::new(),
        spot,
        impaired: false,
        token: token.cloned(),
    };
    let ec2 = &mut account.here.ec2;
    ec2.instances.insert(id.clone(), instance);
    tag::apply(ec2, params, &id);
    let tags = tag::specified(params, "network-interface");
    if !tags.is_empty() {
        ec2.tags.insert(interface, tags);
    }
    account.later(power::BECOMES_RUNNING, move |account| {
        power::begin(account, &id);
        if let Some(instance) = account.here.ec2.instances.get_mut(&id) {
            instance.reason = None;
        }
    });
}

/// Gives a new instance its primary interface.
fn connect(account: &mut Account, launch: &Launch, instance: &str) -> String {
    let interface = launch.interface.clone().unwrap_or_else(|| {
        let new = NewInterface {
            address: launch.address,
            ..NewInterface::own(&launch.subnet.id, launch.groups.clone())
        };
        interface::make(account, new)
    });
    let attachment = Attached {
        id: account.id("eni-attach"),
        instance: Some(instance.to_owned()),
        owner: account.id.clone(),
        device: 0,
        goes_with_instance: launch.goes_with_instance,
        since: account.now(),
    };
    if let Some(found) = account.here.ec2.interfaces.get_mut(&interface) {
        found.attachment = Some(attachment);
    }
    if launch.public && launch.interface.is_none() {
        interface::give_public_address(account, &interface);
    }
    interface
}
