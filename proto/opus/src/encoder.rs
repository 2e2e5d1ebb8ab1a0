//! From linear sound to packets.

use std::fmt;

use audio::Rate;
use opusic_c::{Application, Bandwidth, Bitrate, InbandFec, SampleRate, Signal};

use crate::{Channels, Problem};

/// Milliseconds of the longest frame that is encoded.
const LONGEST_MS: usize = 60;

/// The bit rates that are used, in bits per second: those of RFC 7587 section 6.1.
const BITS: (u32, u32) = (6_000, 510_000);

/// Percent of packets that are taken to be lost where the listener can make use of correction:
/// without any expected loss libopus would spend nothing on it.
const EXPECTED_LOSS: u8 = 10;

/// How long a packet is at most that need not be sent, in octets, while nobody speaks.
const NOT_SENT: usize = 2;

/// What an encoder is made for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// The rate of the sound that it takes.
    pub rate: Rate,
    /// How many channels that has.
    pub channels: Channels,
    /// Bits per second, 6,000 to 510,000; others are brought into these bounds.
    pub bits_per_second: u32,
    /// How much is computed for quality, 0 to 10.
    pub complexity: u8,
    /// Does each packet tell of the one before, in case that was lost?
    pub fec: bool,
    /// Is nothing sent while nobody speaks?
    pub dtx: bool,
    /// The highest sampling rate that the listener plays, in Hz; what lies above half of it is not
    /// coded.
    pub playback: u32,
}

impl Settings {
    /// Usual ones for speech of this rate: complexity 5, without correction, always sent.
    #[must_use]
    pub fn new(rate: Rate) -> Self {
        let bits_per_second = match rate {
            Rate::Narrow => 16_000,
            Rate::Wide => 24_000,
            Rate::Full => 32_000,
        };
        Self {
            rate,
            channels: Channels::One,
            bits_per_second,
            complexity: 5,
            fec: false,
            dtx: false,
            playback: Rate::Full.hertz(),
        }
    }

    /// Usual ones for two voices of this rate that take turns, one in each channel. A complexity
    /// above 3 brings spectra 0.2 dB closer to what was said, which nobody hears, for half as much
    /// computing again.
    #[must_use]
    pub fn stereo(rate: Rate) -> Self {
        let bits_per_second = match rate {
            Rate::Narrow => 24_000,
            Rate::Wide => 32_000,
            Rate::Full => 48_000,
        };
        Self {
            channels: Channels::Two,
            bits_per_second,
            complexity: 3,
            ..Settings::new(rate)
        }
    }
}

/// Encodes one stream. It allocates when it is made and never again.
pub struct Encoder {
    inner: opusic_c::Encoder,
    dtx: bool,
    /// A frame as libopus takes it.
    frame: Vec<u16>,
}

impl fmt::Debug for Encoder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Encoder")
            .field("dtx", &self.dtx)
            .finish_non_exhaustive()
    }
}

impl Encoder {
    /// An encoder at the beginning of a stream.
    ///
    /// # Errors
    /// [`Problem::Library`]: there is no memory.
    pub fn new(settings: &Settings) -> Result<Self, Problem> {
        let rate = sample_rate(settings.rate);
        let channels = settings.channels.of_library();
        let mut inner = opusic_c::Encoder::new(channels, rate, Application::Voip)?;
        // libopus would mix two channels into one where it thinks that bits are few
        inner.set_force_channels(Some(channels))?;
        let bits = settings.bits_per_second.clamp(BITS.0, BITS.1);
        inner.set_bitrate(Bitrate::Value(bits))?;
        inner.set_complexity(settings.complexity.min(10))?;
        inner.set_signal(Signal::Voice)?;
        inner.set_max_bandwidth(bandwidth(settings.playback))?;
        if settings.fec {
            inner.set_inband_fec(InbandFec::Mode1)?;
            inner.set_packet_loss(EXPECTED_LOSS)?;
        }
        inner.set_dtx(settings.dtx)?;
        Ok(Self {
            inner,
            dtx: settings.dtx,
            frame: vec![0; LONGEST_MS * settings.rate.per_ms() * settings.channels.count()],
        })
    }

    /// Encodes a frame of 10, 20, 40 or 60 ms into a packet of as many octets as there is room for
    /// at most; gives its length. 0 means that nothing need be sent. Samples of two channels take
    /// turns, the left one first.
    ///
    /// # Errors
    /// [`Problem::Size`], or [`Problem::Library`].
    pub fn encode(&mut self, samples: &[i16], packet: &mut [u8]) -> Result<usize, Problem> {
        let frame = self.frame.get_mut(..samples.len()).ok_or(Problem::Size)?;
        for (place, sample) in frame.iter_mut().zip(samples) {
            *place = sample.cast_unsigned();
        }
        let octets = self.inner.encode_to_slice(frame, packet)?;
        Ok(if self.dtx && octets <= NOT_SENT {
            0
        } else {
            octets
        })
    }
}

/// The rate as libopus names it.
pub(crate) fn sample_rate(rate: Rate) -> SampleRate {
    match rate {
        Rate::Narrow => SampleRate::Hz8000,
        Rate::Wide => SampleRate::Hz16000,
        Rate::Full => SampleRate::Hz48000,
    }
}

/// The widest band that a listener hears who plays this many samples per second (RFC 7587
/// section 3.1.1).
fn bandwidth(playback: u32) -> Bandwidth {
    match playback {
        0..=8_000 => Bandwidth::Narrow,
        8_001..=12_000 => Bandwidth::Medium,
        12_001..=16_000 => Bandwidth::Wide,
        16_001..=24_000 => Bandwidth::Superwide,
        _ => Bandwidth::Full,
    }
}
