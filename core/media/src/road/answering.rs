//! Who has answered at the other end of a leg, found out by listening to what comes from there.
//!
//! It is decoded as it comes, without a jitter buffer: who speaks for how long is told by the
//! timestamps, and what is lost or late is heard as silence. What is found out costs a decoder for
//! as long as it takes, two minutes at most.

use audio::Rate;
use audio::answer::{Detector, Heard};
use rtp::Header;

use super::Road;
use crate::command::Notice;
use crate::format::Format;
use crate::transcoder::Hearing;

/// Milliseconds of the longest silence that is heard between two packets; the rest of a longer one
/// is left out.
const LONGEST_SILENCE_MS: u32 = 5_000;

/// Milliseconds by which a packet comes late at most; one that seems later is of a clock that was
/// set anew.
const LATEST_MS: u32 = 1_000;

/// Milliseconds that are heard of silence at a time.
const SILENCE_MS: usize = 20;

/// Listens to one leg.
#[derive(Debug, Default)]
pub(super) struct Answering {
    detector: Detector,
    stream: Option<Stream>,
}

/// A stream that is decoded.
#[derive(Debug)]
struct Stream {
    format: Format,
    ssrc: u32,
    /// The timestamp that comes next.
    next: u32,
    hearing: Hearing,
}

impl Stream {
    fn new(format: Format, header: &Header) -> Option<Stream> {
        Some(Stream {
            format,
            ssrc: header.ssrc,
            next: header.ts,
            hearing: Hearing::at(format.codec, Rate::Narrow)?,
        })
    }

    /// Milliseconds of nothing before a packet; `None` for one that came late.
    fn silence_before(&self, header: &Header) -> Option<u32> {
        let per_ms = (self.format.clock / 1_000).max(1);
        let ahead = header.ts.wrapping_sub(self.next);
        let behind = self.next.wrapping_sub(header.ts);
        if ahead <= behind {
            return Some(ahead / per_ms);
        }
        (behind / per_ms > LATEST_MS).then_some(0)
    }
}

impl Answering {
    /// Takes a packet; tells what is found out by it.
    fn hear(
        &mut self,
        format: Format,
        header: &Header,
        payload: &[u8],
        tell: &mut impl FnMut(Heard),
    ) {
        let known = |stream: &Stream| stream.ssrc == header.ssrc && stream.format == format;
        if !self.stream.as_ref().is_some_and(known) {
            self.stream = Stream::new(format, header);
        }
        let Some(stream) = &mut self.stream else {
            return;
        };
        let Some(silence) = stream.silence_before(header) else {
            return;
        };
        let Some(lasts) = stream.hearing.length_of(payload) else {
            return;
        };
        for _ in 0..usize::try_from(silence.min(LONGEST_SILENCE_MS)).unwrap_or(0) / SILENCE_MS {
            let nothing = [0; SILENCE_MS * Rate::Narrow.per_ms()];
            self.detector.hear(&nothing, &mut *tell);
        }
        stream.hearing.sound(payload, lasts);
        let units = lasts.as_micros() * u128::from(stream.format.clock) / 1_000_000;
        stream.next = header.ts.wrapping_add(u32::try_from(units).unwrap_or(0));
        self.detector.hear(stream.hearing.frame(), &mut *tell);
    }
}

impl Road {
    /// From now on it is listened who has answered at the other end of a leg.
    pub(super) fn listen_for_answer(&mut self, slot: u32) {
        if let Some(leg) = self.leg_mut(slot) {
            leg.to_partner.answering = Some(Box::default());
        }
    }

    /// Listens to a leg's packet, if it is listened who has answered there.
    pub(super) fn hear_answer(
        &mut self,
        slot: u32,
        header: &Header,
        packet: &[u8],
        out: &mut Vec<Notice>,
    ) {
        let Some(leg) = self.leg_mut(slot) else {
            return;
        };
        // of nearly all legs nobody asks, and each of their packets comes by here
        let Some(mut answering) = leg.to_partner.answering.take() else {
            return;
        };
        // whoever presses keys or says that it is silent says nothing
        let format = leg.format_of(header.pt).filter(|format| format.is_sound());
        let id = leg.id;
        if let Some(format) = format {
            answering.hear(format, header, header.payload(packet), &mut |heard| {
                out.push(match heard {
                    Heard::Answered(by) => Notice::Answered { id, by },
                    Heard::Beep => Notice::Beeped { id },
                });
            });
        }
        let goes_on = !answering.detector.is_over();
        leg.to_partner.answering = goes_on.then_some(answering);
    }
}
