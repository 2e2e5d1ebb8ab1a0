//! The platform's directory: from what a packet carries to the tenant and device it concerns.

use std::net::IpAddr;

use hashbrown::HashMap;
use ids::{DeviceId, TenantId};
use tenancy::DeviceEntry;

use crate::compiled::CompiledTenant;
use crate::secret::Digests;

/// What admission needs to know of one device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DirectoryEntry {
    /// Tenant, device, trusted source, enabled.
    pub device: DeviceEntry,
    /// What its digest responses are checked against; `None` before a secret was set.
    pub digests: Option<Digests>,
}

/// Names one tenant put into the directory, so that they can be taken out again.
#[derive(Clone, Debug, Default)]
struct Share {
    domains: Vec<String>,
    usernames: Vec<String>,
    sources: Vec<IpAddr>,
}

/// Domains, user names and trusted sources of all tenants. They are unique platform-wide, so
/// every look-up has at most one answer.
#[derive(Clone, Debug, Default)]
pub struct Directory {
    domains: HashMap<String, TenantId>,
    devices: HashMap<String, DirectoryEntry>,
    sources: HashMap<IpAddr, DirectoryEntry>,
    shares: HashMap<TenantId, Share>,
}

impl Directory {
    /// An empty directory.
    pub fn new() -> Directory {
        Directory::default()
    }

    /// Puts a tenant's names in, in place of those it had before.
    pub fn replace(&mut self, tenant: &CompiledTenant) {
        self.forget(tenant.id());
        let mut share = Share::default();
        for domain in tenant.domains() {
            self.domains.insert(domain.clone(), tenant.id());
            share.domains.push(domain.clone());
        }
        for device in tenant.devices() {
            let entry = DirectoryEntry {
                device: tenant.entry(device),
                digests: device.digests,
            };
            self.devices.insert(device.username.clone(), entry);
            share.usernames.push(device.username.clone());
            if let Some(source) = device.trusted_source {
                self.sources.insert(source, entry);
                share.sources.push(source);
            }
        }
        self.shares.insert(tenant.id(), share);
    }

    /// Takes a tenant's names out. Names that another tenant has taken over meanwhile stay.
    pub fn forget(&mut self, tenant: TenantId) {
        let Some(share) = self.shares.remove(&tenant) else {
            return;
        };
        for domain in &share.domains {
            if self.domains.get(domain) == Some(&tenant) {
                self.domains.remove(domain);
            }
        }
        let owned =
            |entry: Option<&DirectoryEntry>| entry.is_some_and(|e| e.device.tenant == tenant);
        for username in &share.usernames {
            if owned(self.devices.get(username)) {
                self.devices.remove(username);
            }
        }
        for source in &share.sources {
            if owned(self.sources.get(source)) {
                self.sources.remove(source);
            }
        }
    }

    /// The tenant of a SIP domain, in whatever case it is written.
    pub fn tenant_of_domain(&self, domain: &str) -> Option<TenantId> {
        if domain.bytes().any(|b| b.is_ascii_uppercase()) {
            return self.domains.get(&domain.to_ascii_lowercase()).copied();
        }
        self.domains.get(domain).copied()
    }

    /// The device with this authentication user name.
    pub fn device(&self, username: &str) -> Option<&DirectoryEntry> {
        self.devices.get(username)
    }

    /// The device whose requests come from this address without a digest.
    pub fn source(&self, source: IpAddr) -> Option<&DirectoryEntry> {
        if self.sources.is_empty() {
            return None;
        }
        self.sources.get(&source.to_canonical())
    }

    /// Which device a user name names; for logs and traces.
    pub fn device_id(&self, username: &str) -> Option<(TenantId, DeviceId)> {
        self.device(username)
            .map(|entry| (entry.device.tenant, entry.device.device))
    }

    /// Number of tenants.
    pub fn tenants(&self) -> usize {
        self.shares.len()
    }

    /// Number of devices.
    pub fn devices(&self) -> usize {
        self.devices.len()
    }
}
