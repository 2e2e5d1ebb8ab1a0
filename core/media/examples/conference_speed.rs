//! Measures how large the conferences of one core can be.
//!
//! `cargo run --release -p media --example conference_speed`
//!
//! One room, all of whose members have one codec and packets of 20 ms, is led through ten seconds
//! at least. What counts is the whole of what the road does in 20 ms, packets in and packets out,
//! in the thread's own time on a core where the system tells that; the best of several rounds is
//! shown. Three members speak and the others send nothing, or silence; or all make noise.

#![allow(clippy::print_stdout, reason = "an example prints what it measures")]

mod measured;

use std::error::Error;
use std::fs;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use machine::{Instant, Random};
use media::{
    Command, EndpointId, Expect, Format, Limits, LocalMedia, Notice, Prompts, ROOM, Road, RoomId,
    Seat,
};

use measured::{Clock, G722, OPUS, PCMA, STEADY, payloads};

/// Members of the rooms.
const MEMBERS: [u16; 6] = [3, 20, 50, 100, 500, 1_000];
/// How often each is measured.
const ROUNDS: u32 = 3;
/// Frames of a round: ten seconds.
const FRAMES: usize = 500;
/// Frames before a round: until then everybody is heard who is, and everything is made.
const BEFORE: usize = 50;
/// How long a frame is.
const FRAME: Duration = Duration::from_millis(20);
/// Members that speak where not all do.
const SPEAKERS: u16 = 3;

/// What those do who do not speak.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Others {
    SendNothing,
    SendSilence,
    MakeNoise,
}

/// What is said in a room, packet by packet.
struct Said {
    format: Format,
    voice: Vec<Vec<u8>>,
    silence: Vec<u8>,
}

impl Said {
    fn new(format: Format) -> Result<Said, Box<dyn Error>> {
        let voice = payloads(format.codec, 500, &STEADY)?;
        let mut silence = vec![0; 160];
        let written = match format {
            OPUS => {
                let mut encoder = opus::Encoder::new(&opus::Settings::new(audio::Rate::Wide))?;
                encoder.encode(&[0; 320], &mut silence)?
            }
            G722 => audio::Encoder::new(audio::Codec::G722).encode(&[0; 320], &mut silence),
            _ => audio::Encoder::new(audio::Codec::Pcma).encode(&[0; 160], &mut silence),
        };
        silence.truncate(written);
        Ok(Said {
            format,
            voice,
            silence,
        })
    }

    /// A member's packet of a frame; everybody is at another place of the same text.
    fn payload(&self, member: u16, frame: usize, others: Others) -> Option<&[u8]> {
        let at = (usize::from(member) * 17 + frame) % self.voice.len().max(1);
        let voice = self.voice.get(at).map(Vec::as_slice);
        match others {
            Others::SendNothing if member >= SPEAKERS => None,
            Others::SendSilence if member >= SPEAKERS => Some(&self.silence),
            Others::SendNothing | Others::SendSilence | Others::MakeNoise => voice,
        }
    }
}

/// A room on a road of its own.
struct Room {
    road: Road,
    now: Instant,
    members: u16,
    frame: usize,
    notices: Vec<Notice>,
}

fn address(member: u16) -> SocketAddr {
    ([203, 0, 113, 7], 4_000 + member).into()
}

impl Room {
    fn new(members: u16, format: Format) -> Room {
        let prompts = Arc::new(Prompts::new());
        let mut room = Room {
            road: Road::new(Limits::default(), prompts, Random::from_seed(3)),
            now: Instant::from_secs(10),
            members,
            frame: 0,
            notices: Vec::new(),
        };
        for member in 0..members {
            let id = EndpointId::new(0, 0, member, 0);
            let rtp = 30_000 + member * 2;
            let local = LocalMedia {
                ip: [192, 0, 2, 1].into(),
                rtp,
                rtcp: rtp + 1,
            };
            let at = address(member);
            let expects = Expect::described(at, at.ip(), [format].into_iter().collect());
            room.order(Command::Open { id, local, expects });
            room.order(Command::Attend {
                id,
                room: RoomId(1),
                seat: Seat::default(),
            });
        }
        room
    }

