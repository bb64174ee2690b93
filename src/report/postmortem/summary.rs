//! What happened, in a title and three sentences.

use jiff::{SignedDuration, Timestamp, tz::TimeZone};

use super::impact::{Impact, stands};
use super::{Case, SessionCase};
use crate::check::{Finding, Tried, Verdict};
use crate::journal::{Outcome, StepState};
use crate::report::words::{capital, count, lasting, list, sentence};
use crate::report::{plain, redacted};

/// What happened to what, in a line.
pub(super) fn title(case: &Case<'_>) -> String {
    let what = case.found.causes().next().map_or_else(
        || match case.found.verdict {
            Verdict::Healthy => "nothing found wrong".to_owned(),
            Verdict::Degraded | Verdict::Stuck => "not well, and no check says why".to_owned(),
            Verdict::Terminated => "terminated".to_owned(),
        },
        |cause| cause.title.clone(),
    );
    redacted(&format!("{}: {what}", name(case)))
}

fn name(case: &Case<'_>) -> String {
    let environment = case.before.environment.value();
    environment.map_or_else(|| "unknown environment".to_owned(), |one| plain(&one.name))
}

/// How the session ended, in the word of the contract.
pub(super) fn outcome(case: &Case<'_>) -> Option<String> {
    let session = case.session.as_ref()?;
    let end = session.history.end.as_ref();
    Some(end.map_or("unfinished", |end| end.outcome.as_str()).to_owned())
}

/// What a reader must know before anything else.
pub(super) fn warnings(case: &Case<'_>) -> Vec<String> {
    let mut warnings = Vec::new();
    if let Some(fault) = &case.altered {
        warnings.push(redacted(&format!(
            "The session's journal does not verify: {}. What follows may have been altered; \
             `resume` and `undo` refuse it.",
            fault.trim_end_matches('.')
        )));
    }
    let Some(session) = &case.session else {
        warnings.push("Nothing was done: this is a diagnosis alone.".to_owned());
        return warnings;
    };
    if session.history.is_unfinished() {
        warnings.push(format!(
            "The session is not finished; `ebrescue resume {}` goes on. Until then this is a \
             hand-over note.",
            session.id
        ));
    }
    warnings
}

/// How long it was, why, and what was done about it.
pub(super) fn summary(case: &Case<'_>, impact: &Impact, tried: &[Tried]) -> Vec<String> {
    let sentences = [how_long(case, impact), why(case, impact), what_was_done(case, tried)];
    sentences.iter().map(|text| sentence(&redacted(text))).collect()
}

fn how_long(case: &Case<'_>, impact: &Impact) -> String {
    let name = name(case);
    let how = match case.found.verdict {
        Verdict::Healthy => return format!("{name} was looked at and found well"),
        Verdict::Degraded => "did not work as it should",
        Verdict::Stuck => "was stuck",
        Verdict::Terminated => "was terminated",
    };
    match (impact.began, impact.mended) {
        (Some(began), Some(mended)) => format!(
            "{name} {how} for {}, from {} to {}",
            lasting(mended.duration_since(began)),
            day_and_time(began),
            until(mended, began)
        ),
        (Some(began), None) => format!(
            "{name} {how} from {} on; at the last look, {} later, it was not well yet",
            day_and_time(began),
            lasting(case.end().duration_since(began))
        ),
        (None, Some(_) | None) => format!("{name} {how}; since when is not known"),
    }
}

/// `12 March 2026, 10:20 UTC`.
fn day_and_time(at: Timestamp) -> String {
    at.to_zoned_datetime(TimeZone::UTC).strftime("%-d %B %Y, %H:%M UTC").to_string()
}

/// The same, without the day if it is that of another moment.
fn until(at: Timestamp, since: Timestamp) -> String {
    crate::report::words::clock_time(at, since)
}

fn why(case: &Case<'_>, impact: &Impact) -> String {
    let mut causes = case.found.causes();
    let Some(first) = causes.next() else {
        return match case.found.verdict {
            Verdict::Healthy => format!(
                "{} over everything that could be read found no cause for worry",
                capital(&count(case.found.checks_run, "check"))
            ),
            Verdict::Degraded | Verdict::Stuck | Verdict::Terminated => {
                "No check says why; the events and logs of the environment may".to_owned()
            }
        };
    };
    let others: Vec<String> = causes.map(|cause| told(cause, impact)).collect();
    let mut text = format!("The cause: {}", told(first, impact));
    if !others.is_empty() {
        text.push_str(&format!("; besides, {}", others.join("; and ")));
    }
    text
}

