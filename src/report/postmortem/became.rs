//! What became of things that a plan could not name yet: `<made by a1>` is `rtb-…` by now.

use super::Case;
use crate::journal::{History, StepKey};
use crate::plan::{Action, Made, Ref};
use crate::world::{RouteTableId, Snapshot};

/// Knows what every step made, and what the stack's resources are now.
pub(super) struct Became<'a> {
    history: Option<&'a History>,
    last: &'a Snapshot,
}

impl<'a> Became<'a> {
    /// Of a case's session and its last snapshot.
    pub(super) fn of(case: &Case<'a>) -> Self {
        let (last, _) = case.last();
        Self { history: case.session.as_ref().map(|session| session.history), last }
    }

    fn made(&self, key: &StepKey) -> Made {
        self.history.map_or_else(Made::nothing, |history| history.made(key.round))
    }

    /// A text about a step, with identifiers in place of what stood for them.
    pub(super) fn named(&self, key: &StepKey, text: &str) -> String {
        let named = self.made(key).tell(text);
        // Only a step that waited for a stack's resource names one.
        if named.contains('<') { self.of_stack(named) } else { named }
    }

    /// Resources of the environment's stack, `<AWSEBSecurityGroup of the environment's stack>`.
    fn of_stack(&self, mut text: String) -> String {
        let Some(facts) = self.last.stack() else { return text };
        for resource in facts.resources.items() {
            let Some(physical) = resource.physical.as_ref().filter(|id| !id.is_empty()) else {
                continue;
            };
            let of_stack: Ref<RouteTableId> =
                Ref::OfStack { stack: String::new(), logical: resource.logical.to_string() };
            text = text.replace(&of_stack.to_string(), physical);
        }
        text
    }

    /// An action as it would be made now; as it was planned where something is not there.
    pub(super) fn resolved(&self, key: &StepKey, action: &Action) -> Action {
        action.resolve(&self.made(key), self.last).unwrap_or_else(|| action.clone())
    }
}
