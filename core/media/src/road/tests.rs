//! Tests of the road: one file per subject, this one holds what they share.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod answering;
mod bridge;
mod closing;
mod extended;
mod farewell;
mod faxes;
mod feeds;
mod forks;
mod lifting;
mod lines;
mod locking;
mod model;
mod notices;
mod own_reports;
mod proving;
mod rooms;
mod rtcp;
mod seconds;
mod secured;
mod transcoded;
mod video;

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use machine::{Instant, Random};

use super::{DropReason, ROOM, Road, Verdict};
use crate::{
    Codec, Command, EndpointId, Expect, Format, Formats, LegFigures, Limits, LocalMedia, Notice,
    PlayCodec, Prompt, PromptId, Prompts,
};

pub(super) fn addr(text: &str) -> SocketAddr {
    text.parse().unwrap()
}

pub(super) fn ip(text: &str) -> IpAddr {
    text.parse().unwrap()
}

pub(super) fn formats(list: &[(u8, &str, u32)]) -> Formats {
    list.iter()
        .map(|(payload, name, clock)| Format {
            payload: *payload,
            codec: Codec::named(name, 1),
            clock: *clock,
        })
        .collect()
}

/// PCMU, PCMA and keys.
pub(super) fn usual() -> Formats {
    formats(&[
        (0, "PCMU", 8000),
        (8, "PCMA", 8000),
        (101, "telephone-event", 8000),
    ])
}

/// A peer that is where it says, as its signalling shows.
pub(super) fn plain(at: &str) -> Expect {
    Expect::described(addr(at), addr(at).ip(), usual())
}

/// A peer with a private address behind this public one.
pub(super) fn behind_nat(declared: &str, signalling: &str) -> Expect {
    Expect::described(addr(declared), ip(signalling), usual())
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Rtp {
    pub(super) pt: u8,
    pub(super) seq: u16,
    pub(super) ts: u32,
    pub(super) ssrc: u32,
    pub(super) marker: bool,
}

pub(super) fn pcmu(ssrc: u32, seq: u16) -> Rtp {
    Rtp {
        pt: 0,
        seq,
        ts: u32::from(seq) * 160,
        ssrc,
        marker: false,
    }
}

impl Rtp {
    pub(super) fn bytes(&self, payload: &[u8]) -> Vec<u8> {
        let mut bytes = vec![0; 12];
        let Rtp {
            pt,
            seq,
            ts,
            ssrc,
            marker,
        } = *self;
        assert!(rtp::write_header(
            &mut bytes,
            rtp::NewHeader {
                marker,
                pt,
                seq,
                ts,
                ssrc
            }
        ));
        bytes.extend_from_slice(payload);
        bytes
    }

    pub(super) fn read(bytes: &[u8]) -> Rtp {
        let header = rtp::Header::parse(bytes).unwrap();
        let rtp::Header {
            pt,
            seq,
            ts,
            ssrc,
            marker,
            ..
        } = header;
        Rtp {
            pt,
            seq,
            ts,
            ssrc,
            marker,
        }
    }
}

/// A packet that left: local port, to, octets.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Sent {
    pub(super) port: u16,
    pub(super) to: SocketAddr,
    pub(super) bytes: Vec<u8>,
}

pub(super) struct Rig {
    pub(super) road: Road,
    pub(super) now: Instant,
    pub(super) notices: Vec<Notice>,
    places: u16,
}

/// A prompt of 100 ms whose octets count packets of 20 ms.
pub(super) fn counting_prompt() -> Prompt {
    let octets: Vec<u8> = (0..5).flat_map(|n| [n; 160]).collect();
    Prompt::encoded(octets.clone(), octets.clone(), octets)
}

impl Rig {
    pub(super) fn new() -> Rig {
        Rig::with(Limits::default())
    }

    pub(super) fn with(limits: Limits) -> Rig {
        let mut prompts = Prompts::new();
        prompts.add(counting_prompt()).unwrap();
        Rig::with_prompts(limits, prompts)
    }

    pub(super) fn with_prompts(limits: Limits, prompts: Prompts) -> Rig {
        let road = Road::new(limits, Arc::new(prompts), Random::from_seed(1));
        Rig {
            road,
            now: Instant::from_secs(10),
            notices: Vec::new(),
            places: 0,
        }
    }

    pub(super) fn order(&mut self, command: Command) {
        self.road.command(command, self.now, &mut self.notices);
    }

    pub(super) fn open(&mut self, port: u16, expects: Expect) -> EndpointId {
        let id = EndpointId::new(0, 0, self.places, 0);
        self.places += 1;
        self.open_as(id, port, expects);
        id
    }

