//! REGISTER: from a proven device to its bindings (RFC 3261 §10.3).

use super::Shard;
use super::admission::{Admitted, Proven};
use super::dispatch::SUPPORTED;
use super::registration::{Unread, registration};
use crate::capped::Capped;
use domain::Event;
use ids::{DeviceId, EventId, TenantId};
use machine::{Instant, WallTime};
use registrar::{Outcome, Output, Registration};
use sip_message::{Flow, Message, Name};
use sip_stack::transaction::ServerKey;
use std::net::IpAddr;

/// Seconds between two keep-alives of a flow (RFC 5626 §4.4, §6), fewer than translators and
/// firewalls forget a connection in.
const FLOW_TIMER: u32 = 120;

/// What came of a request, and the contacts that are told.
pub(crate) type Served = Result<(Outcome, Vec<String>), Capped>;

impl Shard {
    pub(crate) fn register(&mut self, key: ServerKey, flow: Flow, message: &Message, now: Instant) {
        let admitted = match self.prove_to_begin(key, flow, message, now) {
            Some(Proven::Device(admitted)) => admitted,
            Some(Proven::Gateway(trunk)) => {
                return self.register_gateway((key, flow), &trunk, message, now);
            }
            None => return,
        };
        let (tenant, since) = (admitted.scope.tenant(), self.turn.bindings.len());
        self.serve_register((key, flow), message, tenant, now, |shard, request| {
            shard.check_bindings(&admitted)?;
            request.former_until = admitted.former_until;
            let before = shard.former_bound(&admitted).is_some();
            let outcome = shard.bind(&admitted, request, now);
            if !before && let Some(until) = shard.former_bound(&admitted) {
                shard.tell_former_secret(&admitted, until, now);
            }
            let contacts = match &outcome {
                Outcome::Bound(bound) => shard.contacts_told(&admitted, message, bound),
                Outcome::TooBrief(_)
                | Outcome::TooMany(_)
                | Outcome::OutOfOrder
                | Outcome::Bad(_)
                | Outcome::Full => Vec::new(),
            };
            Ok((outcome, contacts))
        });
        self.phone_came(&admitted, since, now);
    }

    /// Reads the REGISTER of who has proved to be of a tenant, has it served within the tenant's
    /// caps, and answers it.
    pub(crate) fn serve_register(
        &mut self,
        (key, flow): (ServerKey, Flow),
        message: &Message,
        tenant: TenantId,
        now: Instant,
        serve: impl FnOnce(&mut Shard, &mut Registration<'_>) -> Served,
    ) {
        if let Err(capped) = self.tenants.take_registration(tenant, now) {
            return self.refuse_capped(key, message, capped, now);
        }
        let Ok(contacts) = message.contacts() else {
            return self.refuse(key, message, 400, now);
        };
        let mut outbound = false;
        let edge = self.is_edge(flow.remote.ip());
        let (outcome, contacts) = match registration(message, &contacts, (flow, edge)) {
            Ok(mut request) => {
                outbound = request.contacts.iter().any(|one| one.reg_id.is_some());
                match serve(self, &mut request) {
                    Ok(served) => served,
                    Err(capped) => return self.refuse_capped(key, message, capped, now),
                }
            }
            Err(Unread::Bad(rule)) => (Outcome::Bad(rule), Vec::new()),
            Err(Unread::PathOfNobody) => return self.refuse_path(key, message, now),
            Err(Unread::FirstHopLacksOutbound) => return self.refuse(key, message, 439, now),
        };
        self.answer_register((key, outbound), message, (&outcome, &contacts), now);
    }

    /// Refuses a device that has no binding yet where its company has as many as it may.
    fn check_bindings(&mut self, admitted: &Admitted) -> Result<(), Capped> {
        let (scope, device) = (&admitted.scope, admitted.device);
        let adds = self.registrar.bindings(scope, device).is_empty();
        if !adds || admitted.tenant.device(device).is_none() {
            return Ok(());
        }
        let held = self.bindings_of(scope);
        self.tenants.check_bindings(scope.tenant(), held)
    }

    fn bind(&mut self, admitted: &Admitted, request: &Registration<'_>, now: Instant) -> Outcome {
        let wall = self.clock.wall(now);
        let (random, out) = (&mut self.random, &mut self.turn.bindings);
        let (scope, device) = (&admitted.scope, admitted.device);
        let since = out.len();
        let outcome = self
            .registrar
            .register(scope, device, request, now, wall, random, out);
        self.come_home((scope.tenant(), device), since, now);
        outcome
    }

    /// `outbound` says whether the request was about a flow of its own.
    fn answer_register(
        &mut self,
        (key, outbound): (ServerKey, bool),
        message: &Message,
        (outcome, contacts): (&Outcome, &[String]),
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
            Outcome::Bound(_) => {
                self.figures.registrations += 1;
                for contact in contacts {
                    answer.text(Name::Contact, contact);
                }
                if outbound {
                    answer
                        .text(Name::Require, "outbound")
                        .header(Name::FlowTimer, FLOW_TIMER);
                }
                answer
                    .copy(message, Name::Path)
                    .text(Name::Supported, SUPPORTED);
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
                who,
                bindings,
            } = output
            {
                let id = EventId::new(ms, self.random.next_u128());
                let event = Event::of_registration(id, *tenant, *who, *bindings, at);
                self.outbox.events.push(event);
            }
        }
        let told =
            |output: &Output| matches!(output, Output::Changed { .. } | Output::Moved { .. });
        self.turn.bindings.retain(|output| !told(output));
    }

    /// Whether an edge proxy of ours is there, whose word on the way to phones is taken.
    fn is_edge(&self, ip: IpAddr) -> bool {
        let mut edges = self.config.edges.iter();
        edges.any(|network| network.contains(ip))
    }

    /// Refuses a path that no edge proxy of ours has written (RFC 3327 §6).
    fn refuse_path(&mut self, key: ServerKey, message: &Message, now: Instant) {
        let mut answer = self.sip.transactions.response(key, message, 403);
        let rule = "Path is taken from the edge proxies of this exchange alone";
        answer.text(Name::Warning, &format!("399 strowger \"{rule}\""));
        self.sip
            .transactions
            .respond(key, answer.finish(), 403, now);
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
        Output::Changed { tenant, who, .. } => Some((*tenant, *who)),
        Output::Put { .. } | Output::Removed { .. } | Output::Moved { .. } => None,
    }
}
