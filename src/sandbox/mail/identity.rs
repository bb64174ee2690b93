//! Whom the account may send as: addresses and domains, once they are verified.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};

use super::{Mail, already, bad, configuration, missing, page};
use crate::sandbox::{Account, Answer, Call, Fault, Params};

/// An identity.
#[derive(Clone, Debug, Serialize)]
pub struct Identity {
    /// `PENDING`, `SUCCESS`, `FAILED`, `TEMPORARY_FAILURE`.
    pub status: String,
    /// Whether it is a domain and not an address.
    pub domain: bool,
    /// The tokens of its DKIM records, for a domain.
    pub tokens: Vec<String>,
    /// When it was made.
    pub created: Timestamp,
    /// The domain of its bounces.
    pub mail_from: Option<MailFrom>,
    /// The configuration set of its messages.
    pub configuration_set: Option<String>,
    /// Who else may send as it, by name.
    pub policies: BTreeMap<String, String>,
    /// Its tags, as they were given.
    pub tags: Vec<Value>,
}

/// The domain that an identity's bounces go to.
#[derive(Clone, Debug, Serialize)]
pub struct MailFrom {
    /// Its name.
    pub domain: String,
    /// `PENDING`, `SUCCESS`, `FAILED`.
    pub status: String,
    /// `USE_DEFAULT_VALUE` or `REJECT_MESSAGE`.
    pub otherwise: String,
}

impl Identity {
    /// Whether messages are refused because the domain of its bounces has no record.
    pub(super) fn rejects(&self) -> bool {
        let set = self.mail_from.as_ref();
        set.is_some_and(|set| set.otherwise == "REJECT_MESSAGE" && set.status != "SUCCESS")
    }
}

/// Answers a call about identities, if it is one.
pub(super) fn handle(account: &mut Account, call: &Call) -> Option<Answer> {
    Some(match call.operation.as_str() {
        "ListEmailIdentities" => list(&account.here.mail, call),
        "CreateEmailIdentity" => create(account, call),
        "GetEmailIdentity" => get(&account.here.mail, call),
        "DeleteEmailIdentity" => delete(account, call),
        "PutEmailIdentityMailFromAttributes" => put_mail_from(account, call),
        "PutEmailIdentityConfigurationSetAttributes" => put_set(account, call),
        "GetEmailIdentityPolicies" => policies(&account.here.mail, call),
        "CreateEmailIdentityPolicy" => put_policy(account, call, false),
        "UpdateEmailIdentityPolicy" => put_policy(account, call, true),
        "DeleteEmailIdentityPolicy" => delete_policy(account, call),
        _ => return None,
    })
}

/// Decides an identity's verification, as the owner of the address or the domain does.
pub fn verify(account: &mut Account, name: &str, status: &str) {
    if let Some(identity) = account.here.mail.identities.get_mut(name) {
        status.clone_into(&mut identity.status);
    }
}

/// An address and its domain. `Shop <shop@example.com>` is an address too.
fn names(address: &str) -> [&str; 2] {
    let address = address.rsplit('<').next().unwrap_or(address).trim_end_matches('>');
    [address, address.rsplit('@').next().unwrap_or(address)]
}

/// The identity that an address is sent as: its own, or its domain's.
pub(super) fn of<'a>(mail: &'a Mail, address: &str) -> Option<&'a Identity> {
    names(address).iter().find_map(|name| mail.identities.get(*name))
}

/// Whether an address, or its domain, is verified.
pub(super) fn may_send(mail: &Mail, address: &str) -> bool {
    names(address)
        .iter()
        .any(|name| mail.identities.get(*name).is_some_and(|known| known.status == "SUCCESS"))
}

