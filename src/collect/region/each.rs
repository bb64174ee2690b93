//! A region's environments, one snapshot after the other.

use std::collections::BTreeMap;

use super::RegionSeen;
use super::apart::{Belongings, Networks, environment_of, routing};
use super::sorted::Sorted;
use crate::world::{
    AccountId, Environment, EnvironmentId, EnvironmentStatus, Observed, Snapshot, VpcId,
};

impl RegionSeen {
    /// How many environments there are.
    pub fn count(&self) -> usize {
        self.environments.items().len()
    }

    /// The account, where it could be read.
    pub fn account(&self) -> Option<&AccountId> {
        self.caller.value().map(|caller| &caller.account)
    }

    /// Shows each environment as a snapshot of its own, those of one VPC one after the other, so
    /// that what they share is never copied.
    pub fn each(self, mut look: impl FnMut(&Snapshot)) {
        let vpc_of = self.vpc_of();
        let mut world = Snapshot::empty(self.region.clone(), self.taken_at);
        world.caller = self.caller.clone();
        let mut networks = Networks::of(self.network, self.dns);
        let mut belongings = Belongings {
            events: Sorted::by(self.events, |one| one.environment.clone()),
            stacks: Sorted::by(self.stacks, |one| Some(one.name.clone())),
            routing: routing(&self.instances),
            instances: Sorted::by(self.instances, |one| environment_of(&one.tags)),
            scaling: Sorted::by(self.scaling, |one| environment_of(&one.tags)),
            activities: Sorted::by(self.activities, |one| Some(one.group.clone())),
            balancers: Sorted::by(self.balancers, |one| Some(one.arn.clone())),
            target_groups: Sorted::by(self.target_groups, |one| Some(one.arn.clone())),
        };
        let Observed::Known { value: environments, source } = self.environments else { return };
        let living = |one: &&Environment| one.status != EnvironmentStatus::Terminated;
        let mut neighbours: Vec<Environment> =
            environments.iter().filter(living).cloned().collect();
        let mut by_vpc: BTreeMap<Option<VpcId>, Vec<Environment>> = BTreeMap::new();
        for own in environments {
            by_vpc.entry(vpc_of.get(&own.id).cloned()).or_default().push(own);
        }
        for (vpc, environments) in by_vpc {
            world.network = networks.take(vpc.as_ref());
            for own in environments {
                // It is none of its own neighbours; it comes back to them when it was shown.
                let place = neighbours.iter().position(|one| one.id == own.id);
                let itself = place.map(|place| neighbours.swap_remove(place));
                world.neighbours = Observed::Known { value: neighbours, source: source.clone() };
                belongings.fill(&mut world, own, &source);
                look(&world);
                neighbours = world.neighbours.value_mut().map(std::mem::take).unwrap_or_default();
                neighbours.extend(itself);
            }
        }
    }

    /// The VPC of each environment, as far as its Auto Scaling groups, instances and
    /// security groups tell.
    pub(super) fn vpc_of(&self) -> BTreeMap<EnvironmentId, VpcId> {
        let subnets = self.network.subnets.items().iter();
        let subnets: BTreeMap<&str, &VpcId> =
            subnets.map(|one| (one.id.as_str(), &one.vpc)).collect();
        let mut found = BTreeMap::new();
        for group in self.network.groups.items() {
            found.extend(environment_of(&group.tags).zip(group.vpc.clone()));
        }
        for instance in self.instances.items() {
            found.extend(environment_of(&instance.tags).zip(instance.vpc.clone()));
        }
        for group in self.scaling.items() {
            let vpc = group.subnets.iter().find_map(|id| subnets.get(id.as_str()));
            found.extend(environment_of(&group.tags).zip(vpc.map(|vpc| (*vpc).clone())));
        }
        found
    }
}
