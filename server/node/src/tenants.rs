//! The tenants this shard serves: their compiled documents and what they use right now.

use domain::{CompiledTenant, Directory};
use ids::TenantId;
use machine::Instant;
use std::collections::BTreeMap;
use std::sync::Arc;
use tenancy::TokenBucket;

/// A tenant and its use of the exchange.
#[derive(Debug)]
pub(crate) struct Served {
    pub(crate) compiled: Arc<CompiledTenant>,
    pub(crate) calls: u32,
    new_calls: TokenBucket,
    registrations: TokenBucket,
}

/// Why a tenant may not have another call now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Capped {
    Concurrent(u32),
    Rate(u32),
}

/// All tenants.
#[derive(Debug, Default)]
pub(crate) struct Tenants {
    pub(crate) directory: Directory,
    served: BTreeMap<TenantId, Served>,
}

impl Tenants {
    /// A tenant is new or has changed. Its use goes on under the new caps.
    pub(crate) fn replace(&mut self, compiled: Arc<CompiledTenant>) {
        self.directory.replace(&compiled);
        let caps = compiled.caps();
        match self.served.get_mut(&compiled.id()) {
            Some(served) => {
                served.new_calls.set_rate(caps.calls_per_second);
                served.registrations.set_rate(caps.registrations_per_second);
                served.compiled = compiled;
            }
            None => {
                let served = Served {
                    calls: 0,
                    new_calls: TokenBucket::per_second(caps.calls_per_second),
                    registrations: TokenBucket::per_second(caps.registrations_per_second),
                    compiled,
                };
                self.served.insert(served.compiled.id(), served);
            }
        }
    }

    /// A tenant is gone; nobody can prove to belong to it any more.
    pub(crate) fn forget(&mut self, tenant: TenantId) {
        self.directory.forget(tenant);
        self.served.remove(&tenant);
    }

    pub(crate) fn get(&self, tenant: TenantId) -> Option<&Served> {
        self.served.get(&tenant)
    }

    pub(crate) fn compiled(&self, tenant: TenantId) -> Option<Arc<CompiledTenant>> {
        self.served
            .get(&tenant)
            .map(|served| Arc::clone(&served.compiled))
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (TenantId, &Served)> {
        self.served.iter().map(|(tenant, served)| (*tenant, served))
    }

    /// Takes one call out of what the tenant may have.
    pub(crate) fn take_call(&mut self, tenant: TenantId, now: Instant) -> Result<(), Capped> {
        let Some(served) = self.served.get_mut(&tenant) else {
            return Ok(());
        };
        let caps = served.compiled.caps();
        if served.calls >= caps.concurrent_calls {
            return Err(Capped::Concurrent(caps.concurrent_calls));
        }
        let rate = caps.calls_per_second;
        served.new_calls.take(now).map_err(|_| Capped::Rate(rate))
    }

    pub(crate) fn call_began(&mut self, tenant: TenantId) {
        if let Some(served) = self.served.get_mut(&tenant) {
            served.calls += 1;
        }
    }

    pub(crate) fn call_ended(&mut self, tenant: TenantId) {
        if let Some(served) = self.served.get_mut(&tenant) {
            served.calls = served.calls.saturating_sub(1);
        }
    }

    pub(crate) fn may_register(&mut self, tenant: TenantId, now: Instant) -> bool {
        let served = self.served.get_mut(&tenant);
        served.is_none_or(|served| served.registrations.take(now).is_ok())
    }
}
