//! What is said in a conference, written once more for the recording of it: what everybody hears
//! who is silent, so all who are heard, and nobody who coaches.

use machine::Instant;
use rtp::{HEADER_BYTES, Header, NewHeader, write_header};

use super::FRAME_MS;
use super::outlet::{Outlet, Style};
use crate::format::{Codec, Format};
use crate::tapped::{Tap, TappedPacket};
use crate::transcoder::LONGEST_PAYLOAD;
use crate::wants::Wants;

/// How it is written on its way to the recorder: as wide as it is mixed, and cheaply.
const FORMAT: Format = Format {
    payload: 9,
    codec: Codec::G722,
    clock: 8_000,
};

/// The identity of what is written, as a source. It never leaves.
const SSRC: u32 = 0x5441_5045;

/// Writes the mix for a recording. It allocates when it is made and never again.
#[derive(Debug)]
pub(super) struct Tape {
    tap: Tap,
    outlet: Outlet,
    began: Instant,
    seq: u16,
}

impl Tape {
    /// `None` where the codec is not spoken here.
    pub(super) fn new(tap: Tap, now: Instant) -> Option<Tape> {
        let wants = Wants {
            ptime_ms: FRAME_MS,
            ..Wants::default()
        };
        Some(Tape {
            tap,
            outlet: Outlet::new(Style::of(FORMAT, &wants))?,
            began: now,
            seq: 0,
        })
    }

    pub(super) fn tap(&self) -> Tap {
        self.tap
    }

    /// Takes the frame of a moment, and gives what is whole by it.
    pub(super) fn write(
        &mut self,
        mix: &[i16],
        at: Instant,
        give: &mut impl FnMut(&TappedPacket<'_>),
    ) {
        self.outlet.take(mix);
        let mut packet = [0; HEADER_BYTES + LONGEST_PAYLOAD];
        while self.outlet.is_full() {
            let room = packet.get_mut(HEADER_BYTES..).unwrap_or_default();
            let octets = self.outlet.write(room);
            // frames that were given up are a gap of time
            let units = at.saturating_since(self.began).as_micros() * u128::from(FORMAT.clock);
            let header = NewHeader {
                marker: false,
                pt: FORMAT.payload,
                seq: self.seq,
                ts: u32::try_from(units / 1_000_000 % (1 << 32)).unwrap_or(0),
                ssrc: SSRC,
            };
            self.seq = self.seq.wrapping_add(1);
            let written = write_header(&mut packet, header);
            let whole = packet.get(..HEADER_BYTES + octets).unwrap_or_default();
            if let Some(header) = Header::parse(whole).filter(|_| written) {
                give(&TappedPacket {
                    tap: self.tap,
                    format: FORMAT,
                    header,
                    payload: header.payload(whole),
                    at,
                });
            }
        }
    }
}
