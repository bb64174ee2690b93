//! What is done about faults of Elastic Beanstalk's own state.

use crate::check::{Finding, StateFault};
use crate::plan::draft::{Draft, END, Proposal};
use crate::plan::recovery::identity;
use crate::plan::{Action, DatabaseAction, Goal, ScalingAction, StackAction};

const GROUP: &str = "aws:autoscaling:asg";
const DATABASE: &str = "aws:rds:dbinstance";

/// The longest time a command may have, in seconds.
// Source: Elastic Beanstalk guide, "General options for all environments",
// aws:elasticbeanstalk:command, Timeout: 1 to 3600.
const LONGEST_TIMEOUT: u32 = 3600;

/// Whether everything that is launched stands on it: roles and profiles.
pub(super) fn is_ground(fault: &StateFault) -> bool {
    matches!(
        fault,
        StateFault::ServiceRole { .. }
            | StateFault::InstanceProfile { .. }
            | StateFault::Suspended { role: true, .. }
    )
}

/// Plans what is done about a fault of Elastic Beanstalk's own state.
#[expect(clippy::too_many_lines, reason = "one short arm for each finding")]
pub(super) fn mend(draft: &mut Draft<'_>, finding: &Finding, fault: &StateFault) {
    match fault {
        StateFault::Busy { .. }
        | StateFault::TerminateDuringLaunch {}
        | StateFault::AbortTooLate { .. } => draft.needs.busy(finding),
        StateFault::Deadlock { .. } => draft.needs.deadlock(finding),
        StateFault::TerminationFailed { .. } => {
            if draft.wishes.goal == Goal::Terminated || draft.must_be_ended() {
                draft.needs.end(finding);
            } else {
                draft.alternative(
                    END,
                    "The termination that was asked for did not happen, and the environment still serves.",
                );
            }
        }
        StateFault::AbortHangs { instances }
        | StateFault::DiskFull { instances }
        | StateFault::InstanceImpaired { instances } => {
            draft.needs.replace(instances, finding);
            if matches!(fault, StateFault::DiskFull { .. }) {
                draft.alternative(
                    "Keep fewer application versions, and give instances a bigger root volume",
                    "It keeps the disk from filling again; it is for the application's team to choose.",
                );
            }
        }
        StateFault::CommandTimeouts { instances, .. } if !instances.is_empty() => {
            draft.needs.replace(instances, finding);
        }
        StateFault::CommandTimeouts { timeout, .. } => more_time(draft, finding, *timeout),
        StateFault::SilentlyOld { wrong, .. } => draft.needs.replace(wrong, finding),
        StateFault::MixedVersions { expected, wrong } => match expected {
            Some(label) => draft.needs.deploy(label, finding),
            None => draft.needs.replace(wrong, finding),
        },
        StateFault::OutOfMemory { instance_type, .. } => draft.ask_person(
            "The application's team must choose an instance type with more memory, or build elsewhere",
            format!(
                "What a deployment needs does not fit into {}; how much it needs cannot be seen from outside.",
                instance_type.as_deref().unwrap_or("the instances")
            ),
        ),
        StateFault::Suspended { role, scaling_group } => {
            if *role {
                identity::service_role(draft, finding, None);
            }
            if *scaling_group {
                draft.needs.rebuild(finding);
            }
        }
        StateFault::ServiceRole { role, .. } => {
            identity::service_role(draft, finding, role.as_deref());
        }
        StateFault::InstanceProfile { profile, role, .. } => {
            identity::instance_profile(draft, finding, profile.as_deref(), role.as_deref());
        }
        StateFault::ImmutableLeft { stack, .. } => {
            let facts = draft.snapshot.stacks.get(stack).and_then(|facts| facts.stack.value());
            let lifted = facts.is_some_and(|own| own.protected == Some(true)).then(|| {
                let action = StackAction::Protect { stack: stack.clone(), on: false };
                draft.add(Proposal::new(Action::Stack(action), finding))
            });
            let action = StackAction::Delete { stack: stack.clone(), retain: vec![], force: false };
            let proposal = Proposal::new(Action::Stack(action), finding)
                .after(&lifted)
                .effect("The second Auto Scaling group and its instances are deleted; the environment's own goes on serving.");
            draft.add(proposal);
        }
        StateFault::OneInstanceOnly { .. } => draft.needs.set(GROUP, "MaxSize", "2", finding),
        StateFault::RebuildRefused { why } => draft.needs.cannot_rebuild(why, finding),
        StateFault::RebuildLosesData { database, .. } => draft.refuse(
            "Rebuilding the environment as it is",
            format!(
                "It would delete the coupled database {}.",
                database.as_deref().unwrap_or_default()
            ),
        ),
        StateFault::BalancerGone { .. }
        | StateFault::ScalingGroupGone { .. }
        | StateFault::NotificationsGone { .. } => draft.needs.rebuild(finding),
        StateFault::ScalingSuspended { scaling_group, processes, looping, .. } => {
            if !processes.is_empty() {
                let (group, processes) = (scaling_group.clone(), processes.clone());
                let action = ScalingAction::Resume { group, processes };
                draft.add_ground(Proposal::new(Action::Scaling(action), finding));
            }
            if *looping {
                draft.ask_person(
                    "The application's team must mend the health check, or give instances longer to start",
                    "Instances are replaced before they are up; how long they need is the application's.",
                );
            }
        }
        StateFault::DatabaseGone { database, snapshots } => {
            restore_database(draft, finding, database, snapshots);
        }
        StateFault::DatabaseChanged { differs, .. } => {
            for (option, _, real) in differs {
                draft.needs.set(DATABASE, option, real, finding);
            }
        }
        StateFault::LaunchedWithErrors { timeouts: true } => {
            // Half an hour is the longest that a rolling batch may take by default.
            draft.needs.set("aws:elasticbeanstalk:command", "Timeout", "1800", finding);
        }
        StateFault::ScaledToZero { scaling_group } => scale_up(draft, finding, scaling_group),
        StateFault::LinkBroken { link, environment } => draft.ask_person(
            format!("The application's team must bring {environment} back, or take the link {link} out of `env.yaml`"),
            "What the link should lead to is written in the application's bundle.",
        ),
        StateFault::NameTaken { name } => draft.ask_person(
            format!("Whoever keeps the environment must choose another name than {name}"),
            "Names in the DNS are the region's, and this one belongs to somebody else.",
        ),
        StateFault::UpdateAndRollbackFailed {} => draft.needs.try_again(finding),
        StateFault::ImmutableWithChanges {} | StateFault::DecoupledAtOnce {} => draft.ask_person(
            "Whoever asked for the update must ask for it in two steps",
            "Elastic Beanstalk does not do both in one; which was meant first is theirs to say.",
        ),
        // How other findings show, or nothing to be done about.
        StateFault::BelowMinimum { .. }
        | StateFault::TerminatedLingers {}
        | StateFault::VanishedDuringLaunch {}
        | StateFault::DeleteRefused {}
        | StateFault::LaunchedWithErrors { timeouts: false } => {}
    }
}

