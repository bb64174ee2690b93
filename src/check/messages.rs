//! What AWS's own texts mean: each known text, in both grammars of failure reasons, as a code.
//!
//! A text that proves one thing is `sure`; one that several faults share names them all, the
//! likeliest first, and proves nothing alone: the checks of those codes ask for other evidence.
//! Texts are matched by their constant parts, in order, without regard to case; `*` stands for
//! whatever changes. The first row that matches counts, so special rows stand before general ones.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use aho_corasick::AhoCorasick;
use jiff::Timestamp;

use super::situation::Situation;
use super::{Code, Evidence};
use crate::world::{ManagedAction, Snapshot, StackFacts};

/// One known text.
pub struct Recogniser {
    /// Its constant parts, `*` for what changes.
    pub text: &'static str,
    /// The codes it can mean, the likeliest first.
    pub codes: &'static [&'static str],
    /// Whether it alone proves the first of them.
    pub sure: bool,
}

const fn sure(text: &'static str, codes: &'static [&'static str]) -> Recogniser {
    Recogniser { text, codes, sure: true }
}

const fn hint(text: &'static str, codes: &'static [&'static str]) -> Recogniser {
    Recogniser { text, codes, sure: false }
}

/// All known texts. Source: the incident catalogue's messages.
pub const RECOGNISERS: &[Recogniser] = &[
    // Permissions first: their texts carry the names of other services' calls.
    sure("explicit deny in a service control policy", &["PERM-05"]),
    sure(
        "not authorized to perform: iam:CreateServiceLinkedRole*elasticloadbalancing",
        &["PERM-01"],
    ),
    sure("not authorized to perform: iam:CreateServiceLinkedRole", &["PERM-01", "PERM-07"]),
    sure("not authorized to perform: ec2:CreateTags*launch-template", &["PL-12"]),
    sure("not authorized to perform: autoscaling:", &["PERM-07"]),
    sure("not authorized to perform ses:", &["SES-07"]),
    sure("Access Denied: S3Bucket=elasticbeanstalk-", &["PERM-02"]),
    sure("S3 error: Access Denied", &["PERM-03"]),
    sure("You do not have permission to perform the '", &["PERM-04"]),
    sure("is not authorized to perform: ", &["PERM-04"]),
    sure("You are not authorized to use launch template", &["PL-10", "PL-12"]),
    sure("Client.InternalError: Client error on launch", &["PERM-06"]),
    sure(
        "could not communicate with Amazon EC2 to determine whether to create a custom security group",
        &["NET-21"],
    ),
    // The network.
    hint(
        "EC2 instances failed to communicate with AWS Elastic Beanstalk",
        &["NET-01", "NET-02", "NET-08", "NET-09", "NET-11", "NET-14"],
    ),
    hint(
        "failed to create: [*AWSEBInstanceLaunchWaitCondition",
        &["NET-01", "NET-02", "NET-04", "NET-08"],
    ),
    hint("WaitCondition timed out", &["NET-01", "NET-04"]),
    sure("has no internet gateway attached", &["NET-06"]),
    sure("insufficient free addresses to create this NAT gateway", &["NET-06"]),
    sure("Elastic IP address * is already associated", &["NET-06"]),
    sure("could not be associated with this NAT gateway", &["NET-06"]),
    sure("The specified subnet * does not exist or could not be found", &["NET-06"]),
    sure("would exceed the limit of * NAT gateways", &["NET-06"]),
    sure("Nat Gateway is not available in this availability zone", &["NET-06"]),
    sure("is not attached to any internet gateway", &["NET-07"]),
    sure("Gateway.NotAttached", &["NET-07", "NET-06"]),
    sure("Vpc Endpoint Service '*elasticbeanstalk.health' does not exist", &["NET-15"]),
    sure("At least two subnets in two different Availability Zones must be specified", &["NET-17"]),
    sure("cannot be attached to multiple subnets in the same A", &["NET-18"]),
    sure("No default VPC for this user", &["NET-19"]),
    sure("Default VPC not found", &["NET-19"]),
    hint("failed to create: [AWSEBEIP, AWSEBSecurityGroup]", &["NET-19"]),
    hint("Creating EIP: *Resource creation cancelled", &["CFN-17", "NET-19"]),
    sure("Default subnet not found in", &["NET-20"]),
    sure("Default subnet in * not found", &["NET-20"]),
    hint("failed to update: [AWSEBLoadBalancer]", &["NET-20"]),
    sure("Specify the subnets for the VPC", &["NET-21"]),
    sure("Not enough IP space available in", &["NET-22"]),
    sure("InsufficientFreeAddressesInSubnet", &["NET-23"]),
    sure("not enough free addresses in subnet", &["NET-23"]),
    hint("Failed to pull Docker image", &["NET-25", "APP-07"]),
    // CloudFormation.
    sure("There are active instances using security group", &["CFN-02"]),
    hint("failed to delete: [*AWSEBLoadBalancerSecurityGroup", &["CFN-03", "CFN-01"]),
    hint("failed to delete: [*AWSEBSecurityGroup", &["CFN-01", "CFN-02", "CFN-04", "EB-06"]),
    hint("has a dependent object", &["CFN-01", "CFN-03", "CFN-04"]),
    sure("Network interface is currently in use and is of type", &["CFN-04"]),
    sure("Cannot delete protected DB Instance", &["CFN-05"]),
    sure("because a snapshot with the identifier * already exists", &["CFN-06"]),
    sure("DBSnapshotAlreadyExists", &["CFN-06"]),
    sure("Load balancer '*' cannot be deleted because deletion protection is enabled", &["CFN-07"]),
    sure("cannot be deleted because deletion protection is enabled", &["CFN-07"]),
    sure("bucket you tried to delete is not empty", &["CFN-08"]),
    sure("Export * cannot be deleted as it is in use by", &["CFN-09"]),
    sure("Export * cannot be updated as it is in use by", &["CFN-09"]),
    sure("Cannot delete export * as it is in use by", &["CFN-09"]),
    sure("Export * is imported by stack", &["CFN-09"]),
    sure("cannot be deleted while TerminationProtection is enabled", &["CFN-10"]),
    sure("nested stack failed to roll back", &["CFN-11"]),
    sure("is in UPDATE_ROLLBACK_FAILED state", &["CFN-12", "CFN-13"]),
    hint("Failed to receive * resource signal(s) for the current batch", &["CFN-15", "EB-18"]),
    hint("SUCCESS signal(s) out of", &["CFN-15"]),
    hint("Failed to receive the required number of signals", &["CFN-15"]),
    sure("Autoscaling rolling updates cannot be performed because scheduled action", &["CFN-24"]),
    sure("Stack with id * does not exist", &["CFN-16"]),
    sure("The security group '*' does not exist in default VPC", &["CFN-18"]),
    hint("failed to create: [AWSEBLoadBalancer, AWSEBSecurityGroup]", &["CFN-18"]),
    sure("length is greater than 4096", &["CFN-19"]),
    sure("Fn::GetAtt references undefined resource AWSEBSecurityGroup", &["CFN-20"]),
    sure("(expecting \"sg-...\")", &["CFN-21"]),
    sure("InvalidGroupId.Malformed", &["CFN-21"]),
    hint("aborted operation*Reason: null", &["CFN-22", "EB-27"]),
    sure("is in * state and can not be updated", &["CFN-23"]),
    sure("access_logs.s3.", &["CFN-25"]),
    sure("Creating RDS database security group*failed", &["CFN-26"]),
    sure("failed to create: [*AWSEBRDSDBSecurityGroup", &["CFN-26"]),
    sure("environment tags cannot be updated", &["CFN-27"]),
    // Platform.
    sure("No Solution Stack named", &["PL-01"]),
    sure("Solution Stack *: NOT FOUND", &["PL-02"]),
    sure("retired platform branch", &["PL-03"]),
    sure("The image id '*' does not exist", &["PL-04", "PL-10"]),
    hint("The AMI ID * does not exist", &["PL-10", "PL-04"]),
    sure("AMI * is pending, and cannot be run", &["PL-10"]),
    sure("Launch Configuration creation operation is not available in your account", &["PL-05"]),
    sure("failed to create: [*AWSEBAutoScalingLaunchConfiguration", &["PL-05"]),
    sure("accounts only support launch templates", &["PL-05"]),
    sure("The specified instance type * is not valid", &["PL-06"]),
    sure("OptionName: 'InstanceType'): Value is not one of the allowed values", &["PL-07"]),
    sure("Managed platform updates require enhanced health reporting", &["PL-13"]),
    sure("Cannot modify the managed action in its current state", &["PL-13"]),
    sure("Unknown configuration setting", &["PL-08"]),
    hint("\"option_settings\" in one of the configuration files failed validation", &["PL-08"]),
    sure("Unknown or duplicate parameter", &["PL-09"]),
    hint("Managed update failed, retrying in", &["PL-12"]),
    hint("Managed platform update is in-progress", &["PL-12", "PL-14"]),
    sure("PermissionsError", &["PL-12"]),
    sure("update-environment*--solution-stack-name", &["PL-15"]),
    sure("does not appear to be valid", &["PL-16"]),
    sure("can't find a platform version that matches", &["PL-16"]),
    sure("Unable to determine base for template pack", &["PL-16"]),
    sure("does not match the architecture in the manifest", &["PL-17"]),
    hint("The requested configuration is currently not supported", &["PL-17"]),
    // Capacity.
    sure("than your current vCPU limit", &["CAP-01"]),
    sure("instance(s) are already running. Launching EC2 instance failed", &["CAP-01"]),
    sure("do not have sufficient * capacity in the Availability Zone", &["CAP-02"]),
    sure("InsufficientInstanceCapacity", &["CAP-02"]),
    sure("maximum number of addresses has been reached", &["CAP-03"]),
    sure("AddressLimitExceeded", &["CAP-03"]),
    sure("is not supported in your requested Availability Zone", &["CAP-04"]),
    sure("There is no Spot capacity available", &["CAP-05"]),
    sure("Spot request price of * is lower than", &["CAP-05"]),
    sure("has reached its limit of", &["CAP-07"]),
    hint("Failed to create the AWS Elastic Beanstalk application version", &["CAP-07", "APP-12"]),
    // The application and what it was given.
    sure("The key pair * does not exist", &["APP-08"]),
    sure("The security group * does not exist. Launching", &["APP-08"]),
    sure("launch template, with template ID * does not exist", &["APP-08"]),
    sure("valid fully-formed launch template", &["APP-08"]),
    sure("Unable to download from S3 location", &["APP-04"]),
    sure("does not belong to the S3 region", &["APP-04"]),
    sure("contains invalid YAML or JSON", &["APP-06"]),
    sure("Both 'Dockerfile' and 'Dockerrun.aws.json' are missing", &["APP-07"]),
    sure("No EXPOSE directive found", &["APP-07"]),
    sure("Invalid Dockerrun.aws.json version", &["APP-07"]),
    sure("Failed to start ECS task", &["APP-07"]),
    sure("ECS Application sourcebundle validation error", &["APP-07"]),
    sure("Invalid auth configuration file", &["APP-07"]),
    sure(
        "values for both the Elastic Load Balancing Target option and Application Healthcheck URL",
        &["APP-09"],
    ),
    sure("source bundle*exceeds the maximum", &["APP-12"]),
    sure("erroring with HTTP 4xx", &["APP-03"]),
    sure("messages waiting in the queue", &["APP-10"]),
    sure("messages in Dead Letter Queue", &["APP-10"]),
    sure("Unable to connect to Amazon RDS from Elastic Beanstalk", &["APP-11"]),
    sure("Target.ResponseCodeMismatch", &["APP-02", "APP-01"]),
    // Elastic Beanstalk.
    sure("Unable to assume role", &["EB-11"]),
    sure("A Service Role is required in this region", &["EB-11"]),
    sure("Platforms require a service role", &["EB-11"]),
    sure("must have instance profile associated with it", &["EB-12"]),
    sure("The instance profile * does not exist", &["EB-12"]),
    sure("DBInstance * not found", &["EB-26"]),
    sure("DB Allocated storage should be more than the previous value", &["EB-26", "EB-27"]),
    sure("RDS DB Engine option setting is not allowed to changed", &["EB-26"]),
    sure("Elastic Load Balancer * Cannot Be Found", &["EB-21"]),
    sure("There is no ACTIVE Load Balancer named", &["EB-21"]),
    sure("Cannot find Load Balancer", &["EB-21"]),
    sure("One or more target groups not found", &["EB-21"]),
    sure("Target group '*' not found", &["EB-21"]),
    sure("AutoScalingGroup name not found", &["EB-22"]),
    hint(
        "There are no instances. Auto Scaling group desired capacity is set to",
        &["EB-22", "EB-10"],
    ),
    sure("notifications have been deleted or modified", &["EB-23"]),
    hint("is below Auto Scaling group minimum size", &["EB-24"]),
    hint("EC2 Instance Launch Failure", &["EB-24", "NET-23"]),
    hint("due to a ELB health check failure", &["EB-25"]),
    hint("ELB processes are not healthy on all instances", &["APP-01", "EB-25"]),
    hint("Has Zero Healthy Instances", &["APP-01"]),
    hint("ELB health is failing or not available", &["APP-01", "APP-02"]),
    hint("failed at least the UnhealthyThreshold number of health checks", &["APP-01"]),
    hint("Incorrect application version", &["EB-13"]),
    hint("some instances may have deployed the new application version", &["EB-13"]),
    hint(
        "None of the instances are sending data",
        &["NET-01", "NET-02", "NET-03", "NET-11", "EB-07", "EB-09", "ATL-01", "ATL-03"],
    ),
    hint(
        "not responded in the allowed command timeout time",
        &["EB-08", "EB-05", "EB-07", "NET-10"],
    ),
    hint("Update environment operation is complete, but with command timeouts", &["EB-08"]),
    hint("Create environment operation is complete, but with", &["EB-31"]),
    hint("However, there were issues during launch", &["EB-31", "NET-19"]),
    hint("TimedOut: ", &["EB-08", "EB-07"]),
    hint("Command failed on instance", &["APP-05"]),
    hint("Instance deployment failed", &["APP-05", "NET-25"]),
    hint("Summary: [Successful: *, Failed: ", &["APP-05"]),
    hint("Unsuccessful command execution on instance id(s)", &["APP-05", "EB-08"]),
    hint("Failed to deploy application", &["APP-05", "EB-13"]),
    hint("Command execution completed on * of * instances in environment", &["EB-14"]),
    hint("New application version was deployed to running EC2 instances", &["EB-14"]),
    hint("Created temporary auto scaling group", &["EB-15"]),
    hint("Immutable deployment policy enabled", &["EB-15"]),
    hint("reverted to the previous configuration setting", &["EB-17"]),
    hint("Failed to deploy configuration", &["EB-17"]),
    hint(
        "termination step failed because at least one of the environment termination workflows failed",
        &["EB-06", "CFN-01"],
    ),
    hint("Stack deletion failed", &["EB-06"]),
    hint("terminateEnvironment is starting", &["EB-06", "CFN-03"]),
    hint("currently pending deployment", &["EB-02"]),
    hint("Must be pending deployment", &["EB-02"]),
    hint("currently pending creation", &["EB-03"]),
    hint("waiting for state to become 'Ready' (last state: 'Launching'", &["EB-03"]),
    hint("invalid state for this operation. Must be Ready", &["EB-01", "CFN-13", "EB-34"]),
    hint("associated with environment * is in * state", &["EB-01", "CFN-12"]),
    hint("Environment will not be restored", &["EB-19"]),
    hint("Deleting SNS topic for environment", &["EB-12"]),
    hint("Failed to launch environment", &["EB-30", "EB-12"]),
    hint("This environment is terminated and cannot be modified", &["EB-29", "EB-12"]),
    hint("terminated environments linger", &["EB-29"]),
    sure("DNS name * is not available", &["EB-32"]),
    sure("Environment * already exists", &["EB-32"]),
    sure("another operation that effects an element in this activity", &["EB-33"]),
    hint("Suspended", &["EB-10"]),
    hint("Resource * does not exist for stack", &["CFN-17", "PL-05"]),
    hint("Resource creation cancelled", &["CFN-17", "CFN-18"]),
    hint("failed to create: [", &["CFN-17", "CFN-21"]),
    // Mail.
    sure("Email address is not verified", &["SES-01", "SES-04"]),
    sure("Authentication Credentials Invalid", &["SES-02", "SES-08"]),
    sure("530 Authentication required", &["SES-02"]),
    sure("Account not subscribed to SES", &["SES-02"]),
    sure("Account is paused", &["SES-03"]),
    sure("AccountSendingPausedException", &["SES-03"]),
    // The status of SES, and a word of many other texts: "Client.UserInitiatedShutdown".
    hint("SHUTDOWN", &["SES-03"]),
    sure("Throttling failure: ", &["SES-06"]),
    sure("Maximum SigV2 SMTP sending rate exceeded", &["SES-06"]),
    sure("Too many concurrent SMTP connections", &["SES-06"]),
    sure("Temporary authentication failure", &["SES-08"]),
    sure("can't connect to the Amazon SES SMTP endpoint", &["SES-09"]),
    sure("Configuration set does not exist", &["SES-10"]),
    sure("Mail FROM domain is not verified", &["SES-10"]),
    // A peering connection's states, as a list.
    hint("pending-acceptance", &["ATL-08"]),
    hint("Throttling", &["CFN-29"]),
    hint("Rate exceeded", &["CFN-29"]),
];

/// The constant parts of each row in lower case, made once.
static PARTS: LazyLock<Vec<Vec<String>>> = LazyLock::new(|| {
    let parts = |row: &Recogniser| {
        let low = row.text.to_lowercase();
        low.split('*').filter(|part| !part.is_empty()).map(str::to_owned).collect()
    };
    RECOGNISERS.iter().map(parts).collect()
});

/// Finds in one pass which rows can fit at all: those whose first part is in the text. A diagnosis
/// asks it some ten thousand times, and each row by itself would be a search of its own.
static FIRST_PARTS: LazyLock<AhoCorasick> = LazyLock::new(|| {
    let first = PARTS.iter().map(|parts| parts.first().map_or("", String::as_str));
    AhoCorasick::new(first).expect("the table's texts are short")
});

/// Whether a text in lower case has all parts, in order.
fn fits(parts: &[String], text: &str) -> bool {
    let mut rest = text;
    parts.iter().all(|part| {
        let Some(at) = rest.find(part.as_str()) else { return false };
        rest = &rest[at + part.len()..];
        true
    })
}

/// What a text of AWS means, if it is known: the first row that fits.
pub fn recognise(text: &str) -> Option<&'static Recogniser> {
    let low = text.to_lowercase();
    let found = FIRST_PARTS.find_overlapping_iter(&low).map(|found| found.pattern().as_usize());
    let rows: BTreeSet<usize> = found.collect();
    let index = rows.into_iter().find(|row| PARTS.get(*row).is_some_and(|one| fits(one, &low)))?;
    RECOGNISERS.get(index)
}

/// The codes a text can mean: by its pattern, else by the pages that quote it.
pub fn codes_for(text: &str) -> Vec<Code> {
    if let Some(row) = recognise(text) {
        return row.codes.iter().map(|code| Code(code)).collect();
    }
    let quoted = super::all().iter().filter(|check| check.docs.contains(text));
    quoted.map(|check| check.code).collect()
}

/// A known text, where and when it was written.
#[derive(Clone, Debug)]
pub(super) struct Hit {
    pub(super) codes: &'static [&'static str],
    pub(super) sure: bool,
    pub(super) at: Timestamp,
    pub(super) text: String,
    pub(super) evidence: Evidence,
}

