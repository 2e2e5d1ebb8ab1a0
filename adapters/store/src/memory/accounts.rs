//! The memory store's face to accounts.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use domain::{AuditEntry, Document, KindName, Place, Reseller, Resource, Version};
use ports::{
    ACCOUNT_DEPTH_MAX, AccountStore, AuditListing, Change, Committed, Listing, Page, Part,
    PartsRefused, StoreError,
};
use tenancy::{Account, AccountScope, Owner};

use super::MemoryStore;
use super::state::{State, Stored};
use super::stores::listing;
use super::tables::{self, commit, commit_parts};
use crate::transaction::{Reach, operations_of};

impl State {
    /// Whether an account sees a document.
    fn sees(&self, account: Account, stored: &Stored) -> bool {
        let own = stored.document.owner == Owner::Account(account);
        match stored.document.kind.place() {
            Place::Anywhere => own,
            Place::Account => own || self.was_granted(account, &stored.document.id),
            Place::Itself => own || self.lies_below(stored, account),
            Place::Tenant => false,
        }
    }

    /// Whether a plan of another account may be sold by this one.
    fn was_granted(&self, account: Account, plan: &str) -> bool {
        let own = self.stored(account.into(), KindName::Reseller, &account.to_string());
        own.is_some_and(|own| own.facets.references.iter().any(|r| r.id == plan))
    }

    /// Whether an owner is the account itself or lies below it.
    pub(super) fn commands(&self, account: Account, owner: Owner) -> bool {
        let kind = match owner {
            Owner::Account(Account::Platform) => return account == Account::Platform,
            Owner::Account(Account::Reseller(_)) => KindName::Reseller,
            Owner::Tenant(_) => KindName::Tenant,
        };
        self.stored(owner, kind, &owner.to_string())
            .is_some_and(|stored| self.sees(account, stored))
    }

    /// Whether a reseller and all above it are enabled.
    pub(super) fn is_open(&self, owner: Owner) -> Result<bool, StoreError> {
        let mut at = owner;
        for _ in 0..=ACCOUNT_DEPTH_MAX {
            let Owner::Account(Account::Reseller(id)) = at else {
                return Ok(true);
            };
            let Some(own) = self.stored(at, KindName::Reseller, &id.to_string()) else {
                return Ok(false);
            };
            let reseller: Resource<Reseller> = own.document.clone().try_into()?;
            if !reseller.spec.enabled {
                return Ok(false);
            }
            at = Account::of(reseller.spec.parent).into();
        }
        Ok(false)
    }

    pub(super) fn found(&self, account: Account, kind: KindName, key: &str) -> Option<&Stored> {
        let found = match kind.place() {
            Place::Account if kind.is_id(key) => {
                self.of_kind(kind).find(|stored| stored.document.id == key)
            }
            Place::Account | Place::Anywhere => self.named(account.into(), kind, key),
            Place::Itself => self.named_itself(kind, key),
            Place::Tenant => None,
        };
        found.filter(|stored| self.sees(account, stored))
    }

    pub(super) fn add_audit(&mut self, audit: &AuditEntry) {
        let place = (audit.owner, audit.id);
        self.audit.entry(place).or_insert_with(|| audit.clone());
    }
}

#[async_trait]
impl AccountStore for MemoryStore {
    async fn commit_below(
        &self,
        scope: &AccountScope,
        change: Change,
    ) -> Result<Committed, StoreError> {
        let mut state = self.state()?;
        let reach = Reach::Below(scope.account());
        let committed = commit(&mut state, reach, scope.actor(), &change)?;
        self.publish(&state);
        Ok(committed)
    }

    async fn rehearse_below(
        &self,
        scope: &AccountScope,
        change: Change,
    ) -> Result<Vec<Option<StoreError>>, StoreError> {
        let mut state = self.state()?;
        let reach = Reach::Below(scope.account());
        tables::rehearse(&mut state, reach, scope.actor(), &change)
    }

    async fn commit_parts(
        &self,
        scope: &AccountScope,
        parts: Vec<Part>,
    ) -> Result<Vec<Committed>, PartsRefused> {
        let mut state = self.state()?;
        let done = AtomicUsize::new(0);
        let (account, actor) = (scope.account(), scope.actor());
        let committed = commit_parts(&mut state, account, actor, &parts, &done);
        let all = operations_of(&parts);
        let refused = |error| PartsRefused::after(done.load(Ordering::Relaxed), all, error);
        let committed = committed.map_err(refused)?;
        self.publish(&state);
        Ok(committed)
    }

    async fn get_below(
        &self,
        scope: &AccountScope,
        kind: KindName,
        key: &str,
    ) -> Result<Option<Document>, StoreError> {
        let state = self.state()?;
        let found = state.found(scope.account(), kind, key);
        Ok(found.map(|stored| stored.document.clone()))
    }

    async fn list_below(
        &self,
        scope: &AccountScope,
        kind: KindName,
        page: &Page,
    ) -> Result<Listing, StoreError> {
        let (state, account) = (self.state()?, scope.account());
        let own = |stored: &&Stored| stored.document.owner == Owner::Account(account);
        let below = state
            .of_kind(kind)
            .filter(|stored| state.sees(account, stored))
            .filter(|stored| kind.place() != Place::Itself || !own(stored));
        Ok(listing(below, page))
    }

    async fn count_below(&self, scope: &AccountScope, kind: KindName) -> Result<u64, StoreError> {
        let state = self.state()?;
        let below = state
            .of_kind(kind)
            .filter(|stored| state.lies_below(stored, scope.account()));
        Ok(u64::try_from(below.count()).unwrap_or(u64::MAX))
    }

    async fn count_within(&self, scope: &AccountScope, kind: KindName) -> Result<u64, StoreError> {
        let (state, account) = (self.state()?, scope.account());
        let tenants = state.of_kind(KindName::Tenant);
        let owners: BTreeSet<Owner> = tenants
            .filter(|stored| state.lies_below(stored, account))
            .map(|stored| stored.document.owner)
            .collect();
        let all = state.of_kind(kind);
        let within = all.filter(|stored| owners.contains(&stored.document.owner));
        Ok(u64::try_from(within.count()).unwrap_or(u64::MAX))
    }

    async fn history_below(
        &self,
        scope: &AccountScope,
        kind: KindName,
        id: &str,
    ) -> Result<Vec<Version>, StoreError> {
        let state = self.state()?;
        let found = state.found(scope.account(), kind, id);
        let found = found.ok_or(StoreError::NotFound)?;
        Ok(state.versions(found.document.owner, kind, id))
    }

    async fn account_audit(
        &self,
        scope: &AccountScope,
        page: &Page,
    ) -> Result<AuditListing, StoreError> {
        Ok(self.state()?.audit_page(scope.owner(), page))
    }

    async fn note(&self, scope: &AccountScope, audit: &AuditEntry) -> Result<(), StoreError> {
        let mut state = self.state()?;
        if !state.commands(scope.account(), audit.owner) {
            return Err(StoreError::NotFound);
        }
        state.add_audit(audit);
        Ok(())
    }
}
