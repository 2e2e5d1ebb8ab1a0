//! The tables of what is kept of people.

use async_trait::async_trait;
use domain::{AuditEntry, Document, KindName};
use ids::{LoginId, UserId};
use ports::{CredentialRecord, CredentialStore, Person, SAME_MAIL_MAX, StoreError};
use tenancy::{Account, Owner};

use super::SqlStore;
use super::readers::Snapshot;
use super::sight::Sight;
use super::sql::{Sql, column, corrupt, integer, limit};
use super::value::params;
use super::vault::OwnerKey;
use super::writer::Desk;
use super::{accounts, documents, trail};

/// What the name of a secret of the platform begins with in the column of people.
const PLATFORM_SECRET: &str = "platform:";

/// Whether a record is a secret of the platform and no person's.
pub(super) fn is_of_platform(person: &str) -> bool {
    person.starts_with(PLATFORM_SECRET)
}

/// What work on one owner may see.
fn sight(owner: Owner) -> Sight {
    owner.tenant().map_or(Sight::Everything, Sight::Tenant)
}

/// Erases what is kept of a person.
pub(super) fn remove(sql: Sql<'_>, owner: Owner, person: &str) -> Result<(), StoreError> {
    end_logins(sql, owner, person)?;
    let erase = "DELETE FROM credentials WHERE tenant = ?1 AND person = ?2";
    sql.run(erase, params![column(owner), person]).map(|_| ())
}

/// Ends the logins of a person who was disabled.
pub(super) fn changed(sql: Sql<'_>, user: &Document) -> Result<(), StoreError> {
    if user.spec["enabled"] != false {
        return Ok(());
    }
    // whoever has read the record meanwhile must not bring the logins back
    let touch = "UPDATE credentials SET revision = revision + 1 WHERE tenant = ?1 AND person = ?2";
    sql.run(touch, params![column(user.owner), user.id])?;
    end_logins(sql, user.owner, &user.id)
}

fn end_logins(sql: Sql<'_>, owner: Owner, person: &str) -> Result<(), StoreError> {
    let end = "DELETE FROM logins WHERE tenant = ?1 AND person = ?2";
    sql.run(end, params![column(owner), person]).map(|_| ())
}

/// What is kept of a person, opened.
pub(super) fn content(
    sql: Sql<'_>,
    key: &OwnerKey,
    owner: Owner,
    person: &str,
) -> Result<Option<Vec<u8>>, StoreError> {
    let find = "SELECT sealed FROM credentials WHERE tenant = ?1 AND person = ?2";
    let sealed = sql.first(find, params![column(owner), person], |fields| {
        fields.plain::<Vec<u8>>(0)
    })?;
    let opened = sealed.map(|sealed| key.open_credentials(person, &sealed));
    Ok(opened.transpose()?.map(|content| content.to_vec()))
}

/// Keeps what a person signs in with, unless something is kept already.
pub(super) fn add(
    desk: &Desk<'_>,
    key: &OwnerKey,
    record: &CredentialRecord,
) -> Result<(), StoreError> {
    let person = record.user.to_string();
    let sealed = desk.vault.seal_credentials(key, &person, &record.content)?;
    let add = "INSERT INTO credentials (tenant, person, revision, sealed)
               VALUES (?1, ?2, 1, ?3) ON CONFLICT DO NOTHING";
    let row = params![column(record.owner), person, sealed];
    desk.sql.run(add, row).map(|_| ())
}

fn record(now: &Snapshot<'_>, owner: Owner, user: UserId) -> Result<CredentialRecord, StoreError> {
    let (whose, person) = (column(owner), user.to_string());
    let find = "SELECT revision, sealed FROM credentials WHERE tenant = ?1 AND person = ?2";
    let found = now.sql.first(find, params![whose, person], |fields| {
        Ok((fields.number(0)?, fields.plain::<Vec<u8>>(1)?))
    })?;
    let Some((revision, sealed)) = found else {
        return Ok(CredentialRecord::none(user, owner));
    };
    let key = now.vault.key(now.sql, owner)?;
    let find = "SELECT login FROM logins WHERE tenant = ?1 AND person = ?2 ORDER BY login";
    let logins = now
        .sql
        .all(find, params![whose, person], |fields| fields.word(0))?;
    Ok(CredentialRecord {
        user,
        owner,
        revision,
        logins,
        content: key.open_credentials(&person, &sealed)?.to_vec(),
    })
}

