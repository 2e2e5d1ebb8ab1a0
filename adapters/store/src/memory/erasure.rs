//! Erasing a tenant from memory: at once, since there are no rows to wait for.

use std::collections::BTreeMap;

use async_trait::async_trait;
use domain::{AuditEntry, KindName, Referrer};
use ids::TenantId;
use ports::{Change, Erased, ErasureStore, StoreError};
use tenancy::{AccountScope, Below, Owner};

use super::MemoryStore;
use super::references::inhabitant;
use super::state::State;
use super::tables::commit;
use crate::transaction::{Reach, USERS_NAMED, beyond};

impl State {
    /// Takes everything of an owner out but its own document; gives how much of what.
    fn empty(&mut self, owner: Owner) -> BTreeMap<&'static str, u64> {
        let mut rows = BTreeMap::new();
        let Some(estate) = self.estates.get_mut(&owner) else {
            return rows;
        };
        let places: Vec<_> = estate.documents.keys().cloned().collect();
        let cdrs = std::mem::take(&mut estate.cdrs).len();
        let quality = std::mem::take(&mut estate.quality).len();
        let history = std::mem::take(&mut estate.history).len();
        let ladders = std::mem::take(&mut estate.ladders).len();
        let recordings = std::mem::take(&mut estate.recordings).len();
        let faxes = std::mem::take(&mut estate.faxes).len();
        let blobs = std::mem::take(&mut estate.blobs).len();
        estate.hooks.clear();
        for place in places {
            if place.0 != KindName::Tenant {
                self.set(owner, place, None);
            }
            note(&mut rows, "documents", 1);
        }
        if let Some(estate) = self.estates.get_mut(&owner) {
            estate.referrers.clear();
        }
        let before = self.audit.len();
        self.audit.retain(|(whose, _), _| *whose != owner);
        note(&mut rows, "audit", before - self.audit.len());
        let before = self.tokens.len();
        self.tokens.retain(|_, token| token.owner != owner);
        note(&mut rows, "tokens", before - self.tokens.len());
        let before = self.credentials.len();
        self.credentials.retain(|_, record| record.owner != owner);
        note(&mut rows, "credentials", before - self.credentials.len());
        note(&mut rows, "cdrs", cdrs);
        note(&mut rows, "quality_hours", quality);
        note(&mut rows, "ladders", ladders);
        note(&mut rows, "recordings", recordings);
        note(&mut rows, "faxes", faxes);
        note(&mut rows, "blobs", blobs);
        note(&mut rows, "history", history);
        rows
    }
}

fn note(rows: &mut BTreeMap<&'static str, u64>, table: &'static str, gone: usize) {
    if gone > 0 {
        *rows.entry(table).or_default() += u64::try_from(gone).unwrap_or(u64::MAX);
    }
}

#[async_trait]
impl ErasureStore for MemoryStore {
    async fn erase_step(
        &self,
        scope: &AccountScope,
        tenant: Below<TenantId>,
        change: Change,
        trace: &AuditEntry,
    ) -> Result<Erased, StoreError> {
        let tenant = tenant.within(scope.account()).ok_or(StoreError::NotFound)?;
        let owner = Owner::from(tenant);
        let mut state = self.state()?;
        if !state.commands(scope.account(), owner) {
            return Err(StoreError::NotFound);
        }
        let holds = state.owned(owner, KindName::Hold);
        let by: Vec<Referrer> = holds.take(USERS_NAMED).map(inhabitant).collect();
        if !by.is_empty() {
            let more = beyond(state.count(owner, KindName::Hold), by.len());
            return Err(StoreError::InUse { by, more });
        }
        let place = (KindName::Tenant, &*owner.to_string());
        let given: Vec<Referrer> = state.referrers(owner, place).map(|(_, one)| one).collect();
        if !given.is_empty() {
            let all = u64::try_from(given.len()).unwrap_or(u64::MAX);
            let by: Vec<Referrer> = given.into_iter().take(USERS_NAMED).collect();
            let more = beyond(all, by.len());
            return Err(StoreError::InUse { by, more });
        }
        let rows = state.empty(owner);
        commit(
            &mut state,
            Reach::Below(scope.account()),
            scope.actor(),
            &change,
        )?;
        state.estates.remove(&owner);
        state.audit.retain(|(whose, _), _| *whose != owner);
        state.audit.insert((trace.owner, trace.id), trace.clone());
        self.publish(&state);
        Ok(Erased { rows, done: true })
    }
}
