//! A company that comes in whole: its documents, in any order, as one step of a store.

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    AuditEntry, Change as Kind, Credentials, Document, Facets, FeedEntry, Invalid, KindName, Place,
    Secret, SecretRule, SigningKeys, Version, facets,
};
use machine::WallTime;
use ports::{
    ARRIVALS_MAX, Arrival, Belonging, Change, Committed, CredentialRecord, SecretChange, StoreError,
};
use tenancy::{Account, Actor, Owner};

use super::{Links, Reach, Step, Tables, is_found_by_id_alone, quota};

/// The steps of an arrival besides those of every change.
pub(crate) trait Arrivals: Tables {
    /// Keeps what a person signs in with, unless something is kept already.
    fn put_person(&mut self, record: &CredentialRecord) -> Result<(), StoreError>;
    /// How many API keys of an owner open something at a time.
    fn count_keys(&mut self, owner: Owner, at: WallTime) -> Result<u64, StoreError>;
}

/// Carries out an arrival. On an error nothing of it may remain.
pub(crate) fn arrive(
    tables: &mut impl Arrivals,
    account: Account,
    actor: Actor,
    arrival: &Arrival,
) -> Result<Committed, StoreError> {
    StoreError::at_most(arrival.documents.len(), ARRIVALS_MAX)?;
    if arrival.replaces && account != Account::Platform {
        return Err(StoreError::NotFound);
    }
    let change = Change {
        operations: Vec::new(),
        at: arrival.at,
        audit: arrival.audit,
        request: None,
    };
    let mut events = Vec::new();
    let mut step = Step {
        tables: &mut *tables,
        reach: Reach::Below(account),
        actor,
        change: &change,
        index: 0,
        events: &mut events,
    };
    step.settle(arrival)?;
    let committed = step.tell_of(arrival)?;
    tables.add_events(events)?;
    Ok(committed)
}

/// A document that was here before, by kind and id, and its revision.
type Before = BTreeMap<(KindName, String), u64>;

