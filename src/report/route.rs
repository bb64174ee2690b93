//! The way of packets, drawn: where it breaks now, and how it was before.

use crate::check::{Finding, FindingKind, LostTable, NetworkFault, PeeringFault};
use crate::reach::{self, Path, View};
use crate::world::Snapshot;
use crate::world::network::Route;

use super::plain;

/// The ports of a hosted MongoDB.
// Source: MongoDB Atlas, "Networking, Firewalls, and Ports": 27015 to 27017.
const MONGO: (u16, u16) = (27015, 27017);

/// More paths than this say the same thing again.
const PATHS: usize = 4;

/// The broken paths that a finding is about, one for each place that instances are in.
pub(super) fn broken(snapshot: &Snapshot, finding: &Finding) -> Vec<Path> {
    let wanted: Vec<reach::Destination> = match &finding.kind {
        FindingKind::Network(_) => reach::needs(snapshot),
        FindingKind::Peering(fault) => far_network(fault).into_iter().collect(),
        FindingKind::Stack(_)
        | FindingKind::State(_)
        | FindingKind::Platform(_)
        | FindingKind::Capacity(_)
        | FindingKind::Permission(_)
        | FindingKind::Application(_)
        | FindingKind::Mail(_) => Vec::new(),
    };
    let view = View::new(snapshot);
    let Ok(origins) = reach::origins(snapshot, &view) else { return Vec::new() };
    let first_broken = |from| {
        let paths = wanted.iter().map(|to| reach::reach(&view, from, to));
        paths.into_iter().find(|path| !path.blocks().is_empty() && concerns(path, finding))
    };
    origins.iter().filter_map(first_broken).take(PATHS).collect()
}

/// The network behind a peering connection, as a destination.
fn far_network(fault: &PeeringFault) -> Option<reach::Destination> {
    let PeeringFault::RouteMissing { destination, .. } = fault else { return None };
    let crate::world::network::Destination::Cidr(block) = destination else { return None };
    Some(reach::Destination::Network { block: *block, ports: MONGO })
}

/// Whether a path leads through, or breaks at, something that a finding names.
fn concerns(path: &Path, finding: &Finding) -> bool {
    let labels: Vec<String> = path.blocks().iter().map(reach::Block::label).collect();
    finding.resources.iter().any(|id| {
        path.hops.iter().any(|hop| &hop.id == id) || labels.iter().any(|text| text.contains(id))
    })
}

/// How the way was before, where a lost route table is known again:
/// `before: rtb-07f1 ── 0.0.0.0/0 by nat-0e55, 192.168.248.0/21 by pcx-0aa1`.
pub(super) fn before(finding: &Finding) -> Option<String> {
    let lost = lost_table(finding)?;
    let routes: Vec<String> = lost.routes.iter().map(route).collect();
    if routes.is_empty() {
        return None;
    }
    let table = lost.id.as_ref().map_or("a table that is gone", |id| id.as_str());
    Some(plain(&format!("before: {table} ── {}", routes.join(", "))))
}

fn route(route: &Route) -> String {
    format!("{} by {}", route.destination, route.target.id())
}

/// The route table that a finding says was lost.
pub(super) fn lost_table(finding: &Finding) -> Option<&LostTable> {
    let FindingKind::Network(fault) = &finding.kind else { return None };
    let (NetworkFault::NoEgress { lost, .. } | NetworkFault::SubnetWithoutEgress { lost, .. }) =
        fault
    else {
        return None;
    };
    lost.as_ref()
}
