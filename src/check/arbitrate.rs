//! Who plays which part.
//!
//! Several checks see one fault from different sides. The one that says why is the cause; those
//! that say how it shows become its symptoms. What explains what is a table of groups of codes,
//! read from top to bottom: a cause of an upper row makes symptoms of what stands to its right.

use std::collections::BTreeSet;

use super::situation::Situation;
use super::{
    ApplicationFault, Finding, FindingKind, NetworkFault, PeeringFault, Role, StackFault,
    StateFault,
};
use crate::world::network::Target;
use crate::world::{InstanceId, Snapshot, StackName};

/// At most so many causes are named.
// Source: contract.md, "at most four causes, and eight codes as cause or contributing".
const MOST_CAUSES: usize = 4;
/// At most so many causes and contributing findings together.
const MOST_NAMED: usize = 8;

/// Codes that explain others: if one of the left is a cause, the right ones show it.
const EXPLAINS: &[(&[&str], &[&str])] = &[
    (&["NET-07"], &["NET-01", "NET-02", "NET-03", "NET-04", "NET-05", "NET-06", "NET-08"]),
    (&["NET-06"], &["NET-01", "NET-03"]),
    (&["NET-15"], &["NET-11"]),
    (&["NET-24", "NET-16"], &["NET-01", "NET-02", "NET-11", "NET-12"]),
    // Nothing leaves the instances: everything that waits for them fails.
    (
        &[
            "NET-01", "NET-02", "NET-03", "NET-04", "NET-05", "NET-06", "NET-07", "NET-08",
            "NET-09", "NET-11", "NET-12", "NET-13", "NET-14", "NET-15", "NET-16", "NET-24",
        ],
        &[
            "NET-10", "NET-25", "CFN-12", "CFN-15", "CFN-17", "CFN-23", "EB-01", "EB-02", "EB-05",
            "EB-07", "EB-08", "EB-09", "EB-13", "EB-17", "EB-18", "EB-24", "EB-25", "EB-30",
            "EB-31", "APP-01", "APP-02", "APP-05", "SES-09", "ATL-03", "ATL-04", "CAP-06",
        ],
    ),
    // What keeps a stack from being deleted is why a termination fails.
    (
        &[
            "CFN-01", "CFN-02", "CFN-03", "CFN-04", "CFN-05", "CFN-06", "CFN-07", "CFN-08",
            "CFN-09", "CFN-10",
        ],
        &["EB-06", "CFN-17", "EB-01", "EB-02", "CFN-23"],
    ),
    (&["CFN-03"], &["EB-21"]),
    (&["CFN-05", "CFN-06"], &["EB-20"]),
    // What broke an instance's launch is why there are too few.
    (
        &[
            "CAP-01", "CAP-02", "CAP-03", "CAP-04", "CAP-05", "CAP-06", "PL-04", "PL-05", "PL-06",
            "PL-10", "PL-17", "PERM-06", "PERM-07", "APP-08", "NET-23", "EB-12", "EB-25",
        ],
        &[
            "EB-24", "EB-17", "EB-31", "EB-30", "EB-18", "CFN-12", "CFN-13", "CFN-15", "CFN-17",
            "CFN-23", "EB-01", "EB-02", "EB-07", "EB-22", "EB-10", "APP-01",
        ],
    ),
    (&["PL-04"], &["PL-10", "PL-11", "PL-03"]),
    (&["PERM-05"], &["PERM-04", "PERM-07", "PERM-01", "PL-12"]),
    (&["PL-12"], &["PERM-04", "CFN-13", "PL-13"]),
    // What was deleted by hand is why health is what it is.
    (&["EB-22"], &["EB-10", "EB-23", "EB-24", "EB-34", "CFN-17", "APP-01", "EB-25", "EB-01"]),
    (&["EB-34"], &["EB-24", "EB-22", "EB-10", "EB-01"]),
    (&["EB-11"], &["EB-07", "EB-10", "EB-24", "EB-17", "CFN-13", "CFN-17"]),
    (&["EB-21"], &["APP-01", "APP-02", "CFN-17", "CFN-28", "EB-24"]),
    (&["EB-26"], &["EB-27", "CFN-12", "CFN-17", "CFN-22", "EB-17"]),
    (&["EB-27"], &["CFN-22", "CFN-17", "EB-17"]),
    (&["CFN-16"], &["EB-22", "EB-21", "EB-10", "EB-12", "EB-24", "EB-26", "EB-01", "EB-06"]),
    // A stack that is stuck is why Elastic Beanstalk is.
    (
        &["CFN-11", "CFN-12", "CFN-13", "CFN-14", "CFN-15"],
        &["EB-01", "EB-02", "EB-04", "EB-17", "CFN-17", "CFN-23", "EB-31", "PERM-04"],
    ),
    (&["CFN-11"], &["CFN-12"]),
    (&["EB-18"], &["CFN-15", "EB-17"]),
    // Whatever CloudFormation refused is why the update or launch failed.
    (
        &[
            "NET-17", "NET-18", "NET-19", "NET-20", "NET-21", "NET-22", "CFN-18", "CFN-19",
            "CFN-20", "CFN-21", "CFN-22", "CFN-24", "CFN-25", "CFN-26", "PERM-01", "PERM-02",
            "PERM-03", "PERM-04", "PERM-05", "PERM-07", "PL-05", "PL-06", "PL-07", "PL-08",
            "PL-09", "CAP-03", "CAP-07", "APP-04", "APP-06", "APP-09", "EB-26", "EB-12",
        ],
        &[
            "CFN-17", "CFN-23", "CFN-22", "EB-01", "EB-17", "EB-30", "EB-31", "APP-05", "EB-13",
            "EB-24", "EB-27",
        ],
    ),
    (&["NET-19"], &["CFN-18", "NET-20", "NET-21", "CAP-03"]),
    (&["EB-36", "EB-09", "NET-10"], &["EB-07"]),
    // A machine that is ill or full is why commands time out on it.
    (
        &["EB-07", "EB-09", "EB-36", "NET-10"],
        &["EB-08", "EB-05", "EB-13", "APP-01", "APP-05", "CFN-15", "EB-01", "EB-31"],
    ),
    (&["EB-05"], &["EB-08", "EB-01", "EB-04"]),
    (&["EB-02", "EB-03"], &["EB-01", "EB-04"]),
    (&["EB-04"], &["EB-01"]),
    // What the application was given, or does, is why health and deployments are what they are.
    (
        &["APP-04", "APP-06", "APP-07", "NET-25", "PL-08"],
        &["APP-05", "EB-13", "EB-31", "EB-08", "APP-01", "APP-02", "APP-12", "CAP-07", "EB-17"],
    ),
    (&["APP-12"], &["CAP-07"]),
    // What ran on the platform before, and not on this one, is not the application's doing.
    (&["PL-14", "PL-15"], &["APP-01", "APP-02", "APP-05", "EB-13", "EB-31", "EB-25", "EB-24"]),
    (&["APP-05"], &["EB-13", "EB-31", "EB-14", "EB-17", "APP-01", "APP-02", "CFN-15", "CFN-17"]),
    (&["APP-01", "APP-02"], &["EB-25", "EB-31", "EB-24"]),
    (&["EB-25"], &["APP-01"]),
    (&["APP-02"], &["APP-01"]),
    (&["EB-13"], &["EB-14"]),
    (&["EB-14"], &["EB-13"]),
    (&["EB-08"], &["EB-31", "EB-13", "EB-17", "CFN-15"]),
    (&["ATL-08"], &["ATL-01", "ATL-07"]),
    (&["ATL-02"], &["ATL-01"]),
    (
        &["ATL-01", "ATL-02", "ATL-04", "ATL-08", "APP-11"],
        &["APP-01", "APP-02", "APP-05", "ATL-03", "ATL-07", "EB-31", "APP-03"],
    ),
    (&["SES-03"], &["SES-01"]),
    (&["SES-04"], &["SES-01", "SES-02"]),
    (&["SES-08"], &["SES-02"]),
    (&["SES-05"], &["SES-09"]),
    (&["EB-19", "EB-30"], &["EB-29"]),
    (&["EB-12"], &["EB-29", "EB-30"]),
    (&["PL-01"], &["PL-02", "PL-16"]),
    (&["CAP-01"], &["CAP-06"]),
    (&["EB-10", "EB-24"], &["EB-23"]),
];

