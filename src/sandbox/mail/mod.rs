//! SES: whether the account may send, as whom, and to whom no more.

mod configuration;
mod identity;
mod page;
mod send;
mod suppression;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use serde_json::{Value, json};

use super::{Account, Answer, Call, Fault, Params};

pub use identity::{Identity, verify};

/// Mail in a region.
#[derive(Clone, Debug, Serialize)]
pub struct Mail {
    /// Whether it may send to addresses that are not verified.
    pub production: bool,
    /// Whether sending is switched on.
    pub sending: bool,
    /// `HEALTHY`, `PROBATION`, `SHUTDOWN`.
    pub enforcement: String,
    /// Messages that may be sent in a day.
    pub daily_quota: f64,
    /// Messages that may be sent in a second.
    pub per_second: f64,
    /// When messages were sent.
    pub sent: Vec<Timestamp>,
    /// Identities by name.
    pub identities: BTreeMap<String, Identity>,
    /// Addresses that get nothing any more, with the reason and since when.
    pub suppressed: BTreeMap<String, (String, Timestamp)>,
    /// Reasons for which addresses are suppressed.
    pub suppressing: Vec<String>,
    /// Configuration sets.
    pub configuration_sets: BTreeMap<String, Value>,
    /// What was told of the account, and how AWS's look at it stands.
    pub details: Option<Value>,
}

impl Default for Mail {
    fn default() -> Self {
        // What a new account has: 200 messages a day, one a second, to verified addresses only
        // (developer guide, "Request production access").
        Self {
            production: false,
            sending: true,
            enforcement: "HEALTHY".to_owned(),
            daily_quota: 200.0,
            per_second: 1.0,
            sent: Vec::new(),
            identities: BTreeMap::new(),
            suppressed: BTreeMap::new(),
            suppressing: vec!["BOUNCE".to_owned(), "COMPLAINT".to_owned()],
            configuration_sets: BTreeMap::new(),
            details: None,
        }
    }
}

/// Answers a call to this service.
pub(super) fn handle(account: &mut Account, call: &Call) -> Answer {
    let answer = match call.operation.as_str() {
        "GetAccount" => Ok(get_account(account)),
        "PutAccountSendingAttributes" => {
            account.here.mail.sending = call.params.flag("SendingEnabled");
            Ok(json!({}))
        }
        "PutAccountDetails" => put_details(account, call),
        "PutAccountSuppressionAttributes" => {
            account.here.mail.suppressing = call.params.texts("SuppressedReasons");
            Ok(json!({}))
        }
        "SendEmail" => send::send(account, call),
        _ => configuration::handle(account, call)
            .or_else(|| identity::handle(account, call))
            .unwrap_or_else(|| suppression::handle(account, call)),
    };
    // This API has one code for whatever a request lacks.
    answer.map_err(
        |fault| {
            if fault.code == "MissingParameter" { bad(&fault.message) } else { fault }
        },
    )
}

fn missing(message: &str) -> Fault {
    Fault::new("NotFoundException", message).with_status(404)
}

fn bad(message: &str) -> Fault {
    Fault::new("BadRequestException", message)
}

fn already(message: &str) -> Fault {
    Fault::new("AlreadyExistsException", message)
}

/// PutAccountDetails: what is sent to whom, and with it the wish to leave SES's sandbox.
fn put_details(account: &mut Account, call: &Call) -> Answer {
    for name in ["MailType", "WebsiteURL"] {
        call.params.need(name)?;
    }
    let pending = |mail: &Mail| {
        let details = mail.details.as_ref();
        details.is_some_and(|details| details["ReviewDetails"]["Status"] == "PENDING")
    };
    if pending(&account.here.mail) {
        // The reference's words for the code.
        let text = "There is already an ongoing account details update under review.";
        return Err(Fault::new("ConflictException", text).with_status(409));
    }
    let number = u64::from_str_radix(&account.hex(10), 16).unwrap_or_default();
    let mut details = json!({});
    for name in [
        "AdditionalContactEmailAddresses",
        "ContactLanguage",
        "MailType",
        "UseCaseDescription",
        "WebsiteURL",
    ] {
        details[name] = call.params.get(name).cloned().unwrap_or_default();
    }
    let wants = call
        .params
        .get("ProductionAccessEnabled")
        .is_none_or(|_| call.params.flag("ProductionAccessEnabled"));
    if wants && !account.here.mail.production {
        details["ReviewDetails"] = json!({ "Status": "PENDING", "CaseId": number.to_string() });
        // On AWS a person decides; here asking is enough, a day later.
        account.later(24 * 3600, |account| {
            account.here.mail.grant();
            if let Some(details) = &mut account.here.mail.details {
                details["ReviewDetails"]["Status"] = json!("GRANTED");
            }
        });
    }
    account.here.mail.details = Some(details);
    Ok(json!({}))
}

impl Mail {
    /// Lets the account out of SES's own sandbox.
    pub fn grant(&mut self) {
        self.production = true;
        // The first quotas of production (developer guide).
        self.daily_quota = 50_000.0;
        self.per_second = 14.0;
    }

    /// How many messages were sent in the day before a time.
    fn sent_since(&self, at: Timestamp) -> usize {
        let day = at - SignedDuration::from_hours(24);
        self.sent.iter().filter(|sent| **sent > day).count()
    }
}

fn get_account(account: &Account) -> Value {
    let mail = &account.here.mail;
    json!({
        "DedicatedIpAutoWarmupEnabled": true,
        "EnforcementStatus": mail.enforcement,
        "ProductionAccessEnabled": mail.production,
        "SendingEnabled": mail.sending,
        "SendQuota": {
            "Max24HourSend": mail.daily_quota,
            "MaxSendRate": mail.per_second,
            "SentLast24Hours": mail.sent_since(account.now()),
        },
        "SuppressionAttributes": { "SuppressedReasons": mail.suppressing },
        "Details": mail.details,
        "VdmAttributes": { "VdmEnabled": "DISABLED" },
    })
}
