//! A change of several owners that was refused, and which of its operations is to blame.

use crate::error::{Fault, StoreError};

/// Why a change of several owners was not carried out. Nothing of it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PartsRefused {
    /// The operation that was refused, counted from 0 over all parts; `None` when it was the
    /// change as a whole.
    pub at: Option<usize>,
    /// What is wrong.
    pub error: StoreError,
}

impl PartsRefused {
    /// Refused when `done` of `all` operations had been tried with success.
    pub fn after(done: usize, all: usize, error: StoreError) -> PartsRefused {
        let blamed = done < all && error.whose_fault() == Fault::Asker;
        PartsRefused {
            at: blamed.then_some(done),
            error,
        }
    }
}

impl From<StoreError> for PartsRefused {
    fn from(error: StoreError) -> Self {
        PartsRefused { at: None, error }
    }
}
