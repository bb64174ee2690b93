//! `APP-01` to `APP-03` and `APP-09`: what the load balancer hears from the application.

use super::{bundle, changed};
use crate::check::situation::Situation;
use crate::check::told::{Words, between, proven};
use crate::check::{ApplicationFault, Finding, Role, messages};
use crate::world::{Gap, Snapshot, TargetGroup, TargetHealth};

/// Targets that the load balancer calls unhealthy.
fn unhealthy(world: &Snapshot) -> Result<Vec<&TargetHealth>, Gap> {
    let all = world.balancing.targets.present()?.map_or(&[][..], Vec::as_slice);
    let registered = |one: &&TargetHealth| one.state.as_deref() == Some("unhealthy");
    Ok(all.iter().filter(registered).collect())
}

fn group_of<'a>(world: &'a Snapshot, target: &TargetHealth) -> Option<&'a TargetGroup> {
    world.balancing.target_groups.items().iter().find(|group| group.arn == target.group)
}

fn describe(target: &TargetHealth) -> String {
    let TargetHealth { target, reason, description, .. } = target;
    let reason = reason.as_deref().unwrap_or("unhealthy");
    match description {
        Some(text) => format!("{target}: {reason}: {text}"),
        None => format!("{target}: {reason}"),
    }
}

/// The HTTP codes that a target answered its health check with, as the load balancer tells them:
/// `Health checks failed with these codes: [404]`.
fn answered(target: &TargetHealth) -> Vec<u16> {
    let text = target.description.as_deref().unwrap_or_default();
    let listed = between(text, "codes: [", "]").unwrap_or_default();
    listed.split(',').filter_map(|code| code.trim().parse().ok()).collect()
}

/// Whether the application answers and does not have what the health check asks for: a redirect,
/// 401, 404 (incident APP-01). A 5xx says that the application itself fails.
fn is_wrong_page(target: &TargetHealth) -> bool {
    let codes = answered(target);
    target.reason.as_deref() == Some("Target.ResponseCodeMismatch")
        && !codes.is_empty()
        && codes.iter().all(|code| (300..500).contains(code))
}

/// Whether the application answers, and with an error of its own.
fn is_own_error(target: &TargetHealth) -> bool {
    let codes = answered(target);
    !codes.is_empty() && codes.iter().all(|code| (500..600).contains(code))
}

/// Whether the instances themselves are heard of: else it is not the application.
fn instances_report(world: &Snapshot) -> bool {
    !Situation::of(world).all_silent()
}

/// `APP-01`.
pub(super) fn check(world: &Snapshot) -> Result<Vec<Finding>, Gap> {
    let told: Vec<_> =
        messages::hits(world).into_iter().filter(|hit| hit.codes[0] == "APP-01").collect();
    let bad = unhealthy(world);
    if told.is_empty() && bad.as_ref().is_ok_and(Vec::is_empty) || Situation::of(world).is_well() {
        return bad.map(|_| Vec::new());
    }
    let bad = bad.unwrap_or_default();
    let by_code =
        |one: &&TargetHealth| one.reason.as_deref() == Some("Target.ResponseCodeMismatch");
    let wrong_page = !bad.is_empty() && bad.iter().all(|one| is_wrong_page(one));
    if !bad.is_empty() && bad.iter().all(by_code) && !wrong_page
        || told.is_empty() && bad.is_empty()
    {
        return Ok(Vec::new());
    }
    let group = bad.first().and_then(|one| group_of(world, one));
    let settings = world.settings.value();
    let set =
        |name: &str| settings.and_then(|all| all.get(changed::PROCESS, name)).map(str::to_owned);
    let path = group.and_then(|group| group.health_path.clone()).or_else(|| set("HealthCheckPath"));
    let port = group.and_then(|group| group.port).or_else(|| set("Port")?.parse().ok());
    let (trigger, changed) = changed::set_by_a_change(world).unzip();
    let kind = ApplicationFault::HealthCheck {
        target_group: group.map(|group| group.arn.clone()),
        path: path.clone(),
        port,
        reason: bad.first().and_then(|one| one.reason.clone()),
        changed: changed.unwrap_or_default(),
    };
    let finding = Finding::new(
        kind,
        Role::Cause,
        "The load balancer's health check fails: it asks a path or port that the application does not answer",
        "The instances run and report, but no target is healthy. The health check's path or port does not fit the application, or the application does not listen (PORT). Terminating instances changes nothing about it.",
    );
    let mut finding = finding
        .on(group.map(|group| &group.arn))
        .weighing(match (wrong_page, instances_report(world)) {
            (true, _) => 86,
            (false, true) => 72,
            (false, false) => 50,
        })
        .with(messages::evidence(&told));
    for target in bad.iter().take(3) {
        finding = finding.because(&world.balancing.targets, describe(target));
    }
    let asks = format!(
        "the health check asks {} on port {}",
        path.as_deref().unwrap_or("/"),
        port.map_or("80".to_owned(), |port| port.to_string())
    );
    Ok(vec![finding.because(&world.balancing.target_groups, asks).brought_about(trigger)])
}

