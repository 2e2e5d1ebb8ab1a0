//! A subscription at rest, to be continued by another process.

use super::{State, Subscription};
use crate::dialog::Dialog;
use machine::Instant;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// NOTIFYs we may have sent since the snapshot was taken: sequence numbers go on beyond them, for
/// a lower one would be refused (RFC 3261 §12.2.2).
const NUMBERS_SKIPPED: u32 = 100_000;

/// A subscription at rest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snapshot {
    dialog: Dialog,
    event: String,
    left: Duration,
}

impl Snapshot {
    /// How long it lasted from the moment it was taken.
    #[must_use]
    pub fn left(&self) -> Duration {
        self.left
    }

    /// The flow the peer spoke on.
    #[must_use]
    pub fn flow(&self) -> sip_message::Flow {
        self.dialog.flow()
    }
}

impl Subscription {
    /// Its stored form; nothing while it ends.
    #[must_use]
    pub fn snapshot(&self, now: Instant) -> Option<Snapshot> {
        (self.state == State::Active).then(|| Snapshot {
            dialog: self.dialog.clone(),
            event: self.event.clone(),
            left: self.left(now),
        })
    }

    /// Goes on from a snapshot that was taken `ago`; nothing when it is over by now.
    #[must_use]
    pub fn restore(snapshot: Snapshot, ago: Duration, now: Instant) -> Option<Subscription> {
        let Snapshot {
            mut dialog,
            event,
            left,
        } = snapshot;
        let left = left.checked_sub(ago).filter(|left| !left.is_zero())?;
        dialog.local_seq = dialog.local_seq.wrapping_add(NUMBERS_SKIPPED) & 0x7fff_ffff;
        Some(Self::at_rest(dialog, event, now + left, State::Active))
    }
}
