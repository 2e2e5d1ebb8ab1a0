//! Prints the key presses in raw sound: samples of 16 bits, little-endian, one channel.
//!
//! `sox speech.wav -t raw -r 8000 -c 1 -b 16 -e signed - | cargo run --release -p audio --example
//! keys 8000`
//!
//! The rate is 8000 unless told. Each press is a line: when it was over, in seconds; the key; and
//! how many milliseconds it lasted.

#![allow(clippy::print_stdout, reason = "an example prints what it finds")]

use std::error::Error;
use std::io::{self, Read};

use audio::Rate;
use audio::dtmf::{Detector, Heard};

/// Milliseconds that are read at once.
const PIECE_MS: usize = 20;

fn main() -> Result<(), Box<dyn Error>> {
    let hertz = std::env::args()
        .nth(1)
        .map_or(Ok(8000), |text| text.parse())?;
    let rate = Rate::from_hertz(hertz).ok_or("the rate is 8000, 16000 or 48000")?;
    let mut octets = Vec::new();
    io::stdin().lock().read_to_end(&mut octets)?;
    let pairs = octets.as_chunks::<2>().0;
    let samples: Vec<i16> = pairs.iter().map(|pair| i16::from_le_bytes(*pair)).collect();
    let mut detector = Detector::new(rate);
    for (piece, number) in samples.chunks(PIECE_MS * rate.per_ms()).zip(1..) {
        detector.hear(piece, |heard| print(heard, number));
    }
    detector.end(|heard| print(heard, samples.len() / (PIECE_MS * rate.per_ms())));
    Ok(())
}

/// Prints a press that is over by piece `number`.
fn print(heard: Heard, number: usize) {
    if let Heard::Ended(press) = heard {
        let ms = number * PIECE_MS;
        println!(
            "{}.{:03} {} {}",
            ms / 1000,
            ms % 1000,
            press.key,
            press.lasts_ms
        );
    }
}
