//! Looking again: whether conditions hold now, told apart from not being able to tell.

use crate::plan::{Action, Condition, EnvironmentAction, Made, Step, Truth};
use crate::world::{EnvironmentId, Snapshot};

/// What a look at some conditions showed.
#[derive(Clone, Debug)]
pub(super) struct Seen {
    pub(super) holding: Vec<String>,
    pub(super) failing: Vec<String>,
    pub(super) unknown: Vec<String>,
}

impl Seen {
    /// What a snapshot shows of some conditions.
    pub(super) fn of(conditions: &[Condition], made: &Made, snapshot: &Snapshot) -> Self {
        let mut seen = Self { holding: Vec::new(), failing: Vec::new(), unknown: Vec::new() };
        for condition in conditions {
            let list = match condition.holds(snapshot, made) {
                Truth::Yes => &mut seen.holding,
                Truth::No => &mut seen.failing,
                Truth::Unknown => &mut seen.unknown,
            };
            list.push(made.tell(&condition.to_string()));
        }
        seen
    }

    /// Whether all of them hold.
    pub(super) fn all(&self) -> bool {
        self.failing.is_empty() && self.unknown.is_empty()
    }

    /// Whether at least one certainly does not hold.
    pub(super) fn fails(&self) -> bool {
        !self.failing.is_empty()
    }

    /// What keeps it from being well, in words.
    pub(super) fn missing(&self) -> String {
        let not = |text: &String| format!("not so: {text}");
        let open = |text: &String| format!("cannot be told: {text}");
        let texts = self.failing.iter().map(not).chain(self.unknown.iter().map(open));
        texts.collect::<Vec<_>>().join("; ")
    }
}

/// What a step's effect can be seen by before the step is done.
enum Sight<'a> {
    /// By the conditions it is to bring about.
    State,
    /// By the environment's health alone: before a rebuild it may be Ready as well as after it,
    /// and who wants one wants it well.
    Health(&'a EnvironmentId),
    /// By nothing: an option that is removed falls back to a default that only AWS knows, and a
    /// restart, or a deployment of what is there, leaves everything as it was.
    Nothing,
}

fn sight(action: &Action) -> Sight<'_> {
    let Action::Environment(action) = action else { return Sight::State };
    match action {
        EnvironmentAction::Rebuild { environment, .. } => Sight::Health(environment),
        EnvironmentAction::Restart { .. } => Sight::Nothing,
        EnvironmentAction::Update { remove, again, .. } if *again || !remove.is_empty() => {
            Sight::Nothing
        }
        EnvironmentAction::Update { .. }
        | EnvironmentAction::Terminate { .. }
        | EnvironmentAction::Abort { .. }
        | EnvironmentAction::Create(_)
        | EnvironmentAction::SaveConfiguration { .. }
        | EnvironmentAction::DeleteConfiguration { .. }
        | EnvironmentAction::SetOperationsRole { .. } => Sight::State,
    }
}

/// The conditions that all hold if a step is superfluous; empty if nothing can show that.
pub(super) fn superfluous_if(step: &Step) -> Vec<Condition> {
    let wanted = [step.expect.as_slice(), &step.wait.until].concat();
    // What has to be heard after the call cannot be heard before it.
    let heard = |one: &Condition| {
        matches!(one, Condition::EnvironmentSaid { .. } | Condition::StackCameTo { .. })
    };
    let mut held: Vec<Condition> = wanted.into_iter().filter(|one| !heard(one)).collect();
    match sight(&step.action) {
        Sight::Nothing => return Vec::new(),
        Sight::State => {}
        Sight::Health(environment) => held.push(Condition::HealthIn {
            environment: environment.clone(),
            healths: ["Ok", "Info", "Green"].map(str::to_owned).to_vec(),
        }),
    }
    held
}
