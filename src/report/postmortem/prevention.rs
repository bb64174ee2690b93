//! What stays to do, so that it does not come back: what fits the cause, as a checklist.

use std::collections::BTreeSet;

use super::{Case, Todo};
use crate::check::{FindingKind, Role};
use crate::plan::Action;
use crate::report::{plain, redacted};
use crate::world::Network;
use crate::world::network::{NatGateway, RouteTable};

/// What prevents a fault from coming back.
struct Advice {
    /// Codes or groups (`NET-`) that it fits.
    fits: &'static [&'static str],
    /// What to do.
    what: &'static str,
    /// Why, or how.
    why: &'static str,
    /// A command line for it, made of what this case is about.
    command: fn(&Here) -> Option<String>,
}

/// What command lines are made of.
struct Here {
    name: String,
    id: String,
    application: String,
    /// What the findings about the network name and what is still there.
    network: Vec<String>,
}

fn by_hand(_: &Here) -> Option<String> {
    None
}

/// Sources are the "prevention" columns of the incident catalogue and the AWS guides they cite.
const ADVICE: &[Advice] = &[
    Advice {
        fits: &["NET-01", "NET-02", "NET-03", "NET-04", "NET-05", "ATL-01"],
        what: "Protect the route tables of the instance subnets",
        why: "a service control policy that denies ec2:DeleteRouteTable, \
              ec2:DisassociateRouteTable, ec2:ReplaceRoute and ec2:DeleteRoute on resources \
              tagged shared-network, for all but the network team's role; first the tag",
        command: tag_network,
    },
    Advice {
        fits: &["NET-", "ATL-"],
        what: "Watch the network for drift",
        why: "an AWS Config rule on AWS::EC2::RouteTable and AWS::EC2::NatGateway, or the \
              network as code with drift detection, so that a change shows before an instance is \
              replaced",
        command: by_hand,
    },
    Advice {
        fits: &["NET-", "EB-", "CFN-", "CAP-", "PERM-", "PL-", "APP-"],
        what: "Alarm on silence and on bad health",
        why: "EnvironmentHealth is 10 for No Data, 15 for Warning, 20 for Degraded, 25 for \
              Severe; missing data counts as bad",
        command: alarm,
    },
    Advice {
        fits: &["CFN-01"],
        what: "Let other stacks admit addresses or a group of their own, not the environment's group",
        why: "Elastic Beanstalk deletes and replaces its security group; a group that you make \
              and attach by aws:autoscaling:launchconfiguration SecurityGroups stays the same",
        command: by_hand,
    },
    Advice {
        fits: &["CFN-"],
        what: "Change nothing of the environment's stack by hand",
        why: "Elastic Beanstalk's stacks break on resources that were changed or deleted \
              outside; use .ebextensions or the environment's options",
        command: by_hand,
    },
    Advice {
        fits: &["PL-12", "PL-13", "PL-14", "PL-15"],
        what: "Pin the platform version and the update window",
        why: "an exact version, and managed updates only in a window in which somebody is there; \
              try new versions in a clone first",
        command: pin,
    },
    Advice {
        fits: &["PL-01", "PL-02", "PL-03", "PL-04", "PL-05"],
        what: "Plan the move to a supported platform branch",
        why: "retired branches get no fixes, and their images and launch configurations stop \
              working",
        command: by_hand,
    },
    Advice {
        fits: &["PL-"],
        what: "Rehearse platform changes on a clone of the environment",
        why: "what does not start on the new version then fails where nobody is served",
        command: clone,
    },
    Advice {
        fits: &["EB-", "CFN-", "PL-", "NET-01"],
        what: "Keep the environment as a saved configuration",
        why: "made anew after each change of its options, it brings the environment back in \
              minutes, under another name too",
        command: save,
    },
    Advice {
        fits: &["EB-06", "EB-29", "CFN-01", "CFN-04", "CFN-16"],
        what: "Decide who may end or rebuild the environment",
        why: "elasticbeanstalk:TerminateEnvironment and RebuildEnvironment only for a role that \
              is taken on purpose",
        command: by_hand,
    },
    Advice {
        fits: &["EB-20", "EB-26", "EB-27", "CFN-05", "CFN-06"],
        what: "Take the database out of the environment, and protect it from deletion",
        why: "a database that the environment made is deleted with it; decouple it by its \
              deletion policy, then switch deletion protection on",
        command: by_hand,
    },
    Advice {
        fits: &["CAP-"],
        what: "Ask for the quota before it is needed, and give the group more than one instance type",
        why: "Service Quotas can alarm at 80 percent of use",
        command: by_hand,
    },
    Advice {
        fits: &["PERM-", "EB-11", "EB-12"],
        what: "Keep roles that environments use out of clean-ups",
        why: "tag them, and let IAM Access Analyzer's unused-role findings be reviewed by the \
              owners",
        command: by_hand,
    },
    Advice {
        fits: &["PERM-"],
        what: "Give whoever is on call the permissions before the next time",
        why: "the least that looking needs; `--plan FILE` prints what a plan needs besides",
        command: policy,
    },
    Advice {
        fits: &["APP-"],
        what: "Deploy so that a bad version cannot take all instances",
        why: "deployment policy Immutable or TrafficSplitting, with a health check that uses the \
              application's dependencies",
        command: by_hand,
    },
    Advice {
        fits: &["ATL-"],
        what: "Test the way to the database from each subnet",
        why: "a small scheduled probe in the VPC that alarms when the peered network does not \
              answer",
        command: by_hand,
    },
    Advice {
        fits: &["SES-"],
        what: "Alarm on mail that does not leave",
        why: "CloudWatch alarms on AWS/SES Send, Bounce and Reputation metrics, and on the \
              application's own queue of unsent mail",
        command: by_hand,
    },
];

