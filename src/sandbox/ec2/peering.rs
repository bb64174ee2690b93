//! Peering connections, also to other regions and to accounts outside the sandbox.

use ipnet::Ipv4Net;
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use serde_json::{Value, json};

use super::listing::{self, Kind};
use super::{Ec2, Handler, need, tag, vpc};
use crate::sandbox::{Account, Answer, Call, Fault, Params};

/// A peering connection. One between regions is kept in both.
#[derive(Clone, Debug, Serialize)]
pub struct Peering {
    /// `pcx-…`.
    pub id: String,
    /// Who asked.
    pub requester: Side,
    /// Who was asked.
    pub accepter: Side,
    /// `initiating-request`, `pending-acceptance`, `provisioning`, `active`, `rejected`,
    /// `expired`, `deleting`, `deleted`.
    pub status: &'static str,
    /// The sentence with the status.
    pub message: String,
    /// When an unanswered request ends.
    pub expires: Timestamp,
}

/// One side of a peering connection.
#[derive(Clone, Debug, Serialize)]
pub struct Side {
    /// The account.
    pub owner: String,
    /// The region.
    pub region: String,
    /// The network.
    pub vpc: String,
    /// Its blocks, as far as they are known.
    pub blocks: Vec<Ipv4Net>,
    /// Whether names resolve to private addresses from the other side.
    pub dns_resolution: bool,
}

impl Peering {
    /// Whether it is, or may still become, a connection.
    pub fn lives(&self) -> bool {
        matches!(
            self.status,
            "initiating-request" | "pending-acceptance" | "provisioning" | "active"
        )
    }

    /// Whether a network is one of its sides.
    pub fn joins(&self, vpc: &str) -> bool {
        self.requester.vpc == vpc || self.accepter.vpc == vpc
    }

    /// The other side, seen from a network.
    pub fn beyond(&self, vpc: &str) -> &Side {
        if self.requester.vpc == vpc { &self.accepter } else { &self.requester }
    }
}

/// Seconds until the other side sees a request.
const BECOMES_VISIBLE: i64 = 3;
/// Seconds until an accepted connection works.
const BECOMES_ACTIVE: i64 = 5;
/// How long an unanswered request waits: seven days (peering guide, "life cycle").
const WAITS: SignedDuration = SignedDuration::from_hours(7 * 24);
/// Seconds that a rejected or deleted one is still shown: four hours to the one who did it.
const IS_SHOWN: i64 = 4 * 3600;

const KIND: Kind = Kind {
    set: "vpcPeeringConnectionSet",
    ids: "VpcPeeringConnectionId",
    code: "InvalidVpcPeeringConnectionID.NotFound",
    noun: "vpcPeeringConnection ID",
    prefix: "pcx",
    filters: &[
        ("vpc-peering-connection-id", "vpcPeeringConnectionId"),
        ("accepter-vpc-info.cidr-block", "accepterVpcInfo.cidrBlock"),
        ("accepter-vpc-info.owner-id", "accepterVpcInfo.ownerId"),
        ("accepter-vpc-info.vpc-id", "accepterVpcInfo.vpcId"),
        ("requester-vpc-info.cidr-block", "requesterVpcInfo.cidrBlock"),
        ("requester-vpc-info.owner-id", "requesterVpcInfo.ownerId"),
        ("requester-vpc-info.vpc-id", "requesterVpcInfo.vpcId"),
        ("status-code", "status.code"),
        ("status-message", "status.message"),
        ("expiration-time", "expirationTime"),
    ],
};

pub(super) fn handler(operation: &str) -> Option<Handler> {
    match operation {
        "CreateVpcPeeringConnection" => Some(create),
        "AcceptVpcPeeringConnection" => Some(accept),
        "RejectVpcPeeringConnection" => Some(reject),
        "DeleteVpcPeeringConnection" => Some(delete),
        "DescribeVpcPeeringConnections" => Some(describe),
        "ModifyVpcPeeringConnectionOptions" => Some(modify_options),
        _ => None,
    }
}

fn find<'a>(ec2: &'a Ec2, id: &str) -> Result<&'a Peering, Fault> {
    KIND.checked(id)?;
    ec2.peerings.get(id).ok_or_else(|| KIND.missing(id))
}

fn side(account: &Account, peering: &Peering, side: &Side) -> Value {
    // Before acceptance the other side's blocks and options are not told; options never are of
    // another account's side (recorded).
    let known = peering.status == "active"
        || side.vpc == peering.requester.vpc
        || matches!(peering.status, "provisioning" | "deleted" | "deleting");
    let blocks: Value =
        side.blocks.iter().map(|block| json!({ "cidrBlock": block.to_string() })).collect();
    let mut tree = json!({ "ownerId": side.owner, "vpcId": side.vpc, "region": side.region });
    if known && !side.blocks.is_empty() {
        tree["cidrBlock"] = json!(side.blocks.first().map(ToString::to_string));
        tree["cidrBlockSet"] = blocks;
        if side.owner == account.id {
            tree["peeringOptions"] = json!({
                "allowDnsResolutionFromRemoteVpc": side.dns_resolution,
                "allowEgressFromLocalClassicLinkToRemoteVpc": false,
                "allowEgressFromLocalVpcToRemoteClassicLink": false,
            });
        }
    }
    tree
}

