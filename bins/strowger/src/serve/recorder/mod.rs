//! The recorder: packets of recorded calls become files of sealed seconds, on a thread of its own.
//!
//! It is told by the shard which recordings begin and end, and gets their packets from the media
//! threads in batches that go round. Whatever it waits for, calls do not: a batch that it has no
//! time for is missed and counted. What is known of a recording is written into the store by
//! another thread, since a store may be away.

mod book;
mod disk;
mod tally;
mod tape;

use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, TryRecvError, sync_channel};
use std::thread::JoinHandle;
use std::time::Duration;

use domain::Recording;
use ids::RecordingId;
use machine::Instant;
use media_io::TapLine;
use net::LoopClock;
use node::{Beginning, FormerRecording, RecordingOrder};
use shelf::Shelf;

use super::backlog::Backlog;
use super::store_writer::StoreWriter;
use book::Book;
use disk::Disk;
pub(crate) use tally::Tally;
use tape::Tape;

/// Orders that wait in the queue at most.
const ORDERS_MAX: usize = 1_024;

/// Orders that the shard keeps while the queue is full; those beyond it are counted and lost.
const KEPT_MAX: usize = 16_384;

/// How often packets are looked for while anything is recorded.
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// How often, while nothing is.
const REST: Duration = Duration::from_secs(1);

/// How often sound is made of packets.
const MAKE_EVERY: Duration = Duration::from_millis(100);

/// How long after its end the last packets of a call may come.
const LINGER: Duration = media::BROUGHT_LATE;

/// The shard's end.
pub(crate) struct RecorderDesk {
    orders: Backlog<RecordingOrder>,
    tally: Arc<Tally>,
}

impl RecorderDesk {
    /// Sends orders on; never waits.
    pub(crate) fn put(&mut self, orders: &mut Vec<RecordingOrder>) {
        let lost = self.orders.put(orders);
        self.tally.lost(lost);
    }
}

/// What a recorder is given.
pub(crate) struct Parts {
    /// Where files lie.
    pub(crate) shelf: Shelf,
    /// Where packets come from.
    pub(crate) taps: Vec<TapLine>,
    /// Recordings that a former process has begun.
    pub(crate) former: Vec<Recording>,
    /// The time of the node.
    pub(crate) time: LoopClock,
    /// What is counted.
    pub(crate) tally: Arc<Tally>,
}

/// The running recorder.
pub(crate) struct RecorderThread {
    thread: JoinHandle<()>,
    book: StoreWriter,
}

impl RecorderThread {
    /// Waits until everything is written, once the shard's end is dropped. A recording whose call
    /// goes on after the next start stays open.
    pub(crate) fn finish(self) {
        if self.thread.join().is_err() {
            tracing::error!("the recorder has failed");
        }
        self.book.finish();
    }
}

/// Starts the recorder.
///
/// # Errors
/// The machine gives no thread.
pub(crate) fn start(
    parts: Parts,
    store: Arc<dyn ports::Stores>,
) -> io::Result<(RecorderDesk, RecorderThread)> {
    let (queue, orders) = sync_channel(ORDERS_MAX);
    let tally = Arc::clone(&parts.tally);
    let (book, writer) = book::start(store, Arc::clone(&tally))?;
    let recorder = Recorder::new(parts, orders, (book, disk::start()?));
    let thread = std::thread::Builder::new()
        .name("recorder".to_owned())
        .spawn(move || recorder.run())?;
    let desk = RecorderDesk {
        orders: Backlog::new(queue, KEPT_MAX),
        tally,
    };
    let running = RecorderThread {
        thread,
        book: writer,
    };
    Ok((desk, running))
}

/// What of recordings that run the shard has to know.
pub(crate) fn known_to_shard(recordings: &[Recording]) -> Vec<FormerRecording> {
    let running = recordings.iter();
    let former = |one: &Recording| FormerRecording {
        id: one.id,
        call: one.call,
        conference: one.conference.map(|at| (one.tenant, at)),
        sides: one.sides,
        paused: one.paused,
    };
    running.map(former).collect()
}

struct Recorder {
    parts: Parts,
    orders: Receiver<RecordingOrder>,
    book: Book,
    disk: Disk,
    /// By the number that taps name.
    tapes: BTreeMap<u128, Tape>,
    /// Those of a former process whose calls have not gone on yet.
    former: BTreeMap<RecordingId, Recording>,
    made_at: Instant,
}

impl Recorder {
    fn new(
        mut parts: Parts,
        orders: Receiver<RecordingOrder>,
        (book, disk): (Book, Disk),
    ) -> Recorder {
        let former = std::mem::take(&mut parts.former);
        Recorder {
            parts,
            orders,
            book,
            disk,
            tapes: BTreeMap::new(),
            former: former.into_iter().map(|one| (one.id, one)).collect(),
            made_at: Instant::ZERO,
        }
    }

