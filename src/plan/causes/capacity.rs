//! What is done about faults of capacity and quotas.

use crate::check::{CapacityFault, Finding};
use crate::plan::draft::{Draft, Proposal};
use crate::plan::{Action, GatewayAction, Ref};
use crate::world::SubnetId;

use super::filters::instance_subnets;
use super::network::joined;

/// Plans what is done about a fault of capacity.
#[expect(clippy::too_many_lines, reason = "one short arm for each finding")]
pub(super) fn mend(draft: &mut Draft<'_>, finding: &Finding, fault: &CapacityFault) {
    match fault {
        CapacityFault::VcpuQuota { quota, running } => {
            let number = |known: Option<u64>| known.map_or("unknown".to_owned(), |n| n.to_string());
            draft.ask_person(
                "Whoever keeps the account must ask AWS for more virtual processors (quota L-1216C47A), or stop other instances",
                format!(
                    "The account may run {} and runs {}.",
                    number(*quota),
                    number(running.map(u64::from))
                ),
            );
        }
        CapacityFault::NoCapacity { candidates, zone, .. } => {
            if candidates.is_empty() {
                draft.ask_person(
                    "Whoever keeps the environment must choose another instance type or add a subnet of another zone, or wait",
                    format!("AWS has no room in {}.", zone.as_deref().unwrap_or("the zone")),
                );
                return;
            }
            let mut all: Vec<SubnetId> = instance_subnets(draft);
            all.extend(candidates.iter().cloned());
            all.sort();
            all.dedup();
            draft.needs.set("aws:ec2:vpc", "Subnets", &joined(&all), finding);
        }
        CapacityFault::AddressQuota { unused, .. } => match unused.first() {
            Some(address) => {
                let action = GatewayAction::ReleaseAddress { allocation: Ref::Is(address.clone()) };
                draft.add_ground(Proposal::new(Action::Gateway(action), finding).effect(
                    "Nothing uses the address now. It goes back to AWS for good; whoever admits it by number elsewhere must be told.",
                ));
                draft.alternative(
                    "A higher quota of addresses (L-0263D0A3)",
                    "Nothing is given up, but it takes AWS from minutes to days.",
                );
            }
            None => draft.ask_person(
                "Whoever keeps the account must ask AWS for more Elastic IP addresses (quota L-0263D0A3)",
                "All addresses of the account are in use.",
            ),
        },
        CapacityFault::TypeNotInZone { keep, instance_type, zone, .. } => {
            if keep.is_empty() {
                draft.ask_person(
                    format!("Whoever keeps the environment must choose another type than {instance_type}, or a subnet of another zone than {zone}"),
                    "The zone does not offer the type, and the environment has no other subnet.",
                );
            } else {
                draft.needs.set("aws:ec2:vpc", "Subnets", &joined(keep), finding);
            }
        }
        CapacityFault::NoSpot { .. } => {
            let least = draft.option("aws:autoscaling:asg", "MinSize").unwrap_or("1").to_owned();
            draft.needs.set("aws:ec2:instances", "SpotFleetOnDemandBase", &least, finding);
            draft.needs.unset("aws:ec2:instances", "SpotMaxPrice", finding);
        }
        CapacityFault::DoubledPastQuota { .. } => {
            draft.needs.set("aws:elasticbeanstalk:command", "DeploymentPolicy", "Rolling", finding);
            let rolling = "aws:autoscaling:updatepolicy:rollingupdate";
            draft.needs.set(rolling, "RollingUpdateType", "Health", finding);
        }
        CapacityFault::BeanstalkQuota { what } => draft.ask_person(
            format!("Whoever keeps the account must delete {what} that nobody needs, or ask AWS for more"),
            "Which of them are needed cannot be told; a version that a terminated environment ran must stay as long as it may be rebuilt.",
        ),
    }
}