impl<T: Arrivals> Step<'_, T> {
    fn settle(&mut self, arrival: &Arrival) -> Result<(), StoreError> {
        let known = self.check_belongings(arrival)?;
        let before = if arrival.replaces {
            self.clear_the_way(arrival)?
        } else {
            Before::new()
        };
        let documents: Vec<Document> = arrival
            .documents
            .iter()
            .map(|belonging| next(&belonging.document, &before, arrival))
            .collect();
        // references may point forwards, so all documents stand before the first one points
        for ((belonging, document), facets) in arrival.documents.iter().zip(&documents).zip(&known)
        {
            let alone = Facets {
                references: Vec::new(),
                ..facets.clone()
            };
            let links = self.links(document, &alone, None)?;
            let new = !before.contains_key(&(document.kind, document.id.clone()));
            let secret = secret_of(belonging)?;
            self.tables.put(document, &links, &secret, new)?;
        }
        for belonging in &arrival.documents {
            if let Some(record) = record_of(belonging)? {
                self.tables.put_person(&record)?;
            }
        }
        for (document, facets) in documents.iter().zip(&known) {
            if !facets.references.is_empty() {
                let links = self.links(document, facets, None)?;
                self.tables
                    .put(document, &links, &SecretChange::Keep, false)?;
            }
            if before.contains_key(&(document.kind, document.id.clone())) {
                self.leave_version(document, Kind::Replaced)?;
            } else if arrival.begins || arrival.replaces {
                self.leave_version(document, Kind::Created)?;
            }
        }
        let mut had = BTreeMap::new();
        for (kind, _) in before.keys() {
            *had.entry(*kind).or_default() += 1;
        }
        quota::check_arrived(self.tables, arrival.tenant, &had)?;
        if arrival.replaces {
            // no key comes into the place of a company that is here
            return Ok(());
        }
        let owner = Owner::Tenant(arrival.tenant);
        let keys = self.tables.count_keys(owner, arrival.at)?;
        quota::check_keys_arrived(self.tables, arrival.tenant, keys)
    }

    fn leave_version(&mut self, document: &Document, change: Kind) -> Result<(), StoreError> {
        self.tables.add_version(&Version {
            revision: document.revision,
            change,
            at: self.change.at,
            actor: self.actor.to_string(),
            document: document.clone(),
        })
    }

    /// Takes keys and references from all that is here, and deletes what does not come again.
    fn clear_the_way(&mut self, arrival: &Arrival) -> Result<Before, StoreError> {
        let owner = Owner::Tenant(arrival.tenant);
        let mut present = vec![(KindName::Tenant, owner.to_string())];
        let inhabitants = self.tables.inhabitants(owner, ARRIVALS_MAX)?;
        present.extend(inhabitants.into_iter().map(|one| (one.kind, one.id)));
        let mut before = Before::new();
        for (kind, id) in present {
            let document = self.tables.document(owner, kind, &id)?;
            let document = document.ok_or(StoreError::NotFound)?;
            let bare = Facets {
                natural_key: document.name.clone(),
                unique_keys: Vec::new(),
                references: Vec::new(),
                parent: None,
            };
            let links = Links {
                facets: &bare,
                targets: Vec::new(),
            };
            self.tables
                .put(&document, &links, &SecretChange::Keep, false)?;
            before.insert((kind, id), document.revision);
        }
        let again: BTreeSet<(KindName, &str)> = arrival
            .documents
            .iter()
            .map(|one| (one.document.kind, one.document.id.as_str()))
            .collect();
        for (kind, id) in before.keys() {
            if again.contains(&(*kind, id.as_str())) {
                continue;
            }
            if let Some(mut document) = self.tables.document(owner, *kind, id)? {
                self.tables.delete(owner, *kind, id)?;
                document.revision += 1;
                document.updated = arrival.at;
                self.leave_version(&document, Kind::Deleted)?;
            }
        }
        Ok(before)
    }

    /// All belong to the company, each is there once, its own is the first, and it may be here.
    fn check_belongings(&mut self, arrival: &Arrival) -> Result<Vec<Facets>, StoreError> {
        let owner = Owner::Tenant(arrival.tenant);
        let itself = (KindName::Tenant, owner.to_string());
        let mut places = BTreeSet::new();
        let mut known = Vec::with_capacity(arrival.documents.len());
        for belonging in &arrival.documents {
            let document = &belonging.document;
            let place = (document.kind, document.id.clone());
            let own = document.kind.place() == Place::Itself;
            let account = document.kind.place() == Place::Account;
            if document.owner != owner || account || own != (place == itself) {
                return Err(Invalid::new("/owner", "must be the company that comes in").into());
            }
            if own != places.is_empty() || !places.insert(place) {
                let rule = "must stand once, the company's own document first";
                return Err(Invalid::new("/id", rule).into());
            }
            self.check_id(document)?;
            known.push(facets(document)?);
        }
        let first = known.first().ok_or(StoreError::NotFound)?;
        let there = self.tables.document(owner, KindName::Tenant, &itself.1)?;
        self.check_place(first)?;
        match there {
            Some(there) if arrival.replaces => quota::check_move(self.tables, &there, first)?,
            Some(there) => {
                let (space, key) = (KindName::Tenant.as_str().to_owned(), there.name);
                return Err(StoreError::Conflict { space, key });
            }
            None if arrival.replaces => return Err(StoreError::NotFound),
            None => quota::check(self.tables, self.reach, KindName::Tenant, first)?,
        }
        Ok(known)
    }

    /// Nobody comes in under the id of somebody else's person: whoever signed in there would be
    /// taken for the other.
    fn check_id(&mut self, document: &Document) -> Result<(), StoreError> {
        let (kind, id) = (document.kind, &document.id);
        if !is_found_by_id_alone(kind) {
            return Ok(());
        }
        match self.tables.owner_of(kind, id)? {
            Some(owner) if owner != document.owner => {
                let (space, key) = (kind.as_str().to_owned(), id.clone());
                Err(StoreError::Conflict { space, key })
            }
            Some(_) | None => Ok(()),
        }
    }

    /// Leaves an entry in the company's trail, and tells exchanges that it is there.
    fn tell_of(&mut self, arrival: &Arrival) -> Result<Committed, StoreError> {
        let owner = Owner::Tenant(arrival.tenant);
        let own = arrival.documents.first().map(|own| &own.document);
        self.tables.add_audit(&AuditEntry {
            id: arrival.audit,
            owner,
            at: arrival.at,
            actor: self.actor.to_string(),
            action: arrival.action.to_owned(),
            target: arrival.tenant.to_string(),
            before: None,
            after: own.map(|own| own.spec.clone()),
            request: None,
        })?;
        let cursor = self.tables.add_feed(&FeedEntry {
            cursor: 0,
            owner,
            kind: KindName::Tenant,
            id: arrival.tenant.to_string(),
            revision: own.map_or(1, |own| own.revision),
            change: if arrival.replaces {
                Kind::Replaced
            } else {
                Kind::Created
            },
        })?;
        Ok(Committed {
            written: Vec::new(),
            cursor,
        })
    }
}

/// A document as it is written: one that was here has a revision more.
fn next(document: &Document, before: &Before, arrival: &Arrival) -> Document {
    let mut document = document.clone();
    if let Some(revision) = before.get(&(document.kind, document.id.clone())) {
        document.revision = revision + 1;
        document.updated = arrival.at;
    }
    document
}

/// What a person who comes in signs in with. The person is signed in nowhere.
fn record_of(belonging: &Belonging) -> Result<Option<CredentialRecord>, StoreError> {
    let (Some(content), document) = (&belonging.credentials, &belonging.document) else {
        return Ok(None);
    };
    let refused = || Invalid::new("/credentials", "must be a person's");
    if document.kind != KindName::User {
        return Err(refused().into());
    }
    let user = document.id.parse().map_err(|_| refused())?;
    let record = CredentialRecord {
        content: content.clone(),
        ..CredentialRecord::none(user, document.owner)
    };
    record.check()?;
    Ok(Some(record))
}

/// What becomes of a secret that comes opened.
fn secret_of(belonging: &Belonging) -> Result<SecretChange, StoreError> {
    let Some(bytes) = &belonging.secret else {
        return Ok(SecretChange::Keep);
    };
    let text = || str::from_utf8(bytes).ok().map(Secret::supplied)?.ok();
    let read = match belonging.document.kind.secret() {
        SecretRule::Signing => SigningKeys::from_bytes(bytes).map(SecretChange::Sign),
        SecretRule::Generated => Credentials::from_bytes(bytes).map(SecretChange::Set),
        SecretRule::Supplied | SecretRule::PrivateKey => text().map(SecretChange::Seal),
        SecretRule::None => None,
    };
    let odd = || Invalid::new("/secret", "must be of the form that its kind keeps");
    Ok(read.ok_or_else(odd)?)
}
