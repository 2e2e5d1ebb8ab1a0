//! Measures how much memory a relayed call takes on the road.
//!
//! `cargo run --release -p media --example road_memory [CALLS]`
//!
//! Calls of two legs in G.711 are opened, described, joined and talk in both directions, so that
//! everything a call makes is there. What counts is by how much the private memory of the process
//! has grown, which is pages: rooms of lists that were made ahead are in it once they are touched.

#![allow(clippy::print_stdout, reason = "an example prints what it measures")]

#[path = "measured/relayed.rs"]
mod relayed;

use std::env;
use std::error::Error;
use std::fs;
use std::sync::Arc;
use std::time::Duration;

use machine::{Instant, Random};
use media::{Command, Limits, Prompts, ROOM, Road, Verdict};
use relayed::{FIRST_PORT, leg, party};

/// Calls, unless another number is asked for.
const CALLS: u16 = 2_000;
/// Most calls: two legs each, and a port pair for each leg.
const MOST: u16 = 12_000;
/// Packets that each leg sends.
const PACKETS: u16 = 10;
/// How long the sound of a packet lasts.
const PTIME: Duration = Duration::from_millis(20);
/// Octets of a packet of G.711.
const PACKET: usize = 172;

/// Octets of memory that are this process's own.
fn private() -> Result<u64, Box<dyn Error>> {
    let text = fs::read_to_string("/proc/self/smaps_rollup")?;
    let lines = text.lines().filter(|line| line.starts_with("Private_"));
    let sizes = lines.filter_map(|line| line.split_whitespace().nth(1)?.parse::<u64>().ok());
    Ok(sizes.sum::<u64>() * 1_024)
}

/// One packet of every leg; how many were passed on.
fn talk(road: &mut Road, legs: u16, seq: u16, now: Instant) -> u64 {
    let (mut notices, mut sent) = (Vec::new(), 0);
    for place in 0..legs {
        let mut bytes = [0; PACKET + ROOM];
        bytes[0] = 0x80;
        bytes[2..4].copy_from_slice(&seq.to_be_bytes());
        bytes[4..8].copy_from_slice(&(u32::from(seq) * 160).to_be_bytes());
        bytes[8..12].copy_from_slice(&u32::from(place).to_be_bytes());
        let port = FIRST_PORT + 2 * place;
        let verdict = road.packet(port, party(place), &mut bytes, PACKET, now, &mut notices);
        sent += u64::from(matches!(verdict, Verdict::Send { .. }));
        notices.clear();
    }
    road.expire(now, &mut |_, _, _| {}, &mut notices);
    sent
}

fn main() -> Result<(), Box<dyn Error>> {
    let asked = env::args().nth(1).map(|word| word.parse()).transpose()?;
    let calls = asked.unwrap_or(CALLS).clamp(1, MOST);
    let prompts = Arc::new(Prompts::new());
    let mut road = Road::new(Limits::default(), prompts, Random::from_seed(3));
    let mut now = Instant::from_secs(10);
    let before = private()?;
    for call in 0..calls {
        let a = leg(&mut road, 2 * call, now);
        let b = leg(&mut road, 2 * call + 1, now);
        road.command(Command::Bridge { a, b }, now, &mut Vec::new());
    }
    let mut sent = 0;
    for seq in 0..PACKETS {
        sent += talk(&mut road, 2 * calls, seq, now);
        now += PTIME;
    }
    let wanted = u64::from(calls) * 2 * u64::from(PACKETS);
    if sent != wanted {
        return Err(format!("{sent} packets of {wanted} were passed on").into());
    }
    let grown = private()?.saturating_sub(before);
    println!("{:<16} {:>12} {:>16}", "", "calls", "octets a call");
    println!(
        "{:<16} {calls:>12} {:>16}",
        "PCMU",
        grown / u64::from(calls)
    );
    Ok(())
}
