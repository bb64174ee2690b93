//! A diagnosis as JSON, schema `ebrescue.diagnosis/1`.

use schemars::JsonSchema;
use serde::Serialize;

use super::{plain, redacted};
use crate::check::{Diagnosis, Finding, NotChecked, Role};
use crate::plan::{Notice, Plan, Step, Undo};
use crate::world::{Observed, Snapshot};

/// The name of the schema; its number changes only if a key changes its meaning.
pub const DIAGNOSIS_SCHEMA: &str = "ebrescue.diagnosis/1";

/// What is wrong with an environment, and what would repair it.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct DiagnosisDocument {
    /// `ebrescue.diagnosis/1`.
    pub schema: &'static str,
    /// The environment.
    pub environment: EnvironmentDocument,
    /// `healthy`, `degraded`, `stuck` or `terminated`.
    #[schemars(extend("enum" = ["healthy", "degraded", "stuck", "terminated"]))]
    pub verdict: &'static str,
    /// Findings: causes first, the likeliest on top.
    pub findings: Vec<FindingDocument>,
    /// What could not be looked at.
    pub not_checked: Vec<NotCheckedDocument>,
    /// The playbook that the plan follows.
    pub playbook: Option<String>,
    /// What would repair it.
    pub plan: PlanDocument,
    /// When it was looked at, RFC 3339.
    pub taken_at: String,
}

/// An environment.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct EnvironmentDocument {
    /// Its name.
    pub name: String,
    /// `e-…`.
    pub id: String,
    /// Its application.
    pub application: String,
    /// The account, where it could be read.
    pub account: Option<String>,
    /// The region.
    pub region: String,
    /// Ready, Updating and so on.
    pub status: String,
    /// Green, Yellow, Red or Grey.
    pub health: Option<String>,
    /// Ok, Severe and so on; absent with basic health reporting.
    pub health_status: Option<String>,
    /// The platform version's ARN, else its solution stack.
    pub platform: Option<String>,
    /// Its CloudFormation stack.
    pub stack: StackDocument,
}

/// A stack.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct StackDocument {
    /// Its name.
    pub name: String,
    /// Its status; absent where it could not be read.
    pub status: Option<String>,
}

/// One finding.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct FindingDocument {
    /// `NET-03`.
    pub code: String,
    /// `route-blackhole`.
    pub name: String,
    /// The part it plays.
    #[schemars(extend("enum" = ["cause", "contributing", "symptom", "risk"]))]
    pub role: &'static str,
    /// A sentence a person would say.
    pub title: String,
    /// What it means.
    pub explanation: String,
    /// Identifiers of what it is about.
    pub resources: Vec<String>,
    /// Facts for and against.
    pub evidence: Vec<EvidenceDocument>,
    /// Who brought it about, where CloudTrail tells.
    pub trigger: Option<TriggerDocument>,
}

/// One fact.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct EvidenceDocument {
    /// Whether it speaks for the finding.
    pub supports: bool,
    /// The call it was read by.
    pub source: String,
    /// The fact.
    pub statement: String,
}

/// The change that brought a finding about.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct TriggerDocument {
    /// When, RFC 3339.
    pub at: String,
    /// Who.
    pub user: String,
    /// The call.
    pub call: String,
    /// What it was made on.
    pub resource: String,
    /// CloudTrail's id of the event.
    pub event: String,
}

/// Something that could not be looked at.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct NotCheckedDocument {
    /// In plain words.
    pub what: String,
    /// The call that would have told.
    pub needs: String,
    /// AWS's code.
    pub reason: String,
}

/// What is to be done.
#[derive(Clone, Debug, Default, Serialize, JsonSchema)]
pub struct PlanDocument {
    /// The actions in order.
    pub actions: Vec<ActionDocument>,
    /// Other ways that were weighed.
    pub alternatives: Vec<AlternativeDocument>,
    /// What is not done and why.
    pub refused: Vec<RefusedDocument>,
    /// What only a person or AWS Support can do.
    pub beyond: Vec<RefusedDocument>,
    /// `healthy` or `terminated`; absent where nothing is planned.
    pub goal: Option<&'static str>,
    /// Whom to tell what at the end, by the playbook.
    pub tell: Vec<NoticeDocument>,
}

