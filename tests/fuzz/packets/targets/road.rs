//! The road as a whole: datagrams of anybody to legs of every kind, while time passes. Whatever
//! comes, nothing is sent but to a peer of a leg.
#![no_main]

use std::net::SocketAddr;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use libfuzzer_sys::fuzz_target;
use machine::{Instant, Random};
use media::{
    Codec, Command, EndpointId, Expect, Format, Formats, Limits, LocalMedia, PlayCodec, PromptId,
    Prompts, ROOM, Road, RoomId, Seat, Verdict,
};

const PEERS: u16 = 8;

fn peer(n: u16) -> SocketAddr {
    SocketAddr::from(([9, 9, 9, 9], 4_000 + 2 * n))
}

fn formats(n: u16) -> Formats {
    let known = [
        (0, "PCMU", 8_000),
        (8, "PCMA", 8_000),
        (9, "G722", 8_000),
        (111, "opus", 48_000),
        (18, "G729", 8_000),
    ];
    let presses = (101, "telephone-event", 8_000);
    let all = known.iter().cycle().skip(usize::from(n)).take(2);
    all.chain([&presses])
        .map(|(payload, name, clock)| Format {
            payload: *payload,
            codec: Codec::named(name, 1),
            clock: *clock,
        })
        .collect()
}

/// Four legs in two bridges of which one transcodes, two in a conference, one that hears itself and
/// one that hears music.
fn road() -> Road {
    static PROMPTS: OnceLock<Arc<Prompts>> = OnceLock::new();
    let prompts = PROMPTS.get_or_init(|| Arc::new(Prompts::built_in()));
    let mut road = Road::new(Limits::default(), prompts.clone(), Random::from_seed(1));
    let (now, mut out) = (Instant::from_secs(1), Vec::new());
    let id = |n| EndpointId::new(0, 0, n, 0);
    let mut order = |command| road.command(command, now, &mut out);
    for n in 0..PEERS {
        let at = peer(n);
        let mut expects = Expect::described(at, at.ip(), formats(n));
        expects.mux = n % 2 == 1;
        let local = LocalMedia {
            ip: [192, 0, 2, 1].into(),
            rtp: 30_000 + 2 * (n % 4),
            rtcp: 30_001 + 2 * (n % 4),
        };
        let id = id(n);
        order(Command::Open { id, local, expects });
    }
    for (a, b) in [(0, 1), (2, 3)] {
        let (a, b) = (id(a), id(b));
        order(Command::Bridge { a, b });
    }
    for n in [4, 5] {
        let (id, room, seat) = (id(n), RoomId(1), Seat::default());
        order(Command::Attend { id, room, seat });
    }
    order(Command::Echo { id: id(6) });
    order(Command::Play {
        id: id(7),
        prompt: PromptId(0),
        codec: PlayCodec {
            payload: 0,
            codec: Codec::Pcmu,
            ptime_ms: 20,
        },
        looped: true,
    });
    road
}

fn is_a_peer(to: SocketAddr) -> bool {
    (0..PEERS).any(|n| to == peer(n) || to == SocketAddr::new(peer(n).ip(), peer(n).port() + 1))
}

fuzz_target!(|octets: &[u8]| {
    let mut road = road();
    let (mut now, mut out) = (Instant::from_secs(1), Vec::new());
    let mut rest = octets;
    // of each piece: who sends it and whether as RTCP, how long it takes, how long it is
    while let Some((&[who, took, length], behind)) = rest.split_first_chunk() {
        let (packet, left) = behind.split_at(usize::from(length).min(behind.len()));
        rest = left;
        now = now + Duration::from_millis(u64::from(took));
        road.expire(now, &mut |_, to, _: &[u8]| assert!(is_a_peer(to)), &mut out);
        let n = u16::from(who) % PEERS;
        let apart = u16::from(who & 0x80 != 0);
        let from = SocketAddr::new(peer(n).ip(), peer(n).port() + apart);
        let mut buffer = packet.to_vec();
        buffer.resize(packet.len() + ROOM, 0);
        let port = 30_000 + 2 * (n % 4) + apart;
        let verdict = road.packet(port, from, &mut buffer, packet.len(), now, &mut out);
        if let Verdict::Send { to, length, .. } = verdict {
            assert!(is_a_peer(to) && length <= buffer.len());
        }
        out.clear();
    }
});
