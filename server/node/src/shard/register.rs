//! REGISTER: from a proven device to its bindings (RFC 3261 §10.3).

use super::Shard;
use super::admission::Admitted;
use crate::capped::Capped;
use domain::Event;
use ids::{DeviceId, EventId, TenantId};
use machine::{Instant, WallTime};
use registrar::{ContactRequest, Outcome, Output, Registration};
use sip_message::{Contacts, Flow, Message, Name};
use sip_stack::transaction::ServerKey;

impl Shard {
    pub(crate) fn register(&mut self, key: ServerKey, flow: Flow, message: &Message, now: Instant) {
        let Some(admitted) = self.admit_to_begin(key, flow, message, now) else {
            return;
        };
        let tenant = admitted.scope.tenant();
        if let Err(capped) = self.tenants.take_registration(tenant, now) {
            return self.refuse_capped(key, message, capped, now);
        }
        let Ok(contacts) = message.contacts() else {
            return self.refuse(key, message, 400, now);
        };
        let outcome = match registration(message, &contacts, flow) {
            Ok(mut request) => {
                if let Err(capped) = self.check_bindings(&admitted) {
                    return self.refuse_capped(key, message, capped, now);
                }
                request.former_until = admitted.former_until;
                let before = self.former_bound(&admitted).is_some();
                let outcome = self.bind(&admitted, &request, now);
                if !before && let Some(until) = self.former_bound(&admitted) {
                    self.tell_former_secret(&admitted, until, now);
                }
                outcome
            }
            Err(rule) => Outcome::Bad(rule),
        };
        self.answer_register(key, message, &outcome, now);
    }

    /// Refuses a device that has no binding yet where its company has as many as it may.
    fn check_bindings(&mut self, admitted: &Admitted) -> Result<(), Capped> {
        let (scope, device) = (&admitted.scope, admitted.device);
        let adds = self.registrar.bindings(scope, device).is_empty();
        if !adds || admitted.tenant.device(device).is_none() {
            return Ok(());
        }
        let held = self.registrar.count(scope);
        self.tenants.check_bindings(scope.tenant(), held)
    }

    fn bind(&mut self, admitted: &Admitted, request: &Registration<'_>, now: Instant) -> Outcome {
        let wall = self.clock.wall(now);
        let (random, out) = (&mut self.random, &mut self.turn.bindings);
        let (scope, device) = (&admitted.scope, admitted.device);
        self.registrar
            .register(scope, device, request, now, wall, random, out)
    }

    fn answer_register(
        &mut self,
        key: ServerKey,
        message: &Message,
        outcome: &Outcome,
        now: Instant,
    ) {
        let status = match outcome {
            Outcome::Bound(_) => 200,
            Outcome::TooBrief(_) => 423,
            Outcome::TooMany(_) => 403,
            Outcome::OutOfOrder => 500,
            Outcome::Bad(_) => 400,
            Outcome::Full => 503,
        };
        let mut answer = self.sip.transactions.response(key, message, status);
        match outcome {
            Outcome::Bound(contacts) => {
                self.figures.registrations += 1;
                for (contact, seconds) in contacts {
                    answer.text(Name::Contact, &format!("<{contact}>;expires={seconds}"));
                }
                answer
                    .copy(message, Name::Path)
                    .text(Name::Supported, "path");
            }
            Outcome::TooBrief(seconds) => {
                answer.header(Name::MinExpires, seconds);
            }
            Outcome::Bad(rule) => {
                answer.text(Name::Warning, &format!("399 strowger \"{rule}\""));
            }
            Outcome::Full => {
                answer.header(Name::RetryAfter, self.config.limits.retry_after.as_secs());
            }
            Outcome::TooMany(_) | Outcome::OutOfOrder => {}
        }
        self.sip
            .transactions
            .respond(key, answer.finish(), status, now);
    }

