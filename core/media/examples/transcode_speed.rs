//! Measures how many directions of sound one core can transcode.
//!
//! `cargo run --release -p media --example transcode_speed`
//!
//! A direction is one leg's voice on its way to a leg with another codec, in packets of 20 ms. What
//! counts is the whole of what the road does with it, in the thread's own time on a core where the
//! system tells that; the best of several rounds is shown.

#![allow(clippy::print_stdout, reason = "an example prints what it measures")]

use std::error::Error;
use std::fs;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant as Wall};

use audio::Rate;
use machine::{Instant, Random};
use media::{
    Codec, Command, EndpointId, Expect, Format, Limits, LocalMedia, OpusWants, Prompts, ROOM, Road,
    Wants,
};

/// How often each is measured.
const ROUNDS: u32 = 5;
/// Packets of a round: 40 seconds.
const PACKETS: u16 = 2_000;
/// How long the sound of a packet lasts.
const PTIME: Duration = Duration::from_millis(20);

const PCMA: Format = Format {
    payload: 8,
    codec: Codec::Pcma,
    clock: 8_000,
};
const G722: Format = Format {
    payload: 9,
    codec: Codec::G722,
    clock: 8_000,
};
const OPUS: Format = Format {
    payload: 111,
    codec: Codec::Opus,
    clock: 48_000,
};

/// Nanoseconds that a thread has been on a core; else of the wall, from a moment on.
struct Clock {
    begin: Wall,
}

impl Clock {
    /// `/proc/thread-self/schedstat` of Linux: its first number is the time on a core.
    fn now(&self) -> u128 {
        let text = fs::read_to_string("/proc/thread-self/schedstat").ok();
        let own = text.and_then(|text| text.split(' ').next()?.parse().ok());
        own.unwrap_or_else(|| self.begin.elapsed().as_nanos())
    }
}

/// 20 ms of something like a voice: overtones of 130 Hz in syllables, with a little noise.
fn voice(rate: Rate, packet: u16, random: &mut Random) -> Vec<i16> {
    let samples = rate.per_ms() * 20;
    let first = samples * usize::from(packet);
    let mut sample = |at: usize| {
        #[allow(clippy::cast_precision_loss)]
        let time = at as f64 / f64::from(rate.hertz());
        let turn = std::f64::consts::TAU * 130.0 * time;
        let sum: f64 = (1..=8_i32)
            .map(|k| (f64::from(k) * turn).sin() / f64::from(k))
            .sum();
        let loud = ((time * 4.0).fract() * std::f64::consts::PI).sin();
        let noise = f64::from(random.next_u32() & 0x1ff);
        #[allow(clippy::cast_possible_truncation)]
        let sample = (sum * loud * 5_000.0 + noise) as i16;
        sample
    };
    (first..first + samples).map(&mut sample).collect()
}

/// The payloads of a voice in a codec.
fn payloads(codec: Codec) -> Result<Vec<Vec<u8>>, Box<dyn Error>> {
    let mut random = Random::from_seed(7);
    let mut room = [0; 1_500];
    if codec == Codec::Opus {
        let settings = opus::Settings {
            fec: true,
            ..opus::Settings::new(Rate::Wide)
        };
        let mut encoder = opus::Encoder::new(&settings)?;
        return (0..PACKETS)
            .map(|n| {
                let octets = encoder.encode(&voice(Rate::Wide, n, &mut random), &mut room)?;
                Ok(room[..octets].to_vec())
            })
            .collect();
    }
    let (wave, rate) = if codec == Codec::G722 {
        (audio::Codec::G722, Rate::Wide)
    } else {
        (audio::Codec::Pcma, Rate::Narrow)
    };
    let mut encoder = audio::Encoder::new(wave);
    let packet = |n| {
        let octets = encoder.encode(&voice(rate, n, &mut random), &mut room);
        room[..octets].to_vec()
    };
    Ok((0..PACKETS).map(packet).collect())
}

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
    let clock = Clock { begin: Wall::now() };
    println!("{:<16} {:>12} {:>16}", "", "µs a packet", "directions");
    for (name, from, to) in [
        ("Opus -> PCMA", OPUS, PCMA),
        ("PCMA -> Opus", PCMA, OPUS),
        ("G.722 -> PCMA", G722, PCMA),
        ("PCMA -> G.722", PCMA, G722),
        ("Opus -> G.722", OPUS, G722),
        ("G.722 -> Opus", G722, OPUS),
    ] {
        let said = payloads(from.codec)?;
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
