//! Scopes within which documents are found, listed and changed: of one tenant, or of an account
//! and what lies below it.

use std::collections::BTreeMap;

use async_trait::async_trait;
use domain::{Kind, KindName, Plan, Resource, SigningKeys, Version};
use machine::WallTime;
use ports::{
    Change, Committed, Cursor, Listing, PAGE_MAX, Page, ReferenceBook, Referrers, Store,
    StoreError, Stores, locate, locate_below,
};
use tenancy::{AccountScope, Below, Located, Owner, TenantScope, Unresolved};

use crate::lines;

/// What the use cases of documents ask of a scope.
#[async_trait]
pub trait Reach: Clone + Send + Sync {
    /// The proof that a document was found within this reach.
    type Found<K: Kind>: Copy + Send + Sync;

    /// Who owns what is made, unless it owns itself.
    fn owner(&self) -> Owner;

    /// The scope itself, when it is an account's.
    fn account(&self) -> Option<&AccountScope>;

    /// The id of what was found, when it was found within this very reach.
    fn id_of<K: Kind>(&self, found: Self::Found<K>) -> Option<K::Id>;

    /// Finds what a reference names; `NotFound` when there is nothing of that name within reach.
    async fn find<K: Kind>(
        &self,
        store: &dyn Stores,
        reference: &Unresolved<K>,
    ) -> Result<(Self::Found<K>, Resource<K>), StoreError>;

    /// The id of the document of a kind that has this id or natural key within reach.
    async fn named(
        &self,
        store: &dyn Stores,
        kind: KindName,
        key: &str,
    ) -> Result<Option<String>, StoreError>;

    /// One page of a kind's documents within reach.
    async fn list(
        &self,
        store: &dyn Stores,
        kind: KindName,
        page: &Page,
    ) -> Result<Listing, StoreError>;

    /// One page of those who refer to a document within reach.
    async fn referrers(
        &self,
        store: &dyn Stores,
        document: (KindName, &str),
        after: Option<&Cursor>,
        limit: usize,
    ) -> Result<Referrers, StoreError>;

    /// Carries out a change.
    async fn commit(&self, store: &dyn Stores, change: Change) -> Result<Committed, StoreError>;

    /// What would be refused of each operation of a change; nothing is changed.
    async fn rehearse(
        &self,
        store: &dyn Stores,
        change: Change,
    ) -> Result<Vec<Option<StoreError>>, StoreError>;

    /// The keys that sign for a document. Documents of accounts have none.
    async fn signing_keys(
        &self,
        store: &dyn Stores,
        kind: KindName,
        id: &str,
    ) -> Result<Option<SigningKeys>, StoreError>;

    /// When the passwords before the present ones of these documents are void, by id. Documents of
    /// accounts have none.
    async fn former_ends(
        &self,
        store: &dyn Stores,
        kind: KindName,
        ids: &[String],
    ) -> Result<BTreeMap<String, WallTime>, StoreError>;

    /// The latest revisions of a document, newest first.
    async fn history(
        &self,
        store: &dyn Stores,
        kind: KindName,
        id: &str,
    ) -> Result<Vec<Version>, StoreError>;
}

#[async_trait]
impl Reach for TenantScope {
    type Found<K: Kind> = Located<K>;

    fn owner(&self) -> Owner {
        self.owner()
    }

    fn account(&self) -> Option<&AccountScope> {
        None
    }

    fn id_of<K: Kind>(&self, found: Located<K>) -> Option<K::Id> {
        found.within(self)
    }

    async fn find<K: Kind>(
        &self,
        store: &dyn Stores,
        reference: &Unresolved<K>,
    ) -> Result<(Located<K>, Resource<K>), StoreError> {
        locate(store, self, reference).await
    }

    async fn named(
        &self,
        store: &dyn Stores,
        kind: KindName,
        key: &str,
    ) -> Result<Option<String>, StoreError> {
        let found = Store::get(store, self, kind, key).await?;
        if let (None, KindName::Trunk) = (&found, kind) {
            return lines::shared_trunk(store, self, key).await;
        }
        Ok(found.map(|document| document.id))
    }

    async fn list(
        &self,
        store: &dyn Stores,
        kind: KindName,
        page: &Page,
    ) -> Result<Listing, StoreError> {
        store.list(self, kind, page).await
    }

