//! The memory store's face to references, looked at from their ends.

use async_trait::async_trait;
use domain::{KindName, Referrer};
use ports::{Cursor, PAGE_MAX, ReferenceBook, Referrers, StoreError};
use tenancy::{AccountScope, Owner, TenantScope};

use super::MemoryStore;
use super::state::{State, Stored};
use crate::paging;

/// What lies inside an owner, as what keeps it from being deleted.
pub(super) fn inhabitant(stored: &Stored) -> Referrer {
    let document = &stored.document;
    Referrer {
        kind: document.kind,
        id: document.id.clone(),
        name: document.name.clone(),
        field: "/owner".to_owned(),
    }
}

impl State {
    /// Those who refer to a document, with whose they are, kind by kind in the order of all kinds.
    pub(super) fn referrers(
        &self,
        owner: Owner,
        (kind, id): (KindName, &str),
    ) -> impl Iterator<Item = (Owner, Referrer)> {
        let estate = self.estates.get(&owner);
        let all = estate.and_then(|estate| estate.referrers.get(&(kind, id.to_owned())));
        all.into_iter().flatten().map(|((kind, id), whose, field)| {
            let stored = self.stored(*whose, *kind, id);
            let name = stored.map(|stored| stored.document.name.clone());
            let referrer = Referrer {
                kind: *kind,
                id: id.clone(),
                name: name.unwrap_or_default(),
                field: field.clone(),
            };
            (*whose, referrer)
        })
    }
}

fn page(mut all: Vec<Referrer>, after: Option<&Cursor>, limit: usize) -> Referrers {
    fn place(referrer: &Referrer) -> (&str, &str, &str) {
        (referrer.kind.as_str(), &referrer.id, &referrer.field)
    }
    let last = paging::referrer_after(after);
    all.retain(|referrer| place(referrer) > last);
    all.sort_by(|a, b| place(a).cmp(&place(b)));
    let next = paging::cut(&mut all, limit.clamp(1, PAGE_MAX), paging::after_referrer);
    Referrers { by: all, next }
}

#[async_trait]
impl ReferenceBook for MemoryStore {
    async fn referrers(
        &self,
        scope: &TenantScope,
        document: (KindName, &str),
        after: Option<&Cursor>,
        limit: usize,
    ) -> Result<Referrers, StoreError> {
        let (state, owner) = (self.state()?, scope.owner());
        let found = state.stored(owner, document.0, document.1);
        found.ok_or(StoreError::NotFound)?;
        let all = state.referrers(owner, document);
        Ok(page(all.map(|(_, one)| one).collect(), after, limit))
    }

    async fn referrers_below(
        &self,
        scope: &AccountScope,
        (kind, id): (KindName, &str),
        after: Option<&Cursor>,
        limit: usize,
    ) -> Result<Referrers, StoreError> {
        let (state, account) = (self.state()?, scope.account());
        let found = state.found(account, kind, id).ok_or(StoreError::NotFound)?;
        let all = state.referrers(found.document.owner, (kind, id));
        let seen = all.filter(|(whose, _)| state.commands(account, *whose));
        Ok(page(seen.map(|(_, one)| one).collect(), after, limit))
    }
}
