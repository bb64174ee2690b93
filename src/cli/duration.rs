//! Durations as people write them: `200ms`, `45s`, `1m30s`, `2h`.

use std::time::Duration;

/// Units with their length in milliseconds, longest name first so that `ms` is not read as `m`.
const UNITS: [(&str, u64); 5] =
    [("ms", 1), ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000)];

/// Why a text is not a duration.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum DurationError {
    /// Nothing was given.
    #[error("empty duration")]
    Empty,
    /// A number without a unit, or a unit without a number.
    #[error("not a duration: `{0}`; write it as 200ms, 45s, 1m30s or 2h")]
    Malformed(String),
    /// Longer than a machine word of milliseconds.
    #[error("too long a duration: `{0}`")]
    TooLong(String),
    /// Nothing at all.
    #[error("a duration must be longer than nothing")]
    Zero,
}

/// Reads a duration that is longer than nothing.
pub fn parse(text: &str) -> Result<Duration, DurationError> {
    let mut rest = text.trim();
    if rest.is_empty() {
        return Err(DurationError::Empty);
    }
    let malformed = || DurationError::Malformed(text.to_owned());
    let too_long = || DurationError::TooLong(text.to_owned());
    let mut total: u64 = 0;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit()).ok_or_else(malformed)?;
        let (number, after) = rest.split_at(digits);
        let (unit, length) = UNITS
            .iter()
            .find(|(unit, _)| after.starts_with(unit))
            .filter(|_| !number.is_empty())
            .ok_or_else(malformed)?;
        let number: u64 = number.parse().map_err(|_| too_long())?;
        let part = number.checked_mul(*length).ok_or_else(too_long)?;
        total = total.checked_add(part).ok_or_else(too_long)?;
        rest = &after[unit.len()..];
    }
    if total == 0 { Err(DurationError::Zero) } else { Ok(Duration::from_millis(total)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_grammar_of_the_contract_is_read() {
        for (text, milliseconds) in [
            ("200ms", 200),
            ("45s", 45_000),
            ("1m30s", 90_000),
            ("2h", 7_200_000),
            ("1h1ms", 3_600_001),
        ] {
            assert_eq!(parse(text), Ok(Duration::from_millis(milliseconds)), "{text}");
        }
    }

    #[test]
    fn what_is_no_duration_is_refused_and_nothing_panics() {
        for text in
            ["", "5", "s", "1x", "-5s", "1.5h", "5 s", "9999999999999999999s", "2000000000000000h"]
        {
            assert!(parse(text).is_err(), "{text}");
        }
        assert_eq!(parse("0s"), Err(DurationError::Zero));
    }
}
