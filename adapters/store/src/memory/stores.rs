//! The four faces of the memory store.

use std::sync::atomic::Ordering;

use async_trait::async_trait;
use domain::{
    AuditEntry, Cdr, CompiledTenant, Device, Directory, Document, Event, Extension, KindName,
    Resource, Tenant, TenantParts, TokenRecord, Version,
};
use ids::{CdrId, TenantId, TokenId};
use machine::WallTime;
use ports::{
    AuditListing, CdrListing, CdrQuery, Change, Committed, Cursor, ExchangeStore, FeedPage,
    FeedWatch, FrontDoor, Listing, Page, PlatformStore, Reply, Store, StoreError, Turn,
};
use tenancy::{PlatformScope, Role, TenantScope, TokenHash};

use super::MemoryStore;
use super::state::{State, Stored};
use super::tables::commit;
use crate::idempotency::{self, REMEMBERED_MAX, Remembered};
use crate::paging;
use crate::transaction::Reach;
use crate::{FEED_KEPT, FEED_PAGE_MAX};

#[async_trait]
impl Store for MemoryStore {
    async fn get(
        &self,
        scope: &TenantScope,
        kind: KindName,
        key: &str,
    ) -> Result<Option<Document>, StoreError> {
        let state = self.state()?;
        let found = state.named(Some(scope.tenant()), kind, key);
        Ok(found.map(|stored| stored.document.clone()))
    }

    async fn list(
        &self,
        scope: &TenantScope,
        kind: KindName,
        page: &Page,
    ) -> Result<Listing, StoreError> {
        let state = self.state()?;
        let documents = state
            .tenants
            .get(&scope.tenant())
            .map(|data| data.documents.values());
        let of_kind = documents
            .into_iter()
            .flatten()
            .filter(|s| s.document.kind == kind);
        Ok(listing(of_kind, page))
    }

    async fn count(&self, scope: &TenantScope, kind: KindName) -> Result<u64, StoreError> {
        let state = self.state()?;
        let documents = state
            .tenants
            .get(&scope.tenant())
            .map(|data| data.documents.keys());
        let count = documents
            .into_iter()
            .flatten()
            .filter(|(k, _)| *k == kind)
            .count();
        Ok(u64::try_from(count).unwrap_or(u64::MAX))
    }

    async fn commit(&self, scope: &TenantScope, change: Change) -> Result<Committed, StoreError> {
        let mut state = self.state()?;
        if !state.has_tenant(scope.tenant()) {
            return Err(StoreError::NotFound);
        }
        let reach = Reach::Inside(scope.tenant());
        let committed = commit(&mut state, reach, scope.actor(), &change)?;
        self.publish(&state);
        Ok(committed)
    }

    async fn history(
        &self,
        scope: &TenantScope,
        kind: KindName,
        id: &str,
    ) -> Result<Vec<Version>, StoreError> {
        let state = self.state()?;
        let data = state.tenants.get(&scope.tenant());
        let history = data.and_then(|data| data.history.get(&(kind, id.to_owned())));
        Ok(history
            .map(|versions| versions.iter().rev().cloned().collect())
            .unwrap_or_default())
    }

    async fn audit(&self, scope: &TenantScope, page: &Page) -> Result<AuditListing, StoreError> {
        Ok(self.state()?.audit_page(Some(scope.tenant()), page))
    }

    async fn cdrs(&self, scope: &TenantScope, query: &CdrQuery) -> Result<CdrListing, StoreError> {
        let state = self.state()?;
        let after = query.after.as_ref().and_then(paging::parse_cdr_cursor);
        let cdrs = state
            .tenants
            .get(&scope.tenant())
            .map(|data| data.cdrs.values());
        let mut found: Vec<&Cdr> = cdrs
            .into_iter()
            .flatten()
            .filter(|cdr| query.admits(cdr))
            .filter(|cdr| after.is_none_or(|after| (cdr.started, cdr.id) < after))
            .collect();
        found.sort_by_key(|cdr| std::cmp::Reverse((cdr.started, cdr.id)));
        let next = paging::cut(&mut found, query.bounded_limit(), |last| {
            paging::cdr_cursor(last.started, last.id)
        });
        Ok(CdrListing {
            cdrs: found.into_iter().cloned().collect(),
            next,
        })
    }

    async fn cdr(&self, scope: &TenantScope, id: CdrId) -> Result<Option<Cdr>, StoreError> {
        let state = self.state()?;
        Ok(state
            .tenants
            .get(&scope.tenant())
            .and_then(|data| data.cdrs.get(&id))
            .cloned())
    }
}

fn listing<'a>(documents: impl Iterator<Item = &'a Stored>, page: &Page) -> Listing {
    let after = page.after.as_ref();
    let mut documents: Vec<&Document> = documents
        .filter(|stored| admits(stored, page))
        .map(|stored| &stored.document)
        .filter(|document| after.is_none_or(|after| paging::position(document, page) > &*after.0))
        .collect();
    documents.sort_by_key(|document| paging::position(document, page));
    let next = paging::cut(&mut documents, page.bounded_limit(), |last| {
        Cursor(paging::position(last, page).to_owned())
    });
    Listing {
        documents: documents.into_iter().cloned().collect(),
        next,
    }
}

