//! The tenants this shard serves: their compiled documents and what they use right now.

use crate::budgets::Budgets;
use crate::callbacks::Callbacks;
use crate::capped::Capped;
use crate::former_told::FormerTold;
use crate::music::Music;
use crate::sayings::Sayings;
use crate::stations::Stations;
use crate::trunks::{Gateways, Trunks};
use domain::{CompiledTenant, Directory};
use ids::TenantId;
use machine::Instant;
use ports::{LiveUsage, Metered};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tenancy::{Caps, TokenBucket};

/// How often what nobody asks for any more is let go.
const COOL_EVERY: Duration = Duration::from_secs(60);

/// What one tenant uses of the exchange. Who uses nothing for a while and was never refused has
/// none.
#[derive(Debug)]
struct Use {
    calls: u32,
    new_calls: TokenBucket,
    registrations: TokenBucket,
    refused: Refused,
    /// Whether it wanted anything since the last cooling.
    wanted: bool,
}

impl Use {
    fn under(caps: &Caps) -> Use {
        Use {
            calls: 0,
            new_calls: TokenBucket::per_second(caps.calls_per_second),
            registrations: TokenBucket::per_second(caps.registrations_per_second),
            refused: Refused::default(),
            wanted: true,
        }
    }

    /// Whether it is to be kept: something was wanted since the last time, or is remembered.
    fn cool(&mut self) -> bool {
        let wanted = std::mem::take(&mut self.wanted);
        wanted || self.calls > 0 || self.refused != Refused::default()
    }
}

/// How often a tenant was refused at each of its caps since the exchange started.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Refused {
    concurrent_calls: u64,
    calls_per_second: u64,
    registrations_per_second: u64,
    bindings: u64,
}

impl Refused {
    fn note(&mut self, capped: Capped) {
        let count = match capped {
            Capped::ConcurrentCalls(_) => &mut self.concurrent_calls,
            Capped::CallsPerSecond(_) => &mut self.calls_per_second,
            Capped::RegistrationsPerSecond(_) => &mut self.registrations_per_second,
            Capped::Bindings(..) => &mut self.bindings,
        };
        *count += 1;
    }
}

/// All tenants.
#[derive(Default)]
pub(crate) struct Tenants {
    pub(crate) directory: Directory,
    /// Of which devices their tenants were told that they have a former secret.
    pub(crate) former_told: FormerTold,
    /// What they have towards carriers.
    pub(crate) trunks: Trunks,
    /// Who of theirs called for help lately.
    pub(crate) callbacks: Callbacks,
    /// What their calls by trunks may cost, and what they did.
    pub(crate) budgets: Budgets,
    /// The music of their own that is at hand.
    pub(crate) music: Music,
    /// Their programmes that are on the air.
    pub(crate) stations: Stations,
    /// What was said to their people lately.
    pub(crate) sayings: Sayings,
    used: BTreeMap<TenantId, Use>,
    cooled: Instant,
}

impl Tenants {
    /// No tenants yet; what their gateways register is kept here.
    pub(crate) fn new(
        gateways: Gateways,
        address: Option<SocketAddr>,
        (music_octets, speech_octets): (usize, usize),
    ) -> Tenants {
        Tenants {
            music: Music::new(music_octets),
            sayings: Sayings::new(speech_octets),
            trunks: Trunks::new(gateways, address),
            ..Tenants::default()
        }
    }

    /// The tenant of the device, or of the gateway, that has this user name.
    pub(crate) fn of_username(&self, username: &str) -> Option<TenantId> {
        let device = self.directory.device(username);
        let tenant = device.map(|entry| entry.device.tenant);
        tenant.or_else(|| self.trunks.tenant_of_gateway(username))
    }

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
        self.music.forget(tenant);
        self.stations.forget(tenant);
        self.sayings.forget(tenant);
        self.used.remove(&tenant);
    }

    /// Devices that were contained here and released before any document told of it begin anew.
    pub(crate) fn release_told(&mut self) {
        for (tenant, device) in self.budgets.told() {
            let compiled = self.directory.tenant(tenant);
            let held = compiled.and_then(|compiled| compiled.containment(device));
            if held.is_none() {
                self.budgets.fraud.forgive(tenant, device);
            }
        }
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
        let taken = if used.calls >= caps.concurrent_calls {
            Err(Capped::ConcurrentCalls(caps.concurrent_calls))
        } else {
            let rate = caps.calls_per_second;
            let taken = used.new_calls.take(now);
            taken.map_err(|_| Capped::CallsPerSecond(rate))
        };
        taken.inspect_err(|capped| used.refused.note(*capped))
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

    /// Takes one REGISTER request out of what the tenant may send within a second.
    pub(crate) fn take_registration(
        &mut self,
        tenant: TenantId,
        now: Instant,
    ) -> Result<(), Capped> {
        let Some((used, caps)) = self.of(tenant) else {
            return Ok(());
        };
        let rate = caps.registrations_per_second;
        let taken = used.registrations.take(now);
        let taken = taken.map_err(|_| Capped::RegistrationsPerSecond(rate));
        taken.inspect_err(|capped| used.refused.note(*capped))
    }

    /// Refuses one more device where a tenant has `held` bindings and may have no more.
    pub(crate) fn check_bindings(&mut self, tenant: TenantId, held: usize) -> Result<(), Capped> {
        let Some((used, caps)) = self.of(tenant) else {
            return Ok(());
        };
        if held < usize::try_from(caps.bindings).unwrap_or(usize::MAX) {
            return Ok(());
        }
        let capped = Capped::Bindings(caps.bindings, held);
        used.refused.note(capped);
        Err(capped)
    }

    /// What a tenant uses of its caps at this moment, but for its bindings, and how often it was
    /// refused.
    pub(crate) fn usage(&self, tenant: TenantId, now: Instant) -> LiveUsage {
        let Some(used) = self.used.get(&tenant) else {
            return LiveUsage::default();
        };
        let refused = used.refused;
        LiveUsage {
            concurrent_calls: Metered::new(used.calls.into(), refused.concurrent_calls),
            calls_per_second: Metered::new(used.new_calls.spent(now), refused.calls_per_second),
            registrations_per_second: Metered::new(
                used.registrations.spent(now),
                refused.registrations_per_second,
            ),
            bindings: Metered::new(0, refused.bindings),
        }
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
        self.used.retain(|_, used| used.cool());
    }
}