fn tree(account: &Account, peering: &Peering) -> Value {
    let waits = matches!(peering.status, "initiating-request" | "pending-acceptance");
    json!({
        "vpcPeeringConnectionId": peering.id,
        "requesterVpcInfo": side(account, peering, &peering.requester),
        "accepterVpcInfo": side(account, peering, &peering.accepter),
        "status": { "code": peering.status, "message": peering.message },
        "expirationTime": waits.then(|| peering.expires.to_string()),
    })
}

fn describe(account: &mut Account, call: &Call) -> Answer {
    let account = &*account;
    let ec2 = &account.here.ec2;
    let all = ec2.peerings.values().map(|found| (found.id.as_str(), || tree(account, found)));
    listing::list(ec2, call, &KIND, all)
}

fn create(account: &mut Account, call: &Call) -> Answer {
    let vpc = vpc::find(&account.here.ec2, need(call, "VpcId")?)?.clone();
    let peer = need(call, "PeerVpcId")?.to_owned();
    let owner = call.params.text("PeerOwnerId").unwrap_or(&account.id).to_owned();
    let region = call.params.text("PeerRegion").unwrap_or(&account.region).to_owned();
    let blocks = |vpc: &super::Vpc| vpc.blocks.iter().map(|(_, block)| *block).collect::<Vec<_>>();
    let there = if owner == account.id {
        account.visit(&region, |account| {
            account.here.ec2.vpcs.get(&peer).map(|vpc| (vpc.id.clone(), blocks(vpc)))
        })
    } else {
        Some((peer.clone(), Vec::new()))
    };
    let id = account.id("pcx");
    let requester = Side {
        owner: account.id.clone(),
        region: account.region.clone(),
        vpc: vpc.id.clone(),
        blocks: blocks(&vpc),
        dns_resolution: false,
    };
    let found = there.is_some();
    let accepter = Side {
        owner: owner.clone(),
        region: region.clone(),
        vpc: peer,
        blocks: there.map(|(_, blocks)| blocks).unwrap_or_default(),
        dns_resolution: false,
    };
    let overlaps = accepter.blocks.iter().any(|other| {
        requester.blocks.iter().any(|block| block.contains(other) || other.contains(block))
    });
    let peering = Peering {
        id: id.clone(),
        requester,
        accepter,
        status: "initiating-request",
        message: format!("Initiating Request to {owner}"),
        expires: account.now() + WAITS,
    };
    account.here.ec2.peerings.insert(id.clone(), peering);
    tag::apply(&mut account.here.ec2, &call.params, &id);
    plan(account, &id, owner, found && !overlaps);
    let account = &*account;
    let ec2 = &account.here.ec2;
    let tree = listing::tagged(ec2, &id, tree(account, &ec2.peerings[&id]));
    Ok(json!({ "vpcPeeringConnection": tree }))
}

/// Has a connection to another region seen there, which takes some seconds (recorded).
fn show_to_peer(account: &mut Account, id: &str) {
    let Some(peering) = account.here.ec2.peerings.get(id).cloned() else { return };
    let region = peering.accepter.region.clone();
    account.visit(&region, |account| {
        account.here.ec2.peerings.entry(id.to_owned()).or_insert(peering);
    });
}

/// Plans what becomes of a request that nobody answers.
fn plan(account: &mut Account, id: &str, owner: String, fits: bool) {
    let due = id.to_owned();
    // A peer that is not there, or overlaps, makes the request fail after it was accepted by the
    // API (peering guide, "life cycle").
    account.later(BECOMES_VISIBLE, move |account| {
        show_to_peer(account, &due);
        let (status, message) = if fits {
            ("pending-acceptance", format!("Pending Acceptance by {owner}"))
        } else {
            (
                "failed",
                "Failed due to incorrect VPC-ID, Account ID, or overlapping CIDR range".to_owned(),
            )
        };
        change(account, &due, &["initiating-request"], status, &message);
    });
    let unanswered = id.to_owned();
    account.later(WAITS.as_secs(), move |account| {
        let waiting = ["initiating-request", "pending-acceptance"];
        change(account, &unanswered, &waiting, "expired", "Expired");
    });
}

/// Changes a connection's status where it is kept, if it has one of the former ones.
fn change(account: &mut Account, id: &str, from: &[&str], to: &'static str, message: &str) {
    let Some(peering) = account.here.ec2.peerings.get(id) else { return };
    let regions = [peering.requester.region.clone(), peering.accepter.region.clone()];
    for region in regions {
        account.visit(&region, |account| {
            if let Some(peering) = account.here.ec2.peerings.get_mut(id)
                && from.contains(&peering.status)
            {
                peering.status = to;
                message.clone_into(&mut peering.message);
            }
        });
    }
}

