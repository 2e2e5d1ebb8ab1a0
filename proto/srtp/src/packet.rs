//! The few fields of RTP and RTCP that protection looks at.

/// Octets of the longest packet, protection included: no datagram carries more. So few never use up
/// the 2^16 blocks of key stream that one packet has (RFC 3711 section 4.1.1).
pub const MAX_PACKET: usize = 65_535;

/// Octets of an RTCP packet that stay in the clear: its first header and SSRC (RFC 3711
/// section 3.4).
pub(crate) const RTCP_HEADER: usize = 8;

/// The bit of SRTCP's last word that says "encrypted"; the other 31 are the index (RFC 3711
/// section 3.4).
pub(crate) const ENCRYPTED: u32 = 1 << 31;

/// Octets of a header without sources and extension (RFC 3550 section 5.1).
const FIXED_HEADER: usize = 12;

const VERSION: u8 = 2;

/// What is read of an RTP header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct RtpHeader {
    pub(crate) ssrc: u32,
    pub(crate) seq: u16,
    /// Octets that stay in the clear: contributing sources and extension included.
    pub(crate) length: usize,
}

impl RtpHeader {
    /// Reads the header of a packet, from which a tag has been taken off; none of what is no RTP,
    /// or too short or long for it.
    pub(crate) fn read(packet: &[u8]) -> Option<RtpHeader> {
        let &[first, _, s, q, _, _, _, _, a, b, c, d] = packet.first_chunk::<FIXED_HEADER>()?;
        if first >> 6 != VERSION || packet.len() > MAX_PACKET {
            return None;
        }
        let mut length = FIXED_HEADER + 4 * usize::from(first & 0x0f);
        if first & 0x10 != 0 {
            let &[_, _, high, low] = packet.get(length..)?.first_chunk::<4>()?;
            length += 4 + 4 * usize::from(u16::from_be_bytes([high, low]));
        }
        (length <= packet.len()).then_some(RtpHeader {
            ssrc: u32::from_be_bytes([a, b, c, d]),
            seq: u16::from_be_bytes([s, q]),
            length,
        })
    }
}

/// Whose an RTCP packet is; none of what is no RTCP, or too short or long for it.
pub(crate) fn rtcp_sender(packet: &[u8]) -> Option<u32> {
    let &[first, _, _, _, a, b, c, d] = packet.first_chunk::<RTCP_HEADER>()?;
    let sound = first >> 6 == VERSION && packet.len() <= MAX_PACKET;
    sound.then_some(u32::from_be_bytes([a, b, c, d]))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: [u8; 12] = [0x80, 0, 0, 7, 0, 0, 0, 0, 1, 2, 3, 4];

    fn with(first: u8, rest: &[u8]) -> Vec<u8> {
        let mut packet = PLAIN.to_vec();
        packet[0] = first;
        packet.extend_from_slice(rest);
        packet
    }

    fn header(length: usize) -> Option<RtpHeader> {
        let (ssrc, seq) = (0x0102_0304, 7);
        Some(RtpHeader { ssrc, seq, length })
    }

    // rfc: 3550 §5.1
    #[test]
    fn contributing_sources_belong_to_the_header() {
        assert_eq!(RtpHeader::read(&PLAIN), header(12));
        assert_eq!(RtpHeader::read(&with(0x82, &[9; 8])), header(20));
        assert_eq!(RtpHeader::read(&with(0x82, &[9; 7])), None);
    }

    // rfc: 3550 §5.3.1
    #[test]
    fn an_extension_belongs_to_the_header() {
        let extension = [0xbe, 0xde, 0, 1, 5, 5, 5, 5];
        assert_eq!(RtpHeader::read(&with(0x90, &extension)), header(20));
        assert_eq!(RtpHeader::read(&with(0x90, &extension[..7])), None);
        assert_eq!(RtpHeader::read(&with(0x90, &extension[..3])), None);
        let both = [[9; 8], extension].concat();
        assert_eq!(RtpHeader::read(&with(0x92, &both)), header(28));
    }

    #[test]
    fn what_is_no_packet_is_not_read() {
        assert_eq!(RtpHeader::read(&PLAIN[..11]), None);
        assert_eq!(RtpHeader::read(&with(0x40, &[])), None);
        assert_eq!(RtpHeader::read(&with(0x80, &[0; MAX_PACKET])), None);
        assert_eq!(rtcp_sender(&[0x80, 201, 0, 1, 0, 0, 0, 5]), Some(5));
        assert_eq!(rtcp_sender(&[0x80, 201, 0, 1, 0, 0, 0]), None);
        assert_eq!(rtcp_sender(&[0; 8]), None);
    }
}
