//! What is in an application version's bundle, as far as it makes a difference here.
//!
//! The sandbox runs no code. What a version does is written in its `Description`, which any
//! client can set, after whatever else stands there: notes of the form `name: value`, separated
//! by semicolons.
//!
//! | note | meaning | without it |
//! | --- | --- | --- |
//! | `runs-on: 6.4.*, 6.3.*` | platform versions it runs on; on others it does not start | all |
//! | `answers: / 200, /health 503` | what it answers where; other paths answer 404 | 200 everywhere |
//! | `deploys-in: 40s` | how long its deployment takes on an instance | 25 seconds |
//! | `deploys: no` | its deployment fails on every instance | it works |
//! | `needs: 192.168.248.10:27017` | what it must reach to answer anything but 500 | nothing |
//! | `hangs-after: 24h` | an instance falls silent so long after it was deployed | never |
//!
//! `Shop 2.31; runs-on: 6.4.*` is a version that the newest platform does not run.

#![expect(clippy::similar_names, reason = "plainer as it is written")]

use serde::Serialize;

use crate::sandbox::access::like;

/// What a version does once it is on an instance.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Bundle {
    /// Patterns of platform versions it runs on; none means all.
    pub runs_on: Vec<String>,
    /// Paths with the status they answer; none means that every path answers 200.
    pub answers: Vec<(String, u16)>,
    /// Seconds a deployment takes.
    pub deploys_in: i64,
    /// Whether its deployment fails.
    pub fails: bool,
    /// Addresses and ports it must reach.
    pub needs: Vec<(String, u16)>,
    /// Seconds after which an instance falls silent.
    pub hangs_after: Option<i64>,
}

/// Seconds that a deployment of a small application takes.
const DEPLOYS_IN: i64 = 25;

impl Bundle {
    /// Reads the notes in a description.
    pub fn read(description: &str) -> Self {
        let mut bundle = Self { deploys_in: DEPLOYS_IN, ..Self::default() };
        for note in description.split(';') {
            let Some((name, value)) = note.split_once(':') else { continue };
            let value = value.trim();
            let parts = || value.split(',').map(str::trim).filter(|part| !part.is_empty());
            match name.trim() {
                "runs-on" => bundle.runs_on = parts().map(str::to_owned).collect(),
                "answers" => bundle.answers = parts().filter_map(answer).collect(),
                "needs" => bundle.needs = parts().filter_map(address).collect(),
                "deploys" => bundle.fails = value == "no",
                "deploys-in" => bundle.deploys_in = seconds(value).unwrap_or(DEPLOYS_IN),
                "hangs-after" => bundle.hangs_after = seconds(value),
                _ => {}
            }
        }
        bundle
    }

    /// Whether it runs on a platform version, `6.4.3`.
    pub fn runs_on(&self, version: &str) -> bool {
        self.runs_on.is_empty() || self.runs_on.iter().any(|pattern| like(pattern, version))
    }

    /// The status it answers at a path when all is well.
    pub fn answer(&self, path: &str) -> u16 {
        let path = path.split('?').next().unwrap_or(path);
        let path = if path.is_empty() { "/" } else { path };
        let known = self.answers.iter().find(|(known, _)| known == path).map(|(_, code)| *code);
        known.unwrap_or(if self.answers.is_empty() { 200 } else { 404 })
    }
}

fn answer(part: &str) -> Option<(String, u16)> {
    let (path, code) = part.rsplit_once(' ')?;
    Some((path.trim().to_owned(), code.parse().ok()?))
}

fn address(part: &str) -> Option<(String, u16)> {
    let (host, port) = part.rsplit_once(':')?;
    Some((host.to_owned(), port.parse().ok()?))
}

/// `90s`, `15m`, `24h`, `3d` in seconds.
pub(in crate::sandbox) fn seconds(text: &str) -> Option<i64> {
    let unit = text.chars().last()?;
    let number: i64 = text[..text.len() - unit.len_utf8()].trim().parse().ok()?;
    let factor = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3600,
        'd' => 86_400,
        _ => return None,
    };
    number.checked_mul(factor)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_description_without_notes_runs_everywhere_and_answers_200() {
        let bundle = Bundle::read("Shop 2.31, see ticket SHOP-812: fixes the basket");
        assert!(bundle.runs_on("6.5.1"));
        assert_eq!(bundle.answer("/any?x=1"), 200);
        assert_eq!(bundle.deploys_in, 25);
    }

    #[test]
    fn notes_say_where_it_runs_and_what_it_answers() {
        let bundle = Bundle::read(
            "Shop; runs-on: 6.4.*, 6.3.2; answers: / 200, /health 503; deploys-in: 15m; \
             needs: 192.168.248.10:27017; hangs-after: 1d",
        );
        assert!(bundle.runs_on("6.4.3") && bundle.runs_on("6.3.2") && !bundle.runs_on("6.5.1"));
        assert_eq!((bundle.answer("/health"), bundle.answer("/nothing")), (503, 404));
        assert_eq!(bundle.deploys_in, 900);
        assert_eq!(bundle.needs, [("192.168.248.10".to_owned(), 27017)]);
        assert_eq!(bundle.hangs_after, Some(86_400));
    }
}
