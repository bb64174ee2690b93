//! RECIPES: YAML that says how a team wants an incident dealt with.
//!
//! A playbook is read ([`parse`]) and checked, chosen by what it says it fits ([`choose`]), and
//! bound to a snapshot ([`bind`]): it orders, restrains and adds to what the planner proposes. It
//! cannot lower a safety rule: guards and data-loss consent stay, and a risk can only be raised.

mod bind;
mod evidence;
mod facts;
mod fit;
mod library;
mod lint;
mod placed;
mod recipe;
mod show;
pub mod ssm;
#[cfg(test)]
mod tests;

pub use bind::{BindError, Ground, bind};
pub use evidence::EVIDENCE;
pub use facts::{FactError, NAMES};
pub use fit::choose;
pub use library::{PlaybookError, Shelved, find, parse, read, shelf};
pub use lint::{Complaint, Known, lint};
pub use placed::Placed;
pub use recipe::{GoalWord, Match, Otherwise, Playbook, StepRule, Tell, UndoRule, WaitRule};
pub use show::show;

/// The JSON Schema of playbooks, from which editors complete.
pub fn schema() -> serde_json::Value {
    let mut schema = schemars::schema_for!(Playbook).to_value();
    schema["$id"] = "https://github.com/ebrescue/ebrescue/playbook.schema.json".into();
    schema
}
