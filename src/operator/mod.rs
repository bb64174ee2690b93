//! WHO DECIDES: a person at a terminal, or a policy given as flags.
//!
//! Nothing is ever done for want of an answer: without one, or without somebody to ask, it is no.

mod policy;
mod question;
mod script;
mod terminal;
#[cfg(test)]
mod tests;
mod voice;
mod words;

pub use policy::Policy;
pub use question::{Answer, News, Operator, OperatorError, Progress, Purpose, Question};
pub use script::Script;
pub use terminal::{Asked, Terminal, choose, edit};
pub use voice::{Telling, Voice};
