//! The steps of a change, over the tables.

use std::sync::atomic::AtomicUsize;

use domain::{
    AuditEntry, Credentials, Document, Event, FeedEntry, KeyScope, KindName, Place, Referrer,
    UniqueKey, Version,
};
use machine::WallTime;
use ports::{
    Arrival, Change, Committed, CredentialRecord, HISTORY_MAX, Part, SecretChange, StoreError,
};
use tenancy::{Account, Actor, Owner};
use zeroize::Zeroizing;

use super::sql::{Fields, Sql, column, integer, json, limit};
use super::value::params;
use super::vault::OwnerKey;
use super::writer::Desk;
use super::{
    accounts, blobs, credentials, deliveries, documents, events, feed, references, support, tokens,
    trail,
};
use crate::transaction::{
    self, Arrivals, Holder, Links, Reach, Tables, arrive, carry_out, carry_out_parts,
};

/// Carries out a change inside the savepoint of its order.
pub(super) fn commit(
    desk: &Desk<'_>,
    reach: Reach,
    actor: Actor,
    change: &Change,
) -> Result<Committed, StoreError> {
    if let Reach::Inside(tenant) = reach
        && !documents::has_tenant(desk.sql, tenant)?
    {
        return Err(StoreError::NotFound);
    }
    carry_out(&mut Draft { desk, key: None }, reach, actor, change)
}

/// What would be refused of each operation; the order undoes what was written.
pub(super) fn rehearse(
    desk: &Desk<'_>,
    reach: Reach,
    actor: Actor,
    change: &Change,
) -> Result<Vec<Option<StoreError>>, StoreError> {
    if let Reach::Inside(tenant) = reach
        && !documents::has_tenant(desk.sql, tenant)?
    {
        return Err(StoreError::NotFound);
    }
    transaction::rehearse(&mut Draft { desk, key: None }, reach, actor, change)
}

/// Carries out changes of several owners inside the savepoint of their order.
pub(super) fn commit_parts(
    desk: &Desk<'_>,
    account: Account,
    actor: Actor,
    parts: &[Part],
    done: &AtomicUsize,
) -> Result<Vec<Committed>, StoreError> {
    carry_out_parts(&mut Draft { desk, key: None }, account, actor, parts, done)
}

/// Brings a tenant in inside the savepoint of its order.
pub(super) fn move_in(
    desk: &Desk<'_>,
    account: Account,
    actor: Actor,
    arrival: &Arrival,
) -> Result<Committed, StoreError> {
    arrive(&mut Draft { desk, key: None }, account, actor, arrival)
}

/// Refuses one more API key of an owner who has this many that open something.
pub(super) fn check_keys(desk: &Desk<'_>, owner: Owner, have: u64) -> Result<(), StoreError> {
    transaction::check_keys(&mut Draft { desk, key: None }, owner, have)
}

/// A change under way.
struct Draft<'a> {
    desk: &'a Desk<'a>,
    /// The data key of the owner that was written last, opened when first needed.
    key: Option<(Owner, OwnerKey)>,
}

