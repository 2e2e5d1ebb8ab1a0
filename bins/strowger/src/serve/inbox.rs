//! Letters to the signalling shard, from threads that are not it.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::time::Duration;

use carrier::Replied;
use domain::{Ban, CompiledTenant, SourceAddress};
use ids::{DeviceId, FaxId, TenantId};
use media::{Air, Prompt};
use net::Waker;
use node::{
    FaxCall, FaxDone, Fetched, MusicAsk, Question, SayAsk, Searcher, StationAsk, TrunkQuestion,
};

/// Letters that wait at most; a sender beyond it is told that the exchange is too busy.
const LETTERS_MAX: usize = 4_096;

/// What others want of the shard.
#[derive(Debug)]
pub(crate) enum Letter {
    /// A question or an order of one tenant's.
    Ask(Question),
    /// A question about an account's trunk.
    AskOfTrunk(TrunkQuestion),
    /// A tenant is new or has changed.
    Changed(Arc<CompiledTenant>),
    /// A tenant is gone.
    Gone(TenantId),
    /// All changes up to this one of the feed were in the letters before.
    Followed(u64),
    /// The store keeps that a device of a tenant's is contained; the feed tells of it at this place
    /// at the latest.
    Contained(TenantId, DeviceId, u64),
    /// The name system has answered.
    Named(Searcher, Replied),
    /// A certificate was fetched from this address, or could not be.
    Certificate(String, Fetched),
    /// A company's own music was fetched, or there is none.
    Music(MusicAsk, Option<Arc<Prompt>>),
    /// A company's programme is on the air, or cannot be.
    Station(StationAsk, Option<Arc<Air>>),
    /// Somebody is to be called for a fax.
    SendFax(FaxCall),
    /// A fax machine hears another one, and wants to go over to T.38.
    FaxWanted(FaxId),
    /// A fax machine has done.
    FaxDone(FaxDone),
    /// Something was spoken, or nobody can say it.
    Said(SayAsk, Option<Arc<Prompt>>),
    /// A source is banned.
    Bar(Ban),
    /// A source is banned no more.
    Lift(SourceAddress),
    /// No new calls; those that are up may go on this long.
    Drain(Duration),
}

/// The shard is too busy, or gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NotTaken;

/// Where letters are posted. Clones post into the same box.
#[derive(Clone, Debug)]
pub(crate) struct Postbox {
    letters: SyncSender<Letter>,
    waker: Waker,
}

impl Postbox {
    /// A postbox and the shard's end of it.
    pub(crate) fn new(waker: Waker) -> (Postbox, Receiver<Letter>) {
        let (letters, inbox) = sync_channel(LETTERS_MAX);
        (Postbox { letters, waker }, inbox)
    }

    /// Posts a letter; never waits.
    ///
    /// # Errors
    /// [`NotTaken`]; the letter is lost.
    pub(crate) fn post(&self, letter: Letter) -> Result<(), NotTaken> {
        let posted = self.letters.try_send(letter);
        self.waker.wake();
        posted.map_err(|refusal| match refusal {
            TrySendError::Full(_) | TrySendError::Disconnected(_) => NotTaken,
        })
    }
}
