//! The transport of one leg.

use std::net::{IpAddr, SocketAddr};

use machine::{Deadline, Instant, Machine, earliest};
use sdp::{Fingerprint, IceCredentials};
use srtp::MasterKey;

use crate::binding::{Heard, Responder};
use crate::certificate::is_among;
use crate::handshake::{Handshake, Step};
use crate::keys::KeyingMaterial;
use crate::kind::Kind;
use crate::limits::{CONSENT, HANDSHAKE};
use crate::role::Role;
use crate::seeker::{Found, Seeker, Ways};

mod early;
mod proven;

use early::Early;
use proven::Proven;

/// What the peer's description has said of its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Peer {
    /// Our part in the handshake ([`Role::between`]).
    pub role: Role,
    /// Of the certificates by which the peer may prove itself.
    pub fingerprints: Vec<Fingerprint>,
}

/// Where a peer is that makes no checks (RFC 5763 without ICE).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// Where its description says; none of an address that cannot be meant.
    pub declared: Option<SocketAddr>,
    /// Where its signalling comes from: whoever has declared nothing begins the handshake from
    /// here, by any port.
    pub near: IpAddr,
}

impl Place {
    /// Whether the peer may speak from an address.
    fn has(&self, from: SocketAddr) -> bool {
        match self.declared {
            Some(declared) => declared == from,
            None => self.near == from.ip(),
        }
    }
}

/// What has happened.
#[derive(Clone, Debug)]
pub enum Input {
    /// A datagram has come to the leg's port; of those of sound nothing is made here.
    Datagram {
        /// From where.
        from: SocketAddr,
        /// All of it.
        octets: Vec<u8>,
    },
    /// The peer's description is known, and it has ours. Only the first counts: another
    /// certificate is another association, and so another transport (RFC 8842 section 4).
    Described(Peer),
    /// Ways are sought anew, with these credentials of ours (RFC 8445 section 9). The way there is
    /// and the keys stay until the peer chooses another.
    Restarted(IceCredentials),
    /// The peer answers only, so the ways are ours to seek and to choose from, anew each time this
    /// is told.
    Waits(Ways),
    /// The peer makes no checks, and is here, which may be told again and again. It is not asked
    /// whether it still consents.
    Unchecked(Place),
}

/// What is to be done, or what is to be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Output {
    /// A datagram is to be sent from the leg's port.
    Send {
        /// Where to.
        to: SocketAddr,
        /// All of it.
        octets: Vec<u8>,
    },
    /// The peer wants this way: sound is to go there from now on, and to come from there. Told
    /// again when it wants another.
    Selected(SocketAddr),
    /// Keys are agreed on.
    Keyed {
        /// What the peer protects its packets with.
        takes: MasterKey,
        /// What ours are protected with.
        sends: MasterKey,
    },
    /// There will be no sound over this transport; nothing follows.
    Failed(Failure),
    /// The peer has fallen silent, or has taken its leave; nothing follows.
    Gone,
}

/// Why there will be no sound.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Failure {
    /// Nobody has chosen a way within [`HANDSHAKE`].
    NoWay,
    /// Keys were not agreed on within [`HANDSHAKE`].
    TooSlow,
    /// The peer's certificate is none of those that its description named.
    Stranger,
    /// The peer knows no protection for packets of sound that we know.
    NoProfile,
    /// The handshake went wrong.
    Handshake,
}

/// Why the machine wants to be woken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reason {
    /// The way or the keys have taken too long.
    TooSlow,
    /// Nothing proven was heard on the way for [`CONSENT`].
    Consent,
    /// A way is sought, or the peer is asked whether it still consents.
    Seek,
    /// The handshake sends again what was not answered.
    Handshake,
}

/// How far it has come.
#[derive(Debug)]
enum Stage {
    /// The way or the peer's description is missing.
    Waiting(Early),
    /// The handshake runs; is the certificate one of those that were named?
    Shaking { known: bool },
    /// Keys are agreed on.
    Keyed,
    /// Nothing more will come of it.
    Over,
}

/// The way that was chosen, by the peer or by us.
#[derive(Clone, Copy, Debug)]
struct Way {
    to: SocketAddr,
    /// When a request or an answer on it was proved last.
    heard: Instant,
}

/// The transport of one leg, as a machine.
#[derive(Debug)]
pub struct Transport<H> {
    responder: Responder,
    /// Where the peer answers only.
    seeker: Option<Seeker>,
    proven: Proven,
    /// Where the peer makes no checks.
    place: Option<Place>,
    way: Option<Way>,
    peer: Option<Peer>,
    /// When it has taken too long; none before the peer is described, which may take as long as
    /// somebody lets it ring.
    too_slow: Option<Instant>,
    stage: Stage,
    handshake: H,
}

impl<H: Handshake> Transport<H> {
    /// A transport whose peer proves its requests with these credentials of ours, with a handshake
    /// that has not begun. It waits for either the peer's requests or its description.
    #[must_use]
    pub fn new(credentials: IceCredentials, handshake: H) -> Transport<H> {
        Transport {
            responder: Responder::new(credentials),
            seeker: None,
            proven: Proven::default(),
            place: None,
            way: None,
            peer: None,
            too_slow: None,
            stage: Stage::Waiting(Early::default()),
            handshake,
        }
    }

