//! What unprotects the packets of one direction.

use std::fmt;

use crate::cipher::{self, Cipher};
use crate::packet::{ENCRYPTED, RtpHeader, rtcp_sender};
use crate::place::Place;
use crate::stream::{Stream, Streams, nearest};
use crate::window::Window;
use crate::{MAX_PACKET, MasterKey, Problem, Suite};

/// Roll-over counts that are tried, from 0, for the first packet of a stream that may be older than
/// its receiver. Fifty packets a second roll over every 22 minutes: these are a day's.
pub const MAX_ROLLOVERS_TRIED: u32 = 64;

/// Unprotects the packets of one peer. Nothing that is not proved changes what it remembers.
pub struct Receiver {
    suite: Suite,
    rtp: Box<dyn Cipher>,
    rtcp: Box<dyn Cipher>,
    /// How many roll-over counts are tried for the first packet of a stream, beyond 0.
    most_rollovers: u32,
    streams: Streams,
}

impl Receiver {
    /// A receiver that hears each stream from its beginning: its first packet has a roll-over count
    /// of 0.
    #[must_use]
    pub fn new(key: &MasterKey) -> Receiver {
        Receiver::trying(key, 0)
    }

    /// As [`Receiver::new`], but a stream may be older than its receiver: the roll-over count of
    /// its first packet is found by trying all up to [`MAX_ROLLOVERS_TRIED`]. In Galois/counter
    /// mode a payload beyond [`LONGEST_TRIED`](crate::LONGEST_TRIED) counts as forged until a
    /// shorter one has found it. What was recorded before could be played to it first, and whoever
    /// sends it packets of unknown streams has it try often: for a stream that begins now, `new`
    /// is better.
    #[must_use]
    pub fn resumed(key: &MasterKey) -> Receiver {
        Receiver::trying(key, MAX_ROLLOVERS_TRIED)
    }

    fn trying(key: &MasterKey, most_rollovers: u32) -> Receiver {
        Receiver {
            suite: key.suite(),
            rtp: cipher::for_rtp(key),
            rtcp: cipher::for_rtcp(key),
            most_rollovers,
            streams: Streams::default(),
        }
    }

    /// Unprotects the SRTP packet in place and gives the length of the RTP packet (RFC 3711
    /// section 3.3). A genuine packet of a new stream takes the place of the stream that was heard
    /// longest ago, if there are [`MAX_STREAMS`](crate::MAX_STREAMS).
    ///
    /// # Errors
    ///
    /// Any but [`Problem::Crowded`]; what was refused changes nothing that is remembered.
    pub fn unprotect_rtp(&mut self, packet: &mut [u8]) -> Result<usize, Problem> {
        let length = packet.len().checked_sub(self.rtp.rtp_growth());
        let bare = length.and_then(|length| packet.get(..length));
        let header = bare.and_then(RtpHeader::read).ok_or(Problem::Malformed)?;
        if packet.len() > MAX_PACKET {
            return Err(Problem::Malformed);
        }
        let known = self.streams.find(header.ssrc);
        let mut stream = known.unwrap_or(Stream::new(header.ssrc));
        let at = match stream.rtp {
            Some(before) => next_place(before, header)?,
            None => self.first_place(header, packet)?,
        };
        let length = self.rtp.unprotect_rtp(at, header.length, packet)?;
        stream.note_rtp(at.index);
        self.streams.keep(stream);
        Ok(length)
    }

