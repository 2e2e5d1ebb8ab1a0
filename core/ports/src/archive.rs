//! Archives: what leaves a store item by item, encrypted, and comes back into one.
//!
//! A store hands items to a [`Taker`] and receives them from a [`Giver`]; neither side ever holds
//! more than a piece of the whole. What the bytes of an archive look like is an adapter's.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use crate::error::StoreError;

/// Takes the items of an archive, in their order.
pub trait Taker<I>: Send {
    /// Takes the next item.
    ///
    /// # Errors
    /// [`ArchiveError::Io`] when it cannot be written, and whatever the taker refuses.
    fn take(&mut self, item: &I) -> Result<(), ArchiveError>;
}

impl<I, T: Taker<I> + ?Sized> Taker<I> for Box<T> {
    fn take(&mut self, item: &I) -> Result<(), ArchiveError> {
        (**self).take(item)
    }
}

/// A taker that is lent to another thread, and comes back.
pub struct LentTaker<T>(Arc<Mutex<T>>);

impl<T> LentTaker<T> {
    /// Lends this.
    pub fn new(taker: T) -> LentTaker<T> {
        LentTaker(Arc::new(Mutex::new(taker)))
    }

    /// The taker, when all clones of this are gone.
    pub fn into_inner(self) -> Option<T> {
        let inner = Arc::into_inner(self.0)?.into_inner();
        Some(inner.unwrap_or_else(PoisonError::into_inner))
    }
}

impl<T> Clone for LentTaker<T> {
    fn clone(&self) -> Self {
        LentTaker(Arc::clone(&self.0))
    }
}

impl<T> fmt::Debug for LentTaker<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LentTaker")
    }
}

impl<I, T: Taker<I>> Taker<I> for LentTaker<T> {
    fn take(&mut self, item: &I) -> Result<(), ArchiveError> {
        // one that panicked has written half an item, which its own checks find
        let mut inner = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        inner.take(item)
    }
}

/// Gives the items of an archive, in their order.
pub trait Giver<I>: Send {
    /// The next item; `None` after the last one, whose end was proved.
    ///
    /// # Errors
    /// [`ArchiveError`]: what was given before is genuine, but not all there is.
    fn give(&mut self) -> Result<Option<I>, ArchiveError>;
}

/// Why an archive was not written or read to its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ArchiveError {
    /// The bytes are no archive of ours.
    NoArchive,
    /// It was written in a later format.
    Newer {
        /// Its format.
        found: u32,
        /// The latest format that this release reads.
        known: u32,
    },
    /// It does not open: the key or the passphrase is another one, or its beginning was changed.
    OtherKey,
    /// It ends before its end.
    CutOff,
    /// A piece of 64 KiB, counted from 0, was changed or stands where it was not written.
    Damaged {
        /// Which piece.
        piece: u64,
    },
    /// What it says cannot be understood, or is not what was asked for.
    Odd(String),
    /// The file or the connection failed.
    Io(String),
    /// The store failed or refused.
    Store(StoreError),
}

impl fmt::Display for ArchiveError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ArchiveError::NoArchive => f.write_str("this is no archive of an exchange"),
            ArchiveError::Newer { found, known } => write!(
                f,
                "the archive is of format {found}, made by a newer release; this one reads \
                 format {known} and older"
            ),
            ArchiveError::OtherKey => f.write_str(
                "the archive does not open: its key or passphrase is another one, or its \
                 beginning was changed",
            ),
            ArchiveError::CutOff => f.write_str("the archive is cut off: its end is missing"),
            ArchiveError::Damaged { piece } => write!(
                f,
                "the archive is damaged: its piece {piece} (of 64 KiB each, from 0) is not as it \
                 was written"
            ),
            ArchiveError::Odd(what) => write!(f, "the archive: {what}"),
            ArchiveError::Io(what) => f.write_str(what),
            ArchiveError::Store(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for ArchiveError {}

impl From<StoreError> for ArchiveError {
    fn from(error: StoreError) -> Self {
        ArchiveError::Store(error)
    }
}
