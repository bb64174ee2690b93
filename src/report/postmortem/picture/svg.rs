//! Elements of a picture, written as SVG with everything escaped.

use std::fmt;

/// An element with attributes and children.
#[derive(Clone, Debug)]
pub(super) struct Element {
    name: &'static str,
    attributes: Vec<(&'static str, String)>,
    children: Vec<Child>,
}

#[derive(Clone, Debug)]
enum Child {
    Element(Element),
    Text(String),
}

impl Element {
    pub(super) fn new(name: &'static str) -> Self {
        Self { name, attributes: Vec::new(), children: Vec::new() }
    }

    pub(super) fn set(mut self, name: &'static str, value: impl fmt::Display) -> Self {
        self.attributes.push((name, value.to_string()));
        self
    }

    pub(super) fn with(mut self, child: Element) -> Self {
        self.children.push(Child::Element(child));
        self
    }

    pub(super) fn with_all(mut self, children: impl IntoIterator<Item = Element>) -> Self {
        self.children.extend(children.into_iter().map(Child::Element));
        self
    }

    pub(super) fn text(mut self, text: impl Into<String>) -> Self {
        self.children.push(Child::Text(text.into()));
        self
    }
}

/// A picture of a size, with a title and a description for those who do not see it.
///
/// It grows and shrinks with the page but is never enlarged beyond its own size.
pub(super) fn picture(id: &str, title: &str, description: &str, size: (u32, u32)) -> Element {
    let (width, height) = size;
    Element::new("svg")
        .set("viewBox", format!("0 0 {width} {height}"))
        .set("width", width)
        .set("height", height)
        .set("role", "img")
        .set("aria-labelledby", format!("{id}-title {id}-description"))
        .with(Element::new("title").set("id", format!("{id}-title")).text(title))
        .with(Element::new("desc").set("id", format!("{id}-description")).text(description))
}

/// A text at a place.
pub(super) fn label(x: f64, y: f64, class: &str, text: &str) -> Element {
    Element::new("text").set("x", round(x)).set("y", round(y)).set("class", class).text(text)
}

/// A line from one place to another.
pub(super) fn line(from: (f64, f64), to: (f64, f64), class: &str) -> Element {
    Element::new("line")
        .set("x1", round(from.0))
        .set("y1", round(from.1))
        .set("x2", round(to.0))
        .set("y2", round(to.1))
        .set("class", class)
}

/// A box at a place.
pub(super) fn rectangle(at: (f64, f64), size: (f64, f64), class: &str) -> Element {
    Element::new("rect")
        .set("x", round(at.0))
        .set("y", round(at.1))
        .set("width", round(size.0.max(0.0)))
        .set("height", round(size.1))
        .set("class", class)
}

/// A tenth of a pixel is finer than any screen; more digits only make the file longer.
pub(super) fn round(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}

impl fmt::Display for Element {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<{}", self.name)?;
        for (name, value) in &self.attributes {
            write!(f, " {name}=\"{}\"", escaped(value))?;
        }
        if self.children.is_empty() {
            return f.write_str("/>");
        }
        f.write_str(">")?;
        for child in &self.children {
            match child {
                Child::Element(element) => element.fmt(f)?,
                Child::Text(text) => f.write_str(&escaped(text))?,
            }
        }
        write!(f, "</{}>", self.name)
    }
}

/// A text in which nothing is markup.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            _ => safe.push(c),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_picture_is_markup() {
        let element = label(1.0, 2.04, "a\"b", "<script>&");
        assert_eq!(
            element.to_string(),
            "<text x=\"1\" y=\"2\" class=\"a&quot;b\">&lt;script&gt;&amp;</text>"
        );
    }
}
