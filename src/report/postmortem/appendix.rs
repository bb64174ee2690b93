//! Facts to look up.

use super::{Appendix, Call, Case, Fact};
use crate::report::redacted;
use crate::report::words::{count, moment};
use crate::world::{CallRecord, Snapshot};

/// Facts, calls and the check of the journal.
pub(super) fn appendix(case: &Case<'_>) -> Appendix {
    let after = case.after.map(|(snapshot, _)| &snapshot.calls);
    let calls = case.before.calls.iter().chain(after.into_iter().flatten());
    Appendix { facts: facts(case), calls: calls.map(call).collect(), journal: journal(case) }
}

fn call(record: &CallRecord) -> Call {
    Call {
        operation: redacted(&record.operation),
        at: record.at,
        request: record.request.as_deref().map(redacted),
        outcome: redacted(&record.outcome),
    }
}

fn journal(case: &Case<'_>) -> String {
    if let Some(fault) = &case.altered {
        return redacted(&format!("Does not verify: {fault}"));
    }
    let Some(session) = &case.session else { return "There is no session.".to_owned() };
    let records = count(session.records.len(), "record");
    let last = session.records.last().map_or("unknown", |record| record.hash.as_str());
    format!("{records}, whole; the last one's hash is {last}.")
}

fn facts(case: &Case<'_>) -> Vec<Fact> {
    let snapshot = case.before;
    let mut facts = environment(snapshot);
    let mut add = |what: &str, why: Option<String>| {
        if let Some(why) = why {
            facts.push(Fact { what: what.to_owned(), why: redacted(&why) });
        }
    };
    add("Asked as", snapshot.caller.value().map(|caller| caller.arn.to_string()));
    add("First look", Some(moment(snapshot.taken_at)));
    add("Last look", case.after.map(|(after, _)| moment(after.taken_at)));
    add("Verdict then", Some(case.found.verdict.as_str().to_owned()));
    add("Verdict last", case.after.map(|(_, last)| last.verdict.as_str().to_owned()));
    if let Some(session) = &case.session {
        let header = &session.history.header;
        add("Session", Some(session.id.to_owned()));
        add("Command", Some(format!("ebrescue {}", header.invocation.command)));
        let flags = &header.invocation.flags;
        add("Flags", (!flags.is_empty()).then(|| flags.join(" ")));
        add("Repaired by", Some(format!("ebrescue {}", header.program)));
        let playbook = session.history.plans.first().map(|plan| plan.playbook.clone());
        add("Playbook", playbook.filter(|name| !name.is_empty()));
    }
    add("Report by", Some(format!("ebrescue {}", case.program)));
    facts
}

fn environment(snapshot: &Snapshot) -> Vec<Fact> {
    let Some(environment) = snapshot.environment.value() else { return Vec::new() };
    let stack = environment.stack_name().to_string();
    let all = [
        ("Environment", Some(environment.name.clone())),
        ("Environment id", Some(environment.id.to_string())),
        ("Application", Some(environment.application.clone())),
        ("Application version", environment.version_label.clone()),
        ("Tier", environment.tier.clone()),
        ("Platform", environment.platform_arn.as_ref().map(ToString::to_string)),
        ("Solution stack", environment.solution_stack.clone()),
        ("Stack", Some(stack)),
        ("Region", Some(snapshot.region.to_string())),
        ("Account", snapshot.caller.value().map(|caller| caller.account.to_string())),
    ];
    let known = all.into_iter().filter_map(|(what, value)| Some((what, value?)));
    known.map(|(what, value)| Fact { what: what.to_owned(), why: redacted(&value) }).collect()
}
