//! What the executor needs of AWS.

use jiff::Timestamp;

use super::apply::{Attempt, TOKEN_TAG};
use super::{Aws, EnvironmentRef, preflight};
use crate::execute::{Accepted, Happening, HappeningSource};
use crate::execute::{CallError, Cloud, Preflight, Trace};
use crate::plan::{Action, Condition, EnvironmentAction, StackAction, Traceable};
use crate::world::{
    EnvironmentEvent, EnvironmentId, Observed, Scope, Snapshot, StackEvent, StackName, stack_name,
};

impl Cloud for Aws {
    async fn apply(&self, action: &Action, token: &str) -> Result<Accepted, CallError> {
        Attempt { aws: self, token, dry_run: false }.make(action).await
    }

    async fn observe(&self, conditions: &[Condition]) -> Result<Snapshot, CallError> {
        self.look(conditions).await
    }

    async fn happenings(
        &self,
        scope: &Scope,
        since: Timestamp,
    ) -> Result<Vec<Happening>, CallError> {
        let environment = EnvironmentRef::Id(scope.environment.clone());
        let stack = stack_name(&scope.environment);
        let (told, made) = tokio::join!(
            self.events_since(&environment, Some(since)),
            self.stack_events(stack.as_str()),
        );
        let mut all = Vec::new();
        let of_environment = told.as_ref().map(|told| told.value.as_slice()).unwrap_or_default();
        all.extend(of_environment.iter().map(|event| said(event, &scope.name)));
        let of_stack = made.as_ref().map(|made| made.value.as_slice()).unwrap_or_default();
        all.extend(of_stack.iter().map(happened));
        all.retain(|happening| happening.at >= since);
        all.sort();
        match (told, made) {
            (Err(failed), Err(_)) => Err(failed.into()),
            (_, _) => Ok(all),
        }
    }

    async fn trace(
        &self,
        action: &Action,
        token: &str,
        since: Timestamp,
    ) -> Result<Trace, CallError> {
        match (action.traceable(), action) {
            (Traceable::Announced(texts), Action::Environment(action)) => {
                self.announced(action, texts, since).await
            }
            (Traceable::StackToken, Action::Stack(action)) => {
                self.in_stack_events(action, token).await
            }
            (Traceable::Tag, _) => self.tagged(token).await,
            (Traceable::EffectAlone | Traceable::Announced(_) | Traceable::StackToken, _) => {
                Ok(Trace::CannotTell)
            }
        }
    }

    async fn preflight(&self, action: &Action) -> Preflight {
        preflight::check(self, action).await
    }
}

impl Aws {
    /// Whether Elastic Beanstalk said that it began.
    async fn announced(
        &self,
        action: &EnvironmentAction,
        texts: &[&str],
        since: Timestamp,
    ) -> Result<Trace, CallError> {
        let of = match action {
            EnvironmentAction::Terminate { environment, .. }
            | EnvironmentAction::Rebuild { environment, .. }
            | EnvironmentAction::Update { environment, .. }
            | EnvironmentAction::Abort { environment, .. }
            | EnvironmentAction::Restart { environment, .. }
            | EnvironmentAction::SaveConfiguration { environment, .. }
            | EnvironmentAction::SetOperationsRole { environment, .. } => {
                EnvironmentRef::Id(environment.clone())
            }
            EnvironmentAction::Create(new) => EnvironmentRef::Name(new.name.clone()),
            EnvironmentAction::DeleteConfiguration { .. } => return Ok(Trace::CannotTell),
        };
        let events = match self.events_since(&of, Some(since)).await {
            Ok(events) => events.value,
            Err(failed) => return cannot_tell(failed.into()),
        };
        let event = events.iter().find(|event| {
            event.at > since && texts.iter().any(|text| event.message.contains(text))
        });
        let Some(event) = event else { return Ok(Trace::NotSeen) };
        let made = match action {
            EnvironmentAction::Create(_) => self.id_of(&of).await.map(|id| id.to_string()),
            EnvironmentAction::Terminate { .. }
            | EnvironmentAction::Rebuild { .. }
            | EnvironmentAction::Update { .. }
            | EnvironmentAction::Abort { .. }
            | EnvironmentAction::Restart { .. }
            | EnvironmentAction::SaveConfiguration { .. }
            | EnvironmentAction::DeleteConfiguration { .. }
            | EnvironmentAction::SetOperationsRole { .. } => None,
        };
        let evidence = format!("Elastic Beanstalk said at {}: {}", event.at, event.message);
        Ok(Trace::Seen { evidence, made })
    }

