//! Reports of our own: a sender's or a receiver's, with one block at most, by whom (RFC 3550
//! sections 6.4 and 6.5), and an extended one behind them (RFC 3611).

use super::extended::{OWN_EXTENDED_BYTES, OwnExtended};
use super::{REPORT_BLOCK_BYTES, ReportBlock, SENDER_REPORT_BYTES, SenderInfo, kind};

/// Octets of a canonical name.
const NAME_BYTES: usize = 16;

/// Octets of a source description: head, source, one item, and at least one null up to the next 32
/// bits (RFC 3550 section 6.5).
const DESCRIPTION_BYTES: usize = 4 + 4 + 2 + NAME_BYTES + 2;

/// Octets of the longest report of our own.
pub const OWN_REPORT_BYTES: usize =
    SENDER_REPORT_BYTES + REPORT_BLOCK_BYTES + DESCRIPTION_BYTES + OWN_EXTENDED_BYTES;

/// Octets of a goodbye of one source (RFC 3550 section 6.6).
pub const GOODBYE_BYTES: usize = 8;

/// Item type of the canonical name (RFC 3550 section 6.5.1).
const CNAME: u8 = 1;

/// A name for the sender of a stream that says nothing else of it: 64 bits that are to be random,
/// in hexadecimal digits (RFC 7022 section 4.1 has 96 for as long a name).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CanonicalName(pub u64);

impl CanonicalName {
    fn digits(self) -> [u8; NAME_BYTES] {
        const HEX: [u8; 16] = *b"0123456789abcdef";
        let mut digits = [b'0'; NAME_BYTES];
        let octets = self.0.to_be_bytes();
        for (pair, octet) in digits.chunks_exact_mut(2).zip(octets) {
            for (digit, half) in pair.iter_mut().zip([octet >> 4, octet & 0xf]) {
                *digit = HEX.get(usize::from(half)).copied().unwrap_or(b'0');
            }
        }
        digits
    }
}

/// What one compound of ours says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OwnReport {
    /// Our source.
    pub ssrc: u32,
    /// What was sent; `None` where nothing was since the report before.
    pub sent: Option<SenderInfo>,
    /// What was heard; `None` where nothing was since the report before.
    pub about: Option<ReportBlock>,
    /// By whom.
    pub name: CanonicalName,
    /// What else was asked for.
    pub extended: OwnExtended,
}

impl OwnReport {
    /// Writes it at the beginning of a buffer; its octets, or `None` where there is less room than
    /// [`OWN_REPORT_BYTES`].
    #[must_use]
    pub fn write(&self, buffer: &mut [u8]) -> Option<usize> {
        let room = buffer.first_chunk_mut::<OWN_REPORT_BYTES>()?;
        let mut end = 0;
        let mut put = |octets: &[u8]| {
            for (to, from) in room.iter_mut().skip(end).zip(octets) {
                *to = *from;
            }
            end += octets.len();
        };
        let blocks = u8::from(self.about.is_some());
        let what = match self.sent {
            Some(_) => kind::SENDER_REPORT,
            None => kind::RECEIVER_REPORT,
        };
        let words = 1 + 5 * u8::from(self.sent.is_some()) + 6 * blocks;
        put(&[0x80 | blocks, what, 0, words]);
        put(&self.ssrc.to_be_bytes());
        if let Some(sent) = self.sent {
            put(&sent.ntp.to_be_bytes());
            for word in [sent.rtp_ts, sent.packets, sent.octets] {
                put(&word.to_be_bytes());
            }
        }
        if let Some(about) = self.about {
            put(&about.to_bytes());
        }
        put(&[0x81, kind::SOURCE_DESCRIPTION, 0, 6]);
        put(&self.ssrc.to_be_bytes());
        put(&[CNAME, 16]);
        put(&self.name.digits());
        put(&[0, 0]);
        self.extended.write(self.ssrc, &mut put);
        Some(end)
    }
}

