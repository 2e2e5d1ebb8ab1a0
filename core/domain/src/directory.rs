//! The platform's directory: from what a packet carries to the tenant and device it concerns.

mod names;

use std::net::IpAddr;
use std::sync::Arc;

use hashbrown::HashMap;
use ids::{DeviceId, TenantId};
use tenancy::DeviceEntry;

use crate::compiled::CompiledTenant;
use crate::credentials::Credentials;
use names::{Names, Place};

/// What admission needs to know of one device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DirectoryEntry {
    /// Tenant, device, trusted source, enabled.
    pub device: DeviceEntry,
    /// What its digest responses are checked against; `None` before a secret was set.
    pub credentials: Option<Credentials>,
}

/// Domains, user names and trusted sources of all tenants. They are unique platform-wide, so
/// every look-up has at most one answer.
///
/// It holds the compiled tenants and, for each name, only where among them it is written.
#[derive(Clone, Debug, Default)]
pub struct Directory {
    slots: Vec<Option<Arc<CompiledTenant>>>,
    free: Vec<u32>,
    by_id: HashMap<TenantId, u32>,
    domains: Names,
    devices: Names,
    sources: HashMap<IpAddr, Place>,
}

impl Directory {
    /// An empty directory.
    pub fn new() -> Directory {
        Directory::default()
    }

    /// Puts a tenant's names in, in place of those it had before. There is room for
    /// 4,294,967,295 tenants; what is beyond that is not found.
    pub fn replace(&mut self, tenant: &Arc<CompiledTenant>) {
        self.forget(tenant.id());
        let Some(slot) = self.free.pop().or_else(|| self.new_slot()) else {
            return;
        };
        if let Some(room) = self.at_mut(slot) {
            *room = Some(Arc::clone(tenant));
        }
        self.by_id.insert(tenant.id(), slot);
        let slots = &self.slots;
        for (at, domain) in (0..).zip(tenant.domains()) {
            let place = Place { slot, at };
            self.domains
                .insert(domain, place, |place| domain_at(slots, place));
        }
        for (at, device) in (0..).zip(tenant.devices()) {
            let place = Place { slot, at };
            self.devices
                .insert(&device.username, place, |place| username_at(slots, place));
            if let Some(source) = device.trusted_source {
                self.sources.insert(source, place);
            }
        }
    }

    /// Takes a tenant's names out. Names that another tenant has taken over meanwhile stay.
    pub fn forget(&mut self, tenant: TenantId) {
        let Some(slot) = self.by_id.remove(&tenant) else {
            return;
        };
        let slots = &self.slots;
        if let Some(old) = tenant_at(slots, slot) {
            for domain in old.domains() {
                self.domains
                    .remove(domain, slot, |place| domain_at(slots, place));
            }
            for device in old.devices() {
                self.devices
                    .remove(&device.username, slot, |place| username_at(slots, place));
                if let Some(source) = device.trusted_source
                    && self
                        .sources
                        .get(&source)
                        .is_some_and(|place| place.slot == slot)
                {
                    self.sources.remove(&source);
                }
            }
        }
        if let Some(room) = self.at_mut(slot) {
            *room = None;
        }
        self.free.push(slot);
    }

    fn new_slot(&mut self) -> Option<u32> {
        let slot = u32::try_from(self.slots.len()).ok()?;
        self.slots.push(None);
        Some(slot)
    }

    fn at_mut(&mut self, slot: u32) -> Option<&mut Option<Arc<CompiledTenant>>> {
        self.slots.get_mut(usize::try_from(slot).ok()?)
    }

    /// The compiled tenant.
    pub fn tenant(&self, tenant: TenantId) -> Option<&Arc<CompiledTenant>> {
        tenant_at(&self.slots, *self.by_id.get(&tenant)?)
    }

    /// The tenant of a SIP domain, in whatever case it is written.
    pub fn tenant_of_domain(&self, domain: &str) -> Option<TenantId> {
        if domain.bytes().any(|b| b.is_ascii_uppercase()) {
            return self.tenant_of_domain(&domain.to_ascii_lowercase());
        }
        let place = self
            .domains
            .find(domain, |place| domain_at(&self.slots, place))?;
        tenant_at(&self.slots, place.slot).map(|tenant| tenant.id())
    }

    /// The device with this authentication user name.
    pub fn device(&self, username: &str) -> Option<DirectoryEntry> {
        let place = self
            .devices
            .find(username, |place| username_at(&self.slots, place))?;
        self.entry(place)
    }

    /// The device whose requests come from this address without a digest.
    pub fn source(&self, source: IpAddr) -> Option<DirectoryEntry> {
        if self.sources.is_empty() {
            return None;
        }
        self.entry(*self.sources.get(&source.to_canonical())?)
    }

    fn entry(&self, place: Place) -> Option<DirectoryEntry> {
        let tenant = tenant_at(&self.slots, place.slot)?;
        let device = tenant.devices().get(usize::try_from(place.at).ok()?)?;
        Some(DirectoryEntry {
            device: tenant.entry(device),
            credentials: device.credentials.clone(),
        })
    }

    /// Which device a user name names; for logs and traces.
    pub fn device_id(&self, username: &str) -> Option<(TenantId, DeviceId)> {
        self.device(username)
            .map(|entry| (entry.device.tenant, entry.device.device))
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

fn tenant_at(slots: &[Option<Arc<CompiledTenant>>], slot: u32) -> Option<&Arc<CompiledTenant>> {
    slots.get(usize::try_from(slot).ok()?)?.as_ref()
}

fn domain_at(slots: &[Option<Arc<CompiledTenant>>], place: Place) -> Option<&str> {
    let domains = tenant_at(slots, place.slot)?.domains();
    domains
        .get(usize::try_from(place.at).ok()?)
        .map(|domain| &**domain)
}

fn username_at(slots: &[Option<Arc<CompiledTenant>>], place: Place) -> Option<&str> {
    let devices = tenant_at(slots, place.slot)?.devices();
    let device = devices.get(usize::try_from(place.at).ok()?)?;
    Some(&device.username)
}