impl Draft<'_> {
    fn sql(&self) -> Sql<'_> {
        self.desk.sql
    }

    fn seal(
        &mut self,
        document: &Document,
        secret: &SecretChange,
    ) -> Result<Option<Vec<u8>>, StoreError> {
        let bytes = match secret {
            SecretChange::Keep => return Ok(None),
            SecretChange::Set(credentials) => Zeroizing::new(credentials.to_bytes()),
            SecretChange::Beside { digests, until } => {
                let after = match self.credentials(document)? {
                    Some(before) => before.replaced(*digests, *until),
                    None => (*digests).into(),
                };
                Zeroizing::new(after.to_bytes())
            }
            SecretChange::Sign(keys) => Zeroizing::new(keys.to_bytes()),
            SecretChange::Seal(text) => Zeroizing::new(text.reveal().as_bytes().to_vec()),
        };
        let vault = self.desk.vault;
        let key = self.key(document.owner)?;
        vault
            .seal(key, document.kind, &document.id, &bytes)
            .map(Some)
    }

    /// An owner's data key.
    fn key(&mut self, owner: Owner) -> Result<&OwnerKey, StoreError> {
        let known = self.key.take().filter(|(known, _)| *known == owner);
        let known = match known {
            Some(known) => known,
            None => (owner, self.desk.vault.key(self.desk.sql, owner)?),
        };
        Ok(&self.key.insert(known).1)
    }

    /// What a device proved itself with before the change.
    fn credentials(&mut self, document: &Document) -> Result<Option<Credentials>, StoreError> {
        let (owner, kind, id) = (document.owner, document.kind, &document.id);
        let find = "SELECT digests FROM documents WHERE tenant = ?1 AND kind = ?2 AND id = ?3";
        let place = params![column(owner), kind.as_str(), id];
        let sealed = self
            .sql()
            .first(find, place, |fields| fields.plain::<Option<Vec<u8>>>(0))?;
        let Some(sealed) = sealed.flatten() else {
            return Ok(None);
        };
        self.key(owner)?.open(kind, id, &sealed).map(Some)
    }

    fn insert(&self, document: &Document, sealed: Option<Vec<u8>>) -> Result<(), StoreError> {
        let insert = "INSERT INTO documents
             (tenant, kind, id, revision, name, spec, created, updated, digests)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";
        let row = params![
            column(document.owner),
            document.kind.as_str(),
            document.id,
            integer(document.revision),
            document.name,
            json(&document.spec)?,
            document.created.unix_ms(),
            document.updated.unix_ms(),
            sealed,
        ];
        self.sql().run(insert, row).map(|_| ())
    }

    fn update(&self, document: &Document, sealed: Option<Vec<u8>>) -> Result<(), StoreError> {
        let update = "UPDATE documents SET revision = ?4, name = ?5, spec = ?6, updated = ?7,
             digests = COALESCE(?8, digests) WHERE tenant = ?1 AND kind = ?2 AND id = ?3";
        let row = params![
            column(document.owner),
            document.kind.as_str(),
            document.id,
            integer(document.revision),
            document.name,
            json(&document.spec)?,
            document.updated.unix_ms(),
            sealed,
        ];
        self.sql().run(update, row).map(|_| ())
    }

    fn link(&self, document: &Document, links: &Links<'_>) -> Result<(), StoreError> {
        let (owner, kind) = (column(document.owner), document.kind.as_str());
        for key in &links.facets.unique_keys {
            let add = "INSERT INTO unique_keys (tenant, space, key, platform, kind, id)
                       VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
            let platform = key.scope == KeyScope::Platform;
            let row = params![owner, key.space, key.key, platform, kind, document.id];
            self.sql().run(add, row)?;
        }
        for (target, whose) in links.facets.references.iter().zip(&links.targets) {
            let add = "INSERT INTO pointers
                       (target_tenant, target_kind, target, tenant, kind, id, field)
                       VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
            let (to, to_kind) = (&target.id, target.kind.as_str());
            let whose = column(*whose);
            let row = params![whose, to_kind, to, owner, kind, document.id, target.field];
            self.sql().run(add, row)?;
        }
        Ok(())
    }

    fn unlink(&self, owner: Owner, kind: KindName, id: &str) -> Result<(), StoreError> {
        let owner = column(owner);
        let keys = "DELETE FROM unique_keys WHERE tenant = ?1 AND kind = ?2 AND id = ?3";
        self.sql().run(keys, params![owner, kind.as_str(), id])?;
        let pointers = "DELETE FROM pointers WHERE tenant = ?1 AND kind = ?2 AND id = ?3";
        self.sql()
            .run(pointers, params![owner, kind.as_str(), id])?;
        Ok(())
    }
}

fn holder(fields: &Fields<'_>) -> Result<Holder, StoreError> {
    Ok(Holder {
        owner: fields.owner(0)?,
        kind: fields.word(1)?,
        id: fields.plain(2)?,
    })
}

