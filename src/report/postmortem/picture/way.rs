//! The way of packets as a picture: stations in a row, and a cross where it breaks; before, in
//! the incident, after the repair.

use svg::node::element::SVG;

use super::elements::{Station, cross, label, line, picture, wide};
use crate::report::postmortem::{CausePart, Way};

/// Room between two stations.
const GAP: f64 = 26.0;
/// Room between two ways.
const BETWEEN: f64 = 12.0;
/// Room for the name of a group of ways.
const NAME: f64 = 24.0;

/// Draws the ways of a cause; nothing where it is not about a way.
pub(in crate::report::postmortem) fn ways(cause: &CausePart, id: &str) -> Option<String> {
    let groups = [
        ("before", &cause.paths_before),
        ("in the incident", &cause.paths),
        ("after the repair", &cause.paths_after),
    ];
    let shown: Vec<(&str, &Vec<Way>)> =
        groups.into_iter().filter(|(_, ways)| !ways.is_empty()).collect();
    if shown.is_empty() {
        return None;
    }
    let widths = shown.iter().flat_map(|(_, ways)| ways.iter().map(width));
    let tall: f64 = shown
        .iter()
        .map(|(_, ways)| NAME + ways.iter().map(|way| height(way) + BETWEEN).sum::<f64>())
        .sum();
    let said: Vec<String> = shown
        .iter()
        .map(|(name, ways)| {
            let drawn: Vec<&str> = ways.iter().map(|way| way.drawn.as_str()).collect();
            format!("{name}: {}", drawn.join("; "))
        })
        .collect();
    let size = (widths.fold(0.0, f64::max), tall);
    let mut drawn = picture(id, "The way of packets", &said.join(". "), size);
    let mut y = 0.0;
    for (name, ways) in shown {
        drawn = drawn.add(label(4.0, y + 16.0, "lane", name));
        y += NAME;
        for way in ways {
            drawn = one(drawn, way, y);
            y += height(way) + BETWEEN;
        }
    }
    Some(drawn.to_string())
}

fn stations(way: &Way) -> impl Iterator<Item = Station> {
    way.stations.iter().map(|station| Station::of(station))
}

fn width(way: &Way) -> f64 {
    let boxes: f64 = stations(way).map(|station| station.size().0 + GAP).sum();
    let end = way.ends.as_ref().map_or(0.0, |end| wide(end) + 12.0);
    4.0 + boxes + end
}

fn height(way: &Way) -> f64 {
    stations(way).map(|station| station.size().1).fold(0.0, f64::max)
}

/// The stations of one way, and where they end.
fn one(mut drawn: SVG, way: &Way, y: f64) -> SVG {
    let middle = y + height(way) / 2.0;
    let mut x = 4.0;
    for (number, station) in stations(way).enumerate() {
        if number > 0 {
            drawn = drawn.add(line((x, middle), (x + GAP, middle), "hop"));
            x += GAP;
        }
        let (width, height) = station.size();
        drawn = station.drawn(drawn, x, middle - height / 2.0, "");
        x += width;
    }
    if let Some(end) = &way.ends {
        drawn = drawn
            .add(line((x, middle), (x + GAP, middle), "hop broken"))
            .add(cross(x + GAP / 2.0, middle, 6.0).set("class", "cross"))
            .add(label(x + GAP + 6.0, middle + 4.5, "why", end));
    }
    drawn
}
