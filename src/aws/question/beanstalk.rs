//! Questions to Elastic Beanstalk.

use super::fill::{Fill, set};
use crate::aws::{Aws, EnvironmentRef};
use crate::world::{Arn, Environment, EnvironmentStatus, Observed, OptionSetting, Snapshot};

/// A question to Elastic Beanstalk.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum BeanstalkQuestion {
    /// All environments of the region, among them the one that is wanted.
    Environments(EnvironmentRef),
    /// The one environment alone: what a narrower permission allows.
    Environment(EnvironmentRef),
    /// The environment as far as its events, health and resources tell it, for who may neither
    /// list environments nor see this one in the list.
    Pieces(EnvironmentRef),
    /// Its events.
    Events(EnvironmentRef),
    /// What it made.
    Resources(EnvironmentRef),
    /// Its health.
    Health(EnvironmentRef),
    /// Its instances' health.
    InstancesHealth(EnvironmentRef),
    /// Managed actions to come.
    ManagedActions(EnvironmentRef),
    /// Managed actions of the past.
    ManagedHistory(EnvironmentRef),
    /// Its configuration.
    Settings {
        /// The application.
        application: String,
        /// The environment's name.
        name: String,
    },
    /// AWS's own validation of its VPC, launch and scaling options.
    Validation {
        /// The application.
        application: String,
        /// The environment's name.
        name: String,
        /// Namespace, name and value of each option.
        options: Vec<(String, String, String)>,
    },
    /// Versions of its application.
    Versions {
        /// The application.
        application: String,
        /// The labels; all if empty.
        labels: Vec<String>,
    },
    /// Saved configurations of its application.
    SavedConfigurations(String),
    /// Its platform version.
    Platform(Arn),
    /// Versions of its platform branch.
    PlatformVersions(String),
    /// All platform branches.
    PlatformBranches,
    /// All solution stacks' names.
    SolutionStacks,
    /// Quotas of Elastic Beanstalk.
    Quotas,
}

impl BeanstalkQuestion {
    pub(super) async fn answer(&self, aws: &Aws) -> Fill {
        match self {
            Self::Environments(wanted) => {
                let all = Observed::from(aws.environments().await);
                let wanted = wanted.clone();
                Box::new(move |snapshot| choose(snapshot, all, &wanted))
            }
            Self::Environment(wanted) => {
                let found = Observed::from(aws.environment(wanted).await);
                let wanted = wanted.clone();
                Box::new(move |snapshot| place(snapshot, chosen(&found, &wanted)))
            }
            Self::Pieces(of) => {
                set(Box::pin(aws.environment_in_pieces(of)).await, |s| &mut s.environment)
            }
            Self::Events(of) => set(aws.events(of).await, |s| &mut s.events),
            Self::Resources(of) => set(aws.environment_resources(of).await, |s| &mut s.resources),
            Self::Health(of) => set(aws.environment_health(of).await, |s| &mut s.health),
            Self::InstancesHealth(of) => {
                set(aws.instances_health(of).await, |s| &mut s.instances_health)
            }
            Self::ManagedActions(of) => {
                set(aws.managed_actions(of).await, |s| &mut s.managed.pending)
            }
            Self::ManagedHistory(of) => {
                set(aws.managed_history(of).await, |s| &mut s.managed.history)
            }
            Self::Settings { application, name } => {
                set(aws.settings(application, name).await, |s| &mut s.settings)
            }
            Self::Validation { application, name, options } => {
                let options: Vec<_> = options.iter().map(option).collect();
                set(aws.validation(application, name, &options).await, |s| &mut s.validation)
            }
            Self::Versions { application, labels } => {
                set(aws.application_versions(application, labels).await, |s| &mut s.versions)
            }
            Self::SavedConfigurations(application) => {
                let read = aws.saved_configurations(application).await;
                set(read, |s| &mut s.saved_configurations)
            }
            Self::Platform(arn) => set(aws.platform(arn).await, |s| &mut s.platforms.current),
            Self::PlatformVersions(branch) => {
                set(aws.platform_versions(branch).await, |s| &mut s.platforms.versions)
            }
            Self::PlatformBranches => {
                set(aws.platform_branches().await, |s| &mut s.platforms.branches)
            }
            Self::SolutionStacks => {
                set(aws.solution_stacks().await, |s| &mut s.platforms.solution_stacks)
            }
            Self::Quotas => {
                set(aws.beanstalk_quotas().await, |s| &mut s.surroundings.beanstalk_quotas)
            }
        }
    }
}

fn option((namespace, name, value): &(String, String, String)) -> OptionSetting {
    OptionSetting {
        namespace: namespace.clone(),
        name: name.clone(),
        value: Some(value.clone()),
        resource: None,
    }
}

/// Splits the listing into the environment that is wanted and its living neighbours.
fn choose(snapshot: &mut Snapshot, all: Observed<Vec<Environment>>, wanted: &EnvironmentRef) {
    snapshot.environment = chosen(&all, wanted);
    let own = snapshot.environment.value().map(|environment| environment.id.clone());
    snapshot.neighbours = all;
    if let Some(neighbours) = snapshot.neighbours.value_mut() {
        neighbours.retain(|found| {
            found.status != EnvironmentStatus::Terminated && Some(&found.id) != own.as_ref()
        });
    }
}

/// Puts an environment where it belongs: a second one beside the first is a neighbour.
fn place(snapshot: &mut Snapshot, found: Observed<Environment>) {
    let first = snapshot.environment.value().map(|own| own.id.clone());
    match (first, found) {
        (Some(first), Observed::Known { value, source }) if value.id != first => {
            let known = Observed::Known { value: vec![value], source };
            super::fill::merge(&mut snapshot.neighbours, known, |a, b| a.id == b.id);
        }
        (Some(_), Observed::Absent { .. }) => {}
        (_, found) => snapshot.environment = found,
    }
}

/// The environment that is wanted: the living one of that name, else the one terminated last.
fn chosen(all: &Observed<Vec<Environment>>, wanted: &EnvironmentRef) -> Observed<Environment> {
    let (found, source) = match all {
        Observed::Known { value, source } => (value, source.clone()),
        Observed::Absent { source } => return Observed::Absent { source: source.clone() },
        Observed::Unreadable { why, source } => {
            return Observed::Unreadable { why: why.clone(), source: source.clone() };
        }
        Observed::NotCollected => return Observed::NotCollected,
    };
    let of_that_name = found.iter().filter(|found| match wanted {
        EnvironmentRef::Name(name) => found.name == *name,
        EnvironmentRef::Id(id) => found.id == *id,
    });
    let living = |found: &Environment| found.status != EnvironmentStatus::Terminated;
    match of_that_name.max_by_key(|found| (living(found), found.updated, found.created)) {
        Some(value) => Observed::Known { value: value.clone(), source },
        None => Observed::Absent { source },
    }
}
