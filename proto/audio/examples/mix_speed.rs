//! Measures how many members of conferences one core mixes.
//!
//! `cargo run --release -p audio --example mix_speed`
//!
//! Figures are members whose frame of 20 ms is mixed within 20 ms of one core's time, the best of
//! several rounds, for rooms of several sizes and rates in which everybody speaks and the five
//! loudest are heard. Mixes are made for all who need one of their own; coding is not counted. What
//! counts is the thread's own time on a core where the system tells it, so that other work on the
//! machine disturbs little.

#![allow(clippy::print_stdout, reason = "an example prints what it measures")]

use std::error::Error;
use std::fs;
use std::hint::black_box;
use std::time::Instant;

use audio::mix::{Heard, MemberId, Mixer, Settings};
use audio::{Prompt, Rate};

/// Members of the rooms.
const MEMBERS: [usize; 4] = [3, 10, 100, 1_000];
/// Members heard at once.
const LOUDEST: usize = 5;
/// Milliseconds of a frame.
const FRAME_MS: usize = 20;
/// Frames of a round, times members: larger rooms mix fewer frames.
const WORK: usize = 100_000;
/// How often each is measured.
const ROUNDS: u32 = 5;

/// Nanoseconds that a thread has been on a core; else of the wall, from a moment on.
struct Clock {
    begin: Instant,
}

impl Clock {
    /// `/proc/thread-self/schedstat` of Linux: its first number is the time on a core.
    fn now(&self) -> u128 {
        let text = fs::read_to_string("/proc/thread-self/schedstat").ok();
        let own = text.and_then(|text| text.split(' ').next()?.parse().ok());
        own.unwrap_or_else(|| self.begin.elapsed().as_nanos())
    }
}

/// A room and its members.
struct Room {
    mixer: Mixer,
    members: Vec<MemberId>,
    samples: usize,
}

impl Room {
    fn new(members: usize, rate: Rate) -> Result<Self, &'static str> {
        let samples = FRAME_MS * rate.per_ms();
        let mut mixer = Mixer::new(&Settings {
            members,
            loudest: LOUDEST,
            coaches: 0,
            samples,
        });
        let joined: Option<Vec<_>> = (0..members).map(|_| mixer.join()).collect();
        Ok(Self {
            mixer,
            members: joined.ok_or("a room is full")?,
            samples,
        })
    }

    /// One frame, in which each member plays another part of the sound; gives the own mixes made.
    fn frame(&mut self, sound: &[i16], turn: usize, output: &mut [i16]) -> usize {
        let last = sound.len().saturating_sub(self.samples).max(1);
        for (number, id) in self.members.iter().enumerate() {
            let start = (number * 7_919 + turn * self.samples) % last;
            let part = sound.get(start..start + self.samples);
            self.mixer.push(*id, part.unwrap_or_default());
        }
        black_box(self.mixer.mix());
        let output = output.get_mut(..self.samples).unwrap_or_default();
        let heard = self.members.iter().map(|id| self.mixer.hear(*id, output));
        let own = heard.filter(|heard| *heard == Heard::Own).count();
        black_box(output);
        own
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let begin = Instant::now();
    let clock = Clock { begin };
    let sound = Prompt::Music.render_wide();
    let mut output = vec![0; FRAME_MS * Rate::Full.per_ms()];
    println!("members of a room     Hz  members of one core  own mixes a frame");
    for rate in Rate::ALL {
        for members in MEMBERS {
            let frames = WORK / members;
            let (mut best, mut own) = (u128::MAX, 0);
            for _ in 0..ROUNDS {
                let mut room = Room::new(members, rate)?;
                let from = clock.now();
                own = (0..frames)
                    .map(|turn| room.frame(&sound, turn, &mut output))
                    .sum();
                best = best.min(clock.now() - from);
            }
            let mixed = u128::try_from(frames * members)?;
            let of_core = mixed * 20_000_000 / best.max(1);
            let own = own / frames;
            println!("{members:17} {:6} {of_core:20} {own:18}", rate.hertz());
        }
    }
    Ok(())
}
