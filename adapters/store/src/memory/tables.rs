//! The steps of a change over the state in memory, with their undoing.

use std::sync::atomic::AtomicUsize;

use domain::{
    AuditEntry, Document, Event, FeedEntry, KindName, Place as Whose, Referrer, UniqueKey, Version,
};
use ids::{TokenId, UserId, WebhookId};
use machine::WallTime;
use ports::{
    Arrival, Change, Committed, CredentialRecord, HISTORY_MAX, Part, SecretChange, StoreError,
};
use tenancy::{Account, Actor, Owner};

use super::event_book::EventBook;
use super::references::inhabitant;
use super::state::{Place, State, Stored, key_place};
use super::support::Visitors;
use crate::FEED_KEPT;
use crate::transaction::{
    self, Arrivals, Holder, Links, Reach, Tables, arrive, carry_out, carry_out_parts,
};

/// A change under way: documents are changed in place and remembered for undoing; facts wait
/// until the change has succeeded.
struct Draft<'a> {
    state: &'a mut State,
    undo: Vec<(Owner, Place, Option<Stored>)>,
    erased: Vec<Owner>,
    versions: Vec<Version>,
    audit: Vec<AuditEntry>,
    feed: Vec<FeedEntry>,
    events: Vec<Event>,
    /// Documents that are gone.
    gone: Vec<(Owner, Place)>,
    /// Webhooks that are gone.
    unhooked: Vec<(Owner, WebhookId)>,
    /// People who were changed.
    people: Vec<Document>,
    /// People who are gone.
    forgotten: Vec<UserId>,
    /// What people who come in sign in with.
    arrived: Vec<CredentialRecord>,
}

pub(super) fn commit(
    state: &mut State,
    reach: Reach,
    actor: Actor,
    change: &Change,
) -> Result<Committed, StoreError> {
    whole(state, |draft| carry_out(draft, reach, actor, change))
}

pub(super) fn commit_parts(
    state: &mut State,
    account: Account,
    actor: Actor,
    parts: &[Part],
    done: &AtomicUsize,
) -> Result<Vec<Committed>, StoreError> {
    whole(state, |draft| {
        carry_out_parts(draft, account, actor, parts, done)
    })
}

/// Refuses one more API key of an owner who has this many that open something.
pub(super) fn check_keys(state: &mut State, owner: Owner, have: u64) -> Result<(), StoreError> {
    whole(state, |draft| transaction::check_keys(draft, owner, have))
}

/// Brings a tenant in.
pub(super) fn move_in(
    state: &mut State,
    account: Account,
    actor: Actor,
    arrival: &Arrival,
) -> Result<Committed, StoreError> {
    whole(state, |draft| arrive(draft, account, actor, arrival))
}

/// What would be refused of each operation; the state stays as it is.
pub(super) fn rehearse(
    state: &mut State,
    reach: Reach,
    actor: Actor,
    change: &Change,
) -> Result<Vec<Option<StoreError>>, StoreError> {
    let mut draft = Draft::over(state);
    let refused = transaction::rehearse(&mut draft, reach, actor, change);
    draft.undo();
    refused
}

/// Does work over the state, or leaves the state as it was.
fn whole<T>(
    state: &mut State,
    work: impl FnOnce(&mut Draft<'_>) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    let mut draft = Draft::over(state);
    let done = work(&mut draft);
    match done {
        Ok(_) => draft.keep(),
        Err(_) => draft.undo(),
    }
    done
}

impl Draft<'_> {
    fn over(state: &mut State) -> Draft<'_> {
        Draft {
            state,
            undo: Vec::new(),
            erased: Vec::new(),
            versions: Vec::new(),
            audit: Vec::new(),
            feed: Vec::new(),
            events: Vec::new(),
            gone: Vec::new(),
            unhooked: Vec::new(),
            people: Vec::new(),
            forgotten: Vec::new(),
            arrived: Vec::new(),
        }
    }

    fn undo(mut self) {
        for (owner, place, before) in self.undo.drain(..).rev() {
            self.state.set(owner, place, before);
        }
    }

    fn keep(self) {
        for version in self.versions {
            let place = (version.document.kind, version.document.id.clone());
            let estate = self
                .state
                .estates
                .entry(version.document.owner)
                .or_default();
            let history = estate.history.entry(place).or_default();
            history.push_back(version);
            if history.len() > HISTORY_MAX {
                history.pop_front();
            }
        }
        for entry in self.audit {
            self.state.audit.insert((entry.owner, entry.id), entry);
        }
        for entry in self.feed {
            self.state.cursor = entry.cursor;
            self.state.feed.push_back(entry);
        }
        for (owner, place) in self.gone {
            if let Some(estate) = self.state.estates.get_mut(&owner) {
                estate.blobs.remove(&place);
            }
        }
        for (owner, webhook) in self.unhooked {
            if let Some(estate) = self.state.estates.get_mut(&owner) {
                estate.hooks.remove(&webhook);
            }
        }
        for user in self.people {
            self.state.person_changed(&user);
        }
        for user in self.forgotten {
            self.state.credentials.remove(&user);
        }
        for mut record in self.arrived {
            record.revision = 1;
            self.state.credentials.entry(record.user).or_insert(record);
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
        for owner in self.erased {
            if let Some(estate) = self.state.estates.get_mut(&owner) {
                estate.events = EventBook::default();
                estate.visitors = Visitors::default();
            }
            self.state
                .tokens
                .retain(|_: &TokenId, token| token.owner != owner);
        }
    }

    fn set(&mut self, owner: Owner, place: Place, stored: Option<Stored>) {
        let before = self.state.set(owner, place.clone(), stored);
        self.undo.push((owner, place, before));
    }
}