fn tag_network(here: &Here) -> Option<String> {
    let ids: Vec<&str> = here.network.iter().map(String::as_str).collect();
    (!ids.is_empty()).then(|| {
        format!(
            "aws ec2 create-tags --resources {} --tags Key=shared-network,Value={}",
            ids.join(" "),
            here.name
        )
    })
}

/// Source: Elastic Beanstalk developer guide, "Publishing Amazon CloudWatch custom metrics for an
/// environment": namespace AWS/ElasticBeanstalk, EnvironmentHealth, its numbers.
fn alarm(here: &Here) -> Option<String> {
    let name = &here.name;
    Some(format!(
        "aws cloudwatch put-metric-alarm --alarm-name {name}-health --namespace \
         AWS/ElasticBeanstalk --metric-name EnvironmentHealth --dimensions \
         Name=EnvironmentName,Value={name} --statistic Maximum --period 60 --evaluation-periods 5 \
         --threshold 10 --comparison-operator GreaterThanOrEqualToThreshold --treat-missing-data \
         breaching --alarm-actions ARN-OF-YOUR-TOPIC"
    ))
}

fn pin(here: &Here) -> Option<String> {
    Some(format!("ebrescue pin {}", here.name))
}

fn clone(here: &Here) -> Option<String> {
    Some(format!("eb clone {} --exact", here.name))
}

fn save(here: &Here) -> Option<String> {
    let Here { name, id, application, network: _ } = here;
    Some(format!(
        "aws elasticbeanstalk create-configuration-template --application-name {application} \
         --environment-id {id} --template-name {name}-good"
    ))
}

fn policy(here: &Here) -> Option<String> {
    Some(format!("ebrescue policy {} --read-only", here.name))
}

/// The checklist of a case.
pub(super) fn todos(case: &Case<'_>) -> Vec<Todo> {
    let told = |role: Role| matches!(role, Role::Cause | Role::Contributing);
    let codes: BTreeSet<&str> = case
        .found
        .findings
        .iter()
        .filter(|finding| told(finding.role))
        .map(|finding| finding.code().0)
        .collect();
    let here = here(case);
    let fitting = ADVICE.iter().filter(|advice| codes.iter().any(|code| advice.fits(code)));
    let todo = |advice: &Advice| Todo {
        what: advice.what.to_owned(),
        why: advice.why.to_owned(),
        command: here.as_ref().and_then(advice.command).map(|line| redacted(&line)),
    };
    let mut todos: Vec<Todo> = person(case).into_iter().chain(fitting.map(todo)).collect();
    todos.extend(risks(case));
    todos.extend(costs(case));
    todos
}

impl Advice {
    fn fits(&self, code: &str) -> bool {
        self.fits.iter().any(|pattern| code.starts_with(pattern))
    }
}

