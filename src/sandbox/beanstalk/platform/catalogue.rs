//! The branches and versions there are.
//!
//! Names and life cycles are those of the platform pages of late 2026
//! (<https://docs.aws.amazon.com/elasticbeanstalk/latest/platforms/platforms-retiring.html>);
//! which patch versions there are is a selection that goes up to 6.5.1 for Node.js.

#![expect(clippy::too_many_lines, reason = "a table, or one request read field by field")]

/// Where a branch stands in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lifecycle {
    /// It gets updates.
    Supported,
    /// It will be retired.
    Deprecated,
    /// It gets nothing any more.
    Retired,
}

impl Lifecycle {
    /// The word of the API.
    pub fn word(self) -> &'static str {
        match self {
            Self::Supported => "Supported",
            Self::Deprecated => "Deprecated",
            Self::Retired => "Retired",
        }
    }
}

/// A branch: a runtime on an operating system.
#[derive(Debug)]
pub struct Branch {
    /// `Node.js 22 running on 64bit Amazon Linux 2023`.
    pub name: &'static str,
    /// `Node.js 22`.
    pub runtime: &'static str,
    /// `Node.js`, as `PlatformName` of branches and category have it.
    pub family: &'static str,
    /// `Amazon Linux 2023`.
    pub system: &'static str,
    /// Where it stands.
    pub lifecycle: Lifecycle,
    /// Its versions, the oldest first.
    pub releases: &'static [Release],
}

/// One version of a branch.
#[derive(Debug)]
pub struct Release {
    /// `6.4.3`.
    pub version: &'static str,
    /// The day it came out.
    pub day: &'static str,
    /// Whether it is listed only for accounts that have had it (`PL-02`).
    pub withdrawn: bool,
    /// Whether its image is no longer public (`PL-04`).
    pub image_gone: bool,
}

/// What matters of a platform for its options.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Traits {
    /// `Python`, `PHP` and so on.
    pub language: &'static str,
    /// Whether it is Windows.
    pub windows: bool,
}

impl Branch {
    /// The newest version.
    ///
    /// # Panics
    ///
    /// Never: every branch in the catalogue has one.
    pub fn newest(&self) -> &'static Release {
        self.releases.last().expect("every branch of the catalogue has a version")
    }

    /// What matters of it for options.
    pub fn traits(&self) -> Traits {
        Traits { language: self.family, windows: self.system.starts_with("Windows") }
    }
}

const fn release(version: &'static str, day: &'static str) -> Release {
    Release { version, day, withdrawn: false, image_gone: false }
}

const fn withdrawn(version: &'static str, day: &'static str) -> Release {
    Release { version, day, withdrawn: true, image_gone: false }
}

/// A version whose image AWS has made private.
const fn gone(version: &'static str, day: &'static str) -> Release {
    Release { version, day, withdrawn: true, image_gone: true }
}

const NODE: &[Release] = &[
    withdrawn("6.3.2", "2026-01-21"),
    release("6.4.0", "2026-03-10"),
    release("6.4.1", "2026-04-22"),
    release("6.4.2", "2026-06-03"),
    release("6.4.3", "2026-08-12"),
    release("6.5.0", "2026-10-07"),
    release("6.5.1", "2026-11-11"),
];

const NODE_OLD: &[Release] = &[
    withdrawn("6.3.2", "2026-01-21"),
    release("6.4.0", "2026-03-10"),
    release("6.4.3", "2026-07-15"),
];

const NODE_18: &[Release] = &[withdrawn("6.1.0", "2024-05-02"), withdrawn("6.5.0", "2025-04-16")];

const FOURS: &[Release] = &[
    withdrawn("4.3.2", "2026-01-21"),
    release("4.4.0", "2026-03-10"),
    release("4.4.2", "2026-06-03"),
    release("4.5.0", "2026-10-07"),
    release("4.5.1", "2026-11-11"),
];

const THREES: &[Release] = &[
    release("3.3.0", "2026-03-10"),
    release("3.4.0", "2026-10-07"),
    release("3.4.1", "2026-11-11"),
];

const DOCKER_AL2: &[Release] = &[gone("3.8.4", "2024-10-01"), gone("4.0.5", "2025-11-05")];

