//! Calls that the exchange itself begins, on behalf of one of a company's extensions: for now those
//! of its fax machines.
//!
//! Such a call goes by the company's own routing, as if a telephone of that extension had dialled:
//! its routes, classes, budgets and caps are all looked at, and it has a record. Whoever answers is
//! connected with the guest.

use super::Shard;
use super::plan::capped_plan;
use crate::calls::{CallKey, Entry};
use crate::faxes::{FaxCall, FaxMissed, FaxOrder};
use call::{Call, DialPlan, DialStep, Outgoing, Speaks};
use domain::{CompiledExtension, CompiledTenant, Destination};
use ids::CallId;
use machine::Instant;
use routing::{Caller, Dialled, Guest, Refusal, RouteRequest};
use sip_leg::proposal;
use tenancy::TenantScope;

/// Hops of a call that begins here (RFC 3261 §8.1.1.6).
const HOPS: u8 = 70;

/// Why nobody is called at this moment, as a SIP status.
const NO_ROOM: u16 = 503;

/// A call that a guest is to begin.
struct Wish<'a> {
    guest: Guest,
    /// On whose behalf.
    extension: &'a CompiledExtension,
    speaks: Speaks,
    to: &'a str,
}

impl Shard {
    /// Somebody is to be called for a fax. What comes of it is told by an order: that a machine is
    /// to begin, or that nobody has answered.
    pub fn send_fax(&mut self, wanted: &FaxCall, now: Instant) {
        self.guard(now, |shard| {
            if let Err((status, because)) = shard.call_for_fax(wanted, now) {
                let (id, call) = (wanted.id, None);
                shard.outbox.faxes.push(FaxOrder::Missed(FaxMissed {
                    id,
                    call,
                    status,
                    because,
                }));
            }
        });
    }

    fn call_for_fax(&mut self, wanted: &FaxCall, now: Instant) -> Result<(), (u16, String)> {
        let gone = |what: &str| Err((404, what.to_owned()));
        if self.calls.faxes.knows(wanted.id) {
            return Ok(());
        }
        let Some(tenant) = self.tenants.compiled(wanted.tenant) else {
            return gone("the company is not there any more");
        };
        let found = tenant.extension(wanted.extension);
        let is_machine = |found: &&CompiledExtension| found.destination == Destination::Fax;
        let Some(extension) = found.filter(is_machine) else {
            return gone("the extension that sends it is no fax machine any more");
        };
        let most = self.config.limits.faxes;
        if self.door.draining || !self.has_room(false) || self.calls.faxes.count() >= most {
            return Err((NO_ROOM, "the exchange has no room for it".to_owned()));
        }
        let scope = TenantScope::for_job(wanted.tenant, "fax");
        let wish = Wish {
            guest: Guest::Fax(extension.id),
            extension,
            speaks: Speaks::Fax,
            to: &wanted.to,
        };
        // the call may be over before it is known by its key
        let key = self.calls.next_key();
        self.calls.faxes.calls(key, wanted.id);
        self.originate((&scope, &tenant), &wish, now);
        Ok(())
    }

    /// Begins a call of a guest's.
    fn originate(
        &mut self,
        (scope, tenant): (&TenantScope, &CompiledTenant),
        wish: &Wish<'_>,
        now: Instant,
    ) {
        let caller = Caller {
            extension: Some(wish.extension.id),
            number: wish.extension.number.to_string(),
            display: wish.extension.display_name.to_string(),
            ..Caller::default()
        };
        let request = RouteRequest::call(caller.clone(), Dialled::own(wish.to));
        let plan = self.plan_of_guest((scope, tenant), &request, now);
        let outgoing = Outgoing {
            id: CallId::new(self.unix_ms(now), self.random.next_u128()),
            guest: wish.guest,
            caller: caller.clone(),
            dialled: wish.to.to_owned(),
            offer: proposal(wish.speaks),
            plan,
            config: self.call_config(tenant, None),
        };
        let recorder = self.recorder(outgoing.id, scope, caller, now);
        let mut outputs = Vec::new();
        let call = Call::outgoing(scope.clone(), outgoing, now, &mut outputs);
        self.figures.calls += 1;
        self.tenants.call_began(scope.tenant());
        let strip = self.sip.remembered.ring.begin();
        let key = self.calls.insert(Entry::new(call, recorder, strip, HOPS));
        self.turn.current = Some(key);
        self.follow(key, outputs, now);
    }

    /// Where it goes; one whose company has its share is refused by plan, so that there is a
    /// record. Nobody is called for help by a machine.
    fn plan_of_guest(
        &mut self,
        (scope, tenant): (&TenantScope, &CompiledTenant),
        request: &RouteRequest,
        now: Instant,
    ) -> DialPlan {
        if routing::may_call_for_help(tenant, &request.dialled.user) {
            return refused(
                "emergency.guest",
                "those who help are called by people alone",
            );
        }
        if !tenant.enabled() || !is_in_use(tenant, request) {
            return refused(
                "extension.disabled",
                "the company or the extension is out of use",
            );
        }
        match self.tenants.take_call(scope.tenant(), now) {
            Ok(()) => {
                let key = self.calls.next_key();
                self.guarded_plan(key, (scope, tenant), request, now)
            }
            Err(capped) => {
                self.figures.capped_calls += 1;
                capped_plan(capped)
            }
        }
    }

    /// The call for a fax is over; where nobody has answered it, whoever wants it sent is told.
    pub(super) fn miss_fax(&mut self, key: CallKey) {
        let Some(id) = self.calls.faxes.called(key) else {
            return;
        };
        let entry = self.calls.get(key);
        let cdr = entry.map(|entry| entry.recorder.cdr());
        let end = cdr.map(|cdr| (cdr.call, cdr.end.sip_status, cdr.end.reason.clone()));
        let (call, status, because) = match end {
            Some((call, status, because)) => (Some(call), status, because),
            None => (None, 500, String::new()),
        };
        self.outbox.faxes.push(FaxOrder::Missed(FaxMissed {
            id,
            call,
            status,
            because,
        }));
    }
}

/// Whether the extension on whose behalf is called is in use.
fn is_in_use(tenant: &CompiledTenant, request: &RouteRequest) -> bool {
    let id = request.caller.extension;
    let extension = id.and_then(|id| tenant.extension(id));
    extension.is_some_and(|extension| extension.enabled)
}

fn refused(rule: &'static str, because: &str) -> DialPlan {
    let mut explanation = routing::Explanation::default();
    explanation.add(rule, because);
    DialPlan {
        steps: vec![DialStep::Refuse(Refusal::FORBIDDEN)],
        explanation,
        emergency: None,
        beside: None,
    }
}
