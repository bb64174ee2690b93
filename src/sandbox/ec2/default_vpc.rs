//! The default VPC that a region starts with.

use ipnet::Ipv4Net;
use serde_json::json;

use super::{Handler, gateway, route, subnet, vpc, zone};
use crate::sandbox::{Account, Answer, Call, Fault, Service};

pub(super) fn handler(operation: &str) -> Option<Handler> {
    match operation {
        "CreateDefaultVpc" => Some(create_default_vpc),
        "CreateDefaultSubnet" => Some(create_default_subnet),
        _ => None,
    }
}

/// The block of every default VPC; its subnets are a sixteenth of it each.
fn block() -> Ipv4Net {
    Ipv4Net::new_assert(std::net::Ipv4Addr::new(172, 31, 0, 0), 16)
}

/// Makes it, with a public subnet in each zone.
pub(super) fn furnish(account: &mut Account) -> String {
    let id = vpc::make(account, block(), true);
    let gateway = gateway::make(account, Some(&id));
    let everything = Ipv4Net::default();
    if let Some(main) =
        account.here.ec2.route_tables.values_mut().find(|table| table.vpc == id && table.is_main())
    {
        main.routes.push(route::Route {
            destination: route::Destination::Block(everything),
            target: route::Target::Gateway(gateway),
            origin: "CreateRoute",
        });
    }
    let cidrs = block().subnets(20).into_iter().flatten();
    for (zone, cidr) in zone::names(&account.region).into_iter().zip(cidrs) {
        subnet::make(account, &id, cidr, &zone, true);
    }
    id
}

fn create_default_vpc(account: &mut Account, call: &Call) -> Answer {
    if account.here.ec2.vpcs.values().any(|vpc| vpc.is_default) {
        return Err(Fault::new(
            "DefaultVpcAlreadyExists",
            "A Default VPC already exists for this account in this region.",
        ));
    }
    let id = furnish(account);
    let listed =
        account.call(&call.caller, Service::Ec2, "DescribeVpcs", json!({"VpcId": [id]}))?;
    Ok(json!({ "vpc": listed["vpcSet"][0] }))
}

fn create_default_subnet(account: &mut Account, call: &Call) -> Answer {
    let zone = super::need(call, "AvailabilityZone")?.to_owned();
    let ec2 = &account.here.ec2;
    let Some(vpc) = ec2.vpcs.values().find(|vpc| vpc.is_default) else {
        return Err(Fault::new(
            "DefaultVpcDoesNotExist",
            "No default VPC exists for this account in this region.",
        ));
    };
    if !zone::names(&account.region).contains(&zone) {
        return Err(Fault::invalid_value(format!(
            "Value ({zone}) for parameter availabilityZone is invalid."
        )));
    }
    let mine = |subnet: &&super::Subnet| subnet.vpc == vpc.id;
    if ec2
        .subnets
        .values()
        .filter(mine)
        .any(|subnet| subnet.zone == zone && subnet.default_for_zone)
    {
        return Err(Fault::new(
            "DefaultSubnetAlreadyExistsInAvailabilityZone",
            format!("A default subnet already exists in {zone}."),
        ));
    }
    let free = block()
        .subnets(20)
        .into_iter()
        .flatten()
        .find(|cidr| !ec2.subnets.values().filter(mine).any(|subnet| subnet.cidr == *cidr));
    let Some(cidr) = free else {
        return Err(Fault::new("InsufficientCidrBlocks", "There is no free block left."));
    };
    let vpc = vpc.id.clone();
    let id = subnet::make(account, &vpc, cidr, &zone, true);
    let params = json!({"SubnetId": [id]});
    let listed = account.call(&call.caller, Service::Ec2, "DescribeSubnets", params)?;
    Ok(json!({ "subnet": listed["subnetSet"][0] }))
}
