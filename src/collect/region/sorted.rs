//! A region's list, taken apart into what belongs to each VPC or environment.

use std::collections::BTreeMap;

use crate::world::Observed;

/// A list taken apart by a key; what could not be read, cannot be read of any part.
pub(super) struct Sorted<K, T> {
    parts: BTreeMap<K, Vec<T>>,
    whole: Observed<()>,
}

impl<K: Ord, T> Sorted<K, T> {
    /// Takes a list apart; what has no key belongs to no part.
    pub(super) fn by(list: Observed<Vec<T>>, key: impl Fn(&T) -> Option<K>) -> Self {
        let whole = like(&list, || ());
        let mut parts: BTreeMap<K, Vec<T>> = BTreeMap::new();
        if let Observed::Known { value, .. } = list {
            for item in value {
                if let Some(key) = key(&item) {
                    parts.entry(key).or_default().push(item);
                }
            }
        }
        Self { parts, whole }
    }

    /// Takes one part out; an empty one, if the list had nothing for it.
    pub(super) fn take(&mut self, key: &K) -> Observed<Vec<T>> {
        like(&self.whole, || self.parts.remove(key).unwrap_or_default())
    }

    /// A part with nothing in it.
    pub(super) fn none(&self) -> Observed<Vec<T>> {
        like(&self.whole, Vec::new)
    }

    /// Takes the only item of a part out; absent, if the list had none for it.
    pub(super) fn take_one(&mut self, key: &K) -> Observed<T> {
        match self.take(key) {
            Observed::Known { value, source } => match value.into_iter().next() {
                Some(value) => Observed::Known { value, source },
                None => Observed::Absent { source },
            },
            Observed::Absent { source } => Observed::Absent { source },
            Observed::Unreadable { why, source } => Observed::Unreadable { why, source },
            Observed::NotCollected => Observed::NotCollected,
        }
    }
}

/// A part of something: known, unreadable or not collected like the whole.
pub(super) fn like<A, B>(whole: &Observed<A>, part: impl FnOnce() -> B) -> Observed<B> {
    match whole {
        Observed::Known { source, .. } => Observed::Known { value: part(), source: source.clone() },
        Observed::Absent { source } => Observed::Absent { source: source.clone() },
        Observed::Unreadable { why, source } => {
            Observed::Unreadable { why: why.clone(), source: source.clone() }
        }
        Observed::NotCollected => Observed::NotCollected,
    }
}
