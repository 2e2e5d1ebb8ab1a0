//! The called half: 180 and 200 at once, repeated until the ACK; 200 to everything after.

use crate::description::{Peer, Ports, describe, peer_of};
use crate::target::{T1, Target};
use crate::voices::{VoiceId, Voices};
use crate::wire::Wire;
use bytes::Bytes;
use machine::{Instant, TimerTable};
use sip_message::{Message, Method, Name, response_to};
use std::collections::HashMap;
use std::net::{SocketAddr, SocketAddrV4};
use std::time::Duration;

/// The longest wait between two repetitions of a 200 (RFC 3261 §13.3.1.4).
const T2: Duration = Duration::from_secs(4);
/// How long a 200 is repeated.
const PATIENCE: Duration = Duration::from_secs(32);
/// The socket of the callees.
const SOCKET: usize = 1;

struct Callee {
    /// The 200, until its ACK.
    answer: Option<Bytes>,
    from: SocketAddrV4,
    begun: Instant,
    wait: Duration,
    voice: Option<VoiceId>,
    port: u16,
    peer: Option<Peer>,
}

/// All callees of a run. They are at one address and told apart by the exchange's Call-IDs.
pub(crate) struct Callees<'t> {
    target: &'t Target,
    /// Places in the list by Call-ID, until the BYE.
    places: HashMap<String, usize>,
    list: Vec<Callee>,
    timers: TimerTable<usize>,
    /// 200s sent again.
    pub(crate) repeats: u32,
}

impl Callees<'_> {
    pub(crate) fn new(target: &Target) -> Callees<'_> {
        Callees {
            target,
            places: HashMap::new(),
            list: Vec::new(),
            timers: TimerTable::new(),
            repeats: 0,
        }
    }

    /// Repeats what was not acknowledged.
    pub(crate) fn turn(&mut self, now: Instant, wire: &mut Wire) {
        while let Some((_, place)) = self.timers.pop_due(now) {
            let Some(call) = self.list.get_mut(place) else {
                continue;
            };
            let Some(answer) = call.answer.clone() else {
                continue;
            };
            if now.saturating_since(call.begun) < PATIENCE {
                self.repeats += 1;
                call.wait = (call.wait * 2).min(T2);
                self.timers.arm(now + call.wait, place);
                wire.send(SOCKET, call.from, &answer);
            }
        }
    }

    /// A message came for a callee.
    pub(crate) fn message(
        &mut self,
        from: SocketAddrV4,
        message: &Message,
        now: Instant,
        wire: &mut Wire,
        ports: &mut Ports,
        voices: &mut Option<Voices>,
    ) {
        let Ok(call_id) = message.call_id() else {
            return;
        };
        match message.method() {
            None => {}
            Some(Method::Invite) => self.invited(from, message, now, wire, ports, voices),
            Some(Method::Ack) => {
                let place = self.places.get(call_id);
                let call = place.and_then(|place| self.list.get_mut(*place));
                if let Some(call) = call
                    && call.answer.take().is_some()
                    && let Some(voices) = voices
                {
                    voices.talk(call.voice, call.peer.as_ref(), now);
                }
            }
            Some(method) => {
                let bytes = response_to(message, 200, None, SocketAddr::V4(from)).finish();
                wire.send(SOCKET, from, &bytes);
                if matches!(method, Method::Bye | Method::Cancel) {
                    self.close(call_id, voices);
                }
            }
        }
    }

    fn close(&mut self, call_id: &str, voices: &mut Option<Voices>) {
        let place = self.places.remove(call_id);
        let Some(call) = place.and_then(|place| self.list.get_mut(place)) else {
            return;
        };
        call.answer = None;
        if let Some(voices) = voices {
            voices.close(call.voice);
        }
    }

    fn invited(
        &mut self,
        from: SocketAddrV4,
        message: &Message,
        now: Instant,
        wire: &mut Wire,
        ports: &mut Ports,
        voices: &mut Option<Voices>,
    ) {
        let Ok(call_id) = message.call_id() else {
            return;
        };
        let known = self.places.get(call_id).copied();
        let known = known.and_then(|place| self.list.get(place));
        if let Some(answer) = known.and_then(|call| call.answer.as_ref()) {
            return wire.send(SOCKET, from, answer);
        }
        let (voice, port) = match known {
            Some(call) => (call.voice, call.port),
            None => Voices::place(voices, ports, wire),
        };
        let tag = format!("callee{port}");
        let contact = format!("<sip:callee@{}>", self.target.callee);
        let response = |status| {
            let mut answer = response_to(message, status, Some(&tag), SocketAddr::V4(from));
            answer.text(Name::Contact, &contact);
            answer
        };
        if known.is_none() {
            wire.send(SOCKET, from, &response(180).finish());
        }
        // the answer takes the offer's line of the suite that is wanted
        let peer = peer_of(message, self.target.suite);
        let theirs = peer.as_ref().and_then(|peer| peer.key.as_ref());
        let key = theirs.and_then(|line| self.target.key(line.tag, port));
        let body = describe(*self.target.callee.ip(), port, key.as_ref());
        let answer = response(200)
            .body("application/sdp", body.as_bytes())
            .finish();
        wire.send(SOCKET, from, &answer);
        self.timers.arm(now + T1, self.list.len());
        self.places.insert(call_id.to_owned(), self.list.len());
        self.list.push(Callee {
            answer: Some(answer),
            from,
            begun: now,
            wait: T1,
            voice,
            port,
            peer,
        });
    }
}
