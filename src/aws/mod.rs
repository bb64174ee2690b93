//! THE ONLY MODULE THAT NAMES AN SDK TYPE: calls go out here and plain world data comes back.
//!
//! [`Aws`] is a session in one region. Each service has a file of functions on it that read
//! something and return it as a [`Reading`]: the answer with the call as evidence, or what went
//! wrong, told apart by what can be done about it ([`ErrorKind`]). Every call waits for its turn
//! at the rate governor, is repeated only where that is safe, and is recorded.
//!
//! Secrets stop here: environment properties become names, lengths and clues, CloudTrail's
//! parameters are stripped and mail addresses masked before anything is returned.

mod apply;
mod balancing;
mod beanstalk;
mod body;
mod call;
mod cloud;
mod cloudformation;
mod convert;
mod databases;
mod ec2;
mod error;
mod governor;
mod iam;
mod mail;
mod names;
mod observe;
mod preflight;
mod property;
mod question;
mod redact;
mod scaling;
mod session;
mod surroundings;
mod trail;

pub use beanstalk::EnvironmentRef;
pub use call::{Answer, Failed, Reading};
pub use error::{AwsError, ErrorKind};
pub use governor::governed;
pub use question::{
    BalancingQuestion, BeanstalkQuestion, ComputeQuestion, Fill, IdentityQuestion, NetworkQuestion,
    Question, RoleOf, ScalingQuestion, ServiceQuestion, StackQuestion,
};
pub use session::{Aws, SessionSettings};
pub use trail::TrailQuery;
