//! Everything that happened, on one axis: AWS's events, what people did, what we did.
//!
//! Each entry says whether it is routine. The short timeline leaves routine out; the whole one
//! has it. What is said again and again within minutes stands once, with how often.

mod aws;
mod ours;
mod stretches;

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use super::became::Became;
use super::{Case, Entry, Lane, Stretch, Tone};
use crate::report::redacted;

/// How long before the first sign of trouble the timeline begins.
// Long enough to show the deployment or change that people will ask about first.
const LEAD: SignedDuration = SignedDuration::from_mins(30);
/// How far back it goes where nothing says when it began.
const DEFAULT_REACH: SignedDuration = SignedDuration::from_hours(24);
/// The same thing said again within this time stands once.
// CloudFormation tries to delete a resource again every half minute; a health check answers each
// few minutes.
const AGAIN: SignedDuration = SignedDuration::from_mins(5);

/// The timeline, and what was left out of it.
pub(super) struct Timeline {
    pub(super) entries: Vec<Entry>,
    pub(super) stretches: Vec<Stretch>,
    pub(super) left_out: usize,
}

/// Puts AWS's events, CloudTrail's and our own on one axis.
pub(super) fn timeline(case: &Case<'_>, became: &Became<'_>, began: Option<Timestamp>) -> Timeline {
    let opened = case.session.as_ref().map_or(case.before.taken_at, |one| one.history.opened);
    let from = began.map_or(opened - DEFAULT_REACH, |began| began - LEAD);
    let mut axis = Axis { from, seen: BTreeMap::new(), entries: Vec::new(), left_out: 0 };
    for snapshot in case.snapshots() {
        aws::snapshot(&mut axis, snapshot, case);
    }
    if let Some(session) = &case.session {
        ours::records(&mut axis, session, became);
    }
    // Stable, so that what happened in one second stays in the order it was told.
    axis.entries.sort_by_key(|entry| entry.at);
    Timeline {
        entries: once(axis.entries),
        stretches: stretches::stretches(case, from),
        left_out: axis.left_out,
    }
}

/// What is put on the axis.
struct Told<'a> {
    at: Timestamp,
    lane: Lane,
    who: &'a str,
    what: &'a str,
    tone: Tone,
    routine: bool,
}

struct Axis {
    from: Timestamp,
    /// Where what is there already stands, so that the same event of two snapshots stands once.
    seen: BTreeMap<(Timestamp, Lane, String), usize>,
    entries: Vec<Entry>,
    left_out: usize,
}

impl Axis {
    /// Puts it there; gives its place, if it is new and late enough.
    fn put(&mut self, told: &Told<'_>) -> Option<usize> {
        let &Told { at, lane, who, what, tone, routine } = told;
        if at < self.from {
            return None;
        }
        let what = redacted(what.trim_end());
        let place = self.entries.len();
        let key = (at, lane, what.clone());
        if self.seen.contains_key(&key) {
            return None;
        }
        self.seen.insert(key, place);
        let who = redacted(who);
        self.entries.push(Entry { at, lane, who, what, tone, routine, times: 1, until: None });
        Some(place)
    }
}

/// Folds what is said again within minutes into its first entry.
fn once(entries: Vec<Entry>) -> Vec<Entry> {
    let mut places: BTreeMap<(Lane, String, String), usize> = BTreeMap::new();
    let mut kept: Vec<Entry> = Vec::with_capacity(entries.len());
    for entry in entries {
        let key = (entry.lane, entry.who.clone(), entry.what.clone());
        let again = places.get(&key).copied().filter(|place| {
            let first = &kept[*place];
            entry.at.duration_since(first.until.unwrap_or(first.at)) <= AGAIN
        });
        if let Some(place) = again {
            kept[place].times += 1;
            kept[place].until = Some(entry.at);
        } else {
            places.insert(key, kept.len());
            kept.push(entry);
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::examples::ago;

    fn entry(minutes_ago: i64, what: &str) -> Entry {
        Entry {
            at: ago(minutes_ago),
            lane: Lane::Stack,
            who: "CloudFormation".to_owned(),
            what: what.to_owned(),
            tone: Tone::Bad,
            routine: false,
            times: 1,
            until: None,
        }
    }

    #[test]
    fn what_is_tried_again_and_again_stands_once_with_how_often() {
        let tries = [entry(60, "no"), entry(58, "no"), entry(57, "yes"), entry(56, "no")];
        let kept = once([tries.to_vec(), vec![entry(20, "no")]].concat());
        let told: Vec<(&str, u32)> =
            kept.iter().map(|entry| (entry.what.as_str(), entry.times)).collect();
        assert_eq!(told, [("no", 3), ("yes", 1), ("no", 1)]);
        assert_eq!(kept[0].until, Some(ago(56)));
    }
}
