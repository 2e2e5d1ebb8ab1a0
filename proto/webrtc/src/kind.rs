//! What a datagram is, of all that comes to one port.

/// What a datagram is, by its first octet (RFC 7983 section 7).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A check of connectivity (STUN).
    Stun,
    /// Of a handshake, or protected by its keys (DTLS).
    Dtls,
    /// RTP or RTCP.
    Media,
    /// Nothing that is spoken here: ZRTP, TURN channels, QUIC, and what is empty.
    Other,
}

impl Kind {
    /// What this datagram is.
    #[must_use]
    pub fn of(datagram: &[u8]) -> Kind {
        match datagram.first() {
            Some(0..=3) => Kind::Stun,
            Some(20..=63) => Kind::Dtls,
            Some(128..=191) => Kind::Media,
            Some(_) | None => Kind::Other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // rfc: 7983 §7
    #[test]
    fn a_datagram_is_known_by_its_first_octet() {
        let bounds = [
            (0, 3, Kind::Stun),
            (4, 19, Kind::Other),
            (20, 63, Kind::Dtls),
            (64, 127, Kind::Other),
            (128, 191, Kind::Media),
            (192, 255, Kind::Other),
        ];
        for (first, last, kind) in bounds {
            for octet in first..=last {
                assert_eq!(Kind::of(&[octet, 1]), kind, "{octet}");
            }
        }
        assert_eq!(Kind::of(&[]), Kind::Other);
    }
}
