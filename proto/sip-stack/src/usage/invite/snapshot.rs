//! Snapshot: a confirmed usage at rest, to be continued by another process.

use std::time::Duration;

use bytes::Bytes;
use machine::Instant;
use serde::{Deserialize, Serialize};

use super::live::Live;
use crate::dialog::Dialog;
use crate::usage::headers::Abilities;
use crate::usage::offer::Exchange;
use crate::usage::peer::{Peer, Stage};
use crate::usage::session_timer::{Remaining, SessionTimer};

/// What we may have sent since the snapshot was taken: sequence numbers go on beyond it, for a
/// lower one would be refused (RFC 3261 §12.2.2).
const NUMBERS_SKIPPED: u32 = 1_000;
/// A restored refresher refreshes within this time, since nobody knows how long the process was
/// gone; each usage at another moment of it.
const REFRESH_WITHIN: u64 = 60;

/// A confirmed usage at rest, to be restored by another process.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snapshot {
    /// The dialog.
    pub dialog: Dialog,
    abilities: Abilities,
    /// What we last described.
    local: Option<String>,
    session: Option<Remaining>,
}

impl Snapshot {
    /// Has it say that we last described this, or nothing: what holds keys is not to be stored.
    pub fn describe(&mut self, local: Option<String>) {
        self.local = local;
    }
}

impl Live {
    /// The state, when nothing is under way.
    pub(super) fn snapshot(&self, now: Instant) -> Option<Snapshot> {
        let Peer {
            dialog,
            exchange,
            abilities,
            business,
            waiting,
            session,
            ..
        } = &self.peer;
        if !business.is_idle() || waiting.is_some() || !self.referrals.is_empty() {
            return None;
        }
        let local = exchange
            .local()
            .and_then(|sdp| std::str::from_utf8(sdp).ok());
        Some(Snapshot {
            dialog: dialog.clone(),
            abilities: *abilities,
            local: local.map(str::to_owned),
            session: session.map(|session| session.remaining(now)),
        })
    }

    /// Goes on from a snapshot.
    pub(super) fn restore(snapshot: Snapshot, now: Instant) -> Self {
        let Snapshot {
            mut dialog,
            abilities,
            local,
            session,
        } = snapshot;
        dialog.local_seq = dialog.local_seq.wrapping_add(NUMBERS_SKIPPED) & 0x7fff_ffff;
        let turn = dialog.call_id().bytes().map(u64::from).sum::<u64>() % REFRESH_WITHIN;
        let refresh_within = Duration::from_secs(turn);
        let session = session.map(|left| SessionTimer::resume(left, refresh_within, now));
        let mut peer = Peer::early(dialog);
        peer.stage = Stage::Confirmed;
        peer.exchange = Exchange::settled(local.map(Bytes::from));
        peer.abilities = abilities;
        peer.session = session;
        Self::at_rest(peer)
    }
}
