//! Ladders in memory.

use async_trait::async_trait;
use domain::Ladder;
use ids::CallId;
use ports::{LadderBook, StoreError};
use tenancy::TenantScope;

use super::MemoryStore;

#[async_trait]
impl LadderBook for MemoryStore {
    async fn write_ladders(&self, ladders: Vec<Ladder>) -> Result<usize, StoreError> {
        let mut state = self.state()?;
        let mut new = 0;
        for ladder in ladders {
            let Some(estate) = state.estates.get_mut(&ladder.tenant.into()) else {
                continue;
            };
            let known = estate.cdrs.contains_key(&ladder.cdr);
            if known && !estate.ladders.contains_key(&ladder.cdr) {
                estate.ladders.insert(ladder.cdr, ladder);
                new += 1;
            }
        }
        Ok(new)
    }

    async fn ladder(
        &self,
        scope: &TenantScope,
        call: CallId,
    ) -> Result<Option<Ladder>, StoreError> {
        let state = self.state()?;
        let estate = state.estates.get(&scope.owner());
        let found = estate.and_then(|estate| {
            let mut all = estate.ladders.values();
            all.find(|ladder| ladder.call == call)
        });
        Ok(found.cloned())
    }
}
