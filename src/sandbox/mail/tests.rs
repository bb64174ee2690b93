//! Mail: what is sent, what is refused, and pages.

use serde_json::{Value, json};

use super::{Mail, identity};
use crate::sandbox::{Account, Answer, Fault, Service};

fn account() -> Account {
    let now = "2026-03-01T10:00:00Z".parse().expect("a time");
    Account::new("123456789012", "eu-central-1", now)
}

fn ask(account: &mut Account, operation: &str, params: Value) -> Answer {
    account.call_as("ops", Service::Ses, operation, params)
}

fn done(account: &mut Account, operation: &str, params: Value) -> Value {
    ask(account, operation, params).expect("a call that works")
}

fn refused(account: &mut Account, operation: &str, params: Value) -> Fault {
    ask(account, operation, params).expect_err("a refusal")
}

/// An account that may send as `shop.example.com` to anybody.
fn sending() -> Account {
    let mut account = account();
    account.here.mail.grant();
    done(&mut account, "CreateEmailIdentity", json!({ "EmailIdentity": "shop.example.com" }));
    identity::verify(&mut account, "shop.example.com", "SUCCESS");
    account
}

fn letter() -> Value {
    json!({
        "FromEmailAddress": "Shop <orders@shop.example.com>",
        "Destination": { "ToAddresses": ["a@example.org"], "BccAddresses": ["b@example.org"] },
        "Content": { "Simple": { "Subject": { "Data": "Hello" } } },
    })
}

#[test]
fn every_receiver_counts_against_the_quota() {
    let mut account = sending();
    account.here.mail.daily_quota = 3.0;
    done(&mut account, "SendEmail", letter());
    let told = done(&mut account, "GetAccount", json!({}));
    assert_eq!(told["SendQuota"]["SentLast24Hours"], 2);
    assert_eq!(refused(&mut account, "SendEmail", letter()).code, "LimitExceededException");
}

#[test]
fn a_paused_set_pauses_its_messages_alone() {
    let mut account = sending();
    let set = json!({ "ConfigurationSetName": "orders" });
    done(&mut account, "CreateConfigurationSet", set.clone());
    let again = refused(&mut account, "CreateConfigurationSet", set.clone());
    assert_eq!(again.code, "AlreadyExistsException");
    let off = json!({ "ConfigurationSetName": "orders", "SendingEnabled": false });
    done(&mut account, "PutConfigurationSetSendingOptions", off);
    let told = done(&mut account, "GetConfigurationSet", set);
    assert_eq!(told["SendingOptions"], json!({ "SendingEnabled": false }));
    let mut with_set = letter();
    with_set["ConfigurationSetName"] = json!("orders");
    let code = refused(&mut account, "SendEmail", with_set.clone()).code;
    assert_eq!(code, "SendingPausedException");
    done(&mut account, "SendEmail", letter());
    with_set["ConfigurationSetName"] = json!("invoices");
    let fault = refused(&mut account, "SendEmail", with_set);
    assert_eq!((fault.code.as_str(), fault.status), ("NotFoundException", 404));
    assert_eq!(fault.message, "Configuration set <invoices> does not exist.");
}

#[test]
fn a_bounce_domain_without_record_stops_mail_only_where_it_is_to() {
    let mut account = sending();
    let mut from = json!({
        "EmailIdentity": "shop.example.com", "MailFromDomain": "bounce.shop.example.com",
    });
    done(&mut account, "PutEmailIdentityMailFromAttributes", from.clone());
    done(&mut account, "SendEmail", letter());
    from["BehaviorOnMxFailure"] = json!("REJECT_MESSAGE");
    done(&mut account, "PutEmailIdentityMailFromAttributes", from);
    let fault = refused(&mut account, "SendEmail", letter());
    assert_eq!(fault.code, "MailFromDomainNotVerifiedException");
    let until = account.now() + jiff::SignedDuration::from_hours(73);
    account.pass_until(until);
    let params = json!({ "EmailIdentity": "shop.example.com" });
    let told = done(&mut account, "GetEmailIdentity", params);
    assert_eq!(told["MailFromAttributes"]["MailFromDomainStatus"], "FAILED");
}

#[test]
fn lists_come_in_pages_and_know_their_own_tokens() {
    let mut account = account();
    for number in 0..5 {
        let params = json!({ "EmailAddress": format!("{number}@example.org"), "Reason": "BOUNCE" });
        done(&mut account, "PutSuppressedDestination", params);
    }
    let mut seen = Vec::new();
    let mut params = json!({ "PageSize": "2" });
    loop {
        let page = done(&mut account, "ListSuppressedDestinations", params.clone());
        let rows = page["SuppressedDestinationSummaries"].as_array().expect("rows");
        seen.extend(rows.iter().map(|row| row["EmailAddress"].clone()));
        if page["NextToken"].is_null() {
            break;
        }
        params["NextToken"] = page["NextToken"].clone();
    }
    assert_eq!(seen.len(), 5);
    let wrong = json!({ "NextToken": "made up" });
    let code = refused(&mut account, "ListSuppressedDestinations", wrong).code;
    assert_eq!(code, "InvalidNextTokenException");
    let wrong = json!({ "PageSize": 0 });
    assert_eq!(refused(&mut account, "ListEmailIdentities", wrong).code, "BadRequestException");
    let other = json!({ "Reason": ["COMPLAINT"] });
    let none = done(&mut account, "ListSuppressedDestinations", other);
    assert_eq!(none["SuppressedDestinationSummaries"], json!([]));
}

#[test]
fn production_access_is_looked_at_for_a_day() {
    let mut account = account();
    let asked = json!({
        "MailType": "TRANSACTIONAL", "WebsiteURL": "https://shop.example.com",
        "ProductionAccessEnabled": true,
    });
    done(&mut account, "PutAccountDetails", asked.clone());
    let told = done(&mut account, "GetAccount", json!({}));
    assert_eq!(told["ProductionAccessEnabled"], false);
    assert_eq!(told["Details"]["ReviewDetails"]["Status"], "PENDING");
    assert_eq!(refused(&mut account, "PutAccountDetails", asked).status, 409);
    let until = account.now() + jiff::SignedDuration::from_hours(25);
    account.pass_until(until);
    let Mail { production, .. } = &account.here.mail;
    assert!(*production);
}

#[test]
fn what_a_request_lacks_is_one_code() {
    let mut account = account();
    for operation in ["CreateEmailIdentity", "GetConfigurationSet", "PutSuppressedDestination"] {
        assert_eq!(refused(&mut account, operation, json!({})).code, "BadRequestException");
    }
    let wrong = json!({ "EmailIdentity": "shop" });
    assert_eq!(refused(&mut account, "CreateEmailIdentity", wrong).code, "BadRequestException");
}
