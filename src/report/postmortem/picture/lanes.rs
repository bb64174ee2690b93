//! The timeline as a picture: one lane for each who did or said something.

#![expect(clippy::items_after_statements, reason = "plainer as it is written")]

use jiff::{SignedDuration, Timestamp, tz::TimeZone};

use super::svg::{Element, label, line, picture, rectangle, round};
use crate::report::postmortem::{Entry, Lane, Phase, Postmortem, Tone};
use crate::report::words::{count, moment};

const LANES: [Lane; 5] =
    [Lane::People, Lane::Environment, Lane::Stack, Lane::Scaling, Lane::Ebrescue];
/// The picture's width: that of the page's column.
const WIDTH: f64 = 960.0;
/// Room for the lanes' names.
const LEFT: f64 = 130.0;
const RIGHT: f64 = 20.0;
const TOP: f64 = 26.0;
const LANE: f64 = 34.0;
/// Marks nearer than this lie on top of each other and are drawn as one.
const NEAR: f64 = 5.0;
/// How many ticks the axis has.
const TICKS: i32 = 6;

/// A stretch of time to be drawn.
#[derive(Clone, Debug)]
pub(in crate::report::postmortem) struct Span {
    /// What it is.
    pub(in crate::report::postmortem) what: String,
    from: Timestamp,
    until: Timestamp,
}

/// The whole incident, and each of its phases.
pub(in crate::report::postmortem) fn spans(report: &Postmortem) -> Vec<Span> {
    let (Some(first), Some(last)) = (report.timeline.first(), report.timeline.last()) else {
        return Vec::new();
    };
    let whole = Span { what: "the whole incident".to_owned(), from: first.at, until: last.at };
    let phases = report.impact.iter().filter(|phase| phase.what != "all in all");
    let phase = |phase: &Phase| Span {
        what: phase.what.clone(),
        from: phase.from,
        until: phase.until.unwrap_or(last.at).max(phase.from),
    };
    std::iter::once(whole).chain(phases.map(phase)).collect()
}

/// Time on the way to places.
struct Scale {
    from: Timestamp,
    seconds: f64,
}

impl Scale {
    fn new(span: &Span) -> Self {
        // A moment alone still needs some room around it.
        let lasted = span.until.duration_since(span.from).max(SignedDuration::from_secs(60));
        Self { from: span.from, seconds: lasted.as_secs_f64() }
    }

    fn x(&self, at: Timestamp) -> f64 {
        let passed = at.duration_since(self.from).as_secs_f64() / self.seconds;
        LEFT + passed.clamp(0.0, 1.0) * (WIDTH - LEFT - RIGHT)
    }

    fn at(&self, part: f64) -> Timestamp {
        let seconds = SignedDuration::try_from_secs_f64(self.seconds * part);
        self.from.checked_add(seconds.unwrap_or_default()).unwrap_or(self.from)
    }
}

/// Draws the entries of a span in their lanes.
pub(in crate::report::postmortem) fn lanes(report: &Postmortem, span: &Span, id: &str) -> String {
    let inside: Vec<&Entry> =
        report.timeline.iter().filter(|one| (span.from..=span.until).contains(&one.at)).collect();
    let used: Vec<Lane> =
        LANES.into_iter().filter(|lane| inside.iter().any(|one| one.lane == *lane)).collect();
    let height = TOP + LANE * f64::from(u32::try_from(used.len()).unwrap_or(0)) + 26.0;
    let scale = Scale::new(span);
    let title = format!("Timeline of {}", span.what);
    let description = format!(
        "{} between {} and {}; the table below lists them all.",
        count(inside.len(), "event"),
        moment(span.from),
        moment(span.until)
    );
    picture(id, &title, &description, (pixels(WIDTH), pixels(height)))
        .with_all(bands(report, &scale, height))
        .with_all(axis(&scale, height))
        .with_all(used.iter().zip(0u8..).flat_map(|(lane, row)| {
            let y = TOP + LANE * f64::from(row) + LANE / 2.0;
            one_lane(*lane, y, &inside, &scale)
        }))
        .to_string()
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "small and positive")]
fn pixels(length: f64) -> u32 {
    length.ceil() as u32
}

/// The phases as shaded stretches.
fn bands(report: &Postmortem, scale: &Scale, height: f64) -> Vec<Element> {
    let phases = report.impact.iter().filter(|phase| phase.what != "all in all");
    let band = |(phase, number): (&Phase, usize)| {
        let from = scale.x(phase.from);
        let until = phase.until.map_or(WIDTH - RIGHT, |until| scale.x(until));
        let class = if number % 2 == 0 { "band" } else { "band other" };
        rectangle((from, TOP - 8.0), (until - from, height - TOP - 14.0), class)
            .with(Element::new("title").text(phase.what.clone()))
    };
    phases.zip(0..).map(band).collect()
}

fn axis(scale: &Scale, height: f64) -> Vec<Element> {
    let day = scale.seconds > 86_400.0;
    let format = if day { "%d %b %H:%M" } else { "%H:%M" };
    let tick = |number: i32| {
        let at = scale.at(f64::from(number) / f64::from(TICKS));
        let x = scale.x(at);
        let text = at.to_zoned_datetime(TimeZone::UTC).strftime(format).to_string();
        let anchor = if number == TICKS { "axis end" } else { "axis" };
        [line((x, TOP - 8.0), (x, height - 22.0), "tick"), label(x, height - 8.0, anchor, &text)]
    };
    (0..=TICKS).flat_map(tick).collect()
}

fn one_lane(lane: Lane, y: f64, inside: &[&Entry], scale: &Scale) -> Vec<Element> {
    let mut elements =
        vec![label(4.0, y + 4.0, "lane", lane.name()), line((LEFT, y), (WIDTH - RIGHT, y), "rail")];
    let mut cluster: Vec<&Entry> = Vec::new();
    let mut last = f64::MIN;
    for entry in inside.iter().filter(|entry| entry.lane == lane) {
        let x = scale.x(entry.at);
        if x - last > NEAR && !cluster.is_empty() {
            elements.push(mark(&cluster, last, y));
            cluster.clear();
        }
        if cluster.is_empty() {
            last = x;
        }
        cluster.push(entry);
    }
    if !cluster.is_empty() {
        elements.push(mark(&cluster, last, y));
    }
    elements
}

/// One mark for entries of one place: a cross if any was bad, else a tick if any was good.
fn mark(entries: &[&Entry], x: f64, y: f64) -> Element {
    let any = |tone: Tone| entries.iter().any(|entry| entry.tone == tone);
    let (class, path) = if any(Tone::Bad) {
        ("bad", format!("M{} {}l8 8m0 -8l-8 8", round(x - 4.0), round(y - 4.0)))
    } else if any(Tone::Good) {
        ("good", format!("M{} {}l3 4l6 -8", round(x - 4.0), round(y)))
    } else {
        ("neutral", format!("M{} {}h6v6h-6z", round(x - 3.0), round(y - 3.0)))
    };
    // More lines than this no tooltip shows.
    const LINES: usize = 6;
    let mut lines: Vec<String> =
        entries.iter().take(LINES).map(|one| format!("{}: {}", moment(one.at), one.what)).collect();
    if entries.len() > LINES {
        lines.push(format!("and {} more", entries.len() - LINES));
    }
    Element::new("path")
        .set("d", path)
        .set("class", format!("mark {class}"))
        .with(Element::new("title").text(lines.join("\n")))
}