/// Decides the parts and ranks.
pub(super) fn arbitrate(world: &Snapshot, mut found: Vec<Finding>) -> Vec<Finding> {
    found = without_twins(found);
    fails_on_some_instances(world, &mut found);
    bare_failure(&mut found);
    explain(world, &mut found);
    one_table_lost(&mut found);
    name_something(world, &mut found);
    let any_cause = found.iter().any(Finding::is_cause);
    for finding in &mut found {
        if finding.role == Role::Contributing && !any_cause {
            finding.role = Role::Risk;
        }
    }
    sort(&mut found);
    limit(&mut found);
    found
}

/// Two checks can say the same of the same things; the weightier stays.
fn without_twins(found: Vec<Finding>) -> Vec<Finding> {
    let mut kept: Vec<Finding> = Vec::new();
    for finding in found {
        let twin = kept.iter_mut().find(|known| known.kind == finding.kind);
        match twin {
            Some(known) if known.weight < finding.weight => *known = finding,
            Some(_) => {}
            None => kept.push(finding),
        }
    }
    kept
}

fn explain(world: &Snapshot, found: &mut [Finding]) {
    let stuck = Situation::of(world).stack_status() == Some("UPDATE_ROLLBACK_FAILED");
    for (whys, shows) in EXPLAINS {
        let why = found.iter().any(|one| one.is_cause() && whys.contains(&one.code().0));
        if !why {
            continue;
        }
        for finding in found.iter_mut() {
            let code = finding.code().0;
            if finding.is_cause() && shows.contains(&code) && !whys.contains(&code) {
                // A stack that is stuck has to be set free, whatever brought it there.
                let holds = matches!(code, "CFN-11" | "CFN-12" | "CFN-13" | "CFN-14")
                    || code == "CFN-15" && stuck;
                finding.role = if holds { Role::Contributing } else { Role::Symptom };
            }
        }
    }
}

