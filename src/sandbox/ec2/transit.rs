//! Transit gateways, as far as they are targets of routes: their attachments to networks, and one
//! route table for each, into which attachments propagate.

use ipnet::Ipv4Net;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};

use super::interface::{self, NewInterface};
use super::listing::{self, Kind};
use super::{Ec2, Handler, block, need, subnet, tag, vpc};
use crate::sandbox::{Account, Answer, Call, Fault, Params};

/// A transit gateway.
#[derive(Clone, Debug, Serialize)]
pub struct TransitGateway {
    /// `tgw-…`.
    pub id: String,
    /// What it is for.
    pub description: String,
    /// `pending`, `available`, `deleting`, `deleted`.
    pub state: &'static str,
    /// When it was made.
    pub created: Timestamp,
    /// The id of its route table.
    pub table: String,
    /// The routes that were put into that table by hand.
    pub routes: Vec<TransitRoute>,
}

/// A route of a transit gateway.
#[derive(Clone, Debug, Serialize)]
pub struct TransitRoute {
    /// For which addresses.
    pub block: Ipv4Net,
    /// To which attachment; none for a blackhole.
    pub attachment: Option<String>,
}

/// The attachment of a network to a transit gateway.
#[derive(Clone, Debug, Serialize)]
pub struct Attachment {
    /// `tgw-attach-…`.
    pub id: String,
    /// The gateway.
    pub gateway: String,
    /// The network.
    pub vpc: String,
    /// The subnets it has interfaces in.
    pub subnets: Vec<String>,
    /// Its interfaces.
    pub interfaces: Vec<String>,
    /// `pending`, `available`, `deleting`, `deleted`.
    pub state: &'static str,
    /// When it was made.
    pub created: Timestamp,
}

impl Attachment {
    /// Whether it is, or is about to be, an attachment.
    pub fn lives(&self) -> bool {
        matches!(self.state, "pending" | "available" | "modifying")
    }
}

/// Seconds until a gateway or an attachment works; a minute or two in practice.
const BECOMES_AVAILABLE: i64 = 60;
/// Seconds that deleting takes.
const GOES: i64 = 60;

const KIND: Kind = Kind {
    set: "transitGatewaySet",
    ids: "TransitGatewayIds",
    code: "InvalidTransitGatewayID.NotFound",
    noun: "transitGateway ID",
    prefix: "tgw",
    filters: &[
        ("transit-gateway-id", "transitGatewayId"),
        ("state", "state"),
        ("owner-id", "ownerId"),
    ],
};

const ATTACHMENTS: Kind = Kind {
    set: "transitGatewayVpcAttachments",
    ids: "TransitGatewayAttachmentIds",
    code: "InvalidTransitGatewayAttachmentID.NotFound",
    noun: "transitGatewayAttachment ID",
    prefix: "tgw-attach",
    filters: &[
        ("transit-gateway-attachment-id", "transitGatewayAttachmentId"),
        ("transit-gateway-id", "transitGatewayId"),
        ("vpc-id", "vpcId"),
        ("resource-id", "resourceId"),
        ("resource-type", "resourceType"),
        ("state", "state"),
        ("association.state", "association.state"),
        ("association.transit-gateway-route-table-id", "association.transitGatewayRouteTableId"),
        ("resource-owner-id", "resourceOwnerId"),
    ],
};

pub(super) fn handler(operation: &str) -> Option<Handler> {
    match operation {
        "CreateTransitGateway" => Some(create),
        "DeleteTransitGateway" => Some(delete),
        "DescribeTransitGateways" => Some(describe),
        "CreateTransitGatewayVpcAttachment" => Some(attach),
        "DeleteTransitGatewayVpcAttachment" => Some(detach),
        "DescribeTransitGatewayVpcAttachments" => Some(describe_vpc_attachments),
        "DescribeTransitGatewayAttachments" => Some(describe_attachments),
        "DescribeTransitGatewayRouteTables" => Some(describe_tables),
        "CreateTransitGatewayRoute" => Some(create_route),
        "DeleteTransitGatewayRoute" => Some(delete_route),
        "SearchTransitGatewayRoutes" => Some(search_routes),
        _ => None,
    }
}

fn unknown(id: &str) -> Fault {
    Fault::new(KIND.code, format!("Transit Gateway {id} was deleted or does not exist."))
}

fn find<'a>(ec2: &'a Ec2, id: &str) -> Result<&'a TransitGateway, Fault> {
    ec2.transit_gateways.get(id).filter(|found| found.state != "deleted").ok_or_else(|| unknown(id))
}

