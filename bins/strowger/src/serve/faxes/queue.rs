//! Faxes that wait in the store to be sent: taken when they are due, drawn, handed to the shard as
//! a call that is to be made, and noted when it is known what came of it.
//!
//! Several processes may serve one store. A fax is taken by a step from one state to the next that
//! one of them takes, and is theirs as long as they say so.

use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::time::{Duration, Instant};

use domain::{Event, FAXES_SENDING_MAX, FAXES_WAITING_MAX, Fax, FaxState};
use ids::FaxId;
use node::{FaxCall, FaxMissed};
use ports::{Fault, FaxQuery, StoreError, Stores, WallClock};
use store::{SystemClock, block_on};
use tenancy::TenantScope;

use super::attempt::{self, Outcome};
use super::tally::Tally;
use super::trays::Trays;
use crate::fax_reader::Drawing;
use crate::serve::inbox::{Letter, Postbox};
use crate::serve::store_writer::{Stop, StoreWriter};

/// Outcomes that wait to be noted at most: more than faxes can be on their way.
const OUTCOMES_MAX: usize = 1_024;

/// How often faxes that are due are looked for.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// How often it is said of a fax on its way that it goes on.
const RENEW_EVERY: Duration = Duration::from_secs(30);

/// Faxes that this process sends at once at most; how many of them have a machine is for the shard
/// to say.
const SENT_AT_ONCE: usize = 64;

/// Where what came of attempts is told.
#[derive(Clone)]
pub(super) struct Outcomes {
    queue: SyncSender<Outcome>,
    tally: Arc<Tally>,
}

impl Outcomes {
    /// Tells what came of an attempt; never waits.
    pub(super) fn tell(&self, outcome: Outcome) {
        match self.queue.try_send(outcome) {
            Ok(()) => {}
            // it is taken for cut off after a while
            Err(TrySendError::Full(_) | TrySendError::Disconnected(_)) => self.tally.lost(),
        }
    }
}

/// What the queue works with.
pub(super) struct Means {
    pub(super) store: Arc<dyn Stores>,
    pub(super) postbox: Postbox,
    pub(super) trays: Trays,
    pub(super) drawing: Drawing,
    pub(super) tally: Arc<Tally>,
}

/// Starts the thread.
///
/// # Errors
/// The machine gives no thread.
pub(super) fn start(means: Means) -> io::Result<(Outcomes, StoreWriter)> {
    let (queue, told) = sync_channel(OUTCOMES_MAX);
    let tally = Arc::clone(&means.tally);
    let writer = StoreWriter::start("fax-queue", "faxes to be sent", move |stop| {
        let queue = Queue {
            means,
            stop,
            on_way: BTreeMap::new(),
            renewed: Instant::now(),
        };
        queue.run(&told);
    })?;
    Ok((Outcomes { queue, tally }, writer))
}

struct Queue {
    means: Means,
    stop: Stop,
    /// Those whose attempts go on, as they are in the store.
    on_way: BTreeMap<FaxId, Fax>,
    renewed: Instant,
}

impl Queue {
    fn run(mut self, told: &Receiver<Outcome>) {
        let mut look = Instant::now();
        loop {
            let patience = look.saturating_duration_since(Instant::now());
            match told.recv_timeout(patience) {
                Ok(outcome) => self.take(outcome),
                Err(RecvTimeoutError::Timeout) => {
                    look = Instant::now() + LOOK_EVERY;
                    if !self.stop.is_told()
                        && let Err(error) = self.look()
                    {
                        self.means.tally.refused();
                        tracing::warn!(%error, "faxes that are to be sent wait for the store");
                    }
                }
                Err(RecvTimeoutError::Disconnected) => return,
            }
        }
    }

    /// Says of those on their way that they go on, and looks for those that are due.
    fn look(&mut self) -> Result<(), StoreError> {
        if self.renewed.elapsed() >= RENEW_EVERY {
            self.renewed = Instant::now();
            self.renew()?;
        }
        let store = Arc::clone(&self.means.store);
        for tenant in block_on(store.tenants_with_open_faxes())? {
            let scope = TenantScope::for_job(tenant, "faxes");
            self.find_lost(&scope)?;
            let sent = self.on_way.values().filter(|fax| fax.tenant == tenant);
            if sent.count() < FAXES_SENDING_MAX && self.on_way.len() < SENT_AT_ONCE {
                // one of each company at a time, so that nobody's list comes first
                self.find_due(&scope)?;
            }
        }
        Ok(())
    }

