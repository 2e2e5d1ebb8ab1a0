//! Packets that are made here: of prompts, of conferences, and of sound in another codec.

use machine::Instant;
use rtp::{NewHeader, write_header};

use super::leg::Leg;
use super::secure::Kind;
use crate::format::Format;
use crate::transcoder::Made;

/// What a packet is that was made here.
#[derive(Clone, Copy, Debug)]
pub(super) struct MadePacket {
    /// Who made it. The number never leaves: the leg's own stands in its place.
    pub(super) source: u32,
    pub(super) format: Format,
    /// Its numbers among those of its maker.
    pub(super) seq: u16,
    pub(super) ts: u32,
    pub(super) marker: bool,
}

impl MadePacket {
    /// One that was made in this format, with its maker's numbers.
    pub(super) fn of(source: u32, format: Format, made: Made) -> MadePacket {
        let Made {
            octets: _,
            seq,
            ts,
            marker,
        } = made;
        MadePacket {
            source,
            format,
            seq,
            ts,
            marker,
        }
    }
}

impl Leg {
    /// Gives the packet `buffer[..size]` its header, with the numbers of what goes to the leg's
    /// peer, and protects it; the octets to send.
    pub(super) fn finish(
        &mut self,
        made: &MadePacket,
        buffer: &mut [u8],
        size: usize,
        now: Instant,
    ) -> Option<usize> {
        self.outflow.resume();
        let MadePacket {
            source, seq, ts, ..
        } = *made;
        let clock = made.format.clock;
        let stamp = self.outflow.continuity.stamp(source, seq, ts, clock, now)?;
        let header = NewHeader {
            marker: stamp.changed || made.marker,
            pt: made.format.payload,
            seq: stamp.seq,
            ts: stamp.ts,
            ssrc: stamp.ssrc,
        };
        if !write_header(buffer, header) {
            return None;
        }
        let sent = self.secure.protect(Kind::Rtp, buffer, size)?;
        self.outflow.count(size, Some(made.format));
        Some(sent)
    }
}
