//! How much of one frequency is in a block of sound at 8 kHz, and how far beside it the sound lies.
//!
//! A filter gives the term of the Fourier sum at its frequency, under Hann's window: what the
//! recursion of Goertzel gives too, but as one sum of products, which processors do many at a time,
//! and with no recursion to lose bits in. The turn of that term from one block to the next tells
//! the true frequency to a few Hz, which the length of a block alone could not tell.

use crate::synth;

/// Samples of a block: 15 ms. Under Hann's window a tone 133 Hz away and more is not heard: the
/// two groups of DTMF are 268 Hz apart.
pub(crate) const BLOCK: usize = 120;

/// Samples from one block to the next: 5 ms. The turn between them tells differences of up to
/// 100 Hz, which is more than half the way to the next frequency of a group.
pub(crate) const HOP: usize = 40;

/// Milliseconds of [`HOP`].
pub(crate) const HOP_MS: u32 = 5;

/// Samples per second.
const RATE: u64 = 8_000;

/// Bits of fraction of a window's weights. With ten, no sum over a block passes 32 bits.
const FRACTION: u32 = 10;

/// The power of a steady tone in a block against the block's energy, both under the window.
pub(crate) const GATHERED: u64 = 40;

/// The energy under the window of a tone of amplitude 1, in halves.
const ENERGY_HALVES: u64 = 45;

/// Hann's window, taken at the middles of its 120 steps, where it sums to 60 and its squares to 45.
static WINDOW: [i16; BLOCK] = window();

/// The term of a Fourier sum. A steady tone has 30 times its amplitude.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Phasor {
    re: i32,
    im: i32,
}

impl Phasor {
    /// The square of its length, below 2^42.
    pub(crate) fn power(self) -> u64 {
        let square = |part: i32| u64::from(part.unsigned_abs()).pow(2);
        square(self.re) + square(self.im)
    }
}

/// What finds one frequency.
#[derive(Debug)]
pub(crate) struct Filter {
    cosine: [i16; BLOCK],
    sine: [i16; BLOCK],
    /// How far a tone of this frequency turns from block to block, in 2^-15.
    turn: (i32, i32),
    /// Its frequency in Hz.
    pub(crate) hertz: u32,
}

impl Filter {
    /// The filter of a frequency below 4 kHz.
    pub(crate) const fn new(hertz: u32) -> Self {
        let step = step(hertz);
        let (mut cosine, mut sine) = ([0; BLOCK], [0; BLOCK]);
        let mut index = 0;
        let mut phase: u32 = 0;
        while index < BLOCK {
            cosine[index] = weighed(synth::sine(phase.wrapping_add(1 << 30)), WINDOW[index]);
            sine[index] = weighed(synth::sine(phase), WINDOW[index]);
            phase = phase.wrapping_add(step);
            index += 1;
        }
        #[allow(clippy::cast_possible_truncation, reason = "it is 40")]
        let hop = step.wrapping_mul(HOP as u32);
        let turn = (synth::sine(hop.wrapping_add(1 << 30)), synth::sine(hop));
        Self {
            cosine,
            sine,
            turn,
            hertz,
        }
    }

    /// Its term of a block.
    pub(crate) fn of(&self, block: &[i16; BLOCK]) -> Phasor {
        Phasor {
            re: product(block, &self.cosine),
            im: -product(block, &self.sine),
        }
    }

    /// How far above this frequency a tone lies that is in both blocks, in thousandths of a Hz,
    /// -100,000 to 100,000.
    pub(crate) fn offset(&self, before: Phasor, now: Phasor) -> i32 {
        // thousandths of a Hz that make a whole turn in a hop
        const TURN: i64 = 200_000;
        let [a, b, c, d] = [now.re, now.im, before.re, before.im].map(i64::from);
        let (re, im) = (a * c + b * d, b * c - a * d);
        let (cosine, sine) = (i64::from(self.turn.0), i64::from(self.turn.1));
        let angle = angle(re * cosine + im * sine, im * cosine - re * sine);
        i32::try_from((angle * TURN) >> 16).unwrap_or(0)
    }
}

