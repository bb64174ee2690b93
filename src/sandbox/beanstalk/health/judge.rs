//! From facts to a status and its causes, in Elastic Beanstalk's words.
//!
//! <https://docs.aws.amazon.com/elasticbeanstalk/latest/dg/health-enhanced-status.html> tells what
//! the statuses mean; the causes are those of section (2c) of the incident catalogue. Where the
//! share of instances that makes a status worse is not documented, it is half of them.

use super::facts::{Facts, Instance};
use crate::sandbox::beanstalk::environment::HealthStatus;

/// What is made of the facts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Verdict {
    /// The status.
    pub(super) status: HealthStatus,
    /// Why.
    pub(super) causes: Vec<String>,
    /// What is said of a change for the better.
    pub(super) remark: Option<String>,
}

/// Seconds after which Elastic Beanstalk stops to look at what it cannot look at.
///
/// "Suspended": the role cannot be accessed, or the group is gone. Since when is documented for the
/// group alone, as 15 minutes of failing calls.
const SUSPENDS_AFTER: i64 = 15 * 60;

pub(super) fn judge(facts: &Facts) -> Verdict {
    if let Some(seconds) = facts.launching {
        if facts.instances.is_empty() {
            return pending(seconds);
        }
    } else if !facts.standing {
        // EB-06: after a failed termination there is nobody left to report.
        return Verdict { status: HealthStatus::NoData, causes: Vec::new(), remark: None };
    }
    if !facts.made && facts.launching.is_none() {
        // The launch ended before there was a group: grey, and nobody to ask.
        let causes = vec!["There are no instances.".to_owned()];
        return Verdict { status: HealthStatus::NoData, causes, remark: None };
    }
    let blind = facts.lost_role.is_some() || !facts.group;
    if blind && (facts.suspended || facts.ill_for >= SUSPENDS_AFTER && facts.launching.is_none()) {
        let causes = causes(facts).into_iter().map(|(_, cause)| cause).collect();
        return Verdict { status: HealthStatus::Suspended, causes, remark: None };
    }
    let all = causes(facts);
    let worst = all.iter().map(|(status, _)| *status).max_by_key(|status| rank(*status));
    let causes = all.into_iter().map(|(_, cause)| cause).collect();
    let status = worst.unwrap_or(HealthStatus::Ok);
    let remark = (status == HealthStatus::Ok).then(|| initialized(facts)).flatten();
    Verdict { status, causes, remark }
}

/// How much a status weighs beside others.
fn rank(status: HealthStatus) -> u8 {
    match status {
        HealthStatus::Ok => 0,
        HealthStatus::Info => 1,
        HealthStatus::Unknown => 2,
        HealthStatus::Pending => 3,
        HealthStatus::NoData => 4,
        HealthStatus::Warning => 5,
        HealthStatus::Degraded => 6,
        HealthStatus::Severe => 7,
        HealthStatus::Suspended => 8,
    }
}

fn pending(seconds: i64) -> Verdict {
    let cause = format!("Initialization in progress (running for {}).", spoken(seconds));
    let causes = vec![cause, "There are no instances.".to_owned()];
    Verdict { status: HealthStatus::Pending, causes, remark: None }
}

/// A duration as causes tell it: `57 seconds`, `1 minute`, `4 minutes`.
pub(super) fn spoken(seconds: i64) -> String {
    let (count, unit) = match seconds {
        ..60 => (seconds.max(1), "second"),
        60..7200 => (seconds / 60, "minute"),
        _ => (seconds / 3600, "hour"),
    };
    if count == 1 { format!("1 {unit}") } else { format!("{count} {unit}s") }
}

/// `Initialization completed 1 second ago and took 2 minutes.`
fn initialized(facts: &Facts) -> Option<String> {
    // Of the youngest instance, and only as long as it is news.
    let (ago, took) = facts.instances.iter().filter_map(|it| it.since).min()?;
    (ago < 600).then(|| {
        let (ago, took) = (spoken(ago), spoken(took));
        format!("Initialization completed {ago} ago and took {took}.")
    })
}

