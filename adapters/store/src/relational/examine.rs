//! A close look at a whole store: does each thing in it fit the others?

use std::collections::BTreeSet;

use domain::{Document, facets};
use ports::StoreError;
use tenancy::Owner;

use super::sql::{Sql, column, limit};
use super::value::params;
use super::vault::{OwnerKey, Vault};
use super::{credentials, documents};

/// Documents looked at between two readings.
const AT_ONCE: usize = 500;

/// Faults told in full; more are only counted.
pub const FAULTS_TOLD: usize = 20;

/// What a close look found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Health {
    /// Owners whose data keys opened.
    pub keys: u64,
    /// Documents whose text, unique keys and references agree.
    pub documents: u64,
    /// Secrets that opened.
    pub secrets: u64,
    /// What is kept of people, where it opened and the person is there.
    pub credentials: u64,
    /// Unique keys that are held.
    pub unique_keys: u64,
    /// References whose targets are there.
    pub references: u64,
    /// How many things do not fit.
    pub faults: u64,
    /// The first of them, in words.
    pub told: Vec<String>,
}

impl Health {
    fn fault(&mut self, what: String) {
        self.faults += 1;
        if self.told.len() < FAULTS_TOLD {
            self.told.push(what);
        }
    }
}

/// Looks at every owner's key and every document.
pub(crate) fn examine(sql: Sql<'_>, vault: &Vault) -> Result<Health, StoreError> {
    let mut health = Health::default();
    let all = "SELECT tenant FROM data_keys ORDER BY tenant";
    for owner in sql.all(all, params![], |fields| fields.owner(0))? {
        match vault.key(sql, owner) {
            Ok(key) => {
                health.keys += 1;
                examine_owner(sql, owner, &key, &mut health)?;
                examine_people(sql, owner, &key, &mut health)?;
            }
            Err(error) => health.fault(format!("the data key of {owner}: {error}")),
        }
    }
    let lost = "SELECT COUNT(*) FROM documents d
                WHERE NOT EXISTS (SELECT 1 FROM data_keys k WHERE k.tenant = d.tenant)";
    let lost = sql.first(lost, params![], |fields| fields.number(0))?;
    if let Some(lost) = lost.filter(|&lost| lost > 0) {
        health.fault(format!("{lost} documents have an owner without a data key"));
    }
    Ok(health)
}

fn examine_owner(
    sql: Sql<'_>,
    owner: Owner,
    key: &OwnerKey,
    health: &mut Health,
) -> Result<(), StoreError> {
    let mut after = None;
    loop {
        let piece = documents::after(sql, owner, after.as_ref(), limit(AT_ONCE))?;
        let Some((last, _)) = piece.last() else {
            return Ok(());
        };
        after = Some((last.kind, last.id.clone()));
        for (document, sealed) in piece {
            examine_document(sql, &document, health)?;
            if let Some(sealed) = sealed {
                match key.open_bytes(document.kind, &document.id, &sealed) {
                    Ok(_) => health.secrets += 1,
                    Err(error) => health.fault(error.to_string()),
                }
            }
        }
    }
}

/// What is kept of an owner's people: each opens, belongs to somebody, and so do logins.
fn examine_people(
    sql: Sql<'_>,
    owner: Owner,
    key: &OwnerKey,
    health: &mut Health,
) -> Result<(), StoreError> {
    let mut after = String::new();
    loop {
        let next = "SELECT c.person, c.sealed, d.id FROM credentials c LEFT JOIN documents d
                    ON d.tenant = c.tenant AND d.kind = 'user' AND d.id = c.person
                    WHERE c.tenant = ?1 AND c.person > ?2 ORDER BY c.person LIMIT ?3";
        let place = params![column(owner), after, limit(AT_ONCE)];
        let piece = sql.all(next, place, |fields| {
            let person = fields.plain::<String>(0)?;
            let known = fields.plain::<Option<String>>(2)?.is_some();
            Ok((person, fields.plain::<Vec<u8>>(1)?, known))
        })?;
        let Some((last, _, _)) = piece.last() else {
            break;
        };
        after.clone_from(last);
        for (person, sealed, known) in piece {
            match key.open_credentials(&person, &sealed) {
                Ok(_) if known => health.credentials += 1,
                Ok(_) if credentials::is_of_platform(&person) => health.secrets += 1,
                Ok(_) => health.fault(format!("credentials of {person}, who is not there")),
                Err(error) => health.fault(error.to_string()),
            }
        }
    }
    let lost = "SELECT COUNT(*) FROM logins l WHERE l.tenant = ?1 AND NOT EXISTS
                (SELECT 1 FROM credentials c WHERE c.tenant = l.tenant AND c.person = l.person)";
    let lost = sql.first(lost, [column(owner)], |fields| fields.number(0))?;
    if let Some(lost) = lost.filter(|&lost| lost > 0) {
        health.fault(format!("{lost} logins of {owner} are nobody's"));
    }
    Ok(())
}

/// A document's text, and what the tables say of it.
fn examine_document(
    sql: Sql<'_>,
    document: &Document,
    health: &mut Health,
) -> Result<(), StoreError> {
    let name = format!("{} {} of {}", document.kind, document.id, document.owner);
    let stated = match facets(document) {
        Ok(stated) => stated,
        Err(invalid) => {
            health.fault(format!("{name}: {invalid}"));
            return Ok(());
        }
    };
    let place = [
        column(document.owner),
        document.kind.as_str().to_owned(),
        document.id.clone(),
    ];
    let pair = |fields: &super::sql::Fields<'_>| {
        Ok((fields.plain::<String>(0)?, fields.plain::<String>(1)?))
    };
    let find = "SELECT space, key FROM unique_keys WHERE tenant = ?1 AND kind = ?2 AND id = ?3";
    let held: BTreeSet<_> = sql.all(find, place.clone(), pair)?.into_iter().collect();
    let keys = stated.unique_keys.iter();
    let said: BTreeSet<_> = keys.map(|k| (k.space.to_owned(), k.key.clone())).collect();
    let find =
        "SELECT field, p.target FROM pointers p JOIN documents d ON d.tenant = p.target_tenant
                AND d.kind = p.target_kind AND d.id = p.target
                WHERE p.tenant = ?1 AND p.kind = ?2 AND p.id = ?3";
    let found: BTreeSet<_> = sql.all(find, place, pair)?.into_iter().collect();
    let references = stated.references.iter();
    let named: BTreeSet<_> = references
        .map(|r| (r.field.clone(), r.id.clone()))
        .collect();
    if held != said {
        health.fault(format!("{name}: its unique keys are not what it says"));
    } else if found != named {
        health.fault(format!("{name}: its references are not what it says"));
    } else {
        health.documents += 1;
    }
    health.unique_keys += u64::try_from(held.len()).unwrap_or_default();
    health.references += u64::try_from(found.len()).unwrap_or_default();
    Ok(())
}
