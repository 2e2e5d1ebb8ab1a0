//! What the memory store holds.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use domain::{
    AuditEntry, Ban, Cdr, Delivery, Document, Facets, Fax, FeedEntry, KeyScope, KindName, Ladder,
    Recording, TokenRecord, UniqueKey, Version,
};
use ids::{AuditId, CdrId, FaxId, RecordingId, TenantId, TokenId, UserId, WebhookId};
use machine::WallTime;
use ports::{ACCOUNT_DEPTH_MAX, Blob, CredentialRecord};
use tenancy::{Account, Owner};

use super::event_book::{EventBook, Turns};
use super::quality::QualityHours;
use super::secrets::Kept;
use super::support::Visitors;
use crate::idempotency::Remembered;
use crate::transaction::Holder;

/// A kind and an id with one owner.
pub(super) type Place = (KindName, String);

/// A unique key as it is looked up: without an owner when it reaches over the platform.
type KeyPlace = (Option<Owner>, &'static str, String);

#[derive(Clone, Debug)]
pub(super) struct Stored {
    pub(super) document: Document,
    pub(super) facets: Facets,
    /// The owner of each document that it refers to, in the order of its references.
    pub(super) targets: Vec<Owner>,
    pub(super) kept: Kept,
}

/// What became of events at one webhook, by their cursors.
#[derive(Debug, Default)]
pub(super) struct HookBook {
    pub(super) place: Option<u64>,
    pub(super) deliveries: BTreeMap<u64, Delivery>,
}

/// Who refers: a document, whose it is, and the field.
pub(super) type Referrer = (Place, Owner, String);

/// What one owner has.
#[derive(Debug, Default)]
pub(super) struct Estate {
    pub(super) documents: BTreeMap<Place, Stored>,
    /// Who refers to what is here.
    pub(super) referrers: BTreeMap<Place, BTreeSet<Referrer>>,
    pub(super) history: BTreeMap<Place, VecDeque<Version>>,
    pub(super) blobs: BTreeMap<Place, Blob>,
    pub(super) cdrs: BTreeMap<CdrId, Cdr>,
    pub(super) quality: QualityHours,
    pub(super) ladders: BTreeMap<CdrId, Ladder>,
    pub(super) recordings: BTreeMap<RecordingId, Recording>,
    /// Each with its document.
    pub(super) faxes: BTreeMap<FaxId, (Fax, Vec<u8>)>,
    pub(super) events: EventBook,
    pub(super) hooks: BTreeMap<WebhookId, HookBook>,
    pub(super) visitors: Visitors,
}

#[derive(Debug, Default)]
pub(super) struct State {
    pub(super) estates: BTreeMap<Owner, Estate>,
    pub(super) keys: BTreeMap<KeyPlace, Holder>,
    pub(super) audit: BTreeMap<(Owner, AuditId), AuditEntry>,
    pub(super) feed: VecDeque<FeedEntry>,
    pub(super) cursor: u64,
    pub(super) turns: Turns,
    pub(super) settings: BTreeMap<String, String>,
    /// By the text of their sources.
    pub(super) bans: BTreeMap<String, Ban>,
    pub(super) tokens: BTreeMap<TokenId, TokenRecord>,
    pub(super) credentials: BTreeMap<UserId, CredentialRecord>,
    /// What the platform keeps sealed, by name.
    pub(super) sealed: BTreeMap<String, Vec<u8>>,
    /// The platform's own, by name.
    pub(super) secrets: BTreeMap<String, [u8; 32]>,
    pub(super) remembered: BTreeMap<String, Remembered>,
    /// What was used once, each until its own end.
    pub(super) once: BTreeMap<[u8; 32], WallTime>,
    pub(super) away: bool,
}

pub(super) fn key_place(owner: Owner, key: &UniqueKey) -> KeyPlace {
    let owner = match key.scope {
        KeyScope::PerOwner => Some(owner),
        KeyScope::Platform => None,
    };
    (owner, key.space, key.key.clone())
}

impl State {
    pub(super) fn stored(&self, owner: Owner, kind: KindName, id: &str) -> Option<&Stored> {
        self.estates
            .get(&owner)?
            .documents
            .get(&(kind, id.to_owned()))
    }

    /// All documents of a kind, whoever owns them, in the order of owners.
    pub(super) fn of_kind(&self, kind: KindName) -> impl Iterator<Item = &Stored> {
        self.estates
            .values()
            .flat_map(|estate| estate.documents.values())
            .filter(move |stored| stored.document.kind == kind)
    }

    /// Whether a reseller's or a tenant's own document lies below an account, at any depth.
    pub(super) fn lies_below(&self, stored: &Stored, account: Account) -> bool {
        let mut parent = stored.facets.parent;
        for _ in 0..=ACCOUNT_DEPTH_MAX {
            match parent {
                Some(found) if found == account => return true,
                Some(Account::Reseller(id)) => {
                    let owner = Owner::from(id);
                    let above = self.stored(owner, KindName::Reseller, &id.to_string());
                    parent = above.and_then(|above| above.facets.parent);
                }
                Some(Account::Platform) | None => return false,
            }
        }
        false
    }

    /// Puts a document in, or takes it out, with its keys and references; gives what was there.
    pub(super) fn set(
        &mut self,
        owner: Owner,
        place: Place,
        stored: Option<Stored>,
    ) -> Option<Stored> {
        let before = self.unlink(owner, &place);
        if let Some(stored) = stored {
            self.link(owner, place, stored);
        }
        before
    }

    fn unlink(&mut self, owner: Owner, place: &Place) -> Option<Stored> {
        let before = self.estates.get_mut(&owner)?.documents.remove(place)?;
        for (reference, to) in before.facets.references.iter().zip(&before.targets) {
            let target = (reference.kind, reference.id.clone());
            let estate = self.estates.get_mut(to);
            if let Some(referrers) = estate.and_then(|e| e.referrers.get_mut(&target)) {
                referrers.remove(&(place.clone(), owner, reference.field.clone()));
            }
        }
        for key in &before.facets.unique_keys {
            self.keys.remove(&key_place(owner, key));
        }
        Some(before)
    }

    fn link(&mut self, owner: Owner, place: Place, stored: Stored) {
        for key in &stored.facets.unique_keys {
            let holder = Holder {
                owner,
                kind: place.0,
                id: place.1.clone(),
            };
            self.keys.insert(key_place(owner, key), holder);
        }
        for (reference, to) in stored.facets.references.iter().zip(&stored.targets) {
            let target = (reference.kind, reference.id.clone());
            let referrer = (place.clone(), owner, reference.field.clone());
            let estate = self.estates.entry(*to).or_default();
            estate.referrers.entry(target).or_default().insert(referrer);
        }
        let estate = self.estates.entry(owner).or_default();
        estate.documents.insert(place, stored);
    }

    /// The document of an owner that a text names: by its id or, when it is none, by its natural
    /// key.
    pub(super) fn named(&self, owner: Owner, kind: KindName, key: &str) -> Option<&Stored> {
        if kind.is_id(key) {
            return self.stored(owner, kind, key);
        }
        let space = kind.key_space();
        let local = self.keys.get(&(Some(owner), space, key.to_owned()));
        let holder = local.or_else(|| self.keys.get(&(None, space, key.to_owned())))?;
        let visible = holder.owner == owner && holder.kind == kind;
        visible
            .then(|| self.stored(holder.owner, kind, &holder.id))
            .flatten()
    }

    /// The document that is its own owner and that a text names: by its id, or by a key that is
    /// taken once on the platform.
    pub(super) fn named_itself(&self, kind: KindName, key: &str) -> Option<&Stored> {
        if kind.is_id(key) {
            return self.stored(key.parse().ok()?, kind, key);
        }
        let place = (None, kind.key_space(), key.to_owned());
        let holder = self.keys.get(&place).filter(|holder| holder.kind == kind)?;
        self.stored(holder.owner, kind, &holder.id)
    }

    pub(super) fn has_tenant(&self, tenant: TenantId) -> bool {
        self.stored(tenant.into(), KindName::Tenant, &tenant.to_string())
            .is_some()
    }
}