/// Every cause, with what it makes of the environment.
fn causes(facts: &Facts) -> Vec<(HealthStatus, String)> {
    let mut all = Vec::new();
    all.extend(commands(facts));
    all.extend(starting(facts));
    all.extend(requests(facts));
    all.extend(balancer(facts));
    all.extend(instances(facts));
    all.extend(silence(facts));
    all.extend(versions(facts));
    all.extend(role(facts));
    all
}

/// `all instances` or `2 out of 5 instances`.
fn share(some: usize, all: usize) -> String {
    if some == all { "all instances".to_owned() } else { format!("{some} out of {all} instances") }
}

fn by_share(some: usize, all: usize) -> HealthStatus {
    if some == all {
        HealthStatus::Severe
    } else if some * 2 >= all {
        HealthStatus::Degraded
    } else {
        HealthStatus::Warning
    }
}

fn count(facts: &Facts, fits: impl Fn(&Instance) -> bool) -> usize {
    facts.instances.iter().filter(|instance| fits(instance)).count()
}

fn commands(facts: &Facts) -> Option<(HealthStatus, String)> {
    (facts.commanded > 0).then(|| {
        let share = share(facts.commanded, facts.instances.len());
        (HealthStatus::Info, format!("Command is executing on {share}."))
    })
}

fn starting(facts: &Facts) -> Option<(HealthStatus, String)> {
    let (some, all) = (count(facts, |it| it.starting), facts.instances.len());
    if some == 0 {
        return None;
    }
    let status = if some == all { HealthStatus::Pending } else { HealthStatus::Info };
    Some((status, format!("Performing initialization on {}.", share(some, all))))
}

/// What users get of the instances that report.
fn requests(facts: &Facts) -> Option<(HealthStatus, String)> {
    let up = |it: &Instance| it.reports && !it.starting;
    let all = count(facts, up);
    let with = |least: u16, most: u16| {
        count(facts, |it| up(it) && it.answers.is_some_and(|code| (least..=most).contains(&code)))
    };
    let (broken, refused) = (with(500, 599), with(400, 499));
    let percent = |some: usize| {
        let tenths = some * 1000 / all.max(1);
        format!("{}.{} %", tenths / 10, tenths % 10)
    };
    if broken > 0 {
        let text = format!("{} of the requests are failing with HTTP 5xx.", percent(broken));
        return Some((by_share(broken, all), text));
    }
    (refused > 0).then(|| {
        let text =
            format!("{} of the requests to the ELB are erroring with HTTP 4xx.", percent(refused));
        (by_share(refused, all), text)
    })
}

fn balancer(facts: &Facts) -> Vec<(HealthStatus, String)> {
    let Some(there) = facts.balancer else { return Vec::new() };
    let settled = |it: &&Instance| !it.starting;
    let all = facts.instances.iter().filter(settled).count();
    if all == 0 || facts.launching.is_some() {
        return Vec::new();
    }
    let ill = |it: &&Instance| {
        !there || it.target.as_deref().is_none_or(|state| matches!(state, "unhealthy" | "unused"))
    };
    let some = facts.instances.iter().filter(settled).filter(ill).count();
    if some == 0 {
        return Vec::new();
    }
    let (status, share) = (by_share(some, all), share(some, all));
    let mut told = Vec::new();
    if there {
        let text = format!("ELB processes are not healthy on {share}.");
        told.push((status, text));
    }
    let text = format!("ELB health is failing or not available for {share}.");
    told.push((status, text));
    told
}

/// Too few instances, or none.
fn instances(facts: &Facts) -> Option<(HealthStatus, String)> {
    let all = facts.instances.len();
    if all == 0 && facts.launching.is_none() {
        let none = "There are no instances.";
        return Some(match (facts.group, facts.desired) {
            (false, _) => (HealthStatus::Severe, none.to_owned()),
            (true, 0) => (
                HealthStatus::NoData,
                format!("{none} Auto Scaling group desired capacity is set to zero."),
            ),
            (true, desired) => (
                HealthStatus::Severe,
                format!("{none} Auto Scaling group desired capacity is set to {desired}."),
            ),
        });
    }
    let short = i64::try_from(all).unwrap_or(i64::MAX) < facts.least;
    (short && facts.launching.is_none()).then(|| {
        let least = facts.least;
        let text =
            format!("{all} active instances is below Auto Scaling group minimum size {least}.");
        (HealthStatus::Degraded, text)
    })
}

