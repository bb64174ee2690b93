//! Scenarios: accounts with a story, each a short file that builds a healthy world through the
//! API and breaks it.
//!
//! A file's own docs are its story, told by `sandbox list`. Nothing but the file knows the
//! scenario's name: what follows from its calls follows by the sandbox's rules.

mod parts;
mod story;
#[cfg(test)]
mod tests;

use jiff::Timestamp;

use super::Account;
pub use story::Story;

/// One scenario.
#[derive(Debug)]
pub struct Scenario {
    /// The file's name, with underscores.
    module: &'static str,
    /// The file's text, whose docs are the story.
    source: &'static str,
    /// What it is about.
    pub about: About,
    build: fn(&mut Story),
}

/// What a scenario is about.
#[derive(Clone, Copy, Debug)]
pub struct About {
    /// The group of the incident catalogue: `network`, `healthy`, and so on.
    pub group: &'static str,
    /// The region everything is in.
    pub region: &'static str,
    /// The environment it is about.
    pub environment: &'static str,
    /// How long before now the story begins: `3d`.
    pub begins: &'static str,
}

impl Scenario {
    /// Its name, `lost-route-table`.
    pub fn name(&self) -> String {
        self.module.replace('_', "-")
    }

    /// The first sentence of its story.
    pub fn summary(&self) -> String {
        self.story().lines().next().unwrap_or_default().to_owned()
    }

    /// Its story, as its file tells it.
    pub fn story(&self) -> String {
        let lines = self.source.lines().map_while(|line| line.strip_prefix("//!"));
        lines.map(|line| line.strip_prefix(' ').unwrap_or(line)).collect::<Vec<_>>().join("\n")
    }

    /// Builds its account, so that the story ends now.
    pub fn build(&self, now: Timestamp) -> Account {
        let mut story = Story::begin(self.about.region, now, self.about.begins);
        (self.build)(&mut story);
        story.end()
    }
}

/// The scenario with a name.
pub fn find(name: &str) -> Option<&'static Scenario> {
    all().iter().find(|scenario| scenario.name() == name)
}

macro_rules! scenarios {
    ($($module:ident),* $(,)?) => {
        $(mod $module;)*

        /// Every scenario, the healthy ones first.
        pub fn all() -> &'static [Scenario] {
            const ALL: &[Scenario] = &[$(Scenario {
                module: stringify!($module),
                source: include_str!(concat!(stringify!($module), ".rs")),
                about: $module::ABOUT,
                build: $module::build,
            }),*];
            ALL
        }
    };
}

scenarios!(healthy, lost_route_table);
