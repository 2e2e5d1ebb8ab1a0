//! MESSAGE: a text from one extension to the telephones of another (RFC 3428, page mode).
//!
//! The sender is proved as a caller is, and is shown to the other side by its number and its
//! company's domain, never by where it is. A text for whoever cannot be reached now waits
//! ([`super::texts`]).

use super::Shard;
use super::admission::Admitted;
use super::deadlines::Wake;
use super::dialling::Way;
use super::invite::caller_of;
use crate::letters::{Letter, Letters, Origin, Told, UNREACHABLE};
use bytes::Bytes;
use domain::CompiledTenant;
use ids::{DeviceId, ExtensionId};
use machine::Instant;
use routing::HostClass;
use sip_leg::Identity;
use sip_message::{Builder, Flow, Message, Method, Name};
use sip_stack::transaction::{Event, Owner, Sending, ServerKey};
use std::time::Duration;
use tenancy::TenantScope;

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
pub(crate) struct Copy {
    pub(crate) from: String,
    pub(crate) to: String,
    pub(crate) hops: u8,
    /// Its Content-Type.
    pub(crate) kind: String,
    pub(crate) body: Bytes,
    /// When it was sent, where that is not now.
    pub(crate) date: Option<String>,
}

/// Where a message goes.
pub(crate) struct Readers {
    pub(crate) extension: ExtensionId,
    pub(crate) ways: Vec<Way>,
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
        let readers = Readers { extension, ways };
        if message.body().len() > TEXT_BYTES {
            return self.refuse(key, &message, 413, now);
        }
        if !message.body().is_empty() && !message.has(Name::ContentType) {
            return self.refuse(key, &message, 400, now);
        }
        if readers.ways.is_empty() {
            let text = self.text_to_keep(&message, &admitted, extension, now);
            return self.keep_text(key, &message, (admitted.scope.tenant(), text), now);
        }
        if !self.sip.letters.has_room(admitted.scope.tenant()) {
            return self.retry_later(key, &message, now);
        }
        self.send_letter(key, message, &admitted, readers, now);
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
        let (scope, sender) = (&admitted.scope, Some(admitted.device));
        Some((extension, self.ways_of(scope, tenant, extension, sender)))
    }

    /// Where an extension's telephones are, the sender's own left out.
    pub(crate) fn ways_of(
        &self,
        scope: &TenantScope,
        tenant: &CompiledTenant,
        extension: ExtensionId,
        sender: Option<DeviceId>,
    ) -> Vec<Way> {
        let Some(extension) = tenant.extension(extension) else {
            return Vec::new();
        };
        let mut ways = Vec::new();
        for device in tenant.devices_of(extension).filter(|one| one.enabled) {
            if Some(device.id) == sender {
                continue;
            }
            let bound = self.registrar.phones(scope, device.id).count();
            let slots = (0..u8::try_from(bound).unwrap_or(u8::MAX)).map(|slot| (device.id, slot));
            let found = slots.filter_map(|(id, slot)| self.way_to(scope, id, slot));
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
        readers: Readers,
        now: Instant,
    ) {
        let extension = readers.extension;
        let copy = Copy {
            from: from_of(admitted),
            to: to_of(&admitted.tenant, extension),
            hops: hops_of(&message),
            kind: kind_of(&message),
            body: message.body_bytes(),
            date: None,
        };
        let text = self.text_to_keep(&message, admitted, extension, now);
        let origin = Origin::Sender {
            key,
            request: message,
            text: text.map(Box::new),
        };
        self.send_copies(&admitted.tenant, origin, &copy, readers.ways, now);
    }

    /// Sends a message to all of an extension's telephones.
    pub(crate) fn send_copies(
        &mut self,
        tenant: &CompiledTenant,
        origin: Origin,
        copy: &Copy,
        ways: Vec<Way>,
        now: Instant,
    ) {
        let owner = self.sip.letters.insert(Letter {
            tenant: tenant.id(),
            origin: Some(origin),
            awaited: ways.len(),
            best: None,
        });
        self.timers.arm(now + PATIENCE, Wake::Letter(owner));
        for way in ways {
            self.send_copy(copy, way, owner, now);
        }
    }

    fn send_copy(&mut self, copy: &Copy, way: Way, owner: Owner, now: Instant) {
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
        if let Some(date) = &copy.date {
            builder.text(Name::Date, date);
        }
        builder.body_shared(&copy.kind, copy.body.clone());
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
        let Some(told) = told else {
            return;
        };
        let status = told_of(told.status);
        match told.origin {
            Origin::Sender { key, request, text } if status == UNREACHABLE => {
                let text = text.map(|text| *text);
                self.keep_text(key, &request, (told.tenant, text), now);
            }
            Origin::Sender { key, request, .. } => self.refuse(key, &request, status, now),
            Origin::Waited {
                scope,
                extension,
                key,
            } => self.text_tried(scope, (extension, key), status == 200, now),
        }
    }
}

/// Who a message's reader is shown.
pub(crate) fn from_of(admitted: &Admitted) -> String {
    let caller = caller_of(admitted);
    Identity {
        number: &caller.number,
        display: &caller.display,
        domain: admitted.tenant.domain(),
    }
    .value()
}

/// Whom a message is for, as its telephones are told.
pub(crate) fn to_of(tenant: &CompiledTenant, extension: ExtensionId) -> String {
    Identity {
        number: tenant.extension(extension).map_or("", |one| &one.number),
        display: "",
        domain: tenant.domain(),
    }
    .value()
}

/// Hops that are left of a message's.
pub(crate) fn hops_of(message: &Message) -> u8 {
    let given = message.max_forwards().ok().flatten();
    given.unwrap_or(HOPS).saturating_sub(1)
}

/// A message's Content-Type.
pub(crate) fn kind_of(message: &Message) -> String {
    let kind = message.header(Name::ContentType);
    kind.unwrap_or("text/plain").to_owned()
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
