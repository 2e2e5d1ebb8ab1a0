//! The calling half: INVITE without a digest, ACK, hold, BYE.

use crate::clock::Pace;
use crate::description::{Ports, describe, peer_of};
use crate::requests::Requests;
use crate::tally::Tally;
use crate::target::{T1, Target};
use crate::voices::{VoiceId, Voices};
use crate::wire::Wire;
use machine::{Instant, TimerTable};
use sip_message::{Message, Method, Name, response_to};
use std::net::SocketAddr;
use std::time::Duration;

/// A call whose answer, or the answer to whose BYE, took longer has failed.
const PATIENCE: Duration = Duration::from_secs(8);
/// Repetitions double their wait so many times.
const DOUBLINGS: u32 = 3;
/// Parties are silent for so long before the BYE, so that what is under way arrives.
const QUIET: Duration = Duration::from_millis(300);
/// The socket of the callers.
const SOCKET: usize = 0;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    /// Nothing was heard, so the INVITE is said again.
    Calling,
    /// Something was heard.
    Waiting,
    Up,
    Ending,
    Over,
}

#[derive(Clone, Copy, Debug)]
enum Wake {
    Repeat(usize, u32),
    Quiet(usize),
    HangUp(usize),
}

struct Caller {
    step: Step,
    begun: Instant,
    asked: Instant,
    repeats: u32,
    cseq: u32,
    port: u16,
    voice: Option<VoiceId>,
    uri: Box<str>,
    to: Box<str>,
}

/// All callers of a run.
pub(crate) struct Callers<'t> {
    target: &'t Target,
    requests: Requests,
    pace: Pace,
    hold: Duration,
    calls: Vec<Caller>,
    timers: TimerTable<Wake>,
    pub(crate) tally: Tally,
    pub(crate) live: u32,
    pub(crate) most_live: u32,
}

