//! Calls from carriers: from a source to a trunk, from the called number to a tenant, and so to a
//! scope. Whoever comes in this way is nobody of the tenant's, and reaches only what its inbound
//! routes lead to.

use super::Shard;
use super::handed_on::proofs_of;
use super::header_rules::brought_by_carrier;
use super::invite::Asked;
use crate::called::{Called, party};
use crate::trunks::{Line, is_home};
use domain::{CalledIn, E164};
use ids::TrunkId;
use machine::Instant;
use routing::{Caller, Dialled, RouteRequest};
use sdp::Refusal;
use sip_leg::offer_of;
use sip_message::{Flow, Message, Name, NameAddr, Uri};
use sip_stack::transaction::ServerKey;
use tenancy::{AdmittedTrunk, NumberEntry, TenantScope};

impl Shard {
    /// The trunks that an INVITE can come by; none when no carrier sent it.
    pub(crate) fn trunks_of(&self, flow: &Flow, message: &Message) -> Vec<AdmittedTrunk> {
        let uri = message.request_uri().ok();
        let user = uri.and_then(|uri| uri.user);
        let directory = &self.tenants.directory;
        self.tenants.trunks.admit(directory, flow, user)
    }

    /// Takes in a carrier's INVITE.
    pub(crate) fn call_in(
        &mut self,
        (key, flow): (ServerKey, Flow),
        message: Message,
        trunks: Vec<AdmittedTrunk>,
        now: Instant,
    ) {
        let Some(mut called) = self.admit_call(trunks, &message) else {
            self.figures.trunks.unknown_numbers += 1;
            return self.refuse(key, &message, 404, now);
        };
        // To take a phone's place is for phones (RFC 3891 §3).
        if message.has(Name::Replaces) {
            return self.refuse(key, &message, 403, now);
        }
        called.request.back_to = self.called_back(&called.tenant, &called.request, now);
        self.prove_caller((key, flow), message, called, now);
    }

    /// Takes in a carrier's INVITE of whose proof everything is known that is wanted.
    pub(super) fn take_in(
        &mut self,
        (key, flow): (ServerKey, Flow),
        message: Message,
        called: Called,
        now: Instant,
    ) {
        let Called {
            scope,
            tenant,
            request,
            ..
        } = called;
        let terms = self.terms_of_trunk(request.caller.trunk);
        let mut offer = match offer_of(&message, terms.srtp) {
            Ok(offer) => offer,
            Err(status) => return self.refuse(key, &message, status, now),
        };
        if let (Some(offer), Some(trunk)) = (&mut offer, request.caller.trunk)
            && let Err(refusal) = sdp::limit(&mut offer.description, self.codecs_of(trunk))
        {
            return self.refuse_offer(key, &message, refusal, now);
        }
        let back = request.back_to.is_some();
        if !self.has_room(back) {
            return self.retry_later(key, &message, now);
        }
        let trunk = request.caller.trunk;
        let company = tenant.id();
        let mut line = trunk.and_then(|trunk| self.tenants.trunks.get_mut(trunk));
        let Some(line) = line.take_if(|line| line.take_call(company, back, now).is_ok()) else {
            self.figures.trunks.caps.refused += 1;
            return self.retry_later(key, &message, now);
        };
        let headers = brought_by_carrier(line.spec(), &message);
        self.figures.trunks.calls_in += 1;
        self.figures.trunks.on_net += u64::from(is_home(&flow));
        let asked = Asked::new(request, offer, &message);
        let asked = asked.with_proofs(proofs_of(&message)).with_headers(headers);
        let whose = (&scope, &*tenant);
        let by = (trunk, terms);
        let began = self.begin_call((key, flow), message, whose, asked, by, now);
        if !began && let Some(line) = trunk.and_then(|trunk| self.tenants.trunks.get_mut(trunk)) {
            line.load.ended(company);
        }
    }

    /// The codecs that are spoken by a trunk; any where none is named.
    pub(super) fn codecs_of(&self, trunk: TrunkId) -> &[String] {
        let line = self.tenants.trunks.get(trunk);
        line.map_or(&[], |line| &line.spec().codecs)
    }

    /// Refuses an offer, and says what is wrong with it (RFC 3261 §20.43).
    fn refuse_offer(&mut self, key: ServerKey, message: &Message, why: Refusal, now: Instant) {
        let mut answer = self.sip.transactions.response(key, message, 488);
        let (code, text) = why.warning();
        answer.text(Name::Warning, &format!("{code} strowger \"{text}\""));
        let bytes = answer.finish();
        self.sip.transactions.respond(key, bytes, 488, now);
    }

