//! Numbers, times and durations as people say them.

use std::fmt::Write as _;

use jiff::{SignedDuration, Timestamp, tz::TimeZone};

/// `1 action`, `6 actions`.
pub fn count(number: usize, one: &str) -> String {
    if number == 1 { format!("1 {one}") } else { format!("{number} {one}s") }
}

/// `a`, `a and b`, `a, b and c`.
pub fn list<T: AsRef<str>>(items: &[T]) -> String {
    match items {
        [] => String::new(),
        [only] => only.as_ref().to_owned(),
        [first @ .., last] => {
            let first: Vec<&str> = first.iter().map(AsRef::as_ref).collect();
            format!("{} and {}", first.join(", "), last.as_ref())
        }
    }
}

/// A length of time, coarse enough to be said: `0.4 s`, `45 s`, `14 min`, `5 h 10 min`, `3 days`.
pub fn lasting(duration: SignedDuration) -> String {
    let seconds = duration.abs().as_secs();
    match seconds {
        0 => "a moment".to_owned(),
        1..60 => format!("{seconds} s"),
        60..600 if seconds % 60 != 0 => {
            format!("{} min {} s", seconds / 60, seconds % 60)
        }
        60..3600 => format!("{} min", seconds / 60),
        3600..172_800 => {
            let (hours, minutes) = (seconds / 3600, seconds / 60 % 60);
            if minutes == 0 { format!("{hours} h") } else { format!("{hours} h {minutes} min") }
        }
        _ => format!("{} days", seconds / 86_400),
    }
}

/// `14 min ago`, or `in 3 days`.
pub fn ago(moment: Timestamp, now: Timestamp) -> String {
    let passed = now.duration_since(moment);
    if passed.is_negative() {
        format!("in {}", rough(passed))
    } else {
        format!("{} ago", rough(passed))
    }
}

/// A length of time that happened to have passed; its seconds interest nobody.
fn rough(duration: SignedDuration) -> String {
    let seconds = duration.abs().as_secs();
    let whole = if seconds < 60 { seconds } else { seconds - seconds % 60 };
    lasting(SignedDuration::from_secs(whole))
}

/// A moment to be quoted: `2026-03-12 10:20:05 UTC`.
pub fn moment(at: Timestamp) -> String {
    format!("{} UTC", at.to_zoned_datetime(TimeZone::UTC).strftime("%Y-%m-%d %H:%M:%S"))
}

/// A moment near another one: the time alone on the same day, `10:20`, else with the date.
pub fn clock_time(at: Timestamp, now: Timestamp) -> String {
    let (at, now) = (at.to_zoned_datetime(TimeZone::UTC), now.to_zoned_datetime(TimeZone::UTC));
    let format = if at.date() == now.date() { "%H:%M UTC" } else { "%-d %B %Y, %H:%M UTC" };
    at.strftime(format).to_string()
}

/// The first letter in upper case.
pub fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| {
        let mut capital: String = first.to_uppercase().collect();
        let _ = write!(capital, "{}", letters.as_str());
        capital
    })
}

/// A sentence with its full stop.
pub fn sentence(text: &str) -> String {
    let text = text.trim_end();
    if text.is_empty() || text.ends_with(['.', '!', '?', ':', '…']) {
        text.to_owned()
    } else {
        format!("{text}.")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_said_as_people_say_them() {
        for (seconds, words) in [
            (0, "a moment"),
            (45, "45 s"),
            (90, "1 min 30 s"),
            (840, "14 min"),
            (18_600, "5 h 10 min"),
            (7200, "2 h"),
            (300_000, "3 days"),
        ] {
            assert_eq!(lasting(SignedDuration::from_secs(seconds)), words);
        }
    }

    #[test]
    fn a_time_of_another_day_has_its_date() {
        let now: Timestamp = "2026-03-12T13:00:00Z".parse().unwrap();
        assert_eq!(clock_time("2026-03-12T10:20:31Z".parse().unwrap(), now), "10:20 UTC");
        let before = clock_time("2026-03-09T10:20:31Z".parse().unwrap(), now);
        assert_eq!(before, "9 March 2026, 10:20 UTC");
        assert_eq!(ago("2026-03-12T12:45:31Z".parse().unwrap(), now), "14 min ago");
    }

    #[test]
    fn lists_end_with_and() {
        assert_eq!(list(&["a", "b", "c"]), "a, b and c");
        assert_eq!(list::<&str>(&[]), "");
    }
}
