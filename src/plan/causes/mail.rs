//! What is done about faults of mail.

use crate::check::{Finding, MailFault};
use crate::plan::draft::{Draft, Proposal};
use crate::plan::{Action, MailAction};

use super::{endpoints, filters};

/// Plans what is done about mail that does not leave.
pub(super) fn mend(draft: &mut Draft<'_>, finding: &Finding, fault: &MailFault) {
    match fault {
        MailFault::NotVerified { sandbox, identities } => not_verified(draft, *sandbox, identities),
        MailFault::Paused { by_account: true, .. } => {
            let action = Action::Mail(MailAction::SetSending { on: true });
            draft.add(Proposal::new(action, finding));
        }
        MailFault::Paused { by_account: false, enforcement } => draft.ask_person(
            "Whoever sends the mail must clean the list of receivers and answer AWS's case; AWS Support lifts the pause",
            format!("AWS has paused sending ({}).", enforcement.as_deref().unwrap_or("SHUTDOWN")),
        ),
        MailFault::EndpointUnreachable { subnets, blocks, .. } => {
            if blocks.is_empty() {
                let all = draft.snapshot.network.subnets.items().iter();
                let vpc = all.filter(|own| subnets.contains(&own.id)).map(|own| own.vpc.clone());
                let Some(vpc) = vpc.into_iter().next() else { return };
                let services = ["email-smtp".to_owned()];
                endpoints::make(draft, finding, &vpc, &services, subnets, &[], &[]);
            } else {
                filters::open(draft, finding, blocks);
            }
        }
        MailFault::Credentials { inactive, .. } => draft.ask_person(
            "The application's team must put new SMTP credentials of the environment's region into its properties",
            if *inactive {
                "The access key they were derived from is switched off."
            } else {
                "They were derived from no access key that is there. An SMTP password is not an access key's secret."
            },
        ),
        MailFault::RegionMismatch { endpoint, verified_in } => draft.ask_person(
            format!("The application's team must use one region for endpoint, sender and credentials ({endpoint} is used)"),
            format!("Senders are verified in {}.", verified_in.join(", ")),
        ),
        MailFault::Port25 { properties } => draft.ask_person(
            format!("The application's team must use port 587 in place of 25 ({})", properties.join(", ")),
            "AWS throttles port 25 from EC2; opening security groups for it changes nothing.",
        ),
        MailFault::Quota { allowed, sent } => draft.ask_person(
            "Whoever keeps the account must ask AWS for a higher sending quota",
            format!("{sent} of {allowed} mails of the last 24 hours are used."),
        ),
        MailFault::NotAuthorized {} => draft.ask_person(
            "Whoever keeps IAM must allow the SMTP user to call ses:SendRawEmail",
            "Which identities it is to send from is theirs to say.",
        ),
        MailFault::TemporaryCredentials { properties } => draft.ask_person(
            format!("The application's team must use a long-term user's SMTP credentials, or SES's API with the instances' role ({})", properties.join(", ")),
            "SMTP does not take temporary credentials.",
        ),
        MailFault::ConfigurationSet { what } => draft.ask_person(
            "The application's team must name a configuration set that is there, and put the MAIL FROM domain's records into its DNS",
            what.clone(),
        ),
    }
}

fn not_verified(draft: &mut Draft<'_>, sandbox: bool, identities: &[String]) {
    if sandbox {
        draft.ask_person(
            "Whoever sends the mail must ask AWS for production access in this region (Amazon SES, `PutAccountDetails`)",
            "In the sandbox only verified receivers get mail. AWS wants to know what is sent to whom and how complaints are dealt with, which is for its owner to say.",
        );
    }
    if !identities.is_empty() {
        draft.ask_person(
            format!("Whoever keeps the domain must put SES's records for {} into its DNS, or answer AWS's mail", identities.join(", ")),
            "A sender counts as verified only when its owner shows that it is theirs, in this region.",
        );
    } else if !sandbox {
        draft.ask_person(
            "Whoever sends the mail must verify a sender in this region",
            "No sender is verified here; verifying in another region does not count.",
        );
    }
}
