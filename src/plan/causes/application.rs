//! What is done about faults of the application.

use crate::check::{ApplicationFault, Finding};
use crate::plan::draft::Draft;

use super::filters;

const LAUNCH: &str = "aws:autoscaling:launchconfiguration";

/// Plans what is done about a fault of the application: back to the version that ran, options that
/// name what is gone; the application itself is its team's.
pub(super) fn mend(draft: &mut Draft<'_>, finding: &Finding, fault: &ApplicationFault) {
    match fault {
        ApplicationFault::Bundle { last_good, .. }
        | ApplicationFault::CommandFailed { last_good, .. }
        | ApplicationFault::ConfigurationFile { last_good, .. }
        | ApplicationFault::Docker { last_good, .. } => back_to(draft, finding, last_good.as_deref()),
        ApplicationFault::HealthCheck { changed, .. } | ApplicationFault::ResponseCode { changed, .. }
            if !changed.is_empty() =>
        {
            take_back(draft, finding, changed);
        }
        ApplicationFault::ResponseCode { last_good: Some(good), .. } => {
            back_to(draft, finding, Some(good));
        }
        ApplicationFault::HealthCheck { path, reason, .. } => draft.ask_person(
            format!(
                "The application's team must say which path and port answer (asked now: {})",
                path.as_deref().unwrap_or("unknown")
            ),
            format!(
                "The load balancer says {}; what the application answers where is not visible from outside.",
                reason.as_deref().unwrap_or("the health check fails")
            ),
        ),
        ApplicationFault::ResponseCode { path, matcher, .. } => draft.ask_person(
            format!(
                "The application's team must make {} answer with {}, or set the codes that count as well",
                path.as_deref().unwrap_or("the health check's path"),
                matcher.as_deref().unwrap_or("200")
            ),
            "Which of both is right is the application's.",
        ),
        ApplicationFault::ClientErrors { .. } => ignore_client_errors(draft, finding),
        ApplicationFault::LaunchReferenceGone { what, name } => {
            reference_gone(draft, finding, what, name);
        }
        ApplicationFault::HealthOptionsClash {} => {
            draft.needs.unset("aws:elb:healthcheck", "Target", finding);
        }
        ApplicationFault::DatabaseUnreachable { groups, port, .. } => match groups.first() {
            Some(group) => filters::admit_instances(draft, finding, group, *port),
            None => draft.ask_person(
                "Whoever keeps the database must admit the environment's subnets",
                "Its security groups are not known.",
            ),
        },
        ApplicationFault::WorkerQueue { waiting, dead } => draft.ask_person(
            "The application's team must mend the worker, or give it more instances",
            format!("{waiting} messages wait and {dead} were given up; why is in the worker's own logs."),
        ),
        ApplicationFault::BundleTooLarge { .. } => draft.ask_person(
            "The application's team must make the bundle smaller than 512 MB",
            "Elastic Beanstalk takes no bigger one.",
        ),
    }
}

/// Lets options of the health check fall back to what they were before a change set them.
fn take_back(draft: &mut Draft<'_>, finding: &Finding, options: &[String]) {
    for option in options {
        draft.needs.unset("aws:elasticbeanstalk:environment:process:default", option, finding);
    }
    draft.alternative(
        "An application that answers what the health check asks now",
        "It is what is wanted if the change was meant; taken back, the environment is as it was when it was well.",
    );
}

fn back_to(draft: &mut Draft<'_>, finding: &Finding, last_good: Option<&str>) {
    let versions = draft.snapshot.versions.items();
    let there =
        |label: &&str| versions.is_empty() || versions.iter().any(|one| one.label == **label);
    match last_good.filter(there) {
        Some(label) => {
            draft.needs.deploy(label, finding);
            draft.alternative(
                "A mended version of the application",
                "It is what is wanted in the end; the last one that ran is there now.",
            );
        }
        None => draft.ask_person(
            "The application's team must mend the bundle and deploy it as a new version",
            "No version is known to have run before.",
        ),
    }
}

/// Switches the rules off that count refused requests, if nobody has written rules of their own.
///
/// Source: Elastic Beanstalk guide, "Configuring enhanced health rules for an environment".
fn ignore_client_errors(draft: &mut Draft<'_>, finding: &Finding) {
    let namespace = "aws:elasticbeanstalk:healthreporting:system";
    if draft.option(namespace, "ConfigDocument").is_some_and(|own| own.contains("Rules")) {
        draft.ask_person(
            "The application's team must add to its own health rules that requests with 4xx do not count",
            "The environment has rules of its own, which are theirs to change.",
        );
        return;
    }
    let off = serde_json::json!({"Enabled": false});
    let rules = serde_json::json!({
        "Version": 1,
        "Rules": {"Environment": {
            "Application": {"ApplicationRequests4xx": off},
            "ELB": {"ELBRequests4xx": off},
        }},
    });
    draft.needs.set(namespace, "ConfigDocument", &rules.to_string(), finding);
}

/// The launch template names something that was deleted.
fn reference_gone(draft: &mut Draft<'_>, finding: &Finding, what: &str, name: &str) {
    match what {
        "key-pair" => {
            draft.needs.unset(LAUNCH, "EC2KeyName", finding);
            draft.alternative(
                "A key pair of the same name",
                "Whoever holds the old private key could not use it; without a key pair instances are reached by Session Manager.",
            );
        }
        "security-group" => {
            let named = draft.snapshot.settings.value();
            let named = named.map(|all| all.list(LAUNCH, "SecurityGroups")).unwrap_or_default();
            let left: Vec<String> = named.into_iter().filter(|own| own != name).collect();
            if left.is_empty() {
                draft.needs.unset(LAUNCH, "SecurityGroups", finding);
            } else {
                draft.needs.set(LAUNCH, "SecurityGroups", &left.join(","), finding);
            }
        }
        _ => draft.needs.rebuild(finding),
    }
}
