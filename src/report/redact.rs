//! Takes out what must not reach a file or screen: secrets, control characters, direction marks.

/// A text without anything that a terminal or a reader's eye would be led astray by: escape
/// sequences, control characters, marks that change the direction of writing, invisible ones.
pub fn plain(text: &str) -> String {
    let shown = anstream::adapter::strip_str(text).to_string();
    shown
        .chars()
        .map(|c| if matches!(c, '\n' | '\r' | '\t' | '\u{2028}' | '\u{2029}') { ' ' } else { c })
        .filter(|c| !c.is_control() && !is_invisible(*c))
        .collect()
}

/// Marks of direction, joiners, byte order marks and tag characters.
///
/// Source: Unicode, Bidi_Control and Default_Ignorable_Code_Point.
fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{00AD}' | '\u{061C}' | '\u{180E}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}'
        | '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E007F}')
}

/// A text as [`plain`] leaves it, with secrets taken out and words cut that no page could hold.
pub fn redacted(text: &str) -> String {
    let text = plain(text);
    let mut safe = String::with_capacity(text.len());
    // The words of `Authorization: Bearer …` and `password: …` hide the word after them.
    let mut hide_next = false;
    for (index, word) in text.split(' ').enumerate() {
        if index > 0 {
            safe.push(' ');
        }
        if hide_next && !word.is_empty() {
            hide_next = word.eq_ignore_ascii_case("bearer") || word.eq_ignore_ascii_case("basic");
            safe.push_str(if hide_next { word } else { HIDDEN });
            continue;
        }
        hide_next = hide_next || announces_secret(word);
        safe.push_str(&cut(&redacted_word(word)));
    }
    safe
}

/// What stands in place of a secret.
const HIDDEN: &str = "[hidden]";

/// Names whose values are secret, in lower case, without separators.
const SECRET_NAMES: [&str; 10] = [
    "password",
    "passwd",
    "pwd",
    "secret",
    "token",
    "apikey",
    "privatekey",
    "accesskey",
    "credential",
    "signature",
];

/// Whether a name is that of a secret: `DB_PASSWORD`, `aws_secret_access_key`, `apiKey`.
fn is_secret_name(name: &str) -> bool {
    let letters: String = name.to_lowercase().chars().filter(char::is_ascii_alphanumeric).collect();
    SECRET_NAMES.iter().any(|secret| letters.ends_with(secret))
        || letters.contains("secret")
        || letters.contains("password")
}

/// Whether the next word is a secret: `password:`, `Bearer`.
fn announces_secret(word: &str) -> bool {
    let bare = word.trim_matches(|c: char| !c.is_ascii_alphanumeric());
    bare.eq_ignore_ascii_case("bearer")
        || (word.trim_end_matches(['"', '\'']).ends_with([':', '=']) && is_secret_name(bare))
}

/// One word with what is secret in it taken out, whatever stands around it.
fn redacted_word(word: &str) -> String {
    let mut safe = String::with_capacity(word.len());
    let mut rest = word;
    // Pairs such as `a=1&password=2,token:3` hide one value after the other.
    while let Some(at) = rest.find(['=', ':']) {
        let (name, value) = (&rest[..at], &rest[at + 1..]);
        let own =
            name.rsplit(|c: char| !(c.is_ascii_alphanumeric() || "_-.\"'".contains(c))).next();
        let end = value.find(['&', ',', ';', ')', '}']).unwrap_or(value.len());
        safe.push_str(&masked(name));
        safe.push_str(&rest[at..=at]);
        if own.is_some_and(is_secret_name) && !value[..end].is_empty() {
            safe.push_str(HIDDEN);
            rest = &value[end..];
        } else {
            rest = value;
        }
    }
    safe.push_str(&masked(rest));
    hidden_user_info(&safe)
}

/// `https://user:pass@host` and `mongodb+srv://user:pass@host` without user and password.
fn hidden_user_info(word: &str) -> String {
    let Some((scheme, rest)) = word.split_once("://") else { return word.to_owned() };
    let host = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    match rest[..host].rfind('@') {
        Some(at) => format!("{scheme}://{HIDDEN}{}", &rest[at..]),
        None => word.to_owned(),
    }
}

