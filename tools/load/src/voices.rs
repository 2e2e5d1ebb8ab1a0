//! Parties that talk and listen: 50 packets of G.711 per second each, from a port of their own.
//!
//! Every packet says who sent it, its number and when, within the audio, where no relay changes
//! it. So loss and one-way delay are measured from end to end on one clock.

use crate::description::{Peer, Ports};
use crate::guard::{Guard, ROOM};
use crate::restraint::Restraint;
use crate::spread::{Quantiles, Spread};
use crate::sys;
use crate::tag::{PACKET, Tag};
use crate::wire::{FOREIGN, Wire};
use machine::Instant;
use serde::Serialize;
use std::net::{Ipv4Addr, SocketAddrV4, UdpSocket};
use std::os::fd::AsRawFd;
use std::time::Duration;

/// Time between two packets of a party.
const FRAME: Duration = Duration::from_millis(20);
/// Parties speak in so many turns, so that packets are spread over the frame.
const TURNS: usize = 20;
/// Buffer of a party's socket, octets.
const BUFFER: i32 = 256 << 10;
/// Ports tried for one party before it goes without.
const TRIES: usize = 64;

/// A party.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct VoiceId(u32);

struct Voice {
    socket: Option<UdpSocket>,
    port: u16,
    talks: bool,
    said: u64,
    heard: Hearing,
    guard: Option<Box<Guard>>,
}

/// What one party heard of the one other party it may hear.
#[derive(Clone, Copy, Default)]
struct Hearing {
    from: Option<u32>,
    first: u64,
    count: u64,
    strange: u64,
}

/// What all heard.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub(crate) struct Heard {
    pub(crate) sent: u64,
    pub(crate) received: u64,
    /// Sent after the first that arrived, and never arrived.
    pub(crate) lost: u64,
    /// Sent before the first that arrived: the call was not quite joined yet.
    pub(crate) early: u64,
    /// Parties that heard nothing.
    pub(crate) deaf: u32,
    /// Packets from a party that ought not to be heard.
    pub(crate) strange: u64,
    /// Received per second while parties talked.
    pub(crate) rate: f64,
    /// One-way delay, microseconds.
    pub(crate) micros: Quantiles,
}

/// All parties.
pub(crate) struct Voices {
    ip: Ipv4Addr,
    /// The first one's token.
    token: u64,
    list: Vec<Voice>,
    next: Option<(Instant, usize)>,
    delays: Spread,
    talked: Option<(Instant, Instant)>,
    /// All are silent for now, whoever may talk.
    paused: bool,
    restraint: Restraint,
    /// Packets that none of the parties has sent, as music.
    foreign: u64,
}

fn index(id: VoiceId) -> usize {
    usize::try_from(id.0).unwrap_or(usize::MAX)
}

impl Voices {
    pub(crate) fn new(ip: Ipv4Addr) -> Voices {
        Voices::from_token(ip, FOREIGN)
    }

    /// The same, whose sockets have tokens from this one on.
    pub(crate) fn from_token(ip: Ipv4Addr, token: u64) -> Voices {
        Voices {
            ip,
            token,
            list: Vec::new(),
            next: None,
            delays: Spread::new(),
            talked: None,
            paused: false,
            restraint: Restraint::none(),
            foreign: 0,
        }
    }

    /// Parties have at most so many packets under way.
    pub(crate) fn restrain(&mut self, most: usize) {
        self.restraint = Restraint::of(most);
    }

    /// Nobody talks until [`Voices::resume`]; all still listen.
    pub(crate) fn pause(&mut self) {
        self.paused = true;
    }

    /// Whoever may talk does so from now on.
    pub(crate) fn resume(&mut self, now: Instant) {
        self.paused = false;
        self.next = Some((now, 0));
        self.restraint.clear(now);
    }

    /// How delays were spread since this was asked last.
    pub(crate) fn take_delays(&mut self) -> Quantiles {
        std::mem::replace(&mut self.delays, Spread::new()).quantiles()
    }

    /// Parties that heard packets which nobody protected.
    pub(crate) fn plain(&self) -> u32 {
        let heard = self.list.iter().filter(|voice| voice.heard.from.is_some());
        let plain = heard.filter(|voice| voice.guard.is_none()).count();
        u32::try_from(plain).unwrap_or(u32::MAX)
    }

    /// Packets heard that none of the parties has sent.
    pub(crate) fn foreign(&self) -> u64 {
        self.foreign
    }

    /// A new party with a socket; none when no port is free.
    pub(crate) fn open(&mut self, ports: &mut Ports, wire: &Wire) -> Option<VoiceId> {
        let id = VoiceId(u32::try_from(self.list.len()).ok()?);
        let free = || {
            let local = SocketAddrV4::new(self.ip, ports.take());
            let socket = sys::udp(local, BUFFER).ok()?;
            Some((socket, local.port()))
        };
        let (socket, port) = std::iter::repeat_with(free).take(TRIES).flatten().next()?;
        let token = self.token + u64::from(id.0);
        wire.epoll.add(socket.as_raw_fd(), token).ok()?;
        self.list.push(Voice {
            socket: Some(socket),
            port,
            talks: false,
            said: 0,
            heard: Hearing::default(),
            guard: None,
        });
        Some(id)
    }

