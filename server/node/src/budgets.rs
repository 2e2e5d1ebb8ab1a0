//! What calls by trunks may cost: the guard against toll fraud, and what it needs beside itself.

use crate::calls::CallKey;
use domain::{CompiledTenant, Containment, Toll};
use fraud::Fraud;
use ids::{DeviceId, ExtensionId, TenantId};
use machine::WallTime;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Ways out of one call that a restart knows of at most; those before them are dear enough.
const WAYS_MAX: usize = 16;

/// A device that this shard has contained, to be kept and made known to other nodes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contained {
    /// Whose.
    pub tenant: TenantId,
    /// Which.
    pub device: DeviceId,
    /// Until when; until somebody releases it where there is none.
    pub until: Option<WallTime>,
    /// Why, in words.
    pub reason: String,
}

/// A way out of a call that is counted, as a restart needs it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct WayOut {
    pub(crate) device: Option<DeviceId>,
    pub(crate) extension: Option<ExtensionId>,
    pub(crate) toll: Toll,
}

/// A device that was contained here.
#[derive(Clone, Copy, Debug)]
struct Fresh {
    until: Option<WallTime>,
    /// Where the feed of changes tells of it at the latest, once the store keeps it.
    told_at: Option<u64>,
}

/// The guard, and what it needs beside itself.
#[derive(Default)]
pub(crate) struct Budgets {
    pub(crate) fraud: Fraud,
    /// Devices that were contained here and of which no document tells yet. Their number is that
    /// of the devices at most.
    fresh: BTreeMap<(TenantId, DeviceId), Fresh>,
    /// Up to where in the feed of changes the documents are known.
    followed: u64,
    /// The ways out of each call that are counted.
    ways: BTreeMap<CallKey, Vec<WayOut>>,
}

impl Budgets {
    /// A way out of a call is counted.
    pub(crate) fn counted(&mut self, key: CallKey, way: WayOut) {
        let ways = self.ways.entry(key).or_default();
        if ways.len() < WAYS_MAX {
            ways.push(way);
        }
    }

    /// The ways out of a call that are counted.
    pub(crate) fn ways(&self, key: CallKey) -> &[WayOut] {
        self.ways.get(&key).map_or(&[], Vec::as_slice)
    }

    /// A call that was to go out goes on elsewhere; of one that is talked on, only what it was
    /// to add to its ways is over.
    pub(crate) fn begins_anew(&mut self, key: CallKey, talks: bool) {
        if !talks {
            self.ways.remove(&key);
        }
        self.fraud.came_to_nothing(key.0);
    }

    /// A call is over.
    pub(crate) fn ended(&mut self, key: CallKey) {
        self.ways.remove(&key);
        self.fraud.ended(key.0);
    }

    /// What was a call of its own goes on within another.
    pub(crate) fn moved(&mut self, from: CallKey, to: CallKey) {
        for way in self.ways.remove(&from).unwrap_or_default() {
            self.counted(to, way);
        }
        self.fraud.moved(from.0, to.0);
    }

    /// A device is contained from now on; false when it was already.
    pub(crate) fn contain(
        &mut self,
        tenant: TenantId,
        device: DeviceId,
        until: Option<WallTime>,
    ) -> bool {
        let fresh = Fresh {
            until,
            told_at: None,
        };
        self.fresh.insert((tenant, device), fresh).is_none()
    }

    /// The store keeps that a device is contained, of which the feed of changes tells at this place
    /// at the latest.
    pub(crate) fn kept(&mut self, tenant: TenantId, device: DeviceId, told_at: u64) {
        if let Some(fresh) = self.fresh.get_mut(&(tenant, device)) {
            fresh.told_at = Some(told_at);
        }
    }

    /// All documents are known up to this place in the feed of changes.
    pub(crate) fn followed(&mut self, cursor: u64) {
        self.followed = cursor;
    }

    /// Takes the devices contained here for which the documents speak from now on, whatever they
    /// say: one may have been released before anybody here has seen it contained.
    pub(crate) fn told(&mut self) -> Vec<(TenantId, DeviceId)> {
        let followed = self.followed;
        let is_told = |fresh: &mut Fresh| fresh.told_at.is_some_and(|at| at <= followed);
        let told = self.fresh.extract_if(.., |_, fresh| is_told(fresh));
        told.map(|(whose, _)| whose).collect()
    }

    /// Whether a device was contained here and no document tells of it yet.
    pub(crate) fn holds(&self, tenant: TenantId, device: DeviceId, at: WallTime) -> bool {
        let fresh = self.fresh.get(&(tenant, device));
        fresh.is_some_and(|fresh| Containment::lasts(fresh.until, at))
    }

    /// A tenant is new or has changed: its documents say who is contained, and whoever was released
    /// begins anew.
    pub(crate) fn tenant_changed(
        &mut self,
        before: Option<&CompiledTenant>,
        after: &CompiledTenant,
    ) {
        let tenant = after.id();
        for (device, kept) in after.contained() {
            let held = self.fresh.get(&(tenant, *device));
            if held.is_some_and(|held| lasts_as_long(*kept, held.until)) {
                self.fresh.remove(&(tenant, *device));
            }
        }
        let was = before.map_or(&[][..], CompiledTenant::contained);
        let is = |device: DeviceId| after.containment(device).is_some();
        for (device, _) in was.iter().filter(|(device, _)| !is(*device)) {
            self.fresh.remove(&(tenant, *device));
            self.fraud.forgive(tenant, *device);
        }
        self.fresh
            .retain(|(whose, device), _| *whose != tenant || after.device(*device).is_some());
    }

    /// A tenant is gone.
    pub(crate) fn forget(&mut self, tenant: TenantId) {
        self.fresh.retain(|(whose, _), _| *whose != tenant);
        self.fraud.forget(tenant);
    }
}

/// Whether what ends at `one` lasts as long as what ends at `other`; without an end for ever.
fn lasts_as_long(one: Option<WallTime>, other: Option<WallTime>) -> bool {
    one.is_none_or(|one| other.is_some_and(|other| one >= other))
}
