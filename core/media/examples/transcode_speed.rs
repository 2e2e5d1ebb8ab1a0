//! Measures how many directions of sound one core can transcode.
//!
//! `cargo run --release -p media --example transcode_speed`
//!
//! A direction is one leg's voice on its way to a leg with another codec, in packets of 20 ms. What
//! counts is the whole of what the road does with it, in the thread's own time on a core where the
//! system tells that; the best of several rounds is shown.

#![allow(clippy::print_stdout, reason = "an example prints what it measures")]

mod measured;

use std::error::Error;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use machine::{Instant, Random};
use media::{
    Command, EndpointId, Expect, Format, Limits, LocalMedia, OpusWants, Prompts, ROOM, Road, Wants,
};

use measured::{Clock, G722, OPUS, PCMA, STEADY, payloads};

/// How often each is measured.
const ROUNDS: u32 = 5;
/// Packets of a round: 40 seconds.
const PACKETS: u16 = 2_000;
/// How long the sound of a packet lasts.
const PTIME: Duration = Duration::from_millis(20);

fn leg(road: &mut Road, place: u16, at: SocketAddr, format: Format, now: Instant) -> EndpointId {
    let id = EndpointId::new(0, 0, place, 0);
    let rtp = 30_000 + place * 2;
    let local = LocalMedia {
        ip: [192, 0, 2, 1].into(),
        rtp,
        rtcp: rtp + 1,
    };
    let wants = Wants {
        opus: OpusWants {
            fec: true,
            ..OpusWants::default()
        },
        ..Wants::default()
    };
    let expects = Expect {
        wants,
        ..Expect::described(at, at.ip(), [format].into_iter().collect())
    };
    road.command(Command::Open { id, local, expects }, now, &mut Vec::new());
    id
}

/// One round: nanoseconds, and packets that were made.
fn round(clock: &Clock, said: &[Vec<u8>], from: Format, to: Format) -> (u128, u64) {
    let prompts = Arc::new(Prompts::new());
    let mut road = Road::new(Limits::default(), prompts, Random::from_seed(3));
    let mut now = Instant::from_secs(10);
    let at = SocketAddr::from(([203, 0, 113, 7], 4_000));
    let a = leg(&mut road, 0, at, from, now);
    let b = leg(&mut road, 1, ([203, 0, 113, 9], 4_000).into(), to, now);
    road.command(Command::Bridge { a, b }, now, &mut Vec::new());
    let mut notices = Vec::new();
    let mut bytes = [0; 1_500 + ROOM];
    let begin = clock.now();
    for (seq, payload) in (0_u16..).zip(said) {
        let length = 12 + payload.len();
        let ts = u32::from(seq) * (from.clock / 50);
        bytes[..2].copy_from_slice(&[0x80, from.payload]);
        bytes[2..4].copy_from_slice(&seq.to_be_bytes());
        bytes[4..8].copy_from_slice(&ts.to_be_bytes());
        bytes[8..12].copy_from_slice(&[0, 0, 0, 9]);
        bytes[12..length].copy_from_slice(payload);
        road.packet(30_000, at, &mut bytes, length, now, &mut notices);
        now += PTIME;
        road.expire(now, &mut |_, _, _| {}, &mut notices);
        notices.clear();
    }
    (clock.now() - begin, road.figures().transcoding.made)
}

fn main() -> Result<(), Box<dyn Error>> {
    let clock = Clock::new();
    println!("{:<16} {:>12} {:>16}", "", "µs a packet", "directions");
    for (name, from, to) in [
        ("Opus -> PCMA", OPUS, PCMA),
        ("PCMA -> Opus", PCMA, OPUS),
        ("G.722 -> PCMA", G722, PCMA),
        ("PCMA -> G.722", PCMA, G722),
        ("Opus -> G.722", OPUS, G722),
        ("G.722 -> Opus", G722, OPUS),
    ] {
        let said = payloads(from.codec, PACKETS, &STEADY)?;
        let rounds = (0..ROUNDS).map(|_| round(&clock, &said, from, to));
        let Some((nanos, made)) = rounds.min() else {
            continue;
        };
        let each = nanos / u128::from(made.max(1));
        let directions = PTIME.as_nanos() / each.max(1);
        let micros = Duration::from_nanos(u64::try_from(each)?).as_secs_f64() * 1e6;
        println!("{name:<16} {micros:>12.1} {directions:>16}");
    }
    Ok(())
}
