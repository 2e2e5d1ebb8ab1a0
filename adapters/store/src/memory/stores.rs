//! Three of the memory store's faces: to tenants, to the exchange, and to the front door.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use async_trait::async_trait;
use domain::{
    AuditEntry, Cdr, CompiledTenant, Directory, Document, Event, KindName, LateReport,
    MAIL_DOMAIN_SPACE, PORTAL_SPACE, Plan, Resource, SigningKey, Tenant, TenantParts, TokenRecord,
    Version,
};
use ids::{CdrId, PlanId, ResellerId, SigningKeyId, TenantId, TokenId};
use machine::WallTime;
use ports::{
    AuditListing, CdrListing, CdrQuery, Change, Committed, Cursor, ExchangeStore, FeedPage,
    FeedWatch, FrontDoor, Listing, Page, Reply, Store, StoreError, Turn,
};
use tenancy::{Account, Owner, TenantScope, TokenHash};

use super::MemoryStore;
use super::state::{State, Stored};
use super::tables::{self, commit};
use crate::idempotency::{self, REMEMBERED_MAX, Remembered};
use crate::once;
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
        let found = state.named(scope.owner(), kind, key);
        Ok(found.map(|stored| stored.document.clone()))
    }

    async fn list(
        &self,
        scope: &TenantScope,
        kind: KindName,
        page: &Page,
    ) -> Result<Listing, StoreError> {
        Ok(listing(self.state()?.owned(scope.owner(), kind), page))
    }

    async fn count(&self, scope: &TenantScope, kind: KindName) -> Result<u64, StoreError> {
        Ok(self.state()?.count(scope.owner(), kind))
    }

    async fn plan(&self, scope: &TenantScope) -> Result<Option<Document>, StoreError> {
        let state = self.state()?;
        let parts = state.parts(scope.tenant())?;
        let plan = parts
            .and_then(|parts| parts.plan)
            .map(|plan| plan.to_document());
        Ok(plan.transpose()?)
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

    async fn rehearse(
        &self,
        scope: &TenantScope,
        change: Change,
    ) -> Result<Vec<Option<StoreError>>, StoreError> {
        let mut state = self.state()?;
        if !state.has_tenant(scope.tenant()) {
            return Err(StoreError::NotFound);
        }
        let reach = Reach::Inside(scope.tenant());
        tables::rehearse(&mut state, reach, scope.actor(), &change)
    }

    async fn history(
        &self,
        scope: &TenantScope,
        kind: KindName,
        id: &str,
    ) -> Result<Vec<Version>, StoreError> {
        Ok(self.state()?.versions(scope.owner(), kind, id))
    }

    async fn audit(&self, scope: &TenantScope, page: &Page) -> Result<AuditListing, StoreError> {
        Ok(self.state()?.audit_page(scope.owner(), page))
    }

    async fn cdrs(&self, scope: &TenantScope, query: &CdrQuery) -> Result<CdrListing, StoreError> {
        let state = self.state()?;
        let after = query.after.as_ref().and_then(paging::parse_cdr_cursor);
        let cdrs = state
            .estates
            .get(&scope.owner())
            .map(|estate| estate.cdrs.values());
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
            .estates
            .get(&scope.owner())
            .and_then(|estate| estate.cdrs.get(&id))
            .cloned())
    }
}

