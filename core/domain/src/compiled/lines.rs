//! What a tenant has towards the telephone network: trunks, numbers and routes, compiled.

use std::cmp::Reverse;
use std::sync::Arc;

use ids::{InboundRouteId, NumberId, OutboundRouteId, RateDeckId, ScheduleId, TenantId, TrunkId};
use machine::WallTime;
use tenancy::Owner;

use super::places::Places;
use super::rates::CompiledDeck;
use super::schedules::CompiledSchedule;
use super::signing::CompiledSigningKey;
use super::tolls::Tolls;
use crate::containment::Containment;
use crate::dial_habits::DialHabits;
use crate::document::Resource;
use crate::e164::E164;
use crate::emergency_location::EmergencyLocation;
use crate::inbound_route::InboundRoute;
use crate::music::Music;
use crate::number::Number;
use crate::outbound_route::OutboundRoute;
use crate::schedule::Schedule;
use crate::secret::Secret;
use crate::signing_key::SigningKey;
use crate::site::Site;
use crate::sound::Sound;
use crate::toll_guard::TollGuard;
use crate::trunk::Trunk;

/// Documents about trunks, numbers and routes, as a store hands them out for compiling. Among them
/// are those of accounts above that are shared with the tenant or assigned to it.
#[derive(Clone, Debug, Default)]
pub struct LineParts {
    /// The tenant's own trunks and those shared with it, each with its secret.
    pub trunks: Vec<(Resource<Trunk>, Option<Secret>)>,
    /// The tenant's own rate decks, and those that trunks name which are shared with it.
    pub decks: Vec<Arc<CompiledDeck>>,
    /// The numbers that name the tenant.
    pub numbers: Vec<Resource<Number>>,
    /// The tenant's own signing keys and those shared with it, each with its secret.
    pub signing: Vec<(Resource<SigningKey>, Option<Secret>)>,
    /// All its schedules.
    pub schedules: Vec<Resource<Schedule>>,
    /// All its inbound routes.
    pub inbound: Vec<Resource<InboundRoute>>,
    /// All its outbound routes.
    pub outbound: Vec<Resource<OutboundRoute>>,
    /// All its emergency locations.
    pub locations: Vec<Resource<EmergencyLocation>>,
    /// All its sites.
    pub sites: Vec<Resource<Site>>,
    /// All its toll guards.
    pub guards: Vec<Resource<TollGuard>>,
    /// All its containments.
    pub contained: Vec<Resource<Containment>>,
    /// The sound that is its music on hold, where it has one of its own.
    pub music: Option<Resource<Sound>>,
    /// All its programmes of music on hold.
    pub programmes: Vec<Resource<Music>>,
}

/// One trunk that a tenant may use, compiled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CompiledTrunk {
    /// The id.
    pub id: TrunkId,
    /// Revision of its document.
    pub revision: u64,
    /// Whether it is the tenant's own; all others are an account's above it.
    pub own: bool,
    /// Whose it is.
    pub owner: Owner,
    /// What its document says. With whom else it is shared is left out.
    pub spec: Box<Trunk>,
    /// What the carrier gave to prove oneself with.
    pub secret: Option<Secret>,
}

/// One number of a tenant's, compiled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CompiledNumber {
    /// The id.
    pub id: NumberId,
    /// Revision of its document.
    pub revision: u64,
    /// The number.
    pub e164: E164,
}

/// One inbound route, compiled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CompiledInbound {
    /// The id.
    pub id: InboundRouteId,
    /// Revision of its document.
    pub revision: u64,
    /// What its document says.
    pub spec: Box<InboundRoute>,
    /// Its called numbers, first and last; `None` for any.
    pub span: Option<(E164, E164)>,
    /// When it is for calls; `None` for always.
    pub schedule: Option<Arc<CompiledSchedule>>,
}

/// One outbound route, compiled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CompiledOutbound {
    /// The id.
    pub id: OutboundRouteId,
    /// Revision of its document.
    pub revision: u64,
    /// What its document says.
    pub spec: Box<OutboundRoute>,
    /// When it is for calls; `None` for always.
    pub schedule: Option<Arc<CompiledSchedule>>,
}

/// A call that comes in, as inbound routes look at it.
#[derive(Clone, Copy, Debug)]
pub struct InboundCall<'a> {
    /// By which trunk.
    pub trunk: TrunkId,
    /// For which number.
    pub called: &'a E164,
    /// From which number; `None` when it is hidden or none.
    pub caller: Option<&'a E164>,
    /// When.
    pub at: WallTime,
}

