//! What the platform keeps sealed, over the state in memory, where nothing needs a seal.

use async_trait::async_trait;
use ports::{Sealed, SealedBook, StoreError};

use super::MemoryStore;
use crate::sealed::{check, check_room};

#[async_trait]
impl SealedBook for MemoryStore {
    async fn sealed(&self, beginning: &str) -> Result<Sealed, StoreError> {
        let state = self.state()?;
        let from = state.sealed.range(beginning.to_owned()..);
        let kept = from.take_while(|(name, _)| name.starts_with(beginning));
        Ok(kept
            .map(|(name, kept)| (name.clone(), kept.clone()))
            .collect())
    }

    async fn swap_sealed(
        &self,
        name: &str,
        was: Option<&[u8]>,
        now: Option<&[u8]>,
    ) -> Result<bool, StoreError> {
        check(name, now)?;
        let kept = &mut self.state()?.sealed;
        if kept.get(name).map(Vec::as_slice) != was {
            return Ok(false);
        }
        let Some(now) = now else {
            kept.remove(name);
            return Ok(true);
        };
        if was.is_none() {
            check_room(kept.len())?;
        }
        kept.insert(name.to_owned(), now.to_vec());
        Ok(true)
    }
}
