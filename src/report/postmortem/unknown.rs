//! What is not known, said as plainly as what is.

use jiff::SignedDuration;

use super::Case;
use crate::journal::StepState;
use crate::report::redacted;
use crate::report::words::moment;

/// How long CloudTrail may take to deliver an event.
// Source: CloudTrail user guide: "typically delivers logs within an average of about 5 minutes";
// the event history promises 15.
const TRAIL_DELAY: SignedDuration = SignedDuration::from_mins(15);

/// Unread evidence, events still to come, assumptions, doubts.
pub(super) fn unknown(case: &Case<'_>) -> Vec<String> {
    let (last, diagnosis) = case.last();
    let mut unknown: Vec<String> = diagnosis
        .not_checked
        .iter()
        .map(|gap| {
            let needs = if gap.needs.is_empty() { "" } else { ", it needs " };
            format!("{} could not be looked at ({}{needs}{}).", gap.what, gap.reason, gap.needs)
        })
        .collect();
    unknown.extend(doubts(case));
    let untold = case.found.causes().filter(|cause| cause.trigger.is_none());
    unknown.extend(untold.map(|cause| {
        format!("Who brought {} about is not known: CloudTrail names nobody.", cause.code())
    }));
    if last.trail.value().is_some() {
        unknown.push(format!(
            "CloudTrail was read up to {} and can be a quarter of an hour behind; changes made \
             after {} may be missing here. `ebrescue report --look-again` reads it once more.",
            moment(last.taken_at),
            moment(last.taken_at - TRAIL_DELAY)
        ));
    }
    unknown.into_iter().map(|text| redacted(&text)).collect()
}

fn doubts(case: &Case<'_>) -> Vec<String> {
    let Some(session) = &case.session else { return Vec::new() };
    let steps = session.history.all_steps();
    let told = steps.iter().filter_map(|(key, step)| {
        let state = session.history.state(key);
        if state.is_in_doubt() {
            let title = &step.title;
            Some(format!("Whether {key} ({title}) was carried out; `ebrescue resume` looks."))
        } else if state == StepState::Applied {
            Some(format!("Whether {key} ({}), accepted by AWS, had its effect.", step.title))
        } else {
            None
        }
    });
    told.collect()
}
