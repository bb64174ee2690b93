//! What a check says: findings with evidence, and the diagnosis they add up to.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::world::{Arn, Gap, Observed};

use super::FindingKind;

/// The code of a finding, `NET-03`; never changes its meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Code(pub &'static str);

impl std::fmt::Display for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.0)
    }
}

/// The part a finding plays in an incident.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Why it happened; without it the rest would be well.
    Cause,
    /// Stands beside a cause and makes it worse or keeps it from healing.
    Contributing,
    /// How a cause shows.
    Symptom,
    /// A hazard that waits; changes nothing about the verdict.
    Risk,
}

/// One fact that speaks for or against a finding, with the call it was read by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// Whether it speaks for the finding.
    pub supports: bool,
    /// The call it was read by, `ec2:DescribeRouteTables`.
    pub source: String,
    /// The fact, with AWS's texts verbatim.
    pub statement: String,
}

impl Evidence {
    /// A fact that speaks for the finding, read by an observation's call.
    pub fn supporting<T>(observed: &Observed<T>, statement: impl Into<String>) -> Self {
        Self {
            supports: true,
            source: observed.operation().to_owned(),
            statement: statement.into(),
        }
    }

    /// A fact that speaks against the finding, or against a rival of it.
    pub fn against<T>(observed: &Observed<T>, statement: impl Into<String>) -> Self {
        Self { supports: false, ..Self::supporting(observed, statement) }
    }
}

/// The change that brought a finding about, as CloudTrail tells it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trigger {
    /// When the call was made.
    pub at: Timestamp,
    /// Who made it: user name, role session or service.
    pub user: String,
    /// Who made it, by ARN.
    pub principal: Option<Arn>,
    /// The call, `DeleteRouteTable`.
    pub call: String,
    /// What it was made on.
    pub resource: String,
    /// CloudTrail's id of the event.
    pub event: String,
}

impl Trigger {
    /// Who did what on what, and when.
    pub fn sentence(&self) -> String {
        let Self { at, user, call, resource, .. } = self;
        format!("{user} called {call} on {resource} at {}", at.strftime("%Y-%m-%d %H:%M:%S UTC"))
    }
}

/// Something that is wrong, or that waits to go wrong.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Finding {
    /// What, with the identifiers that a plan needs.
    pub kind: FindingKind,
    /// The part it plays.
    pub role: Role,
    /// A sentence a person would say.
    pub title: String,
    /// What it means, in two or three sentences.
    pub explanation: String,
    /// Identifiers of what it is about.
    pub resources: Vec<String>,
    /// Why we think so; never empty.
    pub evidence: Vec<Evidence>,
    /// Who brought it about, where CloudTrail tells.
    pub trigger: Option<Trigger>,
    /// How sure it is that this is why, 0 to 100; ranks causes among each other.
    pub weight: u8,
}

impl Finding {
    /// A finding without evidence yet, of middling weight.
    pub(super) fn new(
        kind: impl Into<FindingKind>,
        role: Role,
        title: impl Into<String>,
        explanation: impl Into<String>,
    ) -> Self {
        Self {
            kind: kind.into(),
            role,
            title: title.into(),
            explanation: explanation.into(),
            resources: Vec::new(),
            evidence: Vec::new(),
            trigger: None,
            weight: 50,
        }
    }

    /// Adds identifiers of what it is about.
    pub(super) fn on<T: ToString>(mut self, resources: impl IntoIterator<Item = T>) -> Self {
        for resource in resources {
            let resource = resource.to_string();
            if !resource.is_empty() && !self.resources.contains(&resource) {
                self.resources.push(resource);
            }
        }
        self
    }

    /// Adds a fact that speaks for it.
    pub(super) fn because<T>(mut self, seen: &Observed<T>, statement: impl Into<String>) -> Self {
        self.evidence.push(Evidence::supporting(seen, statement));
        self
    }

    /// Adds facts, gathered elsewhere.
    pub(super) fn with(mut self, evidence: impl IntoIterator<Item = Evidence>) -> Self {
        self.evidence.extend(evidence);
        self
    }

    /// Adds a fact that speaks against it, or against a rival of it.
    pub(super) fn although<T>(mut self, seen: &Observed<T>, statement: impl Into<String>) -> Self {
        self.evidence.push(Evidence::against(seen, statement));
        self
    }

    /// Says how sure it is, 0 to 100.
    pub(super) fn weighing(mut self, weight: u8) -> Self {
        self.weight = weight;
        self
    }

    /// Says who brought it about, where CloudTrail tells, and takes that as evidence.
    pub(super) fn brought_about(mut self, trigger: Option<Trigger>) -> Self {
        if let Some(trigger) = &trigger {
            self.evidence.push(Evidence {
                supports: true,
                source: "cloudtrail:LookupEvents".to_owned(),
                statement: trigger.sentence(),
            });
        }
        self.trigger = trigger;
        self
    }

    /// Its code.
    pub fn code(&self) -> Code {
        self.kind.code()
    }

    /// Whether a plan has to deal with it.
    pub fn is_cause(&self) -> bool {
        self.role == Role::Cause
    }
}

/// One check: its code, its page and its pure function.
#[derive(Clone, Copy, Debug)]
pub struct Check {
    /// The code of what it finds.
    pub code: Code,
    /// A kebab-case name, `route-blackhole`.
    pub name: &'static str,
    /// The page of `explain`: Markdown, first line the title.
    pub docs: &'static str,
    /// Looks; a [`Gap`] is *cannot tell*.
    pub run: fn(&crate::world::Snapshot) -> Result<Vec<Finding>, Gap>,
}

/// How an environment is, all in all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// No cause was found and the environment serves.
    Healthy,
    /// It can be worked with, but something is wrong.
    Degraded,
    /// No ordinary operation gets it out of where it is.
    Stuck,
    /// Its status is Terminated.
    Terminated,
}

impl Verdict {
    /// The verdict as the JSON has it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Healthy => "healthy",
            Self::Degraded => "degraded",
            Self::Stuck => "stuck",
            Self::Terminated => "terminated",
        }
    }
}

/// What could not be looked at.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct NotChecked {
    /// In plain words: `network ACLs`.
    pub what: String,
    /// The call that would have told, `ec2:DescribeNetworkAcls`.
    pub needs: String,
    /// AWS's code, `AccessDenied`.
    pub reason: String,
}

/// All findings about one snapshot, ranked, and what they add up to.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Diagnosis {
    /// How the environment is.
    pub verdict: Verdict,
    /// Findings: causes first, the likeliest on top.
    pub findings: Vec<Finding>,
    /// What could not be looked at.
    pub not_checked: Vec<NotChecked>,
    /// How many checks gave an answer.
    pub checks_run: usize,
}

impl Diagnosis {
    /// The causes, likeliest first.
    pub fn causes(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(|finding| finding.is_cause())
    }
}
