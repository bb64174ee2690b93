//! What each scenario is, by the incident catalogue: written from its records, not from what the
//! program finds.

/// What is to be done about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Remedy {
    /// The APIs can mend it: there must be actions.
    Acts,
    /// Only people can: there must be none, and somebody must be named.
    Person,
    /// Nothing is broken.
    Nothing,
}

/// One row.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Row {
    pub(crate) scenario: &'static str,
    /// The causes, in order; `A|B` where two records describe the same fault.
    pub(crate) causes: &'static [&'static str],
    /// What else may be a cause or contribute.
    pub(crate) also: &'static [&'static str],
    pub(crate) verdict: &'static str,
    pub(crate) remedy: Remedy,
}

const fn row(
    scenario: &'static str,
    verdict: &'static str,
    causes: &'static [&'static str],
    also: &'static [&'static str],
    remedy: Remedy,
) -> Row {
    Row { scenario, causes, also, verdict, remedy }
}

const fn well(scenario: &'static str) -> Row {
    row(scenario, "healthy", &[], &[], Remedy::Nothing)
}

const fn broken(scenario: &'static str, cause: &'static [&'static str]) -> Row {
    row(scenario, "degraded", cause, &[], Remedy::Acts)
}

const fn stuck(
    scenario: &'static str,
    causes: &'static [&'static str],
    also: &'static [&'static str],
) -> Row {
    row(scenario, "stuck", causes, also, Remedy::Acts)
}

use Remedy::{Acts, Person};

