//! Blobs in memory.

use async_trait::async_trait;
use ports::{Blob, BlobBook, BlobPlace, Kept, StoreError, check_blob};
use tenancy::TenantScope;

use super::MemoryStore;
use super::state::{Estate, Place};

impl Estate {
    fn octets_beside(&self, place: Option<&Place>) -> u64 {
        let others = self.blobs.iter().filter(|(at, _)| Some(*at) != place);
        others.map(|(_, blob)| blob.length()).sum()
    }
}

impl MemoryStore {
    /// Looks at a document's blob.
    fn look<T>(
        &self,
        scope: &TenantScope,
        place: &BlobPlace,
        look: impl FnOnce(&Blob) -> T,
    ) -> Result<Option<T>, StoreError> {
        let (kind, id) = place.within(scope)?;
        let state = self.state()?;
        let estate = state.estates.get(&scope.owner());
        let blob = estate.and_then(|estate| estate.blobs.get(&(kind, id.to_owned())));
        Ok(blob.map(look))
    }
}

#[async_trait]
impl BlobBook for MemoryStore {
    async fn put_blob(
        &self,
        scope: &TenantScope,
        place: &BlobPlace,
        blob: Blob,
        most: u64,
    ) -> Result<Kept, StoreError> {
        check_blob(&blob)?;
        let (kind, id) = place.within(scope)?;
        let place = (kind, id.to_owned());
        let mut state = self.state()?;
        let estate = state.estates.get_mut(&scope.owner());
        let estate = estate.filter(|estate| estate.documents.contains_key(&place));
        let estate = estate.ok_or(StoreError::NotFound)?;
        let in_use = estate.octets_beside(Some(&place));
        if in_use.saturating_add(blob.length()) > most {
            return Ok(Kept::Full { in_use });
        }
        estate.blobs.insert(place, blob);
        Ok(Kept::Yes)
    }

    async fn blob(
        &self,
        scope: &TenantScope,
        place: &BlobPlace,
    ) -> Result<Option<Blob>, StoreError> {
        self.look(scope, place, Blob::clone)
    }

    async fn about_blob(
        &self,
        scope: &TenantScope,
        place: &BlobPlace,
    ) -> Result<Option<String>, StoreError> {
        self.look(scope, place, |blob| blob.about.clone())
    }

    async fn remove_blob(
        &self,
        scope: &TenantScope,
        place: &BlobPlace,
    ) -> Result<bool, StoreError> {
        let (kind, id) = place.within(scope)?;
        let mut state = self.state()?;
        let estate = state.estates.get_mut(&scope.owner());
        let gone = estate.and_then(|estate| estate.blobs.remove(&(kind, id.to_owned())));
        Ok(gone.is_some())
    }

    async fn blob_octets(&self, scope: &TenantScope) -> Result<u64, StoreError> {
        let state = self.state()?;
        let estate = state.estates.get(&scope.owner());
        Ok(estate.map_or(0, |estate| estate.octets_beside(None)))
    }
}