    /// Unprotects the SRTCP packet in place and gives the length of the RTCP packet (RFC 3711
    /// section 3.4). One that is authenticated but not encrypted is as good.
    ///
    /// # Errors
    ///
    /// As of [`Receiver::unprotect_rtp`].
    pub fn unprotect_rtcp(&mut self, packet: &mut [u8]) -> Result<usize, Problem> {
        let ssrc = rtcp_sender(packet).ok_or(Problem::Malformed)?;
        let word = self.rtcp.rtcp_word(packet).ok_or(Problem::Malformed)?;
        let index = u64::from(word & !ENCRYPTED);
        let mut stream = self.streams.find(ssrc).unwrap_or(Stream::new(ssrc));
        if stream.rtcp.is_some_and(|before| !before.is_fresh(index)) {
            return Err(Problem::Replayed);
        }
        let at = Place { ssrc, index };
        let length = self.rtcp.unprotect_rtcp(at, word, packet)?;
        stream.note_rtcp(index);
        self.streams.keep(stream);
        Ok(length)
    }

    /// Where the first packet of a stream is taken to lie.
    fn first_place(&self, header: RtpHeader, packet: &[u8]) -> Result<Place, Problem> {
        let rollovers = if self.most_rollovers == 0 {
            0
        } else {
            let found = self.rtp.find_rollovers(header, self.most_rollovers, packet);
            found.ok_or(Problem::Forged)?
        };
        Ok(Place::of(header.ssrc, rollovers, header.seq))
    }
}

/// Where a later packet is taken to lie. What would lie before the first roll-over is taken for a
/// jump ahead, which some senders make when they begin anew.
fn next_place(before: Window, header: RtpHeader) -> Result<Place, Problem> {
    let index = nearest(before.highest(), header.seq).unwrap_or(header.seq.into());
    if index >> 48 != 0 {
        return Err(Problem::Spent);
    }
    let ssrc = header.ssrc;
    let fresh = before.is_fresh(index);
    fresh
        .then_some(Place { ssrc, index })
        .ok_or(Problem::Replayed)
}

impl fmt::Debug for Receiver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Receiver({}, hidden)", self.suite.name())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::LONGEST_TRIED;

    const SSRC: u32 = 7;

    fn key() -> MasterKey {
        MasterKey::new(Suite::AesGcm256, &[3; 44]).unwrap()
    }

    /// A packet as whoever counts so would send it.
    fn sent(rollovers: u32, seq: u16) -> Vec<u8> {
        let mut packet = vec![0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7];
        packet[2..4].copy_from_slice(&seq.to_be_bytes());
        packet.extend_from_slice(&[0; 20]);
        let at = Place::of(SSRC, rollovers, seq);
        let length = cipher::for_rtp(&key()).protect_rtp(at, 12, &mut packet, 16);
        packet.truncate(length.unwrap());
        packet
    }

    #[test]
    fn who_begins_anew_far_ahead_is_still_heard() {
        let mut receiver = Receiver::new(&key());
        assert_eq!(receiver.unprotect_rtp(&mut sent(0, 5)), Ok(16));
        assert_eq!(receiver.unprotect_rtp(&mut sent(0, 0xf000)), Ok(16));
        assert_eq!(receiver.unprotect_rtp(&mut sent(1, 3)), Ok(16));
        assert_eq!(
            receiver.unprotect_rtp(&mut sent(0, 5)),
            Err(Problem::Forged)
        );
    }

    // rfc: 3711 §9.2
    #[test]
    fn nothing_follows_the_last_index() {
        let mut receiver = Receiver::new(&key());
        let mut stream = Stream::new(SSRC);
        stream.note_rtp((1 << 48) - 1);
        receiver.streams.keep(stream);
        assert_eq!(receiver.unprotect_rtp(&mut sent(0, 0)), Err(Problem::Spent));
        let before = sent(u32::MAX, 0xfffe);
        assert_eq!(receiver.unprotect_rtp(&mut before.clone()), Ok(16));
    }

    #[test]
    fn a_first_packet_too_long_to_be_tried_waits_for_a_shorter_one() {
        let mut receiver = Receiver::resumed(&key());
        let mut long = vec![0x80; 12 + LONGEST_TRIED + 1 + 16];
        assert_eq!(receiver.unprotect_rtp(&mut long), Err(Problem::Forged));
        assert_eq!(receiver.unprotect_rtp(&mut sent(9, 5)), Ok(16));
    }
}