    /// Where sound goes, once that is chosen.
    #[must_use]
    pub fn selected(&self) -> Option<SocketAddr> {
        self.way.map(|way| way.to)
    }

    fn described(&mut self, peer: Peer, now: Instant, out: &mut Vec<Output>) {
        if self.peer.is_none() {
            self.peer = Some(peer);
            self.too_slow = Some(now + HANDSHAKE);
            self.begin(now, out);
        }
    }

    /// A message of STUN: the peer asks, or answers.
    fn told(&mut self, from: SocketAddr, octets: &[u8], now: Instant, out: &mut Vec<Output>) {
        let seeker = self.seeker.as_mut();
        match seeker.map_or(Found::Nothing, |seeker| seeker.hear(octets, from, now)) {
            Found::Nothing => self.asked(from, octets, now, out),
            Found::Proven => {
                self.proven.note(from);
                self.seek(now, out);
            }
            Found::Chosen => self.choose(from, now, out),
            Found::Heard => self.hear_on(from, now),
        }
    }

    /// Sends the requests that are due.
    fn seek(&mut self, now: Instant, out: &mut Vec<Output>) {
        if let Some(seeker) = &mut self.seeker {
            let requests = seeker.expire(now).into_iter();
            out.extend(requests.map(|(to, octets)| Output::Send { to, octets }));
        }
    }

    /// Whoever is on the way still wants to hear.
    fn hear_on(&mut self, from: SocketAddr, now: Instant) {
        if let Some(way) = self.way.as_mut().filter(|way| way.to == from) {
            way.heard = now;
        }
    }

    /// This is the way from now on.
    fn choose(&mut self, to: SocketAddr, now: Instant, out: &mut Vec<Output>) {
        let known = self.selected() == Some(to);
        self.way = Some(Way { to, heard: now });
        if !known {
            out.push(Output::Selected(to));
            self.begin(now, out);
        }
    }

    fn asked(&mut self, from: SocketAddr, octets: &[u8], now: Instant, out: &mut Vec<Output>) {
        let (answer, proof) = match self.responder.hear(octets, from) {
            Heard::Nothing => return,
            Heard::Answer(answer) => (answer, None),
            Heard::Proven { answer, nominates } => (answer, Some(nominates)),
        };
        out.push(Output::Send {
            to: from,
            octets: answer,
        });
        let Some(nominates) = proof else {
            return;
        };
        self.proven.note(from);
        if nominates {
            self.choose(from, now, out);
        } else {
            self.hear_on(from, now);
        }
    }

    /// Begins the handshake, once there is a way and somebody to hold the peer's certificate
    /// against.
    fn begin(&mut self, now: Instant, out: &mut Vec<Output>) {
        let (Some(peer), Some(_), Stage::Waiting(early)) = (&self.peer, &self.way, &mut self.stage)
        else {
            return;
        };
        let early = std::mem::take(early);
        let mut steps = Vec::new();
        self.handshake.begin(peer.role, now, &mut steps);
        for datagram in early.into_datagrams() {
            self.handshake.take(&datagram, now, &mut steps);
        }
        self.stage = Stage::Shaking { known: false };
        self.follow(steps, out);
    }

    fn shaken(&mut self, from: SocketAddr, octets: Vec<u8>, now: Instant, out: &mut Vec<Output>) {
        self.meet(from, now, out);
        if !self.is_peers(from) {
            return;
        }
        match &mut self.stage {
            Stage::Waiting(early) => early.keep(octets),
            Stage::Shaking { .. } | Stage::Keyed => {
                let mut steps = Vec::new();
                self.handshake.take(&octets, now, &mut steps);
                self.follow(steps, out);
            }
            Stage::Over => {}
        }
    }

    /// A peer that makes no checks, and has declared no address, is where it begins from.
    fn meet(&mut self, from: SocketAddr, now: Instant, out: &mut Vec<Output>) {
        let may_begin = self.place.is_some_and(|place| place.has(from));
        if may_begin && self.way.is_none() {
            self.choose(from, now, out);
        }
    }

    /// Whether the peer has shown that it is here: by a check, or without any on the way.
    fn is_peers(&self, from: SocketAddr) -> bool {
        let unchecked = self.place.is_some() && self.selected() == Some(from);
        unchecked || self.proven.has(from)
    }

    /// The peer makes no checks, and is here.
    fn stays(&mut self, place: Place, now: Instant, out: &mut Vec<Output>) {
        self.place = Some(place);
        if let Some(at) = place.declared {
            self.choose(at, now, out);
        }
    }

    /// Until when the peer has consented, where it is asked.
    fn consent(&self) -> Option<Instant> {
        let way = self.way.filter(|_| self.place.is_none())?;
        Some(way.heard + CONSENT)
    }