/// The person with an owner whose document this is.
fn person(now: &Snapshot<'_>, user: Document) -> Result<Person, StoreError> {
    let owner = user.owner;
    let id = user.id.parse();
    let id = id.map_err(|_| corrupt("a person without an id"))?;
    let own = match owner {
        Owner::Account(Account::Platform) => None,
        Owner::Account(Account::Reseller(_)) => Some(KindName::Reseller),
        Owner::Tenant(_) => Some(KindName::Tenant),
    };
    let own = own.map(|kind| documents::by_id(now.sql, owner, kind, &owner.to_string()));
    Ok(Person {
        user,
        owner: own.transpose()?.flatten(),
        open: accounts::lets_people_in(now.sql, owner)?,
        credentials: record(now, owner, id)?,
    })
}

fn person_by_id(now: &Snapshot<'_>, id: &str) -> Result<Option<Person>, StoreError> {
    let find = "SELECT tenant FROM documents WHERE kind = 'user' AND id = ?1";
    let owner = now.sql.first(find, [id], |fields| fields.owner(0))?;
    owner.map_or(Ok(None), |owner| person_of(now, owner, id))
}

fn person_of(now: &Snapshot<'_>, owner: Owner, key: &str) -> Result<Option<Person>, StoreError> {
    let user = documents::named(now.sql, owner, KindName::User, key)?;
    user.map(|user| person(now, user)).transpose()
}

/// The owner that a text names.
fn named(sql: Sql<'_>, at: &str) -> Result<Option<Owner>, StoreError> {
    if let Ok(owner) = at.parse() {
        return Ok(Some(owner));
    }
    for kind in [KindName::Tenant, KindName::Reseller] {
        if let Some(found) = documents::named_itself(sql, kind, at)? {
            return Ok(Some(found.owner));
        }
    }
    Ok(None)
}

fn with_mail(now: &Snapshot<'_>, mail: &str, at: Option<&str>) -> Result<Vec<Person>, StoreError> {
    // an id is no mail address
    if KindName::User.is_id(mail) {
        return Ok(Vec::new());
    }
    let owners = match at {
        Some(at) => named(now.sql, at)?.into_iter().collect(),
        None => {
            let find = "SELECT tenant FROM unique_keys WHERE space = 'mail' AND key = ?1
                        ORDER BY tenant LIMIT ?2";
            let key = params![mail, limit(SAME_MAIL_MAX)];
            now.sql.all(find, key, |fields| fields.owner(0))?
        }
    };
    let mut found = Vec::new();
    for owner in owners {
        found.extend(person_of(now, owner, mail)?);
    }
    Ok(found)
}

fn put(
    desk: &Desk<'_>,
    record: &CredentialRecord,
    audit: &[AuditEntry],
) -> Result<u64, StoreError> {
    let (sql, owner) = (desk.sql, record.owner);
    let (whose, person) = (column(owner), record.user.to_string());
    if documents::by_id(sql, owner, KindName::User, &person)?.is_none() {
        return Err(StoreError::NotFound);
    }
    let find = "SELECT revision FROM credentials WHERE tenant = ?1 AND person = ?2";
    let current = sql.first(find, params![whose, person], |fields| fields.number(0))?;
    let current = current.unwrap_or_default();
    if current != record.revision {
        return Err(StoreError::RevisionMismatch { current });
    }
    let next = current + 1;
    let key = desk.vault.key(sql, owner)?;
    let sealed = desk
        .vault
        .seal_credentials(&key, &person, &record.content)?;
    let keep = "INSERT INTO credentials (tenant, person, revision, sealed)
                VALUES (?1, ?2, ?3, ?4) ON CONFLICT (tenant, person)
                DO UPDATE SET revision = excluded.revision, sealed = excluded.sealed";
    sql.run(keep, params![whose, person, integer(next), sealed])?;
    end_logins(sql, owner, &person)?;
    for login in &record.logins {
        let add = "INSERT INTO logins (tenant, person, login) VALUES (?1, ?2, ?3)";
        sql.run(add, params![whose, person, login.to_string()])?;
    }
    for entry in audit {
        trail::add(sql, entry)?;
    }
    Ok(next)
}

