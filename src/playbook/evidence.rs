//! What a playbook can want to be looked at, and whether it was.

use crate::world::{Gap, Observed, Snapshot};

/// The words for kinds of evidence, with what they mean.
pub const EVIDENCE: &[(&str, &str)] = &[
    ("events", "Elastic Beanstalk's own events"),
    ("health", "the environment's and its instances' health"),
    ("settings", "its options"),
    ("stack", "its CloudFormation stack, with resources and events"),
    ("trail", "who changed what, from CloudTrail"),
    ("network", "route tables, groups, ACLs and gateways of its VPC"),
    ("instances", "its EC2 instances"),
    ("scaling", "its Auto Scaling groups and their activities"),
    ("balancing", "its load balancers and the health of their targets"),
    ("database", "its databases"),
    ("roles", "its instance profile and roles"),
    ("platforms", "its platform version and what is offered"),
    ("quotas", "the account's quotas"),
    ("mail", "the account's mail"),
];

/// Whether somebody looked.
fn seen<T>(observed: &Observed<T>) -> Result<(), Gap> {
    observed.present().map(|_| ())
}

/// What keeps one kind of evidence from being complete; nothing if it was all seen.
///
/// A word that is none counts as unseen, so that a slip of the pen never opens the way; the lint
/// names it.
pub(super) fn unseen(word: &str, snapshot: &Snapshot) -> Result<(), Gap> {
    let network = &snapshot.network;
    match word {
        "events" => seen(&snapshot.events),
        "health" => seen(&snapshot.health).and(seen(&snapshot.instances_health)),
        "settings" => seen(&snapshot.settings),
        "stack" => match snapshot.stack() {
            Some(facts) => seen(&facts.stack).and(seen(&facts.resources)).and(seen(&facts.events)),
            None => Err(not_collected()),
        },
        "trail" => seen(&snapshot.trail),
        "network" => seen(&network.subnets)
            .and(seen(&network.route_tables))
            .and(seen(&network.groups))
            .and(seen(&network.acls))
            .and(seen(&network.internet_gateways))
            .and(seen(&network.nat_gateways)),
        "instances" => seen(&snapshot.compute.instances),
        "scaling" => seen(&snapshot.scaling.groups).and(seen(&snapshot.scaling.activities)),
        "balancing" => seen(&snapshot.balancing.load_balancers),
        "database" => seen(&snapshot.databases.instances),
        "roles" => seen(&snapshot.identity.profile).and(seen(&snapshot.identity.service_role)),
        "platforms" => seen(&snapshot.platforms.current),
        "quotas" => seen(&snapshot.surroundings.quotas),
        "mail" => seen(&snapshot.mail.account),
        _ => Err(not_collected()),
    }
}

fn not_collected() -> Gap {
    Gap { needs: String::new(), reason: "not looked at".to_owned(), message: String::new() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_seen_in_an_empty_snapshot() {
        let snapshot = Snapshot::empty("us-west-2".into(), jiff::Timestamp::UNIX_EPOCH);
        for (word, _) in EVIDENCE {
            assert!(unseen(word, &snapshot).is_err(), "{word}");
        }
        assert!(unseen("tarot", &snapshot).is_err());
    }
}
