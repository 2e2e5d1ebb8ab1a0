//! Which packet of which stream.

/// A packet's place: what makes its key stream another than every other packet's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    /// The stream.
    pub(crate) ssrc: u32,
    /// Of RTP the roll-over count and the sequence number, 48 bits together (RFC 3711
    /// section 3.3.1); of RTCP the 31 bits that the packet bears.
    pub(crate) index: u64,
}

impl Place {
    /// The place of an RTP packet.
    pub(crate) fn of(ssrc: u32, rollovers: u32, seq: u16) -> Place {
        let index = u64::from(rollovers) << 16 | u64::from(seq);
        Place { ssrc, index }
    }

    /// How often the sequence number of an RTP packet has rolled over before it, as the octets that
    /// are authenticated with it (RFC 3711 section 4.2).
    pub(crate) fn rollovers(self) -> [u8; 4] {
        let [_, _, a, b, c, d, _, _] = self.index.to_be_bytes();
        [a, b, c, d]
    }

    /// The lower 32 bits of the index: all there are of RTCP's.
    pub(crate) fn short_index(self) -> u32 {
        let [_, _, _, _, a, b, c, d] = self.index.to_be_bytes();
        u32::from_be_bytes([a, b, c, d])
    }

    /// Stream and index in a row, 32 bits and 48, as both kinds of initial vector have them.
    pub(crate) fn in_a_row(self) -> u128 {
        u128::from(self.ssrc) << 48 | u128::from(self.index)
    }
}