fn accept(account: &mut Account, call: &Call) -> Answer {
    let id = need(call, "VpcPeeringConnectionId")?.to_owned();
    let peering = find(&account.here.ec2, &id)?;
    if peering.accepter.owner != account.id {
        return Err(Fault::new(
            "OperationNotPermitted",
            format!("User {} cannot accept peering {id}", account.id),
        ));
    }
    waits(peering, "active")?;
    answer_request(account, &id, true, &[]);
    let account = &*account;
    let ec2 = &account.here.ec2;
    let tree = listing::tagged(ec2, &id, tree(account, &ec2.peerings[&id]));
    Ok(json!({ "vpcPeeringConnection": tree }))
}

/// The refusal to answer a request that is answered.
fn waits(peering: &Peering, wanted: &str) -> Result<(), Fault> {
    if matches!(peering.status, "initiating-request" | "pending-acceptance") {
        return Ok(());
    }
    Err(Fault::new(
        "InvalidStateTransition",
        format!(
            "Invalid state transition for {}, attempted to transition from {} to {wanted}",
            peering.id, peering.status
        ),
    ))
}

/// Answers a request for a connection, in the name of whoever was asked: the account itself, or
/// one outside the sandbox, whose blocks are then told.
pub fn answer_request(account: &mut Account, id: &str, yes: bool, blocks: &[Ipv4Net]) {
    if let Some(peering) = account.here.ec2.peerings.get_mut(id)
        && !blocks.is_empty()
    {
        peering.accepter.blocks = blocks.to_vec();
    }
    let waiting = ["initiating-request", "pending-acceptance"];
    if !yes {
        change(account, id, &waiting, "rejected", "Rejected");
        return forget_later(account, id);
    }
    change(account, id, &waiting, "provisioning", "Provisioning");
    let id = id.to_owned();
    account.later(BECOMES_ACTIVE, move |account| {
        change(account, &id, &["provisioning"], "active", "Active");
    });
}

fn forget_later(account: &mut Account, id: &str) {
    let id = id.to_owned();
    account.later(IS_SHOWN, move |account| {
        account.here.ec2.peerings.remove(&id);
        account.here.ec2.untag(&id);
    });
}

fn reject(account: &mut Account, call: &Call) -> Answer {
    let id = need(call, "VpcPeeringConnectionId")?.to_owned();
    waits(find(&account.here.ec2, &id)?, "rejected")?;
    answer_request(account, &id, false, &[]);
    Ok(json!({ "return": true }))
}

fn delete(account: &mut Account, call: &Call) -> Answer {
    let id = need(call, "VpcPeeringConnectionId")?.to_owned();
    let peering = find(&account.here.ec2, &id)?;
    if !peering.lives() {
        return Err(Fault::new(
            "InvalidStateTransition",
            format!(
                "Invalid state transition for {id}, attempted to transition from {} to deleted",
                peering.status
            ),
        ));
    }
    let from = ["initiating-request", "pending-acceptance", "provisioning", "active"];
    let message = format!("Deleted by {}", account.id);
    change(account, &id, &from, "deleted", &message);
    forget_later(account, &id);
    Ok(json!({ "return": true }))
}

fn modify_options(account: &mut Account, call: &Call) -> Answer {
    let id = need(call, "VpcPeeringConnectionId")?.to_owned();
    let peering = find(&account.here.ec2, &id)?;
    if peering.status != "active" {
        return Err(Fault::new(
            "OperationNotPermitted",
            format!("The vpc peering connection {id} is not active"),
        ));
    }
    let wanted = |name: &str| {
        let options = call.params.get(name)?;
        options.get("AllowDnsResolutionFromRemoteVpc")?;
        Some(options.flag("AllowDnsResolutionFromRemoteVpc"))
    };
    let requester = wanted("RequesterPeeringConnectionOptions");
    let accepter = wanted("AccepterPeeringConnectionOptions");
    let regions = [peering.requester.region.clone(), peering.accepter.region.clone()];
    for region in regions {
        account.visit(&region, |account| {
            if let Some(peering) = account.here.ec2.peerings.get_mut(&id) {
                let (asking, asked) = (&mut peering.requester, &mut peering.accepter);
                asking.dns_resolution = requester.unwrap_or(asking.dns_resolution);
                asked.dns_resolution = accepter.unwrap_or(asked.dns_resolution);
            }
        });
    }
    let told =
        |flag: Option<bool>| flag.map(|flag| json!({ "allowDnsResolutionFromRemoteVpc": flag }));
    Ok(json!({
        "requesterPeeringConnectionOptions": told(requester),
        "accepterPeeringConnectionOptions": told(accepter),
    }))
}
