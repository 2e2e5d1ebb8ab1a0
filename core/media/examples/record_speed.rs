//! Measures how many recordings one core can make.
//!
//! `cargo run --release -p media --example record_speed`
//!
//! A recording hears two voices that take turns, in packets of 20 ms. What counts is the whole of
//! what the recorder does with them, in the thread's own time on a core where the system tells
//! that; the best of several rounds is shown.

#![allow(clippy::print_stdout, reason = "an example prints what it measures")]

mod measured;

use std::error::Error;
use std::time::Duration;

use audio::Rate;
use machine::{Instant, Random};
use media::{Codec, Format, Recorder, Side, Tap, TappedPacket};
use rtp::{HEADER_BYTES, Header, NewHeader, write_header};

use measured::{Clock, G722, OPUS, PCMA};

/// The length of a packet.
const FRAME: Duration = Duration::from_millis(20);
/// How often each is measured.
const ROUNDS: u32 = 5;
/// Packets of a round on each side: 40 seconds.
const PACKETS: u16 = 2_000;

/// 20 ms of something like a voice that speaks every other three seconds: overtones of 130 Hz in
/// syllables, with a little noise.
fn voice(rate: Rate, packet: u16, random: &mut Random) -> Vec<i16> {
    let samples = rate.per_ms() * 20;
    let first = samples * usize::from(packet);
    let speaks = (packet / 150).is_multiple_of(2);
    let mut sample = |at: usize| {
        #[allow(clippy::cast_precision_loss)]
        let time = at as f64 / f64::from(rate.hertz());
        let turn = std::f64::consts::TAU * 130.0 * time;
        let sum: f64 = (1..=8_i32)
            .map(|k| (f64::from(k) * turn).sin() / f64::from(k))
            .sum();
        let loud = ((time * 4.0).fract() * std::f64::consts::PI).sin();
        let noise = f64::from(random.next_u32() & 0x3f);
        let said = if speaks { sum * loud * 5_000.0 } else { 0.0 };
        #[allow(clippy::cast_possible_truncation)]
        let sample = (said + noise) as i16;
        sample
    };
    (first..first + samples).map(&mut sample).collect()
}

/// The payloads of a voice in a codec.
fn payloads(codec: Codec) -> Result<Vec<Vec<u8>>, Box<dyn Error>> {
    let mut random = Random::from_seed(7);
    let mut room = [0; 1_500];
    if codec == Codec::Opus {
        let mut encoder = opus::Encoder::new(&opus::Settings::new(Rate::Wide))?;
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

fn header(format: Format, seq: u16) -> Option<Header> {
    let mut bytes = [0; HEADER_BYTES];
    let numbers = NewHeader {
        pt: format.payload,
        seq,
        ts: u32::from(seq) * (format.clock / 50),
        ssrc: 9,
        marker: false,
    };
    write_header(&mut bytes, numbers).then_some(())?;
    Header::parse(&bytes)
}

/// One round: nanoseconds, frames that were made, and their octets.
fn round(
    clock: &Clock,
    said: &[Vec<u8>],
    format: Format,
) -> Result<(u128, u64, usize), Box<dyn Error>> {
    let mut now = Instant::from_secs(10);
    let mut recorder = Recorder::new(now)?;
    let mut octets = 0;
    let begin = clock.now();
    // who answers speaks where who calls is silent
    let other = said.iter().skip(150);
    for ((seq, left), right) in (0_u16..).zip(said).zip(other) {
        for (side, payload) in [(Side::Left, left), (Side::Right, right)] {
            recorder.hear(&TappedPacket {
                tap: Tap { recording: 1, side },
                format,
                header: header(format, seq).ok_or("no header")?,
                payload,
                at: now,
            });
        }
        now += FRAME;
        recorder.advance(now, &mut |packet| octets += packet.len());
    }
    Ok((clock.now() - begin, recorder.figures().frames, octets))
}

fn main() -> Result<(), Box<dyn Error>> {
    let clock = Clock::new();
    println!(
        "{:<16} {:>12} {:>12} {:>10}",
        "both sides", "µs a frame", "recordings", "kbit/s"
    );
    for (name, format) in [("PCMA", PCMA), ("G.722", G722), ("Opus", OPUS)] {
        let said = payloads(format.codec)?;
        let rounds: Result<Vec<_>, _> = (0..ROUNDS).map(|_| round(&clock, &said, format)).collect();
        let Some((nanos, frames, octets)) = rounds?.into_iter().min() else {
            continue;
        };
        let each = nanos / u128::from(frames.max(1));
        let recordings = FRAME.as_nanos() / each.max(1);
        let micros = Duration::from_nanos(u64::try_from(each)?).as_secs_f64() * 1e6;
        let bits = u64::try_from(octets)? * 8 / (frames.max(1) * 20);
        println!("{name:<16} {micros:>12.1} {recordings:>12} {bits:>10}");
    }
    Ok(())
}
