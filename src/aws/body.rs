//! Reads what can be read from an error's body that the SDK could not make sense of.

use crate::world::RequestId;

/// The longest piece of a page that is shown; a proxy's error page can be long.
const SHOWN: usize = 160;

/// Code and message of an error body in any of AWS's formats, as far as they are there.
pub(super) fn error(body: &[u8]) -> (Option<String>, Option<String>) {
    let text = String::from_utf8_lossy(body);
    if let Ok(json) = serde_json::from_str::<serde_json::Value>(&text) {
        let field = |names: [&str; 3]| {
            names.iter().find_map(|name| json.get(name)?.as_str().map(str::to_owned))
        };
        let code = field(["__type", "code", "Code"]);
        let code = code.map(|code| code.rsplit('#').next().unwrap_or(&code).to_owned());
        return (code, field(["message", "Message", "errorMessage"]));
    }
    (element(&text, "Code"), element(&text, "Message"))
}

/// The request's identifier, which EC2 writes into the body alone.
pub(super) fn request_id(body: &[u8]) -> Option<RequestId> {
    let text = String::from_utf8_lossy(body);
    ["RequestID", "RequestId", "requestId"]
        .iter()
        .find_map(|name| element(&text, name))
        .map(RequestId::from)
}

/// One line that says what came instead of an error of AWS.
pub(super) fn summary(status: u16, body: &[u8]) -> String {
    let text = without_tags(&String::from_utf8_lossy(body));
    let words: Vec<&str> = text.split_whitespace().collect();
    let line: String = words.join(" ").chars().take(SHOWN).collect();
    if line.is_empty() {
        format!("HTTP status {status} with an empty body")
    } else {
        format!("HTTP status {status} without an AWS error: {line}")
    }
}

/// The text of the first element of that name; entities are left as they are.
fn element(text: &str, name: &str) -> Option<String> {
    let after = text.split_once(&format!("<{name}>"))?.1;
    let inner = after.split_once(&format!("</{name}>"))?.0.trim();
    (!inner.is_empty() && !inner.contains('<')).then(|| inner.to_owned())
}

fn without_tags(text: &str) -> String {
    let mut inside = false;
    text.chars()
        .filter_map(|c| match c {
            '<' => {
                inside = true;
                Some(' ')
            }
            '>' if inside => {
                inside = false;
                None
            }
            _ if inside => None,
            _ if c.is_control() => Some(' '),
            _ => Some(c),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_becomes_one_plain_line() {
        let page = b"<!doctype html>\n<title>500</title><h1>Internal\x1b[31m Error</h1>";
        let line = summary(500, page);
        assert_eq!(line, "HTTP status 500 without an AWS error: 500 Internal [31m Error");
        assert_eq!(error(page), (None, None));
    }

    #[test]
    fn an_empty_body_is_survived() {
        assert_eq!(summary(503, b""), "HTTP status 503 with an empty body");
        assert_eq!(error(b""), (None, None));
        assert_eq!(request_id(b""), None);
    }

    #[test]
    fn codes_are_read_from_xml_and_json() {
        let xml = b"<Response><Errors><Error><Code>X</Code><Message>y z</Message></Error></Errors>\
            <RequestID>r-1</RequestID></Response>";
        assert_eq!(error(xml), (Some("X".into()), Some("y z".into())));
        assert_eq!(request_id(xml), Some("r-1".into()));
        let json = br#"{"__type": "com.amazon#AccessDenied", "Message": "no"}"#;
        assert_eq!(error(json), (Some("AccessDenied".into()), Some("no".into())));
    }
}
