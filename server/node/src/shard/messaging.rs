//! MESSAGE: a text from one extension to the telephones of another (RFC 3428, page mode).
//!
//! The sender is proved as a caller is, and is shown to the other side by its number and its
//! company's domain, never by where it is. Nothing is kept: whoever cannot be reached now is
//! answered for with 480.

use super::Shard;
use super::admission::Admitted;
use super::deadlines::Wake;
use super::dialling::Way;
use super::invite::caller_of;
use crate::letters::{Letter, Letters, Told, UNREACHABLE};
use ids::ExtensionId;
use machine::Instant;
use routing::HostClass;
use sip_leg::Identity;
use sip_message::{Builder, Flow, Message, Method, Name};
use sip_stack::transaction::{Event, Owner, Sending, ServerKey};
use std::time::Duration;

/// Longest text passed on, in bytes: with its headers it fits into a datagram (RFC 3428 §8).
const TEXT_BYTES: usize = 1_024;
/// Telephones one message is sent to at most.
const TARGETS_MAX: usize = 10;
/// How long telephones have to take a message before its sender is told: less than the 32 s after
/// which it would give up by itself (RFC 4320 §4.2).
const PATIENCE: Duration = Duration::from_secs(20);
/// Hops given to a message whose sender named none.
const HOPS: u8 = 70;

/// What all copies of a message have in common.
struct Copy {
    from: String,
    to: String,
    hops: u8,
}

impl Shard {
    pub(crate) fn message(&mut self, key: ServerKey, flow: Flow, message: Message, now: Instant) {
        if let Err(problem) = message.check_hops() {
            return self.refuse(key, &message, problem.status, now);
        }
        if self.lacks_extension(key, &message, now) {
            return;
        }
        let Some(admitted) = self.admit(key, flow, &message, now) else {
            return;
        };
        let Some((extension, ways)) = self.readers_of(&message, &flow, &admitted) else {
            return self.refuse(key, &message, 404, now);
        };
        if message.body().len() > TEXT_BYTES {
            return self.refuse(key, &message, 413, now);
        }
        if !message.body().is_empty() && !message.has(Name::ContentType) {
            return self.refuse(key, &message, 400, now);
        }
        if ways.is_empty() {
            return self.refuse(key, &message, 480, now);
        }
        if !self.sip.letters.has_room(admitted.scope.tenant()) {
            return self.retry_later(key, &message, now);
        }
        self.send_letter(key, message, &admitted, extension, ways, now);
    }

    /// Who is meant by a message, and the ways to all of its telephones, or to the one that is
    /// named (RFC 5627).
    fn readers_of(
        &self,
        message: &Message,
        flow: &Flow,
        admitted: &Admitted,
    ) -> Option<(ExtensionId, Vec<Way>)> {
        let (scope, tenant) = (&admitted.scope, &admitted.tenant);
        let dialled = self.dialled(message, flow, tenant)?;
        let gr = message.request_uri().ok()?.param_decoded("gr");
        let meant = self.meant(scope, tenant, dialled.user, gr.as_deref());
        if dialled.host == HostClass::Own
            && let Some(named) = self.ways_to_phone(scope, tenant, &meant)
        {
            return Some(named);
        }
        let extension = self.extension_named(message, flow, tenant)?;
        Some((extension, self.ways_of(admitted, extension)))
    }

    /// Where an extension's telephones are, the sender's own left out.
    fn ways_of(&self, admitted: &Admitted, extension: ExtensionId) -> Vec<Way> {
        let tenant = &admitted.tenant;
        let Some(extension) = tenant.extension(extension) else {
            return Vec::new();
        };
        let mut ways = Vec::new();
        for device in tenant.devices_of(extension).filter(|one| one.enabled) {
            if device.id == admitted.device {
                continue;
            }
            let bound = self.registrar.phones(&admitted.scope, device.id).count();
            let slots = (0..u8::try_from(bound).unwrap_or(u8::MAX)).map(|slot| (device.id, slot));
            let found = slots.filter_map(|(id, slot)| self.way_to(&admitted.scope, id, slot));
            ways.extend(found);
        }
        ways.truncate(TARGETS_MAX);
        ways
    }

