//! Faxes that have ended, on their way into the store.

use std::io;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};

use domain::{Event, FAX_OCTETS_MAX, FAXES_OCTETS_MAX, Fax, FaxState};
use machine::WallTime;
use node::FaxBeginning;
use ports::{Fault, Kept, StoreError, Stores};
use store::block_on;

use super::machine::{Ended, Machine};
use super::tally::Tally;
use crate::serve::store_writer::{Stop, StoreWriter};

/// Faxes that wait for the store at most, each with its machine, which has its pages; those beyond
/// it are lost and counted.
const WAITING_MAX: usize = 64;

/// A fax that has ended.
pub(super) struct Finished {
    pub(super) beginning: FaxBeginning,
    pub(super) ended: Ended,
    /// When, for people.
    pub(super) at: WallTime,
    /// Has its pages; nothing where it never started.
    pub(super) machine: Option<Box<dyn Machine>>,
}

/// The end of whoever runs the machines.
pub(super) struct Book {
    queue: SyncSender<Finished>,
    tally: Arc<Tally>,
}

impl Book {
    /// Keeps a fax; never waits.
    pub(super) fn keep(&self, finished: Finished) {
        match self.queue.try_send(finished) {
            Ok(()) => {}
            Err(TrySendError::Full(lost) | TrySendError::Disconnected(lost)) => {
                let (tenant, call) = (lost.beginning.tenant, lost.beginning.call);
                tracing::error!(%tenant, %call, "a fax is lost: too many wait for the store");
                self.tally.lost();
            }
        }
    }
}

/// Starts the writer. What a store that is away at the end does not take is lost.
///
/// # Errors
/// The machine gives no thread.
pub(super) fn start(store: Arc<dyn Stores>, tally: Arc<Tally>) -> io::Result<(Book, StoreWriter)> {
    let (queue, waiting) = sync_channel(WAITING_MAX);
    let counted = Arc::clone(&tally);
    let writer = StoreWriter::start("fax-book", "faxes", move |stop| {
        write(&*store, &waiting, &stop, &counted);
    })?;
    Ok((Book { queue, tally }, writer))
}

fn write(store: &dyn Stores, waiting: &Receiver<Finished>, stop: &Stop, tally: &Tally) {
    while let Ok(finished) = waiting.recv() {
        let (fax, document) = whole(finished);
        while let Err(error) = block_on(keep(store, &fax, &document)) {
            let passes = error.whose_fault() == Fault::World;
            if !passes || stop.is_told() {
                let (tenant, id) = (fax.tenant, fax.id);
                tracing::error!(%tenant, fax = %id, %error, "a fax is not kept");
                tally.lost();
                break;
            }
            tally.refused();
            tracing::warn!(%error, "a fax waits for the store");
            stop.rest();
        }
        tally.kept(&fax);
    }
}

/// The fax and its document.
fn whole(finished: Finished) -> (Fax, Vec<u8>) {
    let Finished {
        beginning,
        ended,
        at,
        machine,
    } = finished;
    let Ended {
        failure,
        pages: _,
        carriage,
    } = ended;
    let read = machine.map(Machine::document);
    let fax = Fax {
        id: beginning.id,
        tenant: beginning.tenant,
        call: Some(beginning.call),
        extension: beginning.extension,
        number: beginning.number,
        caller: beginning.caller,
        began: beginning.began,
        ended: at,
        state: match failure {
            None => FaxState::Received,
            Some(_) => FaxState::Failed,
        },
        failure,
        pages: 0,
        octets: 0,
        carriage,
        sending: None,
    };
    match read {
        None => (fax, Vec::new()),
        Some(Ok((pages, document))) => {
            let octets = u64::try_from(document.len()).unwrap_or(u64::MAX);
            if octets > FAX_OCTETS_MAX {
                let because = "its pages take more room than those of one fax may";
                return (fax.failed("too-long", because), Vec::new());
            }
            (Fax { pages, ..fax }, document)
        }
        Some(Err(broken)) if fax.failure.is_none() => (fax.failed("engine", &broken), Vec::new()),
        Some(Err(_)) => (fax, Vec::new()),
    }
}

/// Keeps a fax and tells of it. One for whose pages the company has no room is kept without them.
async fn keep(store: &dyn Stores, fax: &Fax, document: &[u8]) -> Result<(), StoreError> {
    let kept = store
        .write_fax(fax.clone(), document.to_vec(), FAXES_OCTETS_MAX)
        .await?;
    let fax = match kept {
        Kept::Yes => fax.clone(),
        Kept::Full { .. } => {
            let because = "the company's faxes take up as much room as they may";
            let bare = Fax {
                pages: 0,
                ..fax.clone().failed("no-room", because)
            };
            store.write_fax(bare.clone(), Vec::new(), u64::MAX).await?;
            bare
        }
    };
    let events = Event::of_fax(&fax).into_iter().collect();
    store.write_events(events).await?;
    Ok(())
}
