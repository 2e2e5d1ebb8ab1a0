//! The memory store's API keys.

use async_trait::async_trait;
use domain::{AuditEntry, TOKENS_ENDED_KEPT, TokenRecord};
use ids::TokenId;
use machine::WallTime;
use ports::{Renewal, StoreError, TokenBook, TokenReach};
use tenancy::{Owner, TokenHash};

use super::MemoryStore;
use super::state::State;
use super::tables;

impl State {
    /// The API key with this hash, of its present text or of its former.
    pub(super) fn token_by(&self, hash: &TokenHash) -> Option<&TokenRecord> {
        self.tokens.values().find(|token| bears(token, hash))
    }

    /// Whether an owner is there, and its keys are within reach.
    fn reaches(&self, reach: &TokenReach, owner: Owner) -> bool {
        match reach {
            TokenReach::Below(scope) => self.commands(scope.account(), owner),
            TokenReach::Inside(scope) => owner == scope.owner() && self.has_tenant(scope.tenant()),
        }
    }

    /// A key within reach.
    fn reached(&mut self, reach: &TokenReach, id: TokenId) -> Option<&mut TokenRecord> {
        let owner = self.tokens.get(&id)?.owner;
        if !self.reaches(reach, owner) {
            return None;
        }
        self.tokens.get_mut(&id)
    }

    /// How many keys of an owner open something at a time.
    pub(super) fn live_keys(&self, owner: Owner, at: WallTime) -> u64 {
        let own = self.tokens.values();
        let live = own.filter(|key| key.owner == owner && key.is_live(at));
        live.count().try_into().unwrap_or(u64::MAX)
    }

    /// Removes the oldest of an owner's ended keys, beyond those that are kept.
    fn forget_ended(&mut self, owner: Owner, now: WallTime) {
        let ended = self.tokens.values().rev();
        let ended = ended.filter(|token| token.owner == owner && !token.is_live(now));
        let kept = usize::try_from(TOKENS_ENDED_KEPT).unwrap_or(usize::MAX);
        let old: Vec<TokenId> = ended.skip(kept).map(|token| token.id).collect();
        for id in old {
            self.tokens.remove(&id);
        }
    }

    /// Notes when a key was used, unless a later use is known.
    pub(super) fn token_used(&mut self, id: TokenId, at: WallTime) {
        if let Some(token) = self.tokens.get_mut(&id) {
            token.used = token.used.max(Some(at));
        }
    }
}

fn bears(token: &TokenRecord, hash: &TokenHash) -> bool {
    let former = token.former.as_ref();
    token.hash == *hash || former.is_some_and(|former| former.hash == *hash)
}

#[async_trait]
impl TokenBook for MemoryStore {
    async fn put_token(
        &self,
        reach: &TokenReach,
        token: &TokenRecord,
        audit: &AuditEntry,
    ) -> Result<(), StoreError> {
        let mut state = self.state()?;
        if !state.reaches(reach, token.owner) {
            return Err(StoreError::NotFound);
        }
        let have = state.live_keys(token.owner, token.created);
        tables::check_keys(&mut state, token.owner, have)?;
        let same = |known: &TokenRecord| known.hash == token.hash || known.id == token.id;
        if state.tokens.values().any(same) {
            let (space, key) = ("token".to_owned(), token.id.to_string());
            return Err(StoreError::Conflict { space, key });
        }
        state.tokens.insert(token.id, token.clone());
        state.forget_ended(token.owner, token.created);
        state.add_audit(audit);
        Ok(())
    }

    async fn token(
        &self,
        reach: &TokenReach,
        id: TokenId,
    ) -> Result<Option<TokenRecord>, StoreError> {
        Ok(self.state()?.reached(reach, id).cloned())
    }

    async fn tokens(
        &self,
        reach: &TokenReach,
        owner: Option<Owner>,
    ) -> Result<Vec<TokenRecord>, StoreError> {
        let state = self.state()?;
        let wanted = |token: &&TokenRecord| {
            owner.is_none_or(|owner| token.owner == owner) && state.reaches(reach, token.owner)
        };
        Ok(state.tokens.values().filter(wanted).cloned().collect())
    }

    async fn rotate_token(
        &self,
        reach: &TokenReach,
        id: TokenId,
        renewal: Renewal,
        audit: &AuditEntry,
    ) -> Result<TokenRecord, StoreError> {
        let mut state = self.state()?;
        let known = state.reached(reach, id);
        let known = known.filter(|token| token.is_live(renewal.at));
        let known = known.ok_or(StoreError::NotFound)?;
        let renewed = known.clone().renewed(renewal.hash, renewal.until);
        *known = renewed.clone();
        state.add_audit(audit);
        Ok(renewed)
    }

    async fn revoke_token(
        &self,
        reach: &TokenReach,
        id: TokenId,
        at: WallTime,
        audit: &AuditEntry,
    ) -> Result<(), StoreError> {
        let mut state = self.state()?;
        let record = state.reached(reach, id).ok_or(StoreError::NotFound)?;
        if record.revoked.is_none() {
            record.revoked = Some(at);
            state.add_audit(audit);
        }
        Ok(())
    }
}
