//! INVITE: from a proven device to a call.

use crate::admission::Admitted;
use crate::calls;
use crate::legs;
use crate::shard::Shard;
use crate::tenants::Capped;
use call::{Call, Contact, DialPlan, DialStep, Incoming};
use domain::{CompiledTenant, Party};
use ids::{CallId, CdrId};
use machine::Instant;
use records::Recorder;
use routing::{Caller, Dialled, Explanation, HostClass, Purpose, Refusal, RouteRequest, Step};
use sdp::Description;
use sip_leg::{Desk, SipLeg, Sound, offer_of};
use sip_message::{Flow, Host, Message, Name, Scheme};
use sip_stack::transaction::ServerKey;
use tenancy::TenantScope;

/// Slot of a device's fixed address among its contacts.
pub(crate) const FIXED: u8 = u8::MAX;
/// Hops given to a call whose caller named none (RFC 3261 §8.1.1.6).
const HOPS: u8 = 70;

/// A caller's INVITE, understood.
struct Asked {
    caller: Caller,
    dialled: Dialled,
    offer: Option<Description>,
    hops: u8,
}

impl Shard {
    pub(crate) fn invite(&mut self, key: ServerKey, flow: Flow, message: Message, now: Instant) {
        if let Err(problem) = message.check_hops() {
            return self.refuse(key, &message, problem.status, now);
        }
        let Some(admitted) = self.admit(key, flow, &message, now) else {
            return;
        };
        let offer = match offer_of(&message) {
            Ok(offer) => offer,
            Err(status) => return self.refuse(key, &message, status, now),
        };
        if self.legs.len() >= self.config.limits.legs
            || self.calls.len() >= self.config.limits.calls
        {
            return self.retry_later(key, &message, now);
        }
        if message.has(Name::Replaces) {
            return self.invite_replacing(key, flow, message, &admitted, offer, now);
        }
        let hops = message.max_forwards().ok().flatten().unwrap_or(HOPS);
        let Some(dialled) = self.dialled(&message, &flow, &admitted.tenant) else {
            return self.refuse(key, &message, 404, now);
        };
        let caller = caller_of(&admitted);
        let asked = Asked {
            caller,
            dialled,
            offer,
            hops,
        };
        self.begin_call(key, flow, message, &admitted, asked, now);
    }

    /// What the Request-URI asks for.
    fn dialled(&self, message: &Message, flow: &Flow, tenant: &CompiledTenant) -> Option<Dialled> {
        let uri = message.request_uri().ok()?;
        if uri.scheme == Scheme::Tel {
            return Some(Dialled {
                user: uri.tel_number()?,
                host: HostClass::Own,
            });
        }
        let user = uri.user_decoded().unwrap_or_default().into_owned();
        Some(Dialled {
            user,
            host: self.host_class(&uri.host, flow, tenant),
        })
    }

    /// Whose host this is. Another company's domain is as foreign as one nobody has.
    pub(crate) fn host_class(
        &self,
        host: &Host<'_>,
        flow: &Flow,
        tenant: &CompiledTenant,
    ) -> HostClass {
        let own = match host {
            Host::Absent => false,
            Host::V4(ip) => self.is_our_address((*ip).into(), flow),
            Host::V6(ip) => self.is_our_address((*ip).into(), flow),
            Host::Name(name) => {
                let domains = tenant.domains();
                domains.iter().any(|own| own.eq_ignore_ascii_case(name)) || self.is_our_name(name)
            }
        };
        if own {
            HostClass::Own
        } else {
            HostClass::Foreign
        }
    }

    fn begin_call(
        &mut self,
        key: ServerKey,
        flow: Flow,
        message: Message,
        admitted: &Admitted,
        asked: Asked,
        now: Instant,
    ) {
        let Asked {
            caller,
            dialled,
            offer,
            hops,
        } = asked;
        let request = RouteRequest {
            caller,
            dialled,
            purpose: Purpose::Call,
        };
        let plan = match self.tenants.take_call(admitted.scope.tenant(), now) {
            Ok(()) => self.dial_plan(&admitted.scope, &admitted.tenant, &request),
            Err(capped) => {
                self.figures.capped_calls += 1;
                capped_plan(capped)
            }
        };
        let random = self.random.next_u64();
        let remote = flow.remote.ip();
        let (ports, media) = (&mut self.ports, &mut self.media_out);
        let Ok(sound) = Sound::open(ports, remote, None, offer.clone(), random, media) else {
            self.figures.portless_calls += 1;
            return self.retry_later(key, &message, now);
        };
        let agent = message
            .header(Name::UserAgent)
            .unwrap_or_default()
            .to_owned();
        let (owner, config) = (self.legs.next_owner(), self.usages.of(&flow));
        let mut desk = Desk {
            now,
            transactions: &mut self.transactions,
            ports: &mut self.ports,
            media: &mut self.media_out,
        };
        let usage = match SipLeg::take_invite(key, flow, message, config, owner, &mut desk) {
            Ok(usage) => usage,
            Err(_answered) => return sound.close(desk.ports, desk.media),
        };
        let RouteRequest {
            caller, dialled, ..
        } = request;
        let incoming = Incoming {
            id: CallId::new(self.unix_ms(now), self.random.next_u128()),
            caller: caller.clone(),
            dialled: dialled.user,
            offer,
            plan,
            config: self.config.call,
        };
        let recorder = self.recorder(incoming.id, &admitted.scope, caller, now);
        let mut outputs = Vec::new();
        let (call, leg) = Call::incoming(admitted.scope.clone(), incoming, now, &mut outputs);
        self.figures.calls += 1;
        self.tenants.call_began(admitted.scope.tenant());
        let call_key = self.calls.insert(calls::Entry {
            tenant: admitted.scope.tenant(),
            call,
            recorder,
            legs: Vec::with_capacity(2),
            max_forwards: hops.saturating_sub(1),
            wake: None,
            wake_at: None,
            dirty: false,
            stored: false,
            counted: true,
        });
        self.current = Some(call_key);
        let sip = SipLeg::caller(leg, usage, sound, flow, &agent);
        self.seat(sip, call_key);
        self.follow(call_key, outputs, now);
    }

