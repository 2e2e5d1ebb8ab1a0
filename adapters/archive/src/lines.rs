//! Items as lines of JSON.

use std::fmt;
use std::io::{self, BufRead, BufReader, Read, Write};

use ports::{ArchiveError, Giver, Taker};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Longest line, in bytes.
pub const LINE_MAX: u64 = 64 << 20;

/// Writes each item as a line.
pub struct LineTaker<W>(W);

impl<W: Write> LineTaker<W> {
    /// Writes into this.
    pub fn over(out: W) -> LineTaker<W> {
        LineTaker(out)
    }

    /// What it writes into.
    pub fn into_inner(self) -> W {
        self.0
    }
}

impl<W> fmt::Debug for LineTaker<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LineTaker")
    }
}

impl<I: Serialize, W: Write + Send> Taker<I> for LineTaker<W> {
    fn take(&mut self, item: &I) -> Result<(), ArchiveError> {
        let mut line =
            serde_json::to_vec(item).map_err(|error| ArchiveError::Odd(error.to_string()))?;
        line.push(b'\n');
        self.0.write_all(&line).map_err(failed)
    }
}

/// Reads each line as an item.
pub struct LineGiver<R>(BufReader<R>);

impl<R: Read> LineGiver<R> {
    /// Reads from this.
    pub fn over(from: R) -> LineGiver<R> {
        LineGiver(BufReader::new(from))
    }
}

impl<R> fmt::Debug for LineGiver<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LineGiver")
    }
}

impl<I: DeserializeOwned, R: Read + Send> Giver<I> for LineGiver<R> {
    fn give(&mut self) -> Result<Option<I>, ArchiveError> {
        let mut line = Vec::new();
        let mut bounded = (&mut self.0).take(LINE_MAX);
        bounded.read_until(b'\n', &mut line).map_err(failed)?;
        if line.is_empty() {
            return Ok(None);
        }
        if line.pop() != Some(b'\n') {
            return Err(ArchiveError::Odd("a line is too long or has no end".into()));
        }
        serde_json::from_slice(&line)
            .map(Some)
            .map_err(|error| ArchiveError::Odd(format!("a line is no item: {error}")))
    }
}

/// What a failure tells: the archive's own error travels inside one of reading.
fn failed(error: io::Error) -> ArchiveError {
    let inner = error
        .get_ref()
        .and_then(|inner| inner.downcast_ref::<ArchiveError>());
    inner
        .cloned()
        .unwrap_or_else(|| ArchiveError::Io(error.to_string()))
}
