//! Trunks, their sources, and numbers of all tenants: from a packet of a carrier's to the trunk
//! and the tenant it concerns.

use std::collections::BTreeMap;
use std::net::IpAddr;

use hashbrown::HashMap;
use ids::TrunkId;

use super::names::Names;
use crate::compiled::CompiledTenant;
use crate::e164::E164;
use crate::trunk::Source;

/// One of the tenants that may use a trunk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Holder {
    pub(super) slot: u32,
    /// Whether the trunk is the tenant's own.
    pub(super) own: bool,
}

/// Where they are written.
#[derive(Clone, Debug, Default)]
pub(super) struct Book {
    holders: HashMap<TrunkId, Vec<Holder>>,
    /// By source, the trunks that have it, each as often as a tenant says so.
    sources: HashMap<Source, BTreeMap<TrunkId, u32>>,
    /// How many sources there are of each length.
    lengths: BTreeMap<u8, u32>,
    numbers: Names,
}

impl Book {
    /// Writes down what a tenant has.
    pub(super) fn insert(&mut self, tenant: &CompiledTenant, slot: u32) {
        for trunk in tenant.trunks() {
            let own = trunk.own;
            let holders = self.holders.entry(trunk.id).or_default();
            holders.push(Holder { slot, own });
        }
        for (source, trunk) in sources(tenant) {
            let known = self.sources.contains_key(&source);
            *self
                .sources
                .entry(source)
                .or_default()
                .entry(trunk)
                .or_default() += 1;
            if !known {
                *self.lengths.entry(source.length()).or_default() += 1;
            }
        }
        for number in tenant.numbers() {
            self.numbers.insert(number.e164.digits(), slot);
        }
    }

    /// Forgets what [`Book::insert`] wrote of the same tenant.
    pub(super) fn remove(&mut self, tenant: &CompiledTenant, slot: u32) {
        for trunk in tenant.trunks() {
            if let Some(holders) = self.holders.get_mut(&trunk.id) {
                holders.retain(|holder| holder.slot != slot);
                if holders.is_empty() {
                    self.holders.remove(&trunk.id);
                }
            }
        }
        for (source, trunk) in sources(tenant) {
            self.forget_source(source, trunk);
        }
        for number in tenant.numbers() {
            self.numbers.remove(number.e164.digits(), slot);
        }
    }

    fn forget_source(&mut self, source: Source, trunk: TrunkId) {
        let Some(trunks) = self.sources.get_mut(&source) else {
            return;
        };
        if let Some(count) = trunks.get_mut(&trunk) {
            *count -= 1;
            if *count == 0 {
                trunks.remove(&trunk);
            }
        }
        if !trunks.is_empty() {
            return;
        }
        self.sources.remove(&source);
        if let Some(count) = self.lengths.get_mut(&source.length()) {
            *count -= 1;
            if *count == 0 {
                self.lengths.remove(&source.length());
            }
        }
    }

    /// The trunks from whose sources an address is, those of the smallest block first.
    pub(super) fn from(&self, ip: IpAddr) -> Vec<TrunkId> {
        let ip = ip.to_canonical();
        let blocks = self.lengths.keys().rev();
        let blocks = blocks.filter_map(|length| Source::around(ip, *length));
        let found = blocks.filter_map(|source| self.sources.get(&source));
        found.flat_map(|trunks| trunks.keys().copied()).collect()
    }

    /// Who may use a trunk.
    pub(super) fn holders(&self, trunk: TrunkId) -> &[Holder] {
        self.holders.get(&trunk).map_or(&[], Vec::as_slice)
    }

    /// All trunks.
    pub(super) fn trunks(&self) -> impl Iterator<Item = TrunkId> + '_ {
        self.holders.keys().copied()
    }

    /// The slot of the tenant that may have a number: no other has it.
    pub(super) fn number(&self, number: &E164) -> Option<u32> {
        self.numbers.find(number.digits())
    }
}

/// The sources from which a tenant's trunks are called.
fn sources(tenant: &CompiledTenant) -> impl Iterator<Item = (Source, TrunkId)> + '_ {
    let trunks = tenant.trunks().iter().filter(|trunk| trunk.spec.enabled);
    trunks.flat_map(|trunk| {
        trunk
            .spec
            .understood_sources()
            .map(|source| (source, trunk.id))
    })
}