/// Instances of one sort fail, and the others do not: what these are says why.
///
/// Those that a half-way deployment left on another version, or those of a temporary stack.
fn fails_on_some_instances(world: &Snapshot, found: &mut [Finding]) {
    let targets = world.balancing.targets.items().iter();
    let unhealthy = targets.filter(|one| one.state.as_deref() == Some("unhealthy"));
    let bad: BTreeSet<&str> = unhealthy.map(|one| one.target.as_str()).collect();
    let everyone = world.instances_health.items().len();
    let mut protected: Vec<StackName> = Vec::new();
    let mut shows: Vec<&str> = Vec::new();
    for finding in found.iter().filter(|finding| finding.is_cause()) {
        let (members, temporary): (BTreeSet<&str>, bool) = match &finding.kind {
            FindingKind::State(StateFault::MixedVersions { wrong, .. }) => {
                (wrong.iter().map(InstanceId::as_str).collect(), false)
            }
            FindingKind::State(StateFault::ImmutableLeft { stack, scaling_group }) => {
                protected.push(stack.clone());
                let groups = world.scaling.groups.items().iter();
                let own = groups.filter(|group| Some(&group.name) == scaling_group.as_ref());
                let members = own.flat_map(|group| &group.instances);
                (members.map(|one| one.instance.as_str()).collect(), true)
            }
            FindingKind::Network(_)
            | FindingKind::Stack(_)
            | FindingKind::State(_)
            | FindingKind::Platform(_)
            | FindingKind::Capacity(_)
            | FindingKind::Permission(_)
            | FindingKind::Application(_)
            | FindingKind::Mail(_)
            | FindingKind::Peering(_) => continue,
        };
        let some = !members.is_empty() && members.len() < everyone;
        if some && bad.is_subset(&members) {
            shows.extend(["APP-01", "APP-02"]);
            if temporary {
                shows.extend(["APP-05", "EB-13"]);
            }
        }
    }
    for finding in found.iter_mut().filter(|finding| finding.is_cause()) {
        // What protects the temporary stack is why it is still there, and has to go with it.
        let protects = matches!(&finding.kind,
            FindingKind::Stack(StackFault::StackProtected { stack, .. })
                if protected.contains(stack));
        if protects {
            finding.role = Role::Contributing;
        } else if shows.contains(&finding.code().0) {
            finding.role = Role::Symptom;
        }
    }
}

