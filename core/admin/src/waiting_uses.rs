//! Last uses of API keys that wait in memory to be written.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use domain::{TOKEN_USE_STEP, TokenRecord};
use ids::TokenId;
use machine::WallTime;

/// Most uses that wait to be written.
pub(crate) const USES_MAX: usize = 10_000;

/// Most uses that are written as one transaction.
const USES_AT_ONCE: usize = 500;

/// The uses that wait to be written. A key that is used again within the same step is not noted
/// again, so a busy key costs one row an hour.
#[derive(Debug, Default)]
pub(crate) struct WaitingUses {
    waiting: Mutex<BTreeMap<TokenId, WallTime>>,
    lost: AtomicU64,
}

impl WaitingUses {
    fn waiting(&self) -> MutexGuard<'_, BTreeMap<TokenId, WallTime>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many wait.
    pub(crate) fn len(&self) -> usize {
        self.waiting().len()
    }

    /// How many were lost.
    pub(crate) fn lost(&self) -> u64 {
        self.lost.load(Ordering::Relaxed)
    }

    /// Notes that a key is used. When too many wait, the use is counted as lost.
    pub(crate) fn note(&self, token: &TokenRecord, now: WallTime) {
        let at = whole_step(now);
        if token.used.is_some_and(|used| used >= at) {
            return;
        }
        let mut waiting = self.waiting();
        if waiting.len() >= USES_MAX && !waiting.contains_key(&token.id) {
            self.lost.fetch_add(1, Ordering::Relaxed);
            return;
        }
        waiting.insert(token.id, at);
    }

    /// When a key was last used, as far as that waits to be written.
    pub(crate) fn of(&self, id: TokenId) -> Option<WallTime> {
        self.waiting().get(&id).copied()
    }

    /// Some of them, to be written.
    pub(crate) fn some(&self) -> Vec<(TokenId, WallTime)> {
        let waiting = self.waiting();
        let some = waiting.iter().take(USES_AT_ONCE);
        some.map(|(id, at)| (*id, *at)).collect()
    }

    /// Forgets what was written, but for what was used again meanwhile.
    pub(crate) fn written(&self, uses: &[(TokenId, WallTime)]) {
        let mut waiting = self.waiting();
        for (id, at) in uses {
            if waiting.get(id) == Some(at) {
                waiting.remove(id);
            }
        }
    }
}

/// The beginning of the step in which a moment lies.
fn whole_step(now: WallTime) -> WallTime {
    let step = i64::try_from(TOKEN_USE_STEP.as_millis()).unwrap_or(i64::MAX);
    WallTime::from_unix_ms(now.unix_ms() - now.unix_ms().rem_euclid(step))
}

#[cfg(test)]
mod tests;
