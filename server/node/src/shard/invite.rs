//! INVITE: from a proven device to a call.

use super::Shard;
use super::admission::{Admitted, Proven};
use super::emergency::{dialled_by, seems_for_help};
use super::header_rules::brought_by_phone;
use super::plan::{capped_plan, plan_for_help_alone};
use super::protection::terms_of_caller;
use super::recording_server::is_of_client;
use crate::calls::{self, Brought};
use crate::legs;
use crate::whose::Whose;
use call::{Call, DialPlan, Incoming, LegId};
use domain::{CompiledTenant, Party};
use ids::{CallId, CdrId, TrunkId};
use machine::Instant;
use media::EndpointId;
use records::Recorder;
use routing::{Caller, Dialled, HostClass, RouteRequest};
use sip_leg::{Askings, Desk, Offer, SipLeg, Sound, Terms, asks_to_answer, offer_of};
use sip_message::{Flow, Host, Message, Name, Scheme};
use sip_stack::transaction::ServerKey;
use sip_stack::usage::InviteUsage;
use tenancy::TenantScope;

/// Hops given to a call whose caller named none (RFC 3261 §8.1.1.6).
const HOPS: u8 = 70;

/// Why a caller's video goes nowhere.
const NO_VIDEO: &str = "the caller offered video, which comes by no trunk: there is sound";

/// What is said of video that the device of a caller may not have.
const NO_VIDEO_OF_DEVICE: &str =
    "the caller offered video, which its device may not have: there is sound";

/// What is dialled before an extension for it to answer by itself.
const INTERCOM: &str = "*80";

/// A caller's INVITE, understood.
pub(crate) struct Asked {
    request: RouteRequest,
    offer: Option<Offer>,
    hops: u8,
    brought: Brought,
}

impl Asked {
    pub(crate) fn new(request: RouteRequest, offer: Option<Offer>, message: &Message) -> Asked {
        let hops = message.max_forwards().ok().flatten().unwrap_or(HOPS);
        let Caller { number, proof, .. } = &request.caller;
        let verified = proof.as_ref().filter(|_| !number.is_empty());
        let verified = verified.map(|proof| (proof.verdict.standing(), number.clone()));
        Asked {
            request,
            offer,
            hops,
            brought: Brought {
                hides_history: hides_history(message),
                verified,
                ..Brought::default()
            },
        }
    }

    /// With the headers that a rule of a trunk hands on.
    pub(crate) fn with_headers(mut self, headers: Vec<(String, String)>) -> Asked {
        self.brought.headers = headers;
        self
    }

    /// With the proofs of who calls that came with it.
    pub(crate) fn with_proofs(mut self, proofs: Vec<String>) -> Asked {
        self.brought.proofs = proofs;
        self
    }
}

/// A caller's INVITE, taken in: not yet a leg of a call.
pub(crate) struct Taken {
    pub(crate) usage: InviteUsage,
    pub(crate) sound: Sound,
    agent: String,
}

impl Taken {
    pub(crate) fn into_leg(self, leg: LegId, flow: Flow) -> SipLeg {
        SipLeg::caller(leg, self.usage, self.sound, flow, &self.agent)
    }
}

