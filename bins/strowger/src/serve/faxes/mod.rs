//! Faxes: calls that are answered or made by machines, each driven by 20 ms of sound at a time, on
//! a thread of its own.
//!
//! The shard tells which begin and end; sound and datagrams come and go by their lines, past the
//! shard ([`media::Line`]). Machines are started by a second thread and their pages are brought
//! into the store by a third, since both take longer than sound can wait. A fourth looks in the
//! store for faxes that are to be sent, and notes there what came of them.

mod attempt;
mod book;
mod machine;
mod queue;
mod session;
mod starter;
mod tally;
mod trays;
mod wire;
mod wish;

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use ids::FaxId;
use node::{FaxBeginning, FaxDone, FaxOrder, FaxTask};
use ports::WallClock;
use store::SystemClock;

use super::backlog::Backlog;
use super::inbox::{Letter, Postbox};
use super::store_writer::StoreWriter;
use crate::fax_reader::Drawing;
use attempt::Outcome;
use book::{Book, Finished};
use machine::{Ended, Machine};
use queue::{Means, Outcomes};
use session::{FRAME, Session, Standing};
use starter::{Started, Starter};
pub(crate) use tally::Tally;
use trays::Trays;

/// Orders that wait in the queue at most; the shard keeps as many more.
const ORDERS_MAX: usize = 1_024;

/// How often orders are looked for while there is no fax.
const REST: Duration = Duration::from_secs(1);

/// How far the machines may fall behind before time is left out.
const BEHIND_MAX: Duration = Duration::from_millis(500);

/// The rule that explains that a fax has come or was sent, and that it has not or was not.
const RECEIVED: &str = "fax.received";
const SENT: &str = "fax.sent";
const FAILED: &str = "fax.failed";

/// The shard's end.
pub(crate) struct FaxDesk {
    orders: Backlog<FaxOrder>,
    tally: Arc<Tally>,
}

impl FaxDesk {
    /// Sends orders on; never waits.
    pub(crate) fn put(&mut self, orders: &mut Vec<FaxOrder>) {
        for _ in 0..self.orders.put(orders) {
            self.tally.lost();
        }
    }
}

/// The running machines.
pub(crate) struct FaxThread {
    thread: JoinHandle<()>,
    book: StoreWriter,
    queue: StoreWriter,
}

impl FaxThread {
    /// Hangs all up and waits until what came is kept, once the shard's end is dropped.
    pub(crate) fn finish(self) {
        if self.thread.join().is_err() {
            tracing::error!("the fax machines have failed");
        }
        self.book.finish();
        self.queue.finish();
    }
}

/// Starts the threads.
///
/// # Errors
/// The machine gives no thread.
pub(crate) fn start(
    store: Arc<dyn ports::Stores>,
    postbox: Postbox,
    tally: Arc<Tally>,
) -> io::Result<(FaxDesk, FaxThread)> {
    let (queue, orders) = sync_channel(ORDERS_MAX);
    let (book, writer) = book::start(Arc::clone(&store), Arc::clone(&tally))?;
    let trays = Trays::default();
    let (outcomes, waiting) = queue::start(Means {
        store,
        postbox: postbox.clone(),
        trays: trays.clone(),
        drawing: Drawing::by_this_program()?,
        tally: Arc::clone(&tally),
    })?;
    let faxes = Faxes {
        orders,
        starter: Starter::begin(machine::engines(trays)?)?,
        book,
        outcomes,
        postbox,
        tally: Arc::clone(&tally),
        sessions: BTreeMap::new(),
        starting: BTreeSet::new(),
        due: Instant::now(),
    };
    let thread = std::thread::Builder::new()
        .name("faxes".to_owned())
        .spawn(move || faxes.run())?;
    let desk = FaxDesk {
        orders: Backlog::new(queue, ORDERS_MAX),
        tally,
    };
    let running = FaxThread {
        thread,
        book: writer,
        queue: waiting,
    };
    Ok((desk, running))
}

struct Faxes {
    orders: Receiver<FaxOrder>,
    starter: Starter,
    book: Book,
    /// Where it is told what came of faxes that are sent.
    outcomes: Outcomes,
    postbox: Postbox,
    tally: Arc<Tally>,
    sessions: BTreeMap<FaxId, Session>,
    /// Those whose machine is being started, and whose call goes on.
    starting: BTreeSet<FaxId>,
    /// When the next 20 ms are over.
    due: Instant,
}