    /// A call that has waited, as its company is now; nothing where the number is no more the
    /// company's on that trunk.
    pub(super) fn still_called(&self, called: Called) -> Option<Called> {
        let trunk = called.request.caller.trunk?;
        let number = &called.request.dialled.user;
        let tenant = self.tenants.directory.called_on(trunk, number)?;
        let tenant = self.tenants.compiled(tenant)?;
        let same = tenant.id() == called.tenant() && tenant.trunk(trunk).is_some();
        same.then_some(Called { tenant, ..called })
    }

    /// Whose number is called. A number that nobody has, one of a tenant that may not use this
    /// trunk, and what is no number at all are the same to the carrier.
    fn admit_call(&self, trunks: Vec<AdmittedTrunk>, message: &Message) -> Option<Called> {
        trunks.into_iter().find_map(|trunk| {
            let id = trunk.trunk();
            let line = self.tenants.trunks.get(id)?;
            let number = called_number(line, message)?.to_string();
            let tenant = self.tenants.directory.called_on(id, &number)?;
            let tenant = self.tenants.compiled(tenant)?;
            let usable: Vec<TrunkId> = tenant.trunks().iter().map(|trunk| trunk.id).collect();
            let proof = trunk.call_for(&NumberEntry {
                tenant: tenant.id(),
                trunks: &usable,
            })?;
            let signalled = signalled_number(line, message);
            let orig = signalled.as_ref().map(E164::digits);
            let orig = orig.and_then(party);
            let caller = signalled.filter(|_| !is_private(message));
            Some(Called {
                scope: TenantScope::from_called_number(&proof),
                tenant,
                request: RouteRequest {
                    earlier: diversions_of(message),
                    ..request(id, number, caller)
                },
                signalled: orig,
            })
        })
    }
}

fn request(trunk: TrunkId, called: String, caller: Option<E164>) -> RouteRequest {
    let caller = Caller {
        trunk: Some(trunk),
        number: caller.map(|number| number.to_string()).unwrap_or_default(),
        ..Caller::default()
    };
    RouteRequest::call(caller, Dialled::own(called))
}

/// How often a carrier's call went on elsewhere before it came (RFC 5806 §4): each Diversion
/// counts once, or as often as its counter says. A carrier may tell it by a history alone
/// (RFC 7044).
fn diversions_of(message: &Message) -> u8 {
    let counted = message.values(Name::Diversion).map(|value| {
        let counter = NameAddr::parse(value).ok().and_then(|address| {
            let counter = address.param("counter")?;
            counter.parse::<u8>().ok()
        });
        counter.unwrap_or(1).max(1)
    });
    let history = message.values(Name::HistoryInfo).skip(1).count();
    let history = u8::try_from(history).unwrap_or(u8::MAX);
    counted.fold(0, u8::saturating_add).max(history)
}

/// The number called, where the trunk has it.
pub(crate) fn called_number(line: &Line, message: &Message) -> Option<E164> {
    let of_to = || message.to().ok()?.uri().ok();
    let uri = match line.spec().called_in {
        CalledIn::RequestUri => message.request_uri().ok(),
        CalledIn::To => of_to(),
    };
    // Carriers that call the registered contact name the number in To alone, and so do we where
    // the other end is this exchange, by the contact of the trunk on which the call went out.
    let uri = uri.filter(|uri| !line.spec().is_on_net() && uri.user != Some(line.contact()));
    number_in(line, &uri.or_else(of_to)?)
}

/// Whether a caller is not to be seen (RFC 3323): nobody is shown the number then.
fn is_private(message: &Message) -> bool {
    let private = message.header(Name::Privacy).unwrap_or("none");
    !private.trim().eq_ignore_ascii_case("none")
}

/// The number of the caller: what the carrier asserts (RFC 3325), else what From says.
fn signalled_number(line: &Line, message: &Message) -> Option<E164> {
    let asserted = message.values(Name::PAssertedIdentity).find_map(|value| {
        let address = NameAddr::parse(value).ok()?;
        number_in(line, &address.uri().ok()?)
    });
    asserted.or_else(|| number_in(line, &message.from().ok()?.uri().ok()?))
}

fn number_in(line: &Line, uri: &Uri<'_>) -> Option<E164> {
    let user = uri
        .tel_number()
        .or_else(|| Some(uri.user_decoded()?.into_owned()))?;
    // Parameters of a telephone number inside a user part (RFC 3261 §19.1.1).
    let number = user.split(';').next()?;
    line.spec().read_number(number)
}
