//! How many calls go over a trunk at this moment, of all companies together and of each.

use call::{Full, TrunkCap};
use domain::TrunkCaps;
use ids::TenantId;
use machine::Instant;
use std::collections::BTreeMap;
use tenancy::TokenBucket;

/// The calls of a trunk. Companies are as many as may use it.
pub(crate) struct Load {
    caps: TrunkCaps,
    calls: u32,
    new_calls: TokenBucket,
    each: BTreeMap<TenantId, Portion>,
}

/// The calls of one company there.
#[derive(Default)]
struct Portion {
    calls: u32,
    new_calls: Option<TokenBucket>,
}

impl Load {
    pub(crate) fn new(caps: TrunkCaps) -> Load {
        Load {
            caps,
            calls: 0,
            new_calls: TokenBucket::per_second(caps.calls_per_second),
            each: BTreeMap::new(),
        }
    }

    /// Takes the calls over that are under way by the same trunk as it was before.
    pub(crate) fn goes_on_from(&mut self, old: &Load) {
        self.calls = old.calls;
        let calls = old.each.iter().map(|(tenant, portion)| {
            let portion = Portion {
                calls: portion.calls,
                new_calls: None,
            };
            (*tenant, portion)
        });
        self.each = calls.collect();
    }

    /// Takes one call of a company's.
    ///
    /// # Errors
    /// The cap that is met.
    pub(crate) fn take(&mut self, tenant: TenantId, now: Instant) -> Result<(), Full> {
        let (caps, share) = (self.caps, self.caps.each);
        let portion = self.each.entry(tenant).or_default();
        let full = |of, share, limit| Full { of, share, limit };
        if let Some(most) = share.concurrent_calls.filter(|most| portion.calls >= *most) {
            return Err(full(TrunkCap::ConcurrentCalls, true, most));
        }
        if self.calls >= caps.concurrent_calls {
            let most = caps.concurrent_calls;
            return Err(full(TrunkCap::ConcurrentCalls, false, most));
        }
        if let Some(rate) = share.calls_per_second {
            let bucket = portion.new_calls.take();
            let bucket = portion
                .new_calls
                .insert(bucket.unwrap_or_else(|| TokenBucket::per_second(rate)));
            let taken = bucket.take(now);
            taken.map_err(|_| full(TrunkCap::CallsPerSecond, true, rate))?;
        }
        let rate = caps.calls_per_second;
        let taken = self.new_calls.take(now);
        taken.map_err(|_| full(TrunkCap::CallsPerSecond, false, rate))?;
        self.add(tenant);
        Ok(())
    }

    /// A call that no cap holds back: it outlived its process, or somebody calls for help.
    pub(crate) fn add(&mut self, tenant: TenantId) {
        self.calls += 1;
        self.each.entry(tenant).or_default().calls += 1;
    }

    /// Gives one back.
    pub(crate) fn ended(&mut self, tenant: TenantId) {
        self.calls = self.calls.saturating_sub(1);
        if let Some(portion) = self.each.get_mut(&tenant) {
            portion.calls = portion.calls.saturating_sub(1);
        }
    }

    /// A company may not use the trunk any more; its calls go on.
    pub(crate) fn leaves(&mut self, tenant: TenantId) {
        let idle = |portion: &Portion| portion.calls == 0;
        if self.each.get(&tenant).is_some_and(idle) {
            self.each.remove(&tenant);
        }
    }

    /// Calls of all companies.
    pub(crate) fn calls(&self) -> u32 {
        self.calls
    }

    /// Calls of one.
    pub(crate) fn calls_of(&self, tenant: TenantId) -> u32 {
        self.each.get(&tenant).map_or(0, |portion| portion.calls)
    }
}
