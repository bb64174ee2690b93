//! A page of text for a screen: indented blocks, wrapped where the screen ends, in colours.
//!
//! Colours are always written; whoever prints the page takes them out where they do not fit.

use anstyle::{AnsiColor, Style};
use console::measure_text_width;

/// Causes, failures, what destroys.
pub const RED: Style = AnsiColor::Red.on_default().bold();
/// What needs attention.
pub const YELLOW: Style = AnsiColor::Yellow.on_default();
/// What is well.
pub const GREEN: Style = AnsiColor::Green.on_default();
/// Names and codes.
pub const CYAN: Style = AnsiColor::Cyan.on_default();
/// What can be skipped.
pub const DIM: Style = Style::new().dimmed();
/// What must not be skipped.
pub const BOLD: Style = Style::new().bold();

/// A text in a style.
pub fn styled(style: Style, text: &str) -> String {
    format!("{style}{text}{style:#}")
}

/// A page in the making.
#[derive(Debug)]
pub struct Page {
    width: usize,
    lines: Vec<String>,
}

impl Page {
    /// An empty page.
    pub fn new(width: usize) -> Self {
        Self { width, lines: Vec::new() }
    }

    /// An empty line, never two in a row.
    pub fn gap(&mut self) {
        if self.lines.last().is_some_and(|line| !line.is_empty()) {
            self.lines.push(String::new());
        }
    }

    /// A line as it is, for pictures.
    pub fn raw(&mut self, line: &str) {
        self.lines.push(line.trim_end().to_owned());
    }

    /// A text that begins after `head` and goes on below itself.
    pub fn block(&mut self, head: &str, text: &str) {
        self.tailed(head, text, "");
    }

    /// The same in a style.
    pub fn styled_block(&mut self, head: &str, text: &str, style: Style) {
        let indent = measure_text_width(head);
        for (number, line) in wrapped(text, self.room(indent)).into_iter().enumerate() {
            let lead = if number == 0 { head.to_owned() } else { " ".repeat(indent) };
            self.raw(&format!("{lead}{}", styled(style, &line)));
        }
    }

    /// A text with a word at the right edge of its first line.
    pub fn tailed(&mut self, head: &str, text: &str, tail: &str) {
        let indent = measure_text_width(head);
        let reserved = if tail.is_empty() { 0 } else { measure_text_width(tail) + 2 };
        let lines = wrapped(text, self.room(indent + reserved));
        for (number, line) in lines.into_iter().enumerate() {
            if number > 0 {
                self.raw(&format!("{}{line}", " ".repeat(indent)));
                continue;
            }
            let used = indent + measure_text_width(&line) + measure_text_width(tail);
            let space = if tail.is_empty() { 0 } else { self.width.saturating_sub(used).max(1) };
            self.raw(&format!("{head}{line}{}{tail}", " ".repeat(space)));
        }
    }

    /// How many columns are left after some are taken; never too few for a word.
    fn room(&self, taken: usize) -> usize {
        self.width.saturating_sub(taken).max(24)
    }

    /// The page as text, ended by a newline.
    pub fn text(self) -> String {
        let mut text = self.lines.join("\n");
        text.push('\n');
        text
    }
}

/// A text in lines of at most `width` columns, broken between words; a longer word stays whole,
/// because it may have to be copied.
pub fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    let mut used = 0;
    for word in text.split(' ') {
        let length = measure_text_width(word);
        if !line.is_empty() && used + 1 + length > width {
            lines.push(std::mem::take(&mut line));
            used = 0;
        }
        if !line.is_empty() {
            line.push(' ');
            used += 1;
        }
        line.push_str(word);
        used += length;
    }
    lines.push(line);
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_goes_on_below_itself_and_ids_stay_whole() {
        let mut page = Page::new(40);
        page.tailed("  1  ", "the subnets have lost their route table for good", "NET-01");
        page.block("     ", "awseb-e-mw4kzq2ptx-stack-AWSEBAutoScalingGroup-1QXABCDEF is gone");
        assert_eq!(
            page.text(),
            "  1  the subnets have lost their  NET-01\n     route table for good\n     \
             awseb-e-mw4kzq2ptx-stack-AWSEBAutoScalingGroup-1QXABCDEF\n     is gone\n"
        );
    }
}