fn here(case: &Case<'_>) -> Option<Here> {
    let (last, _) = case.last();
    let own = last.environment.value().or(case.before.environment.value())?;
    let (tables, subnets) = (&last.network.route_tables, &last.network.subnets);
    let named: BTreeSet<&str> = case
        .found
        .causes()
        .filter(|cause| matches!(cause.kind, FindingKind::Network(_) | FindingKind::Peering(_)))
        .flat_map(|cause| cause.resources.iter().map(String::as_str))
        .collect();
    let subnets: Vec<&str> = subnets
        .items()
        .iter()
        .map(|subnet| subnet.id.as_str())
        .filter(|id| named.contains(id))
        .collect();
    let uses = |table: &&RouteTable| {
        let mut links = table.associations.iter();
        links.any(|link| link.subnet.as_ref().is_some_and(|one| subnets.contains(&one.as_str())))
    };
    let tables = tables.items().iter().filter(uses).map(|table| table.id.to_string());
    Some(Here {
        name: plain(&own.name),
        id: own.id.to_string(),
        application: plain(&own.application),
        network: tables.chain(subnets.iter().map(|id| (*id).to_owned())).collect(),
    })
}

/// Talk to whoever made the change: most incidents begin with a reasonable one.
fn person(case: &Case<'_>) -> Option<Todo> {
    let trigger = case.found.causes().find_map(|cause| cause.trigger.as_ref())?;
    Some(Todo {
        what: redacted(&format!("Find out with {} what {} was for", trigger.user, trigger.call)),
        why: "what it was meant to reach may still be wanted, and then must be done another way"
            .to_owned(),
        command: None,
    })
}

/// What waits to go wrong.
fn risks(case: &Case<'_>) -> Vec<Todo> {
    let (_, last) = case.last();
    let risks = last.findings.iter().filter(|finding| finding.role == Role::Risk);
    risks
        .map(|risk| Todo {
            what: redacted(&format!("Deal with a hazard that waits: {}", risk.title)),
            why: redacted(&risk.explanation),
            command: Some(format!("ebrescue explain {}", risk.code())),
        })
        .collect()
}

/// What costs money as long as it is there: what was made, and what nothing uses.
fn costs(case: &Case<'_>) -> Vec<Todo> {
    let made = case.session.iter().flat_map(|session| {
        let steps = session.history.all_steps();
        let stands = steps.into_iter().filter(|(key, step)| {
            session.history.state(key).is_good() && costs_money(&step.action)
        });
        stands.map(|(_, step)| Todo {
            what: redacted(&format!("Decide whether to keep what was made: {}", step.title)),
            why: redacted(&format!("it costs money as long as it is there. {}", step.effect)),
            command: None,
        })
    });
    let network = &case.last().0.network;
    let loose = network.addresses.items().iter().filter(|address| {
        address.association.is_none() && address.interface.is_none() && address.instance.is_none()
    });
    let loose = loose.filter_map(|address| {
        let id = address.allocation.as_ref()?;
        Some(Todo {
            what: format!("Decide whether to keep the Elastic IP address {id}"),
            why: "nothing uses it, and an address costs money by the hour; somebody may wait for \
                  exactly this one to be allowed elsewhere"
                .to_owned(),
            command: Some(format!("aws ec2 release-address --allocation-id {id}")),
        })
    });
    made.chain(loose).chain(idle_gateways(network)).collect()
}

/// NAT gateways that no route leads to.
fn idle_gateways(network: &Network) -> Vec<Todo> {
    let Some(tables) = network.route_tables.value() else { return Vec::new() };
    let used = |nat: &NatGateway| {
        let mut routes = tables.iter().flat_map(|table| &table.routes);
        routes.any(|route| route.target.id() == nat.id.as_str())
    };
    let available = network.nat_gateways.items().iter().filter(|nat| nat.state == "available");
    let idle = available.filter(|nat| !used(nat));
    idle.map(|nat| Todo {
        what: format!("Decide whether to keep the NAT gateway {}", nat.id),
        why: "no route of this VPC leads to it, and it costs money by the hour".to_owned(),
        command: Some(format!("aws ec2 delete-nat-gateway --nat-gateway-id {}", nat.id)),
    })
    .collect()
}

/// Kinds of actions that make something AWS bills by the hour or month.
fn costs_money(action: &Action) -> bool {
    ["nat-gateway", "vpc-endpoint", "allocate-address", "db-snapshot"]
        .iter()
        .any(|paid| action.kind().contains(paid) && !action.kind().starts_with("delete"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_something_to_do_about_every_code() {
        let without: Vec<_> = FindingKind::codes()
            .filter(|code| !ADVICE.iter().any(|advice| advice.fits(code.0)))
            .collect();
        assert!(without.is_empty(), "{without:?}");
    }
}