impl CompiledInbound {
    /// How far the called number lies behind the route's first, 0 where it names none; `None` when
    /// the route does not fit the call.
    pub fn fits(&self, call: &InboundCall<'_>) -> Option<u64> {
        let by = self.spec.trunk.is_none_or(|trunk| trunk == call.trunk);
        let from = self.spec.caller.as_deref().is_none_or(|prefix| {
            let digits = prefix.strip_prefix('+').unwrap_or(prefix);
            call.caller
                .is_some_and(|caller| caller.digits().starts_with(digits))
        });
        let now = self
            .schedule
            .as_ref()
            .is_none_or(|schedule| self.spec.when.is_met_by(schedule.standing(call.at)));
        if !(self.spec.enabled && by && from && now) {
            return None;
        }
        let Some((first, last)) = &self.span else {
            return Some(0);
        };
        let offset = call.called.offset_from(first)?;
        last.offset_from(call.called)?;
        Some(offset)
    }

    /// The number of the extension that belongs to a called number this far behind the first;
    /// `None` when the route names one extension for all.
    pub fn extension_at(&self, offset: u64) -> Option<String> {
        InboundRoute::extension_at(self.spec.first_extension.as_deref()?, offset)
    }

    /// Its place: the lowest first, then the one for fewer numbers, then the one for some hours,
    /// then the one that asks more of the call.
    fn place(&self) -> (u16, u64, bool, bool, Reverse<usize>, String) {
        let span = self
            .span
            .as_ref()
            .and_then(|(first, last)| last.offset_from(first));
        (
            self.spec.priority,
            span.unwrap_or(u64::MAX),
            self.schedule.is_none(),
            self.spec.trunk.is_none(),
            Reverse(self.spec.caller.as_ref().map_or(0, String::len)),
            self.spec.name.clone(),
        )
    }
}

impl CompiledOutbound {
    /// Compiles a route, with the tenant's schedules at hand.
    pub(super) fn new(
        (id, revision, spec): (OutboundRouteId, u64, Box<OutboundRoute>),
        schedules: &[Arc<CompiledSchedule>],
    ) -> Self {
        CompiledOutbound {
            id,
            revision,
            schedule: named(spec.schedule, schedules),
            spec,
        }
    }

    /// Length of the longest prefix by which it fits what was dialled; `None` when it does not,
    /// or is for calls for help alone.
    pub fn fits(&self, dialled: &str) -> Option<usize> {
        let open = self.spec.enabled && !self.spec.emergency;
        let patterns = self.spec.patterns.iter().filter(|_| open);
        let fitting = patterns.filter(|pattern| pattern.fits(dialled));
        fitting.map(|pattern| pattern.prefix.len()).max()
    }

    /// Whether it is for calls at a moment.
    pub fn is_for(&self, at: WallTime) -> bool {
        let schedule = self.schedule.as_ref();
        schedule.is_none_or(|schedule| self.spec.when.is_met_by(schedule.standing(at)))
    }

    /// Its place among those of one prefix: the lowest first, then the one for some hours.
    fn place(&self) -> (u16, bool, String) {
        let always = self.schedule.is_none();
        (self.spec.priority, always, self.spec.name.clone())
    }
}

/// All of a tenant's, in the order in which it is looked through.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Lines {
    /// By id.
    pub(super) trunks: Box<[CompiledTrunk]>,
    /// By id.
    pub(super) decks: Box<[Arc<CompiledDeck>]>,
    /// By number.
    pub(super) numbers: Box<[CompiledNumber]>,
    /// The one that is valid longest first.
    pub(super) signing: Box<[CompiledSigningKey]>,
    /// As they came.
    pub(super) schedules: Box<[Arc<CompiledSchedule>]>,
    /// By place.
    pub(super) inbound: Box<[CompiledInbound]>,
    /// By place.
    pub(super) outbound: Box<[CompiledOutbound]>,
    /// Where its phones are.
    pub(super) places: Places,
    /// How its people dial.
    pub(super) habits: Option<Box<DialHabits>>,
    /// What its calls by trunks may cost.
    pub(super) tolls: Tolls,
}

impl Lines {
    /// Compiles them. What is neither the tenant's own nor given to it is left out, whoever put it
    /// among the parts.
    pub(super) fn compile(tenant: TenantId, parts: LineParts) -> Lines {
        let trunks = parts.trunks.into_iter();
        let numbers = parts.numbers.into_iter();
        let signing = parts
            .signing
            .into_iter()
            .filter_map(|(found, secret)| CompiledSigningKey::of(tenant, found, secret.as_ref()));
        let schedules = parts
            .schedules
            .into_iter()
            .map(|found| Arc::new(CompiledSchedule::new(found.id, found.revision, found.spec)));
        let schedules: Box<[_]> = schedules.collect();
        let inbound: Box<[_]> = parts
            .inbound
            .into_iter()
            .map(|route| {
                CompiledInbound::new((route.id, route.revision, Box::new(route.spec)), &schedules)
            })
            .collect();
        let outbound = parts.outbound.into_iter().map(|route| {
            CompiledOutbound::new((route.id, route.revision, Box::new(route.spec)), &schedules)
        });
        let outbound: Box<[_]> = outbound.collect();
        let tolls = Tolls::compile(parts.guards, parts.contained, &schedules);
        Lines {
            trunks: trunks
                .filter_map(|(found, secret)| trunk(tenant, found, secret))
                .collect(),
            decks: once_each(parts.decks),
            numbers: numbers.filter_map(|found| number(tenant, &found)).collect(),
            signing: signing.collect(),
            schedules,
            inbound,
            outbound,
            places: Places::compile(parts.locations, parts.sites),
            habits: None,
            tolls,
        }
        .in_order()
    }

