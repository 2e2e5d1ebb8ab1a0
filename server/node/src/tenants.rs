//! The tenants this shard serves: their compiled documents and what they use right now.

use domain::{CompiledTenant, Directory};
use ids::TenantId;
use machine::Instant;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use tenancy::{Caps, TokenBucket};

/// How often what nobody asks for any more is let go.
const COOL_EVERY: Duration = Duration::from_secs(60);

/// What one tenant uses of the exchange. Who uses nothing for a while has none.
#[derive(Debug)]
struct Use {
    calls: u32,
    new_calls: TokenBucket,
    registrations: TokenBucket,
    /// Whether it wanted anything since the last cooling.
    wanted: bool,
}

impl Use {
    fn under(caps: &Caps) -> Use {
        Use {
            calls: 0,
            new_calls: TokenBucket::per_second(caps.calls_per_second),
            registrations: TokenBucket::per_second(caps.registrations_per_second),
            wanted: true,
        }
    }
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
    used: BTreeMap<TenantId, Use>,
    cooled: Instant,
}

impl Tenants {
    /// A tenant is new or has changed. Its use goes on under the new caps.
    pub(crate) fn replace(&mut self, compiled: &Arc<CompiledTenant>) {
        self.directory.replace(compiled);
        if let Some(used) = self.used.get_mut(&compiled.id()) {
            let caps = compiled.caps();
            used.new_calls.set_rate(caps.calls_per_second);
            used.registrations.set_rate(caps.registrations_per_second);
        }
    }

    /// A tenant is gone; nobody can prove to belong to it any more.
    pub(crate) fn forget(&mut self, tenant: TenantId) {
        self.directory.forget(tenant);
        self.used.remove(&tenant);
    }

    pub(crate) fn compiled(&self, tenant: TenantId) -> Option<Arc<CompiledTenant>> {
        self.directory.tenant(tenant).map(Arc::clone)
    }

    /// How much a tenant may use.
    pub(crate) fn caps(&self, tenant: TenantId) -> Option<&Caps> {
        self.directory.tenant(tenant).map(|tenant| tenant.caps())
    }

    /// Live calls of those who use the exchange or did so lately.
    pub(crate) fn calls(&self) -> impl Iterator<Item = (TenantId, u32)> {
        self.used.iter().map(|(tenant, used)| (*tenant, used.calls))
    }

    /// Takes one call out of what the tenant may have.
    pub(crate) fn take_call(&mut self, tenant: TenantId, now: Instant) -> Result<(), Capped> {
        let Some((used, caps)) = self.of(tenant) else {
            return Ok(());
        };
        if used.calls >= caps.concurrent_calls {
            return Err(Capped::Concurrent(caps.concurrent_calls));
        }
        let rate = caps.calls_per_second;
        used.new_calls.take(now).map_err(|_| Capped::Rate(rate))
    }

    pub(crate) fn call_began(&mut self, tenant: TenantId) {
        if let Some((used, _)) = self.of(tenant) {
            used.calls += 1;
        }
    }

    pub(crate) fn call_ended(&mut self, tenant: TenantId) {
        if let Some(used) = self.used.get_mut(&tenant) {
            used.calls = used.calls.saturating_sub(1);
        }
    }

    pub(crate) fn may_register(&mut self, tenant: TenantId, now: Instant) -> bool {
        let used = self.of(tenant);
        used.is_none_or(|(used, _)| used.registrations.take(now).is_ok())
    }

    fn of(&mut self, tenant: TenantId) -> Option<(&mut Use, &Caps)> {
        let caps = self.directory.tenant(tenant)?.caps();
        let used = self.used.entry(tenant).or_insert_with(|| Use::under(caps));
        used.wanted = true;
        Some((used, caps))
    }

    /// Lets go, if it is time, of what was not asked for since the last time. A bucket that was
    /// left alone for so long is full, as a new one is.
    pub(crate) fn cool(&mut self, now: Instant) {
        if now.saturating_since(self.cooled) < COOL_EVERY {
            return;
        }
        self.cooled = now;
        self.directory.cool();
        self.used
            .retain(|_, used| std::mem::take(&mut used.wanted) || used.calls > 0);
    }
}
