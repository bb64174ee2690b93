//! Where answers go in a snapshot.

use crate::aws::Reading;
use crate::world::{Observed, Snapshot};

/// Puts one answer into a snapshot.
pub type Fill = Box<dyn FnOnce(&mut Snapshot) + Send>;

/// A part of a snapshot.
type Place<T> = fn(&mut Snapshot) -> &mut Observed<T>;

/// The answer is the whole of its part.
pub(super) fn set<T: Send + 'static>(reading: Reading<T>, place: Place<T>) -> Fill {
    let observed = Observed::from(reading);
    Box::new(move |snapshot| *place(snapshot) = observed)
}

/// The answer is one piece of its part; what is in both is taken from the newer one.
pub(super) fn add<T: Send + 'static>(
    reading: Reading<Vec<T>>,
    place: Place<Vec<T>>,
    same: fn(&T, &T) -> bool,
) -> Fill {
    let observed = Observed::from(reading);
    Box::new(move |snapshot| merge(place(snapshot), observed, same))
}

/// Joins two readings of one part. What could not be read stays unreadable, because a list that
/// lacks a piece would look like a whole one.
pub(super) fn merge<T>(
    kept: &mut Observed<Vec<T>>,
    more: Observed<Vec<T>>,
    same: fn(&T, &T) -> bool,
) {
    match (&mut *kept, more) {
        (Observed::Known { value, source }, Observed::Known { value: more, source: newer }) => {
            value.retain(|old| !more.iter().any(|new| same(old, new)));
            value.extend(more);
            *source = newer;
        }
        (Observed::Known { .. }, Observed::Absent { .. } | Observed::NotCollected)
        | (Observed::Unreadable { .. }, _) => {}
        (_, more) => *kept = more,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::{Source, Unreadable, UnreadableKind};

    fn source() -> Source {
        Source { operation: "x:Y".into(), at: jiff::Timestamp::UNIX_EPOCH, request: None }
    }

    fn known(items: &[(u8, u8)]) -> Observed<Vec<(u8, u8)>> {
        Observed::Known { value: items.to_vec(), source: source() }
    }

    #[test]
    fn the_newer_reading_of_a_thing_wins() {
        let mut kept = known(&[(1, 1), (2, 1)]);
        merge(&mut kept, known(&[(2, 2), (3, 2)]), |a, b| a.0 == b.0);
        assert_eq!(kept.items(), [(1, 1), (2, 2), (3, 2)]);
    }

    #[test]
    fn a_piece_that_could_not_be_read_makes_the_whole_unreadable() {
        let why = Unreadable {
            kind: UnreadableKind::Denied,
            code: "AccessDenied".into(),
            message: String::new(),
        };
        let mut kept = known(&[(1, 1)]);
        merge(&mut kept, Observed::Unreadable { why, source: source() }, |a, b| a == b);
        assert!(kept.known().is_err());
        merge(&mut kept, known(&[(2, 2)]), |a, b| a == b);
        assert!(kept.known().is_err());
    }
}
