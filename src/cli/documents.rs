//! The JSON documents that commands print, and the schemas of all of them.
//!
//! What a script reads today must still be there tomorrow: keys are only added, every key is there
//! in every document of its schema, and one that has no value is null.

use schemars::{JsonSchema, schema_for};
use serde::Serialize;
use serde_json::Value;

use crate::report::{DiagnosisDocument, Postmortem, RunDocument, SCAN_SCHEMA, ScanDocument};

/// The page of one finding: `explain`.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Explanation {
    /// `ebrescue.explanation/1`.
    pub schema: &'static str,
    /// `NET-03`.
    pub code: &'static str,
    /// `route-blackhole`.
    pub name: &'static str,
    /// The page, in Markdown.
    pub page: &'static str,
}

/// The playbooks at hand: `playbook list`.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Playbooks {
    /// `ebrescue.playbooks/1`.
    pub schema: &'static str,
    /// The built-in ones first.
    pub playbooks: Vec<PlaybookLine>,
}

/// One playbook of a list.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct PlaybookLine {
    /// Its name.
    pub name: String,
    /// What it mends, in a line.
    pub title: String,
    /// The file, or `built in: NAME.yaml`.
    pub origin: String,
    /// The scenarios it can be rehearsed on.
    pub scenarios: Vec<String>,
}

/// One playbook: `playbook show`.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct PlaybookText {
    /// `ebrescue.playbook/1`.
    pub schema: &'static str,
    /// Its name.
    pub name: String,
    /// What it mends, in a line.
    pub title: String,
    /// The file, or `built in: NAME.yaml`.
    pub origin: String,
    /// Its YAML.
    pub text: String,
    /// The same as a person reads it.
    pub shown: String,
}

/// What is wrong with playbooks: `playbook lint`.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Lint {
    /// `ebrescue.lint/1`.
    pub schema: &'static str,
    /// How many files were looked at.
    pub files: usize,
    /// By file and line.
    pub complaints: Vec<LintComplaint>,
}

/// Something wrong with a playbook.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct LintComplaint {
    /// The file.
    pub file: String,
    /// The line, counted from 1; 0 where nobody can tell.
    pub line: u64,
    /// The column, counted from 1.
    pub column: u64,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub hint: String,
}

/// That evidence was saved: `capture`.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Captured {
    /// `ebrescue.capture/1`.
    pub schema: &'static str,
    /// The file.
    pub bundle: String,
    /// How many calls were made.
    pub calls: usize,
    /// How long the file is.
    pub bytes: usize,
}

/// The incidents that can be practised on: `sandbox list`.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Scenarios {
    /// `ebrescue.scenarios/1`.
    pub schema: &'static str,
    /// The healthy ones first.
    pub scenarios: Vec<ScenarioLine>,
}

/// One incident.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ScenarioLine {
    /// What `--sandbox` takes.
    pub name: String,
    /// The group it belongs to.
    pub group: &'static str,
    /// The story's first line.
    pub summary: String,
    /// The story.
    pub story: String,
    /// The environment it is about.
    pub environment: &'static str,
    /// Where.
    pub region: &'static str,
}

/// The line that `sandbox serve` prints.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Served {
    /// Where it listens.
    pub endpoint: String,
    /// Its region.
    pub region: String,
    /// Its account.
    pub account: String,
    /// The environment it is about; null where the account is empty.
    pub environment: Option<String>,
}

/// The sessions kept on a machine: `sessions`.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct SessionList {
    /// `ebrescue.sessions/1`.
    pub schema: &'static str,
    /// The newest first.
    pub sessions: Vec<SessionLine>,
}

/// One session. Of one that cannot be read only its name and the error are known.
#[derive(Clone, Debug, Default, Serialize, JsonSchema)]
pub struct SessionLine {
    /// Its name.
    pub session: String,
    /// What began it: `repair`.
    pub command: Option<String>,
    /// The environment's name.
    pub environment: Option<String>,
    /// Its id.
    pub environment_id: Option<String>,
    /// The account.
    pub account: Option<String>,
    /// The region.
    pub region: Option<String>,
    /// When it was begun, RFC 3339.
    pub opened: Option<String>,
    /// When something was last recorded, RFC 3339.
    pub last: Option<String>,
    /// How it ended; null while it has not.
    pub outcome: Option<String>,
    /// Whether `resume` has something to do.
    pub unfinished: Option<bool>,
    /// How many actions were planned.
    pub actions: Option<usize>,
    /// How many of them had their effect.
    pub done: Option<usize>,
    /// Where it is kept.
    pub folder: Option<String>,
    /// Why it cannot be read.
    pub error: Option<String>,
}

/// Whether a journal is whole: `verify`.
#[derive(Clone, Debug, Default, Serialize, JsonSchema)]
pub struct Verification {
    /// `ebrescue.verification/1`.
    pub schema: &'static str,
    /// The session's name.
    pub session: String,
    /// Whether it is.
    pub valid: bool,
    /// How many records there are; null where it is not whole.
    pub records: Option<usize>,
    /// How long a half-written last line is, in bytes.
    pub torn_bytes: Option<u64>,
    /// The first bad line, counted from 1.
    pub first_bad: Option<u64>,
    /// What is wrong with it.
    pub fault: Option<String>,
}

/// The schema of one sort of document.
#[derive(Clone, Debug)]
pub struct Published {
    /// The file's name in `docs/schemas`, without its extension.
    pub name: &'static str,
    /// The schema.
    pub schema: Value,
}

/// The schemas of all documents, by name.
pub fn schemas() -> Vec<Published> {
    let of = |name: &'static str, says: Option<&str>, schema: schemars::Schema| {
        let mut schema = schema.to_value();
        // A name and no address: nothing is served anywhere. The folder is `docs/schemas`.
        schema["$id"] = format!("urn:ebrescue:schema:{name}").into();
        if let Some(says) = says {
            schema["properties"]["schema"]["const"] = says.into();
        }
        Published { name, schema }
    };
    vec![
        of("capture", Some("ebrescue.capture/1"), schema_for!(Captured)),
        of("diagnosis", Some("ebrescue.diagnosis/1"), schema_for!(DiagnosisDocument)),
        of("explanation", Some("ebrescue.explanation/1"), schema_for!(Explanation)),
        of("lint", Some("ebrescue.lint/1"), schema_for!(Lint)),
        of("plan", Some("ebrescue.plan/1"), schema_for!(super::plan_file::SavedPlan)),
        of("playbook", Some("ebrescue.playbook/1"), schema_for!(PlaybookText)),
        of("playbooks", Some("ebrescue.playbooks/1"), schema_for!(Playbooks)),
        of("report", Some("ebrescue.report/1"), schema_for!(Postmortem)),
        of("run", Some("ebrescue.run/1"), schema_for!(RunDocument)),
        of("scan", Some(SCAN_SCHEMA), schema_for!(ScanDocument)),
        of("scenarios", Some("ebrescue.scenarios/1"), schema_for!(Scenarios)),
        of("served", None, schema_for!(Served)),
        of("sessions", Some("ebrescue.sessions/1"), schema_for!(SessionList)),
        of("verification", Some("ebrescue.verification/1"), schema_for!(Verification)),
        Published { name: "playbook-file", schema: crate::playbook::schema() },
    ]
}