fn admits(stored: &Stored, page: &Page) -> bool {
    let name = stored.document.name.to_ascii_lowercase();
    let part = page.filter.name_contains.as_ref();
    let target = page.filter.refers_to.as_ref();
    part.is_none_or(|part| name.contains(&part.to_ascii_lowercase()))
        && target.is_none_or(|id| stored.facets.references.iter().any(|r| r.id == *id))
}

impl State {
    pub(super) fn has_tenant(&self, tenant: TenantId) -> bool {
        self.stored(tenant, KindName::Tenant, &tenant.to_string())
            .is_some()
    }

    fn tenant_documents(&self) -> impl Iterator<Item = &Stored> {
        self.tenants
            .iter()
            .filter_map(|(id, data)| data.documents.get(&(KindName::Tenant, id.to_string())))
    }

    fn audit_page(&self, tenant: Option<TenantId>, page: &Page) -> AuditListing {
        let after = page.after.as_ref();
        let mut entries: Vec<AuditEntry> = self
            .audit
            .iter()
            .rev()
            .filter(|((owner, id), _)| {
                *owner == tenant && after.is_none_or(|after| id.to_string() < after.0)
            })
            .map(|(_, entry)| entry.clone())
            .take(page.bounded_limit() + 1)
            .collect();
        let next = paging::cut(&mut entries, page.bounded_limit(), |last| {
            Cursor(last.id.to_string())
        });
        AuditListing { entries, next }
    }

    fn parts(&self, tenant: TenantId) -> Result<Option<TenantParts>, StoreError> {
        let Some(own) = self.stored(tenant, KindName::Tenant, &tenant.to_string()) else {
            return Ok(None);
        };
        let own: Resource<Tenant> = own.document.clone().try_into()?;
        let mut parts = TenantParts {
            tenant: own,
            extensions: Vec::new(),
            devices: Vec::new(),
            cursor: self.cursor,
        };
        let documents = self
            .tenants
            .get(&tenant)
            .map(|data| data.documents.values());
        for stored in documents.into_iter().flatten() {
            match stored.document.kind {
                KindName::Tenant => {}
                KindName::Extension => {
                    let extension: Resource<Extension> = stored.document.clone().try_into()?;
                    parts.extensions.push(extension);
                }
                KindName::Device => {
                    let device: Resource<Device> = stored.document.clone().try_into()?;
                    parts.devices.push((device, stored.digests));
                }
            }
        }
        Ok(Some(parts))
    }
}

#[async_trait]
impl PlatformStore for MemoryStore {
    async fn commit_tenants(
        &self,
        scope: &PlatformScope,
        change: Change,
    ) -> Result<Committed, StoreError> {
        let mut state = self.state()?;
        let committed = commit(&mut state, Reach::Tenants, scope.actor(), &change)?;
        self.publish(&state);
        Ok(committed)
    }

    async fn tenants(&self, _: &PlatformScope, page: &Page) -> Result<Listing, StoreError> {
        Ok(listing(self.state()?.tenant_documents(), page))
    }

    async fn find_tenant(
        &self,
        _: &PlatformScope,
        key: &str,
    ) -> Result<Option<Document>, StoreError> {
        let state = self.state()?;
        Ok(state
            .named(None, KindName::Tenant, key)
            .map(|stored| stored.document.clone()))
    }

    async fn put_token(
        &self,
        _: &PlatformScope,
        token: &TokenRecord,
        audit: &AuditEntry,
    ) -> Result<(), StoreError> {
        let mut state = self.state()?;
        if let Role::Tenant(tenant) = token.role
            && !state.has_tenant(tenant)
        {
            return Err(StoreError::NotFound);
        }
        if state
            .tokens
            .values()
            .any(|t| t.hash == token.hash || t.id == token.id)
        {
            let (space, key) = ("token".to_owned(), token.id.to_string());
            return Err(StoreError::Conflict { space, key });
        }
        state.tokens.insert(token.id, token.clone());
        state
            .audit
            .entry((audit.tenant, audit.id))
            .or_insert_with(|| audit.clone());
        Ok(())
    }

    async fn tokens(
        &self,
        _: &PlatformScope,
        tenant: Option<TenantId>,
    ) -> Result<Vec<TokenRecord>, StoreError> {
        let state = self.state()?;
        let wanted =
            |token: &&TokenRecord| tenant.is_none_or(|tenant| token.role == Role::Tenant(tenant));
        Ok(state.tokens.values().filter(wanted).cloned().collect())
    }

    async fn revoke_token(
        &self,
        _: &PlatformScope,
        token: TokenId,
        at: WallTime,
        audit: &AuditEntry,
    ) -> Result<(), StoreError> {
        let mut state = self.state()?;
        let record = state.tokens.get_mut(&token).ok_or(StoreError::NotFound)?;
        if record.revoked.is_none() {
            record.revoked = Some(at);
            state
                .audit
                .entry((audit.tenant, audit.id))
                .or_insert_with(|| audit.clone());
        }
        Ok(())
    }

