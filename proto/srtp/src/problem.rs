//! Why a packet was neither protected nor unprotected.

use std::fmt;

/// Why a packet was neither protected nor unprotected. The buffer is left alone, except by
/// [`Problem::Forged`], after which it may hold anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Problem {
    /// It is no packet of RTP or RTCP, is shorter than its header says, or longer than
    /// [`MAX_PACKET`](crate::MAX_PACKET).
    Malformed,
    /// The buffer is too small for what is added, or there was no memory for the key.
    NoRoom,
    /// Its tag does not prove it: others have made or changed it, or its key is another one.
    Forged,
    /// It was there before, or is so late that nobody can tell any more.
    Replayed,
    /// Every index of its stream has been used; a new master key is needed (RFC 3711 section 9.2).
    Spent,
    /// It is of a new stream, and there are [`MAX_STREAMS`](crate::MAX_STREAMS) already.
    Crowded,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Problem::Malformed => "this is no packet",
            Problem::NoRoom => "there is no room for what protection adds",
            Problem::Forged => "the packet is not proved by its tag",
            Problem::Replayed => "the packet was there before or is too late",
            Problem::Spent => "the key has protected as many packets as it may",
            Problem::Crowded => "there are too many streams under one key",
        })
    }
}

impl std::error::Error for Problem {}