/// Every scenario. A new scenario needs a row.
pub(crate) const ROWS: &[Row] = &[
    well("healthy"),
    well("healthy-public"),
    well("healthy-single-instance"),
    well("healthy-endpoints-only"),
    well("healthy-nat-instance"),
    well("healthy-transit-gateway"),
    well("healthy-main-table"),
    well("healthy-worker"),
    well("healthy-peered-database"),
    well("healthy-classic-balancer"),
    well("healthy-network-balancer"),
    // The network.
    stuck("lost-route-table", &["NET-01", "CFN-01"], &["PL-14"]),
    stuck("nat-deleted", &["NET-03"], &[]),
    // A launch that failed leaves a stack that nothing but a deletion gets out of where it is.
    stuck("launch-without-route", &["NET-01|NET-02"], &[]),
    broken("one-subnet-without-nat", &["NET-04"]),
    stuck("nat-in-private-subnet", &["NET-05"], &[]),
    // The NAT gateway stands in what is no longer a public subnet.
    stuck("public-route-deleted", &["NET-05|NET-02"], &[]),
    stuck("gateway-detached", &["NET-07"], &[]),
    stuck("instances-without-public-address", &["NET-08"], &[]),
    stuck("acl-blocks-https", &["NET-09"], &[]),
    stuck("acl-blocks-answers", &["NET-09"], &[]),
    stuck("group-without-egress", &["NET-09"], &[]),
    stuck("health-endpoint-deleted", &["NET-11"], &[]),
    stuck("endpoint-without-private-names", &["NET-12"], &[]),
    broken("endpoint-policy-denies", &["NET-13"]),
    stuck("endpoint-group-closed", &["NET-14"], &[]),
    stuck("names-switched-off", &["NET-16"], &[]),
    stuck("balancer-in-one-zone", &["NET-17"], &[]),
    // CloudFormation.
    stuck("foreign-rule-blocks-termination", &["CFN-01"], &[]),
    stuck("interface-holds-group", &["CFN-04"], &[]),
    stuck("balancer-protected", &["CFN-07"], &[]),
    row("stack-protected", "degraded", &["CFN-10"], &[], Acts),
    stuck("stack-deleted", &["CFN-16"], &[]),
    broken("scheduled-actions-block-update", &["CFN-24"]),
    // The NAT gateway is why no instance signals; the stack hangs by itself besides.
    stuck("rollback-failed", &["NET-03"], &["CFN-12", "CFN-15"]),
    // The values have to go elsewhere, and the application has to read them there.
    row("properties-too-long", "degraded", &["CFN-19"], &[], Person),
    // Elastic Beanstalk.
    stuck("update-without-end", &["NET-03"], &["EB-01"]),
    stuck("launch-without-end", &["NET-01|NET-02"], &["EB-01", "EB-03"]),
    broken("service-role-deleted", &["EB-11"]),
    row("instance-profile-missing", "terminated", &["EB-12"], &[], Acts),
    broken("instances-hang", &["EB-07"]),
    broken("command-timeout", &["EB-08"]),
    row("half-deployed", "degraded", &["EB-13"], &["APP-01", "APP-02"], Acts),
    broken("balancer-deleted", &["EB-21"]),
    broken("scaling-group-deleted", &["EB-22"]),
    broken("scaled-to-zero", &["EB-34"]),
    broken("launching-suspended", &["EB-25"]),
    // Nothing is at fault, and it can be had back.
    row("terminated-by-mistake", "terminated", &[], &["EB-29"], Acts),
    row("leftover-immutable-stack", "degraded", &["EB-15"], &["CFN-10", "APP-01", "APP-02"], Acts),
    // The platform.
    row("newest-platform-breaks-the-shop", "degraded", &["PL-14|PL-15"], &[], Acts),
    broken("image-deregistered", &["PL-10"]),
    // Capacity. A quota is raised by AWS; the type that fitted before can be taken back.
    row("vcpu-quota", "stuck", &["CAP-01"], &["CFN-12", "CFN-13"], Acts),
    broken("no-capacity-in-zone", &["CAP-02"]),
    broken("type-not-in-zone", &["CAP-04"]),
    stuck("addresses-used-up", &["CAP-03"], &[]),
    // Permissions.
    broken("profile-without-role", &["EB-12"]),
    broken("role-does-not-trust", &["EB-11"]),
    stuck("repairer-may-not-route", &["NET-01"], &[]),
    // The application.
    broken("health-check-path-wrong", &["APP-01"]),
    broken("deployment-fails", &["APP-05"]),
    broken("application-fails", &["APP-01|APP-02"]),
    broken("key-pair-deleted", &["APP-08"]),
    // Peering.
    broken("peering-route-missing", &["ATL-01"]),
    // A new connection has to be accepted on the other side, by whoever keeps the database.
    row("peering-deleted", "degraded", &["ATL-08"], &[], Acts),
    broken("database-port-closed", &["ATL-04"]),
    // A connection that failed is told for two hours; after that only the application's failures
    // are left to see; the version before does without the database.
    broken("peering-overlaps", &["APP-02"]),
    // Told as a risk alone: it runs.
    well("platform-branch-retired"),
    well("managed-update-reverted"),
    // The organization's policy is for its keepers; the route is for whoever may.
    stuck("organization-denies", &["NET-02|NET-03|NET-01"], &["PERM-05"]),
    row("export-in-use", "degraded", &["CFN-09"], &[], Acts),
    stuck("nested-stack-stuck", &["CFN-11|CFN-04"], &["CFN-04", "CFN-11"]),
    stuck(
        "neither-abort-nor-terminate",
        &["NET-01|NET-02|NET-03|EB-02"],
        &["EB-01", "EB-02", "EB-03"],
    ),
    // The database and a healthy environment: every update fails, nobody who visits notices.
    row("database-deleted", "degraded", &["EB-26"], &["CFN-12", "CFN-13"], Acts),
    stuck("database-protected", &["CFN-05"], &[]),
    stuck("database-at-stake", &["NET-01|NET-02|NET-03"], &["EB-20"]),
    // Production access is asked of AWS Support; addresses are verified by whoever reads their mail.
    row("mail-account-in-sandbox", "degraded", &["SES-01"], &[], Person),
    broken("mail-sender-not-verified", &["SES-01"]),
    broken("mail-sending-paused", &["SES-03"]),
    broken("mail-port-closed", &["SES-09"]),
    // Why a key was switched off is its keeper's to know; passwords and regions are the team's.
    row("mail-key-switched-off", "degraded", &["SES-02"], &[], Person),
    row("mail-from-another-region", "degraded", &["SES-04"], &[], Person),
];
