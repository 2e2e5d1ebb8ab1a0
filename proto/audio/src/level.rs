//! How loud sound is, on the scale of RFC 6464; whether somebody speaks; whether it was clipped.

/// The level of silence, in -dBov (RFC 6464 section 3).
pub const SILENCE: u8 = 127;

/// From here on a sample may have been clipped: the highest value of G.711 µ-law, whose codec
/// clips first.
pub const CLIPPED_FROM: u16 = 32_124;

/// Neighbours at the edge that make clipping of it; one or two may be a crest.
pub const CLIPPED_RUN: usize = 3;

/// Decibels by which speech stands out from what is heard in pauses.
const MARGIN: u8 = 9;

/// -dBov: what is quieter is no speech on any line.
const FAINTEST: u8 = 60;

/// -dBov: what is louder is taken for speech however long it lasts.
const LOUD: u8 = 35;

/// Parts of a decibel in which the floor is kept.
const PARTS: u16 = 16;

/// The mean of the squares, 0 to 2^30; 0 for no samples.
#[must_use]
pub fn mean_square(samples: &[i16]) -> u32 {
    let sum: u64 = samples
        .iter()
        .map(|sample| u64::from(sample.unsigned_abs()).pow(2))
        .sum();
    let count = u64::try_from(samples.len()).unwrap_or(u64::MAX);
    let mean = sum.checked_div(count).unwrap_or(0);
    u32::try_from(mean).unwrap_or(u32::MAX)
}

/// The level in -dBov of sound with this mean of squares, rounded: 0 for the loudest square wave
/// there can be, 3 for the loudest sine, [`SILENCE`] for nothing and everything below that
/// (RFC 6464 section 3).
#[must_use]
pub fn level_of(mean_square: u32) -> u8 {
    // decibels of a factor of two in power, in millionths
    const OCTAVE: u64 = 3_010_300;
    if mean_square == 0 {
        return SILENCE;
    }
    let below = (30 * 256_u64).saturating_sub(log2(mean_square));
    let decibels = (below * OCTAVE + 128_000_000) / 256_000_000;
    u8::try_from(decibels).unwrap_or(SILENCE).min(SILENCE)
}

/// [`level_of`] these samples.
#[must_use]
pub fn level(samples: &[i16]) -> u8 {
    level_of(mean_square(samples))
}

/// The logarithm to base 2 in parts of 256, of a number above 0.
fn log2(value: u32) -> u64 {
    let whole = value.max(1).ilog2();
    // from 1 to below 2, in units of 2^-31; squaring it doubles its logarithm
    let mut mantissa = u64::from(value) << (31 - whole);
    let mut fraction = 0;
    for _ in 0..8 {
        mantissa = (mantissa * mantissa) >> 31;
        fraction <<= 1;
        if mantissa >= 1 << 32 {
            mantissa >>= 1;
            fraction |= 1;
        }
    }
    u64::from(whole) * 256 + fraction
}

/// How many samples lie on plateaus at the edge: [`CLIPPED_RUN`] neighbours or more with the same
/// value of at least [`CLIPPED_FROM`] either way. Told of sound as it was decoded; what was
/// resampled has no plateaus left.
#[must_use]
pub fn clipped(samples: &[i16]) -> usize {
    let same = |a: &i16, b: &i16| a == b && a.unsigned_abs() >= CLIPPED_FROM;
    samples
        .chunk_by(same)
        .map(<[i16]>::len)
        .filter(|run| *run >= CLIPPED_RUN)
        .sum()
}

/// Whether somebody speaks, frame by frame: the level against that of the pauses, which is
/// followed down at once and up slowly, with a hangover over the gaps between words.
#[derive(Clone, Copy, Debug)]
pub struct Activity {
    /// The level of pauses above silence, in sixteenths of a decibel.
    floor: u16,
    hangover: u32,
    /// Frames of hangover still to come.
    left: u32,
}

impl Activity {
    /// Nobody speaks, on a quiet line. `hangover` is in frames: so many count as speech after the
    /// last that was.
    #[must_use]
    pub fn new(hangover: u32) -> Self {
        Self {
            floor: height(FAINTEST),
            hangover,
            left: 0,
        }
    }

    /// Takes a frame of this level in -dBov; tells whether it is part of speech.
    pub fn hear(&mut self, level: u8) -> bool {
        let height_now = height(level);
        self.floor = if height_now < self.floor {
            height_now
        } else {
            (self.floor + 1).min(height(LOUD + MARGIN))
        };
        let stands_out = height_now >= self.floor + u16::from(MARGIN) * PARTS;
        if stands_out && level <= FAINTEST {
            self.left = self.hangover;
            return true;
        }
        let hangs_over = self.left > 0;
        self.left = self.left.saturating_sub(1);
        hangs_over
    }

    /// The level of the pauses, in -dBov.
    #[must_use]
    pub fn floor(&self) -> u8 {
        let height = u8::try_from(self.floor / PARTS).unwrap_or(SILENCE);
        SILENCE - height.min(SILENCE)
    }
}

/// Above silence, in sixteenths of a decibel.
fn height(level: u8) -> u16 {
    u16::from(SILENCE.saturating_sub(level)) * PARTS
}

#[cfg(test)]
mod tests;
