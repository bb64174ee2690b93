//! Questions to CloudFormation.

use super::fill::Fill;
use crate::aws::call::missing;
use crate::aws::{Answer, Aws, Reading};
use crate::world::{Observed, StackFacts, StackName};

/// A question to CloudFormation.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum StackQuestion {
    /// A stack itself.
    Stack(StackName),
    /// Its resources.
    Resources(StackName),
    /// Its events.
    Events(StackName),
    /// The events of the last deleted stack of that name.
    DeletedEvents(StackName),
    /// Its policy.
    Policy(StackName),
    /// Who imports its exports.
    Importers {
        /// The stack.
        stack: StackName,
        /// Its exports' names.
        exports: Vec<String>,
    },
    /// Which stack a resource belongs to.
    Owner(String),
}

impl StackQuestion {
    pub(super) async fn answer(&self, aws: &Aws) -> Fill {
        match self {
            Self::Stack(name) => fact(name, aws.stack(name.as_str()).await, |f| &mut f.stack),
            Self::Resources(name) => {
                fact(name, aws.stack_resources(name.as_str()).await, |f| &mut f.resources)
            }
            Self::Events(name) => {
                fact(name, aws.stack_events(name.as_str()).await, |f| &mut f.events)
            }
            Self::DeletedEvents(name) => deleted_events(aws, name).await,
            Self::Policy(name) => {
                fact(name, aws.stack_policy(name.as_str()).await, |f| &mut f.policy)
            }
            Self::Importers { stack, exports } => {
                fact(stack, importers(aws, exports).await, |f| &mut f.importers)
            }
            Self::Owner(physical) => {
                let (physical, owner) = (physical.clone(), aws.stack_owning(physical).await);
                Box::new(move |snapshot| {
                    snapshot.owners.insert(physical, owner.into());
                })
            }
        }
    }
}

/// Puts a reading into one part of a stack's facts.
fn fact<T: Send + 'static>(
    stack: &StackName,
    reading: Reading<T>,
    place: fn(&mut StackFacts) -> &mut Observed<T>,
) -> Fill {
    let (stack, observed) = (stack.clone(), Observed::from(reading));
    Box::new(move |snapshot| *place(snapshot.stacks.entry(stack).or_default()) = observed)
}

/// The events of a stack that is gone; its name finds it no more, its ARN still does.
async fn deleted_events(aws: &Aws, name: &StackName) -> Fill {
    let events = match aws.deleted_stacks(name).await {
        Ok(Answer { value, source }) => match value.into_iter().next() {
            Some(stack) => aws.stack_events(stack.arn.as_str()).await,
            None => Err(missing(source, "no deleted stack of that name")),
        },
        Err(failed) => Err(failed),
    };
    fact(name, events, |facts| &mut facts.events)
}

async fn importers(aws: &Aws, exports: &[String]) -> Reading<Vec<(String, Vec<StackName>)>> {
    let mut all = Vec::new();
    let mut source = aws.unasked("cloudformation:ListImports");
    for export in exports {
        let found = aws.importers(export).await?;
        all.push((export.clone(), found.value));
        source = found.source;
    }
    Ok(Answer { value: all, source })
}
