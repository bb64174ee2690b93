//! Sending a message, which goes nowhere, if SES would let it.

use serde_json::{Value, json};

use super::{Mail, bad, configuration, identity};
use crate::sandbox::{Account, Answer, Call, Fault, Params};

/// SendEmail.
pub(super) fn send(account: &mut Account, call: &Call) -> Answer {
    let now = account.now();
    let region = account.region.to_uppercase();
    let mail = &mut account.here.mail;
    if call.params.get("Content").is_none_or(Value::is_null) {
        return Err(bad("Content must be specified"));
    }
    may_send(mail, &call.params)?;
    let from = call.params.text("FromEmailAddress").unwrap_or_default();
    let to = receivers(&call.params);
    verified(mail, from, &to, &region)?;
    // "Quotas are based on recipients": a message to three counts three times.
    // A raw message names its receivers in itself, which is not read.
    let receivers = to.len().max(1);
    let sent = mail.sent_since(now) + receivers;
    if f64::from(u32::try_from(sent).unwrap_or(u32::MAX)) > mail.daily_quota {
        return Err(Fault::new("LimitExceededException", "Daily message quota exceeded."));
    }
    mail.sent.extend(std::iter::repeat_n(now, receivers));
    Ok(json!({ "MessageId": account.uuid() }))
}

/// Everybody who is to get a message.
fn receivers(params: &Value) -> Vec<String> {
    let Some(destination) = params.get("Destination") else { return Vec::new() };
    let lists = ["ToAddresses", "CcAddresses", "BccAddresses"];
    lists.iter().flat_map(|list| destination.texts(list)).collect()
}

/// Whether account, configuration set and MAIL FROM domain let a message out.
fn may_send(mail: &Mail, params: &Value) -> Result<(), Fault> {
    if mail.enforcement == "SHUTDOWN" {
        // The reference's words for the code.
        let text = "The message can't be sent because the account's ability to send email has \
                    been permanently restricted.";
        return Err(Fault::new("AccountSuspendedException", text));
    }
    if !mail.sending {
        return Err(Fault::new("SendingPausedException", "Account is paused"));
    }
    let from = params.text("FromEmailAddress").unwrap_or_default();
    let own = identity::of(mail, from);
    let set = params.text("ConfigurationSetName");
    let set = set.or_else(|| own.and_then(|own| own.configuration_set.as_deref()));
    if let Some(name) = set {
        let known = mail.configuration_sets.get(name);
        let known = known.ok_or_else(|| configuration::absent(name))?;
        if !configuration::sends(known) {
            // By the words for an account.
            let text = "Configuration set is paused";
            return Err(Fault::new("SendingPausedException", text));
        }
    }
    if own.is_some_and(identity::Identity::rejects) {
        let text = "Mail FROM domain is not verified";
        return Err(Fault::new("MailFromDomainNotVerifiedException", text));
    }
    Ok(())
}

/// Refuses senders that are not verified and, in SES's sandbox, receivers too.
fn verified(mail: &Mail, from: &str, to: &[String], region: &str) -> Result<(), Fault> {
    let mut unverified: Vec<&str> = Vec::new();
    if !identity::may_send(mail, from) {
        unverified.push(from);
    }
    if !mail.production {
        let all = to.iter().map(String::as_str);
        unverified.extend(all.filter(|to| !identity::may_send(mail, to)));
    }
    if unverified.is_empty() {
        return Ok(());
    }
    Err(Fault::new(
        "MessageRejected",
        format!(
            "Email address is not verified. The following identities failed the check in region \
             {region}: {}",
            unverified.join(", ")
        ),
    ))
}
