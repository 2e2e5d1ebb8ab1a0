//! One side: its packets in, its sound on the line.

use std::time::Duration;

use machine::Instant;
use rtp::jitter::{Content, Frame, JitterBuffer, Packet, Put, Settings};

use super::RATE;
use super::line::Line;
use crate::format::Format;
use crate::tapped::TappedPacket;
use crate::transcoder::Hearing;

/// How long nothing may come before it is taken that nothing more comes.
const PATIENCE: Duration = Duration::from_secs(1);

/// How long after its packet came a sound lies in the recording, at least.
const HEARD_AFTER: Duration = Duration::from_millis(80);

/// How much longer than that a packet is awaited: nobody waits for a recording, and a telephone
/// that stood still for a fifth of a second has nothing of what it said left out.
pub(super) const AWAITED: Duration = Duration::from_millis(200);

/// The shortest delay of packets.
const LEAST_DELAY: Duration = HEARD_AFTER.saturating_add(AWAITED);

/// The shortest frame that is asked for: that of Opus (RFC 6716 section 2.1.4).
const SHORTEST: Duration = Duration::from_micros(2_500);

/// What is heard of one sender, in one format.
#[derive(Debug)]
struct Source {
    format: Format,
    ssrc: u32,
    buffer: JitterBuffer,
    hearing: Hearing,
    /// When the next frame is asked for; `None` while nothing comes.
    pull_at: Option<Instant>,
    /// Silence since the last sound.
    silent: Duration,
}

impl Source {
    fn new(packet: &TappedPacket<'_>) -> Option<Source> {
        let format = Some(packet.format).filter(|format| format.is_spoken())?;
        let hearing = Hearing::at(format.codec, RATE)?;
        let mut settings = Settings::new(format.clock, hearing.most_octets());
        settings.least = LEAST_DELAY;
        settings.frame = hearing.length_of(packet.payload).unwrap_or(settings.frame);
        Some(Source {
            format,
            ssrc: packet.header.ssrc,
            buffer: JitterBuffer::new(&settings),
            hearing,
            pull_at: None,
            silent: Duration::ZERO,
        })
    }

    fn is_of(&self, packet: &TappedPacket<'_>) -> bool {
        self.format == packet.format && self.ssrc == packet.header.ssrc
    }

    fn put(&mut self, packet: &TappedPacket<'_>) {
        let header = &packet.header;
        let kept = self.buffer.put(
            &Packet {
                ssrc: header.ssrc,
                seq: header.seq,
                ts: header.ts,
                marker: header.marker,
                content: Content::Sound,
                payload: packet.payload,
            },
            packet.at,
        );
        if kept == Put::Kept && self.pull_at.is_none() {
            self.pull_at = Some(packet.at);
            self.silent = Duration::ZERO;
        }
    }

    /// Asks for the frame that is due; how long it is, and whether it was made up. `None` where
    /// there is nothing to be heard.
    fn pull(&mut self, at: Instant) -> Option<(Duration, bool)> {
        let frame = self.buffer.frame();
        let heard = match self.buffer.pull(at) {
            Frame::Sound(payload) => self.hearing.sound(payload, frame),
            Frame::Lost { fec } => self.hearing.lost(frame, fec),
            Frame::Silence => {
                let lasts = frame.max(SHORTEST);
                self.silent += lasts;
                self.pull_at = (self.silent < PATIENCE).then_some(at + lasts);
                return None;
            }
        };
        self.silent = Duration::ZERO;
        let lasts = heard.lasts.max(SHORTEST);
        self.pull_at = Some(at + lasts);
        Some((lasts, heard.made_up))
    }
}

/// One side of a recording.
#[derive(Debug)]
pub(super) struct Voice {
    start: Instant,
    source: Option<Source>,
    line: Line,
    concealed: u64,
}

impl Voice {
    pub(super) fn new(start: Instant) -> Voice {
        Voice {
            start,
            source: None,
            line: Line::default(),
            concealed: 0,
        }
    }

    pub(super) fn concealed(&self) -> u64 {
        self.concealed
    }

    /// Takes a packet; false where it cannot be understood.
    pub(super) fn hear(&mut self, packet: &TappedPacket<'_>) -> bool {
        self.pull_until(packet.at);
        if !self
            .source
            .as_ref()
            .is_some_and(|source| source.is_of(packet))
        {
            let Some(source) = Source::new(packet) else {
                return false;
            };
            // what waits of the one before is heard until the new one is
            self.pull_until(packet.at + LEAST_DELAY);
            self.source = Some(source);
        }
        if let Some(source) = &mut self.source {
            source.put(packet);
        }
        true
    }

    /// Lays on the line all that would have been heard before a moment. Packets that came until
    /// [`AWAITED`] after it have been taken.
    pub(super) fn lay_until(&mut self, until: Instant) {
        self.pull_until(until + AWAITED);
    }

    /// Lays on the line what the buffer has for any moment before this one.
    fn pull_until(&mut self, until: Instant) {
        while let Some(source) = &mut self.source
            && let Some(at) = source.pull_at.filter(|at| *at < until)
        {
            if let Some((_, made_up)) = source.pull(at) {
                self.concealed += u64::from(made_up);
                let place = place(at.saturating_since(self.start + AWAITED));
                self.line.lay(place, source.hearing.frame());
            }
        }
    }

    /// Takes the oldest of it.
    pub(super) fn take<'a>(&mut self, places: impl Iterator<Item = &'a mut i16>) {
        self.line.take(places);
    }
}

/// A time since the start, in samples.
fn place(time: Duration) -> u64 {
    let per_ms = u128::try_from(RATE.per_ms()).unwrap_or(0);
    u64::try_from(time.as_micros() * per_ms / 1000).unwrap_or(u64::MAX)
}
