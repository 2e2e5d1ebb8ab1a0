//! The road half: packets and time in, verdicts and notices out.

use std::net::SocketAddr;
use std::sync::Arc;

use machine::Instant;

use crate::command::{Command, Notice};
use crate::figures::RoadFigures;
use crate::limits::Limits;
use crate::prompts::Prompts;

/// Why a packet goes no further.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum DropReason {
    /// Neither RTP version 2 nor RTCP.
    Malformed,
    /// Its source is no leg's peer.
    Stranger,
    /// Its payload type was not negotiated, or the partner does not know the codec.
    Unnegotiated,
    /// The leg sent more packets than it may.
    Flood,
}

/// What to do with a packet.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Verdict {
    /// Nothing.
    Drop(DropReason),
    /// Send the first `length` octets of the same buffer.
    Send {
        /// From this local port (of the family of `to`).
        local_port: u16,
        /// To the peer of the leg that hears it.
        to: SocketAddr,
        /// Octets; at most what was received.
        length: usize,
    },
    /// It was a leg's, and there is nobody to hear it now.
    Absorbed,
}

/// All legs of one media worker.
#[derive(Debug)]
pub struct Road {
    figures: RoadFigures,
    limits: Limits,
    prompts: Arc<Prompts>,
}

impl Road {
    /// An empty road. `random` seeds stream identities (RFC 3550 §8) and table hashing.
    #[must_use]
    pub fn new(limits: Limits, prompts: Arc<Prompts>, _random: machine::Random) -> Road {
        Road {
            figures: RoadFigures::default(),
            limits,
            prompts,
        }
    }

    /// Obeys an order; what it leads to is appended to `out`.
    pub fn command(&mut self, _command: Command, _now: Instant, _out: &mut Vec<Notice>) {}

    /// Judges a packet that came to a local port, and rewrites it in place if it is to be sent.
    /// The family of `from` is that of the local port.
    pub fn packet(
        &mut self,
        _local_port: u16,
        _from: SocketAddr,
        _bytes: &mut [u8],
        _now: Instant,
        _out: &mut Vec<Notice>,
    ) -> Verdict {
        Verdict::Drop(DropReason::Stranger)
    }

    /// When `expire` has something to do; never later than the true time.
    #[must_use]
    pub fn deadline(&self) -> Option<Instant> {
        None
    }

    /// Does what is due: frames of prompts go to `send` (local port, to, packet), notices to
    /// `out`.
    pub fn expire(
        &mut self,
        _now: Instant,
        _send: &mut impl FnMut(u16, SocketAddr, &[u8]),
        _out: &mut Vec<Notice>,
    ) {
    }

    /// Counters as of now.
    #[must_use]
    pub fn figures(&self) -> RoadFigures {
        self.figures
    }
}