fn tree(account: &Account, gateway: &TransitGateway) -> Value {
    json!({
        "transitGatewayId": gateway.id,
        "transitGatewayArn": account.arn("ec2", &format!("transit-gateway/{}", gateway.id)),
        "ownerId": account.id,
        "description": gateway.description,
        "state": gateway.state,
        "creationTime": gateway.created.to_string(),
        "options": {
            "amazonSideAsn": 64512,
            "autoAcceptSharedAttachments": "disable",
            "defaultRouteTableAssociation": "enable",
            "associationDefaultRouteTableId": gateway.table,
            "defaultRouteTablePropagation": "enable",
            "propagationDefaultRouteTableId": gateway.table,
            "vpnEcmpSupport": "enable",
            "dnsSupport": "enable",
            "multicastSupport": "disable",
        },
    })
}

fn describe(account: &mut Account, call: &Call) -> Answer {
    let account = &*account;
    let ec2 = &account.here.ec2;
    for id in call.params.texts("TransitGatewayIds") {
        find(ec2, &id)?;
    }
    let all =
        ec2.transit_gateways.values().map(|found| (found.id.as_str(), || tree(account, found)));
    listing::list(ec2, call, &KIND, all)
}

fn create(account: &mut Account, call: &Call) -> Answer {
    let id = account.id("tgw");
    let gateway = TransitGateway {
        id: id.clone(),
        description: call.params.text("Description").unwrap_or_default().to_owned(),
        state: "pending",
        created: account.now(),
        table: account.id("tgw-rtb"),
        routes: Vec::new(),
    };
    account.here.ec2.transit_gateways.insert(id.clone(), gateway);
    tag::apply(&mut account.here.ec2, &call.params, &id);
    let due = id.clone();
    account.later(BECOMES_AVAILABLE, move |account| {
        if let Some(gateway) = account.here.ec2.transit_gateways.get_mut(&due)
            && gateway.state == "pending"
        {
            gateway.state = "available";
        }
    });
    let account = &*account;
    let ec2 = &account.here.ec2;
    let tree = listing::tagged(ec2, &id, tree(account, &ec2.transit_gateways[&id]));
    Ok(json!({ "transitGateway": tree }))
}

fn delete(account: &mut Account, call: &Call) -> Answer {
    let id = need(call, "TransitGatewayId")?.to_owned();
    find(&account.here.ec2, &id)?;
    let held = account.here.ec2.attachments.values().any(|held| held.gateway == id && held.lives());
    if held {
        return Err(Fault::new("IncorrectState", format!("{id} has non-deleted VPC Attachments.")));
    }
    if let Some(gateway) = account.here.ec2.transit_gateways.get_mut(&id) {
        gateway.state = "deleting";
    }
    let tree = tree(account, &account.here.ec2.transit_gateways[&id]);
    account.later(GOES, move |account| {
        account.here.ec2.transit_gateways.remove(&id);
        account.here.ec2.untag(&id);
    });
    Ok(json!({ "transitGateway": tree }))
}

fn attachment_tree(account: &Account, attached: &Attachment) -> Value {
    json!({
        "transitGatewayAttachmentId": attached.id,
        "transitGatewayId": attached.gateway,
        "vpcId": attached.vpc,
        "vpcOwnerId": account.id,
        "state": attached.state,
        "subnetIds": attached.subnets,
        "creationTime": attached.created.to_string(),
        "options": {
            "dnsSupport": "enable", "ipv6Support": "disable", "applianceModeSupport": "disable",
        },
    })
}

fn describe_vpc_attachments(account: &mut Account, call: &Call) -> Answer {
    let account = &*account;
    let ec2 = &account.here.ec2;
    let all = ec2
        .attachments
        .values()
        .map(|found| (found.id.as_str(), || attachment_tree(account, found)));
    listing::list(ec2, call, &ATTACHMENTS, all)
}

fn describe_attachments(account: &mut Account, call: &Call) -> Answer {
    let account = &*account;
    let ec2 = &account.here.ec2;
    let all = ec2.attachments.values().map(|found| {
        let tree = || {
            let table = ec2.transit_gateways.get(&found.gateway).map(|gateway| &gateway.table);
            json!({
                "transitGatewayAttachmentId": found.id,
                "transitGatewayId": found.gateway,
                "transitGatewayOwnerId": account.id,
                "resourceId": found.vpc,
                "resourceOwnerId": account.id,
                "resourceType": "vpc",
                "state": found.state,
                "association": {
                    "transitGatewayRouteTableId": table, "state": "associated",
                },
                "creationTime": found.created.to_string(),
            })
        };
        (found.id.as_str(), tree)
    });
    listing::list(ec2, call, &Kind { set: "transitGatewayAttachments", ..ATTACHMENTS }, all)
}