    /// Puts each list into its order.
    pub(super) fn in_order(mut self) -> Lines {
        self.trunks.sort_unstable_by_key(|trunk| trunk.id);
        self.numbers.sort_unstable_by(|a, b| a.e164.cmp(&b.e164));
        self.signing.sort_unstable_by(CompiledSigningKey::order);
        self.inbound.sort_by_cached_key(CompiledInbound::place);
        self.outbound.sort_by_cached_key(CompiledOutbound::place);
        self
    }

    pub(super) fn trunk(&self, id: TrunkId) -> Option<&CompiledTrunk> {
        let found = self.trunks.binary_search_by_key(&id, |trunk| trunk.id);
        self.trunks.get(found.ok()?)
    }

    pub(super) fn deck(&self, id: RateDeckId) -> Option<&CompiledDeck> {
        let found = self.decks.binary_search_by_key(&id, |deck| deck.id);
        self.decks.get(found.ok()?).map(|deck| &**deck)
    }

    pub(super) fn number(&self, number: &E164) -> Option<&CompiledNumber> {
        let found = self.numbers.binary_search_by(|held| held.e164.cmp(number));
        self.numbers.get(found.ok()?)
    }

    pub(super) fn inbound(&self, call: &InboundCall<'_>) -> Option<(&CompiledInbound, u64)> {
        let mut routes = self.inbound.iter();
        routes.find_map(|route| Some((route, route.fits(call)?)))
    }

    pub(super) fn outbound<'a>(&self, forms: &[&'a str]) -> Vec<(&CompiledOutbound, &'a str)> {
        let fits = |route: &CompiledOutbound, form: &'a str| Some((route.fits(form)?, form));
        let routes = self.outbound.iter().filter_map(|route| {
            let (prefix, form) = forms.iter().find_map(|form| fits(route, form))?;
            Some((route.spec.priority, Reverse(prefix), route, form))
        });
        let mut fitting: Vec<_> = routes.collect();
        // stable, so that routes of one place stay in the order of their names
        fitting.sort_by_key(|(priority, prefix, _, _)| (*priority, *prefix));
        let fitting = fitting.into_iter();
        fitting.map(|(_, _, route, form)| (route, form)).collect()
    }
}

impl CompiledInbound {
    /// Compiles a route, with the tenant's schedules at hand.
    pub(super) fn new(
        (id, revision, spec): (InboundRouteId, u64, Box<InboundRoute>),
        schedules: &[Arc<CompiledSchedule>],
    ) -> Self {
        CompiledInbound {
            id,
            revision,
            span: spec.span(),
            schedule: named(spec.schedule, schedules),
            spec,
        }
    }
}

/// The schedule that a route names.
fn named(
    schedule: Option<ScheduleId>,
    schedules: &[Arc<CompiledSchedule>],
) -> Option<Arc<CompiledSchedule>> {
    let mut schedules = schedules.iter();
    schedules.find(|found| Some(found.id) == schedule).cloned()
}

fn trunk(
    tenant: TenantId,
    found: Resource<Trunk>,
    secret: Option<Secret>,
) -> Option<CompiledTrunk> {
    let own = found.owner == Owner::Tenant(tenant);
    let shared = found.owner.account().is_some() && found.spec.shared_with.contains(&tenant);
    let mut spec = Box::new(found.spec);
    spec.shared_with = Vec::new();
    (own || shared).then_some(CompiledTrunk {
        id: found.id,
        revision: found.revision,
        own,
        owner: found.owner,
        spec,
        secret,
    })
}

/// Each deck once, though several trunks name it.
fn once_each(mut decks: Vec<Arc<CompiledDeck>>) -> Box<[Arc<CompiledDeck>]> {
    decks.sort_unstable_by_key(|deck| deck.id);
    decks.dedup_by_key(|deck| deck.id);
    decks.into()
}

fn number(tenant: TenantId, found: &Resource<Number>) -> Option<CompiledNumber> {
    let has = found.spec.tenant == Some(tenant) && found.spec.state.is_in_use();
    let e164 = found.spec.e164().filter(|_| has)?;
    Some(CompiledNumber {
        id: found.id,
        revision: found.revision,
        e164,
    })
}
