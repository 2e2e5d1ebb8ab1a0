//! Data keys in the database, and the sealing of digests under them.

use std::collections::HashMap;
use std::io;
use std::sync::{Arc, PoisonError, RwLock};

use domain::{Credentials, KindName};
use ports::{Entropy, KeyStatus, MasterKeyUse, RESEAL_STEP, Resealed, StoreError};
use tenancy::Owner;
use zeroize::Zeroizing;

use super::sql::{Sql, column, corrupt, limit};
use super::value::{Value, params};
use super::{lists, settings};
use crate::seal::{DataKey, KeySource, Keyring, SealError};

/// Facts read at once while they are sealed anew.
const RESEALED_AT_ONCE: usize = 100;

/// The setting that names the newest master key, once keys were sealed anew.
const NEWEST_SETTING: &str = "master_key";

/// Facts that are sealed whole, each for its own id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SealedFact {
    /// The messages of a call, by the id of its record.
    Ladder,
    /// What is known of a recording.
    Recording,
    /// A fax.
    Fax,
    /// A piece of a fax's document.
    FaxPiece,
}

impl SealedFact {
    const ALL: [SealedFact; 4] = [
        SealedFact::Ladder,
        SealedFact::Recording,
        SealedFact::Fax,
        SealedFact::FaxPiece,
    ];

    /// Its table, and the column of its id there.
    fn table(self) -> (&'static str, &'static str) {
        match self {
            SealedFact::Ladder => ("ladders", "cdr"),
            SealedFact::Recording => ("recordings", "id"),
            SealedFact::Fax => ("faxes", "id"),
            SealedFact::FaxPiece => ("fax_pieces", "id"),
        }
    }

    /// The word in its place. Never change one: what was sealed would no longer open.
    fn as_str(self) -> &'static str {
        match self {
            SealedFact::Ladder => "ladder",
            SealedFact::Recording => "recording",
            SealedFact::Fax => "fax",
            SealedFact::FaxPiece => "fax piece",
        }
    }
}

/// The master keys, and randomness for nonces and new keys. Cloning is cheap.
#[derive(Clone)]
pub(crate) struct Vault {
    source: Arc<dyn KeySource>,
    held: Arc<RwLock<Keyring>>,
    entropy: Arc<dyn Entropy>,
}

impl Vault {
    /// A vault with the keys that the source gives now.
    pub(crate) fn open(source: Arc<dyn KeySource>, entropy: Arc<dyn Entropy>) -> io::Result<Vault> {
        let held = Arc::new(RwLock::new(source.keyring()?));
        Ok(Vault {
            source,
            held,
            entropy,
        })
    }

    fn held(&self) -> Keyring {
        // a ring is replaced whole, so a poisoned lock holds a whole one
        let held = self.held.read().unwrap_or_else(PoisonError::into_inner);
        held.clone()
    }

    /// Asks the source again, since keys may have been replaced while the exchange runs.
    fn renew(&self) -> Result<Keyring, StoreError> {
        let fresh = self.source.keyring();
        let fresh = fresh.map_err(|error| corrupt(&format!("the master keys: {error}")))?;
        let mut held = self.held.write().unwrap_or_else(PoisonError::into_inner);
        held.clone_from(&fresh);
        Ok(fresh)
    }

    fn open_data_key(&self, owner: Owner, sealed: &[u8]) -> Result<DataKey, StoreError> {
        if let Ok(key) = self.held().open_data_key(owner, sealed) {
            return Ok(key);
        }
        let fresh = self.renew()?;
        fresh.open_data_key(owner, sealed).map_err(unsealed)
    }

    /// Whether the database was made under one of these master keys, which the platform's own
    /// data key proves. A new database is bound to the newest.
    pub(crate) fn proves(&self, sql: Sql<'_>) -> Result<bool, StoreError> {
        let stored: Option<Vec<u8>> = sealed_key(sql, Owner::PLATFORM)?;
        if let Some(sealed) = stored {
            let opened = self.held().open_data_key(Owner::PLATFORM, &sealed);
            return Ok(opened.is_ok());
        }
        self.make_key(sql, Owner::PLATFORM).map(|()| true)
    }