impl Callers<'_> {
    pub(crate) fn new(target: &Target, pace: Pace, hold: Duration) -> Callers<'_> {
        Callers {
            target,
            requests: Requests::new(target),
            pace,
            hold,
            calls: Vec::new(),
            timers: TimerTable::new(),
            tally: Tally::new(),
            live: 0,
            most_live: 0,
        }
    }

    pub(crate) fn is_over(&self) -> bool {
        self.pace.is_over() && self.tally.is_settled()
    }

    /// Begins, repeats and ends what is due.
    pub(crate) fn turn(
        &mut self,
        now: Instant,
        wire: &mut Wire,
        ports: &mut Ports,
        voices: &mut Option<Voices>,
    ) {
        while self.pace.take(now) {
            self.begin(now, wire, ports, voices);
        }
        while let Some((_, wake)) = self.timers.pop_due(now) {
            match wake {
                Wake::Repeat(n, cseq) => self.late(n, cseq, now, wire, voices),
                Wake::Quiet(n) => {
                    if let (Some(call), Some(voices)) = (self.calls.get(n), voices.as_mut()) {
                        voices.hush(call.voice);
                    }
                }
                Wake::HangUp(n) => self.hang_up(n, now, wire),
            }
        }
    }

    fn begin(
        &mut self,
        now: Instant,
        wire: &mut Wire,
        ports: &mut Ports,
        voices: &mut Option<Voices>,
    ) {
        let n = self.calls.len();
        let (voice, port) = Voices::place(voices, ports, wire);
        self.calls.push(Caller {
            step: Step::Calling,
            begun: now,
            asked: now,
            repeats: 0,
            cseq: 1,
            port,
            voice,
            uri: Box::default(),
            to: Box::default(),
        });
        self.tally.begins(now);
        self.live += 1;
        self.most_live = self.most_live.max(self.live);
        self.timers.arm(now + T1, Wake::Repeat(n, 1));
        self.say(n, wire);
    }

    /// Sends the request that is under way, for the first time or again.
    fn say(&mut self, n: usize, wire: &mut Wire) {
        let Some(call) = self.calls.get(n) else {
            return;
        };
        let text = match call.step {
            Step::Calling | Step::Waiting => {
                let key = self.target.key(1, call.port);
                let body = describe(*self.target.local.ip(), call.port, key.as_ref());
                self.requests.invite(n, &body)
            }
            Step::Ending => self
                .requests
                .inside("BYE", n, call.cseq, &call.uri, &call.to),
            Step::Up | Step::Over => return,
        };
        wire.send(SOCKET, self.target.exchange, text.as_bytes());
    }

    fn late(
        &mut self,
        n: usize,
        cseq: u32,
        now: Instant,
        wire: &mut Wire,
        voices: &mut Option<Voices>,
    ) {
        let Some(call) = self.calls.get_mut(n) else {
            return;
        };
        let waits = matches!(call.step, Step::Calling | Step::Waiting | Step::Ending);
        if !waits || call.cseq != cseq {
            return;
        }
        if now.saturating_since(call.asked) > PATIENCE {
            self.tally.hears_nothing();
            return self.close(n, voices);
        }
        call.repeats += 1;
        let wait = T1 * 2_u32.pow(call.repeats.min(DOUBLINGS));
        self.timers.arm(now + wait, Wake::Repeat(n, cseq));
        if call.step != Step::Waiting {
            self.tally.repeats += 1;
            self.say(n, wire);
        }
    }

    fn hang_up(&mut self, n: usize, now: Instant, wire: &mut Wire) {
        let Some(call) = self.calls.get_mut(n) else {
            return;
        };
        if call.step == Step::Up {
            call.step = Step::Ending;
            call.cseq += 1;
            call.repeats = 0;
            call.asked = now;
            self.timers.arm(now + T1, Wake::Repeat(n, call.cseq));
            self.say(n, wire);
        }
    }

    fn close(&mut self, n: usize, voices: &mut Option<Voices>) {
        let Some(call) = self.calls.get_mut(n) else {
            return;
        };
        call.step = Step::Over;
        (call.uri, call.to) = (Box::default(), Box::default());
        self.live = self.live.saturating_sub(1);
        if let Some(voices) = voices {
            voices.close(call.voice.take());
        }
    }

    /// A message came for a caller.
    pub(crate) fn message(
        &mut self,
        message: &Message,
        now: Instant,
        wire: &mut Wire,
        voices: &mut Option<Voices>,
    ) {
        let Some(n) = self.requests.call_of(message) else {
            return;
        };
        let Some(status) = message.status() else {
            return self.asked(n, message, wire, voices);
        };
        let Ok(cseq) = message.cseq() else { return };
        if cseq.method == Method::Invite {
            self.invite_answered(n, status, message, now, wire, voices);
        } else if cseq.method == Method::Bye && status >= 200 {
            self.bye_answered(n, status, now, voices);
        }
    }

    fn invite_answered(
        &mut self,
        n: usize,
        status: u16,
        message: &Message,
        now: Instant,
        wire: &mut Wire,
        voices: &mut Option<Voices>,
    ) {
        let Some(call) = self.calls.get_mut(n) else {
            return;
        };
        let is_new = matches!(call.step, Step::Calling | Step::Waiting);
        let to = message.header(Name::To).unwrap_or_default();
        if status < 200 {
            if is_new {
                call.step = Step::Waiting;
            }
        } else if status < 300 {
            if is_new {
                let contact = message.contact().ok().flatten();
                call.uri = contact.map_or("", |contact| contact.uri_text).into();
                call.to = to.into();
                call.step = Step::Up;
                self.tally.times.add(now.saturating_since(call.begun));
                self.timers.arm(now + self.hold, Wake::HangUp(n));
                if let Some(voices) = voices {
                    self.timers
                        .arm(now + self.hold.saturating_sub(QUIET), Wake::Quiet(n));
                    let peer = peer_of(message, self.target.suite);
                    voices.talk(call.voice, peer.as_ref(), now);
                }
            }
            let ack = self.requests.inside("ACK", n, 1, &call.uri, to);
            wire.send(SOCKET, self.target.exchange, ack.as_bytes());
        } else {
            let ack = self.requests.ack_of_refusal(n, to);
            wire.send(SOCKET, self.target.exchange, ack.as_bytes());
            if is_new {
                self.tally.is_refused(status);
                self.close(n, voices);
            }
        }
    }

    fn bye_answered(&mut self, n: usize, status: u16, now: Instant, voices: &mut Option<Voices>) {
        if self
            .calls
            .get(n)
            .is_none_or(|call| call.step != Step::Ending)
        {
            return;
        }
        if status < 300 {
            self.tally.succeeds(now);
        } else {
            self.tally.is_refused(status);
        }
        self.close(n, voices);
    }

    /// A request of the exchange inside a call: whether we live, or that it is over. A call that
    /// the exchange ends has failed.
    fn asked(&mut self, n: usize, message: &Message, wire: &mut Wire, voices: &mut Option<Voices>) {
        if message.method() == Some(Method::Ack) {
            return;
        }
        let mut answer = response_to(message, 200, None, SocketAddr::V4(self.target.exchange));
        let Some(call) = self.calls.get(n) else {
            return;
        };
        if matches!(message.method(), Some(Method::Invite | Method::Update)) {
            let (local, key) = (self.target.local, self.target.key(1, call.port));
            answer.text(Name::Contact, &format!("<sip:load@{local}>"));
            answer.body(
                "application/sdp",
                describe(*local.ip(), call.port, key.as_ref()).as_bytes(),
            );
        }
        wire.send(SOCKET, self.target.exchange, &answer.finish());
        if message.method() == Some(Method::Bye) && call.step == Step::Up {
            self.tally.is_refused(0);
            self.close(n, voices);
        }
    }
}
