//! A large account: many environments in many VPCs of several regions. It tells no story; scans
//! and benches are measured on it.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::Story;
use super::parts::{New, application, begin, option, platform, private, roles, version};
use crate::sandbox::{Account, quotas};

/// How large an account is to be.
#[derive(Clone, Debug)]
pub struct Estate {
    /// Its regions, and how many VPCs each has.
    pub vpcs: BTreeMap<&'static str, usize>,
    /// How many environments are in each VPC.
    pub environments: usize,
    /// How many instances each has.
    pub instances: usize,
}

/// What the owner of so large an account has asked AWS for.
const ENOUGH: usize = 10_000;

impl Estate {
    /// Builds the account: everything in it was launched within the last six hours, and is well.
    /// The first environment of the first VPC is `team-0-0`.
    ///
    /// # Panics
    /// If a call of the sandbox is refused, which is a bug in it.
    pub fn build(&self, now: Timestamp) -> Account {
        let first = self.vpcs.keys().next().copied().unwrap_or("us-west-2");
        let mut story = Story::begin(first, now, "6h");
        roles(&mut story);
        for (region, vpcs) in &self.vpcs {
            story.account.enter(region);
            self.region(&mut story, *vpcs);
        }
        story.account.enter(first);
        story.end()
    }

    fn region(&self, story: &mut Story, vpcs: usize) {
        for quota in [
            quotas::VPCS,
            quotas::INTERNET_GATEWAYS,
            quotas::NAT_GATEWAYS,
            quotas::ADDRESSES,
            quotas::VCPUS,
            quotas::ENVIRONMENTS,
            quotas::SCALING_GROUPS,
            quotas::LOAD_BALANCERS,
            quotas::SECURITY_GROUPS,
        ] {
            story.account.here.quotas.applied.insert(quota.code.to_owned(), ENOUGH);
        }
        story.by("admin");
        application(story, "shop");
        version(story, "shop", "shop-41", "Shop 2.30");
        let platform = platform(story, "Node.js 22", "6.4.3");
        for vpc in 0..vpcs {
            let network = private(story, &format!("team-{vpc}"));
            for number in 0..self.environments {
                let name = format!("team-{vpc}-{number}");
                let size = self.instances.to_string();
                let options = vec![
                    option("aws:elasticbeanstalk:healthreporting:system", "SystemType", "enhanced"),
                    option("aws:autoscaling:asg", "MinSize", &size),
                    option("aws:autoscaling:asg", "MaxSize", &size),
                ];
                let new = New {
                    application: "shop",
                    name: &name,
                    platform: &platform,
                    version: "shop-41",
                    options,
                };
                begin(story, &network, new);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::Estate;

    #[test]
    fn an_estate_is_well_and_as_large_as_was_asked_for() {
        let now = "2026-11-23T15:30:00Z".parse().expect("a time");
        let vpcs = BTreeMap::from([("us-west-2", 2)]);
        let account = Estate { vpcs, environments: 3, instances: 2 }.build(now);
        assert_eq!(account.now(), now);
        let environments = account.here.beanstalk.environments.values();
        let states: Vec<_> =
            environments.map(|it| (it.status.word(), it.health.word(), it.agents.len())).collect();
        assert_eq!(states, [("Ready", "Ok", 2); 6]);
        // The default network is there too.
        assert_eq!(account.here.ec2.vpcs.values().filter(|vpc| !vpc.is_default).count(), 2);
    }
}
