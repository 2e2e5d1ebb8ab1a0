//! Batches of tapped packets on their way from a media thread to whoever records, and back.

use std::sync::mpsc::{Receiver, SyncSender, TryIter, sync_channel};
use std::time::Duration;

use machine::Instant;
use media::{Road, Tapped};

/// How long packets wait at most for a batch to be fuller.
pub(crate) const GATHER: Duration = Duration::from_millis(20);

/// The end of whoever records: one for each media thread.
#[derive(Debug)]
pub struct TapLine {
    full: Receiver<Box<Tapped>>,
    empty: SyncSender<Box<Tapped>>,
}

impl TapLine {
    /// The batches that have come. Never blocks.
    pub fn batches(&self) -> TryIter<'_, Box<Tapped>> {
        self.full.try_iter()
    }

    /// Gives a batch back, to be filled again.
    pub fn give_back(&self, mut batch: Box<Tapped>) {
        batch.clear();
        // where the thread is gone nobody fills it
        let _gone = self.empty.try_send(batch);
    }
}

/// The media thread's end.
#[derive(Debug)]
pub(crate) struct Taps {
    full: SyncSender<Box<Tapped>>,
    empty: Receiver<Box<Tapped>>,
    /// Batches that were not made yet.
    unmade: usize,
}

impl Taps {
    /// Both ends, with so many batches.
    pub(crate) fn new(batches: usize) -> (Taps, TapLine) {
        let batches = batches.max(2);
        let (full, taken) = sync_channel(batches);
        let (empty, refill) = sync_channel(batches);
        let taps = Taps {
            full,
            empty: refill,
            // the road has one
            unmade: batches - 1,
        };
        let line = TapLine { full: taken, empty };
        (taps, line)
    }

    /// Sends what the road has gathered, if it has waited long enough. Where no batch comes back
    /// it waits on, until the road has no more room.
    pub(crate) fn send(&mut self, road: &mut Road, now: Instant) {
        let ripe = road.tapped_since().is_some_and(|at| at + GATHER <= now);
        if !ripe {
            return;
        }
        let Some(empty) = self.empty.try_recv().ok().or_else(|| self.make()) else {
            return;
        };
        if let Ok(tapped) = road.take_tapped(empty) {
            // it has room for as many as there are; without anybody at the other end they go
            let _gone = self.full.try_send(tapped);
        }
    }

    /// The first time round batches are made: as long as nothing is recorded they cost nothing.
    fn make(&mut self) -> Option<Box<Tapped>> {
        self.unmade = self.unmade.checked_sub(1)?;
        Some(Box::default())
    }
}
