//! How news is told on standard error: a live line, plain lines, or not at all.

use std::io::Write;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::question::{News, Progress};
use super::words;
use crate::journal::Approval;

/// How much is told, and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Telling {
    /// Nothing (`-q`).
    Quiet,
    /// Lines alone, a few a minute while something is waited for: on a pipe, or where a terminal
    /// cannot move its cursor.
    Lines,
    /// One line that moves while something is waited for, everything else above it.
    Live,
}

/// Tells news on standard error.
#[derive(Debug)]
pub struct Voice {
    telling: Telling,
    bar: Option<ProgressBar>,
    /// When a plain line on the wait is due next, in seconds of the wait.
    due: u64,
    hinted: bool,
}

/// How often the live line's spinner turns.
const TICK: Duration = Duration::from_millis(120);

/// Waits that usually end sooner than this, in seconds, need no word on how to leave them.
const WORTH_A_HINT: u64 = 60;

impl Voice {
    /// A voice that tells in one of the ways.
    pub fn new(telling: Telling) -> Self {
        Self { telling, bar: None, due: 0, hinted: false }
    }

    /// Whether it tells anything.
    pub(super) fn speaks(&self) -> bool {
        self.telling != Telling::Quiet
    }

    /// Tells news.
    pub fn tell(&mut self, news: &News<'_>) {
        if !self.speaks() {
            return;
        }
        match news {
            News::Waiting(progress) => self.wait(progress),
            News::Waited { .. } | News::Ended { .. } => {
                self.rest();
                self.lines(&words::news(news));
            }
            News::Approved { how: Approval::Person | Approval::TypedName { .. } } => {}
            // A command may have to be copied: it stays on one line, however long.
            News::WouldDo { .. } => self.lines(&words::news(news)),
            News::Begins { .. }
            | News::Turn { .. }
            | News::Approved { .. }
            | News::Declined { .. }
            | News::Skipped { .. }
            | News::AlreadyThere
            | News::Applied { .. }
            | News::Refused(_)
            | News::InDoubt { .. }
            | News::Settled { .. }
            | News::Happened(_)
            | News::Verified { .. }
            | News::Unverified { .. }
            | News::Moved { .. }
            | News::Note(_) => self.lines(&self.fitted(&words::news(news))),
        }
    }

    /// Lines as the terminal has room for; on a pipe each stays one.
    fn fitted(&self, lines: &[String]) -> Vec<String> {
        if self.telling != Telling::Live {
            return lines.to_vec();
        }
        let width = usize::from(console::Term::stderr().size().1);
        lines.iter().flat_map(|line| words::fitted(line, width)).collect()
    }

    /// Writes lines, above the live one if there is one.
    pub(super) fn lines(&self, lines: &[String]) {
        let write = || {
            let mut out = anstream::stderr().lock();
            for line in lines {
                // Nobody can be told that telling failed.
                let _ = writeln!(out, "{line}");
            }
        };
        match &self.bar {
            Some(bar) => bar.suspend(write),
            None => write(),
        }
    }

    /// Takes the live line away.
    pub(super) fn rest(&mut self) {
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
        }
        self.due = 0;
    }

    fn wait(&mut self, progress: &Progress<'_>) {
        let text = words::progress(progress);
        if self.telling == Telling::Live {
            if progress.usual_seconds >= WORTH_A_HINT && !self.hinted {
                self.hinted = true;
                let hint = "    Ctrl-C leaves the wait; what was started goes on, and \
                            `ebrescue resume` comes back to it.";
                self.lines(&[words::in_style(words::QUIET, hint)]);
            }
            self.bar.get_or_insert_with(bar).set_message(text);
        } else if progress.elapsed_seconds >= self.due {
            self.due = next_due(progress.elapsed_seconds);
            self.lines(&[format!("  … {text}")]);
        }
    }
}

/// When the next plain line is due: three a minute at first, then one.
fn next_due(elapsed: u64) -> u64 {
    let every = if elapsed < 120 { 20 } else { 60 };
    (elapsed / every + 1) * every
}

fn bar() -> ProgressBar {
    let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
    let style = ProgressStyle::with_template("  {spinner} {wide_msg}")
        .unwrap_or_else(|_| ProgressStyle::default_spinner());
    bar.set_style(style);
    bar.enable_steady_tick(TICK);
    bar
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_lines_come_a_few_a_minute_and_then_less_often() {
        let mut due = 0;
        let mut lines = Vec::new();
        for elapsed in (0..400).step_by(5) {
            if elapsed >= due {
                lines.push(elapsed);
                due = next_due(elapsed);
            }
        }
        assert_eq!(lines, [0, 20, 40, 60, 80, 100, 120, 180, 240, 300, 360]);
    }
}
