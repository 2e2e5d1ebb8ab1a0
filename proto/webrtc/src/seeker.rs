//! How ways are sought by the end that chooses: requests to each address of a peer that answers
//! only (RFC 8445 section 7.2), the choice of the first that is answered (section 8.1.1), and the
//! requests by which the peer consents to more (RFC 7675 section 5.1).

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::time::Duration;

use hmac::{Hmac, KeyInit, Mac};
use machine::Instant;
use sdp::IceCredentials;
use sha2::Sha256;

use crate::credentials::octets_of_ufrag;
use crate::limits::{CONSENT_ASKED, CONSENT_REQUESTS, MAX_SENT, MAX_SOUGHT, PACE, RETRANSMIT};
use crate::stun::{
    BINDING, Class, ICE_CONTROLLING, Message, PRIORITY, Transaction, USE_CANDIDATE, USERNAME,
    Writer,
};

/// What a request asks to be taken for by its peer: a way that it finds itself, by the first of
/// one stream's preferences (RFC 8445 section 7.1.1).
const FOUND_BY_PEER: u32 = 110 << 24 | 65_535 << 8 | 255;

/// Where a peer that answers only may be asked, and by which words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ways {
    /// Our words, as the peer was told them.
    pub ours: IceCredentials,
    /// The peer's, by which requests prove themselves.
    pub theirs: IceCredentials,
    /// Its addresses, the most wanted first; those behind the first [`MAX_SOUGHT`] are not tried.
    pub to: Vec<SocketAddr>,
}

/// What an answer was good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Found {
    /// Nothing: it belongs to no request, or nobody has proved it.
    Nothing,
    /// The peer is there; it is now told that this is the way.
    Proven,
    /// The peer knows that this is the way.
    Chosen,
    /// The peer is still there, and still consents.
    Heard,
}

/// A request that is not answered yet.
#[derive(Clone, Copy, Debug)]
struct Trial {
    to: SocketAddr,
    transaction: Transaction,
    sent: u32,
    due: Instant,
}

/// How far it has come.
#[derive(Debug)]
enum Course {
    /// Each address is asked.
    Trying(Vec<Trial>),
    /// The peer is told of the choice.
    Choosing(Trial),
    /// The peer is asked now and then whether it still wants to hear.
    Keeping {
        to: SocketAddr,
        due: Instant,
        asked: VecDeque<Transaction>,
    },
}

/// The end that chooses, for one pair of credentials.
#[derive(Debug)]
pub(crate) struct Seeker {
    ours: IceCredentials,
    theirs: IceCredentials,
    drawn: u64,
    course: Course,
}

impl Seeker {
    /// Begins to seek: the first request is due at once.
    pub(crate) fn new(ways: Ways, now: Instant) -> Seeker {
        let mut seeker = Seeker {
            ours: ways.ours,
            theirs: ways.theirs,
            drawn: 0,
            course: Course::Trying(Vec::new()),
        };
        let paced = (0..).map(|place| now + PACE * place);
        let addresses = ways.to.into_iter().take(MAX_SOUGHT).zip(paced);
        let trials = addresses.map(|(to, due)| seeker.trial(to, due)).collect();
        seeker.course = Course::Trying(trials);
        seeker
    }

    /// When the next request is due; none when all were made and nobody has answered.
    pub(crate) fn deadline(&self) -> Option<Instant> {
        let due = |trial: &Trial| (trial.sent < MAX_SENT).then_some(trial.due);
        match &self.course {
            Course::Trying(trials) => trials.iter().filter_map(due).min(),
            Course::Choosing(trial) => due(trial),
            Course::Keeping { due, .. } => Some(*due),
        }
    }

    /// The requests that are due, and where to.
    pub(crate) fn expire(&mut self, now: Instant) -> Vec<(SocketAddr, Vec<u8>)> {
        let due = |trial: &&mut Trial| trial.sent < MAX_SENT && trial.due <= now;
        let chooses = matches!(self.course, Course::Choosing(_));
        let requests: Vec<(SocketAddr, Transaction)> = match &mut self.course {
            Course::Trying(trials) => {
                let trials = trials.iter_mut().filter(due);
                trials.map(|trial| trial.send(now)).collect()
            }
            Course::Choosing(trial) => {
                let trial = Some(trial).filter(due);
                trial.map(|trial| trial.send(now)).into_iter().collect()
            }
            Course::Keeping { due, .. } if *due > now => Vec::new(),
            Course::Keeping { .. } => self.ask_for_consent(now).into_iter().collect(),
        };
        let written = |(to, transaction)| (to, self.request(transaction, chooses));
        requests.into_iter().map(written).collect()
    }

