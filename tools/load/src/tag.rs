//! What the driver writes into its packets.

use machine::Instant;
use rtp::{NewHeader, write_header};

/// Octets of a packet: an RTP header and 20 ms of G.711.
pub(crate) const PACKET: usize = 172;

/// Octets before the tag.
const HEADER: usize = 12;
/// Samples in a packet.
const SAMPLES: u32 = 160;
/// How a tag begins.
const MAGIC: [u8; 4] = *b"load";
/// Silence in µ-law.
const SILENCE: u8 = 0xff;

/// Who sent a packet, which of its packets it is, and when it was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Tag {
    pub(crate) from: u32,
    pub(crate) number: u64,
    pub(crate) at: Instant,
}

impl Tag {
    /// Makes the packet.
    pub(crate) fn write(&self, packet: &mut [u8; PACKET]) {
        packet.fill(SILENCE);
        let [.., high, low] = self.number.to_be_bytes();
        let [_, _, _, _, a, b, c, d] = self.number.to_be_bytes();
        let header = NewHeader {
            marker: self.number == 0,
            pt: 0,
            seq: u16::from_be_bytes([high, low]),
            ts: u32::from_be_bytes([a, b, c, d]).wrapping_mul(SAMPLES),
            ssrc: self.from.wrapping_add(0x1000_0000),
        };
        // There is room for it.
        let _written = write_header(packet, header);
        let fields = MAGIC
            .into_iter()
            .chain(self.from.to_be_bytes())
            .chain(self.number.to_be_bytes())
            .chain(self.at.as_nanos().to_be_bytes());
        for (octet, value) in packet.iter_mut().skip(HEADER).zip(fields) {
            *octet = value;
        }
    }

    /// Reads the tag of a packet; none when it is not one of ours.
    pub(crate) fn read(packet: &[u8]) -> Option<Tag> {
        let tag = packet.get(HEADER..)?.strip_prefix(&MAGIC)?;
        let (from, tag) = tag.split_first_chunk()?;
        let (number, tag) = tag.split_first_chunk()?;
        let at = tag.first_chunk()?;
        Some(Tag {
            from: u32::from_be_bytes(*from),
            number: u64::from_be_bytes(*number),
            at: Instant::from_nanos(u64::from_be_bytes(*at)),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_is_read_back_from_the_audio_whatever_the_header_became() {
        let tag = Tag {
            from: 7,
            number: 70_000,
            at: Instant::from_nanos(12_345_678_901),
        };
        let mut packet = [0; PACKET];
        tag.write(&mut packet);
        packet[..HEADER].fill(0x80);
        assert_eq!(Tag::read(&packet), Some(tag));
        assert_eq!(Tag::read(&packet[..20]), None);
        assert_eq!(Tag::read(&[0; PACKET]), None);
    }
}