fn silence(facts: &Facts) -> Option<(HealthStatus, String)> {
    let all = facts.instances.len();
    let silent = count(facts, |it| !it.reports && !it.starting);
    if silent == 0 {
        return None;
    }
    if silent == all {
        // While instances are still being made, nothing is known rather than bad.
        let status =
            if facts.launching.is_some() { HealthStatus::NoData } else { HealthStatus::Severe };
        return Some((status, "None of the instances are sending data.".to_owned()));
    }
    let text = format!("No data received from {}.", share(silent, all));
    Some((by_share(silent, all), text))
}

fn versions(facts: &Facts) -> Option<(HealthStatus, String)> {
    let (some, all) = (count(facts, |it| it.wrong), facts.instances.len());
    let (label, number) = &facts.expected;
    (some > 0).then(|| {
        let share = share(some, all);
        let text = format!(
            "Incorrect application version found on {share}. Expected version \"{label}\" \
             (deployment {number})."
        );
        (HealthStatus::Degraded, text)
    })
}

fn role(facts: &Facts) -> Option<(HealthStatus, String)> {
    let role = facts.lost_role.as_ref()?;
    let text = format!(
        "Unable to assume role \"{role}\". Verify that the role exists and is configured correctly."
    );
    Some((HealthStatus::Severe, text))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn well() -> Instance {
        Instance {
            reports: true,
            starting: false,
            answers: Some(200),
            target: Some("healthy".to_owned()),
            wrong: false,
            since: Some((5000, 120)),
        }
    }

    fn facts(instances: Vec<Instance>) -> Facts {
        Facts {
            instances,
            standing: true,
            made: true,
            group: true,
            desired: 2,
            least: 2,
            balancer: Some(true),
            expected: ("v7".to_owned(), 3),
            ..Facts::default()
        }
    }

    fn told(facts: &Facts) -> (HealthStatus, Vec<String>) {
        let verdict = judge(facts);
        (verdict.status, verdict.causes)
    }

    #[test]
    fn all_well_is_ok_without_causes() {
        assert_eq!(told(&facts(vec![well(), well()])), (HealthStatus::Ok, vec![]));
    }

    #[test]
    fn silent_instances_behind_a_content_balancer_are_severe() {
        let silent = Instance { reports: false, ..well() };
        assert_eq!(
            told(&facts(vec![silent.clone(), silent])),
            (HealthStatus::Severe, vec!["None of the instances are sending data.".to_owned()])
        );
    }

    #[test]
    fn an_application_that_fails_everywhere_has_three_causes() {
        let ill = Instance { answers: Some(502), target: Some("unhealthy".to_owned()), ..well() };
        let (status, causes) = told(&facts(vec![ill.clone(), ill]));
        assert_eq!(status, HealthStatus::Severe);
        assert_eq!(
            causes,
            [
                "100.0 % of the requests are failing with HTTP 5xx.",
                "ELB processes are not healthy on all instances.",
                "ELB health is failing or not available for all instances.",
            ]
        );
    }

    #[test]
    fn a_wrong_version_is_told_with_the_expected_one() {
        let (status, causes) = told(&facts(vec![well(), Instance { wrong: true, ..well() }]));
        assert_eq!(status, HealthStatus::Degraded);
        assert_eq!(
            causes,
            ["Incorrect application version found on 1 out of 2 instances. Expected version \
              \"v7\" (deployment 3)."]
        );
    }

    #[test]
    fn a_group_that_is_gone_ends_in_suspended() {
        let mut gone = Facts { group: false, ..facts(vec![]) };
        assert_eq!(told(&gone).0, HealthStatus::Severe);
        gone.ill_for = SUSPENDS_AFTER;
        assert_eq!(told(&gone).0, HealthStatus::Suspended);
    }

    #[test]
    fn half_a_deleted_stack_is_no_data() {
        let left = Facts { standing: false, ..facts(vec![]) };
        assert_eq!(told(&left), (HealthStatus::NoData, vec![]));
    }
}