    async fn note(&self, _: &PlatformScope, audit: &AuditEntry) -> Result<(), StoreError> {
        let mut state = self.state()?;
        state
            .audit
            .entry((audit.tenant, audit.id))
            .or_insert_with(|| audit.clone());
        Ok(())
    }

    async fn platform_audit(
        &self,
        _: &PlatformScope,
        page: &Page,
    ) -> Result<AuditListing, StoreError> {
        Ok(self.state()?.audit_page(None, page))
    }
}

impl FeedWatch for MemoryStore {
    fn changed(&self) -> u64 {
        self.cursor.load(Ordering::Acquire)
    }
}

#[async_trait]
impl ExchangeStore for MemoryStore {
    async fn directory(&self) -> Result<(Directory, u64), StoreError> {
        let state = self.state()?;
        let mut directory = Directory::new();
        for tenant in state.tenants.keys() {
            if let Some(parts) = state.parts(*tenant)? {
                directory.replace(&CompiledTenant::compile(parts));
            }
        }
        Ok((directory, state.cursor))
    }

    async fn tenant_ids(&self) -> Result<Vec<TenantId>, StoreError> {
        Ok(self
            .state()?
            .tenant_documents()
            .map(|stored| stored.document.tenant)
            .collect())
    }

    async fn load_tenant(&self, scope: &TenantScope) -> Result<Option<TenantParts>, StoreError> {
        self.state()?.parts(scope.tenant())
    }

    async fn feed(&self, after: u64, limit: usize) -> Result<FeedPage, StoreError> {
        let state = self.state()?;
        let first = state.cursor.saturating_sub(FEED_KEPT);
        if after < first || after > state.cursor {
            return Ok(FeedPage {
                entries: Vec::new(),
                cursor: state.cursor,
                lost: true,
            });
        }
        let limit = limit.clamp(1, FEED_PAGE_MAX);
        let start = state.feed.partition_point(|entry| entry.cursor <= after);
        let entries: Vec<_> = state.feed.iter().skip(start).take(limit).cloned().collect();
        let cursor = entries.last().map_or(after, |entry| entry.cursor);
        Ok(FeedPage {
            entries,
            cursor,
            lost: false,
        })
    }

    async fn setting(&self, key: &str) -> Result<Option<String>, StoreError> {
        Ok(self.state()?.settings.get(key).cloned())
    }

    async fn setting_or_insert(&self, key: &str, value: &str) -> Result<String, StoreError> {
        let mut state = self.state()?;
        let kept = state
            .settings
            .entry(key.to_owned())
            .or_insert_with(|| value.to_owned());
        Ok(kept.clone())
    }

    async fn write_cdrs(&self, cdrs: Vec<Cdr>) -> Result<usize, StoreError> {
        let mut state = self.state()?;
        let mut new = 0;
        for cdr in cdrs {
            let records = &mut state.tenants.entry(cdr.tenant).or_default().cdrs;
            if let std::collections::btree_map::Entry::Vacant(vacant) = records.entry(cdr.id) {
                let events = Event::of_finished(vacant.insert(cdr));
                for event in events {
                    state.tell(event);
                }
                new += 1;
            }
        }
        self.publish(&state);
        Ok(new)
    }
}

#[async_trait]
impl FrontDoor for MemoryStore {
    async fn find_token(&self, hash: &TokenHash) -> Result<Option<TokenRecord>, StoreError> {
        Ok(self
            .state()?
            .tokens
            .values()
            .find(|token| token.hash == *hash)
            .cloned())
    }

    async fn begin(
        &self,
        key: &str,
        fingerprint: &[u8; 32],
        now: WallTime,
    ) -> Result<Turn, StoreError> {
        idempotency::check_key(key)?;
        let mut state = self.state()?;
        let turn = idempotency::decide(state.remembered.get(key), fingerprint, now);
        if turn == Turn::Begin {
            let horizon = idempotency::horizon(now);
            state.remembered.retain(|_, known| known.begun > horizon);
            if state.remembered.len() >= REMEMBERED_MAX {
                let oldest = state.remembered.iter().min_by_key(|(_, known)| known.begun);
                if let Some(oldest) = oldest.map(|(key, _)| key.clone()) {
                    state.remembered.remove(&oldest);
                }
            }
            let known = Remembered {
                fingerprint: *fingerprint,
                begun: now,
                reply: None,
            };
            state.remembered.insert(key.to_owned(), known);
        }
        Ok(turn)
    }

    async fn finish(&self, key: &str, reply: &Reply, _: WallTime) -> Result<(), StoreError> {
        let mut state = self.state()?;
        let known = state.remembered.get_mut(key).ok_or(StoreError::NotFound)?;
        known.reply = Some(idempotency::remembered(reply));
        Ok(())
    }

    async fn abandon(&self, key: &str) -> Result<(), StoreError> {
        let mut state = self.state()?;
        if state
            .remembered
            .get(key)
            .is_some_and(|known| known.reply.is_none())
        {
            state.remembered.remove(key);
        }
        Ok(())
    }
}