    fn order(&mut self, command: Command) {
        self.road.command(command, self.now, &mut self.notices);
    }

    /// One frame: packets in, packets out.
    fn pass(&mut self, said: &Said, others: Others) {
        let mut bytes = [0; 1_500 + ROOM];
        let [.., high, low] = self.frame.to_be_bytes();
        let units = u32::from(u16::from_be_bytes([high, low])) * (said.format.clock / 50);
        for member in 0..self.members {
            let Some(payload) = said.payload(member, self.frame, others) else {
                continue;
            };
            let length = 12 + payload.len();
            bytes[..4].copy_from_slice(&[0x80, said.format.payload, high, low]);
            bytes[4..8].copy_from_slice(&units.to_be_bytes());
            bytes[8..12].copy_from_slice(&[0, 0, 0, 9]);
            bytes[12..length].copy_from_slice(payload);
            let (port, at) = (30_000 + member * 2, address(member));
            let (now, notices) = (self.now, &mut self.notices);
            self.road.packet(port, at, &mut bytes, length, now, notices);
        }
        self.now += FRAME;
        self.road
            .expire(self.now, &mut |_, _, _| {}, &mut self.notices);
        self.notices.clear();
        self.frame += 1;
    }
}

/// Nanoseconds of a frame, the best of several rounds.
fn measure(clock: &Clock, members: u16, said: &Said, others: Others) -> u128 {
    let round = |_| {
        let mut room = Room::new(members, said.format);
        (0..BEFORE).for_each(|_| room.pass(said, others));
        let begin = clock.now();
        (0..FRAMES).for_each(|_| room.pass(said, others));
        (clock.now() - begin) / 500
    };
    (0..ROUNDS).map(round).min().unwrap_or(0)
}

/// Octets of memory that the process has, where the system tells that.
fn memory() -> u64 {
    let text = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = text.lines().find(|line| line.starts_with("VmRSS:"));
    let kilobytes = line.and_then(|line| line.split_whitespace().nth(1)?.parse().ok());
    kilobytes.unwrap_or(0_u64) * 1_024
}

fn main() -> Result<(), Box<dyn Error>> {
    let clock = Clock::new();
    let codecs = [("G.711", PCMA), ("G.722", G722), ("Opus", OPUS)];
    println!(
        "{:<8} {:>20} {:>20}",
        "octets", "a member that speaks", "one that listens"
    );
    let mut rooms = Vec::new();
    for (name, format) in codecs {
        let said = Said::new(format)?;
        let each = [Others::MakeNoise, Others::SendNothing].map(|others| {
            let before = memory();
            let mut room = Room::new(1_000, format);
            (0..BEFORE).for_each(|_| room.pass(&said, others));
            rooms.push(room);
            memory().saturating_sub(before) / 1_000
        });
        println!("{name:<8} {:>20} {:>20}", each[0], each[1]);
    }
    drop(rooms);
    println!();
    println!(
        "{:<8} {:>8} {:<26} {:>12} {:>13} {:>16}",
        "", "members", "", "µs in 20 ms", "of a core", "members a core"
    );
    for (name, format) in codecs {
        let said = Said::new(format)?;
        for (how, others) in [
            ("three speak alone", Others::SendNothing),
            ("three speak into silence", Others::SendSilence),
            ("everybody makes noise", Others::MakeNoise),
        ] {
            for members in MEMBERS {
                let nanos = measure(&clock, members, &said, others);
                let micros = Duration::from_nanos(u64::try_from(nanos)?).as_secs_f64() * 1e6;
                let share = micros / 200.0;
                let of_core = u128::from(members) * FRAME.as_nanos() / nanos.max(1);
                println!(
                    "{name:<8} {members:>8} {how:<26} {micros:>12.1} {share:>11.2} % {of_core:>16}"
                );
            }
        }
    }
    Ok(())
}