/// Writes behind the report of so many octets that its source ends (RFC 3550 section 6.6); the
/// octets of both, or `None` where there is less room than [`GOODBYE_BYTES`].
#[must_use]
pub fn write_goodbye(buffer: &mut [u8], report: usize, ssrc: u32) -> Option<usize> {
    let room = buffer
        .get_mut(report..)?
        .first_chunk_mut::<GOODBYE_BYTES>()?;
    let [a, b, c, d] = ssrc.to_be_bytes();
    *room = [0x81, kind::BYE, 0, 1, a, b, c, d];
    Some(report + GOODBYE_BYTES)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::super::{ExtendedBlock, Packet, packets};
    use super::*;

    const SENT: SenderInfo = SenderInfo {
        ssrc: 7,
        ntp: 0x0000_0012_8000_0000,
        rtp_ts: 4_711,
        packets: 50,
        octets: 8_000,
    };

    const ABOUT: ReportBlock = ReportBlock {
        ssrc: 9,
        fraction_lost: 3,
        cumulative_lost: 5,
        highest_seq: 1_000,
        jitter: 12,
        last_sr: 0x1234_5678,
        delay_since_last_sr: 65_536,
    };

    fn written(sent: Option<SenderInfo>, about: Option<ReportBlock>) -> Vec<u8> {
        let report = OwnReport {
            ssrc: 7,
            sent,
            about,
            name: CanonicalName(0x0123_4567_89ab_cdef),
            extended: OwnExtended::default(),
        };
        let mut buffer = [0xee; OWN_REPORT_BYTES];
        let length = report.write(&mut buffer).unwrap();
        buffer[..length].to_vec()
    }

    // rfc: 3550 §6.1
    // rfc: 3550 §6.4
    #[test]
    fn a_report_of_ours_is_read_as_it_was_meant() {
        for (sent, about) in [
            (Some(SENT), Some(ABOUT)),
            (Some(SENT), None),
            (None, Some(ABOUT)),
            (None, None),
        ] {
            let octets = written(sent, about);
            let mut all = packets(&octets).unwrap();
            let (info, blocks) = match all.next().unwrap() {
                Packet::SenderReport(info, blocks) => (Some(info), blocks),
                Packet::ReceiverReport(ssrc, blocks) => {
                    assert_eq!(ssrc, 7);
                    (None, blocks)
                }
                other @ (Packet::SourceDescription(_)
                | Packet::Bye(_)
                | Packet::ExtendedReport(..)
                | Packet::Other { .. }) => panic!("{other:?}"),
            };
            assert_eq!(
                (info, blocks.collect::<Vec<_>>()),
                (sent, about.into_iter().collect())
            );
            assert!(matches!(all.next(), Some(Packet::SourceDescription(_))));
            assert_eq!(all.next(), None);
        }
        let longest = written(Some(SENT), Some(ABOUT)).len() + OWN_EXTENDED_BYTES;
        assert_eq!(longest, OWN_REPORT_BYTES);
    }

    // rfc: 3550 §6.5.1
    #[test]
    fn its_name_is_the_only_thing_that_it_says_of_its_sender() {
        let octets = written(None, None);
        let Some(Packet::SourceDescription(chunk)) = packets(&octets).unwrap().nth(1) else {
            panic!("no description");
        };
        assert_eq!(chunk, b"\0\0\0\x07\x01\x100123456789abcdef\0\0");
    }

    // rfc: 3550 §6.1
    #[test]
    fn an_extended_report_stands_behind_the_description() {
        let report = OwnReport {
            ssrc: 7,
            sent: None,
            about: None,
            name: CanonicalName(1),
            extended: OwnExtended {
                reference: Some(5),
                ..OwnExtended::default()
            },
        };
        let mut buffer = [0; OWN_REPORT_BYTES];
        let length = report.write(&mut buffer).unwrap();
        let all: Vec<_> = packets(&buffer[..length]).unwrap().collect();
        let [
            Packet::ReceiverReport(7, _),
            Packet::SourceDescription(_),
            Packet::ExtendedReport(7, mut blocks),
        ] = all[..]
        else {
            panic!("{all:?}")
        };
        assert_eq!(blocks.next(), Some(ExtendedBlock::Reference(5)));
        assert_eq!(blocks.next(), None);
    }

    #[test]
    fn without_room_nothing_is_written() {
        let report = OwnReport {
            ssrc: 7,
            sent: None,
            about: None,
            name: CanonicalName(0),
            extended: OwnExtended::default(),
        };
        assert_eq!(report.write(&mut [0; OWN_REPORT_BYTES - 1]), None);
    }
}
