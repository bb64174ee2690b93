//! Questions to STS and IAM.

use super::fill::{Fill, add, set};
use crate::aws::{Answer, Aws, Reading};
use crate::world::{Arn, Identity, Observed, RoleFacts, Simulated};

/// A question to STS or IAM.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum IdentityQuestion {
    /// Who asks.
    Caller,
    /// An instance profile by name.
    Profile(String),
    /// A role by name, and whose it is.
    Role(RoleOf, String),
    /// A role's attached policies; asked once the role itself is known.
    Policies(RoleOf, String),
    /// Policies written into a role.
    Written(String),
    /// Whether a principal may make these calls.
    Simulated(Arn, Vec<String>),
    /// Access keys of all users, by their last characters.
    AccessKeys,
}

/// Whose role a role is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RoleOf {
    /// The instances'.
    Instances,
    /// Elastic Beanstalk's service role.
    Service,
    /// The operations role.
    Operations,
    /// CloudFormation's for the stack.
    Stack,
    /// Elastic Load Balancing's service-linked role.
    Balancing,
}

impl RoleOf {
    fn place(self, identity: &mut Identity) -> &mut Observed<RoleFacts> {
        match self {
            Self::Instances => &mut identity.instance_role,
            Self::Service => &mut identity.service_role,
            Self::Operations => &mut identity.operations_role,
            Self::Stack => &mut identity.stack_role,
            Self::Balancing => &mut identity.balancing_role,
        }
    }
}

impl IdentityQuestion {
    pub(super) async fn answer(&self, aws: &Aws) -> Fill {
        match self {
            Self::Caller => set(aws.caller().await, |s| &mut s.caller),
            Self::Profile(name) => {
                set(aws.instance_profile(name).await, |s| &mut s.identity.profile)
            }
            Self::Role(of, name) => {
                let (of, read) = (*of, Observed::from(aws.role(name).await));
                Box::new(move |snapshot| *of.place(&mut snapshot.identity) = read)
            }
            Self::Policies(of, name) => {
                let (of, read) = (*of, aws.attached_policies(name).await);
                Box::new(move |snapshot| {
                    if let Some(role) = of.place(&mut snapshot.identity).value_mut() {
                        role.attached = read.ok().map(|answer| answer.value);
                    }
                })
            }
            Self::Written(role) => {
                let of = role.clone();
                let read = aws.written_policies(role).await;
                let read = read.map(|read| {
                    read.map(|names| names.into_iter().map(|name| (of.clone(), name)).collect())
                });
                add(read, |s| &mut s.identity.written, |a, b| a == b)
            }
            Self::Simulated(principal, actions) => {
                set(simulated(aws, principal, actions).await, |s| &mut s.identity.simulated)
            }
            Self::AccessKeys => set(access_keys(aws).await, |s| &mut s.identity.access_keys),
        }
    }
}

async fn simulated(aws: &Aws, principal: &Arn, actions: &[String]) -> Reading<Vec<Simulated>> {
    aws.simulated(principal, actions, &[]).await
}

/// Most users whose keys are looked at: mail users are few, and each costs a call.
const USERS: usize = 30;

async fn access_keys(aws: &Aws) -> Reading<Vec<(String, String)>> {
    let Answer { value: users, mut source } = aws.users().await?;
    let mut keys = Vec::new();
    for user in users.iter().take(USERS) {
        let own = aws.access_keys(user).await?;
        keys.extend(own.value);
        // What is told of a key comes from here, and not from the list of users.
        source = own.source;
    }
    Ok(Answer { value: keys, source })
}