    /// The same of a database that is only looked at: a new one is bound to nothing.
    pub(crate) fn proved(&self, sql: Sql<'_>) -> Result<bool, StoreError> {
        let stored = sealed_key(sql, Owner::PLATFORM)?;
        let opened = stored.map(|sealed| self.held().open_data_key(Owner::PLATFORM, &sealed));
        Ok(opened.is_some_and(|opened| opened.is_ok()))
    }

    /// A row of the table of data keys, with its key sealed or opened on the way to or from an
    /// archive.
    pub(super) fn key_row(
        &self,
        row: &[Value],
        turn: fn(&Vault, Owner, &[u8]) -> Result<Vec<u8>, StoreError>,
    ) -> Result<Vec<Value>, StoreError> {
        let [Value::Text(name), Value::Bytes(key)] = row else {
            return Err(corrupt("a data key is no row of an owner and bytes"));
        };
        let owner = match name.as_str() {
            "" => Owner::PLATFORM,
            name => name
                .parse()
                .map_err(|_| corrupt("a data key's owner is none"))?,
        };
        let key = turn(self, owner, key)?;
        Ok(vec![Value::Text(name.clone()), Value::Bytes(key)])
    }

    /// An owner's data key in clear, to be kept under another key than the master key.
    pub(super) fn unseal_key(&self, owner: Owner, sealed: &[u8]) -> Result<Vec<u8>, StoreError> {
        let key = self.open_data_key(owner, sealed)?;
        Ok(key.to_bytes().to_vec())
    }

    /// A store that came from under other master keys names none of them as the newest.
    pub(super) fn forget_newest(sql: Sql<'_>) -> Result<(), StoreError> {
        let forget = "DELETE FROM settings WHERE key = ?1";
        sql.run(forget, [NEWEST_SETTING]).map(|_| ())
    }

    /// Seals what [`Vault::unseal_key`] gave under the newest master key.
    pub(super) fn seal_key(&self, owner: Owner, key: &[u8]) -> Result<Vec<u8>, StoreError> {
        let key = DataKey::from_bytes(key).ok_or_else(|| corrupt("a data key of odd length"))?;
        let sealed = self.held().seal_data_key(owner, &key, &*self.entropy);
        sealed.map_err(unsealed)
    }

    /// Which master keys there are now, and how many data keys each of them seals.
    pub(super) fn status(&self, sql: Sql<'_>) -> Result<KeyStatus, StoreError> {
        let ring = self.renew()?;
        let fresh = |name| MasterKeyUse { name, data_keys: 0 };
        let mut status = KeyStatus {
            master_keys: ring.names().into_iter().map(fresh).collect(),
            unopened: 0,
        };
        let all = "SELECT tenant, sealed FROM data_keys";
        sql.until(all, params![], |fields| {
            let sealed: Vec<u8> = fields.plain(1)?;
            let opener = ring.opener(fields.owner(0)?, &sealed);
            match opener.and_then(|at| status.master_keys.get_mut(at)) {
                Some(key) => key.data_keys += 1,
                None => status.unopened += 1,
            }
            Ok(true)
        })?;
        Ok(status)
    }