/// `APP-02`.
pub(super) fn response_code(world: &Snapshot) -> Result<Vec<Finding>, Gap> {
    let told = messages::proofs(world, "APP-02");
    let bad = unhealthy(world)?;
    let mismatched: Vec<_> = bad
        .into_iter()
        .filter(|one| one.reason.as_deref() == Some("Target.ResponseCodeMismatch"))
        .collect();
    if mismatched.is_empty() && told.is_empty() || Situation::of(world).is_well() {
        return Ok(Vec::new());
    }
    let wrong_page = !mismatched.is_empty() && mismatched.iter().all(|one| is_wrong_page(one));
    let group = mismatched.first().and_then(|one| group_of(world, one));
    let (trigger, changed) = changed::set_by_a_change(world).unzip();
    let own_errors = !mismatched.is_empty() && mismatched.iter().all(|one| is_own_error(one));
    let kind = ApplicationFault::ResponseCode {
        target_group: group.map(|group| group.arn.clone()),
        path: group.and_then(|group| group.health_path.clone()),
        matcher: group.and_then(|group| group.matcher.clone()),
        changed: changed.unwrap_or_default(),
        last_good: if own_errors { bundle::well_before(world) } else { None },
    };
    let good = if let ApplicationFault::ResponseCode { last_good, .. } = &kind {
        last_good.clone()
    } else {
        None
    };
    let finding = Finding::new(
        kind,
        // A page that is not there is a matter of the health check's path: APP-01 says so.
        if wrong_page { Role::Symptom } else { Role::Cause },
        "The application answers the health check, but with another code than expected",
        "The load balancer wants 200 and gets something else. A redirect, 401 or 404 means that the path or the accepted codes of the process have to be set; a 5xx, that the application itself fails: look at its log and at what was deployed last. Ending the instances does not help.",
    );
    let mut finding =
        finding.on(group.map(|group| &group.arn)).weighing(85).with(messages::evidence(&told));
    for target in mismatched.iter().take(3) {
        finding = finding.because(&world.balancing.targets, describe(target));
    }
    if let Some(group) = group {
        let text = format!(
            "{} asks {} and wants {}",
            group.name,
            group.health_path.as_deref().unwrap_or("/"),
            group.matcher.as_deref().unwrap_or("200")
        );
        finding = finding.because(&world.balancing.target_groups, text);
    }
    if let Some(good) = good {
        finding = finding.because(&world.events, format!("{good} was deployed well before"));
    }
    Ok(vec![finding.brought_about(trigger)])
}

/// `APP-03`.
pub(super) fn client_errors(world: &Snapshot) -> Result<Vec<Finding>, Gap> {
    let words = Words {
        code: "APP-03",
        title: "Requests that the application refuses (HTTP 4xx) make its health look bad",
        explanation: "Enhanced health counts 4xx answers, and scanners or a firewall make many of them. The application may be well; the rules ELBRequests4xx and ApplicationRequests4xx can be switched off. Deploying again changes nothing.",
        weight: 76,
    };
    if Situation::of(world).is_well() {
        return Ok(Vec::new());
    }
    proven(world, &words, |hit| {
        let before = between(&hit.text, "", "% of the requests")
            .or_else(|| between(&hit.text, "", " % of the requests"));
        let number =
            before.and_then(|text| text.rsplit(' ').next()?.split('.').next()?.parse().ok());
        ApplicationFault::ClientErrors { percent: number }.into()
    })
}

/// `APP-09`.
pub(super) fn options_clash(world: &Snapshot) -> Result<Vec<Finding>, Gap> {
    let words = Words {
        code: "APP-09",
        title: "Old and new options of the health check are set together, which is refused",
        explanation: "The options Target of aws:elb:healthcheck and Application Healthcheck URL exclude each other. Taking Target away lets the update through.",
        weight: 92,
    };
    proven(world, &words, |_| ApplicationFault::HealthOptionsClash {}.into())
}
