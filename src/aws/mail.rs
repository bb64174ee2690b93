//! SES: whether the account may send, and as whom. Addresses are masked.

use super::{Aws, Reading, redact};
use crate::world::{MailAccount, MailIdentity};

/// Most pages of identities: 20 pages of 100 are more than anybody verifies by hand.
const PAGES: usize = 20;

/// Most pages of suppressed addresses; only their number is kept.
const SUPPRESSED_PAGES: usize = 5;

impl Aws {
    /// Whether and how much the account may send in this region.
    #[expect(clippy::cast_possible_truncation, reason = "quotas are whole numbers far below 2^53")]
    pub async fn mail_account(&self) -> Reading<MailAccount> {
        let answer = self.read("ses:GetAccount", || self.mail().get_account().send()).await?;
        Ok(answer.map(|page| {
            let quota = page.send_quota;
            let figure = |read: fn(&aws_sdk_sesv2::types::SendQuota) -> f64| {
                quota.as_ref().map_or(0, |quota| read(quota) as i64)
            };
            MailAccount {
                production: page.production_access_enabled,
                sending: page.sending_enabled,
                enforcement: page.enforcement_status.filter(|status| !status.is_empty()),
                daily_quota: figure(|quota| quota.max24_hour_send),
                sent: figure(|quota| quota.sent_last24_hours),
                per_second: figure(|quota| quota.max_send_rate),
            }
        }))
    }

    /// Identities of this region.
    pub async fn mail_identities(&self) -> Reading<Vec<MailIdentity>> {
        let found = self
            .pages(
                "ses:ListEmailIdentities",
                PAGES,
                |token| self.mail().list_email_identities().set_next_token(token).send(),
                |page| (page.email_identities, page.next_token),
            )
            .await?;
        Ok(found.map(|found| {
            let read = found.into_iter().map(|identity| {
                let status = identity.verification_status.map(|s| s.as_str().to_owned());
                // The listing's flag says whether sending is switched on; an older answer has no
                // verification status and is believed.
                let verified =
                    identity.sending_enabled && status.as_deref().is_none_or(|s| s == "SUCCESS");
                MailIdentity {
                    name: redact::identity(&identity.identity_name.unwrap_or_default()),
                    kind: identity
                        .identity_type
                        .map(|kind| kind.as_str().to_owned())
                        .unwrap_or_default(),
                    verified,
                    status,
                    mail_from: None,
                }
            });
            read.collect()
        }))
    }

    /// How many addresses are suppressed, up to a bound.
    pub async fn suppressed(&self) -> Reading<u32> {
        let found = self
            .pages(
                "ses:ListSuppressedDestinations",
                SUPPRESSED_PAGES,
                |token| self.mail().list_suppressed_destinations().set_next_token(token).send(),
                |page| (page.suppressed_destination_summaries, page.next_token),
            )
            .await?;
        Ok(found.map(|found| u32::try_from(found.len()).unwrap_or(u32::MAX)))
    }

    /// Names of configuration sets.
    pub async fn configuration_sets(&self) -> Reading<Vec<String>> {
        self.pages(
            "ses:ListConfigurationSets",
            PAGES,
            |token| self.mail().list_configuration_sets().set_next_token(token).send(),
            |page| (page.configuration_sets, page.next_token),
        )
        .await
    }
}