/// What somebody is to be told.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct NoticeDocument {
    /// Who.
    pub who: String,
    /// What.
    pub what: String,
}

/// One action.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ActionDocument {
    /// `a1`.
    pub id: String,
    /// `create-route`.
    pub kind: String,
    /// What it changes.
    pub target: String,
    /// How much it can hurt.
    #[schemars(extend("enum" = ["safe", "disruptive", "destructive"]))]
    pub risk: &'static str,
    /// Codes of the findings it is for.
    pub because: Vec<String>,
    /// The AWS CLI line that takes it back; null where there is none or none is needed.
    pub undo: Option<String>,
    /// Why there is no way back, where there is none.
    pub no_undo: Option<String>,
    /// What is lost for good.
    pub data_loss: Vec<String>,
    /// A sentence that says what is done.
    pub title: String,
    /// What people will notice.
    pub effect: String,
    /// The permissions it needs.
    pub permissions: Vec<String>,
    /// The equivalent AWS CLI line.
    pub command: String,
    /// Actions that must have succeeded before.
    pub after: Vec<String>,
    /// How long it usually takes.
    pub usual_seconds: u64,
    /// The longest it may take.
    pub at_most_seconds: u64,
}

/// Another way.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct AlternativeDocument {
    /// What it is.
    pub what: String,
    /// Why it was not chosen, or when to choose it.
    pub why_not: String,
}

/// Something that is not done.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct RefusedDocument {
    /// What.
    pub what: String,
    /// Why.
    pub why: String,
}

impl DiagnosisDocument {
    /// The document of a diagnosis and its plan.
    pub fn new(snapshot: &Snapshot, diagnosis: &Diagnosis, plan: Option<&Plan>) -> Self {
        Self {
            schema: DIAGNOSIS_SCHEMA,
            environment: EnvironmentDocument::of(snapshot),
            verdict: diagnosis.verdict.as_str(),
            findings: diagnosis.findings.iter().map(FindingDocument::of).collect(),
            not_checked: diagnosis.not_checked.iter().map(NotCheckedDocument::of).collect(),
            playbook: plan.map(|plan| plain(&plan.playbook)).filter(|name| !name.is_empty()),
            plan: plan.map(PlanDocument::of).unwrap_or_default(),
            taken_at: snapshot.taken_at.to_string(),
        }
    }
}

impl NotCheckedDocument {
    /// What could not be looked at.
    pub fn of(gap: &NotChecked) -> Self {
        Self { what: redacted(&gap.what), needs: plain(&gap.needs), reason: plain(&gap.reason) }
    }
}

impl EnvironmentDocument {
    pub(super) fn of(snapshot: &Snapshot) -> Self {
        let environment = snapshot.environment.value();
        let text = |text: &str| plain(text);
        let stack = snapshot.stack().map(|facts| &facts.stack);
        Self {
            name: environment.map(|one| text(&one.name)).unwrap_or_default(),
            id: environment.map(|one| text(one.id.as_str())).unwrap_or_default(),
            application: environment.map(|one| text(&one.application)).unwrap_or_default(),
            account: snapshot.caller.value().map(|caller| text(caller.account.as_str())),
            region: text(snapshot.region.as_str()),
            status: environment.map(|one| text(one.status.as_str())).unwrap_or_default(),
            health: environment.and_then(|one| one.health.as_deref().map(text)),
            health_status: environment.and_then(|one| one.health_status.as_deref().map(text)),
            platform: environment.and_then(|one| {
                let arn = one.platform_arn.as_ref().map(crate::world::Arn::as_str);
                arn.or(one.solution_stack.as_deref()).map(text)
            }),
            stack: StackDocument {
                name: environment.map(|one| text(one.stack_name().as_str())).unwrap_or_default(),
                status: stack.and_then(stack_status),
            },
        }
    }
}

