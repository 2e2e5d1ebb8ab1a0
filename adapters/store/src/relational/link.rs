//! One connection to a database, as the threads of the store use it.

use ports::StoreError;

use super::sight::Sight;
use super::value::Value;

/// What a transaction is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// To read the database as it is at one moment.
    Read,
    /// To write, one at a time among all who write.
    Write,
}

/// A row that is being read.
pub(crate) trait Row {
    /// A column, by its place.
    fn value(&self, column: usize) -> Result<Value, StoreError>;
}

/// What is done with each row; `false` ends the reading.
pub(crate) type EachRow<'a> = &'a mut dyn FnMut(&dyn Row) -> Result<bool, StoreError>;

/// A connection. Its statements are prepared once each; parameters stand as `?1`, `?2`, …
pub(crate) trait Link: Send {
    /// Carries out one statement; gives the number of rows it changed.
    fn run(&self, text: &str, params: &[Value]) -> Result<usize, StoreError>;

    /// Reads rows.
    fn each(&self, text: &str, params: &[Value], read: EachRow<'_>) -> Result<(), StoreError>;

    /// Begins a transaction that sees so far. There is none yet.
    fn begin(&self, purpose: Purpose, sight: Sight) -> Result<(), StoreError>;

    /// Changes what the transaction sees from here on; gives what it saw before.
    fn look(&self, sight: Sight) -> Result<Sight, StoreError>;

    /// Begins a step of the transaction that can be undone alone, and what it sees.
    fn begin_step(&self, sight: Sight) -> Result<(), StoreError>;

    /// Keeps or undoes the step.
    ///
    /// # Errors
    /// The database gave the whole transaction up meanwhile, or is away.
    fn end_step(&self, kept: bool) -> Result<(), StoreError>;

    /// Makes what was done durable.
    fn commit(&self) -> Result<(), StoreError>;

    /// Undoes what was done since the transaction began. Whatever comes of it, the next
    /// [`Link::begin`] starts afresh or fails.
    fn roll_back(&self);

    /// A key was erased by a transaction that is durable: nothing of it may stay behind.
    fn forget_erased(&self);

    /// Nothing was asked of it for a while: gives back what it keeps only to be quick.
    fn rest(&self) {}
}

/// A transaction that is undone unless it is committed.
pub(crate) struct Transaction<'a> {
    link: &'a dyn Link,
    open: bool,
}

impl<'a> Transaction<'a> {
    pub(crate) fn begin(
        link: &'a dyn Link,
        purpose: Purpose,
        sight: Sight,
    ) -> Result<Self, StoreError> {
        link.begin(purpose, sight)?;
        Ok(Transaction { link, open: true })
    }

    /// What to carry its statements out on.
    pub(crate) fn link(&self) -> &'a dyn Link {
        self.link
    }

    pub(crate) fn commit(mut self) -> Result<(), StoreError> {
        self.link.commit()?;
        self.open = false;
        Ok(())
    }
}

impl Drop for Transaction<'_> {
    fn drop(&mut self) {
        if self.open {
            self.link.roll_back();
        }
    }
}
