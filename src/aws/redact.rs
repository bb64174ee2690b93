//! What never gets past this module: values of properties, credentials, mail addresses.

use serde_json::Value;

/// What stands in place of something secret.
pub(super) const HIDDEN: &str = "(hidden)";

/// The longest text of a trail event that is kept; templates and policies can be very long.
const LONGEST: usize = 1024;

/// Names whose values are never kept, in small letters and without separators.
// `value` and `parametervalue` are those of Elastic Beanstalk's options and CloudFormation's
// parameters, where passwords are passed.
const SECRET: &[&str] = &[
    "authparameters",
    "credentials",
    "environmentvariables",
    "masteruserpassword",
    "parametervalue",
    "password",
    "privatekey",
    "secret",
    "secretaccesskey",
    "secretstring",
    "sessiontoken",
    "templatebody",
    "userdata",
];

/// Whether a value under this name may be secret.
pub(super) fn is_secret_name(name: &str) -> bool {
    let plain: String =
        name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect();
    SECRET.contains(&plain.as_str())
        || plain.ends_with("password")
        || plain.ends_with("secret")
        || plain.ends_with("secretkey")
        || plain.ends_with("accesstoken")
}

/// A JSON tree without what may be secret: whole values by name, mail addresses anywhere.
pub(super) fn tree(value: Value) -> Value {
    match value {
        Value::Object(members) => {
            let option = members.contains_key("optionName") || members.contains_key("OptionName");
            let members = members.into_iter().map(|(name, member)| {
                let is_value = option && name.eq_ignore_ascii_case("value");
                if (is_secret_name(&name) || is_value) && !member.is_null() {
                    (name, Value::from(HIDDEN))
                } else {
                    (name, tree(member))
                }
            });
            Value::Object(members.collect())
        }
        Value::Array(items) => Value::Array(items.into_iter().map(tree).collect()),
        Value::String(text) => Value::String(shortened(&mail(&text))),
        other @ (Value::Null | Value::Bool(_) | Value::Number(_)) => other,
    }
}

/// A text in which every mail address has lost its domain; who it was stays recognisable.
pub(super) fn mail(text: &str) -> String {
    if !text.contains('@') {
        return text.to_owned();
    }
    let mut result = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('@') {
        let (before, after) = rest.split_at(at);
        let after = &after[1..];
        let domain = domain_length(after);
        let local = before.chars().next_back().is_some_and(is_local);
        result.push_str(before);
        if local && domain > 0 {
            result.push_str("@…");
            rest = &after[domain..];
        } else {
            result.push('@');
            rest = after;
        }
    }
    result.push_str(rest);
    result
}

/// An identity of SES: a domain as it is, an address without the part before its domain.
pub(super) fn identity(name: &str) -> String {
    name.rsplit_once('@').map_or_else(|| name.to_owned(), |(_, domain)| format!("…@{domain}"))
}

/// The length of a host name with at least one dot at the beginning of the text, or 0.
fn domain_length(text: &str) -> usize {
    let end = text
        .find(|c: char| !(c.is_ascii_alphanumeric() || c == '-' || c == '.'))
        .unwrap_or(text.len());
    let domain = text[..end].trim_end_matches('.');
    if domain.contains('.') { domain.len() } else { 0 }
}

fn is_local(c: char) -> bool {
    c.is_ascii_alphanumeric() || "._%+-".contains(c)
}

fn shortened(text: &str) -> String {
    if text.chars().count() <= LONGEST {
        return text.to_owned();
    }
    text.chars().take(LONGEST).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn option_values_and_passwords_are_hidden() {
        let request = json!({
            "environmentName": "shop-prod",
            "optionSettings": [
                {"namespace": "aws:elasticbeanstalk:application:environment",
                 "optionName": "API_KEY", "value": "s3cr3t"}
            ],
            "masterUserPassword": "hunter2",
            "launchTemplateData": {"userData": "IyEvYmluL3No"},
            "parameters": [{"parameterKey": "Db", "parameterValue": "s3cr3t"}],
        });
        let text = tree(request).to_string();
        for secret in ["s3cr3t", "hunter2", "IyEvYmluL3No"] {
            assert!(!text.contains(secret), "{text}");
        }
        assert!(text.contains("API_KEY") && text.contains("shop-prod"), "{text}");
    }

    #[test]
    fn a_mail_address_loses_its_domain_and_an_arn_nothing() {
        let arn = "arn:aws:sts::210987654321:assumed-role/Admin/p.novak@example.com";
        assert_eq!(mail(arn), "arn:aws:sts::210987654321:assumed-role/Admin/p.novak@…");
        assert_eq!(mail("a@b.co and c@d.org."), "a@… and c@….");
        assert_eq!(mail("see @here, 5 @ 7"), "see @here, 5 @ 7");
        assert_eq!(identity("news@example.com"), "…@example.com");
        assert_eq!(identity("example.com"), "example.com");
    }

    #[test]
    fn very_long_texts_are_cut() {
        let long = "x".repeat(5000);
        let cut = tree(json!({ "policyDocument": long }));
        assert!(cut.to_string().len() < 1200);
    }
}
