//! Questions to AWS, each of which fills one part of a snapshot.
//!
//! A [`Question`] is plain data: it can be compared, counted and put off until what it needs is
//! known. Which to ask, [`collect`](crate::collect) and [`observe`](super::observe) decide; here
//! is only how each is asked and where its answer goes.

mod balancing;
mod beanstalk;
mod compute;
mod fill;
mod identity;
mod network;
mod scaling;
mod services;
mod stacks;

use tokio::task::JoinSet;

pub use balancing::BalancingQuestion;
pub use beanstalk::BeanstalkQuestion;
pub use compute::ComputeQuestion;
pub use fill::Fill;
pub use identity::{IdentityQuestion, RoleOf};
pub use network::NetworkQuestion;
pub use scaling::ScalingQuestion;
pub use services::ServiceQuestion;
pub use stacks::StackQuestion;

use super::Aws;
use crate::world::Snapshot;

/// One question to AWS.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Question {
    /// To Elastic Beanstalk.
    Beanstalk(BeanstalkQuestion),
    /// To CloudFormation.
    Stack(StackQuestion),
    /// To EC2, about the VPC.
    Network(NetworkQuestion),
    /// To EC2, about instances.
    Compute(ComputeQuestion),
    /// To Auto Scaling.
    Scaling(ScalingQuestion),
    /// To Elastic Load Balancing.
    Balancing(BalancingQuestion),
    /// To STS and IAM.
    Identity(IdentityQuestion),
    /// To RDS, SES, SQS, S3, Service Quotas or CloudTrail.
    Service(ServiceQuestion),
}

impl Question {
    async fn answer(&self, aws: &Aws) -> Fill {
        match self {
            Self::Beanstalk(question) => question.answer(aws).await,
            Self::Stack(question) => question.answer(aws).await,
            Self::Network(question) => question.answer(aws).await,
            Self::Compute(question) => question.answer(aws).await,
            Self::Scaling(question) => question.answer(aws).await,
            Self::Balancing(question) => question.answer(aws).await,
            Self::Identity(question) => question.answer(aws).await,
            Self::Service(question) => question.answer(aws).await,
        }
    }
}

impl Aws {
    /// Asks all questions at once and puts the answers into the snapshot, in the questions' order,
    /// so that the same answers always make the same snapshot.
    ///
    /// # Panics
    /// If reading an answer panicked, which is a bug in this program.
    pub async fn ask(&self, questions: Vec<Question>, snapshot: &mut Snapshot) {
        let mut tasks = JoinSet::new();
        let count = questions.len();
        for (index, question) in questions.into_iter().enumerate() {
            let aws = self.recording_apart();
            tasks.spawn(async move {
                let fill = question.answer(&aws).await;
                (index, fill, aws.take_calls())
            });
        }
        let mut answers: Vec<_> = (0..count).map(|_| None).collect();
        while let Some(done) = tasks.join_next().await {
            match done {
                Ok((index, fill, calls)) => answers[index] = Some((fill, calls)),
                Err(failure) => std::panic::resume_unwind(failure.into_panic()),
            }
        }
        for (fill, calls) in answers.into_iter().flatten() {
            fill(snapshot);
            snapshot.calls.extend(calls);
        }
    }
}
