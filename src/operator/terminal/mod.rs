//! A person at a terminal: one question for each action, and no is what happens without an answer.

mod prompt;

use super::policy::Policy;
use super::question::{Answer, News, Operator, OperatorError, Purpose, Question};
use super::voice::{Telling, Voice};
use super::words;
use crate::journal::{Approval, Decline};
use crate::plan::Risk;
pub use prompt::{Asked, choose, edit};

/// Asks a person.
#[derive(Debug)]
pub struct Terminal {
    policy: Policy,
    voice: Voice,
    /// The turn's headline, which a question makes superfluous.
    headline: Vec<String>,
}

/// The widest that text gets: longer lines are hard to read.
const WIDEST: usize = 100;

/// How often a wrong name may be typed before that is a no.
const WRONG_NAMES: u32 = 3;

/// What a person typed.
enum Reply {
    Yes(Approval),
    No,
    Details,
    Stop,
    /// Something else, and what to say to it.
    Unclear(String),
}

impl Terminal {
    /// One that asks what the policy does not approve, and tells by a voice.
    ///
    /// A destructive action is asked about whatever the policy says: whoever is there to be asked
    /// types its target's name.
    pub fn new(policy: Policy, telling: Telling) -> Self {
        Self { policy, voice: Voice::new(telling), headline: Vec::new() }
    }

    /// The answer that flags give, where they may.
    fn by_flag(&self, question: &Question<'_>) -> Option<Answer> {
        match self.policy.decides(question)? {
            Answer::Yes(_) if question.risk == Risk::Destructive => None,
            answer @ (Answer::Yes(_) | Answer::No(_) | Answer::Stop) => Some(answer),
        }
    }

    async fn put(&mut self, question: &Question<'_>) -> Result<Answer, OperatorError> {
        let width = width();
        self.voice.rest();
        self.voice.lines(&words::question(question, width));
        let name = words::wants_the_name(question).then(|| question.action.target());
        let mut wrong = 0;
        loop {
            let typed = match prompt::line(&invitation(question, name.as_deref(), width)).await? {
                Asked::Answered(typed) => typed,
                Asked::Left => return Ok(Answer::Stop),
            };
            match understood(typed.trim(), name.as_deref()) {
                Reply::Yes(how) => return Ok(Answer::Yes(how)),
                Reply::No => return Ok(Answer::No(Decline::Person)),
                Reply::Stop => return Ok(Answer::Stop),
                Reply::Details => self.voice.lines(&words::details(question, width)),
                Reply::Unclear(said) => {
                    wrong += 1;
                    self.voice.lines(&words::wrapped(&said, "  ", width));
                    if wrong == WRONG_NAMES {
                        return Ok(Answer::No(Decline::Person));
                    }
                }
            }
        }
    }
}

impl Operator for Terminal {
    async fn ask(&mut self, question: &Question<'_>) -> Result<Answer, OperatorError> {
        if let Some(answer) = self.by_flag(question) {
            return Ok(answer);
        }
        if question.dry_run {
            return Ok(Answer::Yes(Approval::Person));
        }
        self.headline.clear();
        self.put(question).await
    }

    fn may_approve(&self, question: &Question<'_>) -> bool {
        question.purpose == Purpose::TakeBack || self.policy.kept_back(question.step).is_none()
    }

    fn tell(&mut self, news: &News<'_>) {
        if let News::Turn { .. } = news {
            self.headline = words::news(news);
            return;
        }
        let headline = std::mem::take(&mut self.headline);
        if !headline.is_empty() && self.voice.speaks() {
            self.voice.lines(&headline);
        }
        self.voice.tell(news);
    }
}

/// What is asked for, in one line that fits.
fn invitation(question: &Question<'_>, name: Option<&str>, width: usize) -> String {
    let roomy = width >= 70;
    match (name, question.purpose) {
        (Some(name), _) if roomy => {
            format!("  Type {name} to go on ([d]etails, [s]top here, Enter skips) ❯ ")
        }
        (Some(_), _) => "  Type its name (d, s, Enter) ❯ ".to_owned(),
        (None, Purpose::Do) if roomy => {
            "  Do it?  [y]es  [n]o, skip  [d]etails  [s]top here  ❯ ".to_owned()
        }
        (None, Purpose::TakeBack) if roomy => {
            "  Take it back?  [y]es  [n]o, leave it  [d]etails  [s]top here  ❯ ".to_owned()
        }
        (None, Purpose::Do) => "  Do it? y/n/d/s ❯ ".to_owned(),
        (None, Purpose::TakeBack) => "  Take it back? y/n/d/s ❯ ".to_owned(),
    }
}

/// What a typed line means; an empty one is a no.
fn understood(typed: &str, name: Option<&str>) -> Reply {
    if let Some(name) = name {
        // The name first: something could be called `s`.
        if typed == name {
            return Reply::Yes(Approval::TypedName { name: name.to_owned() });
        }
    }
    match (typed.to_ascii_lowercase().as_str(), name) {
        ("" | "n" | "no" | "skip", _) => Reply::No,
        ("d" | "details", _) => Reply::Details,
        ("s" | "stop" | "q" | "quit", _) => Reply::Stop,
        ("y" | "yes", None) => Reply::Yes(Approval::Person),
        (_, Some(name)) => {
            Reply::Unclear(format!("That is not {name} so nothing is done. Enter skips this."))
        }
        (_, None) => Reply::Unclear("Please answer y, n, d or s.".to_owned()),
    }
}

/// How wide text may be here.
fn width() -> usize {
    let terminal = console::Term::stderr().size_checked();
    terminal.map_or(WIDEST, |(_, columns)| usize::from(columns)).min(WIDEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_clear_yes_nothing_is_done() {
        for typed in ["", "n", "N", "no", "skip"] {
            assert!(matches!(understood(typed, None), Reply::No), "{typed:?}");
            assert!(matches!(understood(typed, Some("shop-prod")), Reply::No), "{typed:?}");
        }
        for typed in ["yep", "1", "true", "ok"] {
            assert!(matches!(understood(typed, None), Reply::Unclear(_)), "{typed:?}");
        }
        assert!(matches!(understood("Y", None), Reply::Yes(Approval::Person)));
    }

    #[test]
    fn only_the_whole_name_is_a_yes_where_it_is_wanted() {
        for typed in ["y", "yes", "shop", "Shop-Prod", "shop-prod2"] {
            let reply = understood(typed, Some("shop-prod"));
            assert!(matches!(reply, Reply::Unclear(_)), "{typed:?}");
        }
        let reply = understood("shop-prod", Some("shop-prod"));
        assert!(matches!(reply, Reply::Yes(Approval::TypedName { .. })));
        assert!(matches!(understood("s", Some("s")), Reply::Yes(_)));
    }
}
