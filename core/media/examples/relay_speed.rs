//! Measures how long the road needs for a packet that it relays.
//!
//! `cargo run --release -p media --example relay_speed [CALLS]`
//!
//! Calls of two legs in G.711 talk in both directions, as an exchange sees them: all legs in turn,
//! a batch of packets together. Told are nanoseconds of a packet: where nothing else uses the
//! processor's caches, and where so much memory is touched between batches that nothing of a leg
//! is in them any more. An exchange, with a kernel and neighbours, is between the two.

#![allow(
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "an example takes the time and prints what it measures"
)]

#[path = "measured/relayed.rs"]
mod relayed;

use std::env;
use std::error::Error;
use std::hint::black_box;
use std::sync::Arc;
use std::time::{Duration, Instant as Clock};

use machine::{Instant, Random};
use media::{Command, Limits, Prompts, ROOM, Road, Verdict};
use relayed::{FIRST_PORT, leg, party};

/// Calls, unless another number is asked for.
const CALLS: u16 = 500;
/// Most calls: two legs each, and a port pair for each leg.
const MOST: u16 = 12_000;
/// Packets that each leg sends in a run.
const PACKETS: u16 = 50;
/// Runs, of which the best counts: whatever else the machine does makes none faster.
const RUNS: usize = 5;
/// Packets that are looked at together.
const BATCH: u16 = 128;
/// Octets that are touched between batches: as many as the outer cache has, or more.
const BETWEEN: usize = 32 << 20;
/// How long the sound of a packet lasts.
const PTIME: Duration = Duration::from_millis(20);
/// Octets of a packet of G.711.
const PACKET: usize = 172;
/// Octets from one buffer to the next.
const STRIDE: usize = 2_112;

/// The calls, and what their packets are in.
struct Talk {
    road: Road,
    legs: u16,
    now: Instant,
    seq: u16,
    buffers: Vec<u8>,
    between: Vec<u8>,
    sent: u64,
}

impl Talk {
    fn new(calls: u16) -> Talk {
        let prompts = Arc::new(Prompts::new());
        let mut road = Road::new(Limits::default(), prompts, Random::from_seed(3));
        let now = Instant::from_secs(10);
        for call in 0..calls {
            let a = leg(&mut road, 2 * call, now);
            let b = leg(&mut road, 2 * call + 1, now);
            road.command(Command::Bridge { a, b }, now, &mut Vec::new());
        }
        Talk {
            road,
            legs: 2 * calls,
            now,
            seq: 0,
            buffers: vec![0xff; usize::from(BATCH) * STRIDE],
            between: vec![1; BETWEEN],
            sent: 0,
        }
    }

    /// One packet of every leg; the time on the road.
    fn turn(&mut self, cold: bool) -> Duration {
        let (mut spent, mut notices) = (Duration::ZERO, Vec::new());
        for first in (0..self.legs).step_by(usize::from(BATCH)) {
            let places = first..self.legs.min(first + BATCH);
            if cold {
                let touched = self.between.iter_mut().step_by(64);
                touched.for_each(|octet| *octet = octet.wrapping_add(1));
                black_box(&mut self.between);
            }
            for (place, buffer) in places.clone().zip(self.buffers.chunks_exact_mut(STRIDE)) {
                buffer[..2].copy_from_slice(&[0x80, 0]);
                buffer[2..4].copy_from_slice(&self.seq.to_be_bytes());
                buffer[4..8].copy_from_slice(&(u32::from(self.seq) * 160).to_be_bytes());
                buffer[8..12].copy_from_slice(&u32::from(place).to_be_bytes());
            }
            let begun = Clock::now();
            let coming = places.clone();
            let coming = coming.map(|place| (FIRST_PORT + 2 * place, party(place)));
            self.road.foresee(coming);
            for (place, buffer) in places.zip(self.buffers.chunks_exact_mut(STRIDE)) {
                let (port, room) = (FIRST_PORT + 2 * place, &mut buffer[..PACKET + ROOM]);
                let from = party(place);
                let done = self
                    .road
                    .packet(port, from, room, PACKET, self.now, &mut notices);
                self.sent += u64::from(matches!(done, Verdict::Send { .. }));
            }
            spent += begun.elapsed();
            notices.clear();
        }
        let mut send = |_, _, _: &[u8]| {};
        self.road.expire(self.now, &mut send, &mut notices);
        self.now += PTIME;
        self.seq = self.seq.wrapping_add(1);
        spent
    }

    /// Nanoseconds of a packet in a run.
    fn run(&mut self, cold: bool) -> f64 {
        let spent: Duration = (0..PACKETS).map(|_| self.turn(cold)).sum();
        spent.as_secs_f64() * 1e9 / f64::from(PACKETS) / f64::from(self.legs)
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let asked = env::args().nth(1).map(|word| word.parse()).transpose()?;
    let calls = asked.unwrap_or(CALLS).clamp(1, MOST);
    let mut talk = Talk::new(calls);
    let mut best = |cold| {
        let runs = (0..RUNS).map(|_| talk.run(cold));
        runs.fold(f64::INFINITY, f64::min)
    };
    let (warm, cold) = (best(false), best(true));
    let wanted = u64::from(talk.legs) * u64::from(PACKETS) * 2 * RUNS as u64;
    if talk.sent != wanted {
        return Err(format!("{} packets of {wanted} were passed on", talk.sent).into());
    }
    println!(
        "{:<16} {:>12} {:>16} {:>16}",
        "", "calls", "ns, all near", "ns, all far"
    );
    println!("{:<16} {calls:>12} {warm:>16.0} {cold:>16.0}", "PCMU");
    Ok(())
}
