//! How far a long look has come, on standard error.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use super::printer::Printer;
use super::settings::Settings;
use crate::clock::{Clock as _, WallClock};

/// How often the live line's spinner turns.
const TICK: Duration = Duration::from_millis(120);

/// How often it is said how far it has come: on a live line, and in lines of their own.
const LIVE: Duration = Duration::from_millis(500);
const LINES: Duration = Duration::from_secs(10);

/// Tells how far something has come: one line that moves where the terminal can, else lines.
#[derive(Debug)]
pub struct Progress {
    printer: Printer,
    bar: Option<ProgressBar>,
}

impl Progress {
    /// Begins to tell.
    pub fn new(settings: &Settings, printer: Printer) -> Self {
        let live = settings.screen.live && !settings.quiet;
        let bar = live.then(|| {
            let bar = ProgressBar::new_spinner();
            bar.set_style(ProgressStyle::default_spinner());
            bar.enable_steady_tick(TICK);
            bar
        });
        Self { printer, bar }
    }

    /// Says something that stays.
    pub fn tell(&self, text: &str) {
        match &self.bar {
            Some(bar) => bar.suspend(|| self.printer.talk(text)),
            None => self.printer.talk(text),
        }
    }

    /// Waits until it is time to say how far it has come.
    pub async fn due(&self) {
        WallClock.sleep(if self.bar.is_some() { LIVE } else { LINES }).await;
    }

    /// Says how far it has come.
    pub fn passing(&self, text: &str) {
        match &self.bar {
            Some(bar) => bar.set_message(text.to_owned()),
            None => self.printer.talk(text),
        }
    }

    /// Takes the live line away.
    pub fn end(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
