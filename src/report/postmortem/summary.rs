//! What happened, in a title and three sentences.

use jiff::SignedDuration;

use super::{Case, Phase};
use crate::check::Verdict;
use crate::journal::{Outcome, StepState};
use crate::report::words::{capital, clock_time, count, lasting, list, moment, sentence};
use crate::report::{plain, redacted};

/// What happened to what, in a line.
pub(super) fn title(case: &Case<'_>) -> String {
    let environment = case.before.environment.value();
    let name = environment.map_or("unknown environment", |one| one.name.as_str());
    let what = case.found.causes().next().map_or_else(
        || match case.found.verdict {
            Verdict::Healthy => "nothing found wrong".to_owned(),
            Verdict::Degraded | Verdict::Stuck => "not well, and no check says why".to_owned(),
            Verdict::Terminated => "terminated".to_owned(),
        },
        |cause| cause.title.clone(),
    );
    redacted(&format!("{name}: {what}"))
}

/// How the session ended, in the word of the contract.
pub(super) fn outcome(case: &Case<'_>) -> Option<String> {
    let session = case.session.as_ref()?;
    let end = session.history.end.as_ref();
    Some(end.map_or("unfinished", |end| end.outcome.as_str()).to_owned())
}

/// What a reader must know before anything else.
pub(super) fn warnings(case: &Case<'_>) -> Vec<String> {
    let Some(session) = &case.session else {
        return vec!["Nothing was done: this is a diagnosis alone.".to_owned()];
    };
    let mut warnings = Vec::new();
    if let Some(fault) = &session.broken {
        warnings.push(redacted(&format!(
            "The session's journal does not verify: {}. What follows may have been altered.",
            fault.trim_end_matches('.')
        )));
    }
    if session.history.is_unfinished() {
        warnings.push(format!(
            "The session is not finished; `ebrescue resume {}` goes on. Until then this is a \
             hand-over note.",
            session.id
        ));
    }
    warnings
}

/// What it was, what was done, how it stands.
pub(super) fn summary(case: &Case<'_>, phases: &[Phase]) -> Vec<String> {
    vec![
        sentence(&what_it_was(case, phases)),
        sentence(&what_was_done(case)),
        sentence(&stands(case)),
    ]
}

fn what_it_was(case: &Case<'_>, phases: &[Phase]) -> String {
    let environment = case.before.environment.value();
    let name = environment.map_or_else(|| "The environment".to_owned(), |one| plain(&one.name));
    let whole = phases.last();
    let since = whole.map(|phase| format!(" since {}", moment(phase.from))).unwrap_or_default();
    let lasted = whole
        .and_then(|phase| phase.seconds)
        .map(|seconds| format!(", for {} all in all", lasting(SignedDuration::from_secs(seconds))));
    let how = match case.found.verdict {
        Verdict::Healthy => return format!("{name} was looked at and found well"),
        Verdict::Degraded => "was not working as it should",
        Verdict::Stuck => "was stuck",
        Verdict::Terminated => "was terminated",
    };
    let causes: Vec<String> = case
        .found
        .causes()
        .map(|cause| format!("{} ({})", redacted(cause.title.trim_end_matches('.')), cause.code()))
        .collect();
    let because = if causes.is_empty() {
        "; no check says why".to_owned()
    } else {
        format!(": {}", causes.join("; "))
    };
    format!("{name} {how}{since}{}{because}", lasted.unwrap_or_default())
}

fn what_was_done(case: &Case<'_>) -> String {
    let Some(session) = &case.session else {
        let planned = case.plan.map_or(0, |plan| plan.steps.len());
        return match planned {
            0 => "Nothing was done, and nothing is planned".to_owned(),
            planned => format!("Nothing was done; {} would repair it", count(planned, "action")),
        };
    };
    let history = session.history;
    let states: Vec<StepState> =
        history.all_steps().iter().map(|(key, _)| history.state(key)).collect();
    let number = |wanted: &[StepState]| states.iter().filter(|one| wanted.contains(one)).count();
    let parts = [
        (number(&[StepState::Verified]), "done and verified"),
        (number(&[StepState::AlreadyThere]), "needed no call"),
        (number(&[StepState::Declined]), "declined"),
        (number(&[StepState::Undone]), "taken back"),
        (
            number(&[StepState::Refused, StepState::Unverified, StepState::Moved]),
            "failed or held back",
        ),
        (number(&[StepState::InDoubt, StepState::UndoInDoubt]), "in doubt"),
    ];
    let said: Vec<String> = parts
        .iter()
        .filter(|(number, _)| *number > 0)
        .map(|(number, what)| format!("{number} {what}"))
        .collect();
    let of = count(states.len(), "planned action");
    let began = clock_time(history.opened, history.last);
    if said.is_empty() {
        format!("`ebrescue` was started at {began}; of {of} none was done")
    } else {
        format!("`ebrescue` was started at {began}; of {of}, {} ", list(&said))
            .trim_end()
            .to_owned()
    }
}

fn stands(case: &Case<'_>) -> String {
    let (snapshot, diagnosis) = case.last();
    let environment = snapshot.environment.value();
    let health = environment.and_then(|one| one.health_status.as_ref().or(one.health.as_ref()));
    let state = environment.map_or_else(
        || "it could not be read".to_owned(),
        |one| {
            let health = health.map(|health| format!(", health {health}")).unwrap_or_default();
            format!("it was {}{health}", one.status.as_str())
        },
    );
    let ended = case.session.as_ref().and_then(|session| session.history.end.as_ref());
    let how = match ended.map(|end| end.outcome) {
        Some(Outcome::Recovered) => "It recovered, and that was verified",
        Some(Outcome::NotNeeded) => "Nothing had to be done",
        Some(Outcome::NotApproved) => "Something needed approval and did not get it",
        Some(Outcome::NotRecovered) => "It is not well yet",
        Some(Outcome::BeyondRepair) => "It is beyond repair by API; a person must act",
        Some(Outcome::AwsUnusable) => "AWS could not be used to go on",
        Some(Outcome::Interrupted) => "The run was interrupted",
        Some(Outcome::WorldMoved) => "The run stopped because the world had moved",
        None if case.session.is_some() => "The run has not ended",
        None => {
            return redacted(&capital(&format!("{state}, verdict {}", diagnosis.verdict.as_str())));
        }
    };
    redacted(&format!("{how}; when last looked at, {state}"))
}