fn secret_or_insert(desk: &Desk<'_>, name: &str, fresh: [u8; 32]) -> Result<[u8; 32], StoreError> {
    let (sql, name) = (desk.sql, format!("{PLATFORM_SECRET}{name}"));
    let (whose, key) = (
        column(Owner::PLATFORM),
        desk.vault.key(sql, Owner::PLATFORM)?,
    );
    let sealed = desk.vault.seal_credentials(&key, &name, &fresh)?;
    let add = "INSERT INTO credentials (tenant, person, revision, sealed)
               VALUES (?1, ?2, 1, ?3) ON CONFLICT DO NOTHING";
    sql.run(add, params![whose, name, sealed])?;
    let find = "SELECT sealed FROM credentials WHERE tenant = ?1 AND person = ?2";
    let kept = sql.first(find, params![whose, name], |fields| {
        fields.plain::<Vec<u8>>(0)
    })?;
    let kept = kept.ok_or_else(|| corrupt("a secret that was just kept is not there"))?;
    let opened = key.open_credentials(&name, &kept)?;
    let odd = |_| corrupt("a secret of odd length");
    <[u8; 32]>::try_from(opened.as_slice()).map_err(odd)
}

#[async_trait]
impl CredentialStore for SqlStore {
    async fn person(&self, user: UserId) -> Result<Option<Person>, StoreError> {
        self.look(Sight::Everything, move |now| {
            person_by_id(now, &user.to_string())
        })
        .await
    }

    async fn person_of_login(&self, login: LoginId) -> Result<Option<Person>, StoreError> {
        self.look(Sight::Everything, move |now| {
            let find = "SELECT person FROM logins WHERE login = ?1";
            let login = login.to_string();
            let id: Option<String> = now.sql.first(find, [login], |fields| fields.plain(0))?;
            id.map_or(Ok(None), |id| person_by_id(now, &id))
        })
        .await
    }

    async fn people_with_mail(
        &self,
        mail: &str,
        at: Option<&str>,
    ) -> Result<Vec<Person>, StoreError> {
        let (mail, at) = (mail.to_owned(), at.map(str::to_owned));
        self.read(Sight::Everything, move |now| {
            with_mail(now, &mail, at.as_deref())
        })
        .await
    }

    async fn put_credentials(
        &self,
        record: &CredentialRecord,
        audit: &[AuditEntry],
    ) -> Result<u64, StoreError> {
        record.check()?;
        let (record, audit) = (record.clone(), audit.to_vec());
        self.write(sight(record.owner), 1, move |desk| {
            put(desk, &record, &audit)
        })
        .await
    }

    async fn note_person(&self, audit: &AuditEntry) -> Result<(), StoreError> {
        let audit = audit.clone();
        self.write(sight(audit.owner), 1, move |desk| {
            trail::add(desk.sql, &audit).map(|_| ())
        })
        .await
    }

    async fn resellers_above(&self, owner: Owner) -> Result<Vec<Document>, StoreError> {
        self.look(Sight::Everything, move |now| {
            accounts::resellers_above(now.sql, owner)
        })
        .await
    }

    async fn secret_or_insert(&self, name: &str, fresh: [u8; 32]) -> Result<[u8; 32], StoreError> {
        let name = name.to_owned();
        self.write(Sight::Everything, 1, move |desk| {
            secret_or_insert(desk, &name, fresh)
        })
        .await
    }
}