impl Tables for Draft<'_> {
    fn document(
        &mut self,
        owner: Owner,
        kind: KindName,
        id: &str,
    ) -> Result<Option<Document>, StoreError> {
        let find = || documents::by_id(self.sql(), owner, kind, id);
        match owner.account() {
            // a tenant's quotas come from its plan, which is an account's
            Some(_) => self.sql().widely(find),
            None => find(),
        }
    }

    fn owner_of(&mut self, kind: KindName, id: &str) -> Result<Option<Owner>, StoreError> {
        self.sql()
            .widely(|| documents::owner_of(self.sql(), kind, id))
    }

    fn key_holder(&mut self, owner: Owner, key: &UniqueKey) -> Result<Option<Holder>, StoreError> {
        match key.scope {
            KeyScope::PerOwner => {
                let find = "SELECT tenant, kind, id FROM unique_keys
                            WHERE tenant = ?1 AND space = ?2 AND key = ?3 AND platform = 0";
                let place = params![column(owner), key.space, key.key];
                self.sql().first(find, place, holder)
            }
            KeyScope::Platform => {
                let find = "SELECT tenant, kind, id FROM unique_keys
                            WHERE platform = 1 AND space = ?1 AND key = ?2";
                let place = params![key.space, key.key];
                self.sql().widely(|| self.sql().first(find, place, holder))
            }
        }
    }

    fn referrers(
        &mut self,
        owner: Owner,
        kind: KindName,
        id: &str,
        limit: usize,
    ) -> Result<Vec<Referrer>, StoreError> {
        references::first(self.sql(), owner, (kind, id), limit)
    }

    fn count_referrers(
        &mut self,
        owner: Owner,
        kind: KindName,
        id: &str,
    ) -> Result<u64, StoreError> {
        references::count(self.sql(), owner, (kind, id))
    }

    fn inhabitants(&mut self, owner: Owner, limit: usize) -> Result<Vec<Referrer>, StoreError> {
        let mut found = Vec::new();
        let others = KindName::ALL.into_iter();
        for kind in others.filter(|kind| kind.place() != Place::Itself) {
            let room = limit - found.len();
            found.extend(references::inside(self.sql(), owner, kind, room)?);
        }
        Ok(found)
    }

    fn count(&mut self, owner: Owner, kind: KindName) -> Result<u64, StoreError> {
        documents::count(self.sql(), owner, kind)
    }

    fn count_below(&mut self, account: Account, kind: KindName) -> Result<u64, StoreError> {
        self.sql()
            .widely(|| accounts::count_below(self.sql(), account, kind))
    }

    fn put(
        &mut self,
        document: &Document,
        links: &Links<'_>,
        secret: &SecretChange,
        new: bool,
    ) -> Result<(), StoreError> {
        if new && document.kind.place() == Place::Itself {
            self.desk.vault.make_key(self.sql(), document.owner)?;
        }
        let sealed = self.seal(document, secret)?;
        if new {
            self.insert(document, sealed)?;
        } else {
            self.unlink(document.owner, document.kind, &document.id)?;
            self.update(document, sealed)?;
        }
        if document.kind == KindName::User {
            credentials::changed(self.sql(), document)?;
        }
        self.link(document, links)
    }

    fn delete(&mut self, owner: Owner, kind: KindName, id: &str) -> Result<(), StoreError> {
        self.unlink(owner, kind, id)?;
        blobs::remove(self.sql(), (owner, kind, id))?;
        let delete = "DELETE FROM documents WHERE tenant = ?1 AND kind = ?2 AND id = ?3";
        let place = params![column(owner), kind.as_str(), id];
        self.sql().run(delete, place)?;
        if let (KindName::Webhook, Some(tenant)) = (kind, owner.tenant()) {
            deliveries::remove_all(self.sql(), tenant, id)?;
        }
        if kind == KindName::User {
            credentials::remove(self.sql(), owner, id)?;
            self.desk.erased.set(true);
        }
        if kind.place() == Place::Itself {
            tokens::remove_all(self.sql(), owner)?;
            if let Some(tenant) = owner.tenant() {
                events::remove_all(self.sql(), tenant)?;
                support::remove_all(self.sql(), tenant)?;
            }
            self.desk.vault.erase_key(self.sql(), owner)?;
            self.desk.erased.set(true);
        }
        Ok(())
    }

    fn add_version(&mut self, version: &Version) -> Result<(), StoreError> {
        let document = &version.document;
        let (owner, kind) = (column(document.owner), document.kind.as_str());
        let next = "SELECT COALESCE(MAX(number), 0) + 1 FROM history
                    WHERE tenant = ?1 AND kind = ?2 AND id = ?3";
        let place = params![owner, kind, document.id];
        let number = self
            .sql()
            .first(next, place, |fields| fields.plain::<i64>(0))?;
        let number = number.unwrap_or(1);
        let add = "INSERT INTO history
                   (tenant, kind, id, number, revision, change, at, actor, document)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";
        let row = params![
            owner,
            kind,
            document.id,
            number,
            integer(version.revision),
            version.change.as_str(),
            version.at.unix_ms(),
            version.actor,
            json(document)?,
        ];
        self.sql().run(add, row)?;
        let oldest = number - limit(HISTORY_MAX);
        if oldest > 0 {
            let trim = "DELETE FROM history
                        WHERE tenant = ?1 AND kind = ?2 AND id = ?3 AND number <= ?4";
            self.sql()
                .run(trim, params![owner, kind, document.id, oldest])?;
        }
        Ok(())
    }

    fn add_audit(&mut self, entry: &AuditEntry) -> Result<(), StoreError> {
        if trail::add(self.sql(), entry)? {
            return Ok(());
        }
        let (space, key) = ("audit".to_owned(), entry.id.to_string());
        Err(StoreError::Conflict { space, key })
    }

    fn add_feed(&mut self, entry: &FeedEntry) -> Result<u64, StoreError> {
        feed::add(self.sql(), entry)
    }

    fn add_events(&mut self, events: Vec<Event>) -> Result<(), StoreError> {
        events::add(self.sql(), &events).map(|_| ())
    }

    fn cursor(&mut self) -> Result<u64, StoreError> {
        feed::cursor(self.sql())
    }
}

impl Arrivals for Draft<'_> {
    fn put_person(&mut self, record: &CredentialRecord) -> Result<(), StoreError> {
        let desk = self.desk;
        credentials::add(desk, self.key(record.owner)?, record)
    }

    fn count_keys(&mut self, owner: Owner, at: WallTime) -> Result<u64, StoreError> {
        tokens::live(self.sql(), owner, at)
    }
}
