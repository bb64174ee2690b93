//! SES: whether the account may send, as whom, and to whom no more.

mod identity;
mod suppression;

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
        }
    }
}

/// Answers a call to this service.
pub(super) fn handle(account: &mut Account, call: &Call) -> Answer {
    match call.operation.as_str() {
        "GetAccount" => Ok(get_account(account)),
        "PutAccountSendingAttributes" => {
            account.here.mail.sending = call.params.flag("SendingEnabled");
            Ok(json!({}))
        }
        "PutAccountDetails" => {
            // On AWS a person decides; here asking is enough, a day later.
            account.later(24 * 3600, |account| account.here.mail.grant());
            Ok(json!({}))
        }
        "PutAccountSuppressionAttributes" => {
            account.here.mail.suppressing = call.params.texts("SuppressedReasons");
            Ok(json!({}))
        }
        "SendEmail" => send(account, call),
        "ListConfigurationSets" => {
            let names: Vec<&String> = account.here.mail.configuration_sets.keys().collect();
            Ok(json!({ "ConfigurationSets": names }))
        }
        "CreateConfigurationSet" => {
            let name = call.params.need("ConfigurationSetName")?.to_owned();
            account.here.mail.configuration_sets.insert(name, call.params.clone());
            Ok(json!({}))
        }
        "GetConfigurationSet" => {
            let name = call.params.need("ConfigurationSetName")?;
            account
                .here
                .mail
                .configuration_sets
                .get(name)
                .cloned()
                .ok_or_else(|| missing(&format!("Configuration set <{name}> does not exist.")))
        }
        "DeleteConfigurationSet" => {
            let name = call.params.need("ConfigurationSetName")?;
            let gone = account.here.mail.configuration_sets.remove(name);
            gone.map(|_| json!({}))
                .ok_or_else(|| missing(&format!("Configuration set <{name}> does not exist.")))
        }
        _ => identity::handle(account, call).unwrap_or_else(|| suppression::handle(account, call)),
    }
}

fn missing(message: &str) -> Fault {
    Fault::new("NotFoundException", message).with_status(404)
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
        "VdmAttributes": { "VdmEnabled": "DISABLED" },
    })
}

/// Sends a message, which goes nowhere, if SES would let it.
fn send(account: &mut Account, call: &Call) -> Answer {
    let now = account.now();
    let region = account.region.to_uppercase();
    let mail = &mut account.here.mail;
    if !mail.sending {
        return Err(Fault::new("SendingPausedException", "Account is paused"));
    }
    let from = call.params.text("FromEmailAddress").unwrap_or_default();
    let mut unverified: Vec<String> = Vec::new();
    if !identity::may_send(mail, from) {
        unverified.push(from.to_owned());
    }
    if !mail.production {
        let destination = call.params.get("Destination");
        let to = destination.map(|to| to.texts("ToAddresses")).unwrap_or_default();
        unverified.extend(to.into_iter().filter(|to| !identity::may_send(mail, to)));
    }
    if !unverified.is_empty() {
        return Err(Fault::new(
            "MessageRejected",
            format!(
                "Email address is not verified. The following identities failed the check in \
                 region {region}: {}",
                unverified.join(", ")
            ),
        ));
    }
    let sent = u32::try_from(mail.sent_since(now)).unwrap_or(u32::MAX);
    if f64::from(sent) >= mail.daily_quota {
        return Err(Fault::new("LimitExceededException", "Daily message quota exceeded."));
    }
    mail.sent.push(now);
    Ok(json!({ "MessageId": account.uuid() }))
}
