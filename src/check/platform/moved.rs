//! `PL-14` and `PL-15`: the platform is another than the one that last worked.

use jiff::{SignedDuration, Timestamp};

use crate::check::situation::Situation;
use crate::check::{Finding, PlatformFault, Role, history, trail};
use crate::world::{Arn, EnvironmentEvent, Gap, ManagedAction, Snapshot, TrailEvent};

/// The last platform version that worked, and from what that is known.
struct Worked {
    platform: Arn,
    from: String,
    source: String,
}

/// The platform of the last operation that went well, if it is another one than now.
fn worked(world: &Snapshot, now: &Arn) -> Option<Worked> {
    let mut events: Vec<_> = world.events.items().iter().collect();
    events.sort_by_key(|event| std::cmp::Reverse(event.at));
    let source = world.events.operation().to_owned();
    // Since the move nothing must have gone well, else it works on the new one too.
    let moved_well = events
        .iter()
        .take_while(|event| event.platform_arn.as_ref().is_none_or(|arn| arn == now))
        .any(|event| history::says_success(&event.message) && deployed(&event.message));
    if moved_well && Situation::of(world).is_well() || ran_well_on(&events, now) {
        return None;
    }
    let good = events.iter().find(|event| {
        event.platform_arn.as_ref().is_some_and(|arn| arn != now)
            && history::says_success(&event.message)
    });
    let any = good.or_else(|| {
        events.iter().find(|event| event.platform_arn.as_ref().is_some_and(|arn| arn != now))
    });
    if let Some(event) = any {
        let platform = event.platform_arn.clone()?;
        return Some(Worked { platform, from: event.message.clone(), source });
    }
    from_trail(world, now)
}

/// How long health must have been good on a version to show that the application runs on it.
// New instances may pass for a moment before the application fails on them (incident APP-02,
// "OK ~2 min after update then Severe").
const PROVES: SignedDuration = SignedDuration::from_hours(1);

/// Whether health was good for long enough since the platform is the one it is now; events are
/// given newest first.
fn ran_well_on(events: &[&EnvironmentEvent], now: &Arn) -> bool {
    let since: Vec<_> = events
        .iter()
        .take_while(|event| event.platform_arn.as_ref().is_none_or(|arn| arn == now))
        .filter(|event| event.message.starts_with("Environment health has transitioned"))
        .collect();
    let pairs = since.iter().zip(since.iter().skip(1));
    let mut good = pairs.filter(|(_, earlier)| history::says_recovery(&earlier.message));
    good.any(|(later, earlier)| later.at.duration_since(earlier.at) >= PROVES)
}

fn deployed(message: &str) -> bool {
    message.contains("deployed") || message.contains("completed successfully")
}

/// The platform that an earlier call had asked for.
fn from_trail(world: &Snapshot, now: &Arn) -> Option<Worked> {
    let events = trail::effective(world);
    let asked = |event: &&TrailEvent| {
        matches!(event.name.as_str(), "CreateEnvironment" | "UpdateEnvironment")
            && trail::is_about(world, event)
    };
    let earlier = events.into_iter().rev().filter(asked).find_map(|event| {
        let platform =
            trail::asked(event, "platformArn").or_else(|| trail::answered(event, "platformArn"))?;
        (platform != now.as_str()).then(|| (Arn::from(platform), event))
    });
    let (platform, event) = earlier?;
    let from = format!("{} by {} had asked for it", event.name, event.user);
    Some(Worked { platform, from, source: "cloudtrail:LookupEvents".to_owned() })
}

/// The managed update that moved it, if one did.
fn managed<'a>(world: &'a Snapshot, now: &Arn) -> Option<&'a ManagedAction> {
    let version = now.as_str().rsplit('/').next().unwrap_or_default();
    world.managed.history.items().iter().find(|action| {
        let about = action.description.as_deref().is_some_and(|text| text.contains(version));
        let kind = action.kind.as_deref() == Some("PlatformUpdate");
        let done = action.status.as_deref() == Some("Completed");
        kind && done && (about || action.description.is_none() || since_last_well(world, action.at))
    })
}

fn since_last_well(world: &Snapshot, at: Option<Timestamp>) -> bool {
    let began = Situation::of(world).troubled_since();
    match (at, began) {
        // The update itself may be the last thing that went well.
        (Some(at), Some(began)) => (began.as_second() - at.as_second()).abs() < 48 * 3600,
        (Some(_) | None, None) | (None, Some(_)) => false,
    }
}

