//! The four faces of the store: each call becomes a request of a reader or an order of the
//! writer.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use domain::{
    AuditEntry, Cdr, Directory, Document, KindName, LateReport, TenantParts, TokenRecord, Version,
};
use ids::{CdrId, PlanId, ResellerId, SigningKeyId, TenantId, TokenId};
use machine::WallTime;
use ports::{
    AccountStore, AuditListing, CdrListing, CdrQuery, Change, Committed, ExchangeStore, FeedPage,
    FeedWatch, FrontDoor, KeyStatus, KeyStore, Listing, Page, Part, PartsRefused, RESEAL_STEP,
    Reply, Resealed, Store, StoreError, Turn,
};
use tenancy::{AccountScope, Owner, PlatformScope, TenantScope, TokenHash};

use super::readers::Snapshot;
use super::sight::Sight;
use super::{
    SqlStore, accounts, cdrs, documents, feed, loading, once, requests, settings, tables, tenants,
    tokens, trail,
};
use crate::idempotency;
use crate::transaction::{Reach, operations_of};

#[async_trait]
impl Store for SqlStore {
    async fn get(
        &self,
        scope: &TenantScope,
        kind: KindName,
        key: &str,
    ) -> Result<Option<Document>, StoreError> {
        let (owner, key) = (scope.owner(), key.to_owned());
        self.look(Sight::Tenant(scope.tenant()), move |now| {
            documents::named(now.sql, owner, kind, &key)
        })
        .await
    }

    async fn list(
        &self,
        scope: &TenantScope,
        kind: KindName,
        page: &Page,
    ) -> Result<Listing, StoreError> {
        let (owner, page) = (scope.owner(), page.clone());
        self.leaf(Sight::Tenant(scope.tenant()), page, move |now, page| {
            documents::list(now.sql, owner, kind, page)
        })
        .await
    }

    async fn count(&self, scope: &TenantScope, kind: KindName) -> Result<u64, StoreError> {
        let owner = scope.owner();
        self.read(Sight::Tenant(scope.tenant()), move |now| {
            documents::count(now.sql, owner, kind)
        })
        .await
    }

    async fn plan(&self, scope: &TenantScope) -> Result<Option<Document>, StoreError> {
        let tenant = scope.tenant();
        self.look(Sight::Tenant(scope.tenant()), move |now| {
            tenants::plan_of(now.sql, tenant)
        })
        .await
    }

    async fn commit(&self, scope: &TenantScope, change: Change) -> Result<Committed, StoreError> {
        let (reach, actor) = (Reach::Inside(scope.tenant()), scope.actor());
        self.write(
            Sight::Tenant(scope.tenant()),
            change.operations.len(),
            move |desk| tables::commit(desk, reach, actor, &change),
        )
        .await
    }

    async fn rehearse(
        &self,
        scope: &TenantScope,
        change: Change,
    ) -> Result<Vec<Option<StoreError>>, StoreError> {
        let (reach, actor) = (Reach::Inside(scope.tenant()), scope.actor());
        let sight = Sight::Tenant(scope.tenant());
        self.try_out(sight, change.operations.len(), move |desk| {
            tables::rehearse(desk, reach, actor, &change)
        })
        .await
    }

    async fn history(
        &self,
        scope: &TenantScope,
        kind: KindName,
        id: &str,
    ) -> Result<Vec<Version>, StoreError> {
        let (owner, id) = (scope.owner(), id.to_owned());
        self.look(Sight::Tenant(scope.tenant()), move |now| {
            documents::history(now.sql, owner, kind, &id)
        })
        .await
    }

    async fn audit(&self, scope: &TenantScope, page: &Page) -> Result<AuditListing, StoreError> {
        let (owner, page) = (scope.owner(), page.clone());
        self.look(Sight::Tenant(scope.tenant()), move |now| {
            trail::page(now.sql, owner, &page)
        })
        .await
    }

