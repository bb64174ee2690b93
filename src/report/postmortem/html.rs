//! A post-mortem as one HTML file: nothing is loaded from elsewhere, it opens from a mail and
//! prints well. No script: what unfolds is HTML's own.

#![expect(clippy::missing_panics_doc, clippy::ref_option, reason = "plainer as it is written")]

use askama::Template;
use jiff::{SignedDuration, Timestamp};

use super::picture::{lanes, spans, way};
use super::{CausePart, DoneAction, Postmortem};
use crate::report::words::{capital, lasting, moment};

/// The page. Askama escapes every text; only pictures are written as they are.
#[derive(Template)]
#[template(path = "report.html", config = "src/report/postmortem/askama.toml")]
struct Page<'a> {
    report: &'a Postmortem,
    causes: Vec<Cause<'a>>,
    asides: Vec<&'a CausePart>,
    pictures: Vec<Picture>,
}

/// A cause with its pictures.
struct Cause<'a> {
    part: &'a CausePart,
    broken: String,
    mended: String,
}

/// A stretch of the timeline.
struct Picture {
    what: String,
    svg: String,
}

/// Writes it down.
pub fn html(report: &Postmortem) -> String {
    let told = |part: &&CausePart| matches!(part.role, "cause" | "contributing");
    let causes = report.causes.iter().filter(told).enumerate().map(|(number, part)| Cause {
        part,
        broken: drawn(
            &part.paths,
            "How packets went, and where they ended",
            &format!("way{number}"),
        ),
        mended: drawn(
            &part.paths_after,
            "How packets went after the repair",
            &format!("mended{number}"),
        ),
    });
    let pictures = spans(report).into_iter().enumerate().map(|(number, span)| Picture {
        svg: lanes(report, &span, &format!("lanes{number}")),
        what: capital(&span.what),
    });
    let page = Page {
        report,
        causes: causes.collect(),
        asides: report.causes.iter().filter(|part| !told(part)).collect(),
        pictures: pictures.collect(),
    };
    page.render().expect("rendering writes to memory alone")
}

fn drawn(ways: &[super::Way], title: &str, id: &str) -> String {
    if ways.is_empty() { String::new() } else { way(ways, title, id) }
}

/// A moment, as the template hands it over.
fn when(at: &Timestamp) -> String {
    moment(*at)
}

/// How long, in words; nothing where it is not known.
fn long(seconds: &Option<i64>) -> String {
    seconds.map_or_else(String::new, |seconds| lasting(SignedDuration::from_secs(seconds)))
}

/// Whether a way back is a command line or a sentence.
fn is_command(action: &DoneAction) -> bool {
    action.way_back.starts_with("aws ")
}
