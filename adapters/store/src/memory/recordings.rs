//! What is known of recordings, in memory.

use async_trait::async_trait;
use domain::{Recording, RecordingState};
use ids::RecordingId;
use ports::{
    Cursor, FACTS_AT_ONCE, PAGE_MAX, RecordingBook, RecordingListing, RecordingQuery, StoreError,
};
use tenancy::TenantScope;

use super::MemoryStore;
use crate::paging;

#[async_trait]
impl RecordingBook for MemoryStore {
    async fn write_recordings(&self, recordings: Vec<Recording>) -> Result<usize, StoreError> {
        let mut state = self.state()?;
        let mut kept = 0;
        for recording in recordings {
            if !state.has_tenant(recording.tenant) {
                continue;
            }
            let estate = state.estates.entry(recording.tenant.into()).or_default();
            estate.recordings.insert(recording.id, recording);
            kept += 1;
        }
        Ok(kept)
    }

    async fn recordings(
        &self,
        scope: &TenantScope,
        query: &RecordingQuery,
    ) -> Result<RecordingListing, StoreError> {
        let state = self.state()?;
        let Some(estate) = state.estates.get(&scope.owner()) else {
            return Ok(RecordingListing::default());
        };
        let before = query.before();
        let found = estate
            .recordings
            .values()
            .rev()
            .filter(|recording| before.is_none_or(|before| recording.id < before))
            .filter(|recording| query.call.is_none_or(|call| recording.call == call))
            .filter(|one| query.conference.is_none_or(|at| one.conference == Some(at)));
        let limit = query.bounded_limit();
        let mut recordings: Vec<Recording> = found.take(limit + 1).cloned().collect();
        let next = paging::cut(&mut recordings, limit, |last| Cursor(last.id.to_string()));
        Ok(RecordingListing { recordings, next })
    }

    async fn recording(
        &self,
        scope: &TenantScope,
        id: RecordingId,
    ) -> Result<Option<Recording>, StoreError> {
        let state = self.state()?;
        let estate = state.estates.get(&scope.owner());
        Ok(estate.and_then(|estate| estate.recordings.get(&id).cloned()))
    }

    async fn remove_recordings(
        &self,
        scope: &TenantScope,
        ids: Vec<RecordingId>,
    ) -> Result<usize, StoreError> {
        StoreError::at_most(ids.len(), FACTS_AT_ONCE)?;
        let mut state = self.state()?;
        let Some(estate) = state.estates.get_mut(&scope.owner()) else {
            return Ok(0);
        };
        let removed = ids.iter().filter_map(|id| estate.recordings.remove(id));
        Ok(removed.count())
    }

    async fn running_recordings(&self) -> Result<Vec<Recording>, StoreError> {
        let state = self.state()?;
        let all = state.estates.values();
        let all = all.flat_map(|estate| estate.recordings.values());
        let mut running: Vec<&Recording> = all
            .filter(|recording| recording.state == RecordingState::Running)
            .collect();
        running.sort_by_key(|recording| recording.id);
        Ok(running.into_iter().take(PAGE_MAX).cloned().collect())
    }
}