/// The branch in an ARN: the part before the version's number.
fn branch(platform: &Arn) -> &str {
    let path = platform.as_str().split(":platform/").nth(1).unwrap_or_default();
    path.rsplit_once('/').map_or(path, |(branch, _)| branch)
}

/// `PL-14`.
pub(super) fn moved(world: &Snapshot) -> Result<Vec<Finding>, Gap> {
    let own = world.environment.known()?;
    let Some(now) = own.platform_arn.clone() else { return Ok(Vec::new()) };
    let situation = Situation::of(world);
    if situation.is_well() {
        return Ok(Vec::new());
    }
    let Some(before) = worked(world, &now) else {
        world.events.present()?;
        return Ok(Vec::new());
    };
    if branch(&before.platform) != branch(&now) {
        return Ok(Vec::new());
    }
    let managed = managed(world, &now);
    let (old, new) = (version(&before.platform), version(&now));
    let kind = PlatformFault::Moved {
        now: now.clone(),
        worked: before.platform.clone(),
        by_managed_update: managed.is_some(),
    };
    let by = if managed.is_some() { "a managed update" } else { "an update" };
    let finding = Finding::new(
        kind,
        role(world),
        format!(
            "The platform was moved from {old} to {new} by {by}; the last time it worked was on {old}"
        ),
        "The application was not seen to work on the version it is on now. A version of the same branch that was used before can be gone back to, and managed updates have to be kept from moving it again.",
    );
    let mut finding = finding
        .on([now.as_str(), before.platform.as_str()])
        .weighing(68)
        .because(&world.environment, format!("the platform is {new}"));
    finding.evidence.push(crate::check::Evidence {
        supports: true,
        source: before.source,
        statement: format!("on {old}: {}", before.from),
    });
    if let Some(action) = managed {
        let text =
            action.description.clone().unwrap_or_else(|| "a platform update was completed".into());
        finding = finding.because(&world.managed.history, text);
    }
    let asked = trail::effective(world).into_iter().rev().find(|event| {
        event.name == "UpdateEnvironment"
            && trail::is_about(world, event)
            && trail::mentions(event, now.as_str())
    });
    let trigger = asked.map(|event| trail::told(event, now.as_str()));
    Ok(vec![finding.brought_about(trigger)])
}

fn version(platform: &Arn) -> &str {
    platform.as_str().rsplit('/').next().unwrap_or_default()
}

/// A cause if health went bad while instances do report: then the application fails on the new
/// version. If nothing is heard of any instance it cannot be told, so it stands beside the cause.
fn role(world: &Snapshot) -> Role {
    let situation = Situation::of(world);
    let silent = situation.all_silent() || situation.termination_failed();
    let reports = world
        .instances_health
        .items()
        .iter()
        .any(|one| matches!(one.status.as_deref(), Some("Degraded" | "Severe" | "Warning")));
    if silent && !reports { Role::Contributing } else { Role::Cause }
}

/// `PL-15`.
pub(super) fn runtime(world: &Snapshot) -> Result<Vec<Finding>, Gap> {
    let own = world.environment.known()?;
    let Some(now) = own.platform_arn.clone() else { return Ok(Vec::new()) };
    let situation = Situation::of(world);
    if situation.is_well() {
        return Ok(Vec::new());
    }
    let Some(before) = worked(world, &now) else { return Ok(Vec::new()) };
    let (was, is) = (branch(&before.platform).to_owned(), branch(&now).to_owned());
    if was == is || was.is_empty() {
        return Ok(Vec::new());
    }
    let finding = Finding::new(
        PlatformFault::RuntimeChanged { before: was.clone(), now: is.clone() },
        role(world),
        format!("The runtime itself was changed: from {was} to {is}"),
        "Elastic Beanstalk's guide advises a second environment for a change of the runtime's major version; the API lets it be done in place. The application was last seen to work on the one before.",
    );
    Ok(vec![
        finding
            .on([now.as_str(), before.platform.as_str()])
            .weighing(66)
            .because(&world.environment, format!("the platform is {now}"))
            .because(&world.events, format!("on {}: {}", before.platform, before.from)),
    ])
}
