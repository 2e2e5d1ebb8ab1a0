//! Whose a message is: a leg's, a new call's, a registration's, or nobody's.

use super::Shard;
use crate::recording_sessions::RecordingSessions;
use event_package::Package;
use machine::Instant;
use sip_message::{Flow, Message, Method, Name};
use sip_stack::transaction::{Event, Owner, ServerKey};
use siprec::{METADATA, SIPREC};
use watch::Watches;

/// Methods served here, as Allow says.
pub(crate) const ALLOW: &str = "INVITE, ACK, CANCEL, BYE, OPTIONS, REGISTER, INFO, UPDATE, PRACK, REFER, NOTIFY, \
     SUBSCRIBE, MESSAGE, PUBLISH";
/// The same, outside dialogs.
const SERVED: [Method<'static>; 6] = [
    Method::Invite,
    Method::Register,
    Method::Options,
    Method::Subscribe,
    Method::Message,
    Method::Publish,
];
/// Methods that only mean something inside a dialog.
const INSIDE: [Method<'static>; 7] = [
    Method::Bye,
    Method::Cancel,
    Method::Info,
    Method::Update,
    Method::Prack,
    Method::Refer,
    Method::Notify,
];
/// Extensions known here, as Supported says.
pub(crate) const SUPPORTED: &str =
    "100rel, timer, replaces, path, outbound, gruu, norefersub, eventlist";

impl Shard {
    pub(crate) fn dispatch(&mut self, event: Event, now: Instant) {
        let is_other = self.is_for_watch(&event, now) || self.is_for_letter(&event, now);
        if is_other
            || self.is_for_session(&event, now)
            || self.is_for_trunk(&event, now)
            || self.is_for_waiting(&event, now)
        {
            return;
        }
        match event {
            Event::Request { key, flow, message } => self.request(key, flow, message, now),
            Event::Ack { flow, message } => {
                let owner = self.sip.dialogs.find(&message);
                if let Some(owner) = owner.filter(|o| RecordingSessions::is_session(*o)) {
                    return self.acknowledge_session(owner, flow, message, now);
                }
                // nobody can be asked to prove an ACK; without a body it says nothing
                let harmless = message.body().is_empty();
                if let Some(owner) = owner.filter(|o| harmless || self.is_peer(*o, &flow)) {
                    self.give(owner, Event::Ack { flow, message }, now);
                }
            }
            Event::Cancelled { owner, flow, .. } if !self.is_peer(owner, &flow) => {}
            Event::Response {
                key,
                owner,
                flow,
                message,
            } => {
                if self.legs.get(owner).is_some() {
                    return self.give(
                        owner,
                        Event::Response {
                            key,
                            owner,
                            flow,
                            message,
                        },
                        now,
                    );
                }
                let config = self.sip.usages.of(&flow);
                let transactions = &mut self.sip.transactions;
                sip_stack::usage::dismiss(key, flow, &message, &config, now, transactions);
            }
            Event::Cancelled { owner, .. }
            | Event::ClientTimedOut { owner, .. }
            | Event::ClientTransportFailed { owner, .. }
            | Event::ServerTimedOut { owner, .. } => self.give(owner, event, now),
        }
    }

    fn give(&mut self, owner: Owner, event: Event, now: Instant) {
        self.turn.current = self.legs.get(owner).map(|entry| entry.call);
        self.with_leg(owner, now, |leg, desk, reports| {
            leg.take(event, desk, reports)
        });
    }

    fn request(&mut self, key: ServerKey, flow: Flow, message: Message, now: Instant) {
        // some phones write it as if it were within the call that it is about
        if message.method() == Some(Method::Publish) && Shard::is_voice_report(&message) {
            return self.voice_report(key, flow, &message, now);
        }
        if message.to().is_ok_and(|to| to.tag().is_some()) {
            return match self.sip.dialogs.find(&message) {
                Some(owner) if Watches::is_watch(owner) => {
                    self.in_watch(owner, key, flow, &message, now);
                }
                Some(owner) if RecordingSessions::is_session(owner) => {
                    self.in_session(owner, (key, flow), message, now);
                }
                Some(owner) if self.may_speak(owner, key, flow, &message, now) => {
                    self.sip.transactions.adopt(key, owner);
                    self.give(owner, Event::Request { key, flow, message }, now);
                }
                Some(_) => {}
                None if self.may_ask(key, &flow, now) => self.refuse(key, &message, 481, now),
                None => {}
            };
        }
        match message.method() {
            Some(Method::Invite) => self.invite(key, flow, message, now),
            Some(Method::Register) => self.register(key, flow, &message, now),
            Some(Method::Message) => self.message(key, flow, message, now),
            Some(Method::Publish) => self.publish(key, flow, &message, now),
            Some(Method::Subscribe) => self.subscribe(key, flow, &message, now),
            Some(Method::Notify) if Shard::is_voice_report(&message) => {
                self.voice_report(key, flow, &message, now);
            }
            // all others are answered to anybody, but not without end
            Some(_) | None if !self.may_ask(key, &flow, now) => {}
            Some(Method::Options) => self.options((key, flow), &message, now),
            Some(method) if INSIDE.contains(&method) => self.refuse(key, &message, 481, now),
            Some(_) | None => self.not_served(key, &message, now),
        }
    }

    fn not_served(&mut self, key: ServerKey, message: &Message, now: Instant) {
        let status = message
            .check_method(&SERVED)
            .map_or_else(|problem| problem.status, |()| 405);
        let mut answer = self.sip.transactions.response(key, message, status);
        answer.text(Name::Allow, ALLOW);
        self.sip
            .transactions
            .respond(key, answer.finish(), status, now);
    }

    fn options(&mut self, (key, flow): (ServerKey, Flow), message: &Message, now: Instant) {
        if self.lacks_extension(key, message, now) {
            return;
        }
        let mut answer = self.sip.transactions.response(key, message, 200);
        answer.text(Name::Allow, ALLOW);
        if self.keeps_for(&flow, message) {
            // what is taken of recording clients, as these ask before they send anything
            answer
                .header(Name::Supported, format_args!("{SUPPORTED}, {SIPREC}"))
                .header(Name::Accept, format_args!("application/sdp, {METADATA}"));
        } else {
            answer
                .text(Name::Supported, SUPPORTED)
                .text(Name::Accept, "application/sdp");
        }
        answer
            .text(Name::AllowEvents, Package::ALLOWED)
            .text(Name::Server, &self.config.agent);
        self.sip
            .transactions
            .respond(key, answer.finish(), 200, now);
    }

    /// Answers 420 when the request requires what we do not know (RFC 3261 §8.2.2.3).
    pub(crate) fn lacks_extension(
        &mut self,
        key: ServerKey,
        message: &Message,
        now: Instant,
    ) -> bool {
        let known: Vec<&str> = SUPPORTED.split(", ").collect();
        let unknown = message.unsupported_options(&known).join(", ");
        if unknown.is_empty() {
            return false;
        }
        let mut answer = self.sip.transactions.response(key, message, 420);
        answer.text(Name::Unsupported, &unknown);
        self.sip
            .transactions
            .respond(key, answer.finish(), 420, now);
        true
    }

    /// Answers with a bare status.
    pub(crate) fn refuse(&mut self, key: ServerKey, message: &Message, status: u16, now: Instant) {
        self.sip
            .transactions
            .respond_simply(key, message, status, now);
    }
}
