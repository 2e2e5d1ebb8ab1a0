//! Faxes in memory.

use async_trait::async_trait;
use domain::{Fax, FaxState};
use ids::{FaxId, TenantId};
use ports::{Cursor, FACTS_AT_ONCE, FaxBook, FaxListing, FaxQuery, Kept, StoreError, check_fax};
use tenancy::TenantScope;

use super::MemoryStore;
use crate::paging;

#[async_trait]
impl FaxBook for MemoryStore {
    async fn write_fax(&self, fax: Fax, document: Vec<u8>, most: u64) -> Result<Kept, StoreError> {
        let fax = check_fax(fax, &document)?;
        let mut state = self.state()?;
        if !state.has_tenant(fax.tenant) {
            return Err(StoreError::NotFound);
        }
        let estate = state.estates.entry(fax.tenant.into()).or_default();
        let others = estate
            .faxes
            .values()
            .filter(|(other, _)| other.id != fax.id);
        let in_use: u64 = others.map(|(other, _)| other.octets).sum();
        if in_use.saturating_add(fax.octets) > most {
            return Ok(Kept::Full { in_use });
        }
        estate.faxes.insert(fax.id, (fax, document));
        Ok(Kept::Yes)
    }

    async fn change_fax(&self, fax: Fax, was: FaxState) -> Result<bool, StoreError> {
        let mut state = self.state()?;
        let estate = state.estates.get_mut(&fax.tenant.into());
        let found = estate.and_then(|estate| estate.faxes.get_mut(&fax.id));
        let Some((kept, _)) = found.filter(|(kept, _)| kept.state == was) else {
            return Ok(false);
        };
        *kept = Fax {
            extension: kept.extension,
            octets: kept.octets,
            ..fax
        };
        Ok(true)
    }

    async fn tenants_with_open_faxes(&self) -> Result<Vec<TenantId>, StoreError> {
        let state = self.state()?;
        let all = state.estates.values().flat_map(|one| one.faxes.values());
        let open = all.filter(|(fax, _)| fax.state.is_open());
        let mut tenants: Vec<TenantId> = open.map(|(fax, _)| fax.tenant).collect();
        tenants.sort_unstable();
        tenants.dedup();
        Ok(tenants)
    }

    async fn faxes(&self, scope: &TenantScope, query: &FaxQuery) -> Result<FaxListing, StoreError> {
        let state = self.state()?;
        let Some(estate) = state.estates.get(&scope.owner()) else {
            return Ok(FaxListing::default());
        };
        let before = query.before();
        let found = estate.faxes.values().rev().map(|(fax, _)| fax);
        let found = found
            .filter(|fax| before.is_none_or(|before| fax.id < before))
            .filter(|fax| query.admits(fax));
        let limit = query.bounded_limit();
        let mut faxes: Vec<Fax> = found.take(limit + 1).cloned().collect();
        let next = paging::cut(&mut faxes, limit, |last| Cursor(last.id.to_string()));
        Ok(FaxListing { faxes, next })
    }

    async fn fax(&self, scope: &TenantScope, id: FaxId) -> Result<Option<Fax>, StoreError> {
        let state = self.state()?;
        let estate = state.estates.get(&scope.owner());
        let found = estate.and_then(|estate| estate.faxes.get(&id));
        Ok(found.map(|(fax, _)| fax.clone()))
    }

    async fn fax_document(
        &self,
        scope: &TenantScope,
        id: FaxId,
    ) -> Result<Option<Vec<u8>>, StoreError> {
        let state = self.state()?;
        let estate = state.estates.get(&scope.owner());
        let found = estate.and_then(|estate| estate.faxes.get(&id));
        let document = found.map(|(_, document)| document.clone());
        Ok(document.filter(|document| !document.is_empty()))
    }

    async fn remove_faxes(
        &self,
        scope: &TenantScope,
        ids: Vec<FaxId>,
    ) -> Result<usize, StoreError> {
        StoreError::at_most(ids.len(), FACTS_AT_ONCE)?;
        let mut state = self.state()?;
        let Some(estate) = state.estates.get_mut(&scope.owner()) else {
            return Ok(0);
        };
        let removed = ids.iter().filter_map(|id| estate.faxes.remove(id));
        Ok(removed.count())
    }
}
