//! What held what, as a picture: the stack on top, below each thing what holds it.
//!
//! Ranks come from petgraph's topological order. A crate that lays out whole graphs was weighed
//! (`rust-sugiyama`): it walks randomly seeded maps, and the same session has to give the same
//! bytes; and these graphs are chains with a few branches.

use petgraph::algo::toposort;
use petgraph::graph::{DiGraph, NodeIndex};
use svg::node::element::Path;

use super::elements::{Station, label, number, picture, round, wide};
use crate::report::postmortem::markdown::in_words;
use crate::report::postmortem::{Blocked, Holds};

/// Room between the boxes of a rank.
const GAP: f64 = 28.0;
/// Room between two ranks: for an edge and what it says.
const RISE: f64 = 46.0;

/// A box on its way to a place.
struct Placed {
    station: Station,
    rank: usize,
    /// The upper left corner.
    at: (f64, f64),
}

/// Draws it.
pub(in crate::report::postmortem) fn graph(blocked: &Blocked, id: &str) -> String {
    let (placed, size) = placed(blocked);
    let words = in_words(blocked).join("; ");
    let mut drawn = picture(id, "What held what", &words, size);
    for (holds, side) in blocked.holds.iter().zip((0..).map(|place| place % 2)) {
        let (Some(holder), Some(held)) = (placed.get(holds.holder), placed.get(holds.held)) else {
            continue;
        };
        let (from, to) = (top(holder), bottom(held));
        let shaft = format!(
            "M{} {}L{} {}M{} {}l4.5 8m-4.5 -8l-4.5 8",
            round(from.0),
            round(from.1),
            round(to.0),
            round(to.1),
            round(to.0),
            round(to.1)
        );
        drawn = drawn.add(Path::new().set("d", shaft).set("class", "holds"));
        let middle = (f64::midpoint(from.0, to.0), f64::midpoint(from.1, to.1));
        // Alternately lower and higher, so that what neighbours say does not collide.
        let lift = if side == 0 { 8.0 } else { -4.0 };
        drawn = drawn.add(label(middle.0 + 8.0, middle.1 + lift, "how", &holds.how));
    }
    for box_ in &placed {
        let class = if box_.rank == 0 { "held" } else { "" };
        drawn = box_.station.drawn(drawn, box_.at.0, box_.at.1, class);
    }
    drawn.to_string()
}

fn top(placed: &Placed) -> (f64, f64) {
    (placed.at.0 + placed.station.size().0 / 2.0, placed.at.1)
}

fn bottom(placed: &Placed) -> (f64, f64) {
    let (width, height) = placed.station.size();
    (placed.at.0 + width / 2.0, placed.at.1 + height)
}

/// Each thing in its rank, ranks one below the other, each in the middle.
fn placed(blocked: &Blocked) -> (Vec<Placed>, (f64, f64)) {
    let mut placed: Vec<Placed> = blocked
        .things
        .iter()
        .zip(ranks(blocked))
        .map(|(thing, rank)| Placed { station: Station::of(thing), rank, at: (0.0, 0.0) })
        .collect();
    let deepest = placed.iter().map(|one| one.rank).max().unwrap_or(0);
    let widths: Vec<f64> = (0..=deepest)
        .map(|rank| {
            let own = placed.iter().filter(|one| one.rank == rank);
            let sizes: Vec<f64> = own.map(|one| one.station.size().0).collect();
            sizes.iter().sum::<f64>() + GAP * number(sizes.len().saturating_sub(1))
        })
        .collect();
    // What the last edge says may stand out beyond its box.
    let says = blocked.holds.iter().map(|one| wide(&one.how)).fold(0.0, f64::max);
    let widest = widths.iter().copied().fold(0.0, f64::max).max(2.0 * says + 40.0);
    let mut y = 4.0;
    for (rank, width) in (0..=deepest).zip(&widths) {
        let mut x = 4.0 + (widest - width) / 2.0;
        let mut tallest: f64 = 0.0;
        for one in placed.iter_mut().filter(|one| one.rank == rank) {
            one.at = (x, y);
            let (width, height) = one.station.size();
            x += width + GAP;
            tallest = tallest.max(height);
        }
        y += tallest + RISE;
    }
    (placed, (widest + 8.0, y - RISE + 4.0))
}

/// How many holders a thing is below what is held in the end; all equal in a circle.
fn ranks(blocked: &Blocked) -> Vec<usize> {
    let mut graph = DiGraph::<(), ()>::new();
    let nodes: Vec<NodeIndex> = blocked.things.iter().map(|_| graph.add_node(())).collect();
    for Holds { holder, held, .. } in &blocked.holds {
        if let (Some(holder), Some(held)) = (nodes.get(*holder), nodes.get(*held)) {
            graph.add_edge(*held, *holder, ());
        }
    }
    let mut ranks = vec![0; nodes.len()];
    for node in toposort(&graph, None).unwrap_or_default() {
        for holder in graph.neighbors(node) {
            ranks[holder.index()] = ranks[holder.index()].max(ranks[node.index()] + 1);
        }
    }
    ranks
}

#[cfg(test)]
mod tests {
    use super::*;

    fn blocked(things: usize, holds: &[(usize, usize)]) -> Blocked {
        let how = "holds it".to_owned();
        Blocked {
            things: (0..things).map(|number| format!("thing {number}")).collect(),
            holds: holds
                .iter()
                .map(|(holder, held)| Holds { holder: *holder, held: *held, how: how.clone() })
                .collect(),
        }
    }

    #[test]
    fn a_holder_stands_below_all_that_it_holds() {
        assert_eq!(ranks(&blocked(4, &[(1, 0), (2, 1), (3, 0), (2, 3)])), [0, 1, 2, 1]);
    }

    #[test]
    fn a_circle_is_drawn_too() {
        let drawn = graph(&blocked(2, &[(1, 0), (0, 1)]), "g");
        assert_eq!(drawn.matches("class=\"station").count(), 2, "{drawn}");
    }

    #[test]
    fn no_box_lies_on_another() {
        let (placed, size) = placed(&blocked(5, &[(1, 0), (2, 0), (3, 0), (4, 2)]));
        for (number, one) in placed.iter().enumerate() {
            let (width, height) = one.station.size();
            assert!(one.at.0 + width <= size.0 && one.at.1 + height <= size.1);
            for other in &placed[number + 1..] {
                let beside = one.at.0 + width <= other.at.0
                    || other.at.0 + other.station.size().0 <= one.at.0;
                let above = one.at.1 + height <= other.at.1
                    || other.at.1 + other.station.size().1 <= one.at.1;
                assert!(beside || above, "{:?} and {:?}", one.at, other.at);
            }
        }
    }
}
