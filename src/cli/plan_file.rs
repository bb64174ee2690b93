//! A saved plan: hashed, so that what was reviewed is what is applied.

use std::path::Path;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::exit::Exit;
use super::failure::Failure;
use super::look::Look;
use crate::plan::Plan;
use crate::plan::policy::Work;
use crate::report::{DiagnosisDocument, PlanDocument};

/// The name of the file's format.
const SCHEMA: &str = "ebrescue.plan/1";
/// The key of the hash.
const HASH: &str = "sha256";

/// What the file holds besides its hash.
///
/// `actions`, `findings` and the like are for the reviewer, in the words of the diagnosis; `plan`
/// is what is carried out. The hash covers both, so that neither can differ from what was made.
#[derive(Serialize)]
struct Content<'a> {
    schema: &'static str,
    program: &'static str,
    diagnosis: &'a DiagnosisDocument,
    actions: PlanDocument,
    plan: &'a Plan,
    work: SavedWork,
}

/// A saved plan, for whoever reads one: the same with its hash.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct SavedPlan {
    /// `ebrescue.plan/1`.
    pub schema: &'static str,
    /// The version of the program that made it.
    pub program: String,
    /// The diagnosis it was made from.
    pub diagnosis: DiagnosisDocument,
    /// What is done, in the words of the diagnosis, for the reviewer.
    pub actions: PlanDocument,
    /// What `apply` carries out; its form is ebrescue's own.
    pub plan: serde_json::Map<String, Value>,
    /// SHA-256 of all the rest, keys sorted and without spaces, in hexadecimal.
    pub sha256: String,
}

/// The part that is read back.
#[derive(Deserialize)]
struct Read {
    plan: Plan,
    /// Absent in the files of the first version.
    #[serde(default)]
    work: SavedWork,
}

/// What a policy for the plan has to know besides the plan itself.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct SavedWork {
    /// The environment's application.
    application: Option<String>,
    /// Whether the environment has an operations role.
    operations_role: bool,
}

impl SavedWork {
    fn saved(look: &Look, plan: &Plan) -> Self {
        let Work { scope: _, application, operations_role } = Work::of(&plan.scope, &look.snapshot);
        Self { application: application.map(str::to_owned), operations_role }
    }

    /// The work that a plan is.
    pub fn of<'a>(&'a self, plan: &'a Plan) -> Work<'a> {
        Work {
            scope: &plan.scope,
            application: self.application.as_deref(),
            operations_role: self.operations_role,
        }
    }
}

/// The document of a plan with its hash.
pub fn document(look: &Look, plan: &Plan) -> Result<Value, Failure> {
    let diagnosis = look.document(Some(plan));
    let content = Content {
        schema: SCHEMA,
        program: env!("CARGO_PKG_VERSION"),
        diagnosis: &diagnosis,
        actions: PlanDocument::of(plan),
        plan,
        work: SavedWork::saved(look, plan),
    };
    let mut value = serde_json::to_value(content)
        .map_err(|error| Failure::new(Exit::Bug, "cannot write JSON").because(&error))?;
    value[HASH] = hash(&value).into();
    Ok(value)
}

/// Reads a plan back and refuses one that was altered.
pub fn read(path: &Path) -> Result<Plan, Failure> {
    read_with_work(path).map(|(plan, _)| plan)
}

/// The same, with what a policy for it has to know.
pub fn read_with_work(path: &Path) -> Result<(Plan, SavedWork), Failure> {
    let name = path.display();
    let wrong = |what: &str| Failure::new(Exit::NotFound, format!("{what} {name}"));
    let text = std::fs::read(path).map_err(|error| wrong("cannot read").because(&error))?;
    let mut value: Value =
        serde_json::from_slice(&text).map_err(|error| wrong("this is no plan:").because(&error))?;
    if value.get("schema").and_then(Value::as_str) != Some(SCHEMA) {
        return Err(wrong("this is no plan of a version that can be read:"));
    }
    let said = value.as_object_mut().and_then(|map| map.remove(HASH));
    if said.as_ref().and_then(Value::as_str) != Some(hash(&value).as_str()) {
        return Err(wrong("the plan was altered after it was saved:")
            .hinted("save a new one with `ebrescue plan -o FILE`"));
    }
    let read: Read = serde_json::from_value(value)
        .map_err(|error| wrong("this plan cannot be read:").because(&error))?;
    Ok((read.plan, read.work))
}

/// The SHA-256 of a value's one canonical text: keys sorted, no spaces.
fn hash(value: &Value) -> String {
    use std::fmt::Write as _;
    let digest = Sha256::digest(canonical(value).as_bytes());
    digest.iter().fold(String::new(), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// A value as text with its keys sorted, whatever order it was read in.
fn canonical(value: &Value) -> String {
    match value {
        Value::Object(map) => {
            let mut keys: Vec<&String> = map.keys().collect();
            keys.sort();
            let pairs: Vec<String> = keys
                .into_iter()
                .map(|key| format!("{}:{}", Value::from(key.as_str()), canonical(&map[key])))
                .collect();
            format!("{{{}}}", pairs.join(","))
        }
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(canonical).collect();
            format!("[{}]", items.join(","))
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_does_not_depend_on_the_order_of_keys_or_on_spaces() {
        let one: Value =
            serde_json::from_str(r#"{"a": [1, {"c": 2, "b": "x"}], "d": null}"#).unwrap();
        let other: Value = serde_json::from_str(r#"{"d":null,"a":[1,{"b":"x","c":2}]}"#).unwrap();
        assert_eq!(hash(&one), hash(&other));
        let altered: Value = serde_json::from_str(r#"{"d":null,"a":[1,{"b":"y","c":2}]}"#).unwrap();
        assert_ne!(hash(&one), hash(&altered));
    }
}
