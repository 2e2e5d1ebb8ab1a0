//! What the memory store holds.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use domain::{
    AuditEntry, Cdr, Digests, Document, Facets, FeedEntry, KeyScope, KindName, TokenRecord,
    UniqueKey, Version,
};
use ids::{AuditId, CdrId, TenantId, TokenId};

use super::event_book::{EventBook, Turns};
use crate::idempotency::Remembered;
use crate::transaction::Holder;

/// A kind and an id inside a tenant.
pub(super) type Place = (KindName, String);

/// A unique key as it is looked up: without a tenant when it reaches over the platform.
type KeyPlace = (Option<TenantId>, &'static str, String);

#[derive(Clone, Debug)]
pub(super) struct Stored {
    pub(super) document: Document,
    pub(super) facets: Facets,
    pub(super) digests: Option<Digests>,
}

/// What one tenant has.
#[derive(Debug, Default)]
pub(super) struct TenantData {
    pub(super) documents: BTreeMap<Place, Stored>,
    /// Who refers to what: target, then (referrer, field).
    pub(super) referrers: BTreeMap<Place, BTreeSet<(Place, String)>>,
    pub(super) history: BTreeMap<Place, VecDeque<Version>>,
    pub(super) cdrs: BTreeMap<CdrId, Cdr>,
    pub(super) events: EventBook,
}

#[derive(Debug, Default)]
pub(super) struct State {
    pub(super) tenants: BTreeMap<TenantId, TenantData>,
    pub(super) keys: BTreeMap<KeyPlace, Holder>,
    pub(super) audit: BTreeMap<(Option<TenantId>, AuditId), AuditEntry>,
    pub(super) feed: VecDeque<FeedEntry>,
    pub(super) cursor: u64,
    pub(super) turns: Turns,
    pub(super) settings: BTreeMap<String, String>,
    pub(super) tokens: BTreeMap<TokenId, TokenRecord>,
    pub(super) remembered: BTreeMap<String, Remembered>,
    pub(super) away: bool,
}

pub(super) fn key_place(tenant: TenantId, key: &UniqueKey) -> KeyPlace {
    let tenant = match key.scope {
        KeyScope::PerTenant => Some(tenant),
        KeyScope::Platform => None,
    };
    (tenant, key.space, key.key.clone())
}

impl State {
    pub(super) fn stored(&self, tenant: TenantId, kind: KindName, id: &str) -> Option<&Stored> {
        self.tenants
            .get(&tenant)?
            .documents
            .get(&(kind, id.to_owned()))
    }

    /// Puts a document in, or takes it out, with its keys and references; gives what was there.
    pub(super) fn set(
        &mut self,
        tenant: TenantId,
        place: Place,
        stored: Option<Stored>,
    ) -> Option<Stored> {
        let before = self.unlink(tenant, &place);
        if let Some(stored) = stored {
            self.link(tenant, place, stored);
        }
        before
    }

    fn unlink(&mut self, tenant: TenantId, place: &Place) -> Option<Stored> {
        let data = self.tenants.get_mut(&tenant)?;
        let before = data.documents.remove(place)?;
        for reference in &before.facets.references {
            let target = (reference.kind, reference.id.clone());
            if let Some(referrers) = data.referrers.get_mut(&target) {
                referrers.remove(&(place.clone(), reference.field.clone()));
            }
        }
        for key in &before.facets.unique_keys {
            self.keys.remove(&key_place(tenant, key));
        }
        Some(before)
    }

    fn link(&mut self, tenant: TenantId, place: Place, stored: Stored) {
        for key in &stored.facets.unique_keys {
            let holder = Holder {
                tenant,
                kind: place.0,
                id: place.1.clone(),
            };
            self.keys.insert(key_place(tenant, key), holder);
        }
        let data = self.tenants.entry(tenant).or_default();
        for reference in &stored.facets.references {
            let target = (reference.kind, reference.id.clone());
            let referrer = (place.clone(), reference.field.clone());
            data.referrers.entry(target).or_default().insert(referrer);
        }
        data.documents.insert(place, stored);
    }

    /// The document that a text names: by its id or, when it is none, by its natural key.
    pub(super) fn named(
        &self,
        tenant: Option<TenantId>,
        kind: KindName,
        key: &str,
    ) -> Option<&Stored> {
        if kind.is_id(key) {
            let tenant = tenant.or_else(|| key.parse().ok())?;
            return self.stored(tenant, kind, key);
        }
        let space = kind.key_space();
        let local = self.keys.get(&(tenant, space, key.to_owned()));
        let holder = local.or_else(|| self.keys.get(&(None, space, key.to_owned())))?;
        let visible = tenant.is_none_or(|tenant| tenant == holder.tenant) && holder.kind == kind;
        visible
            .then(|| self.stored(holder.tenant, kind, &holder.id))
            .flatten()
    }
}
