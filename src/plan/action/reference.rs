//! What an action names that may not exist yet when the plan is made.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::plan::StepId;
use crate::world::network::Target;
use crate::world::{
    AllocationId, AssociationId, EndpointId, GroupId, InternetGatewayId, NatGatewayId,
    RouteTableId, Snapshot,
};

/// Something an action names that may not exist yet when the plan is made.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ref<T> {
    /// It is there: this is its identifier.
    Is(T),
    /// The step with this number makes it; the journal knows its identifier afterwards.
    MadeBy(StepId),
    /// What a stack's resource is by then: the rebuilt environment's new security group.
    OfStack {
        /// The stack's name.
        stack: String,
        /// The resource's name in the template.
        logical: String,
    },
}

impl<T> Ref<T> {
    /// The identifier, once it is known.
    pub fn known(&self) -> Option<&T> {
        match self {
            Self::Is(id) => Some(id),
            Self::MadeBy(_) | Self::OfStack { .. } => None,
        }
    }

    /// The step that makes it, if one does.
    pub fn maker(&self) -> Option<&StepId> {
        match self {
            Self::MadeBy(step) => Some(step),
            Self::Is(_) | Self::OfStack { .. } => None,
        }
    }
}

impl<T: Named> Ref<T> {
    /// What it is now; `None` while it does not exist.
    pub fn resolve(&self, made: &Made, snapshot: &Snapshot) -> Option<T> {
        match self {
            Self::Is(id) => Some(id.clone()),
            Self::MadeBy(step) => T::named(made.id(step)?, snapshot),
            Self::OfStack { stack, logical } => {
                let facts = snapshot.stacks.get(&stack.as_str().into())?;
                T::named(facts.physical(logical).filter(|id| !id.is_empty())?, snapshot)
            }
        }
    }

    /// The same, as something that is there.
    pub(crate) fn settled(&self, made: &Made, snapshot: &Snapshot) -> Option<Self> {
        self.resolve(made, snapshot).map(Self::Is)
    }
}

impl<T: std::fmt::Display> std::fmt::Display for Ref<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Is(id) => id.fmt(f),
            Self::MadeBy(step) => write!(f, "<made by {step}>"),
            Self::OfStack { logical, .. } => write!(f, "<{logical} of the environment's stack>"),
        }
    }
}

/// Something that is known by the text AWS names it with.
pub trait Named: Clone {
    /// What a text names, by what a snapshot shows.
    fn named(text: &str, snapshot: &Snapshot) -> Option<Self>;
}

/// Declares identifiers that are the text itself.
macro_rules! named {
    ($($name:ty),*) => {$(
        impl Named for $name {
            fn named(text: &str, _: &Snapshot) -> Option<Self> {
                Some(text.into())
            }
        }
    )*};
}

named!(AllocationId, AssociationId, EndpointId, InternetGatewayId, NatGatewayId, RouteTableId);

impl Named for Target {
    fn named(text: &str, _: &Snapshot) -> Option<Self> {
        Some(Self::from_id(text))
    }
}

impl Named for GroupId {
    /// A stack's group made without a VPC is known to CloudFormation by its name.
    ///
    /// Source: recorded behaviour `cfn-sg-ref`.
    fn named(text: &str, snapshot: &Snapshot) -> Option<Self> {
        if text.starts_with("sg-") {
            return Some(text.into());
        }
        let groups = snapshot.network.groups.items();
        groups.iter().find(|group| group.name == text).map(|group| group.id.clone())
    }
}

/// What is known of the steps that were carried out: what they made, and since when to listen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Made {
    ids: BTreeMap<StepId, String>,
    since: BTreeMap<StepId, Timestamp>,
}

impl Made {
    /// Nothing is made yet.
    pub fn nothing() -> Self {
        Self::default()
    }

    /// Notes what a step made.
    pub fn note(&mut self, step: &StepId, id: impl Into<String>) {
        self.ids.insert(step.clone(), id.into());
    }

    /// Notes the newest event that was there before a step's call went out, by AWS's own clock:
    /// what is said after it may be the step's doing.
    pub fn listen(&mut self, step: &StepId, since: Timestamp) {
        self.since.insert(step.clone(), since);
    }

    /// What a step made.
    pub fn id(&self, step: &StepId) -> Option<&str> {
        self.ids.get(step).map(String::as_str)
    }

    /// A text in which steps are named for what they make, with the identifiers that are known by
    /// now in their places.
    pub fn tell(&self, text: &str) -> String {
        self.ids.iter().fold(text.to_owned(), |text, (step, id)| {
            text.replace(&Ref::<RouteTableId>::MadeBy(step.clone()).to_string(), id)
        })
    }

    /// After which moment something said may be a step's doing.
    pub fn since(&self, step: &StepId) -> Option<Timestamp> {
        self.since.get(step).copied()
    }
}
