//! WHAT TO DO: pure planning over a snapshot and its diagnosis.
//!
//! A plan is so specific that nothing is left to choose while it is carried out: every action has
//! its guard, its bounded wait, what must hold afterwards, and its way back or why there is none.

mod action;
mod causes;
mod condition;
mod defaults;
mod draft;
mod order;
mod own;
mod pin;
mod planner;
pub mod policy;
mod recovery;
mod safety;
mod step;
#[cfg(test)]
mod tests;
mod times;

#[cfg(test)]
pub(crate) use action::samples::samples as action_samples;
pub use action::{
    Action, BalancingAction, DatabaseAction, DnsAttribute, EndpointAction, EnvironmentAction,
    GatewayAction, IdentityAction, KINDS, Made, MailAction, Named, NetworkAction, NewEnvironment,
    Ref, Risk, ScalingAction, StackAction, Traceable, VpcAction, WaitAction,
};
pub use causes::holds_back_an_end_only;
pub use condition::{Condition, Need, Truth};
pub use order::{Cycle, in_order};
pub use own::{Unsafe, own_step};
pub use pin::{last_that_worked, pin, platform_named};
pub use planner::plan;
pub use step::{
    Alternative, Expected, Goal, Notice, Plan, Refusal, Step, StepId, Undo, Wait, Wishes,
};
