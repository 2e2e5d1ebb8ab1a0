//! What protects the packets of one direction.

use std::fmt;

use crate::cipher::{self, Cipher};
use crate::packet::{RtpHeader, rtcp_sender};
use crate::place::Place;
use crate::stream::{Stream, Streams, nearest};
use crate::{MAX_GROWTH, MAX_PACKET, MasterKey, Problem, Suite};

/// The last index of RTP: 32 bits of roll-over count and 16 of sequence number (RFC 3711
/// section 9.2).
const LAST_OF_RTP: u64 = (1 << 48) - 1;

/// The last index of RTCP (RFC 3711 section 9.2).
const LAST_OF_RTCP: u64 = (1 << 31) - 1;

/// Protects packets under one master key. It must be the only one who does, for as long as the key
/// is good: a second one, or the same anew, would use key streams twice and so give away both
/// packets.
pub struct Sender {
    suite: Suite,
    rtp: Box<dyn Cipher>,
    rtcp: Box<dyn Cipher>,
    streams: Streams,
}

impl Sender {
    /// A sender that has sent nothing yet. The first sequence number of each stream had better be
    /// less than 2^15: where it rolls over before a receiver has heard the stream, that one counts
    /// wrongly (RFC 3711 section 3.3.1).
    #[must_use]
    pub fn new(key: &MasterKey) -> Sender {
        Sender {
            suite: key.suite(),
            rtp: cipher::for_rtp(key),
            rtcp: cipher::for_rtcp(key),
            streams: Streams::default(),
        }
    }

    /// Protects the RTP packet in `buffer[..length]` and gives its new length, at most
    /// [`MAX_GROWTH`] more (RFC 3711 section 3.3). Header, contributing sources and extension stay
    /// in the clear, padding does not.
    ///
    /// Packets may come in another order than their numbers', by [`WINDOW`](crate::WINDOW) at most.
    ///
    /// # Errors
    ///
    /// Any but [`Problem::Forged`]; what was refused is not counted.
    pub fn protect_rtp(&mut self, buffer: &mut [u8], length: usize) -> Result<usize, Problem> {
        let packet = buffer.get(..length).ok_or(Problem::Malformed)?;
        let header = RtpHeader::read(packet).ok_or(Problem::Malformed)?;
        if length + self.rtp.rtp_growth() > MAX_PACKET {
            return Err(Problem::Malformed);
        }
        let mut stream = self.stream(header.ssrc)?;
        let index = match stream.rtp {
            None => u64::from(header.seq),
            Some(before) => {
                let index = nearest(before.highest(), header.seq);
                let index = index.filter(|index| before.is_fresh(*index));
                index.ok_or(Problem::Replayed)?
            }
        };
        if index > LAST_OF_RTP {
            return Err(Problem::Spent);
        }
        let ssrc = header.ssrc;
        let at = Place { ssrc, index };
        let length = self.rtp.protect_rtp(at, header.length, buffer, length)?;
        stream.note_rtp(index);
        self.streams.keep(stream);
        Ok(length)
    }

    /// Protects the RTCP packet, compound or not, in `buffer[..length]` and gives its new length,
    /// at most [`MAX_GROWTH`] more (RFC 3711 section 3.4). All but its first header and SSRC is
    /// encrypted; the packets of each stream are numbered from 0.
    ///
    /// # Errors
    ///
    /// Any but [`Problem::Forged`] and [`Problem::Replayed`]; what was refused is not counted.
    pub fn protect_rtcp(&mut self, buffer: &mut [u8], length: usize) -> Result<usize, Problem> {
        let packet = buffer.get(..length).ok_or(Problem::Malformed)?;
        let ssrc = rtcp_sender(packet).ok_or(Problem::Malformed)?;
        if length + MAX_GROWTH > MAX_PACKET {
            return Err(Problem::Malformed);
        }
        let mut stream = self.stream(ssrc)?;
        let index = stream.rtcp.map_or(0, |before| before.highest() + 1);
        if index > LAST_OF_RTCP {
            return Err(Problem::Spent);
        }
        let length = self
            .rtcp
            .protect_rtcp(Place { ssrc, index }, buffer, length)?;
        stream.note_rtcp(index);
        self.streams.keep(stream);
        Ok(length)
    }

    /// The stream, or a new one while there is a place for it. Nothing is ever forgotten here: a
    /// stream whose indices are forgotten would begin with them anew.
    fn stream(&self, ssrc: u32) -> Result<Stream, Problem> {
        match self.streams.find(ssrc) {
            Some(stream) => Ok(stream),
            None if self.streams.are_full() => Err(Problem::Crowded),
            None => Ok(Stream::new(ssrc)),
        }
    }
}

impl fmt::Debug for Sender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sender({}, hidden)", self.suite.name())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::window::Window;

    const SSRC: u32 = 7;

    /// A sender that has got as far as these indices.
    fn arrived(rtp: u64, rtcp: u64) -> Sender {
        let key = MasterKey::new(Suite::AesGcm128, &[3; 28]).unwrap();
        let mut sender = Sender::new(&key);
        sender.streams.keep(Stream {
            ssrc: SSRC,
            rtp: Some(Window::opened_by(rtp)),
            rtcp: Some(Window::opened_by(rtcp)),
        });
        sender
    }

    fn rtp(seq: u16) -> [u8; 40] {
        let mut packet = [0; 40];
        packet[0] = 0x80;
        packet[2..4].copy_from_slice(&seq.to_be_bytes());
        packet[8..12].copy_from_slice(&SSRC.to_be_bytes());
        packet
    }

    fn rtcp() -> [u8; 40] {
        let mut packet = [0; 40];
        packet[..2].copy_from_slice(&[0x80, 201]);
        packet[4..8].copy_from_slice(&SSRC.to_be_bytes());
        packet
    }

    // rfc: 3711 §9.2
    #[test]
    fn a_key_that_has_protected_all_it_may_protects_no_more() {
        let mut sender = arrived(LAST_OF_RTP - 1, LAST_OF_RTCP - 1);
        assert_eq!(sender.protect_rtp(&mut rtp(0xffff), 20), Ok(36));
        assert_eq!(sender.protect_rtp(&mut rtp(0), 20), Err(Problem::Spent));
        assert_eq!(sender.protect_rtp(&mut rtp(0xfff0), 20), Ok(36));
        assert_eq!(sender.protect_rtcp(&mut rtcp(), 20), Ok(40));
        assert_eq!(sender.protect_rtcp(&mut rtcp(), 20), Err(Problem::Spent));
    }

    #[test]
    fn a_straggler_from_before_a_roll_over_has_the_count_it_ought_to_have() {
        let mut sender = arrived(0x0002_fffe, 0);
        let mut late = rtp(0xffff);
        assert_eq!(sender.protect_rtp(&mut rtp(1), 20), Ok(36));
        assert_eq!(sender.protect_rtp(&mut late, 20), Ok(36));
        let expected = Place::of(SSRC, 2, 0xffff);
        assert_eq!(
            sender.rtp.unprotect_rtp(expected, 12, &mut late[..36]),
            Ok(20)
        );
    }

    #[test]
    fn nothing_goes_before_the_first_roll_over() {
        let mut sender = arrived(2, 0);
        let late = sender.protect_rtp(&mut rtp(0xffff), 20);
        assert_eq!(late, Err(Problem::Replayed));
    }

    #[test]
    fn keys_are_never_printed() {
        let text = format!("{:?}", arrived(0, 0));
        assert_eq!(text, "Sender(AEAD_AES_128_GCM, hidden)");
    }
}
