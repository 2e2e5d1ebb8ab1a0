//! Rewriting and removing facts in memory.

use async_trait::async_trait;
use domain::{AuditEntry, Cdr, Event, KindName};
use ids::CdrId;
use machine::WallTime;
use ports::{FACTS_AT_ONCE, FactStore, StoreError};
use tenancy::TenantScope;

use super::MemoryStore;

#[async_trait]
impl FactStore for MemoryStore {
    async fn replace_cdrs(&self, scope: &TenantScope, cdrs: Vec<Cdr>) -> Result<usize, StoreError> {
        StoreError::at_most(cdrs.len(), FACTS_AT_ONCE)?;
        let mut state = self.state()?;
        let Some(estate) = state.estates.get_mut(&scope.owner()) else {
            return Ok(0);
        };
        let mut replaced = 0;
        for cdr in cdrs {
            if let Some(known) = estate.cdrs.get_mut(&cdr.id) {
                estate.ladders.remove(&cdr.id);
                *known = cdr;
                replaced += 1;
            }
        }
        Ok(replaced)
    }

    async fn remove_cdrs(&self, scope: &TenantScope, ids: Vec<CdrId>) -> Result<usize, StoreError> {
        StoreError::at_most(ids.len(), FACTS_AT_ONCE)?;
        let mut state = self.state()?;
        let Some(estate) = state.estates.get_mut(&scope.owner()) else {
            return Ok(0);
        };
        estate.ladders.retain(|id, _| !ids.contains(id));
        let removed = ids.iter().filter_map(|id| estate.cdrs.remove(id));
        Ok(removed.count())
    }

    async fn replace_audit(
        &self,
        scope: &TenantScope,
        entries: Vec<AuditEntry>,
    ) -> Result<usize, StoreError> {
        StoreError::at_most(entries.len(), FACTS_AT_ONCE)?;
        let mut state = self.state()?;
        let mut replaced = 0;
        for entry in entries {
            if let Some(known) = state.audit.get_mut(&(scope.owner(), entry.id)) {
                *known = entry;
                replaced += 1;
            }
        }
        Ok(replaced)
    }

    async fn remove_audit(
        &self,
        scope: &TenantScope,
        before: WallTime,
    ) -> Result<usize, StoreError> {
        let mut state = self.state()?;
        let own = state
            .audit
            .iter()
            .filter(|((owner, _), _)| *owner == scope.owner());
        let old: Vec<_> = own
            .take(FACTS_AT_ONCE)
            .filter(|(_, entry)| entry.at < before)
            .map(|(place, _)| *place)
            .collect();
        for place in &old {
            state.audit.remove(place);
        }
        Ok(old.len())
    }

    async fn add_audit(&self, scope: &TenantScope, entry: &AuditEntry) -> Result<(), StoreError> {
        if entry.owner != scope.owner() {
            return Err(StoreError::NotFound);
        }
        let mut state = self.state()?;
        let place = (entry.owner, entry.id);
        state.audit.entry(place).or_insert_with(|| entry.clone());
        Ok(())
    }

    async fn replace_events(
        &self,
        scope: &TenantScope,
        events: Vec<Event>,
    ) -> Result<usize, StoreError> {
        StoreError::at_most(events.len(), FACTS_AT_ONCE)?;
        let mut state = self.state()?;
        let estate = state.estates.get_mut(&scope.owner());
        Ok(estate.map_or(0, |estate| estate.events.replace(events)))
    }

    async fn remove_history(
        &self,
        scope: &TenantScope,
        kind: KindName,
        id: &str,
    ) -> Result<usize, StoreError> {
        let mut state = self.state()?;
        let estate = state.estates.get_mut(&scope.owner());
        let removed = estate.and_then(|estate| estate.history.remove(&(kind, id.to_owned())));
        Ok(removed.map_or(0, |versions| versions.len()))
    }
}