impl Faxes {
    fn run(mut self) {
        loop {
            let busy = !self.sessions.is_empty() || !self.starting.is_empty();
            let patience = match busy {
                true => self.due.saturating_duration_since(Instant::now()),
                false => REST,
            };
            match self.orders.recv_timeout(patience) {
                Ok(order) => self.obey(order, busy),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => break,
            }
            self.take_started();
            self.tick_due();
        }
        for (_, mut session) in std::mem::take(&mut self.sessions) {
            let ended = session.hang_up();
            self.finish(session, ended);
        }
    }

    fn obey(&mut self, order: FaxOrder, busy: bool) {
        match order {
            FaxOrder::Begin(beginning) => {
                if !busy {
                    self.due = Instant::now() + FRAME;
                }
                self.begin(*beginning);
            }
            FaxOrder::Missed(missed) => self.outcomes.tell(Outcome::Missed(missed)),
            FaxOrder::End(id) => {
                self.starting.remove(&id);
                if let Some(mut session) = self.sessions.remove(&id) {
                    let ended = session.hang_up();
                    self.finish(session, ended);
                }
            }
        }
    }

    fn begin(&mut self, beginning: FaxBeginning) {
        let id = beginning.id;
        match self.starter.want(beginning) {
            Ok(()) => {
                self.starting.insert(id);
            }
            Err(beginning) => {
                let because = "too many fax machines are being started".to_owned();
                self.give_up(*beginning, because);
            }
        }
    }

    fn take_started(&mut self) {
        let all: Vec<Started> = self.starter.started().collect();
        for Started { beginning, machine } in all {
            let goes_on = self.starting.remove(&beginning.id);
            match machine {
                Ok(machine) => {
                    let id = beginning.id;
                    let mut session = Session::new(beginning, machine);
                    if goes_on {
                        self.sessions.insert(id, session);
                    } else {
                        let ended = session.hang_up();
                        self.finish(session, ended);
                    }
                }
                Err(because) => self.give_up(beginning, because),
            }
        }
    }

    /// Lets all machines hear and speak for as long as has passed.
    fn tick_due(&mut self) {
        let now = Instant::now();
        if now.saturating_duration_since(self.due) > BEHIND_MAX {
            self.due = now;
        }
        while self.due <= now {
            self.due += FRAME;
            self.tick();
        }
    }

    fn tick(&mut self) {
        let (mut over, mut asking) = (Vec::new(), Vec::new());
        for (id, session) in &mut self.sessions {
            match session.tick() {
                Standing::On => {}
                Standing::Asks => asking.push(*id),
                Standing::Over(ended) => over.push((*id, ended)),
            }
        }
        for id in asking {
            // where the letter is lost, the fax goes on by sound
            let _lost = self.postbox.post(Letter::FaxWanted(id));
        }
        for (id, ended) in over {
            if let Some(session) = self.sessions.remove(&id) {
                self.tell(&session.beginning, &ended);
                self.finish(session, ended);
            }
        }
    }

    /// No machine answers a call.
    fn give_up(&mut self, beginning: FaxBeginning, because: String) {
        let (tenant, call) = (beginning.tenant, beginning.call);
        tracing::error!(%tenant, %call, because, "no fax machine answers");
        let ended = Ended::broken("engine", because);
        self.tell(&beginning, &ended);
        self.keep(beginning, ended, None);
    }

    /// Tells the shard what became of a fax, whose call ends by that.
    fn tell(&self, beginning: &FaxBeginning, ended: &Ended) {
        let (rule, because) = match (&ended.failure, beginning.task) {
            (None, FaxTask::Receive) => (RECEIVED, format!("{} pages have come", ended.pages)),
            (None, FaxTask::Send) => (SENT, format!("{} pages were sent", ended.pages)),
            (Some(failure), _) => (FAILED, failure.because.clone()),
        };
        let id = beginning.id;
        let done = FaxDone { id, rule, because };
        if self.postbox.post(Letter::FaxDone(done)).is_err() {
            // the other machine hangs up by itself
            self.tally.lost();
        }
    }

    fn finish(&self, session: Session, ended: Ended) {
        let (beginning, machine) = session.into_parts();
        self.tally.underran(beginning.line.figures().underruns);
        self.keep(beginning, ended, Some(machine));
    }

    /// What came is kept, and of what was sent it is told what came of it.
    fn keep(&self, beginning: FaxBeginning, ended: Ended, machine: Option<Box<dyn Machine>>) {
        match beginning.task {
            FaxTask::Receive => self.book.keep(Finished {
                beginning,
                ended,
                at: SystemClock.now(),
                machine,
            }),
            FaxTask::Send => {
                let (id, call) = (beginning.id, beginning.call);
                self.outcomes.tell(Outcome::Spoken(id, call, ended));
            }
        }
    }
}
