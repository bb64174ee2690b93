//! A scan as JSON, schema `ebrescue.scan/1`.

use schemars::JsonSchema;
use serde::Serialize;

use super::{Scan, ScanLine, ScannedRegion};
use crate::check::Finding;
use crate::report::diagnosis_json::{EnvironmentDocument, NotCheckedDocument, name, role};
use crate::report::{plain, redacted};

/// The name of the schema; its number changes only if a key changes its meaning.
pub const SCAN_SCHEMA: &str = "ebrescue.scan/1";

/// All environments of some regions.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ScanDocument {
    /// `ebrescue.scan/1`.
    pub schema: &'static str,
    /// The account, where it could be read.
    pub account: Option<String>,
    /// The regions that were asked for.
    pub regions: Vec<RegionDocument>,
    /// Every environment of the regions that could be read, worst first.
    pub environments: Vec<ScannedDocument>,
    /// What could not be looked at: a whole region, or some of what is in it.
    pub not_checked: Vec<NotCheckedThere>,
    /// When it was looked, RFC 3339.
    pub taken_at: String,
}

/// A region.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct RegionDocument {
    /// Its code.
    pub region: String,
    /// Whether its environments could be listed.
    pub read: bool,
    /// How many it has; null where that could not be read.
    pub environments: Option<usize>,
    /// How many of them are not healthy; null where that could not be read.
    pub unwell: Option<usize>,
    /// How many calls were made in it.
    pub calls: usize,
    /// Why it could not be read.
    pub error: Option<ErrorDocument>,
}

/// Why a region could not be read.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ErrorDocument {
    /// AWS's code.
    pub code: String,
    /// The whole sentence.
    pub message: String,
}

/// An environment and how it is.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ScannedDocument {
    /// The environment, as in a diagnosis.
    #[serde(flatten)]
    pub environment: EnvironmentDocument,
    /// `healthy`, `degraded`, `stuck` or `terminated`.
    #[schemars(extend("enum" = ["healthy", "degraded", "stuck", "terminated"]))]
    pub verdict: &'static str,
    /// What was found, causes first, the likeliest on top.
    pub findings: Vec<FoundDocument>,
}

/// What was found, in short; `diagnose` has the evidence.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct FoundDocument {
    /// `NET-03`.
    pub code: String,
    /// `route-blackhole`.
    pub name: String,
    /// The part it plays.
    #[schemars(extend("enum" = ["cause", "contributing", "symptom", "risk"]))]
    pub role: &'static str,
    /// A sentence a person would say.
    pub title: String,
    /// What it is about.
    pub resources: Vec<String>,
}

/// What could not be looked at, and where.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct NotCheckedThere {
    /// The region.
    pub region: String,
    /// What, in plain words.
    #[serde(flatten)]
    pub gap: NotCheckedDocument,
}

impl ScanDocument {
    /// The document of a scan.
    pub fn new(scan: &Scan, taken_at: jiff::Timestamp) -> Self {
        let regions = scan.regions.iter();
        Self {
            schema: SCAN_SCHEMA,
            account: scan.account.as_deref().map(plain),
            regions: regions.clone().map(|region| RegionDocument::of(region, scan)).collect(),
            environments: scan.lines.iter().map(ScannedDocument::of).collect(),
            not_checked: regions.flat_map(not_checked).collect(),
            taken_at: taken_at.to_string(),
        }
    }
}

/// A region that could not be read at all is one gap, else what was missing in it.
fn not_checked(region: &ScannedRegion) -> Vec<NotCheckedThere> {
    let there = |gap: NotCheckedDocument| NotCheckedThere { region: plain(&region.region), gap };
    match &region.environments {
        Ok(_) => region.not_checked.iter().cloned().map(there).collect(),
        Err(refused) => vec![there(NotCheckedDocument {
            what: "environments".to_owned(),
            needs: "elasticbeanstalk:DescribeEnvironments".to_owned(),
            reason: plain(&refused.code),
        })],
    }
}

impl RegionDocument {
    fn of(region: &ScannedRegion, scan: &Scan) -> Self {
        let ScannedRegion { region: name, calls, environments, not_checked: _ } = region;
        let unwell = scan.lines.iter().filter(|line| {
            line.environment.region == *name && line.verdict != crate::check::Verdict::Healthy
        });
        Self {
            region: plain(name),
            read: environments.is_ok(),
            environments: environments.as_ref().ok().copied(),
            unwell: environments.is_ok().then(|| unwell.count()),
            calls: *calls,
            error: environments.as_ref().err().map(|refused| ErrorDocument {
                code: plain(&refused.code),
                message: redacted(&refused.message),
            }),
        }
    }
}

impl ScannedDocument {
    fn of(line: &ScanLine) -> Self {
        Self {
            environment: line.environment.clone(),
            verdict: line.verdict.as_str(),
            findings: line.findings.iter().map(FoundDocument::of).collect(),
        }
    }
}

impl FoundDocument {
    fn of(finding: &Finding) -> Self {
        Self {
            code: finding.code().to_string(),
            name: name(finding),
            role: role(finding.role),
            title: redacted(&finding.title),
            resources: finding.resources.iter().map(|id| redacted(id)).collect(),
        }
    }
}
