//! The writing end of a row of segments: gathers frames and writes them once per turn.

use crate::counters::{Counters, add};
use crate::segment::Segment;
use crate::supply::Line;
use ports::{StoreError, frame};
use std::io;
use std::os::unix::fs::FileExt;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::Receiver;
use std::time::{Duration, Instant};

/// Size in bytes past which a writer goes on in the next segment.
pub const SEGMENT_BYTES: u64 = 8 << 20;

/// Most bytes that wait for a disk that is away, for each writer.
pub const PENDING_MAX: usize = 32 << 20;

/// How long a disk that refused is left alone.
const RETRY_AFTER: Duration = Duration::from_millis(100);

/// Room in bytes for what waits that is kept when nothing does.
const PENDING_KEPT: usize = 1 << 20;

/// The writing end of a row of segments. It never opens, closes or waits for a file.
#[derive(Debug)]
pub(crate) struct Pen {
    segment: Segment,
    spares: Receiver<Segment>,
    line: Arc<Line>,
    counters: Arc<Counters>,
    pending: Vec<u8>,
    frames: u64,
    failed_at: Option<Instant>,
    /// Bytes of a failed write may lie behind the length.
    uncut: bool,
    turn_at: u64,
}

impl Pen {
    pub(crate) fn new(
        segment: Segment,
        spares: Receiver<Segment>,
        line: Arc<Line>,
        counters: Arc<Counters>,
        turn_at: u64,
    ) -> Pen {
        Pen {
            segment,
            spares,
            line,
            counters,
            pending: Vec::new(),
            frames: 0,
            failed_at: None,
            uncut: false,
            turn_at,
        }
    }

    /// What waits for the next flush: whole frames.
    pub(crate) fn pending(&self) -> &[u8] {
        &self.pending
    }

    /// Puts other frames in the place of those that wait.
    pub(crate) fn replace_pending(&mut self, frames: Vec<u8>, count: u64) {
        self.pending = frames;
        self.frames = count;
    }

    /// Adds a frame to what waits, unless more than `bound` bytes would; says whether it was added.
    pub(crate) fn append(&mut self, payload: &[u8], bound: usize) -> bool {
        let fits = self.pending.len() + frame::framed_length(payload.len()) <= bound;
        let added = fits && frame::append(&mut self.pending, payload).is_ok();
        self.frames += u64::from(added);
        added
    }

    /// Counts a record that was given up.
    pub(crate) fn refused(&self) {
        add(&self.counters.refused, 1);
    }

    /// Writes what waits, with one system call.
    pub(crate) fn flush(&mut self) -> Result<(), StoreError> {
        if self.pending.is_empty() {
            return Ok(());
        }
        if self.failed_at.is_some_and(|at| at.elapsed() < RETRY_AFTER) {
            return Err(unavailable("a write failed a moment ago"));
        }
        if let Err(error) = self.write() {
            add(&self.counters.failed_writes, 1);
            self.failed_at = Some(Instant::now());
            return Err(unavailable(&error.to_string()));
        }
        self.failed_at = None;
        let length = u64::try_from(self.pending.len()).unwrap_or(u64::MAX);
        self.segment.length += length;
        self.line
            .length
            .store(self.segment.length, Ordering::Release);
        add(&self.counters.bytes, length);
        add(&self.counters.records, self.frames);
        self.frames = 0;
        self.pending.clear();
        self.pending.shrink_to(PENDING_KEPT);
        if self.segment.length >= self.turn_at {
            self.turn();
        }
        Ok(())
    }

    /// Goes on in the next segment, if one is ready; else the present one grows.
    fn turn(&mut self) {
        if let Ok(next) = self.spares.try_recv() {
            self.segment = next;
            // The length first: whoever sees the new number must not see the old length.
            self.line
                .length
                .store(self.segment.length, Ordering::Release);
            self.line
                .current
                .store(self.segment.number, Ordering::Release);
        }
    }

    /// A write that fails half-way leaves the length as it was, and what it wrote is cut off, so
    /// that nothing is read twice or out of its order.
    fn write(&mut self) -> io::Result<()> {
        let Segment { file, length, .. } = &self.segment;
        if std::mem::take(&mut self.uncut) {
            file.set_len(*length).inspect_err(|_| self.uncut = true)?;
        }
        file.write_all_at(&self.pending, *length)
            .inspect_err(|_| self.uncut = file.set_len(*length).is_err())
    }

    #[cfg(test)]
    pub(crate) fn swap_file(&mut self, file: std::fs::File) -> std::fs::File {
        std::mem::replace(&mut self.segment.file, file)
    }

    /// The disk was left alone long enough.
    #[cfg(test)]
    pub(crate) fn rested(&mut self) {
        self.failed_at = None;
    }
}

fn unavailable(detail: &str) -> StoreError {
    StoreError::Unavailable {
        detail: detail.to_owned(),
    }
}