fn hit(text: &str, at: Timestamp, source: &str) -> Option<Hit> {
    let row = recognise(text)?;
    let evidence =
        Evidence { supports: true, source: source.to_owned(), statement: text.to_owned() };
    Some(Hit { codes: row.codes, sure: row.sure, at, text: text.to_owned(), evidence })
}

/// All known texts about what goes wrong now, oldest first: the environment's events since it
/// was last well, its health's causes, the stack's failures, failed scaling activities, and
/// failed managed actions.
pub(super) fn hits(world: &Snapshot) -> Vec<Hit> {
    let situation = Situation::of(world);
    let mut all = Vec::new();
    let health_counts = !situation.is_well();
    for event in situation.recent() {
        // A change of health says how it was; the health's causes say how it is.
        let of_health = event.message.starts_with("Environment health has transitioned");
        if !of_health || health_counts {
            all.extend(hit(&event.message, event.at, world.events.operation()));
        }
    }
    if let Some(health) = world.health.value().filter(|_| health_counts) {
        let causes = health.causes.iter();
        all.extend(causes.filter_map(|cause| hit(cause, world.taken_at, world.health.operation())));
    }
    all.extend(world.stacks.values().flat_map(|facts| stack_hits(world, facts)));
    all.extend(activity_hits(world));
    for action in world.managed.history.items() {
        let failed = action.status.as_deref() == Some("Failed");
        let recent =
            situation.troubled_since().is_none_or(|since| action.at.is_none_or(|at| at >= since));
        let counts = failed && recent && !is_mended(world, action);
        if let Some(text) = action.failure.as_deref().filter(|_| counts) {
            let at = action.finished.or(action.at).unwrap_or(world.taken_at);
            all.extend(hit(text, at, world.managed.history.operation()));
        }
    }
    all.sort_by_key(|hit| hit.at);
    all
}