pub(super) fn listing<'a>(documents: impl Iterator<Item = &'a Stored>, page: &Page) -> Listing {
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
    fn tenant_ids(&self) -> Vec<TenantId> {
        self.of_kind(KindName::Tenant)
            .filter_map(|stored| stored.document.owner.tenant())
            .collect()
    }

    pub(super) fn owned(&self, owner: Owner, kind: KindName) -> impl Iterator<Item = &Stored> {
        let estate = self.estates.get(&owner);
        let documents = estate.map(|estate| estate.documents.values());
        documents
            .into_iter()
            .flatten()
            .filter(move |stored| stored.document.kind == kind)
    }

    pub(super) fn count(&self, owner: Owner, kind: KindName) -> u64 {
        u64::try_from(self.owned(owner, kind).count()).unwrap_or(u64::MAX)
    }

    pub(super) fn versions(&self, owner: Owner, kind: KindName, id: &str) -> Vec<Version> {
        let estate = self.estates.get(&owner);
        let history = estate.and_then(|estate| estate.history.get(&(kind, id.to_owned())));
        history
            .map(|versions| versions.iter().rev().cloned().collect())
            .unwrap_or_default()
    }

    pub(super) fn audit_page(&self, owner: Owner, page: &Page) -> AuditListing {
        let after = page.after.as_ref();
        let mut entries: Vec<AuditEntry> = self
            .audit
            .iter()
            .rev()
            .filter(|((whose, id), _)| {
                *whose == owner && after.is_none_or(|after| id.to_string() < after.0)
            })
            .map(|(_, entry)| entry.clone())
            .take(page.bounded_limit() + 1)
            .collect();
        let next = paging::cut(&mut entries, page.bounded_limit(), |last| {
            Cursor(last.id.to_string())
        });
        AuditListing { entries, next }
    }

    fn plan(&self, id: Option<PlanId>) -> Result<Option<Resource<Plan>>, StoreError> {
        let Some(id) = id.map(|id| id.to_string()) else {
            return Ok(None);
        };
        let found = self.of_kind(KindName::Plan).find(|s| s.document.id == id);
        let plan = found.map(|stored| stored.document.clone().try_into());
        Ok(plan.transpose()?)
    }

    fn parts(&self, tenant: TenantId) -> Result<Option<TenantParts>, StoreError> {
        let owner = Owner::from(tenant);
        let Some(own) = self.stored(owner, KindName::Tenant, &tenant.to_string()) else {
            return Ok(None);
        };
        let own: Resource<Tenant> = own.document.clone().try_into()?;
        let mut parts = TenantParts {
            plan: self.plan(own.spec.plan)?,
            tenant: own,
            extensions: Vec::new(),
            devices: Vec::new(),
            lines: self.lines(tenant)?,
            cursor: self.cursor,
        };
        for stored in self.owned(owner, KindName::Extension) {
            parts.extensions.push(stored.document.clone().try_into()?);
        }
        for stored in self.owned(owner, KindName::Device) {
            let device = stored.document.clone().try_into()?;
            parts
                .devices
                .push((device, stored.kept.credentials.clone()));
        }
        Ok(Some(parts))
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
        for tenant in state.tenant_ids() {
            if let Some(parts) = state.parts(tenant)? {
                directory.replace(&Arc::new(CompiledTenant::compile(parts)));
            }
        }
        Ok((directory, state.cursor))
    }

    async fn tenant_ids(&self) -> Result<Vec<TenantId>, StoreError> {
        Ok(self.state()?.tenant_ids())
    }

    async fn tenants_on(&self, plan: PlanId) -> Result<Vec<TenantId>, StoreError> {
        let (state, plan) = (self.state()?, plan.to_string());
        let tenants = state.of_kind(KindName::Tenant);
        Ok(tenants
            .filter(|stored| stored.facets.references.iter().any(|r| r.id == plan))
            .filter_map(|stored| stored.document.owner.tenant())
            .collect())
    }

    async fn load_tenant(&self, scope: &TenantScope) -> Result<Option<TenantParts>, StoreError> {
        self.state()?.parts(scope.tenant())
    }

    async fn load_tenants(&self, scopes: &[TenantScope]) -> Result<Vec<TenantParts>, StoreError> {
        let state = self.state()?;
        let tenants: BTreeSet<TenantId> = scopes.iter().map(TenantScope::tenant).collect();
        let loaded = tenants.into_iter().map(|tenant| state.parts(tenant));
        loaded.filter_map(Result::transpose).collect()
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
            // the last calls of a tenant that was erased end after it
            if !state.has_tenant(cdr.tenant) {
                continue;
            }
            let estate = state.estates.entry(cdr.tenant.into()).or_default();
            if let std::collections::btree_map::Entry::Vacant(vacant) = estate.cdrs.entry(cdr.id) {
                estate.quality.add(&cdr);
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

    async fn write_late_reports(&self, reports: Vec<LateReport>) -> Result<usize, StoreError> {
        let mut state = self.state()?;
        let mut added = 0;
        for report in reports {
            let estate = state.estates.get_mut(&Owner::from(report.tenant));
            let record = estate.and_then(|estate| estate.cdrs.get_mut(&report.cdr));
            added += usize::from(record.is_some_and(|record| record.note_late(&report)));
        }
        Ok(added)
    }

    async fn write_uses(&self, uses: Vec<(TokenId, WallTime)>) -> Result<(), StoreError> {
        let mut state = self.state()?;
        for (id, at) in uses {
            state.token_used(id, at);
        }
        Ok(())
    }
}

#[async_trait]
impl FrontDoor for MemoryStore {
    async fn find_token(&self, hash: &TokenHash) -> Result<Option<TokenRecord>, StoreError> {
        Ok(self.state()?.token_by(hash).cloned())
    }

    async fn is_open(&self, owner: Owner) -> Result<bool, StoreError> {
        self.state()?.is_open(owner)
    }

    async fn tenant_of_mail(&self, domain: &str) -> Result<Option<TenantId>, StoreError> {
        let state = self.state()?;
        let place = (None, MAIL_DOMAIN_SPACE, domain.to_owned());
        let holder = state.keys.get(&place);
        Ok(holder.and_then(|holder| holder.owner.tenant()))
    }

    async fn reseller_of_portal(&self, domain: &str) -> Result<Option<ResellerId>, StoreError> {
        let state = self.state()?;
        let holder = state.keys.get(&(None, PORTAL_SPACE, domain.to_owned()));
        Ok(holder.and_then(|holder| match holder.owner {
            Owner::Account(Account::Reseller(id)) => Some(id),
            Owner::Account(Account::Platform) | Owner::Tenant(_) => None,
        }))
    }

    async fn certificates_of(&self, key: SigningKeyId) -> Result<Option<String>, StoreError> {
        let (state, id) = (self.state()?, key.to_string());
        let mut keys = state.of_kind(KindName::SigningKey);
        let Some(found) = keys.find(|stored| stored.document.id == id) else {
            return Ok(None);
        };
        let found: Resource<SigningKey> = found.document.clone().try_into()?;
        Ok(Some(found.spec.certificates))
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

    async fn take_once(
        &self,
        thing: &[u8; 32],
        end: WallTime,
        now: WallTime,
    ) -> Result<bool, StoreError> {
        let mut state = self.state()?;
        state.once.retain(|_, end| *end > now);
        if state.once.contains_key(thing) {
            return Ok(false);
        }
        once::check_room(state.once.len())?;
        state.once.insert(*thing, end);
        Ok(true)
    }
}
