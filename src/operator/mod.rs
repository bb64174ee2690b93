//! WHO DECIDES: a person at a terminal, or a policy given as flags.

mod policy;
mod question;
mod words;

pub use policy::Policy;
pub use question::{Answer, News, Operator, OperatorError, Progress, Purpose, Question};
