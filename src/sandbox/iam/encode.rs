//! Documents as IAM answers them, and keys as S3 does: percent-encoded.

/// A text with everything but unreserved characters percent-encoded (RFC 3986).
pub(in crate::sandbox) fn percent(text: &str) -> String {
    let mut encoded = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_is_encoded_as_recorded() {
        let text = r#"{"Version":"2012-10-17","#;
        assert_eq!(percent(text), "%7B%22Version%22%3A%222012-10-17%22%2C");
    }
}