    /// Seals the next data keys after an owner's under the newest master key.
    pub(super) fn reseal(
        &self,
        sql: Sql<'_>,
        after: Option<Owner>,
    ) -> Result<Resealed, StoreError> {
        let ring = self.renew()?;
        // from now on nobody seals under an older one, whatever keys that process holds
        settings::put(sql, NEWEST_SETTING, &newest_name(&ring))?;
        let (relation, from) = match after {
            Some(owner) => (">", column(owner)),
            // the platform's own is the empty text
            None => (">=", String::new()),
        };
        let some = format!(
            "SELECT tenant, sealed FROM data_keys WHERE tenant {relation} ?1
             ORDER BY tenant LIMIT ?2"
        );
        let rows = sql.all(&some, params![from, limit(RESEAL_STEP)], |fields| {
            Ok((fields.owner(0)?, fields.plain::<Vec<u8>>(1)?))
        })?;
        let last = rows.last().map(|(owner, _)| *owner);
        let next = last.filter(|_| rows.len() == RESEAL_STEP);
        let mut anew = 0;
        for (owner, sealed) in rows {
            let resealed = ring.reseal(owner, &sealed, &*self.entropy);
            if let Some(sealed) = resealed.map_err(unsealed)? {
                let replace = "UPDATE data_keys SET sealed = ?2 WHERE tenant = ?1";
                sql.run(replace, params![column(owner), sealed])?;
                anew += 1;
            }
        }
        Ok(Resealed { anew, next })
    }

    /// The keys to seal a new data key under. When another process has begun with a newer master
    /// key, that one: the source is asked again.
    fn sealing(&self, sql: Sql<'_>) -> Result<Keyring, StoreError> {
        let newest = sql.widely(|| settings::value(sql, NEWEST_SETTING))?;
        let held = self.held();
        if newest
            .as_ref()
            .is_none_or(|name| *name == newest_name(&held))
        {
            return Ok(held);
        }
        let fresh = self.renew()?;
        if newest.is_none_or(|name| name == newest_name(&fresh)) {
            return Ok(fresh);
        }
        Err(StoreError::Unavailable {
            detail: "another process has a newer master key; start this one with it".to_owned(),
        })
    }

    /// Gives an owner a new data key and seals all its secrets under it; gives their number.
    pub(super) fn renew_key(&self, sql: Sql<'_>, owner: Owner) -> Result<u64, StoreError> {
        let old = self.key(sql, owner)?;
        let made = self.sealing(sql)?.new_data_key(owner, &*self.entropy);
        let (key, sealed) = made.map_err(unsealed)?;
        let new = OwnerKey { owner, key };
        let replace = "UPDATE data_keys SET sealed = ?2 WHERE tenant = ?1";
        sql.run(replace, params![column(owner), sealed])?;
        let find = "SELECT kind, id, digests FROM documents
                    WHERE tenant = ?1 AND digests IS NOT NULL";
        let secrets = sql.all(find, [column(owner)], |fields| {
            let sealed: Vec<u8> = fields.plain(2)?;
            Ok((
                fields.word::<KindName>(0)?,
                fields.plain::<String>(1)?,
                sealed,
            ))
        })?;
        let mut anew = 0;
        for (kind, id, sealed) in secrets {
            let secret = old.open_bytes(kind, &id, &sealed)?;
            let sealed = self.seal(&new, kind, &id, &secret)?;
            let replace = "UPDATE documents SET digests = ?4
                           WHERE tenant = ?1 AND kind = ?2 AND id = ?3";
            sql.run(replace, params![column(owner), kind.as_str(), id, sealed])?;
            anew += 1;
        }
        let find = "SELECT person, sealed FROM credentials WHERE tenant = ?1";
        let people = sql.all(find, [column(owner)], |fields| {
            Ok((fields.plain::<String>(0)?, fields.plain::<Vec<u8>>(1)?))
        })?;
        for (person, sealed) in people {
            let content = old.open_credentials(&person, &sealed)?;
            let sealed = self.seal_credentials(&new, &person, &content)?;
            let replace = "UPDATE credentials SET sealed = ?3 WHERE tenant = ?1 AND person = ?2";
            sql.run(replace, params![column(owner), person, sealed])?;
            anew += 1;
        }
        for fact in SealedFact::ALL {
            anew += self.reseal_facts(sql, fact, (&old, &new))?;
        }
        Ok(anew)
    }

