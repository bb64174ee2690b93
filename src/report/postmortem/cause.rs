//! Why it happened: each finding with what speaks for and against it.

use super::{Case, CausePart, Fact, Way};
use crate::check::{self, Diagnosis, Finding, Role};
use crate::reach::{self, View};
use crate::report::diagnosis_json::role;
use crate::report::words::moment;
use crate::report::{plain, redacted, route};
use crate::world::Snapshot;

/// All findings of the first look: causes first, then what stood beside them.
pub(super) fn causes(case: &Case<'_>) -> Vec<CausePart> {
    case.found.findings.iter().map(|finding| part(case, finding)).collect()
}

fn part(case: &Case<'_>, finding: &Finding) -> CausePart {
    let facts = |supports: bool| {
        let facts = finding.evidence.iter().filter(|fact| fact.supports == supports);
        facts
            .map(|fact| Fact { what: redacted(&fact.statement), why: plain(&fact.source) })
            .collect::<Vec<_>>()
    };
    let broken = route::broken(case.before, finding);
    let lost = route::lost_table(finding);
    CausePart {
        code: finding.code().to_string(),
        role: role(finding.role),
        title: redacted(&finding.title),
        explanation: redacted(&finding.explanation),
        supporting: facts(true),
        against: facts(false),
        trigger: finding.trigger.as_ref().map(|trigger| {
            redacted(&format!(
                "{} called {} on {} at {} (CloudTrail event {})",
                trigger.user,
                trigger.call,
                trigger.resource,
                moment(trigger.at),
                trigger.event
            ))
        }),
        paths_after: match case.after {
            Some((after, _)) if !broken.is_empty() => open_paths(after),
            Some(_) | None => Vec::new(),
        },
        paths: broken.iter().map(way).collect(),
        before: route::before(finding),
        known_from: lost.map_or_else(Vec::new, |lost| {
            lost.known_from.iter().map(|text| redacted(text)).collect()
        }),
        gone: case.after.map(|(_, diagnosis)| is_gone(finding, diagnosis)),
    }
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

/// Whether a finding of the first look is not in the last.
fn is_gone(finding: &Finding, last: &Diagnosis) -> bool {
    !last.findings.iter().any(|other| {
        other.code() == finding.code() && (other.role != Role::Risk || other.role == finding.role)
    })
}

/// The ways to AWS as they are now, one for each place that instances are in.
fn open_paths(snapshot: &Snapshot) -> Vec<Way> {
    let view = View::new(snapshot);
    let Ok(origins) = reach::origins(snapshot, &view) else { return Vec::new() };
    let Some(first) = reach::needs(snapshot).into_iter().next() else { return Vec::new() };
    origins.iter().map(|from| way(&reach::reach(&view, from, &first))).collect()
}

/// What was tried before us, and why it could not help.
pub(super) fn tried(case: &Case<'_>) -> Vec<Fact> {
    let told = |tried: check::Tried| {
        let by = tried.who.map(|who| format!(" by {who}")).unwrap_or_default();
        let outcome = tried.outcome.trim_end_matches('.');
        Fact {
            what: redacted(&format!("{} {}{by} ({outcome})", moment(tried.at), tried.what)),
            why: redacted(&tried.why),
        }
    };
    check::tried(case.before).into_iter().map(told).collect()
}
