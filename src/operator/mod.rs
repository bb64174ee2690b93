//! WHO DECIDES: a person at a terminal, or a policy given as flags.

mod question;

pub use question::{Answer, News, Operator, OperatorError, Progress, Purpose, Question};