    /// Gives a leg its place in the tables.
    pub(crate) fn seat(&mut self, sip: SipLeg, call: calls::CallKey) {
        let (leg, endpoint) = (sip.leg(), sip.sound().endpoint());
        let (call_id, tag) = (
            sip.usage().call_id().to_owned(),
            sip.usage().local_tag().to_owned(),
        );
        let entry = legs::Entry {
            sip,
            call,
            tag: tag.clone(),
            call_id: call_id.clone(),
            wake: None,
            wake_at: None,
        };
        let owner = self.legs.insert(entry);
        // The bound of the directory is that of the legs, which was checked before the call.
        let _full = self.dialogs.insert(&call_id, &tag, owner);
        self.calls.bind_endpoint(endpoint, call, leg);
        if let Some(entry) = self.calls.get_mut(call) {
            entry.set_owner(leg, Some(owner));
            entry.recorder.await_quality(leg);
        }
        self.rearm_leg(owner);
    }

    fn recorder(
        &mut self,
        call: CallId,
        scope: &TenantScope,
        caller: Caller,
        now: Instant,
    ) -> Recorder {
        let id = CdrId::new(self.unix_ms(now), self.random.next_u128());
        let Caller {
            device,
            extension,
            number,
            display,
        } = caller;
        let party = Party {
            extension,
            device,
            number,
            display,
        };
        Recorder::begin(id, call, scope.tenant(), party, self.clock.wall(now))
    }

    pub(crate) fn unix_ms(&self, now: Instant) -> u64 {
        u64::try_from(self.clock.wall(now).unix_ms()).unwrap_or(0)
    }

    /// A plan with its devices expanded to where they can be reached at this moment.
    pub(crate) fn dial_plan(
        &self,
        scope: &TenantScope,
        tenant: &CompiledTenant,
        request: &RouteRequest,
    ) -> DialPlan {
        let plan = routing::plan(tenant, request);
        let steps = plan.steps.into_iter().map(|step| match step {
            Step::Guest(guest) => DialStep::Guest(guest),
            Step::Refuse(refusal) => DialStep::Refuse(refusal),
            Step::Ring {
                extension,
                number,
                devices,
                timeout,
            } => {
                let display = tenant
                    .extension(extension)
                    .map_or("", |found| found.display_name.as_str());
                let contact = |device, slot| Contact {
                    device,
                    extension,
                    number: number.clone(),
                    display: display.to_owned(),
                    slot,
                };
                let mut targets = Vec::new();
                for device in devices {
                    let bound = self.registrar.bindings(scope, device).len();
                    let bound = u8::try_from(bound).unwrap_or(FIXED).min(FIXED);
                    targets.extend((0..bound).map(|slot| contact(device, slot)));
                    if tenant
                        .device(device)
                        .is_some_and(|found| found.address.is_some())
                    {
                        targets.push(contact(device, FIXED));
                    }
                }
                DialStep::Ring {
                    number,
                    targets,
                    timeout,
                }
            }
        });
        DialPlan {
            steps: steps.collect(),
            explanation: plan.explanation,
        }
    }
}

/// Who a proven device calls as.
pub(crate) fn caller_of(admitted: &Admitted) -> Caller {
    let device = admitted.tenant.device(admitted.device);
    let extension = device.and_then(|device| admitted.tenant.extension(device.extension));
    Caller {
        device: Some(admitted.device),
        extension: extension.map(|extension| extension.id),
        number: extension
            .map(|extension| extension.number.clone())
            .unwrap_or_default(),
        display: extension
            .map(|extension| extension.display_name.clone())
            .unwrap_or_default(),
    }
}

fn capped_plan(capped: Capped) -> DialPlan {
    let mut explanation = Explanation::default();
    match capped {
        Capped::Concurrent(cap) => {
            let because = format!("the company has {cap} calls at once, as many as it may");
            explanation.add("cap.concurrent_calls", because);
        }
        Capped::Rate(cap) => {
            let because = format!("the company began {cap} calls within a second, its most");
            explanation.add("cap.calls_per_second", because);
        }
    }
    let refusal = Refusal {
        status: 503,
        cause: 42,
    };
    DialPlan {
        steps: vec![DialStep::Refuse(refusal)],
        explanation,
    }
}