fn list(mail: &Mail, call: &Call) -> Answer {
    let row = |name: &String, identity: &Identity| {
        json!({
            "IdentityType": if identity.domain { "DOMAIN" } else { "EMAIL_ADDRESS" },
            "IdentityName": name,
            "SendingEnabled": identity.status == "SUCCESS",
            "VerificationStatus": identity.status,
        })
    };
    let identities = mail.identities.iter();
    let rows = identities.map(|(name, identity)| (name.clone(), row(name, identity))).collect();
    // "The value has to be at least 0, and can be no more than 1000."
    page::page(call, "EmailIdentities", rows, (100, 1000))
}

fn dkim(identity: &Identity) -> Value {
    let status = match (identity.domain, identity.status.as_str()) {
        (true, "PENDING") => "PENDING",
        // A domain that failed has no DKIM under way (recorded).
        (false, _) | (true, "FAILED") => "NOT_STARTED",
        (true, _) => "SUCCESS",
    };
    let signs = identity.domain && status != "NOT_STARTED";
    json!({
        "SigningEnabled": signs,
        "Status": status,
        "Tokens": signs.then_some(&identity.tokens),
        "SigningAttributesOrigin": "AWS_SES",
        "NextSigningKeyLength": if signs { "RSA_2048_BIT" } else { "RSA_1024_BIT" },
        "CurrentSigningKeyLength": signs.then_some("RSA_2048_BIT"),
        "LastKeyGenerationTimestamp": signs.then(|| identity.created.to_string()),
    })
}

fn create(account: &mut Account, call: &Call) -> Answer {
    let name = call.params.need("EmailIdentity")?.to_owned();
    if account.here.mail.identities.contains_key(&name) {
        return Err(already(&format!("Email identity {name} already exist.")));
    }
    let domain = !name.contains('@');
    if !names(&name)[1].contains('.') {
        return Err(bad(&format!("Invalid domain name {}.", names(&name)[1])));
    }
    let set = call.params.text("ConfigurationSetName").map(str::to_owned);
    if let Some(set) =
        set.as_ref().filter(|set| !account.here.mail.configuration_sets.contains_key(*set))
    {
        return Err(configuration::absent(set));
    }
    let tokens = if domain { (0..3).map(|_| account.hex(32)).collect() } else { Vec::new() };
    let created = account.now();
    let status = "PENDING".to_owned();
    let identity = Identity {
        status,
        domain,
        tokens,
        created,
        mail_from: None,
        configuration_set: set,
        policies: BTreeMap::new(),
        tags: call.params.list("Tags").to_vec(),
    };
    let answer = json!({
        "IdentityType": if domain { "DOMAIN" } else { "EMAIL_ADDRESS" },
        "VerifiedForSendingStatus": false,
        "DkimAttributes": dkim(&identity),
    });
    account.here.mail.identities.insert(name.clone(), identity);
    if domain {
        account.later(SEARCHED, move |account| give_up(account, &name, created));
    }
    Ok(answer)
}

/// For how long SES looks for a domain's records, seconds: "up to 72 hours".
///
/// <https://docs.aws.amazon.com/ses/latest/dg/creating-identities.html>
const SEARCHED: i64 = 72 * 3600;

/// The domain's records were not found in time.
fn give_up(account: &mut Account, name: &str, created: Timestamp) {
    if let Some(identity) = account.here.mail.identities.get_mut(name)
        && identity.created == created
        && identity.status == "PENDING"
    {
        "FAILED".clone_into(&mut identity.status);
    }
}

fn find<'a>(mail: &'a Mail, name: &str) -> Result<&'a Identity, Fault> {
    let found = mail.identities.get(name);
    found.ok_or_else(|| missing(&format!("Email identity {name} does not exist.")))
}