    async fn cdrs(&self, scope: &TenantScope, query: &CdrQuery) -> Result<CdrListing, StoreError> {
        let (tenant, query) = (scope.tenant(), query.clone());
        self.read(Sight::Tenant(scope.tenant()), move |now| {
            cdrs::page(now.sql, tenant, &query)
        })
        .await
    }

    async fn cdr(&self, scope: &TenantScope, id: CdrId) -> Result<Option<Cdr>, StoreError> {
        let tenant = scope.tenant();
        self.look(Sight::Tenant(scope.tenant()), move |now| {
            cdrs::by_id(now.sql, tenant, id)
        })
        .await
    }
}

#[async_trait]
impl AccountStore for SqlStore {
    async fn commit_below(
        &self,
        scope: &AccountScope,
        change: Change,
    ) -> Result<Committed, StoreError> {
        let (account, actor) = (scope.account(), scope.actor());
        self.write(Sight::Everything, change.operations.len(), move |desk| {
            tables::commit(desk, Reach::Below(account), actor, &change)
        })
        .await
    }

    async fn rehearse_below(
        &self,
        scope: &AccountScope,
        change: Change,
    ) -> Result<Vec<Option<StoreError>>, StoreError> {
        let (account, actor) = (scope.account(), scope.actor());
        let steps = change.operations.len();
        self.try_out(Sight::Everything, steps, move |desk| {
            tables::rehearse(desk, Reach::Below(account), actor, &change)
        })
        .await
    }

    async fn commit_parts(
        &self,
        scope: &AccountScope,
        parts: Vec<Part>,
    ) -> Result<Vec<Committed>, PartsRefused> {
        let (account, actor) = (scope.account(), scope.actor());
        let steps = operations_of(&parts);
        let done = Arc::new(AtomicUsize::new(0));
        let tried = Arc::clone(&done);
        let written = self.write(Sight::Everything, steps, move |desk| {
            tables::commit_parts(desk, account, actor, &parts, &tried)
        });
        let refused = |error| PartsRefused::after(done.load(Ordering::Relaxed), steps, error);
        written.await.map_err(refused)
    }

    async fn get_below(
        &self,
        scope: &AccountScope,
        kind: KindName,
        key: &str,
    ) -> Result<Option<Document>, StoreError> {
        let (account, key) = (scope.account(), key.to_owned());
        self.look(Sight::Everything, move |now| {
            accounts::found(now.sql, account, kind, &key)
        })
        .await
    }

    async fn list_below(
        &self,
        scope: &AccountScope,
        kind: KindName,
        page: &Page,
    ) -> Result<Listing, StoreError> {
        let (account, page) = (scope.account(), page.clone());
        self.leaf(Sight::Everything, page, move |now, page| {
            accounts::list(now.sql, account, kind, page)
        })
        .await
    }

    async fn count_below(&self, scope: &AccountScope, kind: KindName) -> Result<u64, StoreError> {
        let account = scope.account();
        self.read(Sight::Everything, move |now| {
            accounts::count_below(now.sql, account, kind)
        })
        .await
    }

    async fn count_within(&self, scope: &AccountScope, kind: KindName) -> Result<u64, StoreError> {
        let account = scope.account();
        self.read(Sight::Everything, move |now| {
            accounts::count_within(now.sql, account, kind)
        })
        .await
    }

    async fn history_below(
        &self,
        scope: &AccountScope,
        kind: KindName,
        id: &str,
    ) -> Result<Vec<Version>, StoreError> {
        let (account, id) = (scope.account(), id.to_owned());
        self.look(Sight::Everything, move |now| {
            let found = accounts::found(now.sql, account, kind, &id)?;
            let owner = found.ok_or(StoreError::NotFound)?.owner;
            documents::history(now.sql, owner, kind, &id)
        })
        .await
    }

    async fn account_audit(
        &self,
        scope: &AccountScope,
        page: &Page,
    ) -> Result<AuditListing, StoreError> {
        let (owner, page) = (scope.owner(), page.clone());
        self.read(Sight::Everything, move |now| {
            trail::page(now.sql, owner, &page)
        })
        .await
    }

