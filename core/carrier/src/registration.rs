//! Registration: one trunk's place at its carrier (RFC 3261 §10.2), as a machine.
//!
//! It asks the first peer, answers a challenge once, refreshes before the time is over, and goes
//! to the next peer when one does not answer. When all have failed it pauses, longer each time.
//! What the carrier granted counts until its end, whatever a refresh in between brought.

mod terms;

pub use terms::Terms;

use crate::Request;
use crate::backoff::pause;
use machine::{Deadline, Instant, Machine, Random, earliest};
use sip_message::{Message, Method};
use sip_stack::digest::Login;
use std::time::Duration;

/// The longest time asked for, in seconds, also when a carrier demands more (423).
pub const MAX_EXPIRES: u32 = 86_400;
/// The longest pause a carrier may ask for by Retry-After.
const MAX_RETRY_AFTER: u32 = 3_600;
/// The shortest time between two refreshes, in seconds, however little a carrier grants.
const LEAST_REFRESH: u64 = 10;

/// What has happened.
#[derive(Clone, Debug)]
pub enum Heard {
    /// The trunk is to be registered from now on.
    Begin,
    /// A response to the last request.
    Response(Box<Message>),
    /// None came in time, or the request could not be sent.
    Nothing,
    /// The trunk is not wanted any more.
    End,
}

/// What is to be done, and what is to be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Output {
    /// Send this to a peer and say what was heard.
    Ask {
        /// Which peer, from 0.
        peer: usize,
        /// What.
        request: Box<Request>,
    },
    /// Registered; said when it was not before.
    Up {
        /// At which peer.
        peer: usize,
    },
    /// Not registered any more, or not to be had.
    Down {
        /// The status that says why; 408 when nobody answered, 200 when it was our wish.
        status: u16,
    },
}

/// Why the machine wants to be woken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Due {
    /// The next request is due.
    Ask,
    /// What was granted is over.
    Lapse,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Doing {
    /// Not wanted.
    Resting,
    /// The next request goes out then.
    Pausing(Instant),
    /// A request is out; so many challenges were answered.
    Asking { answered: u8 },
    /// The last request, which takes the registration back, is out.
    Leaving { answered: u8 },
}

/// One trunk's registration.
#[derive(Debug)]
pub struct Registration {
    terms: Terms,
    login: Login,
    random: Random,
    call_id: String,
    tag: String,
    number: u32,
    /// The seconds asked for; more than the terms say when the carrier demanded it.
    expires: u32,
    peer: usize,
    doing: Doing,
    /// Until when the carrier knows us.
    held: Option<Instant>,
    failures: u32,
    /// Whether it was told that the trunk is down.
    told_down: bool,
}

impl Registration {
    /// A registration that has not begun. `random` spreads its pauses and makes its names.
    #[must_use]
    pub fn new(terms: Terms, login: Login, mut random: Random) -> Registration {
        let (call_id, tag) = (random.token(26), random.token(16));
        Registration {
            expires: terms.expires.clamp(1, MAX_EXPIRES),
            terms,
            login,
            random,
            call_id,
            tag,
            number: 0,
            peer: 0,
            doing: Doing::Resting,
            held: None,
            failures: 0,
            told_down: false,
        }
    }

    /// Whether the carrier knows us now.
    #[must_use]
    pub fn is_up(&self) -> bool {
        self.held.is_some()
    }

    /// Whether it was told that the carrier does not know us.
    #[must_use]
    pub fn is_down(&self) -> bool {
        self.told_down
    }

    /// At which peer it is, or is tried.
    #[must_use]
    pub fn peer(&self) -> usize {
        self.peer
    }

    fn ask(&mut self, expires: u32, out: &mut Vec<Output>) {
        self.number += 1;
        let uri = format!("sip:{}", self.terms.domain);
        let cnonce = self.random.token(16);
        let credentials = self.login.header("REGISTER", &uri, &cnonce);
        let address = format!("<sip:{}@{}>", self.terms.username, self.terms.domain);
        out.push(Output::Ask {
            peer: self.peer,
            request: Box::new(Request {
                method: Method::Register,
                uri,
                from: format!("{address};tag={}", self.tag),
                to: address,
                call_id: self.call_id.clone(),
                number: self.number,
                contact_user: Some(self.terms.contact_user.clone()),
                expires: Some(expires),
                credentials,
            }),
        });
    }