    fn renew(&mut self) -> Result<(), StoreError> {
        let now = SystemClock.now();
        for fax in self.on_way.values_mut() {
            *fax = attempt::going_on(fax.clone(), now);
            block_on(self.means.store.change_fax(fax.clone(), FaxState::Sending))?;
        }
        Ok(())
    }

    fn listed(&self, scope: &TenantScope, state: FaxState) -> Result<Vec<Fax>, StoreError> {
        let query = FaxQuery {
            state: Some(state),
            limit: FAXES_WAITING_MAX,
            ..FaxQuery::default()
        };
        let now = SystemClock.now();
        let listed = block_on(self.means.store.faxes(scope, &query))?;
        let due = |fax: &Fax| fax.sending.as_ref().and_then(|sending| sending.due);
        let mut all = listed.faxes;
        all.retain(|fax| due(fax).is_some_and(|due| due <= now));
        all.sort_by_key(due);
        Ok(all)
    }

    /// Attempts of which nobody knows any more, since whoever made them is gone.
    fn find_lost(&mut self, scope: &TenantScope) -> Result<(), StoreError> {
        for fax in self.listed(scope, FaxState::Sending)? {
            if !self.on_way.contains_key(&fax.id) {
                self.note(attempt::cut_off(fax, SystemClock.now()), FaxState::Sending);
            }
        }
        Ok(())
    }

    /// The first that is due is tried.
    fn find_due(&mut self, scope: &TenantScope) -> Result<(), StoreError> {
        let Some(fax) = self.listed(scope, FaxState::Queued)?.into_iter().next() else {
            return Ok(());
        };
        let store = Arc::clone(&self.means.store);
        let document = block_on(store.fax_document(scope, fax.id))?;
        let drawn = match document {
            Some(document) => self.means.drawing.draw(&document),
            None => Err("its document is gone".to_owned()),
        };
        let now = SystemClock.now();
        let pages = match drawn {
            Ok(pages) => pages,
            Err(because) => {
                self.note(attempt::unreadable(fax, because, now), FaxState::Queued);
                return Ok(());
            }
        };
        let fax = attempt::begun(fax, now);
        if !block_on(store.change_fax(fax.clone(), FaxState::Queued))? {
            // somebody has removed it, or another process sends it
            return Ok(());
        }
        self.means.tally.attempted();
        self.means.trays.put(fax.id, pages);
        let call = FaxCall {
            id: fax.id,
            tenant: fax.tenant,
            extension: fax.extension,
            to: fax.to().to_owned(),
        };
        let id = fax.id;
        self.on_way.insert(id, fax);
        if self.means.postbox.post(Letter::SendFax(call)).is_err() {
            self.take(Outcome::Missed(FaxMissed {
                id,
                call: None,
                status: 503,
                because: "the exchange is too busy".to_owned(),
            }));
        }
        Ok(())
    }

    /// Something has come of an attempt.
    fn take(&mut self, outcome: Outcome) {
        let id = outcome.id();
        self.means.trays.take(id);
        if let Some(fax) = self.on_way.remove(&id) {
            let fax = attempt::after(fax, outcome, SystemClock.now());
            self.note(fax, FaxState::Sending);
        }
    }

    /// Keeps what is known of a fax now, and tells of it where it has ended. Tries again while the
    /// store is away.
    fn note(&self, fax: Fax, was: FaxState) {
        let mut tries_on = true;
        while tries_on {
            match block_on(self.keep(&fax, was)) {
                Ok(true) => return self.means.tally.noted(&fax),
                // its company is gone, and it with that
                Ok(false) => return,
                Err(error) => {
                    let passes = error.whose_fault() == Fault::World;
                    self.means.tally.refused();
                    let (tenant, id) = (fax.tenant, fax.id);
                    tracing::warn!(%tenant, fax = %id, %error, "what came of a fax is not kept");
                    tries_on = passes && self.stop.rest();
                }
            }
        }
        self.means.tally.lost();
    }

    async fn keep(&self, fax: &Fax, was: FaxState) -> Result<bool, StoreError> {
        let kept = self.means.store.change_fax(fax.clone(), was).await?;
        let events: Vec<Event> = Event::of_fax(fax).filter(|_| kept).into_iter().collect();
        if !events.is_empty() {
            self.means.store.write_events(events).await?;
        }
        Ok(kept)
    }
}
