//! CAN IT GET THERE: pure reachability over a snapshot.
//!
//! From a place in a subnet to a destination, as a packet would go: names, security groups,
//! network ACLs both ways, the longest matching route, and what stands at its end. The answer
//! is the path with *all* that blocks it, each under the name that AWS's Reachability Analyzer
//! has for it, or *cannot tell*: where evidence is missing, or where packets leave what can be
//! seen (a transit gateway, a firewall, an instance that does NAT). *Cannot tell* is never taken
//! for fine, and never for broken.

mod address;
mod destination;
mod endpoint;
mod filter;
mod origin;
mod path;
mod policy;
mod view;
mod walk;

#[cfg(test)]
mod tests;

pub use destination::{Destination, needs};
pub use filter::FilterBlock;
pub use origin::{Origin, instance_subnets, origins};
pub use path::{Block, Hop, Leaf, Outcome, Path};
pub use view::View;
pub use walk::reach;