    async fn note(&self, scope: &AccountScope, audit: &AuditEntry) -> Result<(), StoreError> {
        let (account, audit) = (scope.account(), audit.clone());
        self.write(Sight::Everything, 1, move |desk| {
            if !accounts::commands(desk.sql, account, audit.owner)? {
                return Err(StoreError::NotFound);
            }
            trail::add(desk.sql, &audit).map(|_| ())
        })
        .await
    }
}

#[async_trait]
impl KeyStore for SqlStore {
    async fn key_status(&self, _: &PlatformScope) -> Result<KeyStatus, StoreError> {
        self.read(Sight::Everything, |now| now.vault.status(now.sql))
            .await
    }

    async fn reseal(
        &self,
        _: &PlatformScope,
        after: Option<Owner>,
    ) -> Result<Resealed, StoreError> {
        self.write(Sight::Everything, RESEAL_STEP, move |desk| {
            desk.vault.reseal(desk.sql, after)
        })
        .await
    }

    async fn renew_key(&self, scope: &TenantScope) -> Result<u64, StoreError> {
        let tenant = scope.tenant();
        self.write(Sight::Tenant(scope.tenant()), 1, move |desk| {
            if !documents::has_tenant(desk.sql, tenant)? {
                return Err(StoreError::NotFound);
            }
            desk.erased.set(true);
            desk.vault.renew_key(desk.sql, tenant.into())
        })
        .await
    }
}

impl FeedWatch for SqlStore {
    fn changed(&self) -> u64 {
        self.cursor.load(Ordering::Acquire)
    }
}

/// Rows of a page that is read on the thread that asks, at most.
const LEAF: usize = 100;

impl SqlStore {
    /// Reads a page: on this thread when it is short and no row is looked at in vain.
    async fn leaf<T: Send + 'static>(
        &self,
        sight: Sight,
        page: Page,
        read: impl FnOnce(&Snapshot<'_>, &Page) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let sifted = page.filter.name_contains.is_some() || page.filter.refers_to.is_some();
        if sifted || page.bounded_limit() > LEAF {
            return self.read(sight, move |now| read(now, &page)).await;
        }
        self.look(sight, move |now| read(now, &page)).await
    }

    /// Loads tenants, and notes what they are owed from now on.
    async fn load(
        &self,
        sight: Sight,
        tenants: Vec<TenantId>,
    ) -> Result<Vec<TenantParts>, StoreError> {
        let weights = Arc::clone(&self.weights);
        self.read(sight, move |now| {
            let found = loading::parts(now, &tenants)?;
            weights.learn(&tenants, &found);
            Ok(found)
        })
        .await
    }
}

#[async_trait]
impl ExchangeStore for SqlStore {
    async fn directory(&self) -> Result<(Directory, u64), StoreError> {
        self.read(Sight::Everything, loading::directory).await
    }

    async fn tenant_ids(&self) -> Result<Vec<TenantId>, StoreError> {
        self.read(Sight::Everything, |now| tenants::ids(now.sql))
            .await
    }

    async fn tenants_on(&self, plan: PlanId) -> Result<Vec<TenantId>, StoreError> {
        self.read(Sight::Everything, move |now| {
            tenants::on_plan(now.sql, plan)
        })
        .await
    }

    async fn load_tenant(&self, scope: &TenantScope) -> Result<Option<TenantParts>, StoreError> {
        let tenant = scope.tenant();
        self.load(Sight::Tenant(tenant), vec![tenant])
            .await
            .map(|mut found| found.pop())
    }

    async fn load_tenants(&self, scopes: &[TenantScope]) -> Result<Vec<TenantParts>, StoreError> {
        let mut tenants: Vec<TenantId> = scopes.iter().map(TenantScope::tenant).collect();
        tenants.sort_unstable();
        tenants.dedup();
        self.load(Sight::Everything, tenants).await
    }

    async fn feed(&self, after: u64, limit: usize) -> Result<FeedPage, StoreError> {
        let read = self.read(Sight::Everything, move |now| {
            feed::page(now.sql, after, limit)
        });
        let (page, latest) = read.await?;
        // another process may have written
        self.cursor.fetch_max(latest, Ordering::AcqRel);
        Ok(page)
    }