fn attach(account: &mut Account, call: &Call) -> Answer {
    let gateway = need(call, "TransitGatewayId")?.to_owned();
    let ec2 = &account.here.ec2;
    find(ec2, &gateway)?;
    let vpc = vpc::find(ec2, need(call, "VpcId")?)?.id.clone();
    let subnets = call.params.texts("SubnetIds");
    for id in &subnets {
        if subnet::find(ec2, id)?.vpc != vpc {
            return Err(Fault::new(
                "InvalidParameter",
                format!("Subnet {id} and VPC {vpc} belong to different networks"),
            ));
        }
    }
    if ec2
        .attachments
        .values()
        .any(|held| held.gateway == gateway && held.vpc == vpc && held.lives())
    {
        return Err(Fault::new(
            "DuplicateTransitGatewayAttachment",
            format!("{gateway} has non-deleted Transit Gateway Attachments with same VPC ID."),
        ));
    }
    let id = account.id("tgw-attach");
    let interfaces = subnets.iter().map(|subnet| door(account, &id, subnet)).collect();
    let attached = Attachment {
        id: id.clone(),
        gateway,
        vpc,
        subnets,
        interfaces,
        state: "pending",
        created: account.now(),
    };
    account.here.ec2.attachments.insert(id.clone(), attached);
    tag::apply(&mut account.here.ec2, &call.params, &id);
    let due = id.clone();
    account.later(BECOMES_AVAILABLE, move |account| {
        if let Some(attached) = account.here.ec2.attachments.get_mut(&due)
            && attached.state == "pending"
        {
            attached.state = "available";
        }
    });
    let account = &*account;
    let ec2 = &account.here.ec2;
    let tree = listing::tagged(ec2, &id, attachment_tree(account, &ec2.attachments[&id]));
    Ok(json!({ "transitGatewayVpcAttachment": tree }))
}

/// The interface of an attachment in a subnet.
fn door(account: &mut Account, id: &str, subnet: &str) -> String {
    let new = NewInterface {
        description: format!("Network Interface for Transit Gateway Attachment {id}"),
        kind: "transit_gateway",
        // The interfaces of attachments are not marked as managed (recorded).
        managed: false,
        ..NewInterface::of_service(subnet, "amazon-aws")
    };
    interface::make(account, new)
}

fn detach(account: &mut Account, call: &Call) -> Answer {
    let id = need(call, "TransitGatewayAttachmentId")?.to_owned();
    let found = account.here.ec2.attachments.get_mut(&id).filter(|attached| attached.lives());
    let Some(attached) = found else { return Err(ATTACHMENTS.missing(&id)) };
    attached.state = "deleting";
    let tree = attachment_tree(account, &account.here.ec2.attachments[&id]);
    account.later(GOES, move |account| {
        let gone = account.here.ec2.attachments.remove(&id);
        for interface in gone.into_iter().flat_map(|attached| attached.interfaces) {
            interface::remove(account, &interface);
        }
        account.here.ec2.untag(&id);
    });
    Ok(json!({ "transitGatewayVpcAttachment": tree }))
}

fn describe_tables(account: &mut Account, call: &Call) -> Answer {
    let ec2 = &account.here.ec2;
    let mut found: Vec<Value> = ec2
        .transit_gateways
        .values()
        .map(|gateway| {
            json!({
                "transitGatewayRouteTableId": gateway.table,
                "transitGatewayId": gateway.id,
                "state": "available",
                "defaultAssociationRouteTable": true,
                "defaultPropagationRouteTable": true,
                "creationTime": gateway.created.to_string(),
                "tagSet": listing::tags(ec2, &gateway.table),
            })
        })
        .collect();
    let wanted = call.params.texts("TransitGatewayRouteTableIds");
    found.retain(|tree| {
        wanted.is_empty()
            || wanted.iter().any(|id| tree["transitGatewayRouteTableId"] == id.as_str())
    });
    let filters = [
        ("transit-gateway-id", "transitGatewayId"),
        ("transit-gateway-route-table-id", "transitGatewayRouteTableId"),
        ("state", "state"),
    ];
    listing::filtered(&mut found, call, &filters)?;
    listing::page(call, "transitGatewayRouteTables", found)
}

