//! Sound: G.711 and G.722; changing the sampling rate; levels and speech; key presses in the sound;
//! who answers; concealment of what was lost; a conference's mixer; and what the exchange plays by
//! itself, rendered from notes and kept encoded. Linear samples are 16 bits, one channel.
//!
//! All arithmetic is of integers, so that every machine makes the same sound.

pub mod answer;
mod codec;
pub mod conceal;
pub mod dtmf;
pub mod g711;
pub mod g722;
pub mod level;
pub mod mix;
pub mod prompt;
mod rate;
pub mod resample;
mod score;
mod spectrum;
mod synth;

pub use codec::{Codec, Decoder, Encoder};
pub use conceal::Concealer;
pub use mix::Mixer;
pub use prompt::{Prompt, Prompts, Recording};
pub use rate::Rate;
pub use resample::Resampler;

/// The nearest 16 bit value.
pub(crate) fn saturated(value: i32) -> i16 {
    let edge = if value < 0 { i16::MIN } else { i16::MAX };
    i16::try_from(value).unwrap_or(edge)
}