    /// Seals all facts of an owner under its new key, some at a time; gives their number.
    fn reseal_facts(
        &self,
        sql: Sql<'_>,
        fact: SealedFact,
        (old, new): (&OwnerKey, &OwnerKey),
    ) -> Result<u64, StoreError> {
        let (owner, mut anew, mut after) = (column(new.owner), 0, String::new());
        let (table, id_column) = fact.table();
        let next = format!(
            "SELECT {id_column}, sealed FROM {table} WHERE tenant = ?1 AND {id_column} > ?2
             ORDER BY {id_column} LIMIT ?3"
        );
        let replace =
            format!("UPDATE {table} SET sealed = ?3 WHERE tenant = ?1 AND {id_column} = ?2");
        loop {
            let some = params![owner, after, limit(RESEALED_AT_ONCE)];
            let facts = sql.all(&next, some, |fields| {
                Ok((fields.plain::<String>(0)?, fields.plain::<Vec<u8>>(1)?))
            })?;
            let Some((last, _)) = facts.last() else {
                return Ok(anew);
            };
            after.clone_from(last);
            for (id, sealed) in facts {
                let content = old.open_fact(fact, &id, &sealed)?;
                let sealed = self.seal_fact(new, fact, &id, &content)?;
                sql.run(&replace, params![owner, id, sealed])?;
                anew += 1;
            }
        }
    }

    /// Makes a new owner's data key.
    pub(super) fn make_key(&self, sql: Sql<'_>, owner: Owner) -> Result<(), StoreError> {
        let made = self.sealing(sql)?.new_data_key(owner, &*self.entropy);
        let (_, sealed) = made.map_err(unsealed)?;
        let add = "INSERT INTO data_keys (tenant, sealed) VALUES (?1, ?2)";
        sql.run(add, params![column(owner), sealed]).map(|_| ())
    }

    /// Erases an owner's data key.
    pub(super) fn erase_key(&self, sql: Sql<'_>, owner: Owner) -> Result<(), StoreError> {
        let erase = "DELETE FROM data_keys WHERE tenant = ?1";
        sql.run(erase, [column(owner)]).map(|_| ())
    }

    /// Opens an owner's data key.
    pub(super) fn key(&self, sql: Sql<'_>, owner: Owner) -> Result<OwnerKey, StoreError> {
        let sealed = sealed_key(sql, owner)?;
        let sealed = sealed.ok_or_else(|| without_key(owner))?;
        Ok(OwnerKey {
            owner,
            key: self.open_data_key(owner, &sealed)?,
        })
    }

    /// Opens the data keys of these owners, as far as they have one.
    pub(super) fn keys(
        &self,
        sql: Sql<'_>,
        owners: &[String],
    ) -> Result<HashMap<Owner, OwnerKey>, StoreError> {
        let (marks, params) = lists::list(owners);
        let find = format!("SELECT tenant, sealed FROM data_keys WHERE tenant IN ({marks})");
        let sealed = sql.all(&find, params, |fields| {
            Ok((fields.owner(0)?, fields.plain::<Vec<u8>>(1)?))
        })?;
        let mut keys = HashMap::with_capacity(sealed.len());
        for (owner, sealed) in sealed {
            let key = self.open_data_key(owner, &sealed)?;
            keys.insert(owner, OwnerKey { owner, key });
        }
        Ok(keys)
    }

    /// Seals what is kept of a document's secret for its place.
    pub(super) fn seal(
        &self,
        key: &OwnerKey,
        kind: KindName,
        id: &str,
        secret: &[u8],
    ) -> Result<Vec<u8>, StoreError> {
        let place = key.place(kind, id);
        let sealed = key.key.seal(&place, secret, &*self.entropy);
        sealed.map_err(unsealed)
    }

    /// Seals what is kept of a person, for this person alone.
    pub(super) fn seal_credentials(
        &self,
        key: &OwnerKey,
        person: &str,
        content: &[u8],
    ) -> Result<Vec<u8>, StoreError> {
        let sealed = key.key.seal(&key.person(person), content, &*self.entropy);
        sealed.map_err(unsealed)
    }

