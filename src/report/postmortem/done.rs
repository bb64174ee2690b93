//! What was done, who approved it, and what was left as it is.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::became::Became;
use super::{Case, DoneAction, SessionCase, Who};
use crate::check::Role;
use crate::journal::{
    ActionStatus, Approval, Decline, Event, Record, SessionEvent, StepEvent, StepHistory, StepKey,
    StepState,
};
use crate::plan::{Step, Undo};
use crate::report::words::list;
use crate::report::{plain, redacted};

/// Every action of every plan; without a session, those that would be done.
pub(super) fn actions(case: &Case<'_>, became: &Became<'_>) -> Vec<DoneAction> {
    match &case.session {
        Some(session) => {
            let decisions = decisions(session.records);
            let steps = session.history.all_steps();
            let one = |(key, step): &(StepKey, &Step)| {
                action(session, key, step, decisions.get(key), became)
            };
            steps.iter().map(one).collect()
        }
        None => case.plan.into_iter().flat_map(|plan| &plan.steps).map(planned).collect(),
    }
}

/// When a step was decided, and who ran the command then.
type Decision = (Timestamp, Option<String>);

/// The last decision about each step.
fn decisions(records: &[Record]) -> BTreeMap<StepKey, Decision> {
    let mut principal = None;
    let mut decisions = BTreeMap::new();
    for record in records {
        match &record.event {
            Event::Session(event) => match event.as_ref() {
                SessionEvent::Opened(header) => principal = header.invocation.principal.clone(),
                SessionEvent::Resumed(invocation) | SessionEvent::UndoBegun(invocation) => {
                    principal = invocation.principal.clone();
                }
                SessionEvent::Repaired { .. }
                | SessionEvent::Looked(_)
                | SessionEvent::Planned { .. }
                | SessionEvent::Preflight { .. }
                | SessionEvent::Finished { .. } => {}
            },
            Event::Step { step, event }
                if matches!(
                    event.as_ref(),
                    StepEvent::Approved { .. } | StepEvent::Declined { .. }
                ) =>
            {
                decisions.insert(step.clone(), (record.at, principal.clone()));
            }
            Event::Step { .. } => {}
        }
    }
    decisions
}

/// An action that nobody has begun.
fn planned(step: &Step) -> DoneAction {
    DoneAction {
        id: step.id.to_string(),
        title: redacted(&step.title),
        risk: step.risk.as_str(),
        status: "planned",
        approval: Who { how: "not asked yet".to_owned(), by: None, at: None },
        started: None,
        seconds: None,
        result: String::new(),
        request_ids: Vec::new(),
        command: redacted(&step.action.command()),
        way_back: way_back(&step.undo),
        because: step.because.clone(),
        data_loss: step.data_loss.iter().map(|name| redacted(name)).collect(),
    }
}

fn action(
    session: &SessionCase<'_>,
    key: &StepKey,
    step: &Step,
    decision: Option<&Decision>,
    became: &Became<'_>,
) -> DoneAction {
    let state = session.history.state(key);
    let past = session.history.step(key);
    let undo = match &step.undo {
        Undo::By(action) => Undo::By(Box::new(became.resolved(key, action))),
        Undo::NotNeeded | Undo::Impossible { .. } => step.undo.clone(),
    };
    let planned = DoneAction {
        id: key.to_string(),
        title: redacted(&became.named(key, &step.title)),
        way_back: way_back(&undo),
        ..planned(step)
    };
    let Some(past) = past else {
        let approval = Who { how: "its turn did not come".to_owned(), by: None, at: None };
        return DoneAction { approval, ..planned };
    };
    let action = past.action.as_ref().unwrap_or(&step.action);
    let lasted = past.started.zip(past.ended);
    let (at, by) = decision.cloned().unzip();
    DoneAction {
        status: ActionStatus::of(state).as_str(),
        approval: Who { how: decided(past, state), by: by.flatten().map(|by| redacted(&by)), at },
        started: past.started,
        seconds: lasted.map(|(from, until)| until.duration_since(from).as_secs()),
        result: became.named(key, &result(past, state)),
        request_ids: past.requests.iter().map(|request| plain(request.as_str())).collect(),
        command: redacted(&became.resolved(key, action).command()),
        ..planned
    }
}