/// A stack's status; one that AWS does not find has been deleted.
fn stack_status(stack: &Observed<crate::world::Stack>) -> Option<String> {
    match stack {
        Observed::Known { value, .. } => Some(plain(value.status.as_str())),
        Observed::Absent { .. } => Some("DELETE_COMPLETE".to_owned()),
        Observed::Unreadable { .. } | Observed::NotCollected => None,
    }
}

impl FindingDocument {
    fn of(finding: &Finding) -> Self {
        Self {
            code: finding.code().to_string(),
            name: name(finding),
            role: role(finding.role),
            title: redacted(&finding.title),
            explanation: redacted(&finding.explanation),
            resources: finding.resources.iter().map(|id| redacted(id)).collect(),
            evidence: finding
                .evidence
                .iter()
                .map(|fact| EvidenceDocument {
                    supports: fact.supports,
                    source: plain(&fact.source),
                    statement: redacted(&fact.statement),
                })
                .collect(),
            trigger: finding.trigger.as_ref().map(|trigger| TriggerDocument {
                at: trigger.at.to_string(),
                user: redacted(&trigger.user),
                call: plain(&trigger.call),
                resource: redacted(&trigger.resource),
                event: plain(&trigger.event),
            }),
        }
    }
}

/// The word of the contract for a role.
pub(super) fn role(role: Role) -> &'static str {
    match role {
        Role::Cause => "cause",
        Role::Contributing => "contributing",
        Role::Symptom => "symptom",
        Role::Risk => "risk",
    }
}

/// A finding's kebab-case name: that of its variant, as serde writes it.
pub(super) fn name(finding: &Finding) -> String {
    let kind = serde_json::to_value(&finding.kind).unwrap_or_default();
    let fault = kind.as_object().and_then(|map| map.values().next());
    let fault = fault.and_then(serde_json::Value::as_object).and_then(|map| map.keys().next());
    fault.cloned().unwrap_or_default()
}

impl PlanDocument {
    /// The document of a plan.
    pub fn of(plan: &Plan) -> Self {
        let refused = |all: &[crate::plan::Refusal]| {
            let document = |one: &crate::plan::Refusal| RefusedDocument {
                what: redacted(&one.what),
                why: redacted(&one.why),
            };
            all.iter().map(document).collect()
        };
        Self {
            actions: plan.steps.iter().map(ActionDocument::of).collect(),
            alternatives: plan
                .alternatives
                .iter()
                .map(|other| AlternativeDocument {
                    what: redacted(&other.what),
                    why_not: redacted(&other.why_not),
                })
                .collect(),
            refused: refused(&plan.refusals),
            beyond: refused(&plan.beyond),
            tell: plan.tell.iter().map(NoticeDocument::of).collect(),
            goal: Some(match plan.goal {
                crate::plan::Goal::Healthy => "healthy",
                crate::plan::Goal::Terminated => "terminated",
            }),
        }
    }
}

impl NoticeDocument {
    fn of(notice: &Notice) -> Self {
        Self { who: redacted(&notice.who), what: redacted(&notice.what) }
    }
}

impl ActionDocument {
    fn of(step: &Step) -> Self {
        let (undo, no_undo) = match &step.undo {
            Undo::By(action) => (Some(plain(&action.command())), None),
            Undo::NotNeeded => (None, None),
            Undo::Impossible { why } => (None, Some(redacted(why))),
        };
        Self {
            id: step.id.to_string(),
            kind: step.action.kind().to_owned(),
            target: plain(&step.action.target()),
            risk: step.risk.as_str(),
            because: step.because.clone(),
            undo,
            no_undo,
            data_loss: step.data_loss.iter().map(|name| plain(name)).collect(),
            title: redacted(&step.title),
            effect: redacted(&step.effect),
            permissions: step.action.permissions().iter().map(ToString::to_string).collect(),
            command: plain(&step.action.command()),
            after: step.after.iter().map(ToString::to_string).collect(),
            usual_seconds: step.wait.expected.usual_seconds,
            at_most_seconds: step.wait.expected.at_most_seconds,
        }
    }
}
