//! What an environment property's value shows without telling it.

use std::net::IpAddr;

use crate::world::{Clue, Property};

/// What may be kept of a property: its name, its length, and clues.
pub(super) fn property(name: &str, value: &str) -> Property {
    // CloudFormation counts `NAME=value` for each property.
    Property {
        name: name.to_owned(),
        bytes: name.len() + 1 + value.len(),
        clues: clues(name, value),
    }
}

fn clues(name: &str, value: &str) -> Vec<Clue> {
    let mut clues = Vec::new();
    clues.extend(smtp_endpoint(value));
    clues.extend(access_key(value));
    if value.contains(".mongodb.net") {
        clues.push(Clue::HostedMongo);
    }
    let upper = name.to_ascii_uppercase();
    if matches!(upper.as_str(), "HTTP_PROXY" | "HTTPS_PROXY" | "ALL_PROXY") && !value.is_empty() {
        clues.push(Clue::Proxy);
    }
    if let Some(port) = whole_port(&upper, value) {
        clues.push(Clue::Port { port });
    }
    for (host, port) in hosts(&upper, value) {
        clues.push(Clue::Host { host });
        clues.extend(port.map(|port| Clue::Port { port }));
    }
    clues
}

/// The region of an SES SMTP endpoint named anywhere in the value.
fn smtp_endpoint(value: &str) -> Option<Clue> {
    let after = ["email-smtp.", "email-smtp-fips."]
        .iter()
        .find_map(|prefix| value.split_once(prefix).map(|(_, after)| after))?;
    let region = after.split_once(".amazonaws.com")?.0;
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    (!region.is_empty() && region.len() < 30 && region.chars().all(plain))
        .then(|| Clue::SmtpEndpoint { region: region.to_owned() })
}

/// An access key id; all but its first and last four characters are dropped.
fn access_key(value: &str) -> Option<Clue> {
    let words = value.split(|c: char| !c.is_ascii_alphanumeric());
    let key = words.into_iter().find(|word| {
        // An access key id has 16 to 128 characters, in practice 20.
        // Source: the `accessKeyIdType` of the IAM API model.
        (word.starts_with("AKIA") || word.starts_with("ASIA"))
            && (16..=128).contains(&word.len())
            && word.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit())
    })?;
    let (prefix, last_four) = (key[..4].to_owned(), key[key.len() - 4..].to_owned());
    Some(Clue::AccessKey { prefix, last_four })
}

/// A value that is nothing but a port, where the property's name says that it is one.
fn whole_port(upper_name: &str, value: &str) -> Option<u16> {
    let port = value.trim().parse().ok().filter(|port| *port != 0)?;
    upper_name.contains("PORT").then_some(port)
}

/// Words in a property's name that say that its value names a machine.
const HOST_WORDS: &[&str] =
    &["ADDR", "BROKER", "DATABASE", "DOMAIN", "ENDPOINT", "HOST", "SERVER", "SMTP", "URI", "URL"];

/// Hosts and ports that a value names. What could be part of a password is never taken for a host.
fn hosts(upper_name: &str, value: &str) -> Vec<(String, Option<u16>)> {
    let value = value.trim();
    let Some(authority) = authority(upper_name, value) else { return Vec::new() };
    let parts: Vec<_> = authority.split(',').map(host_and_port).collect();
    // If one part is no host, something else was cut wrongly: rather nothing than a secret.
    if parts.iter().any(Option::is_none) {
        return Vec::new();
    }
    parts.into_iter().flatten().collect()
}

/// The part of a URL or address between user and path.
fn authority<'a>(upper_name: &str, value: &'a str) -> Option<&'a str> {
    let Some((_, rest)) = value.split_once("://") else {
        let names_a_host = HOST_WORDS.iter().any(|word| upper_name.contains(word));
        let plain = !value.contains(['@', '/', '?', '#', ' ']);
        return (names_a_host && plain).then_some(value);
    };
    let before_query = rest.split(['?', '#']).next().unwrap_or(rest);
    // A password may contain any of these signs; if cutting would lose an `@`, do not guess.
    if before_query.matches('@').count() != rest.matches('@').count() {
        return None;
    }
    let after_user = before_query.rsplit_once('@').map_or(before_query, |(_, host)| host);
    after_user.split('/').next()
}

fn host_and_port(text: &str) -> Option<(String, Option<u16>)> {
    let (host, port) = match text.rsplit_once(':') {
        Some((host, port)) => (host, Some(port.parse().ok()?)),
        None => (text, None),
    };
    is_host(host).then(|| (host.to_owned(), port))
}

/// Whether a text is an address, or a name with a dot and a plausible last label.
fn is_host(text: &str) -> bool {
    if text.parse::<IpAddr>().is_ok() || text == "localhost" {
        return true;
    }
    let label = |label: &str| {
        !label.is_empty()
            && label.len() <= 63
            && label.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
    };
    let last = text.rsplit_once('.').map(|(_, last)| last);
    text.len() <= 253
        && text.split('.').all(label)
        && last.is_some_and(|last| last.len() >= 2 && last.chars().all(|c| c.is_ascii_lowercase()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn host(host: &str) -> Clue {
        Clue::Host { host: host.into() }
    }

    #[test]
    fn a_database_url_shows_host_and_port_and_nothing_else() {
        let value = "postgres://app:p%40ss@db.internal.example:5432/shop?sslmode=require";
        let clues = clues("DATABASE_URL", value);
        assert_eq!(clues, [host("db.internal.example"), Clue::Port { port: 5432 }]);
    }

    #[test]
    fn a_password_with_signs_of_a_url_is_never_shown() {
        for value in [
            "postgres://app:p@ss/w0rd@db.example.com/shop",
            "postgres://app:pa?s.net@db.example.com/shop",
            "postgres://app:pa#s.net@db.example.com/shop",
            "eyJhbGciOi.eyJzdWIi.c2lnbmF0dXJl",
            "top.secret.value",
        ] {
            let shown = format!("{:?}", clues("APP_CONFIG", value));
            for secret in ["ss", "s.net", "eyJ", "secret"] {
                assert!(!shown.contains(&format!("\"{secret}")), "{value}: {shown}");
            }
        }
    }

    #[test]
    fn a_hosted_mongo_is_recognised() {
        let value = "mongodb+srv://u:p@cluster0.ab12c.mongodb.net/shop";
        let clues = clues("MONGO_URL", value);
        assert_eq!(clues, [Clue::HostedMongo, host("cluster0.ab12c.mongodb.net")]);
    }

    #[test]
    fn mail_settings_are_recognised() {
        let endpoint = "email-smtp.eu-west-1.amazonaws.com";
        let region = Clue::SmtpEndpoint { region: "eu-west-1".into() };
        assert_eq!(clues("SMTP_HOST", endpoint), [region, host(endpoint)]);
        assert_eq!(clues("SMTP_PORT", "587"), [Clue::Port { port: 587 }]);
        let key = Clue::AccessKey { prefix: "AKIA".into(), last_four: "MPLE".into() };
        assert_eq!(clues("SMTP_USER", "AKIAIOSFODNN7EXAMPLE"), [key]);
        assert_eq!(clues("PIN", "4711"), []);
    }

    #[test]
    fn the_length_counts_name_and_value() {
        assert_eq!(property("A", "bcd").bytes, 5);
    }
}
