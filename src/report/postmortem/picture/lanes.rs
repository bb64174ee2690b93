//! The timeline as a picture: bars for how health, status and stack stood, marks for what people
//! and we did, all over one axis.

use jiff::Timestamp;
use svg::node::element::{Line, Path, Pattern, SVG, Title};

use super::elements::{cross, label, line, number, picture, rectangle, round, wide};
use super::scale::Scale;
use crate::report::postmortem::impact::WHOLE;
use crate::report::postmortem::{Entry, Lane, Phase, Postmortem, Stretch, StretchOf, Tone};
use crate::report::words::{count, moment};

/// The picture's width: that of the page's column.
const WIDTH: f64 = 960.0;
/// Where the axis begins: the lanes' names stand before it.
const LEFT: f64 = 104.0;
/// Where it ends.
const RIGHT: f64 = WIDTH - 14.0;
/// Below the phases.
const TOP: f64 = 30.0;
const LANE: f64 = 32.0;
/// Marks nearer than this lie on top of each other and are drawn as one.
const NEAR: f64 = 9.0;
/// More lines than this no tooltip shows.
const LINES: usize = 6;

/// A row of the picture.
#[derive(Clone, Copy)]
enum Row {
    /// How something stood, and the marks of a lane on it.
    Bars(StretchOf, Option<Lane>),
    /// Marks alone.
    Marks(Lane),
}

/// From what people want to know first to what we did.
const ROWS: [Row; 6] = [
    Row::Bars(StretchOf::Health, None),
    Row::Bars(StretchOf::Status, Some(Lane::Environment)),
    Row::Bars(StretchOf::Stack, Some(Lane::Stack)),
    Row::Marks(Lane::Scaling),
    Row::Marks(Lane::People),
    Row::Marks(Lane::Ebrescue),
];

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
    let whole = Span { what: "all".to_owned(), from: first.at, until: last.at };
    let phase = |phase: &Phase| Span {
        what: phase.what.clone(),
        from: phase.from,
        until: phase.until.unwrap_or(last.at).max(phase.from),
    };
    std::iter::once(whole).chain(phases(report).map(phase)).collect()
}

fn phases(report: &Postmortem) -> impl Iterator<Item = &Phase> {
    report.impact.iter().filter(|phase| phase.what != WHOLE)
}

/// Draws a span.
pub(in crate::report::postmortem) fn lanes(report: &Postmortem, span: &Span, id: &str) -> String {
    let inside: Vec<&Entry> = report
        .timeline
        .iter()
        .filter(|one| !one.routine && (span.from..=span.until).contains(&one.at))
        .collect();
    let rows: Vec<Row> =
        ROWS.into_iter().filter(|row| is_used(*row, report, span, &inside)).collect();
    let height = TOP + LANE * number(rows.len()) + 24.0;
    let scale = Scale::new(span.from, span.until, LEFT, RIGHT);
    let title = format!("Timeline of {}", span.what);
    let description = format!(
        "{} between {} and {}; the table below lists them.",
        count(inside.len(), "event"),
        moment(span.from),
        moment(span.until)
    );
    let hatch = format!("{id}-hatch");
    let mut drawn = picture(id, &title, &description, (WIDTH, height)).add(hatching(&hatch));
    drawn = axis(drawn, &scale, height);
    drawn = bands(drawn, report, &scale, height);
    for (place, row) in rows.into_iter().enumerate() {
        let y = TOP + LANE * number(place) + LANE / 2.0;
        let (name, marks) = match row {
            Row::Bars(of, marks) => (of.name(), marks),
            Row::Marks(lane) => (lane.name(), Some(lane)),
        };
        drawn = drawn.add(label(4.0, y + 4.0, "lane", name));
        drawn = match row {
            Row::Bars(of, _) => bars(drawn, report, span, (of, y), &scale, &hatch),
            Row::Marks(_) => drawn.add(line((LEFT, y), (RIGHT, y), "rail")),
        };
        if let Some(lane) = marks {
            drawn = self::marks(drawn, lane, y, &inside, &scale);
        }
    }
    drawn.to_string()
}

fn is_used(row: Row, report: &Postmortem, span: &Span, inside: &[&Entry]) -> bool {
    let marked = |lane: Lane| inside.iter().any(|one| one.lane == lane);
    match row {
        Row::Bars(of, lane) => {
            report.stretches.iter().any(|one| one.of == of && overlaps(one, span))
                || lane.is_some_and(marked)
        }
        Row::Marks(lane) => marked(lane),
    }
}

fn overlaps(stretch: &Stretch, span: &Span) -> bool {
    stretch.from <= span.until && stretch.until >= span.from
}

/// Strokes over what is bad, so that it shows without colour.
fn hatching(id: &str) -> Pattern {
    Pattern::new()
        .set("id", id)
        .set("width", 6)
        .set("height", 6)
        .set("patternUnits", "userSpaceOnUse")
        .set("patternTransform", "rotate(45)")
        .add(Line::new().set("x1", 0).set("y1", 0).set("x2", 0).set("y2", 6).set("class", "hatch"))
}

