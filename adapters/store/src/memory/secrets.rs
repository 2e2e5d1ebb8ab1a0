//! The face of secrets over the state in memory.

use std::collections::BTreeMap;

use async_trait::async_trait;
use domain::{Credentials, KindName, Secret, SigningKeys};
use machine::WallTime;
use ports::{SecretChange, SecretStore, StoreError};
use tenancy::TenantScope;

use super::MemoryStore;

/// What is kept of a document's secret; one of them at most, by its kind.
#[derive(Clone, Debug, Default)]
pub(super) struct Kept {
    pub(super) credentials: Option<Credentials>,
    signing: Option<SigningKeys>,
    pub(super) text: Option<Secret>,
}

impl Kept {
    /// It as bytes, as a store on a disk seals them.
    pub(super) fn to_bytes(&self) -> Option<Vec<u8>> {
        let credentials = self.credentials.as_ref().map(Credentials::to_bytes);
        let signing = || self.signing.map(SigningKeys::to_bytes);
        let text = || Some(self.text.as_ref()?.reveal().as_bytes().to_vec());
        credentials.or_else(signing).or_else(text)
    }

    /// What is kept after a change.
    pub(super) fn after(self, change: &SecretChange) -> Kept {
        match change {
            SecretChange::Keep => self,
            SecretChange::Set(credentials) => Kept {
                credentials: Some(credentials.clone()),
                ..Kept::default()
            },
            SecretChange::Beside { digests, until } => Kept {
                credentials: Some(match self.credentials {
                    Some(before) => before.replaced(*digests, *until),
                    None => (*digests).into(),
                }),
                ..Kept::default()
            },
            SecretChange::Sign(keys) => Kept {
                signing: Some(*keys),
                ..Kept::default()
            },
            SecretChange::Seal(text) => Kept {
                text: Some(text.clone()),
                ..Kept::default()
            },
        }
    }
}

#[async_trait]
impl SecretStore for MemoryStore {
    async fn signing_keys(
        &self,
        scope: &TenantScope,
        kind: KindName,
        id: &str,
    ) -> Result<Option<SigningKeys>, StoreError> {
        let state = self.state()?;
        let stored = state.stored(scope.owner(), kind, id);
        Ok(stored.and_then(|stored| stored.kept.signing))
    }

    async fn secret(
        &self,
        scope: &TenantScope,
        kind: KindName,
        id: &str,
    ) -> Result<Option<Secret>, StoreError> {
        let state = self.state()?;
        let stored = state.stored(scope.owner(), kind, id);
        Ok(stored.and_then(|stored| stored.kept.text.clone()))
    }

    async fn former_ends(
        &self,
        scope: &TenantScope,
        kind: KindName,
        ids: &[String],
    ) -> Result<BTreeMap<String, WallTime>, StoreError> {
        let state = self.state()?;
        let end = |id: &String| {
            let stored = state.stored(scope.owner(), kind, id)?;
            let former = stored.kept.credentials.as_ref()?.former.as_ref()?;
            Some((id.clone(), former.until))
        };
        Ok(ids.iter().filter_map(end).collect())
    }
}
