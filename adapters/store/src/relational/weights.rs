//! How much of the store each tenant is owed, beside its neighbours.

use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};

use domain::TenantParts;
use ids::TenantId;
use tenancy::Weight;

/// Weights of the tenants that were loaded, as far as they differ from the default. Whoever serves
/// an exchange loads each tenant at the start and whenever it or its plan has changed.
#[derive(Debug, Default)]
pub(super) struct Weights(RwLock<HashMap<TenantId, Weight>>);

impl Weights {
    /// Notes what these tenants, who were asked for, are owed now; those not found, nothing.
    pub(super) fn learn(&self, asked: &[TenantId], found: &[TenantParts]) {
        // a table of numbers is whole after every step
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        for tenant in asked {
            known.remove(tenant);
        }
        for parts in found {
            let plan = parts.plan.as_ref().map(|plan| &plan.spec);
            let weight = parts.tenant.spec.effective_caps(plan).weight;
            if weight != Weight::default() {
                known.insert(parts.tenant.id, weight);
            }
        }
    }

    /// What a tenant is owed.
    pub(super) fn of(&self, tenant: TenantId) -> Weight {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        known.get(&tenant).copied().unwrap_or_default()
    }

    /// States what a tenant is owed.
    #[cfg(test)]
    pub(super) fn set(&self, tenant: TenantId, weight: Weight) {
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        known.insert(tenant, weight);
    }
}
