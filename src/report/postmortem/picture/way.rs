//! The way of packets as a picture: stations in a row, and a cross where it breaks.

use super::svg::{Element, label, line, picture, rectangle, round};
use crate::report::postmortem::Way;

/// How wide a letter of the pictures' font is, on average.
const LETTER: f64 = 7.4;
const HEIGHT: f64 = 30.0;
const GAP: f64 = 34.0;
const ROW: f64 = 46.0;

/// Draws ways, one in a row.
pub(in crate::report::postmortem) fn way(ways: &[Way], title: &str, id: &str) -> String {
    let drawn: Vec<&str> = ways.iter().map(|way| way.drawn.as_str()).collect();
    let mut width: f64 = 0.0;
    let mut rows = Vec::new();
    for (way, row) in ways.iter().zip(0u8..) {
        let y = 8.0 + ROW * f64::from(row);
        let (elements, end) = one(way, y);
        width = width.max(end);
        rows.extend(elements);
    }
    let height = 16.0 + ROW * f64::from(u8::try_from(ways.len()).unwrap_or(u8::MAX));
    picture(id, title, &drawn.join("; "), (pixels(width), pixels(height)))
        .with_all(rows)
        .to_string()
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "small and positive")]
fn pixels(length: f64) -> u32 {
    length.ceil() as u32
}

/// The stations of one way, and where they end.
fn one(way: &Way, y: f64) -> (Vec<Element>, f64) {
    let middle = y + HEIGHT / 2.0;
    let mut x = 4.0;
    let mut elements = Vec::new();
    for (station, first) in
        way.stations.iter().zip(std::iter::once(true).chain(std::iter::repeat(false)))
    {
        if !first {
            elements.push(line((x, middle), (x + GAP, middle), "hop"));
            x += GAP;
        }
        let width = length(station) + 20.0;
        elements.push(rectangle((x, y), (width, HEIGHT), "station").set("rx", 5));
        elements.push(label(x + 10.0, middle + 4.5, "id", station));
        x += width;
    }
    if let Some(end) = &way.ends {
        elements.push(line((x, middle), (x + GAP, middle), "hop broken"));
        let cross = x + GAP / 2.0;
        let path = format!("M{} {}l12 12m0 -12l-12 12", round(cross - 6.0), round(middle - 6.0));
        elements.push(Element::new("path").set("d", path).set("class", "cross"));
        x += GAP + 6.0;
        elements.push(label(x, middle + 4.5, "why", end));
        x += length(end);
    }
    (elements, x + 10.0)
}

fn length(text: &str) -> f64 {
    LETTER * f64::from(u16::try_from(text.chars().count()).unwrap_or(u16::MAX))
}
