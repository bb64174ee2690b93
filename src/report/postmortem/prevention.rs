//! What stays to do, so that it does not come back: what fits the cause, as a checklist.

use std::collections::BTreeSet;

use super::{Case, Todo};
use crate::check::Role;
use crate::plan::Action;
use crate::report::redacted;

/// What prevents which findings: codes or groups, what to do, why or how.
///
/// Sources are the "prevention" columns of the incident catalogue and the AWS guides they cite.
const ADVICE: &[(&[&str], &str, &str)] = &[
    (
        &["NET-01", "NET-02", "NET-03", "NET-04", "NET-05"],
        "Protect the route tables of the instance subnets",
        "a service control policy that denies ec2:DeleteRouteTable, ec2:DisassociateRouteTable, \
         ec2:ReplaceRoute and ec2:DeleteRoute on resources tagged as shared network, for all but \
         the network team's role",
    ),
    (
        &["NET-"],
        "Watch the network for drift",
        "an AWS Config rule on AWS::EC2::RouteTable and AWS::EC2::NatGateway, or the network as \
         code with drift detection, so that a change shows before an instance is replaced",
    ),
    (
        &["NET-"],
        "Alarm on silence",
        "a CloudWatch alarm on EnvironmentHealth, and on instances whose health is NoData",
    ),
    (
        &["CFN-01"],
        "Let other stacks admit addresses or a group of their own, not the environment's group",
        "Elastic Beanstalk deletes and replaces its security group; a group that you make and \
         attach by aws:autoscaling:launchconfiguration SecurityGroups stays the same",
    ),
    (
        &["CFN-"],
        "Change nothing of the environment's stack by hand",
        "Elastic Beanstalk's stacks break on resources that were changed or deleted outside; use \
         .ebextensions or the environment's options",
    ),
    (
        &["PL-14", "PL-13"],
        "Pin the platform version and the update window",
        "`ebrescue pin` sets the version and switches managed updates to patches in a window in \
         which somebody is there; try new versions in a clone first",
    ),
    (
        &["PL-"],
        "Plan the move to a supported platform branch",
        "retired branches get no fixes, and their images and launch configurations stop working",
    ),
    (
        &["EB-"],
        "Keep the environment as a saved configuration",
        "`aws elasticbeanstalk create-configuration-template --environment-id …`, after each \
         change of its options, so that it can be made again in minutes",
    ),
    (
        &["EB-06", "CFN-"],
        "Decide who may end the environment",
        "elasticbeanstalk:TerminateEnvironment and RebuildEnvironment only for a role that is \
         taken on purpose; termination protection on the stack where that is wanted",
    ),
    (
        &["CAP-"],
        "Ask for the quota before it is needed, and give the group more than one instance type",
        "Service Quotas can alarm at 80 percent of use",
    ),
    (
        &["PERM-"],
        "Keep roles that environments use out of clean-ups",
        "tag them, and let IAM Access Analyzer's unused-role findings be reviewed by the owners",
    ),
    (
        &["APP-"],
        "Deploy so that a bad version cannot take all instances",
        "deployment policy Immutable or TrafficSplitting, with a health check that uses the \
         application's dependencies",
    ),
    (
        &["ATL-"],
        "Test the way to the database from each subnet",
        "a small scheduled probe in the VPC that alarms when the peered network does not answer",
    ),
    (
        &["SES-"],
        "Alarm on mail that does not leave",
        "CloudWatch alarms on AWS/SES Send, Bounce and Reputation metrics, and on the \
         application's own queue of unsent mail",
    ),
];

/// The checklist of a case.
pub(super) fn todos(case: &Case<'_>) -> Vec<Todo> {
    let told = |role: Role| !matches!(role, Role::Symptom);
    let codes: BTreeSet<&str> = case
        .found
        .findings
        .iter()
        .filter(|finding| told(finding.role))
        .map(|finding| finding.code().0)
        .collect();
    let fits = |patterns: &&[&str]| {
        codes.iter().any(|code| patterns.iter().any(|pattern| code.starts_with(pattern)))
    };
    let mut todos: Vec<Todo> = ADVICE
        .iter()
        .filter(|(patterns, _, _)| fits(patterns))
        .map(|(_, what, why)| Todo { what: (*what).to_owned(), why: (*why).to_owned() })
        .collect();
    todos.extend(person(case));
    todos.extend(costs(case));
    todos
}

/// Talk to whoever made the change: most incidents begin with a reasonable one.
fn person(case: &Case<'_>) -> Option<Todo> {
    let trigger = case.found.causes().find_map(|cause| cause.trigger.as_ref())?;
    Some(Todo {
        what: redacted(&format!("Find out with {} what {} was for", trigger.user, trigger.call)),
        why: "what it was meant to reach may still be wanted, and then must be done another way"
            .to_owned(),
    })
}

/// What was made and costs money by the hour.
fn costs(case: &Case<'_>) -> Vec<Todo> {
    let Some(session) = &case.session else { return Vec::new() };
    let steps = session.history.all_steps();
    let running = steps.iter().filter(|(key, _)| session.history.state(key).is_good());
    let paid = running.filter(|(_, step)| costs_money(&step.action));
    paid.map(|(_, step)| Todo {
        what: redacted(&format!("Decide whether to keep what was made: {}", step.title)),
        why: redacted(&format!("it costs money as long as it is there. {}", step.effect)),
    })
    .collect()
}

/// Kinds of actions that make something AWS bills by the hour or month.
fn costs_money(action: &Action) -> bool {
    ["nat-gateway", "vpc-endpoint", "allocate-address", "db-snapshot"]
        .iter()
        .any(|paid| action.kind().contains(paid) && !action.kind().starts_with("delete"))
}