    /// A place for a party's media: a voice with a port of its own, or only a port when nobody
    /// talks.
    pub(crate) fn place(
        voices: &mut Option<Voices>,
        ports: &mut Ports,
        wire: &Wire,
    ) -> (Option<VoiceId>, u16) {
        let voice = voices.as_mut().and_then(|voices| {
            let id = voices.open(ports, wire)?;
            Some((id, voices.port(id)))
        });
        match voice {
            Some((id, port)) => (Some(id), port),
            None => (None, ports.take()),
        }
    }

    /// The port of a party.
    pub(crate) fn port(&self, id: VoiceId) -> u16 {
        self.list.get(index(id)).map_or(0, |voice| voice.port)
    }

    /// The party talks from now on, to this peer.
    pub(crate) fn talk(&mut self, id: Option<VoiceId>, to: Option<&Peer>, now: Instant) {
        let voice = id.and_then(|id| self.list.get_mut(index(id)));
        let (Some(voice), Some(to)) = (voice, to) else {
            return;
        };
        let connected = voice.socket.as_ref().map(|socket| socket.connect(to.at));
        voice.talks = connected.is_some_and(|done| done.is_ok());
        voice.guard = Guard::between(voice.port, to);
        self.next.get_or_insert((now, 0));
        self.talked.get_or_insert((now, now));
    }

    /// The party is silent from now on, but still listens.
    pub(crate) fn hush(&mut self, id: Option<VoiceId>) {
        if let Some(voice) = id.and_then(|id| self.list.get_mut(index(id))) {
            voice.talks = false;
        }
    }

    /// The party is gone.
    pub(crate) fn close(&mut self, id: Option<VoiceId>) {
        self.hush(id);
        if let Some(voice) = id.and_then(|id| self.list.get_mut(index(id))) {
            voice.socket = None;
        }
    }

    /// Says what is due.
    pub(crate) fn turn(&mut self, now: Instant) {
        if self.paused {
            return;
        }
        let turns = u32::try_from(TURNS).unwrap_or(1);
        while let Some((at, turn)) = self.next.filter(|(at, _)| *at <= now) {
            if self.restraint.holds(now) {
                // what would have been said meanwhile is left unsaid
                self.next = Some((now, turn));
                return;
            }
            let mut packet = [0; ROOM];
            let mine = self.list.iter_mut().zip(0_u32..).skip(turn).step_by(TURNS);
            for (voice, id) in mine.filter(|(voice, _)| voice.talks) {
                voice.speak(id, now, &mut packet);
                self.restraint.says();
            }
            self.next = Some((at + FRAME / turns, (turn + 1) % TURNS));
        }
    }

    /// A party's socket can be read.
    pub(crate) fn ready(&mut self, token: u64, now: Instant) {
        let index = token
            .checked_sub(self.token)
            .and_then(|n| usize::try_from(n).ok());
        let Some(voice) = index.and_then(|index| self.list.get_mut(index)) else {
            return;
        };
        let mut packet = [0; 2 * ROOM];
        let read = voice.socket.as_ref().map(|socket| socket.recv(&mut packet));
        let Some(Ok(length)) = read else { return };
        let packet = packet.get_mut(..length).unwrap_or_default();
        let plain = match &mut voice.guard {
            Some(guard) => guard.unprotect(packet),
            None => Some(&*packet),
        };
        let Some(tag) = plain.and_then(Tag::read) else {
            self.foreign += 1;
            return;
        };
        voice.heard.note(&tag);
        self.restraint.hears(now);
        self.delays.add(now.saturating_since(tag.at));
        if let Some((_, last)) = &mut self.talked {
            *last = now;
        }
    }

    /// What all heard.
    pub(crate) fn heard(&self) -> Heard {
        let mut all = Heard {
            sent: self.list.iter().map(|voice| voice.said).sum(),
            micros: self.delays.quantiles(),
            ..Heard::default()
        };
        for Voice { heard, .. } in &self.list {
            all.received += heard.count;
            all.strange += heard.strange;
            let from = heard.from.and_then(|id| self.list.get(index(VoiceId(id))));
            let Some(from) = from else {
                all.deaf += 1;
                continue;
            };
            let expected = from.said.saturating_sub(heard.first);
            all.early += heard.first;
            all.lost += expected.saturating_sub(heard.count);
        }
        let span = self
            .talked
            .map(|(first, last)| last.saturating_since(first));
        let seconds = span.unwrap_or_default().as_secs_f64().max(0.001);
        let received = u32::try_from(all.received).unwrap_or(u32::MAX);
        all.rate = f64::from(received) / seconds;
        all
    }
}

impl Voice {
    fn speak(&mut self, id: u32, now: Instant, packet: &mut [u8; ROOM]) {
        let tag = Tag {
            from: id,
            number: self.said,
            at: now,
        };
        let Some(plain) = packet.first_chunk_mut() else {
            return;
        };
        tag.write(plain);
        self.said += 1;
        let said = match &mut self.guard {
            Some(guard) => guard.protect(packet, PACKET),
            None => packet.get(..PACKET),
        };
        if let (Some(socket), Some(said)) = (&self.socket, said) {
            // What the kernel refuses is never heard, and counted as that.
            let _sent = socket.send(said);
        }
    }
}

impl Hearing {
    fn note(&mut self, tag: &Tag) {
        match self.from {
            None => {
                self.from = Some(tag.from);
                self.first = tag.number;
                self.count = 1;
            }
            Some(from) if from == tag.from => self.count += 1,
            Some(_) => self.strange += 1,
        }
    }
}
