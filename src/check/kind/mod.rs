//! The closed list of what can be found, with the identifiers that a plan needs.
//!
//! Every code of the incident catalogue is one variant. The enums are matched without a wildcard
//! in `plan`, so that a new finding does not compile until somebody decides what is done about it.

mod application;
mod capacity;
mod mail;
mod network;
mod peering;
mod permission;
mod platform;
mod stack;
mod state;

use serde::Serialize;

pub use application::ApplicationFault;
pub use capacity::CapacityFault;
pub use mail::MailFault;
pub use network::{LostTable, NetworkFault};
pub use peering::PeeringFault;
pub use permission::PermissionFault;
pub use platform::PlatformFault;
pub use stack::{GroupReference, InterfaceHold, StackFault};
pub use state::StateFault;

use super::Code;

/// Declares one group of faults: each variant under its code.
macro_rules! faults {
    (
        $(#[$meta:meta])*
        $name:ident {
            $(
                $(#[$variant_meta:meta])*
                $code:literal $variant:ident {
                    $( $(#[$field_meta:meta])* $field:ident: $type:ty, )*
                }
            )*
        }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, ::serde::Serialize)]
        #[serde(rename_all = "kebab-case")]
        pub enum $name {
            $(
                #[doc = concat!("`", $code, "`")]
                $(#[$variant_meta])*
                $variant { $( $(#[$field_meta])* $field: $type, )* },
            )*
        }

        impl $name {
            /// All codes of this group, in order.
            pub const CODES: &'static [Code] = &[$(Code($code)),*];

            /// The code of this fault.
            pub fn code(&self) -> Code {
                match self {
                    $( Self::$variant { .. } => Code($code), )*
                }
            }
        }
    };
}
pub(super) use faults;

/// What was found.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum FindingKind {
    /// Packets cannot get where they must.
    Network(NetworkFault),
    /// CloudFormation cannot go on.
    Stack(StackFault),
    /// Elastic Beanstalk itself is in a state that helps nobody.
    State(StateFault),
    /// The platform moved or is gone.
    Platform(PlatformFault),
    /// AWS has no room, or the account may not use more.
    Capacity(CapacityFault),
    /// Somebody may not do what must be done.
    Permission(PermissionFault),
    /// The application or what it was given is wrong.
    Application(ApplicationFault),
    /// Mail does not leave.
    Mail(MailFault),
    /// A network beside Elastic Beanstalk's that the application depends on.
    Peering(PeeringFault),
}

/// Lets a group's fault be given where any finding's kind is wanted.
macro_rules! kinds {
    ($($group:ident($fault:ident)),*) => {$(
        impl From<$fault> for FindingKind {
            fn from(fault: $fault) -> Self {
                Self::$group(fault)
            }
        }
    )*};
}
kinds!(
    Network(NetworkFault),
    Stack(StackFault),
    State(StateFault),
    Platform(PlatformFault),
    Capacity(CapacityFault),
    Permission(PermissionFault),
    Application(ApplicationFault),
    Mail(MailFault),
    Peering(PeeringFault)
);

impl FindingKind {
    /// The code of this kind.
    pub fn code(&self) -> Code {
        match self {
            Self::Network(fault) => fault.code(),
            Self::Stack(fault) => fault.code(),
            Self::State(fault) => fault.code(),
            Self::Platform(fault) => fault.code(),
            Self::Capacity(fault) => fault.code(),
            Self::Permission(fault) => fault.code(),
            Self::Application(fault) => fault.code(),
            Self::Mail(fault) => fault.code(),
            Self::Peering(fault) => fault.code(),
        }
    }

    /// Every code there is, group by group.
    pub fn codes() -> impl Iterator<Item = Code> {
        let groups: [&[Code]; 9] = [
            NetworkFault::CODES,
            StackFault::CODES,
            StateFault::CODES,
            PlatformFault::CODES,
            CapacityFault::CODES,
            PermissionFault::CODES,
            ApplicationFault::CODES,
            MailFault::CODES,
            PeeringFault::CODES,
        ];
        groups.into_iter().flatten().copied()
    }
}