/// Where nothing tells of a command that failed, a deployment's failure is what other findings
/// explain; `APP-05` alone remains if there are none.
fn bare_failure(found: &mut [Finding]) {
    let other = found.iter().any(|one| one.is_cause() && one.code().0 != "APP-05");
    let weak = |one: &&mut Finding| {
        let bare =
            matches!(one.kind, FindingKind::Application(ApplicationFault::CommandFailed { .. }));
        bare && one.is_cause() && one.weight < SHOWN
    };
    for finding in found.iter_mut().filter(weak).filter(|_| other) {
        finding.role = Role::Symptom;
    }
}

/// From this weight on a failed command was shown by AWS's own text.
const SHOWN: u8 = 50;

/// A route to a peered network that went with a lost table is part of that loss.
fn one_table_lost(found: &mut [Finding]) {
    let lost: Vec<Target> = found
        .iter()
        .filter(|finding| finding.is_cause())
        .filter_map(|finding| {
            let FindingKind::Network(
                NetworkFault::NoEgress { lost, .. }
                | NetworkFault::SubnetWithoutEgress { lost, .. },
            ) = &finding.kind
            else {
                return None;
            };
            lost.as_ref()
        })
        .flat_map(|table| table.routes.iter().map(|route| route.target.clone()))
        .collect();
    for finding in found.iter_mut() {
        if let FindingKind::Peering(PeeringFault::RouteMissing { peering, .. }) = &finding.kind
            && lost.contains(&Target::Peering(peering.clone()))
        {
            finding.role = Role::Symptom;
        }
    }
}

/// An environment that does not work has something that it looks like: without a cause, the
/// weightiest symptom is named in its place.
fn name_something(world: &Snapshot, found: &mut [Finding]) {
    if found.iter().any(Finding::is_cause) || Situation::of(world).is_well() {
        return;
    }
    let symptoms = found.iter_mut().filter(|finding| finding.role == Role::Symptom);
    if let Some(heaviest) = symptoms.max_by_key(|finding| finding.weight) {
        heaviest.role = Role::Cause;
    }
}

fn sort(found: &mut [Finding]) {
    found.sort_by(|one, other| {
        let key = |finding: &Finding| {
            (
                finding.role,
                std::cmp::Reverse(finding.weight),
                finding.code(),
                finding.resources.clone(),
            )
        };
        key(one).cmp(&key(other))
    });
}

fn limit(found: &mut [Finding]) {
    let mut causes = 0;
    for finding in found.iter_mut().filter(|finding| finding.is_cause()) {
        causes += 1;
        if causes > MOST_CAUSES {
            finding.role = Role::Contributing;
        }
    }
    let named = found.iter_mut().filter(|one| matches!(one.role, Role::Cause | Role::Contributing));
    for finding in named.skip(MOST_NAMED) {
        finding.role = Role::Symptom;
    }
    sort(found);
}