    pub(super) fn open_as(&mut self, id: EndpointId, port: u16, expects: Expect) {
        let at = expects.declared.map(|at| at.ip()).or(expects.signalling_ip);
        let v6 = at.is_some_and(|at| at.is_ipv6());
        let ip = if v6 {
            ip("2001:db8::9")
        } else {
            ip("192.0.2.9")
        };
        let local = LocalMedia {
            ip,
            rtp: port,
            rtcp: port + 1,
        };
        self.order(Command::Open { id, local, expects });
    }

    pub(super) fn describe(&mut self, id: EndpointId, expects: Expect) {
        self.order(Command::Describe { id, expects });
    }

    /// Two plain peers, bridged: `1.0.0.1:4000` on port 30000 and `2.0.0.2:5000` on 30002.
    pub(super) fn bridged(&mut self) -> (EndpointId, EndpointId) {
        let a = self.open(30_000, plain(A));
        let b = self.open(30_002, plain(B));
        self.order(Command::Bridge { a, b });
        (a, b)
    }

    pub(super) fn pass(&mut self, time: Duration) {
        self.now += time;
    }

    pub(super) fn pass_ms(&mut self, ms: u64) {
        self.pass(Duration::from_millis(ms));
    }

    /// Any datagram, which lies in a buffer with just enough room behind it.
    pub(super) fn datagram(&mut self, port: u16, from: &str, bytes: &mut Vec<u8>) -> Verdict {
        let length = bytes.len();
        bytes.resize(length + ROOM, 0);
        let (now, out) = (self.now, &mut self.notices);
        let verdict = self.road.packet(port, addr(from), bytes, length, now, out);
        bytes.truncate(match verdict {
            Verdict::Send { length, .. } => length,
            Verdict::Drop(_) | Verdict::Lift(_) | Verdict::Absorbed | Verdict::Kept => length,
        });
        verdict
    }

    /// Any datagram; what left because of it.
    pub(super) fn carry(
        &mut self,
        port: u16,
        from: &str,
        mut bytes: Vec<u8>,
    ) -> Result<Sent, Verdict> {
        match self.datagram(port, from, &mut bytes) {
            Verdict::Send { local_port, to, .. } => Ok(Sent {
                port: local_port,
                to,
                bytes,
            }),
            other @ (Verdict::Drop(_) | Verdict::Lift(_) | Verdict::Absorbed | Verdict::Kept) => {
                Err(other)
            }
        }
    }

    /// An RTP packet with 160 octets; what left because of it.
    pub(super) fn rtp(&mut self, port: u16, from: &str, packet: Rtp) -> Result<Sent, Verdict> {
        self.rtp_with(port, from, packet, &[0x55; 160])
    }

    pub(super) fn rtp_with(
        &mut self,
        port: u16,
        from: &str,
        packet: Rtp,
        payload: &[u8],
    ) -> Result<Sent, Verdict> {
        self.carry(port, from, packet.bytes(payload))
    }

    /// Lets time pass and does what falls due, when it falls due; the sound that was sent.
    pub(super) fn run(&mut self, time: Duration) -> Vec<(Instant, Sent)> {
        let mut sent = self.run_reporting(time);
        sent.retain(|(_, sent)| !rtp::looks_like_rtcp(&sent.bytes));
        sent
    }

    /// The same with all that was sent, reports as well.
    pub(super) fn run_reporting(&mut self, time: Duration) -> Vec<(Instant, Sent)> {
        let end = self.now + time;
        let mut sent = Vec::new();
        while let Some(at) = self.road.deadline().filter(|at| *at <= end) {
            self.now = self.now.max(at);
            let now = self.now;
            let mut send = |port, to, bytes: &[u8]| {
                sent.push((
                    now,
                    Sent {
                        port,
                        to,
                        bytes: bytes.to_vec(),
                    },
                ));
            };
            self.road.expire(now, &mut send, &mut self.notices);
        }
        self.now = end;
        sent
    }

    pub(super) fn take_notices(&mut self) -> Vec<Notice> {
        let mut all = std::mem::take(&mut self.notices);
        all.retain(|notice| !matches!(notice, Notice::Seconds { .. }));
        all
    }

    pub(super) fn figures(&mut self, id: EndpointId) -> LegFigures {
        let before = self.notices.len();
        self.order(Command::Report { id });
        match self.notices.pop() {
            Some(Notice::Figures { figures, .. }) if self.notices.len() == before => figures,
            other => panic!("no figures but {other:?}"),
        }
    }
}

pub(super) const A: &str = "1.0.0.1:4000";
pub(super) const B: &str = "2.0.0.2:5000";
pub(super) const STRANGER: Verdict = Verdict::Drop(DropReason::Stranger);
pub(super) const PROMPT: PromptId = PromptId(0);
pub(super) const PLAY: PlayCodec = PlayCodec {
    payload: 0,
    codec: Codec::Pcmu,
    ptime_ms: 20,
};