    /// Seals what the platform keeps under a name, for this name alone.
    pub(super) fn seal_named(
        &self,
        key: &OwnerKey,
        name: &str,
        content: &[u8],
    ) -> Result<Vec<u8>, StoreError> {
        let sealed = key.key.seal(&key.named(name), content, &*self.entropy);
        sealed.map_err(unsealed)
    }

    /// Seals a fact, for its id alone.
    pub(super) fn seal_fact(
        &self,
        key: &OwnerKey,
        fact: SealedFact,
        id: &str,
        content: &[u8],
    ) -> Result<Vec<u8>, StoreError> {
        let sealed = key.key.seal(&key.fact(fact, id), content, &*self.entropy);
        sealed.map_err(unsealed)
    }
}

/// An owner's data key, in clear.
pub(super) struct OwnerKey {
    owner: Owner,
    key: DataKey,
}

impl OwnerKey {
    /// Opens what a device proves itself with, which was sealed for this very place.
    pub(super) fn open(
        &self,
        kind: KindName,
        id: &str,
        sealed: &[u8],
    ) -> Result<Credentials, StoreError> {
        let bytes = self.open_bytes(kind, id, sealed)?;
        let odd = || corrupt(&format!("{kind} {id}: odd digests"));
        Credentials::from_bytes(&bytes).ok_or_else(odd)
    }

    /// Opens what is kept of a document's secret, which was sealed for this very place.
    pub(super) fn open_bytes(
        &self,
        kind: KindName,
        id: &str,
        sealed: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, StoreError> {
        let opened = self.key.open(&self.place(kind, id), sealed);
        opened.map_err(|error| corrupt(&format!("{kind} {id}: {error}")))
    }

    /// Opens what is kept of a person.
    pub(super) fn open_credentials(
        &self,
        person: &str,
        sealed: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, StoreError> {
        let opened = self.key.open(&self.person(person), sealed);
        opened.map_err(|error| corrupt(&format!("credentials of {person}: {error}")))
    }

    /// Opens what the platform keeps under a name.
    pub(super) fn open_named(
        &self,
        name: &str,
        sealed: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, StoreError> {
        let opened = self.key.open(&self.named(name), sealed);
        opened.map_err(|error| corrupt(&format!("what is sealed as {name}: {error}")))
    }

    /// Opens a fact.
    pub(super) fn open_fact(
        &self,
        fact: SealedFact,
        id: &str,
        sealed: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, StoreError> {
        let opened = self.key.open(&self.fact(fact, id), sealed);
        opened.map_err(|error| corrupt(&format!("the {} of {id}: {error}", fact.as_str())))
    }

    fn named(&self, name: &str) -> Vec<u8> {
        format!("{}/sealed/{name}", self.owner).into_bytes()
    }

    fn fact(&self, fact: SealedFact, id: &str) -> Vec<u8> {
        format!("{}/{}/{id}", self.owner, fact.as_str()).into_bytes()
    }

    fn person(&self, person: &str) -> Vec<u8> {
        format!("{}/credentials/{person}", self.owner).into_bytes()
    }

    fn place(&self, kind: KindName, id: &str) -> Vec<u8> {
        format!("{}/{kind}/{id}", self.owner).into_bytes()
    }
}

/// An owner ought to have a data key and has none.
pub(super) fn without_key(owner: Owner) -> StoreError {
    corrupt(&format!("{owner} has no data key"))
}

fn sealed_key(sql: Sql<'_>, owner: Owner) -> Result<Option<Vec<u8>>, StoreError> {
    let find = "SELECT sealed FROM data_keys WHERE tenant = ?1";
    sql.first(find, [column(owner)], |fields| fields.plain(0))
}

fn newest_name(ring: &Keyring) -> String {
    ring.names().into_iter().next().unwrap_or_default()
}

fn unsealed(error: SealError) -> StoreError {
    corrupt(&error.to_string())
}