const NODE_AL2: &[Release] = &[gone("5.8.4", "2023-11-08"), gone("5.9.2", "2024-05-02")];

const WINDOWS: &[Release] = &[release("2.18.0", "2026-06-03"), release("2.19.1", "2026-11-11")];

const AL2023: &str = "Amazon Linux 2023";
const AL2: &str = "Amazon Linux 2";

const fn branch(
    name: &'static str,
    runtime: &'static str,
    family: &'static str,
    system: &'static str,
    lifecycle: Lifecycle,
    releases: &'static [Release],
) -> Branch {
    Branch { name, runtime, family, system, lifecycle, releases }
}

/// Every branch.
pub fn branches() -> &'static [Branch] {
    use Lifecycle::{Deprecated, Retired, Supported};
    const ALL: &[Branch] = &[
        branch(
            "Node.js 24 running on 64bit Amazon Linux 2023",
            "Node.js 24",
            "Node.js",
            AL2023,
            Supported,
            NODE,
        ),
        branch(
            "Node.js 22 running on 64bit Amazon Linux 2023",
            "Node.js 22",
            "Node.js",
            AL2023,
            Supported,
            NODE,
        ),
        branch(
            "Node.js 20 running on 64bit Amazon Linux 2023",
            "Node.js 20",
            "Node.js",
            AL2023,
            Retired,
            NODE_OLD,
        ),
        branch(
            "Node.js 18 running on 64bit Amazon Linux 2023",
            "Node.js 18",
            "Node.js",
            AL2023,
            Retired,
            NODE_18,
        ),
        branch(
            "Node.js 18 running on 64bit Amazon Linux 2",
            "Node.js 18",
            "Node.js",
            AL2,
            Retired,
            NODE_AL2,
        ),
        branch(
            "Python 3.13 running on 64bit Amazon Linux 2023",
            "Python 3.13",
            "Python",
            AL2023,
            Supported,
            FOURS,
        ),
        branch(
            "Python 3.11 running on 64bit Amazon Linux 2023",
            "Python 3.11",
            "Python",
            AL2023,
            Supported,
            FOURS,
        ),
        branch(
            "Python 3.9 running on 64bit Amazon Linux 2023",
            "Python 3.9",
            "Python",
            AL2023,
            Retired,
            FOURS,
        ),
        branch(
            "Corretto 21 running on 64bit Amazon Linux 2023",
            "Corretto 21",
            "Java",
            AL2023,
            Supported,
            FOURS,
        ),
        branch(
            "Docker running on 64bit Amazon Linux 2023",
            "Docker",
            "Docker",
            AL2023,
            Supported,
            FOURS,
        ),
        branch(
            "Docker running on 64bit Amazon Linux 2",
            "Docker",
            "Docker",
            AL2,
            Retired,
            DOCKER_AL2,
        ),
        branch(
            "PHP 8.4 running on 64bit Amazon Linux 2023",
            "PHP 8.4",
            "PHP",
            AL2023,
            Supported,
            FOURS,
        ),
        branch(
            "PHP 8.2 running on 64bit Amazon Linux 2023",
            "PHP 8.2",
            "PHP",
            AL2023,
            Deprecated,
            FOURS,
        ),
        branch(
            "Ruby 3.4 running on 64bit Amazon Linux 2023",
            "Ruby 3.4",
            "Ruby",
            AL2023,
            Supported,
            FOURS,
        ),
        branch("Go 1 running on 64bit Amazon Linux 2023", "Go 1", "Go", AL2023, Supported, FOURS),
        branch(
            ".NET 10 running on 64bit Amazon Linux 2023",
            ".NET 10",
            ".NET on Linux",
            AL2023,
            Supported,
            THREES,
        ),
        branch(
            ".NET 8 running on 64bit Amazon Linux 2023",
            ".NET 8",
            ".NET on Linux",
            AL2023,
            Deprecated,
            THREES,
        ),
        branch(
            "IIS 10.0 running on 64bit Windows Server 2022",
            "IIS 10.0",
            ".NET on Windows Server",
            "Windows Server 2022",
            Supported,
            WINDOWS,
        ),
    ];
    ALL
}