    async fn id_of(&self, environment: &EnvironmentRef) -> Option<EnvironmentId> {
        let found = self.environment(environment).await.ok()?;
        found.value.into_iter().next().map(|found| found.id)
    }

    /// Whether a stack's events carry the token.
    async fn in_stack_events(&self, action: &StackAction, token: &str) -> Result<Trace, CallError> {
        let stack = match action {
            StackAction::Delete { stack, .. }
            | StackAction::ContinueRollback { stack, .. }
            | StackAction::Rollback { stack }
            | StackAction::CancelUpdate { stack }
            | StackAction::Protect { stack, .. }
            | StackAction::Signal { stack, .. } => stack,
        };
        let events = match Observed::from(self.stack_events(stack.as_str()).await) {
            Observed::Known { value, .. } => value,
            // The stack is gone; only its ARN still finds what happened to it.
            Observed::Absent { .. } => self.events_of_deleted(stack).await,
            Observed::Unreadable { .. } | Observed::NotCollected => return Ok(Trace::CannotTell),
        };
        let own = events.iter().find(|event| event.token.as_deref() == Some(token));
        Ok(match own {
            Some(event) => Trace::Seen {
                evidence: format!(
                    "the stack's event {} at {} has its token",
                    event.status, event.at
                ),
                made: None,
            },
            None if events.is_empty() => Trace::CannotTell,
            None => Trace::NotSeen,
        })
    }

    async fn events_of_deleted(&self, stack: &StackName) -> Vec<StackEvent> {
        let Ok(found) = self.deleted_stacks(stack).await else { return Vec::new() };
        let Some(latest) = found.value.first() else { return Vec::new() };
        self.stack_events(latest.arn.as_str()).await.map(|events| events.value).unwrap_or_default()
    }

    /// Whether anything carries the token as a tag.
    async fn tagged(&self, token: &str) -> Result<Trace, CallError> {
        let found = self.resources_tagged(TOKEN_TAG, token).await;
        match found {
            Ok(found) => Ok(match found.value.into_iter().next() {
                Some(id) => Trace::Seen {
                    evidence: format!("{id} carries its token as a tag"),
                    made: Some(id),
                },
                None => Trace::NotSeen,
            }),
            Err(failed) => cannot_tell(failed.into()),
        }
    }
}

/// A read that failed tells nothing, unless AWS cannot be used at all.
fn cannot_tell(error: CallError) -> Result<Trace, CallError> {
    match error {
        CallError::Unusable { .. } => Err(error),
        CallError::InDoubt { .. }
        | CallError::Denied { .. }
        | CallError::Busy(_)
        | CallError::Refused(_)
        | CallError::Throttled { .. } => Ok(Trace::CannotTell),
    }
}

fn said(event: &EnvironmentEvent, name: &str) -> Happening {
    Happening {
        at: event.at,
        source: HappeningSource::ElasticBeanstalk,
        subject: event.environment.clone().unwrap_or_else(|| name.to_owned()),
        status: event.severity.clone(),
        message: event.message.clone(),
    }
}

fn happened(event: &StackEvent) -> Happening {
    Happening {
        at: event.at,
        source: HappeningSource::CloudFormation,
        subject: event.logical.to_string(),
        status: event.status.clone(),
        message: event.reason.clone().unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_of_both_services_become_happenings() {
        let event = StackEvent {
            at: Timestamp::UNIX_EPOCH,
            logical: "AWSEBSecurityGroup".into(),
            physical: None,
            kind: "AWS::EC2::SecurityGroup".into(),
            status: "DELETE_FAILED".into(),
            reason: Some("has a dependent object".into()),
            token: None,
        };
        let told = happened(&event);
        assert_eq!(
            (told.status.as_str(), told.subject.as_str()),
            ("DELETE_FAILED", "AWSEBSecurityGroup")
        );
        assert_eq!(told.source, HappeningSource::CloudFormation);
    }
}