/// Whether a later managed action than a failed one was completed.
fn is_mended(world: &Snapshot, failed: &ManagedAction) -> bool {
    let end = |action: &ManagedAction| action.finished.or(action.at);
    let mut all = world.managed.history.items().iter();
    all.any(|one| one.status.as_deref() == Some("Completed") && end(one) > end(failed))
}

/// Failures of a stack's last operation, if it did not end well.
fn stack_hits(world: &Snapshot, facts: &StackFacts) -> Vec<Hit> {
    let Some(stack) = facts.stack.value() else { return Vec::new() };
    let mut found: Vec<Hit> = super::stack::failures(facts)
        .into_iter()
        .filter(|event| super::stack::counts(world, facts, event))
        .filter_map(|event| hit(event.reason.as_deref()?, event.at, facts.events.operation()))
        .collect();
    let at = stack.updated.unwrap_or(world.taken_at);
    let settled = stack.status.is_settled() && Situation::of(world).is_well();
    if let Some(reason) = stack.reason.as_deref().filter(|_| !settled) {
        found.extend(hit(reason, at, facts.stack.operation()));
    }
    if stack.status.is_failed() {
        let reasons = facts.resources.items().iter().filter(|one| one.status.ends_with("_FAILED"));
        let texts = reasons.filter_map(|one| Some((one.reason.as_deref()?, one.at)));
        found.extend(
            texts.filter_map(|(text, when)| {
                hit(text, when.unwrap_or(at), facts.resources.operation())
            }),
        );
    }
    found
}

