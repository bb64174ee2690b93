//! ASKING: what to read to know how an environment stands. No decision is made here.
//!
//! A collection goes in rounds. Each round looks at what is known, works out which questions can
//! be asked now ([`next`] is pure, one file for each family), and asks them all at once. It ends
//! when nothing is left to ask. An environment that is well takes three rounds and at most thirty
//! calls, two rounds if it is named by its id; trouble, as soon as it shows, brings the questions
//! that explain it. A read that fails is kept in the snapshot as what could not be known; only
//! AWS that cannot be used at all, or an environment that does not exist, ends a collection.
//!
//! A whole [`region()`] is read otherwise: what its environments share, once for all of them.

mod next;
mod region;
mod run;
mod view;

pub use region::{RegionSeen, Which, region};
pub use run::{CollectError, collect};

/// How much is to be read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Everything that could explain trouble, also where there is none (`capture`).
    pub everything: bool,
    /// The platform's other versions and the environment's history of them (`pin`).
    pub platforms: bool,
    /// The application the environment must belong to, if one was named.
    pub application: Option<String>,
}
