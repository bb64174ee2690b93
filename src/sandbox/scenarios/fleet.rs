//! A large account, for measuring: many environments in many networks, all well.
//!
//! It is no scenario and has no story. Everything is made by the same calls as in one, all
//! environments at the same simulated time, so that it takes seconds and not minutes.

use jiff::Timestamp;

use super::Story;
use super::parts::{Network, New, application, begin, option, platform, public, roles, version};
use crate::sandbox::{Account, quotas};

/// How much there is of what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fleet {
    /// Environments.
    pub environments: usize,
    /// Networks, over which the environments are spread.
    pub networks: usize,
    /// Instances of each environment.
    pub instances: usize,
}

impl Fleet {
    /// Builds the account, so that the time in it is `now` and every environment is up for about
    /// an hour. Environments are called `fleet-0001` and so on, twenty to an application.
    pub fn build(self, now: Timestamp) -> Account {
        let Self { environments, networks, instances } = self;
        let mut story = Story::begin("us-west-2", now, "2h");
        let wanted = environments * instances;
        for (quota, value) in [
            (quotas::VPCS, networks + 5),
            (quotas::INTERNET_GATEWAYS, networks + 5),
            (quotas::VCPUS, 4 * wanted + 64),
            (quotas::ENVIRONMENTS, environments + 5),
            (quotas::APPLICATIONS, environments),
            (quotas::SCALING_GROUPS, environments + 5),
            (quotas::LOAD_BALANCERS, environments + 5),
            (quotas::SECURITY_GROUPS, 4 * environments + 2500),
        ] {
            story.account.here.quotas.applied.insert(quota.code.to_owned(), value);
        }
        roles(&mut story);
        story.by("admin");
        let networks: Vec<Network> =
            (0..networks.max(1)).map(|n| public(&mut story, &format!("net-{n:02}"))).collect();
        story.by("deploy-bot");
        let platform = platform(&story, "Node.js 22", "6.4.3");
        for n in 0..environments {
            let app = format!("app-{:02}", n / 20);
            if n % 20 == 0 {
                application(&mut story, &app);
                version(&mut story, &app, "v1", "Application 1.0");
            }
            let new = New {
                application: &app,
                name: &format!("fleet-{:04}", n + 1),
                platform: &platform,
                version: "v1",
                options: vec![
                    option("aws:autoscaling:asg", "MinSize", &instances.to_string()),
                    option("aws:autoscaling:asg", "MaxSize", &instances.max(4).to_string()),
                ],
            };
            begin(&mut story, &networks[n % networks.len()], new);
        }
        story.end()
    }
}

#[cfg(test)]
mod tests {
    use super::Fleet;

    #[test]
    fn a_fleet_is_well_and_as_large_as_was_asked_for() {
        let now = "2026-11-23T15:30:00Z".parse().expect("a time");
        let account = Fleet { environments: 6, networks: 2, instances: 2 }.build(now);
        assert_eq!(account.now(), now);
        let environments = account.here.beanstalk.environments.values();
        let states: Vec<_> =
            environments.map(|it| (it.status.word(), it.health.word(), it.agents.len())).collect();
        assert_eq!(states, [("Ready", "Ok", 2); 6]);
        // The default network is there too.
        assert_eq!(account.here.ec2.vpcs.values().filter(|vpc| !vpc.is_default).count(), 2);
    }
}
