//! The face of support accesses over the state in memory.

use std::collections::BTreeMap;

use async_trait::async_trait;
use domain::{AuditEntry, Event, SUPPORT_KEPT, SupportAccess, SupportPolicy};
use ids::SupportId;
use ports::{SUPPORT_OF_ONE, StoreError, SupportBook, SupportStanding};
use tenancy::{Actor, TenantScope};

use super::MemoryStore;

/// A tenant's policy and accesses.
#[derive(Debug, Default)]
pub(super) struct Visitors {
    pub(super) policy: SupportPolicy,
    pub(super) accesses: BTreeMap<SupportId, SupportAccess>,
}

#[async_trait]
impl SupportBook for MemoryStore {
    async fn support(
        &self,
        scope: &TenantScope,
        of: Option<Actor>,
    ) -> Result<SupportStanding, StoreError> {
        let of = of.map(|actor| actor.to_string());
        let most = of.as_ref().map_or(SUPPORT_KEPT, |_| SUPPORT_OF_ONE);
        let state = self.state()?;
        let Some(estate) = state.estates.get(&scope.owner()) else {
            return Ok(SupportStanding::default());
        };
        let visitors = &estate.visitors;
        Ok(SupportStanding {
            policy: visitors.policy,
            accesses: visitors
                .accesses
                .values()
                .rev()
                .filter(|access| of.as_ref().is_none_or(|actor| access.actor == *actor))
                .take(most)
                .cloned()
                .collect(),
        })
    }

    async fn set_support_policy(
        &self,
        scope: &TenantScope,
        policy: SupportPolicy,
        audit: &AuditEntry,
    ) -> Result<(), StoreError> {
        let mut state = self.state()?;
        if !state.has_tenant(scope.tenant()) {
            return Err(StoreError::NotFound);
        }
        let estate = state.estates.entry(scope.owner()).or_default();
        estate.visitors.policy = policy;
        state.add_audit(audit);
        Ok(())
    }

    async fn support_access(
        &self,
        scope: &TenantScope,
        id: SupportId,
    ) -> Result<Option<SupportAccess>, StoreError> {
        let state = self.state()?;
        let estate = state.estates.get(&scope.owner());
        Ok(estate.and_then(|estate| estate.visitors.accesses.get(&id).cloned()))
    }

    async fn put_support_access(
        &self,
        scope: &TenantScope,
        access: &SupportAccess,
        new: bool,
        (audit, event): (&AuditEntry, &Event),
    ) -> Result<bool, StoreError> {
        let mut state = self.state()?;
        if !state.has_tenant(scope.tenant()) {
            return Err(StoreError::NotFound);
        }
        let estate = state.estates.entry(scope.owner()).or_default();
        let accesses = &mut estate.visitors.accesses;
        if new && accesses.contains_key(&access.id) {
            return Ok(false);
        }
        accesses.insert(access.id, access.clone());
        while accesses.len() > SUPPORT_KEPT {
            accesses.pop_first();
        }
        state.add_audit(audit);
        state.tell(event.clone());
        self.publish(&state);
        Ok(true)
    }
}
