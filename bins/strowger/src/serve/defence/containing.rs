//! Contained devices on their way from the shard to the store.

use std::collections::VecDeque;

use admin::{Office, containments};
use node::Contained;
use ports::StoreError;

use crate::serve::inbox::{Letter, Postbox};

/// Devices that wait to be kept at most; what is beyond it is in force on this node alone.
pub(super) const WAITING_MAX: usize = 1_024;

/// What waits to be kept.
#[derive(Debug, Default)]
pub(super) struct Containing {
    waiting: VecDeque<Contained>,
}

impl Containing {
    /// One more. False when there is no room.
    pub(super) fn add(&mut self, contained: Contained) -> bool {
        let room = self.waiting.len() < WAITING_MAX;
        if room {
            self.waiting.push_back(contained);
        }
        room
    }

    /// Keeps what waits, and tells the shard of it; gives how many can not be kept. When the store
    /// is away, all of it waits for the next time.
    pub(super) async fn keep(&mut self, office: &Office, postbox: &Postbox) -> usize {
        let mut lost = 0;
        while let Some(one) = self.waiting.front() {
            let (tenant, device) = (one.tenant, one.device);
            let kept = containments::keep(office, tenant, device, one.until, &one.reason).await;
            match kept {
                Ok(()) => {
                    let reason = &one.reason;
                    tracing::warn!(%tenant, %device, %reason, "device contained");
                    let told_at = office.shared_store().changed();
                    // of a shard too busy for this the device is contained until it is seen so
                    let _busy = postbox.post(Letter::Contained(tenant, device, told_at));
                }
                Err(StoreError::NotFound) => {}
                Err(
                    error @ (StoreError::Unavailable { .. } | StoreError::RevisionMismatch { .. }),
                ) => {
                    tracing::warn!(%tenant, %device, %error, "a containment waits for the store");
                    return lost;
                }
                // nobody else is to wait for what the store will never take
                Err(error) => {
                    tracing::error!(%tenant, %device, %error, "contained on this node alone");
                    lost += 1;
                }
            }
            self.waiting.pop_front();
        }
        lost
    }
}
