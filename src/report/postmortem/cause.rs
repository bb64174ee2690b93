//! Why it happened: each finding with what speaks for and against it.

use super::{Case, CausePart, Fact, Way, blocked};
use crate::check::{Diagnosis, Evidence, Finding, Role, Tried, Trigger};
use crate::reach::{self, View};
use crate::report::diagnosis_json::role;
use crate::report::words::{list, moment};
use crate::report::{plain, redacted, route};
use crate::world::network::Route;
use crate::world::{Snapshot, SubnetId};

/// All findings of the first look: causes first, then what stood beside them.
pub(super) fn causes(case: &Case<'_>) -> Vec<CausePart> {
    case.found.findings.iter().map(|finding| part(case, finding)).collect()
}

fn part(case: &Case<'_>, finding: &Finding) -> CausePart {
    let broken = route::broken(case.before, finding);
    let before = lost_paths(finding);
    let facts = |supports: bool| {
        let facts = finding.evidence.iter().filter(|fact| {
            fact.supports == supports && !is_told_already(finding, fact, !before.is_empty())
        });
        facts
            .map(|fact| Fact { what: redacted(&fact.statement), why: plain(&fact.source) })
            .collect::<Vec<_>>()
    };
    let (supporting, against) = (facts(true), facts(false));
    let lost = route::lost_table(finding);
    let now = case.after.map(|(_, last)| now(finding, last));
    CausePart {
        code: finding.code().to_string(),
        role: role(finding.role),
        title: redacted(&finding.title),
        explanation: redacted(&finding.explanation),
        supporting,
        against,
        trigger: finding.trigger.as_ref().map(triggered),
        paths_after: match case.after {
            Some((after, _)) if !broken.is_empty() => open_paths(after),
            Some(_) | None => Vec::new(),
        },
        paths: broken.iter().map(way).collect(),
        paths_before: before,
        before: route::before(finding),
        blocked: blocked::blocked(finding),
        known_from: lost.map_or_else(Vec::new, |lost| {
            lost.known_from.iter().map(|text| redacted(text)).collect()
        }),
        gone: now.as_ref().map(|(gone, _)| *gone),
        now: now.map(|(_, sentence)| redacted(&sentence)),
    }
}

fn triggered(trigger: &Trigger) -> String {
    let Trigger { at, user, call, resource, event, principal: _ } = trigger;
    let at = moment(*at);
    redacted(&format!("{user} called {call} on {resource} at {at} (CloudTrail event {event})"))
}

/// Whether a fact says what a picture or the line on who and when says.
fn is_told_already(finding: &Finding, fact: &Evidence, before_is_drawn: bool) -> bool {
    let drawn = fact.statement.contains("─╳─");
    let trigger =
        finding.trigger.as_ref().is_some_and(|trigger| trigger.sentence() == fact.statement);
    let lost = before_is_drawn && fact.statement.starts_with("what is missing: ");
    drawn || trigger || lost
}

/// The ways through a route table that was lost, as far as it is known again.
fn lost_paths(finding: &Finding) -> Vec<Way> {
    let Some(lost) = route::lost_table(finding) else { return Vec::new() };
    let subnets: Vec<&str> = lost.subnets.iter().map(SubnetId::as_str).collect();
    if subnets.is_empty() {
        return Vec::new();
    }
    let table = lost.id.as_ref().map_or("the table that is gone", |id| id.as_str());
    let way = |route: &Route| {
        let target = format!("{} (for {})", route.target.id(), route.destination);
        let stations = [list(&subnets), table.to_owned(), target].map(|station| plain(&station));
        Way { drawn: stations.join(" ── "), stations: stations.to_vec(), ends: None }
    };
    lost.routes.iter().map(way).collect()
}

/// A path as the report keeps it.
fn way(path: &reach::Path) -> Way {
    let station = |hop: &reach::Hop| match &hop.note {
        Some(note) => plain(&format!("{} ({note})", hop.id)),
        None => plain(&hop.id),
    };
    let ends = match &path.outcome {
        reach::Outcome::Reaches => None,
        reach::Outcome::Blocked(blocks) => {
            let labels: Vec<String> = blocks.iter().map(reach::Block::label).collect();
            Some(plain(&labels.join("; ")))
        }
        reach::Outcome::CannotTell(_) => Some("not known further".to_owned()),
    };
    Way { stations: path.hops.iter().map(station).collect(), ends, drawn: plain(&path.draw()) }
}

/// Whether a finding of the first look troubles nobody in the last, and how it stands there.
fn now(finding: &Finding, last: &Diagnosis) -> (bool, String) {
    let same = last.findings.iter().find(|other| other.code() == finding.code());
    match same.map(|other| (other.role, other)) {
        None => (true, "At the last look it was gone.".to_owned()),
        Some((Role::Risk, other)) if finding.role != Role::Risk => (
            true,
            format!("At the last look it did no harm; what waits is a risk: {}.", other.title),
        ),
        Some((Role::Cause | Role::Contributing | Role::Symptom | Role::Risk, _)) => {
            (false, "At the last look it was still there.".to_owned())
        }
    }
}

/// The ways to AWS as they are now, one for each place that instances are in.
fn open_paths(snapshot: &Snapshot) -> Vec<Way> {
    let view = View::new(snapshot);
    let Ok(origins) = reach::origins(snapshot, &view) else { return Vec::new() };
    let Some(first) = reach::needs(snapshot).into_iter().next() else { return Vec::new() };
    origins.iter().map(|from| way(&reach::reach(&view, from, &first))).collect()
}

/// What was tried before us, and why it could not help.
pub(super) fn told_tries(tried: Vec<Tried>) -> Vec<Fact> {
    let told = |tried: Tried| {
        let by = tried.who.map(|who| format!(" by {who}")).unwrap_or_default();
        let outcome = tried.outcome.trim_end_matches('.');
        Fact {
            what: redacted(&format!("{} {}{by} ({outcome})", moment(tried.at), tried.what)),
            why: redacted(&tried.why),
        }
    };
    tried.into_iter().map(told).collect()
}