    fn send_letter(
        &mut self,
        key: ServerKey,
        message: Message,
        admitted: &Admitted,
        extension: ExtensionId,
        ways: Vec<Way>,
        now: Instant,
    ) {
        let (tenant, caller) = (&admitted.tenant, caller_of(admitted));
        let number = tenant.extension(extension).map_or("", |one| &one.number);
        let identity = |number, display| {
            Identity {
                number,
                display,
                domain: tenant.domain(),
            }
            .value()
        };
        let hops = message.max_forwards().ok().flatten().unwrap_or(HOPS);
        let copy = Copy {
            from: identity(&caller.number, &caller.display),
            to: identity(number, ""),
            hops: hops.saturating_sub(1),
        };
        let owner = self.sip.letters.insert(Letter {
            tenant: tenant.id(),
            key,
            request: message.clone(),
            awaited: ways.len(),
            best: None,
            told: false,
        });
        self.timers.arm(now + PATIENCE, Wake::Letter(owner));
        for way in ways {
            self.send_copy(&copy, &message, way, owner, now);
        }
    }

    fn send_copy(&mut self, copy: &Copy, message: &Message, way: Way, owner: Owner, now: Instant) {
        let config = self.sip.usages.of(&way.flow);
        let transactions = &mut self.sip.transactions;
        let (branch, tag) = (transactions.branch(), transactions.tag());
        let call_id = transactions.call_id();
        let via = format!(
            "SIP/2.0/{} {};branch={branch};rport",
            way.flow.transport.via_token(),
            way.flow.local
        );
        let mut builder = Builder::request(Method::Message, &way.uri);
        builder
            .text(Name::Via, &via)
            .header(Name::MaxForwards, copy.hops);
        for route in &way.routes {
            builder.text(Name::Route, route);
        }
        builder
            .text(Name::From, &format!("{};tag={tag}", copy.from))
            .text(Name::To, &copy.to)
            .text(Name::CallId, &call_id)
            .text(Name::CSeq, "1 MESSAGE");
        if let Some(agent) = &config.agent {
            builder.text(Name::UserAgent, agent);
        }
        let kind = message.header(Name::ContentType).unwrap_or("text/plain");
        builder.body_shared(kind, message.body_bytes());
        let sending = Sending {
            flow: way.flow,
            branch,
            method: Method::Message,
            bytes: builder.finish(),
            owner,
        };
        transactions.request(sending, now);
    }

    /// Whether what happened concerns a message under way; it is taken then.
    pub(crate) fn is_for_letter(&mut self, event: &Event, now: Instant) -> bool {
        let (owner, status) = match event {
            Event::Response { owner, message, .. } => (*owner, message.status().unwrap_or(0)),
            // a telephone that is gone is one that cannot be reached now
            Event::ClientTimedOut { owner, .. } | Event::ClientTransportFailed { owner, .. } => {
                (*owner, UNREACHABLE)
            }
            Event::Request { .. }
            | Event::Ack { .. }
            | Event::Cancelled { .. }
            | Event::ServerTimedOut { .. } => return false,
        };
        if !Letters::is_letter(owner) {
            return false;
        }
        if status >= 200 {
            let told = self.sip.letters.answered(owner, status);
            self.tell_sender(told, now);
        }
        true
    }

    /// The sender of a message has waited long enough.
    pub(crate) fn give_letter_up(&mut self, owner: Owner, now: Instant) {
        let told = self.sip.letters.given_up(owner);
        self.tell_sender(told, now);
    }

    fn tell_sender(&mut self, told: Option<Told>, now: Instant) {
        if let Some(told) = told {
            let status = told_of(told.status);
            self.refuse(told.key, &told.request, status, now);
        }
    }
}

/// What a sender is told: that the text was taken, or why not. A telephone's own challenge, and
/// whatever else is between it and us, is none of the sender's.
fn told_of(status: u16) -> u16 {
    match status {
        200..=299 => 200,
        404 | 408 | 410 | 480 | 481 => 480,
        405 | 415 | 486 | 488 | 501 | 600 | 603 | 606 => status,
        _ => 480,
    }
}
