//! The platform's directory: from what a packet carries to the tenant and device it concerns.

mod book;
mod carriers;
mod names;
mod slot;

use std::net::IpAddr;
use std::sync::Arc;

use hashbrown::HashMap;
use ids::{DeviceId, TenantId};
use tenancy::DeviceEntry;

use crate::compiled::{CompiledDevice, CompiledTenant};
use crate::credentials::Credentials;
use book::Book;
use names::Names;
use slot::Slot;

/// What admission needs to know of one device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DirectoryEntry {
    /// Tenant, device, trusted source, enabled.
    pub device: DeviceEntry,
    /// What its digest responses are checked against; `None` before a secret was set.
    pub credentials: Option<Credentials>,
}

/// Where a trusted source is written: in which tenant's slot, at which place of its devices.
#[derive(Clone, Copy, Debug)]
struct Place {
    slot: u32,
    at: u32,
}

/// Domains, user names and trusted sources of all tenants. They are unique platform-wide, so
/// every look-up has at most one answer.
///
/// It holds the tenants, compiled while they are in use and as bytes otherwise; see
/// [`Directory::cool`].
#[derive(Clone, Debug, Default)]
pub struct Directory {
    slots: Vec<Option<Slot>>,
    free: Vec<u32>,
    by_id: HashMap<TenantId, u32>,
    domains: Names,
    devices: Names,
    sources: HashMap<IpAddr, Place>,
    book: Book,
}

impl Directory {
    /// An empty directory.
    pub fn new() -> Directory {
        Directory::default()
    }

    /// Puts a tenant's names in, in place of those it had before. It stays as warm or as cold as
    /// it was; a new one is cold. There is room for 4,294,967,295 tenants; what is beyond that is
    /// not found.
    pub fn replace(&mut self, tenant: &Arc<CompiledTenant>) {
        let was_warm = self.slot(tenant.id()).is_some_and(Slot::is_warm);
        self.forget(tenant.id());
        let Some(slot) = self.free.pop().or_else(|| self.new_slot()) else {
            return;
        };
        let held = if was_warm {
            Slot::warm(tenant)
        } else {
            Slot::cold(tenant)
        };
        if let Some(room) = self.at_mut(slot) {
            *room = Some(held);
        }
        self.by_id.insert(tenant.id(), slot);
        for domain in tenant.domains() {
            self.domains.insert(domain, slot);
        }
        for (at, device) in (0..).zip(tenant.devices()) {
            self.devices.insert(&device.username, slot);
            if let Some(source) = device.trusted_source {
                self.sources.insert(source, Place { slot, at });
            }
        }
        self.book.insert(tenant, slot);
    }

    /// Takes a tenant's names out. Names that another tenant has taken over meanwhile stay.
    pub fn forget(&mut self, tenant: TenantId) {
        let Some(slot) = self.by_id.remove(&tenant) else {
            return;
        };
        let held = self.at_mut(slot).and_then(Option::take);
        self.free.push(slot);
        let Some(old) = held.as_ref().and_then(Slot::tenant) else {
            return;
        };
        self.book.remove(old, slot);
        for domain in old.domains() {
            self.domains.remove(domain, slot);
        }
        for device in old.devices() {
            self.devices.remove(&device.username, slot);
            let source = device.trusted_source;
            let of_slot =
                |source: &IpAddr| self.sources.get(source).is_some_and(|at| at.slot == slot);
            if let Some(source) = source.filter(of_slot) {
                self.sources.remove(&source);
            }
        }
    }

    /// Keeps as bytes alone the tenants that nobody has asked for since the last time and that
    /// nobody holds. To be called from time to time; it looks at each tenant once.
    pub fn cool(&mut self) {
        for slot in self.slots.iter_mut().flatten() {
            slot.cool();
        }
    }

    fn new_slot(&mut self) -> Option<u32> {
        let slot = u32::try_from(self.slots.len()).ok()?;
        self.slots.push(None);
        Some(slot)
    }

    fn at_mut(&mut self, slot: u32) -> Option<&mut Option<Slot>> {
        self.slots.get_mut(usize::try_from(slot).ok()?)
    }

    fn at(&self, slot: u32) -> Option<&Arc<CompiledTenant>> {
        let slot = self.slots.get(usize::try_from(slot).ok()?)?;
        slot.as_ref()?.tenant()
    }

    fn slot(&self, tenant: TenantId) -> Option<&Slot> {
        let slot = *self.by_id.get(&tenant)?;
        self.slots.get(usize::try_from(slot).ok()?)?.as_ref()
    }

    /// The compiled tenant.
    pub fn tenant(&self, tenant: TenantId) -> Option<&Arc<CompiledTenant>> {
        self.at(*self.by_id.get(&tenant)?)
    }

    /// The tenant of a SIP domain, in whatever case it is written.
    pub fn tenant_of_domain(&self, domain: &str) -> Option<TenantId> {
        if domain.bytes().any(|b| b.is_ascii_uppercase()) {
            return self.tenant_of_domain(&domain.to_ascii_lowercase());
        }
        let tenant = self.at(self.domains.find(domain)?)?;
        let has = tenant.domains().iter().any(|has| **has == *domain);
        has.then(|| tenant.id())
    }

    /// The device with this authentication user name.
    pub fn device(&self, username: &str) -> Option<DirectoryEntry> {
        let tenant = self.at(self.devices.find(username)?)?;
        Some(entry(tenant, tenant.device_by_username(username)?))
    }

    /// The device whose requests come from this address without a digest.
    pub fn source(&self, source: IpAddr) -> Option<DirectoryEntry> {
        if self.sources.is_empty() {
            return None;
        }
        let place = *self.sources.get(&source.to_canonical())?;
        let tenant = self.at(place.slot)?;
        let device = tenant.devices().get(usize::try_from(place.at).ok()?)?;
        Some(entry(tenant, device))
    }

    /// Which device a user name names; for logs and traces.
    pub fn device_id(&self, username: &str) -> Option<(TenantId, DeviceId)> {
        self.device(username)
            .map(|entry| (entry.device.tenant, entry.device.device))
    }

    /// Number of tenants that are compiled at this moment.
    pub fn warm(&self) -> usize {
        let held = self.slots.iter().flatten();
        held.filter(|slot| slot.is_warm()).count()
    }

    /// Number of tenants.
    pub fn tenants(&self) -> usize {
        self.by_id.len()
    }

    /// Number of devices.
    pub fn devices(&self) -> usize {
        self.devices.len()
    }
}

fn entry(tenant: &CompiledTenant, device: &CompiledDevice) -> DirectoryEntry {
    DirectoryEntry {
        device: tenant.entry(device),
        credentials: device.credentials.clone(),
    }
}
