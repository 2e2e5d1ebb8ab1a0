//! The book of API keys over their table.

use async_trait::async_trait;
use domain::{AuditEntry, TokenRecord};
use ids::TokenId;
use machine::WallTime;
use ports::{Renewal, StoreError, TokenBook, TokenReach};
use tenancy::Owner;

use super::sight::Sight;
use super::writer::Desk;
use super::{SqlStore, tables, tokens};

/// How far managing keys looks.
fn sight(reach: &TokenReach) -> Sight {
    match reach {
        TokenReach::Below(_) => Sight::Everything,
        TokenReach::Inside(scope) => Sight::Tenant(scope.tenant()),
    }
}

/// Adds an API key of somebody within reach, who may have one more.
fn add(
    desk: &Desk<'_>,
    reach: &TokenReach,
    token: &TokenRecord,
    audit: &AuditEntry,
) -> Result<(), StoreError> {
    if !tokens::commands(desk.sql, reach, token.owner)? {
        return Err(StoreError::NotFound);
    }
    let have = tokens::live(desk.sql, token.owner, token.created)?;
    tables::check_keys(desk, token.owner, have)?;
    tokens::add(desk.sql, token, audit)
}

#[async_trait]
impl TokenBook for SqlStore {
    async fn put_token(
        &self,
        reach: &TokenReach,
        token: &TokenRecord,
        audit: &AuditEntry,
    ) -> Result<(), StoreError> {
        let (sight, reach) = (sight(reach), reach.clone());
        let (token, audit) = (token.clone(), audit.clone());
        self.write(sight, 1, move |desk| add(desk, &reach, &token, &audit))
            .await
    }

    async fn token(
        &self,
        reach: &TokenReach,
        id: TokenId,
    ) -> Result<Option<TokenRecord>, StoreError> {
        let (sight, reach) = (sight(reach), reach.clone());
        self.look(sight, move |now| tokens::by_id(now.sql, &reach, id))
            .await
    }

    async fn tokens(
        &self,
        reach: &TokenReach,
        owner: Option<Owner>,
    ) -> Result<Vec<TokenRecord>, StoreError> {
        let (sight, reach) = (sight(reach), reach.clone());
        self.read(sight, move |now| tokens::all(now.sql, &reach, owner))
            .await
    }

    async fn rotate_token(
        &self,
        reach: &TokenReach,
        id: TokenId,
        renewal: Renewal,
        audit: &AuditEntry,
    ) -> Result<TokenRecord, StoreError> {
        let (sight, reach, audit) = (sight(reach), reach.clone(), audit.clone());
        self.write(sight, 1, move |desk| {
            tokens::rotate(desk.sql, &reach, id, renewal, &audit)
        })
        .await
    }

    async fn revoke_token(
        &self,
        reach: &TokenReach,
        id: TokenId,
        at: WallTime,
        audit: &AuditEntry,
    ) -> Result<(), StoreError> {
        let (sight, reach, audit) = (sight(reach), reach.clone(), audit.clone());
        self.write(sight, 1, move |desk| {
            tokens::revoke(desk.sql, &reach, id, at, &audit)
        })
        .await
    }
}
