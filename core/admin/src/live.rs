//! How a live exchange learns of changes: it follows the feed and compiles what changed.

use std::collections::BTreeSet;
use std::sync::Arc;

use domain::{CompiledTenant, DeckShelf, FeedEntry, KindName};
use ids::TenantId;
use ports::{ExchangeStore, StoreError};
use tenancy::TenantScope;

/// Entries of the feed taken at once.
const FEED_STEP: usize = 5_000;

/// Tenants loaded at once: their documents are held together until they are compiled.
const LOAD_STEP: usize = 256;

/// Name of the job that loads tenants.
const JOB: &str = "compile";

/// What changed, for whoever holds compiled tenants and the directory.
#[derive(Clone, Debug)]
pub enum Update {
    /// A tenant is new or has changed: put this in place of what was there.
    Tenant(Arc<CompiledTenant>),
    /// A tenant is gone.
    Gone(TenantId),
}

impl Update {
    /// The tenant concerned.
    pub fn tenant(&self) -> TenantId {
        match self {
            Update::Tenant(compiled) => compiled.id(),
            Update::Gone(tenant) => *tenant,
        }
    }
}

/// Follows the feed of one store.
#[derive(Debug, Default)]
pub struct Follower {
    cursor: u64,
    known: BTreeSet<TenantId>,
    started: bool,
    /// Rate decks, which companies hold together.
    decks: DeckShelf,
}

impl Follower {
    /// A follower that knows nothing yet: its first [`Follower::poll`] gives all tenants.
    pub fn new() -> Follower {
        Follower::default()
    }

    /// Position in the feed up to which changes were given.
    pub fn cursor(&self) -> u64 {
        self.cursor
    }

    /// Whether the feed has grown, as far as this process knows; one atomic read. Changes that
    /// another process made are found by polling only, so poll now and then regardless.
    pub fn is_behind(&self, store: &(impl ExchangeStore + ?Sized)) -> bool {
        !self.started || store.changed() != self.cursor
    }

    /// All changes since the last poll, one per tenant, in the order of tenants.
    ///
    /// # Errors
    /// What the store says; the next poll gives the same changes again.
    pub async fn poll(
        &mut self,
        store: &(impl ExchangeStore + ?Sized),
    ) -> Result<Vec<Update>, StoreError> {
        let mut updates = Vec::new();
        self.poll_each(store, |update| updates.push(update)).await?;
        Ok(updates)
    }

    /// The same, one by one, so that not all of them must be held at the same time.
    ///
    /// # Errors
    /// What the store says; the next poll gives the same changes again, those too that were given
    /// by this one.
    pub async fn poll_each(
        &mut self,
        store: &(impl ExchangeStore + ?Sized),
        mut each: impl FnMut(Update),
    ) -> Result<(), StoreError> {
        let (changed, cursor) = self.changed(store).await?;
        let changed: Vec<TenantId> = changed.into_iter().collect();
        let mut gone = Vec::new();
        for some in changed.chunks(LOAD_STEP) {
            for update in self.load(store, some).await? {
                match &update {
                    Update::Tenant(compiled) => {
                        self.known.insert(compiled.id());
                    }
                    Update::Gone(tenant) => gone.push(*tenant),
                }
                each(update);
            }
        }
        // not before: who asks again because of an error must hear of them again
        for tenant in gone {
            self.known.remove(&tenant);
        }
        self.cursor = cursor;
        self.started = true;
        Ok(())
    }

    /// Loads some tenants and compiles them; who is not there and was known is gone.
    async fn load(
        &mut self,
        store: &(impl ExchangeStore + ?Sized),
        tenants: &[TenantId],
    ) -> Result<Vec<Update>, StoreError> {
        let scopes: Vec<TenantScope> = tenants
            .iter()
            .map(|tenant| TenantScope::for_job(*tenant, JOB))
            .collect();
        let loaded = match scopes.as_slice() {
            [scope] => store.load_tenant(scope).await?.into_iter().collect(),
            scopes => store.load_tenants(scopes).await?,
        };
        let mut loaded = loaded.into_iter().peekable();
        let mut updates = Vec::with_capacity(tenants.len());
        for tenant in tenants {
            match loaded.next_if(|parts| parts.tenant.id == *tenant) {
                Some(mut parts) => {
                    self.decks.share(&mut parts.lines.decks);
                    updates.push(Update::Tenant(Arc::new(CompiledTenant::compile(parts))));
                }
                None if self.known.contains(tenant) => updates.push(Update::Gone(*tenant)),
                None => {}
            }
        }
        Ok(updates)
    }

    /// The tenants that changed, and where to go on from. The feed is read before the tenants,
    /// so a change between the two is given twice rather than never.
    async fn changed(
        &self,
        store: &(impl ExchangeStore + ?Sized),
    ) -> Result<(BTreeSet<TenantId>, u64), StoreError> {
        let mut changed = BTreeSet::new();
        let mut cursor = self.cursor;
        if !self.started {
            cursor = store.feed(u64::MAX, 1).await?.cursor;
            changed.extend(store.tenant_ids().await?);
            return Ok((changed, cursor));
        }
        loop {
            let page = store.feed(cursor, FEED_STEP).await?;
            if page.lost {
                changed.extend(self.known.iter().copied());
                changed.extend(store.tenant_ids().await?);
                return Ok((changed, page.cursor));
            }
            let whole = page.entries.len() == FEED_STEP;
            for entry in &page.entries {
                changed.extend(entry.owner.tenant());
                changed.extend(on_plan(store, entry).await?);
            }
            cursor = page.cursor;
            if !whole {
                return Ok((changed, cursor));
            }
        }
    }
}

/// The tenants that have the plan that was changed.
async fn on_plan(
    store: &(impl ExchangeStore + ?Sized),
    entry: &FeedEntry,
) -> Result<Vec<TenantId>, StoreError> {
    match (entry.kind, entry.id.parse()) {
        (KindName::Plan, Ok(plan)) => store.tenants_on(plan).await,
        _ => Ok(Vec::new()),
    }
}
