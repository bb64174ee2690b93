//! What is waited for after an action, and what ends the wait at once.

use crate::plan::{
    Action, Condition, DatabaseAction, EnvironmentAction, Expected, GatewayAction, StackAction,
    StepId, Wait, WaitAction, times,
};
use crate::world::{EnvironmentId, StackName, stack_name};

/// What is waited for after an action of a sort.
pub(in crate::plan) fn wait(action: &Action, own: &StepId) -> Wait {
    match action {
        Action::Environment(action) => environment(action, own),
        Action::Stack(action) => stack(action, own),
        Action::Wait(action) => by_itself(action, own),
        Action::Gateway(GatewayAction::CreateNat { .. }) => Wait {
            what: "the NAT gateway to be available".to_owned(),
            hopeless: vec![Condition::NatIn {
                nat: crate::plan::Ref::MadeBy(own.clone()),
                states: vec!["failed".to_owned()],
            }],
            ..until_done(action, own, times::GATEWAY)
        },
        Action::Gateway(GatewayAction::DeleteNat { .. }) => {
            named("the NAT gateway to be gone", until_done(action, own, times::GATEWAY))
        }
        Action::Endpoint(_) => {
            named("the endpoint to take it in", until_done(action, own, times::GATEWAY))
        }
        Action::Database(database) => {
            let expected = match database {
                DatabaseAction::Snapshot { .. } | DatabaseAction::CopySnapshot { .. } => {
                    times::SNAPSHOT
                }
                DatabaseAction::Restore { .. } | DatabaseAction::Delete { .. } => times::RESTORE,
                DatabaseAction::Protect { .. } | DatabaseAction::DeleteSnapshot { .. } => {
                    times::DATABASE
                }
            };
            named("the database to be done with it", until_done(action, own, expected))
        }
        Action::Identity(_) => {
            named("IAM to show it everywhere", until_done(action, own, times::IDENTITY))
        }
        Action::Network(_)
        | Action::Gateway(_)
        | Action::Vpc(_)
        | Action::Scaling(_)
        | Action::Balancing(_)
        | Action::Mail(_) => Wait { expected: times::MOMENT, ..Wait::none() },
    }
}

fn named(what: &str, wait: Wait) -> Wait {
    Wait { what: what.to_owned(), ..wait }
}

fn until_done(action: &Action, own: &StepId, expected: Expected) -> Wait {
    let until = action.done_when(own);
    Wait { what: String::new(), until, hopeless: Vec::new(), expected }
}

fn environment(action: &EnvironmentAction, own: &StepId) -> Wait {
    let done = Action::Environment(action.clone());
    match action {
        EnvironmentAction::Terminate { environment, .. } => {
            let stack = stack_name(environment);
            let mut wait = until_done(&done, own, times::TERMINATE);
            wait.what = "the environment to be terminated and its stack gone".to_owned();
            wait.until.push(stack_in(&stack, &["DELETE_COMPLETE"]));
            // Source: Elastic Beanstalk's event of severity INFO, catalogue parts (2a) and facts.
            wait.hopeless = vec![
                said(environment, own, &["environment termination step failed"]),
                came_to(&stack, own, &["DELETE_FAILED"]),
            ];
            wait
        }
        EnvironmentAction::Rebuild { environment, .. } => {
            let stack = stack_name(environment);
            let mut wait = until_done(&done, own, times::REBUILD);
            wait.what = "the environment to be Ready with all its resources".to_owned();
            wait.until.push(stack_in(&stack, &["CREATE_COMPLETE", "UPDATE_COMPLETE"]));
            wait.hopeless = vec![
                said(environment, own, &["Failed to launch environment", "Failed to rebuild"]),
                came_to(&stack, own, &FAILED_LAUNCH),
            ];
            wait
        }
        EnvironmentAction::Update { environment, .. } => {
            let mut wait = until_done(&done, own, times::UPDATE);
            wait.what = "the environment to be Ready as it was changed".to_owned();
            let texts = ["Failed to deploy configuration", "Failed to deploy application"];
            wait.hopeless = vec![
                said(environment, own, &texts),
                came_to(&stack_name(environment), own, &["UPDATE_ROLLBACK_FAILED"]),
            ];
            wait
        }
        EnvironmentAction::Abort { environment, .. } => {
            let mut wait = until_done(&done, own, times::ABORT);
            wait.what = "the environment to be Ready again".to_owned();
            let stack = stack_name(environment);
            wait.hopeless = vec![came_to(&stack, own, &["UPDATE_ROLLBACK_FAILED"])];
            wait
        }
        EnvironmentAction::Restart { .. } => {
            named("all instances to have restarted", until_done(&done, own, times::RESTART))
        }
        EnvironmentAction::Create(_) => {
            named("the new environment to be Ready", until_done(&done, own, times::REBUILD))
        }
        EnvironmentAction::SaveConfiguration { .. }
        | EnvironmentAction::DeleteConfiguration { .. }
        | EnvironmentAction::SetOperationsRole { .. } => {
            Wait { expected: times::MOMENT, ..Wait::none() }
        }
    }
}

/// Statuses from which a launch does not come back.
const FAILED_LAUNCH: [&str; 4] =
    ["CREATE_FAILED", "ROLLBACK_IN_PROGRESS", "ROLLBACK_COMPLETE", "ROLLBACK_FAILED"];

fn stack(action: &StackAction, own: &StepId) -> Wait {
    let done = Action::Stack(action.clone());
    match action {
        StackAction::Delete { stack, .. } => Wait {
            what: "the stack to be gone".to_owned(),
            hopeless: vec![came_to(stack, own, &["DELETE_FAILED"])],
            ..until_done(&done, own, times::DELETE_STACK)
        },
        StackAction::ContinueRollback { stack, .. }
        | StackAction::Rollback { stack }
        | StackAction::CancelUpdate { stack } => Wait {
            what: "the stack to be back where it was".to_owned(),
            hopeless: vec![came_to(stack, own, &["UPDATE_ROLLBACK_FAILED", "ROLLBACK_FAILED"])],
            ..until_done(&done, own, times::ROLL_BACK)
        },
        StackAction::Protect { .. } | StackAction::Signal { .. } => {
            Wait { expected: times::MOMENT, ..Wait::none() }
        }
    }
}

fn by_itself(action: &WaitAction, own: &StepId) -> Wait {
    let done = Action::Wait(action.clone());
    match action {
        WaitAction::Instances { .. } => {
            named("the instances to have ended", until_done(&done, own, times::INSTANCES_END))
        }
        WaitAction::Environment { name, .. } => Wait {
            what: format!("Elastic Beanstalk to give {name} back"),
            ..until_done(&done, own, times::OTHERS)
        },
        WaitAction::Stack { stack, .. } => Wait {
            what: format!("CloudFormation to be done with {stack}"),
            ..until_done(&done, own, times::OTHERS)
        },
    }
}

fn stack_in(stack: &StackName, statuses: &[&str]) -> Condition {
    Condition::StackIn { stack: stack.clone(), statuses: texts(statuses) }
}

fn said(environment: &EnvironmentId, since: &StepId, parts: &[&str]) -> Condition {
    Condition::EnvironmentSaid {
        environment: environment.clone(),
        since: since.clone(),
        texts: texts(parts),
    }
}

fn came_to(stack: &StackName, since: &StepId, statuses: &[&str]) -> Condition {
    Condition::StackCameTo { stack: stack.clone(), since: since.clone(), statuses: texts(statuses) }
}

fn texts(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}