    async fn setting(&self, key: &str) -> Result<Option<String>, StoreError> {
        let key = key.to_owned();
        self.look(Sight::Everything, move |now| settings::value(now.sql, &key))
            .await
    }

    async fn setting_or_insert(&self, key: &str, value: &str) -> Result<String, StoreError> {
        let (key, value) = (key.to_owned(), value.to_owned());
        self.write(Sight::Everything, 1, move |desk| {
            settings::value_or_insert(desk.sql, &key, &value)
        })
        .await
    }

    async fn write_cdrs(&self, cdrs: Vec<Cdr>) -> Result<usize, StoreError> {
        self.write(Sight::Everything, cdrs.len(), move |desk| {
            cdrs::add_of_present(desk.sql, &cdrs)
        })
        .await
    }

    async fn write_late_reports(&self, reports: Vec<LateReport>) -> Result<usize, StoreError> {
        self.write(Sight::Everything, reports.len(), move |desk| {
            cdrs::add_reports(desk.sql, &reports)
        })
        .await
    }

    async fn write_uses(&self, uses: Vec<(TokenId, WallTime)>) -> Result<(), StoreError> {
        self.write(Sight::Everything, uses.len(), move |desk| {
            tokens::used(desk.sql, &uses)
        })
        .await
    }
}

#[async_trait]
impl FrontDoor for SqlStore {
    async fn find_token(&self, hash: &TokenHash) -> Result<Option<TokenRecord>, StoreError> {
        let hash = *hash;
        self.look(Sight::Everything, move |now| {
            tokens::by_hash(now.sql, &hash)
        })
        .await
    }

    async fn is_open(&self, owner: Owner) -> Result<bool, StoreError> {
        self.look(Sight::Everything, move |now| {
            accounts::is_open(now.sql, owner)
        })
        .await
    }

    async fn tenant_of_mail(&self, domain: &str) -> Result<Option<TenantId>, StoreError> {
        let domain = domain.to_owned();
        self.look(Sight::Everything, move |now| {
            tenants::of_mail(now.sql, &domain)
        })
        .await
    }

    async fn reseller_of_portal(&self, domain: &str) -> Result<Option<ResellerId>, StoreError> {
        let domain = domain.to_owned();
        self.read(Sight::Everything, move |now| {
            accounts::of_portal(now.sql, &domain)
        })
        .await
    }

    async fn certificates_of(&self, key: SigningKeyId) -> Result<Option<String>, StoreError> {
        self.look(Sight::Everything, move |now| {
            documents::certificates_of(now.sql, key)
        })
        .await
    }

    async fn begin(
        &self,
        key: &str,
        fingerprint: &[u8; 32],
        now: WallTime,
    ) -> Result<Turn, StoreError> {
        idempotency::check_key(key)?;
        let (key, fingerprint) = (key.to_owned(), *fingerprint);
        self.write(Sight::Everything, 1, move |desk| {
            requests::begin(desk.sql, &key, &fingerprint, now)
        })
        .await
    }

    async fn finish(&self, key: &str, reply: &Reply, _: WallTime) -> Result<(), StoreError> {
        let (key, reply) = (key.to_owned(), reply.clone());
        self.write(Sight::Everything, 1, move |desk| {
            requests::finish(desk.sql, &key, &reply)
        })
        .await
    }

    async fn abandon(&self, key: &str) -> Result<(), StoreError> {
        let key = key.to_owned();
        self.write(Sight::Everything, 1, move |desk| {
            requests::abandon(desk.sql, &key)
        })
        .await
    }

    async fn take_once(
        &self,
        thing: &[u8; 32],
        end: WallTime,
        now: WallTime,
    ) -> Result<bool, StoreError> {
        let thing = *thing;
        self.write(Sight::Everything, 1, move |desk| {
            once::take(desk.sql, &thing, end, now)
        })
        .await
    }
}
