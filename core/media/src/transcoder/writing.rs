//! The second half of the way: linear sound waits until a packet of it is full, and is encoded.

use std::time::Duration;

use audio::Rate;

use super::hearing::wave_of;
use crate::format::{Codec, Format};
use crate::wants::{OpusWants, Wants};

/// Milliseconds of the longest packet that is written.
const LONGEST_MS: u8 = 60;

/// Octets of the longest payload that is written.
pub(crate) const LONGEST_PAYLOAD: usize = LONGEST_MS as usize * audio::Codec::OCTETS_PER_MS;

/// Milliseconds of sound that may wait: a packet that is nearly full, and the longest frame.
const WAITING_MS: usize = LONGEST_MS as usize + 120;

/// Encodes one stream.
#[derive(Debug)]
enum Encoder {
    Wave(audio::Encoder),
    Opus(opus::Encoder),
}

/// One stream on its way from linear sound.
#[derive(Debug)]
pub(crate) struct Writing {
    encoder: Encoder,
    ptime_ms: u8,
    /// Samples of a packet.
    packet: usize,
    /// Units of its clock.
    units: u32,
    /// Samples that wait, oldest first; it never grows.
    waiting: Vec<i16>,
    most: usize,
}

impl Writing {
    /// In a format, of sound of this rate; `None` where that is not spoken here.
    pub(crate) fn new(to: Format, wants: &Wants, rate: Rate) -> Option<Writing> {
        let encoder = match wave_of(to.codec) {
            Some(codec) => Encoder::Wave(audio::Encoder::new(codec)),
            None if to.codec == Codec::Opus => {
                Encoder::Opus(opus::Encoder::new(&settings(&wants.opus, rate)).ok()?)
            }
            None => return None,
        };
        let ptime_ms = ptime_of(to.codec, wants.ptime_ms);
        let most = WAITING_MS * rate.per_ms();
        Some(Writing {
            encoder,
            ptime_ms,
            packet: usize::from(ptime_ms) * rate.per_ms(),
            units: u32::from(ptime_ms) * (to.clock / 1000),
            waiting: Vec::with_capacity(most),
            most,
        })
    }

    /// Takes sound; what there is no room for is left out.
    pub(crate) fn take(&mut self, samples: &[i16]) {
        let room = self.most.saturating_sub(self.waiting.len());
        let fits = samples.get(..samples.len().min(room));
        self.waiting.extend_from_slice(fits.unwrap_or_default());
    }

    /// Forgets what waits; how much that was, in units of its clock.
    pub(crate) fn clear(&mut self) -> u32 {
        let samples = u32::try_from(self.waiting.len()).unwrap_or(0);
        self.waiting.clear();
        let packet = u32::try_from(self.packet).unwrap_or(1).max(1);
        samples * self.units / packet
    }

    /// Whether nothing waits.
    pub(crate) fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    /// Forgets one packet of what waits; the encoder does not notice.
    pub(crate) fn skip(&mut self) {
        let packet = self.packet.min(self.waiting.len());
        self.waiting.drain(..packet);
    }

    /// Goes on as another one of the same kind: what waits there waits here.
    pub(crate) fn go_on_as(&mut self, other: &Writing) {
        self.waiting.clear();
        self.take(&other.waiting);
        self.encode_as(other);
    }

    /// Encodes as another one of the same kind would now, so that its listener hears no seam.
    /// An encoder of Opus keeps to itself: its state cannot be copied, and what its listener hears
    /// at first is as after a loss.
    pub(crate) fn encode_as(&mut self, other: &Writing) {
        match (&mut self.encoder, &other.encoder) {
            (Encoder::Wave(encoder), Encoder::Wave(other)) => encoder.go_on_as(other),
            (Encoder::Wave(_) | Encoder::Opus(_), _) => {}
        }
    }

    /// Whether there is a whole packet.
    pub(crate) fn is_full(&self) -> bool {
        self.waiting.len() >= self.packet
    }

    /// How long a packet is.
    pub(crate) fn lasts(&self) -> Duration {
        Duration::from_millis(self.ptime_ms.into())
    }

    /// The same in units of its clock.
    pub(crate) fn units(&self) -> u32 {
        self.units
    }

    /// Encodes one packet of what waits; its octets. None are where nothing need be sent of it,
    /// or the encoder has failed.
    pub(crate) fn write(&mut self, payload: &mut [u8]) -> usize {
        let Some(samples) = self.waiting.get(..self.packet) else {
            return 0;
        };
        let written = match &mut self.encoder {
            Encoder::Wave(encoder) => encoder.encode(samples, payload),
            Encoder::Opus(encoder) => encoder.encode(samples, payload).unwrap_or(0),
        };
        self.waiting.drain(..self.packet);
        written
    }
}

/// Milliseconds of the packets that are written in a codec where so many are asked for.
pub(crate) fn ptime_of(codec: Codec, asked_ms: u8) -> u8 {
    let asked_ms = match asked_ms {
        ms @ 10..=LONGEST_MS => ms,
        _ => 20,
    };
    if codec == Codec::Opus {
        frame_of_opus(asked_ms)
    } else {
        asked_ms
    }
}

/// The longest frame of Opus that is no longer than a packet (RFC 6716 §2.1.4).
fn frame_of_opus(ptime_ms: u8) -> u8 {
    match ptime_ms {
        60.. => 60,
        40..=59 => 40,
        20..=39 => 20,
        0..=19 => 10,
    }
}

fn settings(wants: &OpusWants, rate: Rate) -> opus::Settings {
    let usual = opus::Settings::new(rate);
    let most = wants.bits_per_second.unwrap_or(usual.bits_per_second);
    opus::Settings {
        bits_per_second: usual.bits_per_second.min(most),
        fec: wants.fec,
        dtx: wants.dtx,
        playback: wants.playback.unwrap_or(usual.playback),
        ..usual
    }
}