    fn run(mut self) {
        loop {
            let busy = !self.tapes.is_empty();
            match self
                .orders
                .recv_timeout(if busy { LOOK_EVERY } else { REST })
            {
                Ok(order) => self.obey(order),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => break,
            }
            self.obey_all();
            let now = self.now();
            self.hear();
            if now >= self.made_at + MAKE_EVERY {
                self.made_at = now;
                self.make(now);
            }
        }
        self.stop();
    }

    fn now(&self) -> Instant {
        self.parts.time.now()
    }

    fn obey_all(&mut self) {
        loop {
            match self.orders.try_recv() {
                Ok(order) => self.obey(order),
                Err(TryRecvError::Empty | TryRecvError::Disconnected) => return,
            }
        }
    }

    fn obey(&mut self, order: RecordingOrder) {
        match order {
            RecordingOrder::Begin(beginning) => self.begin(&beginning),
            RecordingOrder::Resumed => self.close_former(),
            RecordingOrder::Join { id, number } => {
                if let Some(tape) = self.tapes.get_mut(&id.as_u128())
                    && tape.joins(number)
                {
                    self.book.keep(tape.recording.clone());
                }
            }
            RecordingOrder::Pause { id, paused } => {
                if let Some(tape) = self.tapes.get_mut(&id.as_u128()) {
                    tape.recording.paused = paused;
                    self.book.keep(tape.recording.clone());
                }
            }
            RecordingOrder::End { id, at } => {
                if let Some(tape) = self.tapes.get_mut(&id.as_u128()) {
                    tape.ends_at = Some(at);
                }
            }
        }
    }

    fn begin(&mut self, beginning: &Beginning) {
        let former = self.former.remove(&beginning.id);
        let shelf = &self.parts.shelf;
        let begun = match former.filter(|_| beginning.resumed) {
            Some(recording) => Tape::resume(shelf, recording, beginning),
            None => Tape::begin(shelf, beginning),
        };
        match begun {
            Ok(tape) => {
                self.parts.tally.began();
                self.book.keep(tape.recording.clone());
                self.tapes.insert(beginning.id.as_u128(), tape);
            }
            Err(error) => {
                self.parts.tally.failed();
                let (tenant, call) = (beginning.tenant, beginning.call);
                tracing::error!(%tenant, %call, %error, "a call is not recorded");
            }
        }
    }

    /// Takes the packets that have come.
    fn hear(&mut self) {
        for line in &self.parts.taps {
            for batch in line.batches() {
                for packet in batch.packets() {
                    if let Some(tape) = self.tapes.get_mut(&packet.tap.recording) {
                        tape.hear(&packet);
                    }
                }
                line.give_back(batch);
            }
        }
    }

    /// Makes sound of them, and ends what is over.
    fn make(&mut self, now: Instant) {
        let mut over = Vec::new();
        for (number, tape) in &mut self.tapes {
            let ends = tape.ends_at.is_some_and(|at| at + LINGER <= now);
            let made = if ends {
                Ok(())
            } else {
                tape.make(now, &self.disk)
            };
            if ends || made.is_err() {
                over.push(*number);
            }
            if let Err(error) = made {
                let (tenant, call) = (tape.recording.tenant, tape.recording.call);
                tracing::error!(%tenant, %call, %error, "a recording breaks off");
                self.parts.tally.failed();
            }
        }
        for number in over {
            if let Some(tape) = self.tapes.remove(&number) {
                self.close(tape);
            }
        }
    }

    fn close(&mut self, tape: Tape) {
        let (recording, unended) = tape.finish();
        if let Some(error) = unended {
            let (tenant, call) = (recording.tenant, recording.call);
            tracing::error!(%tenant, %call, %error, "a recording has no end");
            self.parts.tally.failed();
            return self.close_as_it_lies(recording);
        }
        self.parts.tally.finished(&recording);
        self.book.keep(recording);
    }

    /// Closes the recordings of a former process whose calls have ended with it.
    fn close_former(&mut self) {
        for (_, recording) in std::mem::take(&mut self.former) {
            self.close_as_it_lies(recording);
        }
    }

    /// Closes a recording with what its file has. One that cannot be measured now is when the
    /// exchange starts anew.
    fn close_as_it_lies(&mut self, recording: Recording) {
        if let Some(recording) = tape::measured(&self.parts.shelf, recording) {
            self.parts.tally.finished(&recording);
            self.book.keep(recording);
        }
    }

    /// The exchange stops. What has ended is closed; what goes on after the next start is left
    /// open, as far as it has come.
    fn stop(mut self) {
        let now = self.now();
        self.hear();
        for (_, mut tape) in std::mem::take(&mut self.tapes) {
            if tape.ends_at.is_some() {
                self.close(tape);
            } else if let Err(error) = tape.leave(now) {
                let call = tape.recording.call;
                tracing::error!(%call, %error, "the last of a recording is not kept");
            }
        }
    }
}
