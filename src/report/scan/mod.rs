//! Many environments at once: one line for each, worst first, and where none could be read.

mod json;
mod text;

pub use json::{SCAN_SCHEMA, ScanDocument};
pub use text::ScanText;

use super::diagnosis_json::{EnvironmentDocument, NotCheckedDocument};
use crate::check::{Diagnosis, Finding, Verdict};
use crate::world::Snapshot;

/// One environment of a scan; texts are safe to be shown.
#[derive(Clone, Debug)]
pub struct ScanLine {
    pub(super) environment: EnvironmentDocument,
    /// How it is.
    pub verdict: Verdict,
    pub(super) findings: Vec<Finding>,
}

/// One region of a scan.
#[derive(Clone, Debug)]
pub struct ScannedRegion {
    /// Its code.
    pub region: String,
    /// How many calls were made in it.
    pub calls: usize,
    /// How many environments it has, or why that could not be read.
    pub environments: Result<usize, Refused>,
    /// What of its environments could not be looked at.
    pub not_checked: Vec<NotCheckedDocument>,
}

/// Why a region could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// AWS's code, or the sort of failure where there was none.
    pub code: String,
    /// The whole sentence.
    pub message: String,
}

/// All environments of some regions.
#[derive(Clone, Debug, Default)]
pub struct Scan {
    /// The account, where it could be read.
    pub account: Option<String>,
    /// The environments.
    pub lines: Vec<ScanLine>,
    /// The regions, in the order they were asked for.
    pub regions: Vec<ScannedRegion>,
}

impl ScanLine {
    /// The line of one environment.
    pub fn new(snapshot: &Snapshot, diagnosis: &Diagnosis) -> Self {
        Self {
            environment: EnvironmentDocument::of(snapshot),
            verdict: diagnosis.verdict,
            findings: diagnosis.findings.clone(),
        }
    }

    /// How bad it is: what is stuck first, then the colour, then how many causes there are.
    fn rank(&self) -> (u8, u8, std::cmp::Reverse<usize>, &str, &str) {
        let verdict = match self.verdict {
            Verdict::Stuck => 0,
            Verdict::Degraded => 1,
            Verdict::Terminated => 2,
            Verdict::Healthy => 3,
        };
        let colour = match self.environment.health.as_deref() {
            Some("Grey") => 0,
            Some("Red") => 1,
            Some("Yellow") => 2,
            Some("Green") => 4,
            Some(_) | None => 3,
        };
        let causes = self.findings.iter().filter(|finding| finding.is_cause()).count();
        let Self { environment, .. } = self;
        (verdict, colour, std::cmp::Reverse(causes), &environment.region, &environment.name)
    }
}

impl Scan {
    /// Puts the worst first.
    #[must_use]
    pub fn sorted(mut self) -> Self {
        self.lines.sort_by(|one, other| one.rank().cmp(&other.rank()));
        self
    }

    /// How many are not healthy.
    pub fn unwell(&self) -> usize {
        self.lines.iter().filter(|line| line.verdict != Verdict::Healthy).count()
    }

    /// The regions that could not be read, with why.
    pub fn refused(&self) -> impl Iterator<Item = (&ScannedRegion, &Refused)> {
        self.regions.iter().filter_map(|one| Some((one, one.environments.as_ref().err()?)))
    }
}