/// Makes a deleted database again under the same name, so that the stack finds what it expects.
fn restore_database(
    draft: &mut Draft<'_>,
    finding: &Finding,
    database: &str,
    snapshots: &[String],
) {
    let Some(snapshot) = snapshots.last() else {
        draft.ask_person(
            format!("AWS Support may still have a backup of the database {database}"),
            "It was deleted outside Elastic Beanstalk, and no snapshot of it is there.",
        );
        return;
    };
    let action = DatabaseAction::Restore {
        database: database.to_owned(),
        snapshot: snapshot.clone(),
        subnet_group: None,
        groups: Vec::new(),
    };
    draft.add_ground(Proposal::new(Action::Database(action), finding));
    draft.alternative(
        "A new environment without the coupled database, and a swap of names",
        "It takes longer and needs the application to be told where its data is; with the same name the stack goes on by itself.",
    );
    // Nobody has shown that this cures it: the catalogue's basis is inference.
    draft.refuse("Decoupling the database first", "It fails as long as the database is missing.");
}

/// Gives a group that was scaled to nothing its size again.
fn scale_up(draft: &mut Draft<'_>, finding: &Finding, group: &str) {
    let size = |name: &str| draft.option(GROUP, name).and_then(|value| value.parse::<u32>().ok());
    let (min, max) = (size("MinSize").unwrap_or(0), size("MaxSize").unwrap_or(0));
    if min >= 1 {
        let max = max.max(min);
        let action = ScalingAction::Resize { group: group.to_owned(), min, max, desired: min };
        draft.add_ground(Proposal::new(Action::Scaling(action), finding));
    } else {
        draft.needs.set(GROUP, "MinSize", "1", finding);
        draft.needs.set(GROUP, "MaxSize", &max.max(1).to_string(), finding);
    }
}

/// Gives commands more time where instances answer again: what took too long finishes by itself,
/// and the next deployment is not cut off at the same point.
fn more_time(draft: &mut Draft<'_>, finding: &Finding, now: u32) {
    if now >= LONGEST_TIMEOUT {
        draft.ask_person(
            "The application's team must make the deployment shorter, or choose larger instances",
            format!("Commands have {now} seconds already, and Elastic Beanstalk gives no more."),
        );
        return;
    }
    let more = now.saturating_mul(3).min(LONGEST_TIMEOUT);
    draft.needs.set("aws:elasticbeanstalk:command", "Timeout", &more.to_string(), finding);
    draft.alternative(
        "Larger instances, or a deployment that does less",
        "It does not hide what takes so long; a time-out of 3600 seconds is the longest there is.",
    );
}