    async fn referrers(
        &self,
        store: &dyn Stores,
        document: (KindName, &str),
        after: Option<&Cursor>,
        limit: usize,
    ) -> Result<Referrers, StoreError> {
        ReferenceBook::referrers(store, self, document, after, limit).await
    }

    async fn commit(&self, store: &dyn Stores, change: Change) -> Result<Committed, StoreError> {
        store.commit(self, change).await
    }

    async fn rehearse(
        &self,
        store: &dyn Stores,
        change: Change,
    ) -> Result<Vec<Option<StoreError>>, StoreError> {
        store.rehearse(self, change).await
    }

    async fn signing_keys(
        &self,
        store: &dyn Stores,
        kind: KindName,
        id: &str,
    ) -> Result<Option<SigningKeys>, StoreError> {
        store.signing_keys(self, kind, id).await
    }

    async fn former_ends(
        &self,
        store: &dyn Stores,
        kind: KindName,
        ids: &[String],
    ) -> Result<BTreeMap<String, WallTime>, StoreError> {
        store.former_ends(self, kind, ids).await
    }

    async fn history(
        &self,
        store: &dyn Stores,
        kind: KindName,
        id: &str,
    ) -> Result<Vec<Version>, StoreError> {
        Store::history(store, self, kind, id).await
    }
}

#[async_trait]
impl Reach for AccountScope {
    type Found<K: Kind> = Below<K::Id>;

    fn owner(&self) -> Owner {
        self.owner()
    }

    fn account(&self) -> Option<&AccountScope> {
        Some(self)
    }

    fn id_of<K: Kind>(&self, found: Below<K::Id>) -> Option<K::Id> {
        found.within(AccountScope::account(self))
    }

    async fn find<K: Kind>(
        &self,
        store: &dyn Stores,
        reference: &Unresolved<K>,
    ) -> Result<(Below<K::Id>, Resource<K>), StoreError> {
        locate_below(store, self, reference).await
    }

    async fn named(
        &self,
        store: &dyn Stores,
        kind: KindName,
        key: &str,
    ) -> Result<Option<String>, StoreError> {
        match store.get_below(self, kind, key).await? {
            Some(found) => Ok(Some(found.id)),
            None if kind == KindName::Plan => granted(store, self, key).await,
            None => Ok(None),
        }
    }

    async fn list(
        &self,
        store: &dyn Stores,
        kind: KindName,
        page: &Page,
    ) -> Result<Listing, StoreError> {
        store.list_below(self, kind, page).await
    }

    async fn referrers(
        &self,
        store: &dyn Stores,
        document: (KindName, &str),
        after: Option<&Cursor>,
        limit: usize,
    ) -> Result<Referrers, StoreError> {
        store.referrers_below(self, document, after, limit).await
    }

    async fn commit(&self, store: &dyn Stores, change: Change) -> Result<Committed, StoreError> {
        store.commit_below(self, change).await
    }

    async fn rehearse(
        &self,
        store: &dyn Stores,
        change: Change,
    ) -> Result<Vec<Option<StoreError>>, StoreError> {
        store.rehearse_below(self, change).await
    }

    async fn signing_keys(
        &self,
        _: &dyn Stores,
        _: KindName,
        _: &str,
    ) -> Result<Option<SigningKeys>, StoreError> {
        Ok(None)
    }

    async fn former_ends(
        &self,
        _: &dyn Stores,
        _: KindName,
        _: &[String],
    ) -> Result<BTreeMap<String, WallTime>, StoreError> {
        Ok(BTreeMap::new())
    }

    async fn history(
        &self,
        store: &dyn Stores,
        kind: KindName,
        id: &str,
    ) -> Result<Vec<Version>, StoreError> {
        store.history_below(self, kind, id).await
    }
}

/// The id of the plan of this name that the account was granted.
async fn granted(
    store: &dyn Stores,
    scope: &AccountScope,
    name: &str,
) -> Result<Option<String>, StoreError> {
    let mut page = Page::first(PAGE_MAX);
    loop {
        let listing = store.list_below(scope, KindName::Plan, &page).await?;
        for document in listing.documents {
            let plan: Resource<Plan> = document.try_into()?;
            if plan.spec.name == name {
                return Ok(Some(plan.id.to_string()));
            }
        }
        match listing.next {
            Some(next) => page = page.after(next),
            None => return Ok(None),
        }
    }
}
