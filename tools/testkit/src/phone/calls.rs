//! A phone's calls: orders, and what its usages tell.

use super::{Alarm, LINES, Phone, Reaction};
use crate::line::{Line, LineId, Offers, Request, Sound, Stage, Told};
use crate::sound::{Direction, describe, direction_of, media_of};
use crate::token::Heard;
use bytes::Bytes;
use machine::Instant;
use sip_message::{Flow, Message, Name};
use sip_stack::transaction::{Owner, ServerKey};
use sip_stack::usage::{Event, InviteUsage, Outgoing, Step, Untimely};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

/// How long a phone rings, or lets ring, at most.
const PATIENCE: Duration = Duration::from_secs(90);
/// First port for sound.
const SOUND_PORT: u16 = 20_000;

impl Phone {
    fn new_line(&mut self, incoming: bool, peer: &str, now: Instant) -> LineId {
        self.count += 1;
        let id = LineId(self.count);
        let port = SOUND_PORT + u16::try_from((id.0 % 10_000) * 2).unwrap_or(0);
        let line = Line {
            id,
            incoming,
            peer: peer.to_owned(),
            call_id: String::new(),
            stage: if incoming {
                Stage::Ringing
            } else {
                Stage::Calling
            },
            told: Vec::new(),
            heard: Heard::default(),
            opened: now,
            over_at: None,
            usage: None,
            sound: Sound::at(SocketAddr::new(self.inside.ip(), port)),
            offers: Offers::default(),
            request: Request::default(),
        };
        self.lines.insert(id, line);
        self.index.live.insert(id);
        self.index.ports.insert(port, id);
        self.set_alarm(now + PATIENCE, Alarm::GiveUp(id));
        id
    }

    fn next_owner(&mut self, id: LineId) -> Owner {
        self.count += 1;
        let owner = Owner(LINES + self.count);
        self.index.owners.insert(owner, id);
        owner
    }

    /// Calls a number of its own company.
    pub fn call(&mut self, number: &str, now: Instant) -> LineId {
        let uri = format!("sip:{number}@{}", self.account.domain);
        self.call_uri(&uri, Vec::new(), now)
    }