impl Shard {
    pub(crate) fn invite(&mut self, key: ServerKey, flow: Flow, message: Message, now: Instant) {
        if let Err(problem) = message.check_hops() {
            return self.refuse(key, &message, problem.status, now);
        }
        let trunks = self.trunks_of(&flow, &message);
        let records = is_of_client(&message);
        if !trunks.is_empty() && records {
            return self.keep_for((key, flow), message, &trunks, now);
        }
        if !trunks.is_empty() {
            return self.call_in((key, flow), message, trunks, now);
        }
        let admitted = match self.prove(key, flow, &message, now) {
            Some(Proven::Device(admitted)) => admitted,
            Some(Proven::Gateway(trunk)) if records => {
                return self.keep_for((key, flow), message, &[trunk], now);
            }
            Some(Proven::Gateway(trunk)) => {
                return self.call_in((key, flow), message, vec![trunk], now);
            }
            None => return,
        };
        let for_help = seems_for_help(&admitted.tenant, &message);
        let terms = terms_of_caller(&admitted, for_help);
        let offer = match offer_of(&message, terms.srtp) {
            Ok(offer) => offer,
            Err(status) => return self.refuse(key, &message, status, now),
        };
        if !self.has_room(for_help) {
            return self.retry_later(key, &message, now);
        }
        if message.has(Name::Replaces) {
            return self.invite_replacing(key, flow, message, &admitted, offer, now);
        }
        let Some(mut dialled) = self.dialled(&message, &flow, &admitted.tenant) else {
            return self.refuse(key, &message, 404, now);
        };
        let gr = message.request_uri().ok();
        let gr = gr.as_ref().and_then(|uri| uri.param_decoded("gr"));
        dialled.user = self.meant(
            &admitted.scope,
            &admitted.tenant,
            dialled.user,
            gr.as_deref(),
        );
        let prefixed = strip_intercom(&mut dialled.user, &admitted.tenant);
        let intercom = prefixed || asks_to_answer(&message);
        let request = RouteRequest {
            from: Some(flow.remote.ip()),
            ..RouteRequest::call(caller_of(&admitted), dialled)
        };
        let headers = brought_by_phone(&admitted.tenant, &message);
        let mut asked = Asked::new(request, offer, &message).with_headers(headers);
        asked.brought.intercom = intercom;
        let whose = (&admitted.scope, &*admitted.tenant);
        self.begin_call((key, flow), message, whose, asked, (None, terms), now);
    }

    /// Whether there is room for one more call; the last of it is for calls for help.
    pub(crate) fn has_room(&self, for_help: bool) -> bool {
        let limits = &self.config.limits;
        let kept = if for_help { 0 } else { limits.kept_for_help };
        self.legs.len() + 2 * kept < limits.legs && self.calls.len() + kept < limits.calls
    }

