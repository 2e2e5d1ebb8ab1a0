//! A phone's registration.

use super::{Alarm, Phone, REGISTRATION};
use machine::{Instant, Random};
use sip_message::{Builder, Message, Method, Name};
use sip_stack::digest;
use sip_stack::transaction::Sending;
use std::time::Duration;

/// How often a registration that failed is tried again.
const RETRY: Duration = Duration::from_secs(30);
/// Challenges answered before giving up: one, and one more for a stale nonce.
const PROOFS: u8 = 2;

pub(super) struct Registering {
    call_id: String,
    tag: String,
    cseq: u32,
    asked: u32,
    proofs: u8,
    next: Option<Instant>,
    pub(super) bound: bool,
    pub(super) status: Option<u16>,
    pub(super) answers: u32,
}

impl Registering {
    pub(super) fn new(random: &mut Random) -> Registering {
        Registering {
            call_id: random.token(20),
            tag: random.token(8),
            cseq: 0,
            asked: 0,
            proofs: 0,
            next: None,
            bound: false,
            status: None,
            answers: 0,
        }
    }

    pub(super) fn forget(&mut self) {
        self.bound = false;
        self.status = None;
        self.next = None;
    }
}

impl Phone {
    /// Registers for `seconds`; 0 takes the registration back.
    pub fn register(&mut self, seconds: u32, now: Instant) {
        self.registering.asked = seconds;
        self.registering.proofs = 0;
        self.registering.status = None;
        self.send_register(None, now);
    }

    /// Whether the last thing the exchange said is that we are bound.
    #[must_use]
    pub fn is_registered(&self) -> bool {
        self.registering.bound
    }

    /// How the last registration was answered in the end.
    #[must_use]
    pub fn register_status(&self) -> Option<u16> {
        self.registering.status
    }

    fn send_register(&mut self, proof: Option<String>, now: Instant) {
        self.registering.cseq += 1;
        let uri = format!("sip:{}", self.account.domain);
        let branch = self.agent.transactions.branch();
        let address = self.account.address();
        let Registering {
            call_id,
            tag,
            cseq,
            asked,
            ..
        } = &self.registering;
        let inside = self.inside;
        let mut builder = Builder::request(Method::Register, &uri);
        builder
            .text(
                Name::Via,
                &format!("SIP/2.0/UDP {inside};rport;branch={branch}"),
            )
            .header(Name::MaxForwards, 70)
            .text(Name::From, &format!("{address};tag={tag}"))
            .text(Name::To, &address)
            .text(Name::CallId, call_id)
            .text(Name::CSeq, &format!("{cseq} REGISTER"))
            .text(Name::Contact, &self.agent.config.contact)
            .header(Name::Expires, asked)
            .text(
                Name::UserAgent,
                self.agent.config.agent.as_deref().unwrap_or(""),
            );
        if let Some(proof) = proof {
            builder.text(Name::Authorization, &proof);
        }
        let bytes = builder.finish();
        let flow = self.flow();
        let sending = Sending {
            flow,
            branch,
            method: Method::Register,
            bytes,
            owner: REGISTRATION,
        };
        self.agent.transactions.request(sending, now);
    }

    pub(super) fn registered(&mut self, message: &Message, now: Instant) {
        let status = message.status().unwrap_or(0);
        if status < 200 {
            return;
        }
        if status == 401 && self.registering.proofs < PROOFS {
            let stale = message.www_authenticate().any(|c| {
                c.param("stale")
                    .is_some_and(|s| s.eq_ignore_ascii_case("true"))
            });
            if self.registering.proofs == 0 || stale {
                self.registering.proofs += 1;
                let uri = format!("sip:{}", self.account.domain);
                let proof = self.proof(message, "REGISTER", &uri);
                return self.send_register(proof, now);
            }
        }
        self.registering.status = Some(status);
        self.registering.answers += 1;
        self.registering.bound = status == 200 && self.registering.asked > 0;
        if self.manner.keeps_registered && self.registering.asked > 0 {
            let wait = if status == 200 {
                Duration::from_secs(u64::from(self.registering.asked) / 2)
            } else {
                RETRY
            };
            self.register_at(now + wait);
        }
    }

    pub(super) fn registration_failed(&mut self, now: Instant) {
        self.registering.bound = false;
        if self.manner.keeps_registered && self.registering.asked > 0 {
            self.register_at(now + RETRY);
        }
    }

    fn register_at(&mut self, at: Instant) {
        self.registering.next = Some(at);
        self.set_alarm(at, Alarm::Register);
    }

    pub(super) fn refresh_registration(&mut self, now: Instant) {
        let asked = self.registering.asked;
        let due = self.registering.next.is_some_and(|at| at <= now);
        if due && asked > 0 && self.manner.keeps_registered {
            self.registering.next = None;
            self.register(asked, now);
        }
    }

    /// Answers the challenges of a 401 or 407.
    pub(super) fn proof(&mut self, message: &Message, method: &str, uri: &str) -> Option<String> {
        let cnonce = self.random.token(12);
        let mut challenges: Vec<_> = match message.status() {
            Some(401) => message.www_authenticate().collect(),
            Some(_) | None => message.proxy_authenticate().collect(),
        };
        if self.manner.md5_only {
            challenges.retain(|c| {
                c.param("algorithm")
                    .is_none_or(|algorithm| algorithm.eq_ignore_ascii_case("MD5"))
            });
        }
        digest::answer(challenges, self.account.digest(), method, uri, 1, &cnonce)
    }
}