impl Tables for Draft<'_> {
    fn document(
        &mut self,
        owner: Owner,
        kind: KindName,
        id: &str,
    ) -> Result<Option<Document>, StoreError> {
        Ok(self
            .state
            .stored(owner, kind, id)
            .map(|stored| stored.document.clone()))
    }

    fn owner_of(&mut self, kind: KindName, id: &str) -> Result<Option<Owner>, StoreError> {
        let place = (kind, id.to_owned());
        let mut estates = self.state.estates.iter();
        let found = estates.find(|(_, estate)| estate.documents.contains_key(&place));
        Ok(found.map(|(owner, _)| *owner))
    }

    fn key_holder(&mut self, owner: Owner, key: &UniqueKey) -> Result<Option<Holder>, StoreError> {
        Ok(self.state.keys.get(&key_place(owner, key)).cloned())
    }

    fn referrers(
        &mut self,
        owner: Owner,
        kind: KindName,
        id: &str,
        limit: usize,
    ) -> Result<Vec<Referrer>, StoreError> {
        let all = self.state.referrers(owner, (kind, id));
        Ok(all.take(limit).map(|(_, referrer)| referrer).collect())
    }

    fn count_referrers(
        &mut self,
        owner: Owner,
        kind: KindName,
        id: &str,
    ) -> Result<u64, StoreError> {
        let all = self.state.referrers(owner, (kind, id)).count();
        Ok(u64::try_from(all).unwrap_or(u64::MAX))
    }

    fn inhabitants(&mut self, owner: Owner, limit: usize) -> Result<Vec<Referrer>, StoreError> {
        let estate = self.state.estates.get(&owner);
        let documents = estate.map(|estate| estate.documents.values());
        let others = documents
            .into_iter()
            .flatten()
            .filter(|stored| stored.document.kind.place() != Whose::Itself);
        Ok(others.take(limit).map(inhabitant).collect())
    }

    fn count(&mut self, owner: Owner, kind: KindName) -> Result<u64, StoreError> {
        Ok(self.state.count(owner, kind))
    }

    fn count_below(&mut self, account: Account, kind: KindName) -> Result<u64, StoreError> {
        let all = self.state.of_kind(kind);
        let below = all.filter(|stored| self.state.lies_below(stored, account));
        Ok(u64::try_from(below.count()).unwrap_or(u64::MAX))
    }

    fn put(
        &mut self,
        document: &Document,
        links: &Links<'_>,
        secret: &SecretChange,
        _new: bool,
    ) -> Result<(), StoreError> {
        let before = self
            .state
            .stored(document.owner, document.kind, &document.id);
        let kept = before.map(|stored| stored.kept.clone());
        let stored = Stored {
            document: document.clone(),
            facets: links.facets.clone(),
            targets: links.targets.clone(),
            kept: kept.unwrap_or_default().after(secret),
        };
        if document.kind == KindName::User {
            self.people.push(document.clone());
        }
        let place = (document.kind, document.id.clone());
        self.set(document.owner, place, Some(stored));
        Ok(())
    }

    fn delete(&mut self, owner: Owner, kind: KindName, id: &str) -> Result<(), StoreError> {
        self.set(owner, (kind, id.to_owned()), None);
        self.gone.push((owner, (kind, id.to_owned())));
        if kind == KindName::Webhook {
            self.unhooked
                .extend(id.parse().map(|webhook| (owner, webhook)));
        }
        if kind == KindName::User {
            self.forgotten.extend(id.parse::<UserId>());
        }
        if kind.place() == Whose::Itself {
            self.erased.push(owner);
        }
        Ok(())
    }

    fn add_version(&mut self, version: &Version) -> Result<(), StoreError> {
        self.versions.push(version.clone());
        Ok(())
    }

    fn add_audit(&mut self, entry: &AuditEntry) -> Result<(), StoreError> {
        if self.state.audit.contains_key(&(entry.owner, entry.id)) {
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

    fn add_events(&mut self, mut events: Vec<Event>) -> Result<(), StoreError> {
        self.events.append(&mut events);
        Ok(())
    }

    fn cursor(&mut self) -> Result<u64, StoreError> {
        Ok(self
            .feed
            .last()
            .map_or(self.state.cursor, |entry| entry.cursor))
    }
}

impl Arrivals for Draft<'_> {
    fn put_person(&mut self, record: &CredentialRecord) -> Result<(), StoreError> {
        self.arrived.push(record.clone());
        Ok(())
    }

    fn count_keys(&mut self, owner: Owner, at: WallTime) -> Result<u64, StoreError> {
        Ok(self.state.live_keys(owner, at))
    }
}