    /// Looks at a datagram from this address. What it leads to is due at once.
    pub(crate) fn hear(&mut self, datagram: &[u8], from: SocketAddr, now: Instant) -> Found {
        let Some(message) = Message::read(datagram) else {
            return Found::Nothing;
        };
        let answers = message.class == Class::Success && message.method == BINDING;
        let is_whole = message.has_fingerprint() && message.mapped().is_some();
        if !answers || !is_whole || !message.is_proved_by(self.theirs.pwd()) {
            return Found::Nothing;
        }
        // an answer from elsewhere than where was asked proves no way (RFC 8445 section 7.2.5.2.1)
        let of = |trial: &Trial| trial.to == from && trial.transaction == message.transaction;
        match &mut self.course {
            Course::Trying(trials) if trials.iter().any(of) => {
                self.course = Course::Choosing(self.trial(from, now));
                Found::Proven
            }
            Course::Choosing(trial) if of(trial) => {
                self.course = Course::Keeping {
                    to: from,
                    due: now + self.pause(),
                    asked: VecDeque::new(),
                };
                Found::Chosen
            }
            Course::Keeping { to, asked, .. } if *to == from => {
                match asked.iter().position(|it| *it == message.transaction) {
                    Some(place) => {
                        // what was asked before is as good as answered
                        asked.drain(..=place);
                        Found::Heard
                    }
                    None => Found::Nothing,
                }
            }
            Course::Trying(_) | Course::Choosing(_) | Course::Keeping { .. } => Found::Nothing,
        }
    }

    fn ask_for_consent(&mut self, now: Instant) -> Option<(SocketAddr, Transaction)> {
        let next = now + self.pause();
        let transaction = self.transaction();
        let Course::Keeping { to, due, asked } = &mut self.course else {
            return None;
        };
        *due = next;
        if asked.len() >= CONSENT_REQUESTS {
            asked.pop_front();
        }
        asked.push_back(transaction);
        Some((*to, transaction))
    }

    fn trial(&mut self, to: SocketAddr, due: Instant) -> Trial {
        Trial {
            to,
            transaction: self.transaction(),
            sent: 0,
            due,
        }
    }

    fn request(&self, transaction: Transaction, chooses: bool) -> Vec<u8> {
        let name = format!("{}:{}", self.theirs.ufrag(), self.ours.ufrag());
        let tie = self.drawn_of(b"tie", 0);
        let (tie, _) = tie.split_at(8);
        let mut request = Writer::new(Class::Request, transaction)
            .with(USERNAME, name.as_bytes())
            .with(ICE_CONTROLLING, tie)
            .with(PRIORITY, &FOUND_BY_PEER.to_be_bytes());
        if chooses {
            request = request.with(USE_CANDIDATE, &[]);
        }
        request.with_integrity(self.theirs.pwd()).finish()
    }

    /// Another name of a request: first whose it is, so that the answer finds its leg, then what
    /// nobody can guess.
    fn transaction(&mut self) -> Transaction {
        self.drawn += 1;
        let drawn = self.drawn_of(b"request", self.drawn);
        let mut name = [0; 12];
        let whose = octets_of_ufrag(self.ours.ufrag()).unwrap_or_default();
        for (place, octet) in name.iter_mut().zip(whose.into_iter().chain(drawn)) {
            *place = octet;
        }
        Transaction(name)
    }

    /// Until the peer is asked again: a fifth more or less than [`CONSENT_ASKED`], so that not all
    /// are asked at the same time (RFC 7675 section 5.1).
    fn pause(&self) -> Duration {
        let [drawn, ..] = self.drawn_of(b"pause", self.drawn);
        CONSENT_ASKED * (800 + u32::from(drawn) * 400 / 255) / 1_000
    }

    /// Randomness, out of what was drawn for our password: only the peer can know it.
    fn drawn_of(&self, what: &[u8], number: u64) -> [u8; 32] {
        let mac = Hmac::<Sha256>::new_from_slice(self.ours.pwd().as_bytes());
        // a key of any length will do for HMAC
        mac.map_or([0; 32], |mut mac| {
            mac.update(what);
            mac.update(&number.to_be_bytes());
            mac.finalize().into_bytes().into()
        })
    }
}

impl Trial {
    /// It is sent once more, and due again after twice the time (RFC 8489 section 6.2.1).
    fn send(&mut self, now: Instant) -> (SocketAddr, Transaction) {
        self.due = now + RETRANSMIT * (1 << self.sent);
        self.sent += 1;
        (self.to, self.transaction)
    }
}

#[cfg(test)]
mod tests;
