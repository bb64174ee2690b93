//! Changes of the mail service, made by SES in the environment's region.

use serde::{Deserialize, Serialize};

use super::line::Line;
use super::{Change, Risk};
use crate::plan::{Condition, StepId};

/// A change of the mail service.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MailAction {
    /// Switches sending on or off for the account.
    SetSending {
        /// Whether it is on.
        on: bool,
    },
    /// Asks for a domain to be verified as a sender.
    CreateIdentity {
        /// The domain; addresses are never kept.
        name: String,
    },
    /// Deletes an identity; the way back from making it.
    DeleteIdentity {
        /// The domain.
        name: String,
    },
}

impl Change for MailAction {
    fn kind(&self) -> &'static str {
        match self {
            Self::SetSending { .. } => "put-account-sending-attributes",
            Self::CreateIdentity { .. } => "create-email-identity",
            Self::DeleteIdentity { .. } => "delete-email-identity",
        }
    }

    fn target(&self) -> String {
        match self {
            Self::SetSending { .. } => "the account's mail".to_owned(),
            Self::CreateIdentity { name } | Self::DeleteIdentity { name } => name.clone(),
        }
    }

    fn permissions(&self) -> Vec<&'static str> {
        vec![match self {
            Self::SetSending { .. } => "ses:PutAccountSendingAttributes",
            Self::CreateIdentity { .. } => "ses:CreateEmailIdentity",
            Self::DeleteIdentity { .. } => "ses:DeleteEmailIdentity",
        }]
    }

    fn line(&self) -> Line {
        let line = Line::new("sesv2", self.kind());
        match self {
            Self::SetSending { on } => line.switch("sending-enabled", *on),
            Self::CreateIdentity { name } | Self::DeleteIdentity { name } => {
                line.with("email-identity", name)
            }
        }
    }

    fn sentence(&self) -> String {
        match self {
            Self::SetSending { on: true } => "let the account send mail again".to_owned(),
            Self::SetSending { on: false } => "stop the account from sending mail".to_owned(),
            Self::CreateIdentity { name } => format!("ask for {name} to be verified as a sender"),
            Self::DeleteIdentity { name } => format!("delete the sender {name}"),
        }
    }

    fn risk(&self) -> Risk {
        match self {
            Self::CreateIdentity { .. } => Risk::Safe,
            Self::SetSending { .. } => Risk::Disruptive,
            Self::DeleteIdentity { .. } => Risk::Destructive,
        }
    }

    fn done_when(&self, _: &StepId) -> Vec<Condition> {
        vec![match self.clone() {
            Self::SetSending { on } => Condition::SendingIs { on },
            Self::CreateIdentity { name } => Condition::MailIdentityIs { name, there: true },
            Self::DeleteIdentity { name } => Condition::MailIdentityIs { name, there: false },
        }]
    }
}
