//! The four faces of the store: each call becomes a request of a reader or an order of the
//! writer.

use std::sync::atomic::Ordering;

use async_trait::async_trait;
use domain::{AuditEntry, Cdr, Directory, Document, KindName, TenantParts, TokenRecord, Version};
use ids::{CdrId, TenantId, TokenId};
use machine::WallTime;
use ports::{
    AuditListing, CdrListing, CdrQuery, Change, Committed, ExchangeStore, FeedPage, FeedWatch,
    FrontDoor, Listing, Page, PlatformStore, Reply, Store, StoreError, Turn,
};
use tenancy::{PlatformScope, TenantScope, TokenHash};

use super::{SqlStore, cdrs, documents, feed, requests, settings, tables, tenants, tokens, trail};
use crate::idempotency;
use crate::transaction::Reach;

#[async_trait]
impl Store for SqlStore {
    async fn get(
        &self,
        scope: &TenantScope,
        kind: KindName,
        key: &str,
    ) -> Result<Option<Document>, StoreError> {
        let (tenant, key) = (scope.tenant(), key.to_owned());
        self.read(move |now| documents::named(now.sql, tenant, kind, &key))
            .await
    }

    async fn list(
        &self,
        scope: &TenantScope,
        kind: KindName,
        page: &Page,
    ) -> Result<Listing, StoreError> {
        let (tenant, page) = (scope.tenant(), page.clone());
        self.read(move |now| documents::list(now.sql, tenant, kind, &page))
            .await
    }

    async fn count(&self, scope: &TenantScope, kind: KindName) -> Result<u64, StoreError> {
        let tenant = scope.tenant();
        self.read(move |now| documents::count(now.sql, tenant, kind))
            .await
    }

    async fn commit(&self, scope: &TenantScope, change: Change) -> Result<Committed, StoreError> {
        let (reach, actor) = (Reach::Inside(scope.tenant()), scope.actor());
        self.write(change.operations.len(), move |desk| {
            tables::commit(desk, reach, actor, &change)
        })
        .await
    }

    async fn history(
        &self,
        scope: &TenantScope,
        kind: KindName,
        id: &str,
    ) -> Result<Vec<Version>, StoreError> {
        let (tenant, id) = (scope.tenant(), id.to_owned());
        self.read(move |now| documents::history(now.sql, tenant, kind, &id))
            .await
    }

    async fn audit(&self, scope: &TenantScope, page: &Page) -> Result<AuditListing, StoreError> {
        let (tenant, page) = (scope.tenant(), page.clone());
        self.read(move |now| trail::page(now.sql, Some(tenant), &page))
            .await
    }

    async fn cdrs(&self, scope: &TenantScope, query: &CdrQuery) -> Result<CdrListing, StoreError> {
        let (tenant, query) = (scope.tenant(), query.clone());
        self.read(move |now| cdrs::page(now.sql, tenant, &query))
            .await
    }

    async fn cdr(&self, scope: &TenantScope, id: CdrId) -> Result<Option<Cdr>, StoreError> {
        let tenant = scope.tenant();
        self.read(move |now| cdrs::by_id(now.sql, tenant, id)).await
    }
}

#[async_trait]
impl PlatformStore for SqlStore {
    async fn commit_tenants(
        &self,
        scope: &PlatformScope,
        change: Change,
    ) -> Result<Committed, StoreError> {
        let actor = scope.actor();
        self.write(change.operations.len(), move |desk| {
            tables::commit(desk, Reach::Tenants, actor, &change)
        })
        .await
    }

    async fn tenants(&self, _: &PlatformScope, page: &Page) -> Result<Listing, StoreError> {
        let page = page.clone();
        self.read(move |now| documents::list_tenants(now.sql, &page))
            .await
    }

    async fn find_tenant(
        &self,
        _: &PlatformScope,
        key: &str,
    ) -> Result<Option<Document>, StoreError> {
        let key = key.to_owned();
        self.read(move |now| documents::named_tenant(now.sql, &key))
            .await
    }