    fn response(&mut self, response: &Message, now: Instant, out: &mut Vec<Output>) {
        let status = response.status().unwrap_or(0);
        let (answered, leaving) = match self.doing {
            Doing::Asking { answered } => (answered, false),
            Doing::Leaving { answered } => (answered, true),
            Doing::Resting | Doing::Pausing(_) => return,
        };
        if status < 200 {
            return;
        }
        if self.login.challenged(response, answered) {
            let answered = answered + 1;
            self.doing = if leaving {
                Doing::Leaving { answered }
            } else {
                Doing::Asking { answered }
            };
            let expires = if leaving { 0 } else { self.expires };
            return self.ask(expires, out);
        }
        if leaving {
            self.doing = Doing::Resting;
            return;
        }
        match status {
            200..=299 => self.granted(response, now, out),
            423 => self.too_brief(response, now, out),
            _ => self.refused(status, response.retry_after(), now, out),
        }
    }

    fn granted(&mut self, response: &Message, now: Instant, out: &mut Vec<Output>) {
        let seconds = self.terms.granted(response).unwrap_or(self.expires);
        if seconds == 0 {
            return self.refused(480, None, now, out);
        }
        // Early enough for a few repetitions, and not all trunks in the same moment.
        let permille = self.random.between(700, 850);
        let refresh =
            (u64::from(seconds) * permille / 1_000).max(LEAST_REFRESH.min(seconds.into()));
        self.doing = Doing::Pausing(now + Duration::from_secs(refresh));
        self.failures = 0;
        self.told_down = false;
        let end = now + Duration::from_secs(seconds.into());
        if self.held.replace(end).is_none() {
            out.push(Output::Up { peer: self.peer });
        }
    }

    /// 423: the carrier wants to be asked less often (RFC 3261 §10.2.8).
    fn too_brief(&mut self, response: &Message, now: Instant, out: &mut Vec<Output>) {
        let least = response.min_expires().ok().flatten();
        match least.filter(|least| (self.expires + 1..=MAX_EXPIRES).contains(least)) {
            Some(least) => {
                self.expires = least;
                self.doing = Doing::Asking { answered: 0 };
                self.ask(least, out);
            }
            None => self.refused(423, None, now, out),
        }
    }

    /// A peer that cannot, now: the next one is asked at once. One that will not speaks for all.
    fn refused(
        &mut self,
        status: u16,
        retry_after: Option<u32>,
        now: Instant,
        out: &mut Vec<Output>,
    ) {
        let cannot = status == 408 || (500..600).contains(&status);
        if cannot && self.peer + 1 < self.terms.peers {
            self.peer += 1;
            self.doing = Doing::Asking { answered: 0 };
            return self.ask(self.expires, out);
        }
        self.peer = 0;
        self.failures = self.failures.saturating_add(1);
        let asked = Duration::from_secs(retry_after.unwrap_or(0).min(MAX_RETRY_AFTER).into());
        let wait = pause(self.failures, &mut self.random).max(asked);
        self.doing = Doing::Pausing(now + wait);
        // A carrier that says no has struck us off; one that is silent may know us still.
        if !cannot {
            self.held = None;
        }
        if self.held.is_none() && !std::mem::replace(&mut self.told_down, true) {
            out.push(Output::Down { status });
        }
    }

    fn end(&mut self, out: &mut Vec<Output>) {
        let known = self.held.take().is_some();
        self.doing = Doing::Resting;
        if known {
            self.doing = Doing::Leaving { answered: 0 };
            self.ask(0, out);
            out.push(Output::Down { status: 200 });
        }
    }
}

impl Machine for Registration {
    type Input = Heard;
    type Output = Output;
    type Reason = Due;

    fn handle(&mut self, input: Heard, now: Instant, out: &mut Vec<Output>) {
        match input {
            Heard::Begin => {
                if self.doing == Doing::Resting {
                    self.doing = Doing::Asking { answered: 0 };
                    self.ask(self.expires, out);
                }
            }
            Heard::Response(response) => self.response(&response, now, out),
            Heard::Nothing => match self.doing {
                Doing::Asking { .. } => self.refused(408, None, now, out),
                Doing::Leaving { .. } => self.doing = Doing::Resting,
                Doing::Resting | Doing::Pausing(_) => {}
            },
            Heard::End => self.end(out),
        }
    }

    fn deadline(&self) -> Option<Deadline<Due>> {
        let ask = match self.doing {
            Doing::Pausing(until) => Some(Deadline::new(until, Due::Ask)),
            Doing::Resting | Doing::Asking { .. } | Doing::Leaving { .. } => None,
        };
        earliest(ask, self.held.map(|end| Deadline::new(end, Due::Lapse)))
    }

    fn expire(&mut self, now: Instant, out: &mut Vec<Output>) {
        if self.held.is_some_and(|end| end <= now) {
            self.held = None;
            self.told_down = true;
            out.push(Output::Down { status: 408 });
        }
        if let Doing::Pausing(until) = self.doing
            && until <= now
        {
            self.doing = Doing::Asking { answered: 0 };
            self.ask(self.expires, out);
        }
    }
}
