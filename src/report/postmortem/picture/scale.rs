//! Time as a length, and the ticks that people count by.

use jiff::{SignedDuration, Timestamp, tz::TimeZone};

/// A stretch of time on a stretch of the picture.
pub(super) struct Scale {
    from: Timestamp,
    seconds: f64,
    left: f64,
    width: f64,
}

/// More ticks than this cannot be read.
const TICKS: i64 = 9;
/// What people count by, in seconds: 1, 5, 10, 30 s, 1, 2, 5, 10, 15, 30 min, 1, 2, 3, 6, 12 h, days,
/// years.
const STEPS: [i64; 23] = [
    1,
    5,
    10,
    30,
    60,
    120,
    300,
    600,
    900,
    1800,
    3600,
    7200,
    10_800,
    21_600,
    43_200,
    86_400,
    172_800,
    432_000,
    864_000,
    2_592_000,
    7_776_000,
    31_536_000,
    157_680_000,
];

impl Scale {
    /// From one moment to another, between two places.
    pub(super) fn new(from: Timestamp, until: Timestamp, left: f64, right: f64) -> Self {
        // A moment alone still needs some room around it.
        let lasted = until.duration_since(from).max(SignedDuration::from_secs(60));
        Self { from, seconds: lasted.as_secs_f64(), left, width: right - left }
    }

    /// Where a moment is.
    pub(super) fn x(&self, at: Timestamp) -> f64 {
        let passed = at.duration_since(self.from).as_secs_f64() / self.seconds;
        self.left + passed.clamp(0.0, 1.0) * self.width
    }

    /// Ticks at round times, and how they are called.
    pub(super) fn ticks(&self) -> Vec<(f64, String)> {
        let end = self.from.as_second().saturating_add(self.whole_seconds());
        let fits = |step: &&i64| self.whole_seconds() / **step < TICKS;
        let step = STEPS.iter().find(fits).copied().unwrap_or(STEPS[STEPS.len() - 1]);
        let first = self.from.as_second().div_euclid(step).saturating_add(1) * step;
        let mut ticks = Vec::new();
        let mut at = first;
        while at < end {
            if let Ok(moment) = Timestamp::from_second(at) {
                ticks.push((self.x(moment), self.name(moment, step)));
            }
            at += step;
        }
        ticks
    }

    fn name(&self, at: Timestamp, step: i64) -> String {
        let format = match step {
            1..60 => "%H:%M:%S",
            _ if self.seconds > 86_400.0 && step >= 86_400 => "%-d %b",
            _ if self.seconds > 86_400.0 => "%-d %b %H:%M",
            _ => "%H:%M",
        };
        at.to_zoned_datetime(TimeZone::UTC).strftime(format).to_string()
    }

    #[expect(clippy::cast_possible_truncation, reason = "made of whole seconds")]
    fn whole_seconds(&self) -> i64 {
        self.seconds as i64
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::examples::ago;

    #[test]
    fn ticks_are_at_round_times_and_few() {
        let scale = Scale::new(ago(313), ago(0), 0.0, 800.0);
        let names: Vec<String> = scale.ticks().into_iter().map(|(_, name)| name).collect();
        assert_eq!(names, ["08:00", "09:00", "10:00", "11:00", "12:00"]);
        for minutes in [1, 7, 60, 1441, 20_000, 2_000_000] {
            let ticks = Scale::new(ago(minutes), ago(0), 0.0, 800.0).ticks();
            assert!((1..=10).contains(&ticks.len()), "{minutes}: {ticks:?}");
        }
    }
}