    async fn put_token(
        &self,
        _: &PlatformScope,
        token: &TokenRecord,
        audit: &AuditEntry,
    ) -> Result<(), StoreError> {
        let (token, audit) = (token.clone(), audit.clone());
        self.write(1, move |desk| tokens::add(desk.sql, &token, &audit))
            .await
    }

    async fn tokens(
        &self,
        _: &PlatformScope,
        tenant: Option<TenantId>,
    ) -> Result<Vec<TokenRecord>, StoreError> {
        self.read(move |now| tokens::all(now.sql, tenant)).await
    }

    async fn revoke_token(
        &self,
        _: &PlatformScope,
        token: TokenId,
        at: WallTime,
        audit: &AuditEntry,
    ) -> Result<(), StoreError> {
        let audit = audit.clone();
        self.write(1, move |desk| tokens::revoke(desk.sql, token, at, &audit))
            .await
    }

    async fn note(&self, _: &PlatformScope, audit: &AuditEntry) -> Result<(), StoreError> {
        let audit = audit.clone();
        self.write(1, move |desk| trail::add(desk.sql, &audit).map(|_| ()))
            .await
    }

    async fn platform_audit(
        &self,
        _: &PlatformScope,
        page: &Page,
    ) -> Result<AuditListing, StoreError> {
        let page = page.clone();
        self.read(move |now| trail::page(now.sql, None, &page))
            .await
    }
}

impl FeedWatch for SqlStore {
    fn changed(&self) -> u64 {
        self.cursor.load(Ordering::Acquire)
    }
}

#[async_trait]
impl ExchangeStore for SqlStore {
    async fn directory(&self) -> Result<(Directory, u64), StoreError> {
        self.read(tenants::directory).await
    }

    async fn tenant_ids(&self) -> Result<Vec<TenantId>, StoreError> {
        self.read(|now| tenants::ids(now.sql)).await
    }

    async fn load_tenant(&self, scope: &TenantScope) -> Result<Option<TenantParts>, StoreError> {
        let tenant = scope.tenant();
        self.read(move |now| tenants::parts(now, tenant)).await
    }

    async fn feed(&self, after: u64, limit: usize) -> Result<FeedPage, StoreError> {
        let read = self.read(move |now| feed::page(now.sql, after, limit));
        let (page, latest) = read.await?;
        // another process may have written
        self.cursor.fetch_max(latest, Ordering::AcqRel);
        Ok(page)
    }

    async fn setting(&self, key: &str) -> Result<Option<String>, StoreError> {
        let key = key.to_owned();
        self.read(move |now| settings::value(now.sql, &key)).await
    }

    async fn setting_or_insert(&self, key: &str, value: &str) -> Result<String, StoreError> {
        let (key, value) = (key.to_owned(), value.to_owned());
        self.write(1, move |desk| {
            settings::value_or_insert(desk.sql, &key, &value)
        })
        .await
    }

    async fn write_cdrs(&self, cdrs: Vec<Cdr>) -> Result<usize, StoreError> {
        self.write(cdrs.len(), move |desk| cdrs::add(desk.sql, &cdrs))
            .await
    }
}

#[async_trait]
impl FrontDoor for SqlStore {
    async fn find_token(&self, hash: &TokenHash) -> Result<Option<TokenRecord>, StoreError> {
        let hash = *hash;
        self.read(move |now| tokens::by_hash(now.sql, &hash)).await
    }

    async fn begin(
        &self,
        key: &str,
        fingerprint: &[u8; 32],
        now: WallTime,
    ) -> Result<Turn, StoreError> {
        idempotency::check_key(key)?;
        let (key, fingerprint) = (key.to_owned(), *fingerprint);
        self.write(1, move |desk| {
            requests::begin(desk.sql, &key, &fingerprint, now)
        })
        .await
    }

    async fn finish(&self, key: &str, reply: &Reply, _: WallTime) -> Result<(), StoreError> {
        let (key, reply) = (key.to_owned(), reply.clone());
        self.write(1, move |desk| requests::finish(desk.sql, &key, &reply))
            .await
    }

    async fn abandon(&self, key: &str) -> Result<(), StoreError> {
        let key = key.to_owned();
        self.write(1, move |desk| requests::abandon(desk.sql, &key))
            .await
    }
}