    /// Calls a URI with further headers.
    pub fn call_uri(
        &mut self,
        uri: &str,
        extra: Vec<(Name<'static>, String)>,
        now: Instant,
    ) -> LineId {
        let id = self.new_line(false, uri, now);
        let late = self.manner.late;
        if let Some(line) = self.lines.get_mut(&id) {
            line.offers.late = late;
            line.request.extra = extra;
        }
        self.invite(id, None, now);
        self.pump(now);
        id
    }

    fn invite(&mut self, id: LineId, proof: Option<(Name<'static>, String)>, now: Instant) {
        let owner = self.next_owner(id);
        let offer = self.own_description(id);
        let (flow, from) = (self.flow(), self.account.address());
        let Some(line) = self.lines.get_mut(&id) else {
            return;
        };
        let outgoing = Outgoing {
            request_uri: line.peer.clone(),
            from,
            to: format!("<{}>", line.peer),
            call_id: None,
            routes: Vec::new(),
            flow,
            headers: line.request.extra.iter().cloned().chain(proof).collect(),
            named: Vec::new(),
            offer: Some(offer).filter(|_| !line.offers.late),
            wider: None,
            beside: None,
            login: None,
            patience: None,
            stream: None,
            further: Vec::new(),
        };
        let mut events = Vec::new();
        let mut step = Step {
            now,
            transactions: &mut self.agent.transactions,
            events: &mut events,
        };
        let usage =
            InviteUsage::outgoing(outgoing, Arc::clone(&self.agent.config), owner, &mut step);
        self.install(id, owner, usage);
        self.follow(id, events, now);
    }

    fn install(&mut self, id: LineId, owner: Owner, usage: InviteUsage) {
        let (call_id, tag) = (usage.call_id().to_owned(), usage.local_tag().to_owned());
        let _full = self.agent.dialogs.insert(&call_id, &tag, owner);
        if let Some(line) = self.lines.get_mut(&id) {
            line.call_id = call_id;
            line.usage = Some(usage);
        }
    }

    /// What we say about our sound now.
    fn own_description(&mut self, id: LineId) -> Bytes {
        let direction = self
            .lines
            .get(&id)
            .map_or(Direction::SendRecv, |line| line.sound.own);
        self.description(id, direction)
    }

    fn description(&mut self, id: LineId, direction: Direction) -> Bytes {
        let Some(line) = self.lines.get_mut(&id) else {
            return Bytes::new();
        };
        line.sound.version += 1;
        describe(line.sound.here, id.0, line.sound.version, direction)
    }

    /// The answer to an offer of this direction, which is then agreed.
    fn answer_to(&mut self, id: LineId, offered: Option<Direction>) -> Bytes {
        let offered = offered.unwrap_or(Direction::SendRecv).reversed();
        let own = self
            .lines
            .get(&id)
            .map_or(Direction::SendRecv, |line| line.sound.own);
        let agreed = own.and(offered);
        if let Some(line) = self.lines.get_mut(&id) {
            line.sound.agreed = agreed;
        }
        self.description(id, agreed)
    }

    /// The peer described itself.
    fn understand(&mut self, id: LineId, sdp: &Bytes, now: Instant) {
        if let Some(line) = self.lines.get_mut(&id) {
            line.sound.there = media_of(sdp).or(line.sound.there);
        }
        self.begin_to_speak(id, now);
    }

    fn settle_direction(&mut self, id: LineId, answered: Option<Direction>) {
        if let (Some(line), Some(answered)) = (self.lines.get_mut(&id), answered) {
            line.sound.agreed = line.sound.own.and(answered.reversed());
        }
    }

    pub(super) fn called(&mut self, key: ServerKey, flow: Flow, invite: Message, now: Instant) {
        let peer = invite.from().ok().and_then(|from| {
            let uri = from.uri().ok()?;
            uri.user_decoded().map(std::borrow::Cow::into_owned)
        });
        let offer = Some(invite.body_bytes()).filter(|body| !body.is_empty());
        let id = self.new_line(true, &peer.unwrap_or_default(), now);
        let owner = self.next_owner(id);
        let mut events = Vec::new();
        let mut step = Step {
            now,
            transactions: &mut self.agent.transactions,
            events: &mut events,
        };
        let config = Arc::clone(&self.agent.config);
        let usage = InviteUsage::incoming(key, flow, invite, config, owner, &mut step);
        let Ok(usage) = usage else {
            return self.finish(id, now);
        };
        self.agent.transactions.adopt(key, owner);
        self.install(id, owner, usage);
        if let Some(line) = self.lines.get_mut(&id) {
            line.offers.late = offer.is_none();
        }
        if let Some(offer) = offer {
            self.understand_quietly(id, &offer);
        }
        self.follow(id, events, now);
        self.set_alarm(now + self.manner.rings_after, Alarm::Ring(id));
        match self.manner.reaction {
            Reaction::Manual => {}
            Reaction::Answer(after) | Reaction::Refuse(_, after) => {
                self.set_alarm(now + after, Alarm::React(id));
            }
        }
    }

    fn understand_quietly(&mut self, id: LineId, sdp: &Bytes) {
        let direction = direction_of(sdp);
        if let Some(line) = self.lines.get_mut(&id) {
            line.sound.there = media_of(sdp);
            line.sound.agreed = line
                .sound
                .own
                .and(direction.unwrap_or(line.sound.own).reversed());
        }
    }

    pub(super) fn say_ringing(&mut self, id: LineId, now: Instant) {
        let ringing = self
            .lines
            .get(&id)
            .is_some_and(|line| line.stage == Stage::Ringing);
        if !ringing {
            return;
        }
        let early = self.manner.early;
        let sdp = early.then(|| self.agreed_description(id));
        let status = if early { 183 } else { 180 };
        self.with_usage(id, now, |usage, step| usage.ring(status, sdp, false, step));
        if early {
            self.begin_to_speak(id, now);
        }
    }

    fn agreed_description(&mut self, id: LineId) -> Bytes {
        let late = self.lines.get(&id).is_some_and(|line| line.offers.late);
        let agreed = self
            .lines
            .get(&id)
            .map_or(Direction::SendRecv, |line| line.sound.agreed);
        if late {
            self.own_description(id)
        } else {
            self.description(id, agreed)
        }
    }

    pub(super) fn react(&mut self, id: LineId, now: Instant) {
        let ringing = self
            .lines
            .get(&id)
            .is_some_and(|line| line.stage == Stage::Ringing);
        if !ringing {
            return;
        }
        match self.manner.reaction {
            Reaction::Manual => {}
            Reaction::Answer(_) => self.answer(id, now),
            Reaction::Refuse(status, _) => self.refuse(id, status, now),
        }
    }

    /// Answers a call.
    pub fn answer(&mut self, id: LineId, now: Instant) {
        let sdp = self.agreed_description(id);
        if self.with_usage(id, now, |usage, step| usage.answer(Some(sdp), step)) {
            self.talking(id, now);
            self.begin_to_speak(id, now);
        }
        self.pump(now);
    }

    /// Refuses a call.
    pub fn refuse(&mut self, id: LineId, status: u16, now: Instant) {
        self.with_usage(id, now, |usage, step| usage.refuse(status, None, &[], step));
        self.pump(now);
    }

    /// Sends a call on: `contacts` is the value of Contact.
    pub fn redirect(&mut self, id: LineId, contacts: &str, now: Instant) {
        let headers = [(Name::Contact, contacts.to_owned())];
        self.with_usage(id, now, |usage, step| {
            usage.refuse(302, None, &headers, step)
        });
        self.pump(now);
    }

    /// Gives up a call that was not answered yet.
    pub fn cancel(&mut self, id: LineId, now: Instant) {
        self.with_usage(id, now, |usage, step| usage.cancel(None, step));
        self.pump(now);
    }

    /// Ends a call from whatever state.
    pub fn hang_up(&mut self, id: LineId, now: Instant) {
        self.with_usage(id, now, |usage, step| usage.hang_up(None, step));
        self.pump(now);
    }

    pub(super) fn give_up(&mut self, id: LineId, now: Instant) {
        match self.lines.get(&id).map(|line| line.stage) {
            Some(Stage::Calling) => self.hang_up(id, now),
            Some(Stage::Ringing) => self.refuse(id, 480, now),
            Some(Stage::Talking | Stage::Over) | None => {}
        }
    }

    /// Asks whether anyone is there when nothing was heard since the last time.
    pub(super) fn listen(&mut self, id: LineId, before: u64, now: Instant) {
        let Some(every) = self.manner.listens else {
            return;
        };
        let Some(line) = self.lines.get(&id).filter(|line| line.is_talking()) else {
            return;
        };
        let heard = line.heard.all();
        if heard == before && line.sound.agreed.receives() {
            self.reoffer(id, now);
        }
        self.set_alarm(now + every, Alarm::Listen(id, heard));
    }

    /// Puts the other side on hold, or takes it back.
    pub fn hold(&mut self, id: LineId, held: bool, now: Instant) -> bool {
        if let Some(line) = self.lines.get_mut(&id) {
            line.sound.own = if held {
                Direction::SendOnly
            } else {
                Direction::SendRecv
            };
        }
        self.reoffer(id, now)
    }

    /// Presses the key for recording.
    pub fn record(&mut self, id: LineId, on: bool, now: Instant) -> bool {
        let timely = self.with_usage(id, now, |usage, step| usage.record(on, step));
        self.pump(now);
        timely
    }

    /// Offers anew what it has.
    pub fn reoffer(&mut self, id: LineId, now: Instant) -> bool {
        let sdp = self.own_description(id);
        let timely = self.with_usage(id, now, |usage, step| usage.reoffer(Some(sdp), step));
        self.pump(now);
        timely
    }

    /// Asks the other side to offer.
    pub fn ask_offer(&mut self, id: LineId, now: Instant) -> bool {
        let timely = self.with_usage(id, now, |usage, step| usage.reoffer(None, step));
        if let Some(line) = self.lines.get_mut(&id).filter(|_| timely) {
            line.offers.asked = true;
        }
        self.pump(now);
        timely
    }

    /// Presses a key, told by INFO.
    pub fn press(&mut self, id: LineId, digit: char, now: Instant) -> bool {
        let body = Bytes::from(format!("Signal={digit}\r\nDuration=160\r\n"));
        let kind = "application/dtmf-relay";
        let timely = self.with_usage(id, now, |usage, step| usage.info(kind, body, step));
        self.pump(now);
        timely
    }

    /// Sends the other side on to a number of its company.
    pub fn transfer(&mut self, id: LineId, number: &str, now: Instant) -> bool {
        let to = format!("<sip:{number}@{}>", self.account.domain);
        self.refer(id, &to, now)
    }

    /// Sends the other side of `id` on to the other side of `consulted`.
    pub fn transfer_attended(&mut self, id: LineId, consulted: LineId, now: Instant) -> bool {
        let Some(other) = self.lines.get(&consulted) else {
            return false;
        };
        let (Some(name), peer) = (other.dialog(), other.peer.clone()) else {
            return false;
        };
        let uri = if peer.starts_with("sip:") {
            peer
        } else {
            format!("sip:{peer}@{}", self.account.domain)
        };
        let (call_id, to, from) = (name.call_id, name.remote_tag, name.local_tag);
        let refer_to = format!("<{uri}?Replaces={call_id}%3Bto-tag%3D{to}%3Bfrom-tag%3D{from}>");
        self.refer(id, &refer_to, now)
    }

    /// Sends a REFER with this Refer-To value.
    pub fn refer(&mut self, id: LineId, refer_to: &str, now: Instant) -> bool {
        let timely = self.with_usage(id, now, |usage, step| usage.refer(refer_to, step));
        self.pump(now);
        timely
    }

    /// Lets `act` work on a line's usage and follows what it tells; whether it was timely.
    pub(super) fn with_usage(
        &mut self,
        id: LineId,
        now: Instant,
        act: impl FnOnce(&mut InviteUsage, &mut Step<'_>) -> Result<(), Untimely>,
    ) -> bool {
        let Some(line) = self.lines.get_mut(&id) else {
            return false;
        };
        let Some(usage) = line.usage.as_mut() else {
            return false;
        };
        let mut events = Vec::new();
        let mut step = Step {
            now,
            transactions: &mut self.agent.transactions,
            events: &mut events,
        };
        let timely = act(usage, &mut step).is_ok();
        self.follow(id, events, now);
        timely
    }

    fn follow(&mut self, id: LineId, events: Vec<Event>, now: Instant) {
        for event in events {
            self.event(id, event, now);
        }
    }

    fn tell(&mut self, id: LineId, told: Told) {
        if let Some(line) = self.lines.get_mut(&id) {
            line.told.push(told);
        }
    }

    fn talking(&mut self, id: LineId, now: Instant) {
        if let Some(line) = self.lines.get_mut(&id) {
            line.stage = Stage::Talking;
        }
        if let Some(talks) = self.manner.talks {
            self.set_alarm(now + talks, Alarm::HangUp(id));
        }
        if let Some(every) = self.manner.listens {
            self.set_alarm(now + every, Alarm::Listen(id, 0));
        }
    }

    fn event(&mut self, id: LineId, event: Event, now: Instant) {
        match event {
            Event::Ringing { status, .. } => self.tell(id, Told::Ringing(status)),
            Event::Progressed { status, sdp, .. } => {
                self.tell(id, Told::Progressed(status));
                self.settle_direction(id, direction_of(&sdp));
                self.understand(id, &sdp, now);
            }
            Event::Answered { sdp, .. } => self.answered(id, sdp, now),
            Event::Confirmed { sdp } => {
                self.tell(id, Told::Confirmed);
                if let Some(sdp) = sdp {
                    self.settle_direction(id, direction_of(&sdp));
                    self.understand(id, &sdp, now);
                }
            }
            Event::Refused { status, message } => self.refused(id, status, message.as_ref(), now),
            Event::Cancelled { reason } => {
                self.tell(id, Told::Cancelled(reason));
                self.finish(id, now);
            }
            Event::Ended { ending, reason } => {
                self.tell(id, Told::Ended(ending, reason));
                self.finish(id, now);
            }
            Event::Offered { sdp } => self.offered(id, sdp, now),
            Event::Widened | Event::OfferWithdrawn => {}
            Event::ReofferAnswered { sdp } => self.reoffer_answered(id, sdp, now),
            Event::ReofferRefused { status } => {
                if let Some(line) = self.lines.get_mut(&id) {
                    line.offers.asked = false;
                }
                self.tell(id, Told::ReofferRefused(status));
            }
            Event::Info { body, .. } => {
                let text = String::from_utf8_lossy(&body).into_owned();
                self.tell(id, Told::Info(text));
            }
            Event::Referred(referral) => {
                let refer = referral.id;
                self.with_usage(id, now, |usage, step| usage.refuse_refer(refer, 603, step));
            }
            Event::ReferProgressed { status, done } => {
                self.tell(id, Told::Transfer(status, done));
            }
            Event::Refreshed { sdp } => {
                if let Some(sdp) = sdp {
                    self.understand(id, &sdp, now);
                }
            }
            Event::Terminated => self.terminated(id, now),
        }
    }

    fn answered(&mut self, id: LineId, sdp: Option<Bytes>, now: Instant) {
        self.tell(id, Told::Answered);
        let late = self.lines.get(&id).is_some_and(|line| line.offers.late);
        self.talking(id, now);
        let Some(sdp) = sdp else { return };
        let direction = direction_of(&sdp);
        if late {
            let answer = self.answer_to(id, direction);
            self.with_usage(id, now, |usage, step| usage.confirm(answer, step));
        } else {
            self.settle_direction(id, direction);
        }
        self.understand(id, &sdp, now);
    }

    fn reoffer_answered(&mut self, id: LineId, sdp: Option<Bytes>, now: Instant) {
        let direction = sdp.as_ref().and_then(|sdp| direction_of(sdp));
        self.tell(id, Told::ReofferAnswered(direction));
        let Some(sdp) = sdp else { return };
        let asked = self
            .lines
            .get_mut(&id)
            .is_some_and(|line| std::mem::take(&mut line.offers.asked));
        if asked {
            let answer = self.answer_to(id, direction);
            self.with_usage(id, now, |usage, step| usage.confirm(answer, step));
        } else {
            self.settle_direction(id, direction);
        }
        self.understand(id, &sdp, now);
    }

    fn offered(&mut self, id: LineId, sdp: Option<Bytes>, now: Instant) {
        let direction = sdp.as_ref().and_then(|sdp| direction_of(sdp));
        self.tell(id, Told::Offered(direction));
        if let Some(sdp) = &sdp {
            self.understand(id, sdp, now);
        }
        if !self.manner.answers_offers {
            if let Some(line) = self.lines.get_mut(&id) {
                line.offers.waiting = true;
            }
            return;
        }
        let answer = match sdp {
            Some(_) => self.answer_to(id, direction),
            None => self.own_description(id),
        };
        self.with_usage(id, now, |usage, step| usage.answer_reoffer(answer, step));
    }

    /// Refuses the new offer that waits (see [`Manner::answers_offers`](super::Manner)).
    pub fn refuse_offer(&mut self, id: LineId, status: u16, now: Instant) -> bool {
        let waits = self
            .lines
            .get_mut(&id)
            .is_some_and(|line| std::mem::take(&mut line.offers.waiting));
        let timely = waits
            && self.with_usage(id, now, |usage, step| {
                usage.refuse_reoffer(status, &[], step)
            });
        self.pump(now);
        timely
    }

    fn refused(&mut self, id: LineId, status: u16, message: Option<&Message>, now: Instant) {
        let retry_after = message.and_then(Message::retry_after);
        if let Some(message) = message.filter(|_| matches!(status, 401 | 407)) {
            let Some(line) = self.lines.get_mut(&id) else {
                return;
            };
            let uri = line.peer.clone();
            line.request.proofs += 1;
            if line.request.proofs <= 2
                && let Some(value) = self.proof(message, "INVITE", &uri)
            {
                let name = if status == 401 {
                    Name::Authorization
                } else {
                    Name::ProxyAuthorization
                };
                self.drop_usage(id);
                return self.invite(id, Some((name, value)), now);
            }
        }
        let told = Told::Refused {
            status,
            retry_after,
        };
        self.tell(id, told);
        self.finish(id, now);
    }

    fn drop_usage(&mut self, id: LineId) {
        let usage = self.lines.get_mut(&id).and_then(|line| line.usage.take());
        if let Some(usage) = usage {
            let (call_id, tag) = (usage.call_id().to_owned(), usage.local_tag().to_owned());
            self.agent.dialogs.remove(&call_id, &tag);
        }
        self.index.owners.retain(|_, line| *line != id);
    }

    /// A usage is over; the line goes on when another one has taken its place.
    fn terminated(&mut self, id: LineId, now: Instant) {
        let usage = self.lines.get(&id).and_then(|line| line.usage.as_ref());
        let phase = usage.map(InviteUsage::phase);
        if phase.is_none_or(|phase| phase == sip_stack::usage::Phase::Over) {
            self.finish(id, now);
        }
    }

    fn finish(&mut self, id: LineId, now: Instant) {
        if let Some(line) = self.lines.get_mut(&id) {
            line.over_at.get_or_insert(now);
            line.stage = Stage::Over;
        }
        let over = self.lines.get(&id).is_some_and(|line| {
            let phase = line.usage.as_ref().map(InviteUsage::phase);
            phase.is_none_or(|phase| phase == sip_stack::usage::Phase::Over)
        });
        if over {
            self.drop_usage(id);
            self.index.live.remove(&id);
        }
    }
}