/// A piece of a word with access keys and mail addresses taken out.
fn masked(piece: &str) -> String {
    let pieces = piece.split_inclusive(|c: char| !is_address_letter(c));
    pieces.map(masked_token).collect()
}

/// Letters that a mail address or a key is made of.
fn is_address_letter(c: char) -> bool {
    c.is_alphanumeric() || ".!#$%&'*+-/=?^_`{|}~@".contains(c)
}

fn masked_token(token: &str) -> String {
    let body = token.trim_end_matches(|c: char| !is_address_letter(c));
    let tail = &token[body.len()..];
    if is_mail(body) {
        let domain = body.rsplit_once('@').map_or("", |(_, domain)| domain);
        return format!("{HIDDEN}@{domain}{tail}");
    }
    format!("{}{tail}", masked_keys(body))
}

/// Whether a word is a mail address: `name@domain.tld`.
fn is_mail(word: &str) -> bool {
    word.rsplit_once('@').is_some_and(|(name, domain)| {
        !name.is_empty() && domain.trim_end_matches('.').contains('.')
    })
}

/// Access key ids, `AKIA` (long-term) or `ASIA` (temporary) and sixteen more.
///
/// Source: IAM user guide, "Unique identifiers".
fn masked_keys(word: &str) -> String {
    let mut safe = word.to_owned();
    for prefix in ["AKIA", "ASIA"] {
        let mut from = 0;
        while let Some(found) = safe.get(from..).and_then(|rest| rest.find(prefix)) {
            let start = from + found;
            let length = safe[start..]
                .find(|c: char| !(c.is_ascii_uppercase() || c.is_ascii_digit()))
                .unwrap_or(safe.len() - start);
            if length >= 16 {
                safe.replace_range(start + 4..start + length, "…");
            }
            from = start + prefix.len();
        }
    }
    safe
}

/// A word that fits a page; longer ones are not words but payloads.
fn cut(word: &str) -> String {
    // Longer than any ARN, stack id or presigned path that people quote.
    const LONGEST: usize = 400;
    match word.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &word[..end]),
        None => word.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_terminal_is_not_led_astray() {
        assert_eq!(plain("\u{1b}[31mred\u{1b}[0m\u{7}\nnext\u{202e}gnp.exe"), "red nextgnp.exe");
        assert_eq!(plain("a\u{200b}b\u{feff}c\u{9b}31m"), "abc31m");
    }

    #[test]
    fn secrets_are_taken_out_wherever_they_stand() {
        for (text, safe) in [
            ("DB_PASSWORD=hunter2, PORT=80", "DB_PASSWORD=[hidden], PORT=80"),
            ("password: hunter2 was refused", "password: [hidden] was refused"),
            ("Authorization: Bearer abc.def", "Authorization: Bearer [hidden]"),
            ("?user=1&token=abc&x=2", "?user=1&token=[hidden]&x=2"),
            ("mail to jane.doe@example.com.", "mail to [hidden]@example.com."),
            ("key AKIAIOSFODNN7EXAMPLE is old", "key AKIA… is old"),
            ("mongodb+srv://u:p@db.mongodb.net/x", "mongodb+srv://[hidden]@db.mongodb.net/x"),
            ("{\"secret\":\"abc\"}", "{\"secret\":[hidden]}"),
        ] {
            assert_eq!(redacted(text), safe);
        }
    }

    #[test]
    fn what_is_no_secret_stays() {
        for text in [
            "arn:aws:elasticbeanstalk:us-west-2::platform/Node.js 20 running on 64bit/6.4.3",
            "(Service: Ec2, Status Code: 400, Request ID: 7d1e)",
            "resource sg-05e1 has a dependent object",
            "https://console.aws.amazon.com/x?region=us-west-2",
        ] {
            assert_eq!(redacted(text), text);
        }
    }

    #[test]
    fn a_word_that_no_page_could_hold_is_cut() {
        assert!(redacted(&"x".repeat(10_000)).chars().count() < 500);
    }
}