fn decided(past: &StepHistory, state: StepState) -> String {
    match (&past.approval, &past.decline, state) {
        (_, Some(why), StepState::Declined) => format!("not approved: {}", decline(why)),
        (Some(how), _, _) => format!("approved by {}", approval(how)),
        (None, _, StepState::Planned) => "its turn did not come".to_owned(),
        (None, _, StepState::AlreadyThere) => "needed no approval: nothing was called".to_owned(),
        (None, _, _) => "not approved".to_owned(),
    }
}

/// By whom or what, in words.
pub(super) fn approval(how: &Approval) -> String {
    match how {
        Approval::Person => "a person at the terminal".to_owned(),
        Approval::TypedName { name } => {
            format!("a person at the terminal, who typed `{}`", redacted(name))
        }
        Approval::Flag { flag } => format!("`{}`", redacted(flag)),
        Approval::NotNeeded => "nobody, because nothing is changed".to_owned(),
    }
}

/// Why not, in words.
pub(super) fn decline(why: &Decline) -> String {
    match why {
        Decline::Person => "a person said no".to_owned(),
        Decline::NotApproved { risk } => {
            format!("nobody was there to ask, and nothing approved {} actions", risk.as_str())
        }
        Decline::DataLoss { names } => {
            format!("it would lose {}, and nobody accepted that", redacted(&list(names)))
        }
    }
}

fn result(past: &StepHistory, state: StepState) -> String {
    let made = past.made.as_ref().map(|made| format!(", made {made}")).unwrap_or_default();
    let error = past.undo.error.as_ref().or(past.error.as_ref());
    let error = error.map(|error| format!(": {error}")).unwrap_or_default();
    let text = match state {
        StepState::Planned | StepState::Asked | StepState::Approved => "not begun".to_owned(),
        StepState::Declined => "not done".to_owned(),
        StepState::Skipped => "not done, because an action it needs was not".to_owned(),
        StepState::AlreadyThere => "its effect was there already".to_owned(),
        StepState::Moved => format!("held back, because the world had moved{error}"),
        StepState::InDoubt => format!("nobody knows yet whether it was carried out{error}"),
        StepState::NotMade => format!("looked for, and known not to have been carried out{error}"),
        StepState::Refused => format!("refused by AWS{error}"),
        StepState::Applied => format!("accepted by AWS, not verified yet{made}"),
        StepState::Verified => format!("done and verified{made}"),
        StepState::Unverified => format!("accepted by AWS, but not as expected{made}{error}"),
        StepState::UndoInDoubt => format!("taking it back is in doubt{error}"),
        StepState::UndoApplied => "taking it back was accepted, not verified yet".to_owned(),
        StepState::Undone => "done, and taken back again".to_owned(),
        StepState::UndoFailed => format!("done{made}; it could not be taken back{error}"),
    };
    redacted(&text)
}

fn way_back(undo: &Undo) -> String {
    match undo {
        Undo::By(action) => redacted(&action.command()),
        Undo::NotNeeded => "none is needed".to_owned(),
        Undo::Impossible { why } => format!("none: {}", redacted(why)),
    }
}

/// What stays as it is: risks, refusals, other ways.
pub(super) fn left(case: &Case<'_>) -> Vec<String> {
    let (_, last) = case.last();
    let risks = last.findings.iter().filter(|finding| finding.role == Role::Risk);
    let risks =
        risks.map(|finding| format!("{} ({}): told, not changed.", finding.title, finding.code()));
    let plan = case.session.as_ref().and_then(|session| session.history.plans.last());
    let plan = plan.or(case.plan);
    let refused = plan.into_iter().flat_map(|plan| plan.refusals.iter().chain(&plan.beyond));
    let refused = refused.map(|one| format!("{}: {}", one.what, one.why));
    let others = plan.into_iter().flat_map(|plan| &plan.alternatives);
    let others = others.map(|one| format!("Another way, not taken: {}. {}", one.what, one.why_not));
    risks.chain(refused).chain(others).map(|text| redacted(&text)).collect()
}