fn get(mail: &Mail, call: &Call) -> Answer {
    let identity = find(mail, call.params.need("EmailIdentity")?)?;
    let from = identity.mail_from.as_ref();
    Ok(json!({
        "IdentityType": if identity.domain { "DOMAIN" } else { "EMAIL_ADDRESS" },
        "FeedbackForwardingStatus": true,
        "VerifiedForSendingStatus": identity.status == "SUCCESS",
        "VerificationStatus": identity.status,
        "DkimAttributes": dkim(identity),
        "MailFromAttributes": {
            "MailFromDomain": from.map(|from| &from.domain),
            "MailFromDomainStatus": from.map(|from| &from.status),
            "BehaviorOnMxFailure":
                from.map_or("USE_DEFAULT_VALUE", |from| from.otherwise.as_str()),
        },
        "Policies": identity.policies,
        "Tags": identity.tags,
        "ConfigurationSetName": identity.configuration_set,
        "VerificationInfo": {
            "LastCheckedTimestamp": identity.created.to_string(),
            // A domain fails when its records are not found within three days.
            "ErrorType": (identity.status == "FAILED").then_some("HOST_NOT_FOUND"),
        },
    }))
}

fn delete(account: &mut Account, call: &Call) -> Answer {
    let name = call.params.need("EmailIdentity")?;
    find(&account.here.mail, name)?;
    account.here.mail.identities.remove(name);
    Ok(json!({}))
}

fn find_mut<'a>(mail: &'a mut Mail, call: &Call) -> Result<&'a mut Identity, Fault> {
    let name = call.params.need("EmailIdentity")?;
    find(mail, name)?;
    let found = mail.identities.get_mut(name);
    found.ok_or_else(|| missing(&format!("Email identity {name} does not exist.")))
}

/// Sets the domain of an identity's bounces, or takes it away. Its record is looked for, and here
/// nobody puts it there.
fn put_mail_from(account: &mut Account, call: &Call) -> Answer {
    let identity = find_mut(&mut account.here.mail, call)?;
    let domain = call.params.text("MailFromDomain");
    identity.mail_from = domain.map(|domain| MailFrom {
        domain: domain.to_owned(),
        status: "PENDING".to_owned(),
        otherwise: call
            .params
            .text("BehaviorOnMxFailure")
            .unwrap_or("USE_DEFAULT_VALUE")
            .to_owned(),
    });
    let Some(domain) = domain.map(str::to_owned) else { return Ok(json!({})) };
    let name = call.params.need("EmailIdentity")?.to_owned();
    account.later(SEARCHED, move |account| {
        let identity = account.here.mail.identities.get_mut(&name);
        let from = identity.and_then(|identity| identity.mail_from.as_mut());
        if let Some(from) = from.filter(|it| it.domain == domain && it.status == "PENDING") {
            "FAILED".clone_into(&mut from.status);
        }
    });
    Ok(json!({}))
}

fn put_set(account: &mut Account, call: &Call) -> Answer {
    let mail = &mut account.here.mail;
    let set = call.params.text("ConfigurationSetName").map(str::to_owned);
    if let Some(set) = set.as_ref().filter(|set| !mail.configuration_sets.contains_key(*set)) {
        return Err(configuration::absent(set));
    }
    find_mut(mail, call)?.configuration_set = set;
    Ok(json!({}))
}

fn policies(mail: &Mail, call: &Call) -> Answer {
    let identity = find(mail, call.params.need("EmailIdentity")?)?;
    Ok(json!({ "Policies": identity.policies }))
}

fn put_policy(account: &mut Account, call: &Call, known: bool) -> Answer {
    let (name, policy) = (call.params.need("PolicyName")?, call.params.need("Policy")?);
    let identity = find_mut(&mut account.here.mail, call)?;
    match (identity.policies.contains_key(name), known) {
        (true, false) => return Err(already(&format!("Policy {name} already exists."))),
        (false, true) => return Err(missing(&format!("Policy {name} does not exist."))),
        (true, true) | (false, false) => {}
    }
    identity.policies.insert(name.to_owned(), policy.to_owned());
    Ok(json!({}))
}

fn delete_policy(account: &mut Account, call: &Call) -> Answer {
    let name = call.params.need("PolicyName")?;
    find_mut(&mut account.here.mail, call)?.policies.remove(name);
    Ok(json!({}))
}