    /// Does what the handshake wants done.
    fn follow(&mut self, steps: Vec<Step>, out: &mut Vec<Output>) {
        for step in steps {
            if matches!(self.stage, Stage::Over) {
                return;
            }
            match step {
                Step::Send(octets) => {
                    if let Some(way) = self.way {
                        out.push(Output::Send { to: way.to, octets });
                    }
                }
                Step::Certificate(certificate) => self.proved_itself(&certificate, out),
                Step::Keys(material) => self.agreed(&material, out),
                Step::NoProfile => self.break_off(Failure::NoProfile, out),
                Step::Closed => self.end(Output::Gone, out),
                Step::Broken => self.break_off(Failure::Handshake, out),
            }
        }
    }

    fn proved_itself(&mut self, certificate: &[u8], out: &mut Vec<Output>) {
        let named = self.peer.as_ref().map(|peer| &*peer.fingerprints);
        if !is_among(certificate, named.unwrap_or_default()) {
            self.break_off(Failure::Stranger, out);
        } else if let Stage::Shaking { known } = &mut self.stage {
            *known = true;
        }
    }

    fn agreed(&mut self, material: &KeyingMaterial, out: &mut Vec<Output>) {
        match self.stage {
            Stage::Shaking { known: true } => {}
            Stage::Shaking { known: false } => return self.fail(Failure::Stranger, out),
            Stage::Waiting(_) | Stage::Keyed | Stage::Over => return,
        }
        let role = self.peer.as_ref().map(|peer| peer.role);
        match role.and_then(|role| material.split(role)) {
            Some((takes, sends)) => {
                self.stage = Stage::Keyed;
                self.too_slow = None;
                out.push(Output::Keyed { takes, sends });
            }
            None => self.fail(Failure::Handshake, out),
        }
    }

    /// The handshake can go no further. Once there are keys it has nothing left to do, and nobody
    /// shall end a call by a datagram that breaks it.
    fn break_off(&mut self, failure: Failure, out: &mut Vec<Output>) {
        match self.stage {
            Stage::Shaking { .. } => self.fail(failure, out),
            Stage::Waiting(_) | Stage::Keyed | Stage::Over => {}
        }
    }

    fn fail(&mut self, failure: Failure, out: &mut Vec<Output>) {
        self.end(Output::Failed(failure), out);
    }

    fn end(&mut self, last: Output, out: &mut Vec<Output>) {
        self.stage = Stage::Over;
        out.push(last);
    }

    fn due_of_handshake(&self) -> Option<Instant> {
        match self.stage {
            Stage::Shaking { .. } | Stage::Keyed => self.handshake.deadline(),
            Stage::Waiting(_) | Stage::Over => None,
        }
    }
}

impl<H: Handshake> Machine for Transport<H> {
    type Input = Input;
    type Output = Output;
    type Reason = Reason;

    fn handle(&mut self, input: Input, now: Instant, out: &mut Vec<Output>) {
        if matches!(self.stage, Stage::Over) {
            return;
        }
        match input {
            Input::Described(peer) => self.described(peer, now, out),
            Input::Restarted(credentials) => self.responder = Responder::new(credentials),
            Input::Waits(mut ways) => {
                // whoever has found the peer keeps asking it there
                if let Some(way) = self.way.filter(|way| !ways.to.contains(&way.to)) {
                    ways.to.insert(0, way.to);
                }
                self.seeker = Some(Seeker::new(ways, now));
                self.seek(now, out);
            }
            Input::Unchecked(place) => self.stays(place, now, out),
            Input::Datagram { from, octets } => match Kind::of(&octets) {
                Kind::Stun => self.told(from, &octets, now, out),
                Kind::Dtls => self.shaken(from, octets, now, out),
                Kind::Media | Kind::Other => {}
            },
        }
    }

    fn deadline(&self) -> Option<Deadline<Reason>> {
        if matches!(self.stage, Stage::Over) {
            return None;
        }
        let slow = self.too_slow.map(|at| Deadline::new(at, Reason::TooSlow));
        let silent = self.consent();
        let silent = silent.map(|at| Deadline::new(at, Reason::Consent));
        let again = self.due_of_handshake();
        let again = again.map(|at| Deadline::new(at, Reason::Handshake));
        let seeks = self.seeker.as_ref().and_then(Seeker::deadline);
        let seeks = seeks.map(|at| Deadline::new(at, Reason::Seek));
        earliest(earliest(slow, silent), earliest(again, seeks))
    }

    fn expire(&mut self, now: Instant, out: &mut Vec<Output>) {
        if self.due_of_handshake().is_some_and(|at| at <= now) {
            let mut steps = Vec::new();
            self.handshake.expire(now, &mut steps);
            self.follow(steps, out);
        }
        if matches!(self.stage, Stage::Over) {
            return;
        }
        if self.too_slow.is_some_and(|at| at <= now) {
            let on_the_way = self.way.is_some();
            let failure = if on_the_way {
                Failure::TooSlow
            } else {
                Failure::NoWay
            };
            self.fail(failure, out);
        } else if self.consent().is_some_and(|until| until <= now) {
            self.end(Output::Gone, out);
        } else {
            self.seek(now, out);
        }
    }
}

#[cfg(test)]
mod tests;
