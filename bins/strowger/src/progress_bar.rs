//! A bar that says how far a long command is, how fast, and how long it still takes.

use std::io::{self, IsTerminal};
use std::time::{Duration, Instant};

use crate::print;

/// Between two looks of a bar at a terminal.
const REDRAWN: Duration = Duration::from_millis(100);

/// Between two lines where there is no terminal, such as in the log of a job.
const REPEATED: Duration = Duration::from_secs(5);

/// Characters of a whole bar.
const WIDTH: usize = 24;

/// A bar on standard error. Nothing is shown of what takes no longer than one look.
pub(crate) struct ProgressBar {
    terminal: bool,
    quiet: bool,
    begun: Instant,
    shown: Instant,
    /// Whether anything was shown: then the end is shown, too.
    seen: bool,
}

impl ProgressBar {
    /// A bar for something that begins now; a quiet one shows nothing.
    pub(crate) fn begin(quiet: bool) -> ProgressBar {
        let now = Instant::now();
        ProgressBar {
            terminal: io::stderr().is_terminal(),
            quiet,
            begun: now,
            shown: now,
            seen: false,
        }
    }

    /// Shows that `done` of `all` things, called so, are done, unless it was shown just now.
    pub(crate) fn show(&mut self, done: usize, all: usize, things: &str) {
        let end = done >= all;
        let pause = if self.terminal { REDRAWN } else { REPEATED };
        let due = if end {
            self.seen
        } else {
            self.shown.elapsed() >= pause
        };
        if self.quiet || !due {
            return;
        }
        self.shown = Instant::now();
        self.seen = !end;
        let figures = figures(done, all, things, self.begun.elapsed());
        if self.terminal {
            print::progress(&format!("{} {figures}", bar(done, all)), end);
        } else {
            print::note(&figures);
        }
    }
}

/// `[############------------]`.
fn bar(done: usize, all: usize) -> String {
    let full = (done.saturating_mul(WIDTH) / all.max(1)).min(WIDTH);
    format!("[{}{}]", "#".repeat(full), "-".repeat(WIDTH - full))
}

/// `4200 of 10000 companies, 42 %, 85 a second, 1 min 8 s left`.
fn figures(done: usize, all: usize, things: &str, took: Duration) -> String {
    let whole = |number: usize| u128::try_from(number).unwrap_or(u128::MAX);
    let (done_so_far, ms) = (whole(done), took.as_millis().max(1));
    let percent = done_so_far.saturating_mul(100) / whole(all).max(1);
    let rate = done_so_far.saturating_mul(1_000) / ms;
    let mut text = format!("{done} of {all} {things}, {percent} %, {rate} a second");
    let remaining = whole(all.saturating_sub(done));
    if remaining > 0 && done_so_far > 0 {
        let seconds = ms.saturating_mul(remaining) / done_so_far / 1_000;
        text.push_str(&format!(", {} left", span(seconds)));
    }
    text
}

fn span(seconds: u128) -> String {
    match (seconds / 3_600, seconds / 60 % 60, seconds % 60) {
        (0, 0, seconds) => format!("{seconds} s"),
        (0, minutes, seconds) => format!("{minutes} min {seconds} s"),
        (hours, minutes, _) => format!("{hours} h {minutes} min"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_says_how_far_it_is_how_fast_and_how_long_it_still_takes() {
        let minute = Duration::from_secs(60);
        assert_eq!(
            figures(4_200, 10_000, "companies", minute),
            "4200 of 10000 companies, 42 %, 70 a second, 1 min 22 s left"
        );
        assert_eq!(
            figures(10, 10, "companies", minute),
            "10 of 10 companies, 100 %, 0 a second"
        );
        assert_eq!(bar(5, 10), "[############------------]");
        assert_eq!(bar(0, 0), "[------------------------]");
    }

    #[test]
    fn nothing_that_was_not_begun_makes_a_promise() {
        let text = figures(0, 10, "companies", Duration::ZERO);
        assert_eq!(text, "0 of 10 companies, 0 %, 0 a second");
        assert_eq!(span(59), "59 s");
        assert_eq!(span(7_260), "2 h 1 min");
    }
}
