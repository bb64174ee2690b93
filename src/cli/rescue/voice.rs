//! Who decides in this run: the person at the terminal, or the flags alone.

use crate::cli::args::Approval;
use crate::cli::settings::Settings;
use crate::operator::{
    Answer, News, Operator, OperatorError, Question, Script, Telling, Terminal, Voice,
};

/// The person or the flags.
#[derive(Debug)]
pub enum Decider {
    /// Somebody is there.
    Person(Box<Terminal>),
    /// Nobody is.
    Flags(Box<Script>),
}

impl Decider {
    /// Whoever decides by these settings.
    pub fn new(approval: &Approval, settings: &Settings) -> Self {
        let telling = match (settings.quiet, settings.screen.live) {
            (true, _) => Telling::Quiet,
            (false, true) => Telling::Live,
            (false, false) => Telling::Lines,
        };
        let policy = approval.policy();
        if settings.interactive {
            Self::Person(Box::new(Terminal::new(policy, telling)))
        } else {
            Self::Flags(Box::new(Script::new(policy, Voice::new(telling))))
        }
    }
}

impl Operator for Decider {
    async fn ask(&mut self, question: &Question<'_>) -> Result<Answer, OperatorError> {
        match self {
            Self::Person(terminal) => terminal.ask(question).await,
            Self::Flags(script) => script.ask(question).await,
        }
    }

    fn may_approve(&self, question: &Question<'_>) -> bool {
        match self {
            Self::Person(terminal) => terminal.may_approve(question),
            Self::Flags(script) => script.may_approve(question),
        }
    }

    fn tell(&mut self, news: &News<'_>) {
        match self {
            Self::Person(terminal) => terminal.tell(news),
            Self::Flags(script) => script.tell(news),
        }
    }
}
