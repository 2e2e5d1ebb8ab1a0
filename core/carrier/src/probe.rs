//! Probe: asks a peer by OPTIONS whether it still answers (RFC 3261 §11).
//!
//! Any answer is a sign of life but 408, 503 and 504: those say that somebody behind it is gone.

use crate::Request;
use machine::{Deadline, Instant, Machine, Random};
use sip_message::Method;
use std::time::Duration;

/// So many failures in a row make a peer down: one lost datagram does not.
const FAILURES: u8 = 2;
/// A peer that is down is asked at least as often as this.
const DOWN_EVERY: Duration = Duration::from_secs(30);

/// How a peer stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It answers, or was not asked yet.
    Up,
    /// It does not.
    Down,
}

/// What is to be done, and what is to be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Probed {
    /// Send this and say what was heard.
    Ask(Box<Request>),
    /// The peer stands otherwise than before.
    Stands(Standing),
}

/// The probe of one peer.
#[derive(Debug)]
pub struct Probe {
    uri: String,
    from: String,
    call_id: String,
    every: Duration,
    random: Random,
    number: u32,
    failures: u8,
    standing: Standing,
    next: Option<Instant>,
}

impl Probe {
    /// A probe of the peer at `uri`, sent every so often in the name of `domain`. It first asks
    /// within that time, at a moment of its own.
    #[must_use]
    pub fn new(
        uri: &str,
        domain: &str,
        every: Duration,
        mut random: Random,
        now: Instant,
    ) -> Probe {
        let (call_id, tag) = (random.token(26), random.token(16));
        let spread = u64::try_from(every.as_millis()).unwrap_or(u64::MAX);
        let first = now + Duration::from_millis(random.below(spread));
        Probe {
            uri: uri.to_owned(),
            from: format!("<sip:{domain}>;tag={tag}"),
            call_id,
            every,
            random,
            number: 0,
            failures: 0,
            standing: Standing::Up,
            next: Some(first),
        }
    }

    /// How the peer stands.
    #[must_use]
    pub fn standing(&self) -> Standing {
        self.standing
    }

    fn stand(&mut self, standing: Standing, out: &mut Vec<Probed>) {
        if self.standing != standing {
            self.standing = standing;
            out.push(Probed::Stands(standing));
        }
    }
}

impl Machine for Probe {
    /// The status heard; nothing when no answer came or none could be asked for.
    type Input = Option<u16>;
    type Output = Probed;
    type Reason = ();

    fn handle(&mut self, heard: Option<u16>, now: Instant, out: &mut Vec<Probed>) {
        if self.next.is_some() || heard.is_some_and(|status| status < 200) {
            return;
        }
        if heard.is_some_and(|status| !matches!(status, 408 | 503 | 504)) {
            self.failures = 0;
            self.stand(Standing::Up, out);
        } else {
            self.failures = self.failures.saturating_add(1);
            if self.failures >= FAILURES {
                self.stand(Standing::Down, out);
            }
        }
        let every = match self.standing {
            Standing::Up => self.every,
            Standing::Down => self.every.min(DOWN_EVERY),
        };
        let tenth = u64::try_from(every.as_millis() / 10).unwrap_or(u64::MAX);
        let early = Duration::from_millis(self.random.below(tenth));
        self.next = Some(now + every.saturating_sub(early));
    }

    fn deadline(&self) -> Option<Deadline<()>> {
        self.next.map(|at| Deadline::new(at, ()))
    }

    fn expire(&mut self, now: Instant, out: &mut Vec<Probed>) {
        if self.next.is_none_or(|at| at > now) {
            return;
        }
        self.next = None;
        self.number += 1;
        out.push(Probed::Ask(Box::new(Request {
            method: Method::Options,
            uri: self.uri.clone(),
            from: self.from.clone(),
            to: format!("<{}>", self.uri),
            call_id: self.call_id.clone(),
            number: self.number,
            contact_user: None,
            expires: None,
            credentials: None,
        })));
    }
}
