//! The mail service.

use super::{Attempt, Done, done};
use crate::plan::MailAction as Action;

impl Attempt<'_> {
    pub(super) async fn mail(&self, action: &Action) -> Done {
        let api = self.aws.mail();
        match action {
            Action::SetSending { on } => {
                let request = api.put_account_sending_attributes().sending_enabled(*on);
                let send = || request.clone().send();
                Ok(done(self.aws.change("ses:PutAccountSendingAttributes", send).await?))
            }
            Action::CreateIdentity { name } => {
                let request = api.create_email_identity().email_identity(name);
                let send = || request.clone().send();
                Ok(done(self.aws.change("ses:CreateEmailIdentity", send).await?))
            }
            Action::DeleteIdentity { name } => {
                let request = api.delete_email_identity().email_identity(name);
                let send = || request.clone().send();
                Ok(done(self.aws.change("ses:DeleteEmailIdentity", send).await?))
            }
        }
    }
}