/// The phases, numbered, above the lanes.
fn bands(mut drawn: SVG, report: &Postmortem, scale: &Scale, height: f64) -> SVG {
    for (place, phase) in phases(report).enumerate() {
        let from = scale.x(phase.from);
        let until = phase.until.map_or(RIGHT, |until| scale.x(until));
        if until - from < 1.0 {
            continue;
        }
        let class = if place % 2 == 0 { "band" } else { "band other" };
        let title = format!("{}. {}", place + 1, phase.what);
        drawn = drawn
            .add(rectangle((from, 2.0), (until - from, 18.0), class).add(Title::new(&*title)))
            .add(line((from, 20.0), (from, height - 20.0), "border"));
        let said = if wide(&title) + 8.0 <= until - from {
            title
        } else if until - from >= 14.0 {
            (place + 1).to_string()
        } else {
            continue;
        };
        drawn = drawn.add(label(from + 4.0, 15.0, "phase", &said));
    }
    drawn
}

fn axis(mut drawn: SVG, scale: &Scale, height: f64) -> SVG {
    for (x, name) in scale.ticks() {
        drawn = drawn.add(line((x, TOP - 6.0), (x, height - 20.0), "tick"));
        // A name at the edge would be cut off.
        let class = if x > RIGHT - 40.0 { "axis end" } else { "axis" };
        let x = if x > RIGHT - 40.0 { x.min(RIGHT) } else { x };
        drawn = drawn.add(label(x, height - 6.0, class, &name));
    }
    drawn
}

/// How something stood, as bars with AWS's words in them.
fn bars(
    mut drawn: SVG,
    report: &Postmortem,
    span: &Span,
    (of, y): (StretchOf, f64),
    scale: &Scale,
    hatch: &str,
) -> SVG {
    let own = report.stretches.iter().filter(|one| one.of == of && overlaps(one, span));
    for stretch in own {
        let (from, until) = (scale.x(stretch.from), scale.x(stretch.until));
        let (at, size) = ((from, y - 9.0), ((until - from).max(1.0), 18.0));
        let tone = stretch.tone.class();
        let title = format!(
            "{} {} from {} to {}",
            of.name(),
            stretch.word,
            moment(stretch.from),
            moment(stretch.until)
        );
        drawn = drawn.add(rectangle(at, size, &format!("bar {tone}")).add(Title::new(&*title)));
        if stretch.tone == Tone::Bad {
            drawn = drawn.add(rectangle(at, size, "strokes").set("fill", format!("url(#{hatch})")));
        }
        // Marks stand where stretches begin: the word makes room for them.
        if wide(&stretch.word) + 18.0 <= size.0 {
            let back = (from + 9.0, y - 7.0);
            let room = (wide(&stretch.word) + 4.0, 14.0);
            drawn = drawn.add(rectangle(back, room, &format!("behind {tone}"))).add(label(
                from + 11.0,
                y + 4.0,
                "word",
                &stretch.word,
            ));
        }
    }
    drawn
}

/// The marks of a lane; those that would lie on each other are one.
fn marks(mut drawn: SVG, lane: Lane, y: f64, inside: &[&Entry], scale: &Scale) -> SVG {
    let mut cluster: Vec<&Entry> = Vec::new();
    let mut place = f64::MIN;
    for entry in inside.iter().filter(|entry| entry.lane == lane) {
        let x = scale.x(entry.at);
        if x - place > NEAR {
            if !cluster.is_empty() {
                drawn = drawn.add(mark(&cluster, place, y));
            }
            cluster.clear();
            place = x;
        }
        cluster.push(entry);
    }
    if cluster.is_empty() { drawn } else { drawn.add(mark(&cluster, place, y)) }
}

/// One mark for entries of one place: a cross if any was bad, else a tick if any was good.
fn mark(entries: &[&Entry], x: f64, y: f64) -> Path {
    let any = |tone: Tone| entries.iter().any(|entry| entry.tone == tone);
    let (class, path) = if any(Tone::Bad) {
        ("bad", cross(x, y, 4.0))
    } else if any(Tone::Good) {
        let stroke = format!("M{} {}l3 4l6 -8", round(x - 4.0), round(y));
        ("good", Path::new().set("d", stroke))
    } else {
        let square = format!("M{} {}h6v6h-6z", round(x - 3.0), round(y - 3.0));
        ("neutral", Path::new().set("d", square))
    };
    let mut lines: Vec<String> =
        entries.iter().take(LINES).map(|one| format!("{}: {}", moment(one.at), one.what)).collect();
    if entries.len() > LINES {
        lines.push(format!("and {} more", entries.len() - LINES));
    }
    path.set("class", format!("mark {class}")).add(Title::new(lines.join("\n")))
}
