//! What to ask the services around an environment, and CloudTrail.

use std::collections::BTreeSet;

use super::compute::vcpu_limit_met;
use crate::aws::{ServiceQuestion as Ask, TrailQuery};
use crate::collect::view::View;
use crate::world::{Clue, Region};

/// Pages of all recent changes; where they do not reach back 90 days, single calls are looked up.
const PAGES: usize = 4;

/// How many events those pages hold.
const FULL: usize = PAGES * 50;

/// Calls that take away or bring back a way through the VPC.
const ROUTE_CALLS: [&str; 8] = [
    "DeleteRouteTable",
    "DisassociateRouteTable",
    "DeleteRoute",
    "ReplaceRoute",
    "ReplaceRouteTableAssociation",
    "CreateRoute",
    "AssociateRouteTable",
    "CreateRouteTable",
];

/// Calls that take away an instance profile or a role.
const ROLE_CALLS: [&str; 4] =
    ["DeleteRole", "DeleteInstanceProfile", "RemoveRoleFromInstanceProfile", "DetachRolePolicy"];

/// The standard quota of virtual processors and the quota of Elastic IP addresses.
// Source: the Service Quotas console, service `ec2`.
const VCPUS: &str = "L-1216C47A";
const ADDRESSES: &str = "L-0263D0A3";

pub(super) fn questions(view: &View<'_>) -> Vec<Ask> {
    let mut asks = Vec::new();
    databases(view, &mut asks);
    mail(view, &mut asks);
    let queues: Vec<String> = view
        .snapshot
        .resources
        .value()
        .map_or_else(Vec::new, |made| made.queues.iter().map(|(_, url)| url.clone()).collect());
    if !queues.is_empty() {
        asks.push(Ask::Queues(queues));
    }
    if view.trouble {
        trail(view, &mut asks);
        explaining(view, &mut asks);
    }
    asks
}

fn databases(view: &View<'_>, asks: &mut Vec<Ask>) {
    let coupled = view.physical("AWS::RDS::DBInstance");
    for id in &coupled {
        asks.push(Ask::Databases(Some(id.clone())));
        if view.trouble {
            asks.push(Ask::Snapshots(id.clone()));
        }
    }
    let hosts = clues(view).into_iter().filter_map(|clue| match clue {
        Clue::Host { host } => Some(host),
        Clue::SmtpEndpoint { .. }
        | Clue::Port { .. }
        | Clue::AccessKey { .. }
        | Clue::HostedMongo
        | Clue::Proxy => None,
    });
    // `mydb.c9akciq32.us-west-2.rds.amazonaws.com`: the first label is the identifier.
    let named = hosts.filter(|host| host.contains(".rds.amazonaws.com"));
    let named = named.filter_map(|host| host.split('.').next().map(str::to_owned));
    asks.extend(named.filter(|id| !coupled.contains(id)).map(|id| Ask::Databases(Some(id))));
}

/// Mail is asked about only where the environment sends some, then always: it fails quietly.
fn mail(view: &View<'_>, asks: &mut Vec<Ask>) {
    let regions: BTreeSet<String> = clues(view)
        .into_iter()
        .filter_map(|clue| match clue {
            Clue::SmtpEndpoint { region } => Some(region),
            Clue::Port { .. }
            | Clue::AccessKey { .. }
            | Clue::HostedMongo
            | Clue::Host { .. }
            | Clue::Proxy => None,
        })
        .collect();
    if regions.is_empty() && !view.wanted.everything {
        return;
    }
    asks.extend([Ask::MailAccount, Ask::MailIdentities, Ask::Suppressed, Ask::ConfigurationSets]);
    let here = view.snapshot.region.as_str();
    let elsewhere: Vec<Region> =
        regions.into_iter().filter(|region| region != here).map(Region).collect();
    if !elsewhere.is_empty() {
        asks.push(Ask::MailElsewhere(elsewhere));
    }
}

fn explaining(view: &View<'_>, asks: &mut Vec<Ask>) {
    let buckets: Vec<String> = view.physical("AWS::S3::Bucket").into_iter().collect();
    if !buckets.is_empty() {
        asks.push(Ask::Buckets(buckets));
    }
    let running = view.environment().and_then(|found| found.version_label.as_deref());
    let versions = view.snapshot.versions.items().iter();
    let bundle = versions
        .filter(|version| Some(version.label.as_str()) == running)
        .find_map(|version| version.bundle.clone());
    asks.extend(bundle.map(|(bucket, key)| Ask::Bundle(bucket, key)));
    if view.wanted.everything || vcpu_limit_met(view) {
        asks.push(Ask::Quota("ec2".to_owned(), VCPUS.to_owned()));
    }
    if view.wanted.everything || address_limit_met(view) {
        asks.push(Ask::Quota("ec2".to_owned(), ADDRESSES.to_owned()));
    }
}

fn trail(view: &View<'_>, asks: &mut Vec<Ask>) {
    asks.push(Ask::Trail { query: TrailQuery::Changes, pages: PAGES });
    let named = |name: &&str| TrailQuery::Named((*name).to_owned());
    // A small account's changes of 90 days are all in those pages; a busy one's are not.
    if view.snapshot.trail.items().len() >= FULL {
        let calls = ROUTE_CALLS.iter().map(named);
        asks.extend(calls.map(|query| Ask::Trail { query, pages: 1 }));
    }
    let identity = &view.snapshot.identity;
    let roles_lost = identity.profile.is_absent() || identity.service_role.is_absent();
    if roles_lost && view.snapshot.region.as_str() != "us-east-1" {
        asks.extend(ROLE_CALLS.iter().map(named).map(Ask::TrailOfRoles));
    }
}

/// Whether something failed for want of an Elastic IP address (`CAP-03`).
fn address_limit_met(view: &View<'_>) -> bool {
    let facts = view.snapshot.stacks.values();
    let mut reasons = facts.flat_map(|f| f.events.items()).filter_map(|e| e.reason.as_deref());
    reasons.any(|reason| reason.contains("AddressLimitExceeded"))
        || view.snapshot.events.items().iter().any(|event| {
            event.message.contains("AddressLimitExceeded")
                || event.message.contains("maximum number of addresses")
        })
}

fn clues(view: &View<'_>) -> Vec<Clue> {
    let properties = view.settings().map(|settings| settings.properties.as_slice());
    properties.unwrap_or_default().iter().flat_map(|property| property.clues.clone()).collect()
}
