//! Nobody is there to ask: flags decide, and nothing is ever prompted for.

use super::policy::Policy;
use super::question::{Answer, News, Operator, OperatorError, Question};
use super::voice::Voice;

/// Answers by flags alone.
#[derive(Debug)]
pub struct Script {
    policy: Policy,
    voice: Voice,
}

impl Script {
    /// One that answers by a policy and tells by a voice.
    pub fn new(policy: Policy, voice: Voice) -> Self {
        Self { policy, voice }
    }
}

impl Operator for Script {
    async fn ask(&mut self, question: &Question<'_>) -> Result<Answer, OperatorError> {
        Ok(self.policy.answer(question))
    }

    fn may_approve(&self, question: &Question<'_>) -> bool {
        matches!(self.policy.answer(question), Answer::Yes(_))
    }

    fn tell(&mut self, news: &News<'_>) {
        self.voice.tell(news);
    }
}
