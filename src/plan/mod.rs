//! WHAT TO DO: pure planning over a snapshot and its diagnosis.
//!
//! A plan is so specific that nothing is left to choose while it is carried out: every action has
//! its guard, its bounded wait, what must hold afterwards, and its way back or why there is none.

mod action;
mod condition;
mod step;

pub use action::{
    Action, BalancingAction, DatabaseAction, DnsAttribute, EndpointAction, EnvironmentAction,
    GatewayAction, IdentityAction, KINDS, Made, MailAction, Named, NetworkAction, NewEnvironment,
    Ref, Risk, ScalingAction, StackAction, Traceable, VpcAction, WaitAction,
};
pub use condition::{Condition, Need, Truth};
pub use step::{Alternative, Expected, Goal, Plan, Refusal, Step, StepId, Undo, Wait};
