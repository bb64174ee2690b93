//! Findings that AWS's own texts prove.

use super::messages::{self, Hit};
use super::situation::Situation;
use super::{Finding, FindingKind, Role};
use crate::world::{Gap, Snapshot};

/// What a check says when AWS's text proves its fault.
pub(super) struct Words {
    pub(super) code: &'static str,
    pub(super) title: &'static str,
    pub(super) explanation: &'static str,
    /// How sure the text makes it, 0 to 100.
    pub(super) weight: u8,
}

/// The finding that sure texts prove, if there are any; its kind is made from the first of them.
///
/// # Errors
/// A [`Gap`] if there are none and neither events nor the stack could be read.
pub(super) fn proven(
    world: &Snapshot,
    words: &Words,
    kind: impl Fn(&Hit) -> FindingKind,
) -> Result<Vec<Finding>, Gap> {
    from_hits(world, words, &messages::proofs(world, words.code), Role::Cause, kind)
}

/// The finding that texts hint at which several faults share, if this code is their likeliest.
pub(super) fn hinted(
    world: &Snapshot,
    words: &Words,
    role: Role,
    kind: impl Fn(&Hit) -> FindingKind,
) -> Result<Vec<Finding>, Gap> {
    let mut hits = messages::hits(world);
    hits.retain(|hit| hit.codes[0] == words.code);
    from_hits(world, words, &hits, role, kind)
}

fn from_hits(
    world: &Snapshot,
    words: &Words,
    hits: &[Hit],
    role: Role,
    kind: impl Fn(&Hit) -> FindingKind,
) -> Result<Vec<Finding>, Gap> {
    let Some(first) = hits.first() else {
        world.events.present()?;
        return Ok(Vec::new());
    };
    let finding = Finding::new(kind(first), role, words.title, words.explanation)
        .on([world.environment.value().map_or("", |own| own.name.as_str())])
        .weighing(words.weight)
        .with(messages::evidence(hits));
    let signs = Situation::of(world).signs().into_iter().take(1);
    Ok(vec![finding.with(signs)])
}

/// The text between two others, as in `Export X cannot be …`.
pub(super) fn between<'a>(text: &'a str, before: &str, after: &str) -> Option<&'a str> {
    let start = text.find(before)? + before.len();
    let rest = &text[start..];
    let end = if after.is_empty() { rest.len() } else { rest.find(after)? };
    Some(rest[..end].trim())
}

/// The first word that begins with a prefix, as `sg-` or `ami-`.
pub(super) fn word<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    let inside = |c: char| c.is_ascii_alphanumeric() || "-_.:/".contains(c);
    text.split(|c: char| !inside(c))
        .find(|word| word.starts_with(prefix) && word.len() > prefix.len())
        .map(|word| word.trim_end_matches(['.', ':']))
}
