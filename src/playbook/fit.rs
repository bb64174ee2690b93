//! Which playbook fits an environment best.

use crate::check::Diagnosis;
use crate::plan::Goal;
use crate::world::Snapshot;

use super::{Match, Placed, Playbook, Shelved};

/// The playbook that fits best: the one whose conditions all hold and say most; none if nothing
/// fits, which the built-in survey prevents.
///
/// What a match says counts by how much it tells: a cause more than a status, a status more than
/// a verdict, a name or tag most, because somebody wrote it for just this environment. Of two
/// that say as much, the one on the shelf first wins. `as-found` says nothing and so fits last.
pub fn choose<'a>(
    shelf: &'a [Shelved],
    snapshot: &Snapshot,
    diagnosis: &Diagnosis,
    goal: Goal,
) -> Option<&'a Shelved> {
    let mut best: Option<(u32, &Shelved)> = None;
    for shelved in shelf.iter().filter(|one| leads_to(&one.playbook, goal)) {
        let Some(score) = score(&shelved.playbook.fits, snapshot, diagnosis) else { continue };
        if best.is_none_or(|(most, _)| score > most) {
            best = Some((score, shelved));
        }
    }
    best.map(|(_, shelved)| shelved)
}

/// Whether a playbook leads where it is wanted to; one that says nothing leads anywhere.
fn leads_to(playbook: &Playbook, goal: Goal) -> bool {
    playbook.goal.is_none_or(|word| Goal::from(word) == goal)
}

/// How much of what a match asks for is there; `None` if something is not.
fn score(fits: &Match, snapshot: &Snapshot, diagnosis: &Diagnosis) -> Option<u32> {
    let Match { verdicts, statuses, stack_statuses, causes, all_of, names, tags } = fits;
    let environment = snapshot.environment.value();
    let stack = snapshot.stack().and_then(|facts| facts.stack.value());
    let mut score = 0;
    score += one_of(verdicts, 1, |word| word == diagnosis.verdict.as_str())?;
    score += one_of(statuses, 2, |word| {
        environment.is_some_and(|environment| environment.status.as_str() == word)
    })?;
    score +=
        one_of(stack_statuses, 4, |word| stack.is_some_and(|stack| stack.status.as_str() == word))?;
    score += causes_fit(causes, diagnosis)?;
    for code in all_of {
        diagnosis.findings.iter().find(|finding| covers(&code.value, finding.code().0))?;
        score += 8;
    }
    score += one_of(names, 64, |pattern| {
        environment.is_some_and(|environment| like(pattern, &environment.name))
    })?;
    for (key, pattern) in tags {
        let tags = stack.map_or(&[][..], |stack| &stack.tags);
        tags.iter().find(|(name, value)| name == key && like(pattern, value))?;
        score += 64;
    }
    Some(score)
}

/// The likelier the cause that a pattern covers, the better the fit.
fn causes_fit(causes: &[Placed<String>], diagnosis: &Diagnosis) -> Option<u32> {
    if causes.is_empty() {
        return Some(0);
    }
    let rank = diagnosis
        .causes()
        .position(|cause| causes.iter().any(|code| covers(&code.value, cause.code().0)))?;
    Some(if rank == 0 { 16 } else { 8 })
}

fn one_of(words: &[Placed<String>], worth: u32, holds: impl Fn(&str) -> bool) -> Option<u32> {
    if words.is_empty() {
        Some(0)
    } else {
        words.iter().any(|word| holds(&word.value)).then_some(worth)
    }
}

/// Whether a code, or a group with a star, covers a finding's code.
pub(super) fn covers(pattern: &str, code: &str) -> bool {
    like(pattern, code)
}

/// Whether a text is as a pattern says, in which `*` stands for any text.
fn like(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = parts.next().and_then(|first| text.strip_prefix(first)) else {
        return false;
    };
    let mut last_is_open = !pattern.contains('*') && !rest.is_empty();
    for part in parts {
        let Some(found) = (if part.is_empty() { Some(rest.len()) } else { rest.find(part) }) else {
            return false;
        };
        rest = &rest[(found + part.len()).min(rest.len())..];
        last_is_open = !part.is_empty() && !rest.is_empty();
    }
    !last_is_open
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_any_text() {
        assert!(like("NET-*", "NET-03"));
        assert!(like("*", ""));
        assert!(like("*-prod", "shop-prod"));
        assert!(like("shop-*-eu", "shop-prod-eu"));
        assert!(!like("NET-*", "CFN-03"));
        assert!(!like("NET-0", "NET-03"));
        assert!(!like("*-prod", "shop-prod-eu"));
    }
}
