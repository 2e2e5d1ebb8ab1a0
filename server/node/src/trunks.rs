//! The trunks of all tenants this shard serves, as the wire sees them: where each trunk's carrier
//! is, whether we are registered there, and what is under way.
//!
//! Whose a trunk is stands in the directory. An account's trunk that several tenants share is one
//! line here: it registers once, and its caps hold for all of them together.

mod gateways;
mod line;
mod load;
mod minutes;
mod place;
mod quality;
mod role;
mod state;
mod way;

pub(crate) use gateways::Gateways;
pub(crate) use line::Line;
pub(crate) use minutes::{Mark, Minutes, Talk};
pub(crate) use place::Place;
pub(crate) use quality::{Gauge, Noted, Qualities};
pub(crate) use role::{Role, role_of};
pub(crate) use state::State;
pub(crate) use way::{Bound, Way, is_home};

use crate::TrunkCounts;
use call::Full;
use domain::{CompiledTenant, Digests, Directory};
use hashbrown::HashMap;
use ids::{TenantId, TrunkId};
use machine::{Instant, Random, WallTime};
use ports::{LiveQuality, LiveShare, LiveTrunk};
use sip_message::Flow;
use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use tenancy::{AdmittedTrunk, TrunkProof};

/// Most trunks that a shard keeps lines of; further ones are not used.
pub(crate) const LINES_MAX: usize = 16_384;

/// Where a company's trunks are.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Here<'a> {
    /// The realm in which gateways prove themselves.
    pub(crate) realm: &'a str,
    /// The company's domain.
    pub(crate) domain: &'a str,
    /// Where this exchange listens.
    pub(crate) address: Option<SocketAddr>,
}

/// All lines.
#[derive(Default)]
pub(crate) struct Trunks {
    /// Where this exchange listens.
    address: Option<SocketAddr>,
    pub(crate) lines: BTreeMap<TrunkId, Line>,
    /// Lines by the slot that is in their owner numbers.
    slots: Vec<Option<TrunkId>>,
    /// Trunks by the contact that we registered for them.
    contacts: HashMap<Box<str>, TrunkId>,
    /// What gateways have registered with us.
    pub(crate) gateways: Gateways,
    of_tenant: BTreeMap<TenantId, Vec<TrunkId>>,
    /// How many have this exchange at their other end.
    on_net: usize,
    /// What is talked by them today.
    pub(crate) minutes: Minutes,
    /// How well they do.
    pub(crate) qualities: Qualities,
}

/// What came of a tenant's new documents.
#[derive(Default)]
pub(crate) struct Changes {
    /// Lines that are new or have another document: to be begun.
    pub(crate) new: Vec<TrunkId>,
    /// Lines that nobody uses any more, or not with this document: their registrations are to be
    /// taken back.
    pub(crate) ended: Vec<Line>,
}

impl Trunks {
    /// No lines yet.
    pub(crate) fn new(gateways: Gateways, address: Option<SocketAddr>) -> Trunks {
        Trunks {
            gateways,
            address,
            ..Trunks::default()
        }
    }

    /// A tenant is new or has changed.
    pub(crate) fn replace(
        &mut self,
        tenant: &CompiledTenant,
        random: &mut Random,
        now: Instant,
    ) -> Changes {
        let mut changes = Changes::default();
        let usable = tenant.trunks().iter().filter(|trunk| trunk.spec.enabled);
        let wanted: Vec<TrunkId> = usable.clone().map(|trunk| trunk.id).collect();
        let before = self.of_tenant.remove(&tenant.id()).unwrap_or_default();
        for gone in before.into_iter().filter(|trunk| !wanted.contains(trunk)) {
            changes.ended.extend(self.unuse(gone, tenant.id()));
        }
        for trunk in usable {
            let known = self.lines.get_mut(&trunk.id);
            if let Some(line) = known.filter(|line| line.is_as(trunk, tenant.domain())) {
                line.users.insert(tenant.id());
                continue;
            }
            let old = self.remove(trunk.id);
            let Some(slot) = self.free_slot() else {
                continue;
            };
            let here = Here {
                realm: self.gateways.realm(),
                domain: tenant.domain(),
                address: self.address,
            };
            let mut line = Line::new((trunk, here), slot, random, now);
            line.users.insert(tenant.id());
            line.owner = trunk.own.then(|| tenant.id());
            if let Some(old) = old {
                line.goes_on_from(&old);
                changes.ended.push(old);
            }
            self.enter(trunk.id, line);
            changes.new.push(trunk.id);
        }
        if !wanted.is_empty() {
            self.of_tenant.insert(tenant.id(), wanted);
        }
        changes
    }

