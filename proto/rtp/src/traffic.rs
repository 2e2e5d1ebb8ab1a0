//! What a datagram on a media port is, by its first octets (RFC 5761 section 4, RFC 7983).

/// Kinds of datagrams that share a media port.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Traffic {
    /// Version 2, and the second octet is no RTCP type.
    Rtp,
    /// Version 2 and an RTCP packet type.
    Rtcp,
    /// STUN, with its magic cookie.
    Stun,
    /// DTLS records.
    Dtls,
    /// None of them.
    Unknown,
}

impl Traffic {
    /// The kind of this datagram.
    #[must_use]
    pub fn of(datagram: &[u8]) -> Self {
        match datagram.first() {
            Some(128..=191) if looks_like_rtcp(datagram) => Self::Rtcp,
            Some(128..=191) if datagram.len() >= crate::HEADER_BYTES => Self::Rtp,
            Some(0..=3) if looks_like_stun(datagram) => Self::Stun,
            Some(20..=63) => Self::Dtls,
            _ => Self::Unknown,
        }
    }
}

/// Is this RTCP rather than RTP: version 2 and a packet type of 192 to 223 (RFC 5761 section 4)?
#[must_use]
pub fn looks_like_rtcp(datagram: &[u8]) -> bool {
    match datagram {
        [first, kind, _, _, _, _, _, _, ..] => first >> 6 == 2 && (192..=223).contains(kind),
        _ => false,
    }
}

/// Is this STUN: two zero bits, the magic cookie, and a length that fits (RFC 8489 section 5)?
#[must_use]
pub fn looks_like_stun(datagram: &[u8]) -> bool {
    let Some(head) = datagram.first_chunk::<20>() else {
        return false;
    };
    let length = usize::from(u16::from_be_bytes([head[2], head[3]]));
    head[0] < 4
        && head[4..8] == [0x21, 0x12, 0xa4, 0x42]
        && length.is_multiple_of(4)
        && datagram.len() >= 20 + length
}

#[cfg(test)]
mod tests {
    use super::*;

    fn datagram(first: u8, second: u8, length: usize) -> Vec<u8> {
        let mut bytes = vec![0; length];
        bytes[0] = first;
        bytes[1] = second;
        bytes
    }

    // rfc: 5761 §4
    #[test]
    fn packet_types_part_rtcp_from_rtp() {
        for kind in 192..=223 {
            assert!(looks_like_rtcp(&datagram(0x80, kind, 8)));
            assert_eq!(Traffic::of(&datagram(0x81, kind, 28)), Traffic::Rtcp);
        }
        // payload numbers 0 and 101, with and without the marker bit
        for second in [0, 101, 128, 128 + 101] {
            assert!(!looks_like_rtcp(&datagram(0x80, second, 172)));
            assert_eq!(Traffic::of(&datagram(0x80, second, 172)), Traffic::Rtp);
        }
    }

    #[test]
    fn what_is_too_short_is_nothing() {
        assert!(!looks_like_rtcp(&datagram(0x80, 200, 7)));
        assert_eq!(Traffic::of(&datagram(0x80, 0, 11)), Traffic::Unknown);
        assert_eq!(Traffic::of(&[]), Traffic::Unknown);
        assert_eq!(Traffic::of(&[0]), Traffic::Unknown);
    }

    #[test]
    fn stun_is_known_by_its_cookie_and_length() {
        let mut request = datagram(0, 1, 28);
        request[3] = 8;
        request[4..8].copy_from_slice(&[0x21, 0x12, 0xa4, 0x42]);
        assert!(looks_like_stun(&request));
        assert_eq!(Traffic::of(&request), Traffic::Stun);
        assert!(!looks_like_stun(&request[..27]));
        request[3] = 6;
        assert!(!looks_like_stun(&request));
        request[3] = 8;
        request[7] = 0x43;
        assert_eq!(Traffic::of(&request), Traffic::Unknown);
    }

    #[test]
    fn dtls_is_known_by_its_record_type() {
        assert_eq!(Traffic::of(&datagram(22, 254, 60)), Traffic::Dtls);
        assert_eq!(Traffic::of(&datagram(64, 0, 60)), Traffic::Unknown);
    }
}
