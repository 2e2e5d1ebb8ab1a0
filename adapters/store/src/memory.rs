//! The store contract in memory: the tests' oracle and the simulator's disk.

mod accounts;
mod archive;
mod bans;
mod blobs;
mod credentials;
mod deliveries;
mod erasure;
mod event_book;
mod events;
mod facts;
mod faxes;
mod keys;
mod ladders;
mod lines;
mod quality;
mod recordings;
mod references;
mod sealed;
mod secrets;
mod state;
mod stores;
mod support;
mod tables;
mod tokens;

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use ports::StoreError;

use state::State;

/// A store in memory. Its futures are always ready (see `ports::ready`).
///
/// For the simulator it can be made to fail: [`MemoryStore::set_available`].
#[derive(Debug, Default)]
pub struct MemoryStore {
    state: Mutex<State>,
    cursor: AtomicU64,
    told: AtomicU64,
}

impl MemoryStore {
    /// An empty store.
    pub fn new() -> MemoryStore {
        MemoryStore::default()
    }

    /// Takes the store away (every call answers *unavailable*) or gives it back.
    pub fn set_available(&self, available: bool) {
        self.whatever_state().away = !available;
    }

    fn whatever_state(&self) -> MutexGuard<'_, State> {
        // every change undoes itself before it returns, so a poisoned state is still whole
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn state(&self) -> Result<MutexGuard<'_, State>, StoreError> {
        let state = self.whatever_state();
        if state.away {
            return Err(StoreError::Unavailable {
                detail: "taken away".to_owned(),
            });
        }
        Ok(state)
    }

    fn publish(&self, state: &State) {
        self.cursor.store(state.cursor, Ordering::Release);
        self.told.store(state.turns.latest(), Ordering::Release);
    }
}
