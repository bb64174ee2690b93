//! Elements of a picture, by the `svg` crate, which escapes texts and attributes.

use svg::node::element::{Description, Line, Path, Rectangle, SVG, Text, Title};

/// How wide a letter of the pictures' font is at 12 px: 0.602 em in the common monospaced fonts.
pub(super) const LETTER: f64 = 7.3;
/// How far the baselines of two lines are apart.
pub(super) const LINE: f64 = 15.0;

/// A picture of a size, with a title and a description for those who do not see it.
///
/// It shrinks with the page as far as its texts stay legible, and is never enlarged.
pub(super) fn picture(id: &str, title: &str, description: &str, size: (f64, f64)) -> SVG {
    let (width, height) = (size.0.ceil(), size.1.ceil());
    SVG::new()
        .set("viewBox", format!("0 0 {width} {height}"))
        .set("width", width)
        .set("height", height)
        .set("role", "img")
        .set("aria-labelledby", format!("{id}-title {id}-description"))
        .add(Title::new(title).set("id", format!("{id}-title")))
        .add(
            Description::new()
                .set("id", format!("{id}-description"))
                .add(svg::node::Text::new(description)),
        )
}

/// A text at a place.
pub(super) fn label(x: f64, y: f64, class: &str, text: &str) -> Text {
    Text::new(text).set("x", round(x)).set("y", round(y)).set("class", class)
}

/// A line from one place to another.
pub(super) fn line(from: (f64, f64), to: (f64, f64), class: &str) -> Line {
    Line::new()
        .set("x1", round(from.0))
        .set("y1", round(from.1))
        .set("x2", round(to.0))
        .set("y2", round(to.1))
        .set("class", class)
}

/// A box at a place.
pub(super) fn rectangle(at: (f64, f64), size: (f64, f64), class: &str) -> Rectangle {
    Rectangle::new()
        .set("x", round(at.0))
        .set("y", round(at.1))
        .set("width", round(size.0.max(0.0)))
        .set("height", round(size.1))
        .set("class", class)
}

/// A cross of a size around a place.
pub(super) fn cross(x: f64, y: f64, size: f64) -> Path {
    let (left, top, edge) = (round(x - size), round(y - size), round(2.0 * size));
    Path::new().set("d", format!("M{left} {top}l{edge} {edge}m0 -{edge}l-{edge} {edge}"))
}

/// How wide a text is.
pub(super) fn wide(text: &str) -> f64 {
    LETTER * number(text.chars().count())
}

/// A count as a length.
pub(super) fn number(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}

/// A tenth of a pixel is finer than any screen; more digits only make the file longer.
pub(super) fn round(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}

/// A thing of a picture in a box: what it is, and below it what there is to say about it.
pub(super) struct Station {
    lines: Vec<String>,
}

impl Station {
    /// The lines of a thing: its id, then its name or zone; of several things one each.
    pub(super) fn of(text: &str) -> Self {
        let cut = text.find(" (").or_else(|| text.find(" \""));
        let lines = match cut {
            Some(cut) => {
                let rest = text[cut + 1..].trim_start_matches('(').trim_end_matches(')');
                vec![text[..cut].to_owned(), rest.to_owned()]
            }
            None => {
                text.split(", ").flat_map(|part| part.split(" and ")).map(str::to_owned).collect()
            }
        };
        Self { lines }
    }

    /// Width and height of its box.
    pub(super) fn size(&self) -> (f64, f64) {
        let longest = self.lines.iter().map(|line| wide(line)).fold(0.0, f64::max);
        (longest + 18.0, LINE * number(self.lines.len()) + 11.0)
    }

    /// Its box and its lines, the box's upper left corner at a place.
    pub(super) fn drawn(&self, mut picture: SVG, x: f64, y: f64, class: &str) -> SVG {
        let frame = rectangle((x, y), self.size(), &format!("station {class}")).set("rx", 5);
        picture = picture.add(frame);
        for (number, line) in (1u8..).zip(&self.lines) {
            let class = if number == 1 { "id" } else { "note" };
            picture = picture.add(label(x + 9.0, y + LINE * f64::from(number) + 2.0, class, line));
        }
        picture
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_picture_is_markup() {
        let hostile = "\"><script>alert('1')</script>&";
        let shown = picture("way", hostile, hostile, (10.0, 10.0))
            .add(label(1.0, 2.04, hostile, hostile))
            .to_string();
        assert!(!shown.contains("<script") && !shown.contains("\">&"), "{shown}");
        assert_eq!(shown.matches("&lt;script&gt;").count(), 4, "{shown}");
    }

    #[test]
    fn a_station_has_its_id_first() {
        let station = Station::of("subnet-0a11 (us-west-2a)");
        assert_eq!(station.lines, ["subnet-0a11", "us-west-2a"]);
        assert_eq!(Station::of("sg-1 \"reporting-db\"").lines, ["sg-1", "\"reporting-db\""]);
        assert_eq!(Station::of("subnet-1 and subnet-2").lines, ["subnet-1", "subnet-2"]);
    }
}
