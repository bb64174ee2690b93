//! A post-mortem as one HTML file: nothing is loaded from elsewhere, it opens from a mail and
//! prints well. No script: what unfolds is HTML's own, and zooming is a choice of radio buttons.

#![expect(clippy::missing_panics_doc, clippy::ref_option, reason = "plainer as it is written")]

use askama::Template;
use jiff::{SignedDuration, Timestamp, tz::TimeZone};

use super::markdown::{again, decision, until_verified};
use super::picture::{graph, lanes, spans, ways};
use super::{CausePart, DoneAction, Entry, Lane, Phase, Postmortem};
use crate::report::words::{lasting, moment};

/// A table with more rows than this is folded up.
const OPEN: usize = 120;

/// The page. Askama escapes every text; only pictures are written as they are.
#[derive(Template)]
#[template(path = "report.html", config = "src/report/postmortem/askama.toml")]
struct Page<'a> {
    report: &'a Postmortem,
    causes: Vec<Cause<'a>>,
    asides: Vec<&'a CausePart>,
    pictures: Vec<Picture>,
    /// The short timeline.
    told: Vec<&'a Entry>,
}

/// A cause with its pictures.
struct Cause<'a> {
    part: &'a CausePart,
    ways: Option<String>,
    graph: Option<String>,
}

/// A stretch of the timeline.
struct Picture {
    what: String,
    svg: String,
}

/// Writes it down.
pub fn html(report: &Postmortem) -> String {
    let at_length = |part: &&CausePart| matches!(part.role, "cause" | "contributing");
    let causes = report.causes.iter().filter(at_length).enumerate().map(|(number, part)| Cause {
        part,
        ways: ways(part, &format!("way{number}")),
        graph: part.blocked.as_ref().map(|blocked| graph(blocked, &format!("held{number}"))),
    });
    let pictures = spans(report).into_iter().enumerate().map(|(number, span)| Picture {
        svg: lanes(report, &span, &format!("lanes{number}")),
        what: span.what,
    });
    let page = Page {
        report,
        causes: causes.collect(),
        asides: report.causes.iter().filter(|part| !at_length(part)).collect(),
        pictures: pictures.collect(),
        told: report.timeline.iter().filter(|entry| !entry.routine).collect(),
    };
    page.render().expect("rendering writes to memory alone")
}

/// A moment, as the template hands it over.
fn when(at: &Timestamp) -> String {
    moment(*at)
}

/// Its time without the day.
fn clock(at: &Timestamp) -> String {
    at.to_zoned_datetime(TimeZone::UTC).strftime("%H:%M:%S").to_string()
}

/// The day, where it is another than that of the entry before.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "a template gives its counter by reference")]
fn new_day(entries: &[&Entry], index: &usize) -> Option<String> {
    let day = |entry: &Entry| entry.at.to_zoned_datetime(TimeZone::UTC).date();
    let own = day(entries[*index]);
    let before = index.checked_sub(1).map(|before| day(entries[before]));
    (before != Some(own)).then(|| own.strftime("%-d %B %Y").to_string())
}

/// How long, in words; nothing where it is not known.
fn long(seconds: &Option<i64>) -> String {
    seconds.map_or_else(String::new, |seconds| lasting(SignedDuration::from_secs(seconds)))
}

/// Whether a way back is a command line or a sentence.
fn is_command(action: &DoneAction) -> bool {
    action.way_back.starts_with("aws ")
}

/// Whether a phase is the whole.
fn is_whole(phase: &Phase) -> bool {
    phase.what == super::impact::WHOLE
}

/// The service of something that is not named like its service.
fn service(entry: &Entry) -> Option<&'static str> {
    let named = entry.who.starts_with(entry.lane.name());
    (!named && !matches!(entry.lane, Lane::People | Lane::Ebrescue)).then(|| entry.lane.name())
}

/// A text with what our own sentences quote in pairs of backticks shown as code; the rest, and
/// what is quoted, is escaped.
fn rich(text: &str) -> String {
    let parts: Vec<&str> = text.split('`').collect();
    if parts.len().is_multiple_of(2) {
        return escaped(text);
    }
    let shown = parts.iter().enumerate().map(|(place, part)| match place % 2 {
        0 => escaped(part),
        _ => format!("<code>{}</code>", escaped(part)),
    });
    shown.collect()
}

/// Who approved an action, how and when.
fn decided(action: &DoneAction) -> String {
    rich(&decision(action))
}

fn escaped(text: &str) -> String {
    askama::filters::escape(text, askama::filters::Html)
        .map(|escaped| escaped.to_string())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_quoted_is_code_and_nothing_is_markup() {
        assert_eq!(rich("by `--approve safe`"), "by <code>--approve safe</code>");
        assert_eq!(rich("a `b"), "a `b");
        assert!(!rich("`<script>` <b>").contains("<script>") && !rich("<b>").contains("<b>"));
    }
}
