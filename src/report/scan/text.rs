//! A scan as text: a table with one line for each environment.

use std::time::Duration;

use anstyle::Style;
use console::{measure_text_width, truncate_str};

use super::{Scan, ScanLine};
use crate::check::Verdict;
use crate::report::page::{BOLD, CYAN, DIM, GREEN, Page, RED, YELLOW, styled};
use crate::report::redacted;
use crate::report::words::{count, sentence};

/// What a scan is told with.
#[derive(Clone, Copy, Debug)]
pub struct ScanText<'a> {
    /// What was seen.
    pub scan: &'a Scan,
    /// How long it took.
    pub took: Duration,
    /// The line that looks closer at an environment, without its name.
    pub next: &'a str,
    /// How wide the screen is.
    pub width: usize,
}

/// Fewest columns that the reason gets, however long the names are.
const ROOM: usize = 24;

impl ScanText<'_> {
    /// The text.
    pub fn render(&self) -> String {
        let mut page = Page::new(self.width);
        self.table(&mut page);
        self.refused(&mut page);
        self.not_checked(&mut page);
        self.footer(&mut page);
        page.text()
    }

    fn table(&self, page: &mut Page) {
        let rows: Vec<Row> = self.scan.lines.iter().map(Row::of).collect();
        if rows.is_empty() {
            return;
        }
        let heads = ["verdict", "environment", "region", "status", "health"];
        let widths: [usize; 5] = std::array::from_fn(|column| {
            let cells = rows.iter().map(|row| measure_text_width(&row.cells[column]));
            cells.chain([heads[column].len()]).max().unwrap_or_default()
        });
        let used: usize = widths.iter().map(|width| width + 2).sum();
        let room = self.width.saturating_sub(used).max(ROOM);
        let lay = |cells: [&str; 5], styles: [Style; 5]| {
            let mut line = String::new();
            for (column, cell) in cells.into_iter().enumerate() {
                let space = widths[column].saturating_sub(measure_text_width(cell)) + 2;
                line.push_str(&styled(styles[column], cell));
                line.push_str(&" ".repeat(space));
            }
            line
        };
        page.raw(&lay(heads, [DIM; 5]));
        for row in &rows {
            let plain = Style::new();
            let cells = row.cells.each_ref().map(String::as_str);
            let line = lay(cells, [row.style, BOLD, plain, plain, plain]);
            let code = row.code.as_deref().map(|code| styled(CYAN, code)).unwrap_or_default();
            let space = room.saturating_sub(measure_text_width(&code) + 1).max(ROOM - 8);
            let why = truncate_str(&row.why, space, "…");
            page.raw(&format!("{line}{code} {why}"));
        }
    }

    fn refused(&self, page: &mut Page) {
        for (region, refused) in self.scan.refused() {
            page.gap();
            let head = format!("{}  ", styled(RED, &redacted(&region.region)));
            page.block(&head, &sentence(&format!("not read: {}", redacted(&refused.message))));
        }
    }

    fn not_checked(&self, page: &mut Page) {
        for region in self.scan.regions.iter().filter(|region| !region.not_checked.is_empty()) {
            page.gap();
            let gaps = region.not_checked.iter();
            let gaps: Vec<String> =
                gaps.map(|gap| format!("{} ({}: {})", gap.what, gap.needs, gap.reason)).collect();
            let text = format!("{}: not checked: {}", region.region, gaps.join("; "));
            page.styled_block("", &sentence(&redacted(&text)), YELLOW);
        }
    }

    fn footer(&self, page: &mut Page) {
        page.gap();
        let Self { scan, took, next, width: _ } = self;
        let read: Vec<_> = scan.regions.iter().filter(|one| one.environments.is_ok()).collect();
        let calls: usize = scan.regions.iter().map(|region| region.calls).sum();
        let unwell = match (scan.lines.len(), scan.unwell()) {
            (0, _) => String::new(),
            (_, 0) => ", all healthy".to_owned(),
            (_, unwell) => format!(", {unwell} not healthy"),
        };
        page.raw(&format!(
            "{} in {}{unwell} ({}, {:.1} s)",
            count(scan.lines.len(), "environment"),
            count(read.len(), "region"),
            count(calls, "call"),
            took.as_secs_f64(),
        ));
        if scan.unwell() > 0 {
            page.raw(&format!("Looked at from outside; the whole of one: {}", styled(CYAN, next)));
        }
    }
}

/// One line of the table.
struct Row {
    style: Style,
    cells: [String; 5],
    code: Option<String>,
    why: String,
}

impl Row {
    fn of(line: &ScanLine) -> Self {
        let style = match line.verdict {
            Verdict::Healthy => GREEN,
            Verdict::Degraded | Verdict::Terminated => YELLOW,
            Verdict::Stuck => RED,
        };
        let own = &line.environment;
        let health = [&own.health, &own.health_status];
        let health: Vec<&str> = health.into_iter().flatten().map(String::as_str).collect();
        let top = line.findings.first();
        let why = match (top, line.verdict) {
            (Some(finding), _) => redacted(&finding.title),
            (None, Verdict::Healthy) => String::new(),
            (None, Verdict::Degraded | Verdict::Stuck | Verdict::Terminated) => {
                "what a scan reads does not say why".to_owned()
            }
        };
        Self {
            style,
            cells: [
                line.verdict.as_str().to_owned(),
                own.name.clone(),
                own.region.clone(),
                own.status.clone(),
                health.join(" "),
            ],
            code: top.map(|finding| finding.code().to_string()),
            why,
        }
    }
}
