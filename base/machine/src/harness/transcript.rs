//! What went into a machine and came out of it, as lines of text with their virtual time.

use std::collections::VecDeque;
use std::fmt;

use crate::Instant;

/// See [`Transcript::MOST_LINES`].
pub(super) const MOST_LINES: usize = 100_000;

/// What a line of a transcript tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// An input was given.
    Input,
    /// An output came.
    Output,
    /// A deadline came, for this reason.
    Due,
    /// The test remarked something.
    Note,
}

impl fmt::Display for Mark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Mark::Input => "in",
            Mark::Output => "out",
            Mark::Due => "due",
            Mark::Note => "#",
        })
    }
}

/// One line of a transcript.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// When, in virtual time.
    pub at: Instant,
    /// What it tells.
    pub mark: Mark,
    /// The input, output, reason or remark.
    pub text: String,
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let at = self.at.to_string();
        write!(f, "{at:>10} {:<3} {}", self.mark, self.text)
    }
}

/// The newest lines, up to a bound. Displayed, each is a line of time, mark and text.
#[derive(Clone, Debug)]
pub struct Transcript {
    bound: usize,
    lines: VecDeque<Line>,
    forgotten: u64,
}

impl Transcript {
    /// Lines that a transcript keeps unless told otherwise.
    pub const MOST_LINES: usize = MOST_LINES;

    pub(super) fn with_bound(bound: usize) -> Transcript {
        Transcript {
            bound,
            lines: VecDeque::new(),
            forgotten: 0,
        }
    }

    pub(super) fn write(&mut self, at: Instant, mark: Mark, text: String) {
        self.lines.push_back(Line { at, mark, text });
        while self.lines.len() > self.bound {
            self.lines.pop_front();
            self.forgotten += 1;
        }
    }

    pub(super) fn clear(&mut self) {
        self.lines.clear();
        self.forgotten = 0;
    }

    /// The lines, oldest first.
    pub fn lines(&self) -> impl Iterator<Item = &Line> {
        self.lines.iter()
    }

    /// How many older lines were forgotten for the bound's sake.
    pub fn forgotten(&self) -> u64 {
        self.forgotten
    }
}

impl fmt::Display for Transcript {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.forgotten > 0 {
            writeln!(f, "({} older lines forgotten)", self.forgotten)?;
        }
        for line in &self.lines {
            writeln!(f, "{line}")?;
        }
        Ok(())
    }
}