/// The energy of a block under the window; [`GATHERED`] times that is the power of a steady tone
/// that is all there is.
pub(crate) fn energy(block: &[i16; BLOCK]) -> u64 {
    let weighed = block.iter().zip(&WINDOW).map(|(sample, weight)| {
        let value = (i32::from(*sample) * i32::from(*weight)) >> FRACTION;
        u64::from(value.unsigned_abs()).pow(2)
    });
    weighed.sum()
}

/// The energy under the window of a steady tone of this amplitude.
pub(crate) const fn energy_of(amplitude: u64) -> u64 {
    amplitude * amplitude * ENERGY_HALVES / 2
}

/// The power that a tone would have at the middle of the filter, of which it lies so many
/// thousandths of a Hz away, at most 50 Hz: Hann's window lets `exp(-1.29 x²)` of it through, with
/// `x` the cycles by which they part within a block.
pub(crate) fn centred(power: u64, offset: i32) -> u64 {
    // x in 1/4096: 15 ms times thousandths of a Hz
    let x = u64::from(offset.unsigned_abs()) * 15 * 4096 / 1_000_000;
    // 1.29 x² in 1/4096, and the first terms of its exponential
    let y = (x * x * 129 / 100) >> 12;
    let factor = 4096 + y + ((y * y) >> 13) + (((y * y) >> 12) * y) / (6 << 12);
    (power >> 12) * factor
}

/// The nearest whole number to the product of a window's weight and a sine.
#[allow(clippy::cast_possible_truncation, reason = "it is 2^10 at most")]
const fn weighed(sine: i32, weight: i16) -> i16 {
    ((sine * weight as i32 + (1 << 14)) >> 15) as i16
}

#[allow(
    clippy::cast_possible_truncation,
    reason = "the sine is 2^15 at most, and its square in 2^-20 is 2^10"
)]
const fn window() -> [i16; BLOCK] {
    let mut window = [0; BLOCK];
    let mut index = 0;
    while index < BLOCK {
        // the square of the sine of half a turn, taken at the middle of each step
        let phase = ((2 * index as u64 + 1) << 32) / (4 * BLOCK as u64);
        let sine = synth::sine(phase as u32);
        window[index] = ((sine * sine + (1 << 19)) >> 20) as i16;
        index += 1;
    }
    window
}

/// The part of a turn from sample to sample, in 2^-32.
#[allow(
    clippy::cast_possible_truncation,
    reason = "a frequency below the rate is less than one turn"
)]
const fn step(hertz: u32) -> u32 {
    (((hertz as u64) << 32) / RATE) as u32
}

/// A sum of products, without the fraction of the weights. 60 weights of one, times 2/π for their
/// sines, times 2^15 for the loudest sample, are below 2^31 with that fraction.
fn product(block: &[i16; BLOCK], weights: &[i16; BLOCK]) -> i32 {
    let products = block.iter().zip(weights);
    let sum: i32 = products.map(|(a, b)| i32::from(*a) * i32::from(*b)).sum();
    sum >> FRACTION
}

/// The angle of a term, in 65536ths of a turn, -32768 to 32768; a quarter of a degree off at most.
fn angle(re: i64, im: i64) -> i64 {
    let (steep, small, large) = if im.abs() > re.abs() {
        (true, re.abs(), im.abs())
    } else {
        (false, im.abs(), re.abs())
    };
    // the tangent in 2^-15; both parts are below 2^58 and may lose bits to make room
    let z = ((small >> 16) << 15).checked_div(large >> 16).unwrap_or(0);
    // of an eighth of a turn, and the bow of the arc above its chord: z (1/8 + 0.0434 (1 - z))
    let within = (z * ((8192 << 15) + 2847 * (32_768 - z))) >> 30;
    let acute = if steep { 16_384 - within } else { within };
    let above = if re < 0 { 32_768 - acute } else { acute };
    if im < 0 { -above } else { above }
}

#[cfg(test)]
mod tests;
