//! The one thread that writes: it gathers what waits into one transaction, and answers when
//! that is durable.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use ports::StoreError;

use super::answer::{Answer, Promise, promise};
use super::link::{Link, Purpose, Transaction};
use super::rest::{REST_AFTER, Rest};
use super::sight::Sight;
use super::sql::Sql;
use super::vault::Vault;
use super::work_queue::WorkQueue;
use super::{events, feed};

/// Changes that wait for the writer at most; further ones are refused.
pub const WRITES_WAITING: usize = 1_024;

/// Steps (operations, call records) after which a transaction takes in no further change.
const GROUP_STEPS: usize = 2_000;

/// What a change works with.
pub(super) struct Desk<'a> {
    pub(super) sql: Sql<'a>,
    pub(super) vault: &'a Vault,
    /// A key was erased: nothing of it may stay in the log.
    pub(super) erased: &'a Cell<bool>,
}

/// Work for the writer.
pub(super) trait Order: Send {
    /// What it may see.
    fn sight(&self) -> Sight;
    /// How many steps it has, at least about.
    fn steps(&self) -> usize;
    /// Does it inside a savepoint of its own; whether what it wrote shall stay.
    fn carry_out(&mut self, desk: &Desk<'_>) -> bool;
    /// Tells the result, once it is durable, or why it is not.
    fn answer(self: Box<Self>, durable: Result<(), StoreError>);
}

/// What becomes of what good work has written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// It stays.
    Kept,
    /// It was a trial and is undone.
    Undone,
}

struct Task<T, F> {
    work: Option<F>,
    outcome: Outcome,
    sight: Sight,
    steps: usize,
    result: Result<T, StoreError>,
    promise: Promise<Result<T, StoreError>>,
}

/// An order of this work, and its answer.
pub(super) fn order<T, F>(
    sight: Sight,
    steps: usize,
    outcome: Outcome,
    work: F,
) -> (Box<dyn Order>, Answer<Result<T, StoreError>>)
where
    T: Send + 'static,
    F: FnOnce(&Desk<'_>) -> Result<T, StoreError> + Send + 'static,
{
    let (promise, answer) = promise();
    let task = Task {
        work: Some(work),
        outcome,
        sight,
        steps,
        result: Err(not_begun()),
        promise,
    };
    (Box::new(task), answer)
}

fn not_begun() -> StoreError {
    StoreError::Unavailable {
        detail: "the change was not begun".to_owned(),
    }
}

impl<T, F> Order for Task<T, F>
where
    T: Send,
    F: FnOnce(&Desk<'_>) -> Result<T, StoreError> + Send,
{
    fn sight(&self) -> Sight {
        self.sight
    }

    fn steps(&self) -> usize {
        self.steps
    }

    fn carry_out(&mut self, desk: &Desk<'_>) -> bool {
        if let Some(work) = self.work.take() {
            self.result = work(desk);
        }
        self.result.is_ok() && self.outcome == Outcome::Kept
    }

    fn answer(self: Box<Self>, durable: Result<(), StoreError>) {
        // a refusal may rest on a neighbour's change, so it too is only true once that is durable
        self.promise.keep(durable.and(self.result));
    }
}

/// The writer, as it moves into its thread.
pub(super) struct Writer {
    pub(super) link: Box<dyn Link>,
    pub(super) vault: Vault,
    pub(super) orders: Arc<WorkQueue<Box<dyn Order>>>,
    /// The feed's cursor, for whoever watches it.
    pub(super) cursor: Arc<AtomicU64>,
    /// The latest event's turn, likewise.
    pub(super) told: Arc<AtomicU64>,
    /// Transactions that became durable.
    pub(super) groups: Arc<AtomicU64>,
    pub(super) rest: Arc<Rest>,
}

impl Writer {
    /// Works until the queue is closed and empty.
    pub(super) fn run(self) {
        let rest = || self.rest.begin(&*self.link);
        while let Some(first) = self.orders.wait(REST_AFTER, rest) {
            // the promises of a group that panicked are broken, which is told to who waits;
            // the transaction is undone by its guard
            let _ = catch_unwind(AssertUnwindSafe(|| self.serve(first)));
        }
    }

    fn serve(&self, first: Box<dyn Order>) {
        let mut group = vec![first];
        let durable = self.write(&mut group);
        for order in group {
            order.answer(durable.clone());
        }
    }

    /// One transaction of the first order and of what waits meanwhile.
    fn write(&self, group: &mut Vec<Box<dyn Order>>) -> Result<(), StoreError> {
        let erased = Cell::new(false);
        let transaction = match Transaction::begin(&*self.link, Purpose::Write, Sight::Everything) {
            Ok(transaction) => transaction,
            Err(error) => {
                // who waits behind would only wait as long again, one after the other
                group.extend(std::iter::from_fn(|| self.orders.next()).take(WRITES_WAITING));
                return Err(error);
            }
        };
        let desk = Desk {
            sql: Sql(transaction.link()),
            vault: &self.vault,
            erased: &erased,
        };
        let (mut at, mut steps) = (0, 0);
        while let Some(order) = group.get_mut(at) {
            step(&desk, order.as_mut())?;
            steps += order.steps().max(1);
            at += 1;
            if steps < GROUP_STEPS {
                group.extend(self.orders.next());
            }
        }
        desk.sql.0.look(Sight::Everything)?;
        let cursor = feed::trim(desk.sql)?;
        let told = events::turn(desk.sql)?;
        transaction.commit()?;
        self.cursor.fetch_max(cursor, Ordering::AcqRel);
        self.told.fetch_max(told, Ordering::AcqRel);
        self.groups.fetch_add(1, Ordering::Relaxed);
        if erased.get() {
            self.link.forget_erased();
        }
        Ok(())
    }
}

/// One order inside its savepoint.
fn step(desk: &Desk<'_>, order: &mut dyn Order) -> Result<(), StoreError> {
    desk.sql.0.begin_step(order.sight())?;
    let kept = order.carry_out(desk);
    desk.sql.0.end_step(kept)
}
