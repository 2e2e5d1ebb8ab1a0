//! How the keeper follows one writer: hands it segments, and takes over those it has left.

use crate::segment::{self, Segment};
use std::collections::{BTreeMap, VecDeque};
use std::fs::File;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};

/// Segments that lie ready for a writer.
const SPARES: usize = 1;

/// Where a writer is.
#[derive(Debug)]
pub(crate) struct Line {
    /// Number of the segment it writes to.
    pub(crate) current: AtomicU64,
    /// Bytes it has written there.
    pub(crate) length: AtomicU64,
}

/// The keeper's side of one writer.
#[derive(Debug)]
pub(crate) struct Supply {
    line: Arc<Line>,
    spares: Option<SyncSender<Segment>>,
    /// Segments made for the writer and not yet left by it, oldest first.
    made: VecDeque<(u64, File)>,
    synced: (u64, u64),
}

impl Supply {
    /// For a writer that begins in this segment.
    pub(crate) fn new(first: &Segment) -> io::Result<(Supply, Arc<Line>, Receiver<Segment>)> {
        let (spares, receiver) = sync_channel(SPARES);
        let line = Arc::new(Line {
            current: AtomicU64::new(first.number),
            length: AtomicU64::new(first.length),
        });
        let supply = Supply {
            line: Arc::clone(&line),
            spares: Some(spares),
            made: VecDeque::from([(first.number, first.file.try_clone()?)]),
            synced: (0, 0),
        };
        Ok((supply, line, receiver))
    }

    /// Whether the writer is gone and all it wrote has been taken over.
    pub(crate) fn is_over(&self) -> bool {
        self.spares.is_none() && self.made.is_empty()
    }

    /// The segments it has been given and not yet left.
    pub(crate) fn numbers(&self) -> impl Iterator<Item = u64> + '_ {
        self.made.iter().map(|(number, _)| *number)
    }

    /// Sees to it that the writer has a segment to go on in.
    pub(crate) fn refill(
        &mut self,
        folder: &Path,
        numbers: &AtomicU64,
        room: u64,
    ) -> io::Result<()> {
        let current = self.line.current.load(Ordering::Acquire);
        let ready = || self.made.iter().filter(|(number, _)| *number > current);
        let Some(spares) = self.spares.as_ref().filter(|_| ready().count() < SPARES) else {
            return Ok(());
        };
        let number = numbers.fetch_add(1, Ordering::Relaxed);
        let spare = segment::create(folder, number, room)?;
        self.made.push_back((number, spare.file.try_clone()?));
        match spares.try_send(spare) {
            // There is room for every segment that lies ready.
            Ok(()) | Err(TrySendError::Full(_)) => {}
            Err(TrySendError::Disconnected(_)) => self.spares = None,
        }
        Ok(())
    }

    /// Waits until the disk has what the writer wrote to its present segment.
    pub(crate) fn sync(&mut self) -> io::Result<()> {
        let number = self.line.current.load(Ordering::Acquire);
        let at = (number, self.line.length.load(Ordering::Acquire));
        let current = self.made.iter().find(|(made, _)| *made == number);
        if let Some((_, file)) = current
            && at != self.synced
        {
            file.sync_data()?;
            self.synced = at;
        }
        Ok(())
    }

    /// Takes over the segments that the writer has left: number and size of each, on the disk.
    pub(crate) fn left(&mut self, sealed: &mut BTreeMap<u64, u64>) -> io::Result<()> {
        let current = match self.spares {
            Some(_) => self.line.current.load(Ordering::Acquire),
            None => u64::MAX,
        };
        while let Some((number, file)) = self.made.front()
            && *number < current
        {
            file.sync_data()?;
            sealed.insert(*number, file.metadata()?.len());
            self.made.pop_front();
        }
        Ok(())
    }
}
