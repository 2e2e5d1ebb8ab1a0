//! A mix on its way into packets of one style.

use audio::{Rate, Resampler};

use super::{RATE, SAMPLES};
use crate::format::{Codec, Format};
use crate::transcoder::{Writing, ptime_of, rate_of};
use crate::wants::{OpusWants, Wants};

/// How sound is written. Listeners who want the same can be sent the same.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Style {
    codec: Codec,
    clock: u32,
    ptime_ms: u8,
    /// The usual ones for other codecs.
    opus: OpusWants,
}

impl Style {
    /// Of a format as its listener wants it; by which number it knows it is its own affair.
    pub(super) fn of(format: Format, wants: &Wants) -> Style {
        let opus = Some(wants.opus).filter(|_| format.codec == Codec::Opus);
        Style {
            codec: format.codec,
            clock: format.clock,
            ptime_ms: ptime_of(format.codec, wants.ptime_ms),
            opus: opus.unwrap_or_default(),
        }
    }

    fn format(&self) -> Format {
        Format {
            payload: 0,
            codec: self.codec,
            clock: self.clock,
        }
    }

    fn wants(&self) -> Wants {
        Wants {
            ptime_ms: self.ptime_ms,
            opus: self.opus,
            ..Wants::default()
        }
    }
}

/// Brings a mix to the rate of a codec and encodes it. It allocates when it is made and never
/// again.
#[derive(Debug)]
pub(super) struct Outlet {
    style: Style,
    resampler: Resampler,
    resampled: Vec<i16>,
    writing: Writing,
    /// Its last packet was written, and so somebody has heard it.
    heard: bool,
}

impl Outlet {
    /// `None` where the codec is not spoken here.
    pub(super) fn new(style: Style) -> Option<Outlet> {
        let rate = rate_of(style.codec).unwrap_or(Rate::Wide);
        Some(Outlet {
            style,
            resampler: Resampler::new(RATE, rate),
            resampled: vec![0; SAMPLES],
            writing: Writing::new(style.format(), &style.wants(), rate)?,
            heard: false,
        })
    }

    pub(super) fn style(&self) -> Style {
        self.style
    }

    /// Takes a frame of a mix.
    pub(super) fn take(&mut self, mix: &[i16]) {
        let made = self.resampler.resample(mix, &mut self.resampled);
        let resampled = self.resampled.get(..made);
        self.writing.take(resampled.unwrap_or_default());
    }

    /// Goes on where another one of the same style is now.
    pub(super) fn go_on_as(&mut self, other: &Outlet) {
        self.resampler.go_on_as(&other.resampler);
        self.writing.go_on_as(&other.writing);
    }

    /// A listener of another one of the same style comes over between two packets: where nobody
    /// has heard this one, it goes on as that listener is used to.
    pub(super) fn welcome(&mut self, other: &Outlet) {
        if !self.heard {
            self.writing.encode_as(&other.writing);
            self.heard = true;
        }
    }

    /// Whether nothing waits: it is between two packets.
    pub(super) fn is_empty(&self) -> bool {
        self.writing.is_empty()
    }

    /// Whether there is a whole packet.
    pub(super) fn is_full(&self) -> bool {
        self.writing.is_full()
    }

    /// How long a packet is, in units of the codec's clock.
    pub(super) fn units(&self) -> u32 {
        self.writing.units()
    }

    /// Encodes a packet; its octets. None are where nothing need be sent.
    pub(super) fn write(&mut self, payload: &mut [u8]) -> usize {
        self.heard = true;
        self.writing.write(payload)
    }

    /// Leaves a packet out that nobody hears.
    pub(super) fn skip(&mut self) {
        self.heard = false;
        self.writing.skip();
    }
}
