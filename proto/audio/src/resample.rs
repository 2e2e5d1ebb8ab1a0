//! Changing the sampling rate between 8, 16 and 48 kHz: a stream frame by frame, or a whole piece.
//!
//! Polyphase filters of 64 and 96 taps (by two and by three), one behind the other between 8 and
//! 48 kHz. What both rates can hold passes flat (to 3.5 kHz, and between 16 and 48 kHz to 7 kHz);
//! what mirrors would add is more than 60 dB down.

mod loops;
mod stage;
mod taps;

use crate::Rate;

pub use loops::halve_loop;

use stage::{Down, Factor, Up};

/// How one rate becomes the other.
#[derive(Clone, Debug)]
enum Way {
    Same,
    Up(Box<Up>),
    UpTwice(Box<Up>, Box<Up>),
    Down(Box<Down>),
    DownTwice(Box<Down>, Box<Down>),
}

/// Changes the rate of one stream. Frames may have any length; what is left of a group of samples
/// waits for the next frame. It allocates when it is made and never again.
#[derive(Clone, Debug)]
pub struct Resampler {
    from: Rate,
    to: Rate,
    way: Way,
}

impl Resampler {
    /// At the beginning of a stream, behind silence.
    #[must_use]
    pub fn new(from: Rate, to: Rate) -> Self {
        let up = |factor| Box::new(Up::new(factor));
        let down = |factor| Box::new(Down::new(factor));
        let (two, three) = (Factor::Two, Factor::Three);
        let way = match (from, to) {
            (Rate::Narrow, Rate::Narrow) | (Rate::Wide, Rate::Wide) | (Rate::Full, Rate::Full) => {
                Way::Same
            }
            (Rate::Narrow, Rate::Wide) => Way::Up(up(two)),
            (Rate::Wide, Rate::Full) => Way::Up(up(three)),
            (Rate::Narrow, Rate::Full) => Way::UpTwice(up(two), up(three)),
            (Rate::Wide, Rate::Narrow) => Way::Down(down(two)),
            (Rate::Full, Rate::Wide) => Way::Down(down(three)),
            (Rate::Full, Rate::Narrow) => Way::DownTwice(down(three), down(two)),
        };
        Self { from, to, way }
    }

    /// Goes on where another one is now; between the same rates this does not allocate.
    pub fn go_on_as(&mut self, other: &Self) {
        match (&mut self.way, &other.way) {
            (Way::Same, Way::Same) => {}
            (Way::Up(stage), Way::Up(other)) => stage.clone_from(other),
            (Way::Down(stage), Way::Down(other)) => stage.clone_from(other),
            (Way::UpTwice(first, second), Way::UpTwice(other, last)) => {
                first.clone_from(other);
                second.clone_from(last);
            }
            (Way::DownTwice(first, second), Way::DownTwice(other, last)) => {
                first.clone_from(other);
                second.clone_from(last);
            }
            (
                Way::Same | Way::Up(_) | Way::Down(_) | Way::UpTwice(..) | Way::DownTwice(..),
                other,
            ) => self.way = other.clone(),
        }
        (self.from, self.to) = (other.from, other.to);
    }

    /// The rate that is taken.
    #[must_use]
    pub fn from(&self) -> Rate {
        self.from
    }

    /// The rate that is given.
    #[must_use]
    pub fn to(&self) -> Rate {
        self.to
    }

    /// Samples by which what is given lies behind, at the rate that is given, rounded up.
    #[must_use]
    pub fn delay(&self) -> usize {
        match &self.way {
            Way::Same => 0,
            Way::Up(up) => up.delay(),
            Way::UpTwice(first, second) => 3 * first.delay() + second.delay(),
            Way::Down(down) => down.delay(),
            Way::DownTwice(first, second) => first.delay().div_ceil(2) + second.delay(),
        }
    }

    /// Changes the rate of a frame; gives the samples written. Those for which `output` has no
    /// room are lost: it should have `input.len()` times the rates' ratio, and one more going
    /// down.
    pub fn resample(&mut self, input: &[i16], output: &mut [i16]) -> usize {
        let mut written = 0;
        let mut places = output.iter_mut();
        let mut give = |sample: i16| {
            if let Some(place) = places.next() {
                *place = sample;
                written += 1;
            }
        };
        for sample in input {
            match &mut self.way {
                Way::Same => give(*sample),
                Way::Up(up) => up.push(*sample, &mut give),
                Way::UpTwice(first, second) => {
                    first.push(*sample, |between| second.push(between, &mut give));
                }
                Way::Down(down) => {
                    if let Some(sample) = down.push(*sample) {
                        give(sample);
                    }
                }
                Way::DownTwice(first, second) => {
                    let between = first.push(*sample);
                    if let Some(sample) = between.and_then(|between| second.push(between)) {
                        give(sample);
                    }
                }
            }
        }
        written
    }
}

#[cfg(test)]
mod tests;