    /// When the former secret is void that the sender used, if a binding of the device was proved
    /// with it.
    fn former_bound(&self, admitted: &Admitted) -> Option<WallTime> {
        let until = admitted.former_until?;
        let mut bindings = self
            .registrar
            .bindings(&admitted.scope, admitted.device)
            .iter();
        let found = bindings.any(|binding| binding.former_until == Some(until));
        found.then_some(until)
    }

    /// Tells a company that a device still has its former secret, once for each replacement. What
    /// a process has told before this one is known by the bindings it left.
    fn tell_former_secret(&mut self, admitted: &Admitted, until: WallTime, now: Instant) {
        let (told, wall) = (&mut self.tenants.former_told, self.clock.wall(now));
        if !told.is_news(admitted.device, until, wall) {
            return;
        }
        let id = EventId::new(self.unix_ms(now), self.random.next_u128());
        let tenant = admitted.scope.tenant();
        let event = Event::of_former_secret(id, tenant, admitted.device, until, wall);
        self.outbox.events.push(event);
    }

    /// Tells companies where their devices have begun or ceased to be reachable.
    pub(crate) fn tell_bindings(&mut self, now: Instant) {
        let (at, ms) = (self.clock.wall(now), self.unix_ms(now));
        let changed: Vec<_> = self.turn.bindings.iter().filter_map(changed_of).collect();
        for (tenant, device) in changed {
            self.device_moved(tenant, device);
        }
        for output in &self.turn.bindings {
            if let Output::Changed {
                tenant,
                device,
                bindings,
            } = output
            {
                let id = EventId::new(ms, self.random.next_u128());
                let event = Event::of_registration(id, *tenant, *device, *bindings, at);
                self.outbox.events.push(event);
            }
        }
        let told = |output: &Output| matches!(output, Output::Changed { .. });
        self.turn.bindings.retain(|output| !told(output));
    }

    /// Refuses what a company's cap has no room for, and says which cap that is.
    fn refuse_capped(&mut self, key: ServerKey, message: &Message, capped: Capped, now: Instant) {
        let mut answer = self.sip.transactions.response(key, message, 503);
        answer
            .header(Name::RetryAfter, self.config.limits.retry_after.as_secs())
            .text(Name::Warning, &format!("399 strowger \"{capped}\""));
        self.sip
            .transactions
            .respond(key, answer.finish(), 503, now);
    }

    pub(crate) fn retry_later(&mut self, key: ServerKey, message: &Message, now: Instant) {
        let mut answer = self.sip.transactions.response(key, message, 503);
        answer.header(Name::RetryAfter, self.config.limits.retry_after.as_secs());
        self.sip
            .transactions
            .respond(key, answer.finish(), 503, now);
    }
}

/// The device whose bindings this changes.
fn changed_of(output: &Output) -> Option<(TenantId, DeviceId)> {
    match output {
        Output::Changed { tenant, device, .. } => Some((*tenant, *device)),
        Output::Put { .. } | Output::Removed { .. } => None,
    }
}

fn registration<'m>(
    message: &'m Message,
    contacts: &Contacts<'m>,
    flow: Flow,
) -> Result<Registration<'m>, &'static str> {
    let expires = message
        .expires()
        .map_err(|_| "Expires must be a number of seconds")?;
    let mut list = Vec::new();
    if let Contacts::List(addresses) = contacts {
        for address in addresses {
            let uri = address.uri().map_err(|_| "a contact is not an address")?;
            if uri.check_scheme().is_err() {
                return Err("a contact must be a SIP address");
            }
            list.push(ContactRequest {
                uri: address.uri_text,
                expires: address.expires(),
                instance: address.instance(),
                reg_id: address.param("reg-id").and_then(|text| text.parse().ok()),
                q: address.q(),
            });
        }
    }
    Ok(Registration {
        call_id: message.call_id().map_err(|_| "Call-ID is missing")?,
        cseq: message.cseq().map_err(|_| "CSeq is missing")?.number,
        contacts: list,
        star: matches!(contacts, Contacts::Star),
        expires,
        path: message.values(Name::Path).collect(),
        user_agent: message.header(Name::UserAgent).unwrap_or_default(),
        flow,
        former_until: None,
    })
}
