//! Packets that somebody else is to have as well, gathered on the road until they are taken.

use machine::Instant;
use rtp::Header;

use crate::format::Format;

/// Packets that one batch holds at most.
pub const TAPPED_PACKETS: usize = 1_024;

/// Octets of payloads that one batch holds at most.
pub const TAPPED_OCTETS: usize = 256 * 1_024;

/// Which side of a recording a party is heard on.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum Side {
    /// Who has called, or all who are heard in a room.
    Left,
    /// Who was called.
    Right,
}

/// Where the packets of a leg go besides, or what is said in a room.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Tap {
    /// The number of the recording, of its id.
    pub recording: u128,
    /// Where it is heard there.
    pub side: Side,
}

/// A packet as it came, without its keys.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct TappedPacket<'a> {
    /// Where it goes.
    pub tap: Tap,
    /// What it carries.
    pub format: Format,
    /// Its header.
    pub header: Header,
    /// Its payload.
    pub payload: &'a [u8],
    /// When it came.
    pub at: Instant,
}

#[derive(Clone, Copy, Debug)]
struct Head {
    tap: Tap,
    format: Format,
    header: Header,
    at: Instant,
    end: usize,
}

/// A batch of them. It allocates when it is made and never again.
#[derive(Debug)]
pub struct Tapped {
    heads: Vec<Head>,
    octets: Vec<u8>,
}

impl Default for Tapped {
    fn default() -> Tapped {
        Tapped {
            heads: Vec::with_capacity(TAPPED_PACKETS),
            octets: Vec::with_capacity(TAPPED_OCTETS),
        }
    }
}

impl Tapped {
    /// Takes a packet; false where there is no room.
    pub(crate) fn take(&mut self, packet: &TappedPacket<'_>) -> bool {
        let end = self.octets.len() + packet.payload.len();
        if self.heads.len() >= TAPPED_PACKETS || end > TAPPED_OCTETS {
            return false;
        }
        self.octets.extend_from_slice(packet.payload);
        self.heads.push(Head {
            tap: packet.tap,
            format: packet.format,
            header: packet.header,
            at: packet.at,
            end,
        });
        true
    }

    /// When the first of them came; `None` where there is none.
    #[must_use]
    pub fn since(&self) -> Option<Instant> {
        self.heads.first().map(|head| head.at)
    }

    /// The packets, in the order in which they came.
    pub fn packets(&self) -> impl Iterator<Item = TappedPacket<'_>> {
        let mut begin = 0;
        self.heads.iter().map(move |head| {
            let payload = self.octets.get(begin..head.end).unwrap_or_default();
            begin = head.end;
            TappedPacket {
                tap: head.tap,
                format: head.format,
                header: head.header,
                payload,
                at: head.at,
            }
        })
    }

    /// Forgets them all, to be filled anew.
    pub fn clear(&mut self) {
        self.heads.clear();
        self.octets.clear();
    }
}
