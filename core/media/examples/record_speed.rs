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

use machine::Instant;
use media::{Format, Layout, Recorder, Side, Tap, TappedPacket};
use rtp::{HEADER_BYTES, Header, NewHeader, write_header};

use measured::{Clock, G722, IN_TURNS, OPUS, PCMA, payloads};

/// The length of a packet.
const FRAME: Duration = Duration::from_millis(20);
/// How often each is measured.
const ROUNDS: u32 = 5;
/// Packets of a round on each side: 40 seconds.
const PACKETS: u16 = 2_000;

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
    let mut recorder = Recorder::new(now, Layout::Apart)?;
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
        let said = payloads(format.codec, PACKETS, &IN_TURNS)?;
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