    /// A tenant is gone.
    pub(crate) fn forget(&mut self, tenant: TenantId) -> Changes {
        let used = self.of_tenant.remove(&tenant).unwrap_or_default();
        let ended = used
            .into_iter()
            .filter_map(|trunk| self.unuse(trunk, tenant));
        Changes {
            new: Vec::new(),
            ended: ended.collect(),
        }
    }

    /// A tenant may not use a trunk any more; the line, when nobody may.
    fn unuse(&mut self, trunk: TrunkId, tenant: TenantId) -> Option<Line> {
        let line = self.lines.get_mut(&trunk)?;
        line.users.remove(&tenant);
        line.load.leaves(tenant);
        if line.users.is_empty() {
            return self.remove(trunk);
        }
        None
    }

    fn enter(&mut self, trunk: TrunkId, line: Line) {
        self.contacts.insert(line.contact().into(), trunk);
        self.gateways.enter(trunk, &line);
        self.hold(line.slot(), Some(trunk));
        self.on_net += usize::from(line.spec().is_on_net());
        self.lines.insert(trunk, line);
    }

    fn remove(&mut self, trunk: TrunkId) -> Option<Line> {
        let line = self.lines.remove(&trunk)?;
        self.contacts.remove(line.contact());
        self.gateways.leave(trunk, &line);
        self.hold(line.slot(), None);
        self.on_net -= usize::from(line.spec().is_on_net());
        Some(line)
    }

    fn hold(&mut self, slot: u32, trunk: Option<TrunkId>) {
        let at = usize::try_from(slot).unwrap_or(usize::MAX);
        if let Some(room) = self.slots.get_mut(at) {
            *room = trunk;
        }
    }

    fn free_slot(&mut self) -> Option<u32> {
        let free = self.slots.iter().position(Option::is_none);
        let at = match free {
            Some(at) => at,
            None if self.slots.len() >= LINES_MAX => return None,
            None => {
                self.slots.push(None);
                self.slots.len() - 1
            }
        };
        u32::try_from(at).ok()
    }

    pub(crate) fn get(&self, trunk: TrunkId) -> Option<&Line> {
        self.lines.get(&trunk)
    }

    pub(crate) fn get_mut(&mut self, trunk: TrunkId) -> Option<&mut Line> {
        self.lines.get_mut(&trunk)
    }

    /// The name that a peer must prove within TLS, by its number: the line's slot, and which of its
    /// addresses.
    pub(crate) fn name(&self, number: u32) -> Option<&str> {
        let [slot @ .., at] = number.to_be_bytes();
        let [a, b, c] = slot;
        let trunk = self.at(u32::from_be_bytes([0, a, b, c]))?;
        self.lines.get(&trunk)?.name_at(at)
    }

    /// The cap of minutes that keeps a company's next call from a trunk.
    pub(crate) fn out_of_minutes(
        &mut self,
        trunk: TrunkId,
        tenant: TenantId,
        at: WallTime,
    ) -> Option<Full> {
        let line = self.lines.get(&trunk)?;
        self.minutes.full((trunk, line.spec()), tenant, at)
    }

    /// What is used of a trunk by all, and by each of some companies.
    pub(crate) fn used(
        &mut self,
        trunk: TrunkId,
        by: &[TenantId],
        at: WallTime,
    ) -> Option<LiveTrunk> {
        let line = self.lines.get(&trunk)?;
        let (caps, load) = (line.spec().caps, &line.load);
        let (day, talked) = self.minutes.used((trunk, line.spec()), at);
        let all = LiveShare {
            calls: load.calls(),
            calls_most: Some(caps.concurrent_calls),
            talked,
            minutes_most: caps.minutes_per_day,
        };
        let share = |tenant: &TenantId| {
            let share = LiveShare {
                calls: load.calls_of(*tenant),
                calls_most: caps.each.concurrent_calls,
                talked: self.minutes.used_by(trunk, *tenant, at),
                minutes_most: caps.each.minutes_per_day,
            };
            (*tenant, share)
        };
        Some(LiveTrunk {
            trunk,
            name: line.spec().name.clone(),
            own: true,
            day,
            all: Some(all),
            quality: Some(self.quality(trunk, at)),
            each: by.iter().map(share).collect(),
        })
    }