/// The gateway that a route table belongs to.
fn of_table(ec2: &mut Ec2, table: &str) -> Result<String, Fault> {
    let found = ec2.transit_gateways.values().find(|gateway| gateway.table == table);
    found.map(|gateway| gateway.id.clone()).ok_or_else(|| {
        Fault::new(
            "InvalidRouteTableID.NotFound",
            format!("Transit Gateway Route Table {table} was deleted or does not exist."),
        )
    })
}

fn route_tree(ec2: &Ec2, route: &TransitRoute, kind: &str) -> Value {
    let attached = route.attachment.as_ref().and_then(|id| ec2.attachments.get(id));
    let attachments: Value = attached
        .iter()
        .map(|attached| {
            json!({
                "resourceId": attached.vpc,
                "resourceType": "vpc",
                "transitGatewayAttachmentId": attached.id,
            })
        })
        .collect();
    json!({
        "destinationCidrBlock": route.block.to_string(),
        "type": kind,
        "state": if attached.is_some_and(|it| it.state == "available") { "active" } else { "blackhole" },
        "transitGatewayAttachments": attachments,
    })
}

fn create_route(account: &mut Account, call: &Call) -> Answer {
    let ec2 = &mut account.here.ec2;
    let gateway = of_table(ec2, need(call, "TransitGatewayRouteTableId")?)?;
    let block = block("destinationCidrBlock", need(call, "DestinationCidrBlock")?)?;
    let attachment = match call.params.text("TransitGatewayAttachmentId") {
        Some(id) if ec2.attachments.contains_key(id) => Some(id.to_owned()),
        Some(id) => return Err(ATTACHMENTS.missing(id)),
        None => None,
    };
    let route = TransitRoute { block, attachment };
    if ec2.transit_gateways[&gateway].routes.iter().any(|known| known.block == block) {
        return Err(Fault::new(
            "RouteAlreadyExists",
            format!("The route identified by {block} already exists."),
        ));
    }
    let tree = route_tree(ec2, &route, "static");
    if let Some(gateway) = ec2.transit_gateways.get_mut(&gateway) {
        gateway.routes.push(route);
    }
    Ok(json!({ "route": tree }))
}

fn delete_route(account: &mut Account, call: &Call) -> Answer {
    let ec2 = &mut account.here.ec2;
    let gateway = of_table(ec2, need(call, "TransitGatewayRouteTableId")?)?;
    let block = block("destinationCidrBlock", need(call, "DestinationCidrBlock")?)?;
    let routes = &ec2.transit_gateways[&gateway].routes;
    let Some(at) = routes.iter().position(|route| route.block == block) else {
        return Err(Fault::new(
            "InvalidRoute.NotFound",
            format!("no route with destination-cidr-block {block}"),
        ));
    };
    let tree = route_tree(ec2, &routes[at], "static");
    if let Some(gateway) = ec2.transit_gateways.get_mut(&gateway) {
        gateway.routes.remove(at);
    }
    Ok(json!({ "route": tree }))
}

/// The routes that attachments put into their gateway's table by themselves.
pub(crate) fn propagated(ec2: &Ec2, gateway: &str) -> Vec<TransitRoute> {
    ec2.attachments
        .values()
        .filter(|attached| attached.gateway == gateway && attached.state == "available")
        .flat_map(|attached| {
            let vpc = ec2.vpcs.get(&attached.vpc);
            vpc.into_iter().flat_map(|vpc| &vpc.blocks).map(|(_, block)| TransitRoute {
                block: *block,
                attachment: Some(attached.id.clone()),
            })
        })
        .collect()
}

fn search_routes(account: &mut Account, call: &Call) -> Answer {
    let ec2 = &mut account.here.ec2;
    let gateway = of_table(ec2, need(call, "TransitGatewayRouteTableId")?)?;
    let fixed = &ec2.transit_gateways[&gateway].routes;
    let mut found: Vec<Value> =
        fixed.iter().map(|route| route_tree(ec2, route, "static")).collect();
    found
        .extend(propagated(ec2, &gateway).iter().map(|route| route_tree(ec2, route, "propagated")));
    let filters = [
        ("type", "type"),
        ("state", "state"),
        ("route-search.exact-match", "destinationCidrBlock"),
        (
            "attachment.transit-gateway-attachment-id",
            "transitGatewayAttachments.transitGatewayAttachmentId",
        ),
        ("attachment.resource-id", "transitGatewayAttachments.resourceId"),
    ];
    listing::filtered(&mut found, call, &filters)?;
    Ok(json!({ "routeSet": found, "additionalRoutesAvailable": false }))
}
