//! The steps of a change over the state in memory, with their undoing.

use domain::{
    AuditEntry, Document, Event, Facets, FeedEntry, KindName, Reference, UniqueKey, Version,
};
use ids::{TenantId, TokenId};
use ports::{Change, Committed, HISTORY_MAX, SecretChange, StoreError};
use tenancy::Actor;

use super::event_book::EventBook;
use super::state::{Place, State, Stored, key_place};
use crate::FEED_KEPT;
use crate::transaction::{Holder, Reach, Tables, carry_out};

/// A change under way: documents are changed in place and remembered for undoing; facts wait
/// until the change has succeeded.
struct Draft<'a> {
    state: &'a mut State,
    undo: Vec<(TenantId, Place, Option<Stored>)>,
    erased: Vec<TenantId>,
    versions: Vec<Version>,
    audit: Vec<AuditEntry>,
    feed: Vec<FeedEntry>,
    events: Vec<Event>,
}

pub(super) fn commit(
    state: &mut State,
    reach: Reach,
    actor: Actor,
    change: &Change,
) -> Result<Committed, StoreError> {
    let mut draft = Draft {
        state,
        undo: Vec::new(),
        erased: Vec::new(),
        versions: Vec::new(),
        audit: Vec::new(),
        feed: Vec::new(),
        events: Vec::new(),
    };
    match carry_out(&mut draft, reach, actor, change) {
        Ok(committed) => {
            draft.keep();
            Ok(committed)
        }
        Err(error) => {
            for (tenant, place, before) in draft.undo.drain(..).rev() {
                draft.state.set(tenant, place, before);
            }
            Err(error)
        }
    }
}

impl Draft<'_> {
    fn keep(self) {
        for version in self.versions {
            let place = (version.document.kind, version.document.id.clone());
            let data = self
                .state
                .tenants
                .entry(version.document.tenant)
                .or_default();
            let history = data.history.entry(place).or_default();
            history.push_back(version);
            if history.len() > HISTORY_MAX {
                history.pop_front();
            }
        }
        for entry in self.audit {
            self.state.audit.insert((entry.tenant, entry.id), entry);
        }
        for entry in self.feed {
            self.state.cursor = entry.cursor;
            self.state.feed.push_back(entry);
        }
        for event in self.events {
            self.state.tell(event);
        }
        let oldest = self.state.cursor.saturating_sub(FEED_KEPT);
        while self
            .state
            .feed
            .front()
            .is_some_and(|entry| entry.cursor <= oldest)
        {
            self.state.feed.pop_front();
        }
        for tenant in self.erased {
            if let Some(data) = self.state.tenants.get_mut(&tenant) {
                data.events = EventBook::default();
            }
            let of_tenant = |token: &TokenId, state: &State| {
                state
                    .tokens
                    .get(token)
                    .is_some_and(|t| t.role == tenancy::Role::Tenant(tenant))
            };
            let tokens: Vec<TokenId> = self.state.tokens.keys().copied().collect();
            for token in tokens {
                if of_tenant(&token, self.state) {
                    self.state.tokens.remove(&token);
                }
            }
        }
    }

    fn set(&mut self, tenant: TenantId, place: Place, stored: Option<Stored>) {
        let before = self.state.set(tenant, place.clone(), stored);
        self.undo.push((tenant, place, before));
    }
}

impl Tables for Draft<'_> {
    fn document(
        &mut self,
        tenant: TenantId,
        kind: KindName,
        id: &str,
    ) -> Result<Option<Document>, StoreError> {
        Ok(self
            .state
            .stored(tenant, kind, id)
            .map(|stored| stored.document.clone()))
    }

    fn key_holder(
        &mut self,
        tenant: TenantId,
        key: &UniqueKey,
    ) -> Result<Option<Holder>, StoreError> {
        Ok(self.state.keys.get(&key_place(tenant, key)).cloned())
    }

    fn referrers(
        &mut self,
        tenant: TenantId,
        kind: KindName,
        id: &str,
        limit: usize,
    ) -> Result<Vec<Reference>, StoreError> {
        let data = self.state.tenants.get(&tenant);
        let referrers = data.and_then(|data| data.referrers.get(&(kind, id.to_owned())));
        let name = |((kind, id), field): &(Place, String)| Reference {
            kind: *kind,
            id: id.clone(),
            field: field.clone(),
        };
        Ok(referrers
            .into_iter()
            .flatten()
            .take(limit)
            .map(name)
            .collect())
    }

    fn inhabitants(
        &mut self,
        tenant: TenantId,
        limit: usize,
    ) -> Result<Vec<Reference>, StoreError> {
        let documents = self
            .state
            .tenants
            .get(&tenant)
            .map(|data| data.documents.keys());
        let name = |(kind, id): &Place| Reference {
            kind: *kind,
            id: id.clone(),
            field: "/tenant".to_owned(),
        };
        let others = documents
            .into_iter()
            .flatten()
            .filter(|(kind, _)| *kind != KindName::Tenant);
        Ok(others.take(limit).map(name).collect())
    }

    fn put(
        &mut self,
        document: &Document,
        facets: &Facets,
        secret: SecretChange,
        _new: bool,
    ) -> Result<(), StoreError> {
        let before = self
            .state
            .stored(document.tenant, document.kind, &document.id);
        let digests = match secret {
            SecretChange::Keep => before.and_then(|stored| stored.digests),
            SecretChange::Set(digests) => Some(digests),
        };
        let stored = Stored {
            document: document.clone(),
            facets: facets.clone(),
            digests,
        };
        self.set(
            document.tenant,
            (document.kind, document.id.clone()),
            Some(stored),
        );
        Ok(())
    }

    fn delete(&mut self, tenant: TenantId, kind: KindName, id: &str) -> Result<(), StoreError> {
        self.set(tenant, (kind, id.to_owned()), None);
        if kind == KindName::Tenant {
            self.erased.push(tenant);
        }
        Ok(())
    }

    fn add_version(&mut self, version: &Version) -> Result<(), StoreError> {
        self.versions.push(version.clone());
        Ok(())
    }

    fn add_audit(&mut self, entry: &AuditEntry) -> Result<(), StoreError> {
        if self.state.audit.contains_key(&(entry.tenant, entry.id)) {
            return Err(StoreError::Conflict {
                space: "audit".to_owned(),
                key: entry.id.to_string(),
            });
        }
        self.audit.push(entry.clone());
        Ok(())
    }

    fn add_feed(&mut self, entry: &FeedEntry) -> Result<u64, StoreError> {
        let cursor = self.cursor()? + 1;
        self.feed.push(FeedEntry {
            cursor,
            ..entry.clone()
        });
        Ok(cursor)
    }

    fn add_event(&mut self, event: &Event) -> Result<(), StoreError> {
        self.events.push(event.clone());
        Ok(())
    }

    fn cursor(&mut self) -> Result<u64, StoreError> {
        Ok(self
            .feed
            .last()
            .map_or(self.state.cursor, |entry| entry.cursor))
    }
}
