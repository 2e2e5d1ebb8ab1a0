//! Measures how fast packets are protected and unprotected.
//!
//! `cargo run --release -p srtp --example srtp_speed`
//!
//! Figures are packets per second of one core, the best of several rounds, for packets of a
//! telephone's 20 ms of G.711 (172 octets) and of a picture (1,200 octets). What counts is the
//! thread's own time on a core where the system tells it, so that other work on the machine
//! disturbs little. Making the packets, and copying them to where they are changed, counts too; it
//! is little.

#![allow(clippy::print_stdout, reason = "an example prints what it measures")]

use std::error::Error;
use std::fs;
use std::hint::black_box;
use std::time::Instant;

use srtp::{MAX_GROWTH, MasterKey, Problem, Receiver, Sender, Suite};

/// Octets of the packets.
const LENGTHS: [usize; 2] = [172, 1_200];
/// Octets of the longest packet, protected.
const ROOM: usize = 1_200 + MAX_GROWTH;
/// How often each is measured.
const ROUNDS: u32 = 7;
/// Packets of a round: no more than a sequence has numbers before it rolls over.
const PACKETS: u16 = 20_000;

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

fn packet(seq: u16) -> [u8; ROOM] {
    let mut packet = [0; ROOM];
    let [high, low] = seq.to_be_bytes();
    let head = [0x80, 0, high, low, 0, 0, 0, 160, 1, 2, 3, 4];
    packet[..12].copy_from_slice(&head);
    packet
}

/// One round: nanoseconds of protecting, and of unprotecting.
fn round(clock: &Clock, key: &MasterKey, length: usize) -> Result<(u128, u128), Problem> {
    let (mut sender, mut receiver) = (Sender::new(key), Receiver::new(key));
    let mut sent = Vec::with_capacity(PACKETS.into());
    let begin = clock.now();
    for seq in 0..PACKETS {
        let mut packet = packet(seq);
        let length = sender.protect_rtp(&mut packet, length)?;
        sent.push((packet, length));
    }
    let between = clock.now();
    for (packet, length) in &mut sent {
        let packet = packet.get_mut(..*length).unwrap_or_default();
        black_box(receiver.unprotect_rtp(packet)?);
    }
    Ok((between - begin, clock.now() - between))
}

fn per_second(nanoseconds: u128) -> u128 {
    u128::from(PACKETS) * 1_000_000_000 / nanoseconds.max(1)
}

fn main() -> Result<(), Box<dyn Error>> {
    let begin = Instant::now();
    let clock = Clock { begin };
    println!("{:24} octets    protect  unprotect", "packets per second");
    for suite in Suite::ALL {
        let octets: Vec<u8> = (1..).take(suite.master_bytes()).collect();
        let key = MasterKey::new(suite, &octets).ok_or("a key has another length")?;
        for length in LENGTHS {
            let mut best = (u128::MAX, u128::MAX);
            for _ in 0..ROUNDS {
                let (protecting, unprotecting) = round(&clock, &key, length)?;
                best = (best.0.min(protecting), best.1.min(unprotecting));
            }
            let (protected, unprotected) = (per_second(best.0), per_second(best.1));
            let name = suite.name();
            println!("{name:24} {length:6} {protected:10} {unprotected:10}");
        }
    }
    Ok(())
}
