//! Pages of answers.

use serde_json::{Value, json};

use crate::sandbox::{Answer, Call, Fault, Params};

/// One page of rows by name, in the order of the names, with the token of the next.
///
/// A token names the row that comes next, so that a page is right although rows came and went
/// since the last one.
pub(super) fn page(
    call: &Call,
    member: &str,
    rows: Vec<(String, Value)>,
    (usual, most): (usize, usize),
) -> Answer {
    let size = match call.params.get("PageSize") {
        None => usual,
        Some(_) => call
            .params
            .number("PageSize")
            .and_then(|size| usize::try_from(size).ok())
            .filter(|size| (1..=most).contains(size))
            .ok_or_else(|| {
                Fault::new("BadRequestException", format!("PageSize must be between 1 and {most}"))
            })?,
    };
    let from = match call.params.text("NextToken") {
        None => String::new(),
        Some(token) => unsealed(token).ok_or_else(invalid_token)?,
    };
    let mut left = rows.into_iter().filter(|(name, _)| *name >= from);
    let page: Vec<Value> = left.by_ref().take(size).map(|(_, row)| row).collect();
    let next = left.next().map(|(name, _)| sealed(&name));
    Ok(json!({ member: page, "NextToken": next }))
}

/// The code is the API's; the sentence is not quoted anywhere that was found.
fn invalid_token() -> Fault {
    Fault::new("InvalidNextTokenException", "The specified NextToken is not valid.")
}

/// A name as a token that tells nothing.
fn sealed(name: &str) -> String {
    let mut token = String::new();
    for byte in name.bytes() {
        token.push_str(&format!("{byte:02x}"));
    }
    token
}

fn unsealed(token: &str) -> Option<String> {
    if !token.is_ascii() || !token.len().is_multiple_of(2) {
        return None;
    }
    let byte = |at: usize| u8::from_str_radix(&token[at..at + 2], 16).ok();
    let bytes: Option<Vec<u8>> = (0..token.len()).step_by(2).map(byte).collect();
    String::from_utf8(bytes?).ok()
}
