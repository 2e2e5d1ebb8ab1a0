//! Measures how many channels one core listens to for key presses.
//!
//! `cargo run --release -p audio --example keys_speed`
//!
//! Figures are channels whose sound is heard within the time it lasts, in packets of 20 ms, the
//! best of several rounds: of music, which is as much work as speech; of key presses; and of
//! silence. The rate is changed where it must be; decoding is not counted.

#![allow(clippy::print_stdout, reason = "an example prints what it measures")]

use std::error::Error;
use std::hint::black_box;
use std::time::Instant;

use audio::dtmf::{Detector, Levels, Tone};
use audio::{Prompt, Rate, Resampler};

/// Seconds of each sound.
const SECONDS: usize = 60;
/// Milliseconds of a packet.
const PACKET_MS: usize = 20;
/// How often each is measured.
const ROUNDS: u32 = 5;

/// The music at a rate.
fn music(rate: Rate) -> Vec<i16> {
    let wide = Prompt::Music.render_wide();
    let mut sound = vec![0; SECONDS * 1000 * rate.per_ms()];
    Resampler::new(Rate::Wide, rate).resample(&wide, &mut sound);
    sound
}

/// Keys of 100 ms, one after another with pauses as long.
fn keys(rate: Rate) -> Result<Vec<i16>, &'static str> {
    let mut sound = vec![0; SECONDS * 1000 * rate.per_ms()];
    for part in sound.chunks_mut(200 * rate.per_ms()) {
        let tone = Tone::new('5', 100, Levels::default(), rate);
        tone.ok_or("no such key")?.fill(part);
    }
    Ok(sound)
}

fn main() -> Result<(), Box<dyn Error>> {
    println!("    Hz  sound    channels of one core  presses");
    for rate in Rate::ALL {
        let silence = vec![0; SECONDS * 1000 * rate.per_ms()];
        let sounds = [
            ("music", music(rate)),
            ("keys", keys(rate)?),
            ("silence", silence),
        ];
        for (name, sound) in sounds {
            let (mut best, mut told) = (u128::MAX, 0);
            for _ in 0..ROUNDS {
                told = 0;
                let mut detector = Detector::new(rate);
                let begin = Instant::now();
                for packet in sound.chunks(PACKET_MS * rate.per_ms()) {
                    detector.hear(black_box(packet), |_| told += 1);
                }
                best = best.min(begin.elapsed().as_nanos());
            }
            let lasts = u128::try_from(SECONDS)? * 1_000_000_000;
            let channels = lasts / best.max(1);
            println!("{:6}  {name:7} {channels:21} {:8}", rate.hertz(), told / 2);
        }
    }
    Ok(())
}
