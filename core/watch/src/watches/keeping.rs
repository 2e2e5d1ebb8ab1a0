//! Watches beyond the process: what is kept of them, and how they come back.

use super::{Begun, Output, Watches};
use crate::told::Told;
use crate::{Stored, Watch, Watcher};
use machine::{Instant, WallTime};
use sip_stack::Owner;
use sip_stack::subscription::Subscription;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::Duration;

/// After a restart watches are told within this time, each at a moment of its own, so that the
/// network is not flooded.
const TOLD_WITHIN: Duration = Duration::from_secs(5);

impl Watches {
    /// What is to be kept of a watch beyond this process.
    pub fn store(&self, owner: Owner, now: Instant, wall: WallTime) -> Option<Output> {
        let watch = self.entries.get(&owner.0)?;
        let tenant = watch.watcher.scope.tenant();
        Some(match Stored::of(watch, now, wall) {
            Some(stored) => Output::Put(tenant, watch.key, stored.to_bytes()),
            None => Output::Removed(tenant, watch.key),
        })
    }

    /// What is to be forgotten of a watch that was taken out.
    #[must_use]
    pub fn forget(watch: &Watch) -> Output {
        Output::Removed(watch.watcher.scope.tenant(), watch.key)
    }

    /// Takes back a watch stored before a restart. What it watches may have changed meanwhile: it
    /// asks to be told, at a moment of its own. Nothing when it is over by now, when its connection
    /// is gone with the process, or when there are enough.
    pub fn restore(
        &mut self,
        watcher: Watcher,
        stored: Stored,
        key: u128,
        now: Instant,
        wall: WallTime,
    ) -> Option<Begun> {
        if stored.flow().transport.is_reliable() || self.check(&watcher).is_err() {
            return None;
        }
        let ago = wall.unix_ms().saturating_sub(stored.at.unix_ms());
        let ago = Duration::from_millis(u64::try_from(ago).unwrap_or(0));
        let mut subscription = Subscription::restore(stored.subscription, ago, now)?;
        subscription.tell_at(now + moment_of(&watcher));
        let dialog = subscription.dialog();
        let dialog = (dialog.call_id().to_owned(), dialog.local_tag().to_owned());
        let told = Told::beyond(stored.version);
        let owner = self.insert(watcher, subscription, told, key);
        Some(Begun { owner, dialog })
    }
}

/// When a watch is told after a restart: made of who watches what, so that it tells nothing of how
/// many others there are.
fn moment_of(watcher: &Watcher) -> Duration {
    let mut hasher = DefaultHasher::new();
    (watcher.device, watcher.extension, watcher.package).hash(&mut hasher);
    watcher.aim.hash(&mut hasher);
    let within = u64::try_from(TOLD_WITHIN.as_micros()).unwrap_or(u64::MAX);
    Duration::from_micros(hasher.finish() % within)
}