/// `the subnets have lost their route table (NET-01), after p.novak called … at 10:20 UTC`.
fn told(cause: &Finding, impact: &Impact) -> String {
    let title = lower(cause.title.trim_end_matches('.'));
    let after = cause.trigger.as_ref().map(|trigger| {
        let since = impact.began.unwrap_or(trigger.at);
        let at = crate::report::words::clock_time(trigger.at, since);
        format!(", after {} called {} at {at}", trigger.user, trigger.call)
    });
    format!("{title} ({}){}", cause.code(), after.unwrap_or_default())
}

/// A title within a sentence: its first letter is small unless it begins a name.
fn lower(title: &str) -> String {
    let name = title.split(' ').next().is_some_and(|word| {
        word.chars().skip(1).any(|letter| letter.is_uppercase() || letter.is_ascii_digit())
    });
    let mut letters = title.chars();
    match letters.next() {
        Some(first) if !name => first.to_lowercase().chain(letters).collect(),
        Some(_) | None => title.to_owned(),
    }
}

fn what_was_done(case: &Case<'_>, tried: &[Tried]) -> String {
    let Some(session) = &case.session else {
        let planned = case.plan.map_or(0, |plan| plan.steps.len());
        return match (planned, case.found.verdict) {
            (0, Verdict::Healthy) => "Nothing has to be done".to_owned(),
            (0, Verdict::Degraded | Verdict::Stuck | Verdict::Terminated) => {
                "Nothing was done, and no action is known that would help".to_owned()
            }
            (planned, _) => {
                format!("Nothing was done; {} would repair it", count(planned, "action"))
            }
        };
    };
    let before = match tried.len() {
        0 => String::new(),
        one => format!("After {} that could not help, ", count(one, "operation")),
    };
    format!("{before}{}; {}", repaired(session, before.is_empty()), now(case, session))
}

/// `ebrescue carried out 10 of 10 actions in 8 min 51 s`.
fn repaired(session: &SessionCase<'_>, begins: bool) -> String {
    let history = session.history;
    let states: Vec<StepState> =
        history.all_steps().iter().map(|(key, _)| history.state(key)).collect();
    let number = |wanted: &[StepState]| states.iter().filter(|one| wanted.contains(one)).count();
    let done = number(&[StepState::Verified]);
    let others = [
        (number(&[StepState::AlreadyThere]), "needed no call"),
        (number(&[StepState::Declined]), "not approved"),
        (number(&[StepState::Skipped]), "skipped"),
        (number(&[StepState::Undone]), "taken back"),
        (
            number(&[StepState::Refused, StepState::Unverified, StepState::Moved]),
            "failed or held back",
        ),
        (number(&[StepState::InDoubt, StepState::UndoInDoubt]), "in doubt"),
    ];
    let others: Vec<String> = others
        .iter()
        .filter(|(number, _)| *number > 0)
        .map(|(number, what)| format!("{number} {what}"))
        .collect();
    let others = if others.is_empty() { String::new() } else { format!(" ({})", list(&others)) };
    let lasted =
        lasting(SignedDuration::from_secs(history.last.duration_since(history.opened).as_secs()));
    let who = if begins { "Ebrescue" } else { "ebrescue" };
    let all = count(states.len(), "planned action");
    if done == states.len() && done > 0 {
        format!("{who} carried out {all} in {lasted}, each one verified{others}")
    } else if done == 0 {
        format!("{who} carried out none of {all}{others}")
    } else {
        format!("{who} carried out {done} of {all} in {lasted}{others}")
    }
}

fn now(case: &Case<'_>, session: &SessionCase<'_>) -> String {
    let how = match session.history.end.as_ref().map(|end| end.outcome) {
        Some(Outcome::Recovered) if session.history.undoing.is_some() => {
            "all that can be taken back was taken back"
        }
        Some(Outcome::Recovered) => "it recovered, and that was verified",
        Some(Outcome::NotNeeded) => "nothing had to be done",
        Some(Outcome::NotApproved) => "something needed approval and did not get it",
        Some(Outcome::NotRecovered) => "it is not well yet",
        Some(Outcome::BeyondRepair) => "it is beyond repair by API, and a person must act",
        Some(Outcome::AwsUnusable) => "AWS could not be used to go on",
        Some(Outcome::Interrupted) => "the run was interrupted",
        Some(Outcome::WorldMoved) => "the run stopped because the world had moved",
        None => "the run has not ended",
    };
    format!("{how} (last seen: {})", stands(case.last().0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_becomes_part_of_a_sentence_and_names_stay() {
        assert_eq!(lower("The stack is stuck"), "the stack is stuck");
        assert_eq!(lower("EC2 refuses"), "EC2 refuses");
        assert_eq!(lower("DNS is off"), "DNS is off");
    }
}