    /// How well a trunk does, as its owner is told.
    fn quality(&self, trunk: TrunkId, at: WallTime) -> LiveQuality {
        let figures = self.qualities.figures(trunk, at);
        LiveQuality {
            calls: figures.calls,
            answer_percent: figures.answer_percent,
            effective_percent: figures.effective_percent,
            post_dial: figures.post_dial,
            mos_x100: figures.mos_x100,
            talked: figures.talked,
        }
    }

    /// The trunk whose slot this is.
    pub(crate) fn at(&self, slot: u32) -> Option<TrunkId> {
        *self.slots.get(usize::try_from(slot).ok()?)?
    }

    /// How many there are, by how they stand.
    pub(crate) fn counts(&self) -> TrunkCounts {
        let mut counts = TrunkCounts::default();
        for line in self.lines.values() {
            counts.registered += u64::from(line.is_registered());
            *match line.state() {
                State::Unwatched => &mut counts.unwatched,
                State::Waiting => &mut counts.waiting,
                State::Up => &mut counts.up,
                State::Down => &mut counts.down,
            } += 1;
        }
        counts
    }

    /// The trunks that a request can come by, the likeliest first: those one of whose sources is
    /// its address, and the one to whose registered contact it was sent, if its address is the
    /// carrier's.
    pub(crate) fn admit(
        &self,
        directory: &Directory,
        flow: &Flow,
        user: Option<&str>,
    ) -> Vec<AdmittedTrunk> {
        let from = flow.remote.ip();
        let sourced = directory.trunks_from(from).into_iter();
        let sourced = sourced.filter(|trunk| self.lines.contains_key(trunk));
        let sourced = sourced.map(|trunk| AdmittedTrunk::by(trunk, TrunkProof::Source));
        let named = user.and_then(|user| self.contacts.get(user)).copied();
        let named = named.filter(|trunk| self.is_at(*trunk, from) || self.is_home(*trunk, flow));
        let named = named.and_then(|trunk| directory.other_end(trunk));
        let named = named.map(|trunk| AdmittedTrunk::by(trunk, TrunkProof::Registration));
        named.into_iter().chain(sourced).collect()
    }

    /// The trunk whose gateway has this user name, and what it proves itself with. Whoever names no
    /// gateway, and a gateway without a secret, cost the same.
    pub(crate) fn gateway(&self, username: &str) -> Option<(TrunkId, Option<Digests>)> {
        let trunk = self.gateways.named(username)?;
        let gateway = self.lines.get(&trunk)?.gateway()?;
        Some((trunk, gateway.digests()))
    }

    /// The tenant whose gateway has this user name.
    pub(crate) fn tenant_of_gateway(&self, username: &str) -> Option<TenantId> {
        let trunk = self.gateways.named(username)?;
        self.lines.get(&trunk)?.owner
    }

    /// Whether any trunk's other end is this exchange.
    pub(crate) fn any_on_net(&self) -> bool {
        self.on_net > 0
    }

    /// The trunk that is called by this contact.
    pub(crate) fn called_by(&self, contact: &str) -> Option<TrunkId> {
        self.contacts.get(contact).copied()
    }

    /// Whether a flow leads back into this exchange, and that is a trunk's other end.
    fn is_home(&self, trunk: TrunkId, flow: &Flow) -> bool {
        let line = self.lines.get(&trunk);
        line.is_some_and(|line| line.comes_home_by(flow))
    }

    /// Whether a trunk's carrier, or its gateway, may send by this flow.
    pub(crate) fn speaks_by(&self, trunk: TrunkId, flow: &Flow) -> bool {
        let line = self.lines.get(&trunk);
        line.is_some_and(|line| {
            line.is_at(flow.remote.ip()) || line.is_gateway_at(flow) || line.comes_home_by(flow)
        })
    }

    /// Whether a trunk's carrier may send from this address.
    pub(crate) fn is_at(&self, trunk: TrunkId, from: IpAddr) -> bool {
        self.lines.get(&trunk).is_some_and(|line| line.is_at(from))
    }
}
