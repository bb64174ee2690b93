//! Elastic Beanstalk: environments, their events, settings, health and platforms.

mod environments;
mod health;
mod pieces;
mod platforms;
mod settings;

use crate::world::EnvironmentId;

/// How an environment is named in a call: until its id is known, its name serves.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum EnvironmentRef {
    /// By its name; finds living environments only, except where a call takes deleted ones.
    Name(String),
    /// By its id, which a terminated environment keeps.
    Id(EnvironmentId),
}

impl EnvironmentRef {
    /// What a person typed: an id if it looks like one.
    // Ids are `e-` and ten small letters or digits; an environment's name has at least four
    // characters and may begin with `e-` too. Source: the API model's `EnvironmentName`.
    pub fn of(text: &str) -> Self {
        let is_id = text.strip_prefix("e-").is_some_and(|rest| {
            rest.len() == 10 && rest.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit())
        });
        if is_id { Self::Id(text.into()) } else { Self::Name(text.to_owned()) }
    }

    pub(super) fn name(&self) -> Option<String> {
        match self {
            Self::Name(name) => Some(name.clone()),
            Self::Id(_) => None,
        }
    }

    pub(super) fn id(&self) -> Option<String> {
        match self {
            Self::Name(_) => None,
            Self::Id(id) => Some(id.to_string()),
        }
    }
}

impl std::fmt::Display for EnvironmentRef {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Name(name) => f.write_str(name),
            Self::Id(id) => id.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_told_from_a_name_that_begins_like_one() {
        assert_eq!(EnvironmentRef::of("e-mw4kzq2ptx"), EnvironmentRef::Id("e-mw4kzq2ptx".into()));
        assert_eq!(EnvironmentRef::of("e-shop"), EnvironmentRef::Name("e-shop".into()));
        assert_eq!(EnvironmentRef::of("shop-prod"), EnvironmentRef::Name("shop-prod".into()));
    }
}
