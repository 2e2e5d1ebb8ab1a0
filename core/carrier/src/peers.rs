//! Peers: in which order a call tries the addresses of a trunk, each a peer of its own here.

use crate::Standing;
use machine::Instant;
use std::time::Duration;

/// Addresses of one trunk at most.
pub const ADDRESSES_MAX: usize = 64;
/// A peer that failed a call is tried after the others for so long.
const SUSPECT_FOR: Duration = Duration::from_secs(30);
/// No connection is tried for so long to a peer that took none.
const NO_STREAM_FOR: Duration = Duration::from_secs(600);

#[derive(Clone, Copy, Debug)]
struct Peer {
    standing: Standing,
    suspect_until: Option<Instant>,
    no_stream_until: Option<Instant>,
}

/// How the peers of one trunk stand.
#[derive(Clone, Debug)]
pub struct Peers(Vec<Peer>);

impl Peers {
    /// So many peers, all of them up; no more than [`ADDRESSES_MAX`] are looked at.
    #[must_use]
    pub fn new(count: usize) -> Peers {
        let fresh = Peer {
            standing: Standing::Up,
            suspect_until: None,
            no_stream_until: None,
        };
        Peers(vec![fresh; count.min(ADDRESSES_MAX)])
    }

    /// A probe has found out.
    pub fn stands(&mut self, peer: usize, standing: Standing) {
        if let Some(peer) = self.0.get_mut(peer) {
            peer.standing = standing;
            if standing == Standing::Up {
                peer.suspect_until = None;
            }
        }
    }

    /// A call failed at it (no answer, 503).
    pub fn failed(&mut self, peer: usize, now: Instant) {
        if let Some(peer) = self.0.get_mut(peer) {
            peer.suspect_until = Some(now + SUSPECT_FOR);
        }
    }

    /// Nobody took a connection there: long requests go to it by datagrams for a while.
    pub fn took_no_stream(&mut self, peer: usize, now: Instant) {
        if let Some(peer) = self.0.get_mut(peer) {
            peer.no_stream_until = Some(now + NO_STREAM_FOR);
        }
    }

    /// Whether a connection to it is worth trying.
    #[must_use]
    pub fn may_take_stream(&self, peer: usize, now: Instant) -> bool {
        let peer = self.0.get(peer);
        peer.is_some_and(|peer| peer.no_stream_until.is_none_or(|until| until <= now))
    }

    /// A call was answered by it.
    pub fn answered(&mut self, peer: usize) {
        self.stands(peer, Standing::Up);
    }

    /// The order for a call now: as wanted, but those that are down or failed lately come last.
    /// None is left out: a wrong suspicion must not cost the call.
    #[must_use]
    pub fn in_order(&self, wanted: Vec<usize>, now: Instant) -> Vec<usize> {
        let good = |peer: &Peer| {
            peer.standing == Standing::Up && peer.suspect_until.is_none_or(|until| until <= now)
        };
        let (mut first, last): (Vec<usize>, Vec<usize>) = wanted
            .into_iter()
            .partition(|at| self.0.get(*at).is_some_and(good));
        first.extend(last);
        first
    }

    /// Whether a peer is up.
    #[must_use]
    pub fn is_up(&self, peer: usize) -> bool {
        self.0
            .get(peer)
            .is_some_and(|peer| peer.standing == Standing::Up)
    }
}
