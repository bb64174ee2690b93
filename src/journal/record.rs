//! One line of a journal.
//!
//! `{"hash":"<64 hex digits>","sequence":…,"previous":"…","at":"…","event":{…}}`: the hash is the
//! SHA-256 of the line's bytes after the hash and its comma, so that it can be checked without
//! knowing what an event is; `previous` is the hash of the line before, so that no line can be
//! changed, dropped or moved without breaking all that follow.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::error::Fault;
use super::event::Event;

/// The `previous` of the first record.
pub(super) const NO_RECORD: &str =
    "0000000000000000000000000000000000000000000000000000000000000000";

const OPENING: &str = "{\"hash\":\"";
const HASH_LENGTH: usize = NO_RECORD.len();
const AFTER_HASH: &str = "\",";

/// One thing that happened, when, and its place in the chain.
#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    /// Its number, from 1.
    pub sequence: u64,
    /// When it happened; never used to decide anything.
    pub at: Timestamp,
    /// What happened.
    pub event: Event,
    /// The hash of the record before it.
    pub previous: String,
    /// Its own.
    pub hash: String,
}

/// The part of a record that its hash covers.
#[derive(Serialize, Deserialize)]
struct Body<E> {
    sequence: u64,
    previous: String,
    at: Timestamp,
    event: E,
}

impl Record {
    /// The record after another, and its line without the newline.
    pub(super) fn next(
        last: Option<&(u64, String)>,
        at: Timestamp,
        event: Event,
    ) -> (Self, String) {
        let (sequence, previous) =
            last.map_or((1, NO_RECORD.to_owned()), |(sequence, hash)| (sequence + 1, hash.clone()));
        let body = Body { sequence, previous: previous.clone(), at, event: &event };
        let body = serde_json::to_string(&body).expect("events have text keys and plain values");
        let covered = &body[1..];
        let hash = hex_digest(covered.as_bytes());
        let line = format!("{OPENING}{hash}{AFTER_HASH}{covered}");
        (Self { sequence, at, event, previous, hash }, line)
    }

    /// Reads a line and checks that it is whole; whether it follows another is for the caller.
    pub(super) fn read(line: &[u8]) -> Result<Self, Fault> {
        let (hash, covered) = split(line)
            .ok_or_else(|| Fault::Unreadable("it does not begin with a hash".to_owned()))?;
        if hex_digest(covered.as_bytes()) != hash {
            return Err(Fault::Altered);
        }
        let body: Body<Event> = serde_json::from_str(&format!("{{{covered}"))
            .map_err(|error| Fault::Unreadable(error.to_string()))?;
        let Body { sequence, previous, at, event } = body;
        Ok(Self { sequence, at, event, previous, hash: hash.to_owned() })
    }

    /// Whether it follows another, or is the first.
    pub(super) fn follows(&self, last: Option<&(u64, String)>) -> bool {
        match last {
            None => self.sequence == 1 && self.previous == NO_RECORD,
            Some((sequence, hash)) => self.sequence == sequence + 1 && &self.previous == hash,
        }
    }
}

/// A line's hash, and what it covers.
fn split(line: &[u8]) -> Option<(&str, &str)> {
    let text = std::str::from_utf8(line).ok()?.strip_prefix(OPENING)?;
    let (hash, rest) = text.split_at_checked(HASH_LENGTH)?;
    Some((hash, rest.strip_prefix(AFTER_HASH)?))
}

/// A SHA-256 in hexadecimal.
pub(super) fn hex_digest(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    Sha256::digest(bytes).iter().fold(String::with_capacity(HASH_LENGTH), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