    /// What the Request-URI asks for.
    pub(crate) fn dialled(
        &self,
        message: &Message,
        flow: &Flow,
        tenant: &CompiledTenant,
    ) -> Option<Dialled> {
        let uri = message.request_uri().ok()?;
        let user = dialled_by(&uri)?.into_owned();
        let host = match uri.scheme {
            Scheme::Tel | Scheme::Other(_) => HostClass::Own,
            Scheme::Sip | Scheme::Sips => self.host_class(&uri.host, flow, tenant),
        };
        Some(Dialled { user, host })
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

    /// Begins a call, which may have taken one of a trunk's share. False when its INVITE could
    /// not be taken in; it is answered then.
    pub(crate) fn begin_call(
        &mut self,
        (key, flow): (ServerKey, Flow),
        message: Message,
        (scope, tenant): (&TenantScope, &CompiledTenant),
        asked: Asked,
        (trunk, terms): (Option<TrunkId>, Terms),
        now: Instant,
    ) -> bool {
        let plan = self.plan_of(scope, tenant, &asked.request, now);
        let offered = asked.offer.as_ref().map(|offer| &offer.description);
        let unseen = !terms.video && offered.is_some_and(|offer| offer.video().is_some());
        let emergency = plan.emergency.clone();
        let offer = asked.offer.clone();
        let whence = (flow, trunk, terms);
        let taken = self.take_caller(key, whence, message, None, offer, now);
        let Some(mut taken) = taken else {
            self.tenants.budgets.ended(self.calls.next_key());
            return false;
        };
        if let Some(trunk) = trunk {
            taken.sound = taken.sound.only(self.codecs_of(trunk));
        }
        let t38 = self.t38_of_caller(&asked.request.caller, tenant);
        taken.sound = taken.sound.faxing(t38);
        let RouteRequest {
            caller, dialled, ..
        } = asked.request;
        let incoming = Incoming {
            id: CallId::new(self.unix_ms(now), self.random.next_u128()),
            caller: caller.clone(),
            dialled: dialled.user,
            offer: taken.sound.remote().cloned(),
            plan,
            earlier: asked.request.earlier,
            config: self.call_config(tenant, trunk),
        };
        let recorder = self.recorder(incoming.id, scope, caller, now);
        let mut outputs = Vec::new();
        let (call, leg) = Call::incoming(scope.clone(), incoming, now, &mut outputs);
        self.figures.calls += 1;
        self.tenants.call_began(scope.tenant());
        let strip = self.sip.remembered.ring.begin();
        let hops = asked.hops.saturating_sub(1);
        let mut entry = calls::Entry::new(call, recorder, strip, hops);
        entry.shares.came = trunk;
        entry.brought = asked.brought;
        entry.brought.intercom &= emergency.is_none();
        entry.emergency = emergency;
        let call_key = self.calls.insert(entry);
        self.turn.current = Some(call_key);
        self.seat(taken.into_leg(leg, flow), call_key);
        self.follow(call_key, outputs, now);
        if unseen {
            let because = trunk.map_or(NO_VIDEO_OF_DEVICE, |_| NO_VIDEO);
            self.explain(call_key, "media.video", because.to_owned(), now);
        }
        self.tell_emergency(call_key, tenant, now);
        true
    }

    /// The bounds of a company's call that came in by a trunk, or by none.
    pub(super) fn call_config(
        &self,
        tenant: &CompiledTenant,
        trunk: Option<TrunkId>,
    ) -> call::Config {
        let line = trunk.and_then(|trunk| self.tenants.trunks.get(trunk));
        call::Config {
            early_media: line.is_none_or(|line| line.spec().dialogs.early_media),
            music: tenant.has_music_on_hold(),
            ..self.config.call
        }
    }

    /// Where the call goes; a company that has its share already is refused by plan, so that the
    /// refusal has a record. A call for help is not held to the share, and is all that whoever is
    /// out of use may place.
    fn plan_of(
        &mut self,
        scope: &TenantScope,
        tenant: &CompiledTenant,
        request: &RouteRequest,
        now: Instant,
    ) -> DialPlan {
        let key = self.calls.next_key();
        if request.back_to.is_some() {
            return self.guarded_plan(key, (scope, tenant), request, now);
        }
        if routing::may_call_for_help(tenant, &request.dialled.user) {
            let (plan, _uncounted) = self.dial_plan(scope, tenant, request, now);
            let for_help = plan.emergency.as_ref().is_some_and(|about| !about.test);
            let toll = self.door.intake.tolls.of(Whose::Tenant(scope.tenant()));
            if for_help && toll.may_hurry(now) {
                return plan;
            }
        }
        let device = request.caller.device.and_then(|id| tenant.device(id));
        if device.is_some_and(|device| !tenant.entry(device).enabled) {
            return plan_for_help_alone();
        }
        match self.tenants.take_call(scope.tenant(), now) {
            Ok(()) => self.guarded_plan(key, (scope, tenant), request, now),
            Err(capped) => {
                self.figures.capped_calls += 1;
                capped_plan(capped)
            }
        }
    }

    /// Opens media for a caller, next to the leg it will talk with if that is known, and takes
    /// its INVITE in. Nothing when either failed; the INVITE is answered then.
    pub(crate) fn take_caller(
        &mut self,
        key: ServerKey,
        (flow, trunk, terms): (Flow, Option<TrunkId>, Terms),
        message: Message,
        near: Option<EndpointId>,
        offer: Option<Offer>,
        now: Instant,
    ) -> Option<Taken> {
        let (offer, asked) = match offer {
            Some(offer) => (Some(offer.description), offer.asked),
            None => (None, Askings::default()),
        };
        let ours = (self.random.next_u64(), self.security(terms, asked));
        let remote = self.media_source(&flow);
        let (ports, media) = (&mut self.ports, &mut self.outbox.media);
        let Ok(sound) = Sound::open(ports, remote, near, offer, ours, media) else {
            self.figures.portless_calls += 1;
            self.retry_later(key, &message, now);
            return None;
        };
        let agent = message.header(Name::UserAgent).unwrap_or_default();
        let agent = agent.to_owned();
        let config = self.usage_with(&flow, trunk);
        let owner = self.legs.next_owner();
        let mut desk = Desk {
            now,
            transactions: &mut self.sip.transactions,
            ports: &mut self.ports,
            media: &mut self.outbox.media,
        };
        match SipLeg::take_invite(key, flow, message, config, owner, &mut desk) {
            Ok(usage) => Some(Taken {
                usage,
                sound,
                agent,
            }),
            Err(_answered) => {
                sound.close(desk.ports, desk.media);
                None
            }
        }
    }

    /// Gives a leg its place in the tables.
    pub(crate) fn seat(&mut self, sip: SipLeg, call: calls::CallKey) {
        let (leg, endpoint) = (sip.leg(), sip.sound().endpoint());
        let (call_id, tag) = (
            sip.usage().call_id().to_owned(),
            sip.usage().local_tag().to_owned(),
        );
        let strip = self.calls.get(call).map(|entry| entry.strip);
        let strip = strip.unwrap_or_default();
        self.claim_prelude((strip, leg.number()));
        let device = self.calls.get(call).and_then(|entry| {
            let (party, _) = entry.call.leg(leg)?;
            party.device
        });
        let entry = legs::Entry {
            connection: sip.flow().connection,
            device,
            adrift: None,
            sip,
            call,
            strip,
            tag: tag.clone(),
            call_id: call_id.clone(),
            attempt: None,
            streams: false,
            gauge: None,
            talk: None,
            wake: None,
            wake_at: None,
        };
        let owner = self.legs.insert(entry);
        // The bound of the directory is that of the legs, which was checked before the call.
        let _full = self.sip.dialogs.insert(&call_id, &tag, owner);
        self.calls.bind_endpoint(endpoint, call, leg);
        if let Some(entry) = self.calls.get_mut(call) {
            entry.set_owner(leg, Some(owner));
            entry.recorder.await_quality(leg);
        }
        self.rearm_leg(owner);
    }

    pub(super) fn recorder(
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
            ..
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
}

/// Takes the prefix of intercom from what was dialled, where an extension follows it; whether it
/// did. A number that begins so by itself is dialled as it is.
fn strip_intercom(dialled: &mut String, tenant: &CompiledTenant) -> bool {
    let rest = dialled.strip_prefix(INTERCOM);
    let extension = rest.filter(|rest| tenant.extension_by_number(rest).is_some());
    let Some(extension) = extension.map(str::to_owned) else {
        return false;
    };
    if tenant.extension_by_number(dialled).is_some() {
        return false;
    }
    *dialled = extension;
    true
}

/// Whether a caller asks that the history of its call be told to nobody (RFC 7044 §10.1.1).
fn hides_history(message: &Message) -> bool {
    let all = message.header(Name::Privacy).unwrap_or_default();
    let mut words = all.split(';').map(str::trim);
    words.any(|word| ["history", "header", "session"].contains(&&*word.to_ascii_lowercase()))
}

/// Who a proven device calls as.
pub(crate) fn caller_of(admitted: &Admitted) -> Caller {
    let device = admitted.tenant.device(admitted.device);
    let extension = device.and_then(|device| admitted.tenant.extension(device.extension));
    Caller {
        device: Some(admitted.device),
        extension: extension.map(|extension| extension.id),
        trunk: None,
        number: extension
            .map(|extension| extension.number.to_string())
            .unwrap_or_default(),
        display: extension
            .map(|extension| extension.display_name.to_string())
            .unwrap_or_default(),
        proof: None,
    }
}