/// Failed launches since one last went well, group by group.
fn activity_hits(world: &Snapshot) -> Vec<Hit> {
    let mut activities: Vec<_> = world.scaling.activities.items().iter().collect();
    activities.sort_by_key(|activity| std::cmp::Reverse(activity.at));
    let mut well: Vec<&str> = Vec::new();
    let mut found = Vec::new();
    for activity in activities {
        if activity.status == "Successful" {
            well.push(&activity.group);
        } else if matches!(activity.status.as_str(), "Failed" | "Cancelled")
            && !well.contains(&activity.group.as_str())
            && !(Situation::of(world).is_well() && is_stale(world, activity.at))
        {
            let text = activity.message.as_deref().unwrap_or_default();
            found.extend(hit(text, activity.at, world.scaling.activities.operation()));
        }
    }
    found
}

/// Whether something is older than the environment's last success.
fn is_stale(world: &Snapshot, at: Timestamp) -> bool {
    Situation::of(world).last_success().is_some_and(|since| at < since)
}

/// The sure texts of one code, oldest first.
pub(super) fn proofs(world: &Snapshot, code: &str) -> Vec<Hit> {
    let mut all = hits(world);
    all.retain(|hit| hit.sure && hit.codes[0] == code);
    all
}

/// The texts that may mean a code, oldest first.
pub(super) fn clues(world: &Snapshot, code: &str) -> Vec<Hit> {
    let mut all = hits(world);
    all.retain(|hit| hit.codes.contains(&code));
    all
}

/// Evidence of hits, the newest and at most three, each text once.
pub(super) fn evidence(hits: &[Hit]) -> Vec<Evidence> {
    let mut all: Vec<Evidence> = Vec::new();
    for hit in hits.iter().rev() {
        if all.len() < 3 && !all.iter().any(|known| known.statement == hit.evidence.statement) {
            all.push(hit.evidence.clone());
        }
    }
    all
}
