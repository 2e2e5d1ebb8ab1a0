//! Reading documents and their history.

use std::collections::BTreeSet;

use domain::{Document, KindName, Resource, SigningKey, Version};
use ids::{SigningKeyId, TenantId};
use ports::{Cursor, Listing, Order, Page, StoreError};
use tenancy::Owner;

use super::feed::change;
use super::lists;
use super::sql::{Fields, Sql, column, corrupt, json, limit};
use super::value::{ToValue, params};
use crate::paging;

/// The columns that [`document`] reads, in this order.
const COLUMNS: &str = "tenant, kind, id, revision, name, spec, created, updated";

fn document(fields: &Fields<'_>) -> Result<Document, StoreError> {
    Ok(Document {
        owner: fields.owner(0)?,
        kind: fields.word(1)?,
        id: fields.plain(2)?,
        revision: fields.number(3)?,
        name: fields.plain(4)?,
        spec: fields.json(5)?,
        created: fields.time(6)?,
        updated: fields.time(7)?,
    })
}

/// An account's document that names a tenant.
pub(super) struct Given {
    pub(super) document: Document,
    pub(super) sealed: Option<Vec<u8>>,
    /// The tenant.
    pub(super) to: Owner,
}

/// The document with this id.
pub(super) fn by_id(
    sql: Sql<'_>,
    owner: Owner,
    kind: KindName,
    id: &str,
) -> Result<Option<Document>, StoreError> {
    let find =
        format!("SELECT {COLUMNS} FROM documents WHERE tenant = ?1 AND kind = ?2 AND id = ?3");
    let key = params![column(owner), kind.as_str(), id];
    sql.first(&find, key, document)
}

/// The document of an owner that a text names: by its id or, when it is none, by its natural key.
pub(super) fn named(
    sql: Sql<'_>,
    owner: Owner,
    kind: KindName,
    key: &str,
) -> Result<Option<Document>, StoreError> {
    if kind.is_id(key) {
        return by_id(sql, owner, kind, key);
    }
    let find = "SELECT id FROM unique_keys
                WHERE tenant = ?1 AND space = ?2 AND key = ?3 AND kind = ?4";
    let key = params![column(owner), kind.key_space(), key, kind.as_str()];
    let id: Option<String> = sql.first(find, key, |fields| fields.plain(0))?;
    id.map_or(Ok(None), |id| by_id(sql, owner, kind, &id))
}

/// The document that is its own owner and that a text names: by its id, or by a key that is taken
/// once on the platform.
pub(super) fn named_itself(
    sql: Sql<'_>,
    kind: KindName,
    key: &str,
) -> Result<Option<Document>, StoreError> {
    if kind.is_id(key) {
        let owner = key
            .parse()
            .map_err(|_| corrupt("an id that owns nothing"))?;
        return by_id(sql, owner, kind, key);
    }
    let find = "SELECT tenant FROM unique_keys
                WHERE platform = 1 AND space = ?1 AND key = ?2 AND kind = ?3";
    let key = params![kind.key_space(), key, kind.as_str()];
    let owner: Option<Owner> = sql.first(find, key, |fields| fields.owner(0))?;
    owner.map_or(Ok(None), |owner| {
        by_id(sql, owner, kind, &owner.to_string())
    })
}

/// Whether there is such a tenant.
pub(super) fn has_tenant(sql: Sql<'_>, tenant: TenantId) -> Result<bool, StoreError> {
    let find = "SELECT 1 FROM documents WHERE tenant = ?1 AND kind = 'tenant' AND id = ?1";
    let found = sql.first(find, [tenant.to_string()], |_| Ok(()))?;
    Ok(found.is_some())
}

/// Those of some tenants that are there.
pub(super) fn present(
    sql: Sql<'_>,
    tenants: impl IntoIterator<Item = TenantId>,
) -> Result<BTreeSet<TenantId>, StoreError> {
    let asked: BTreeSet<[String; 1]> = tenants.into_iter().map(|id| [id.to_string()]).collect();
    let find = "SELECT d.tenant FROM json_each(?1) AS item CROSS JOIN documents AS d
                WHERE d.tenant = item.value ->> 0 AND d.kind = 'tenant' AND d.id = d.tenant";
    let mut there = BTreeSet::new();
    sql.until(find, [json(&asked)?], |fields| {
        there.insert(fields.word(0)?);
        Ok(true)
    })?;
    Ok(there)
}

/// Who owns the document of a kind whose ids are taken once on the platform.
pub(super) fn owner_of(
    sql: Sql<'_>,
    kind: KindName,
    id: &str,
) -> Result<Option<Owner>, StoreError> {
    // the kind is part of the text, so that the index of its ids is used
    let find = format!("SELECT tenant FROM documents WHERE kind = '{kind}' AND id = ?1");
    sql.first(&find, [id], |fields| fields.owner(0))
}

/// The certificates of a signing key, whoever owns it.
pub(super) fn certificates_of(
    sql: Sql<'_>,
    key: SigningKeyId,
) -> Result<Option<String>, StoreError> {
    let find = format!("SELECT {COLUMNS} FROM documents WHERE kind = 'signing_key' AND id = ?1");
    let Some(found) = sql.first(&find, [key.to_string().as_str()], document)? else {
        return Ok(None);
    };
    let found: Resource<SigningKey> = found.try_into()?;
    Ok(Some(found.spec.certificates))
}

/// Number of a kind's documents.
pub(super) fn count(sql: Sql<'_>, owner: Owner, kind: KindName) -> Result<u64, StoreError> {
    let count = "SELECT COUNT(*) FROM documents WHERE tenant = ?1 AND kind = ?2";
    let key = params![column(owner), kind.as_str()];
    let found = sql.first(count, key, |fields| fields.number(0))?;
    Ok(found.unwrap_or_default())
}

/// Documents of these tenants that a running exchange compiles, by tenant and kind, each with its
/// sealed digests.
pub(super) fn compiled(
    sql: Sql<'_>,
    tenants: &[String],
) -> Result<Vec<(Document, Option<Vec<u8>>)>, StoreError> {
    let (marks, params) = lists::list(tenants);
    let find = format!(
        "SELECT {COLUMNS}, digests FROM documents
         WHERE tenant IN ({marks}) AND kind IN
         ('tenant', 'extension', 'device', 'rate_deck', 'trunk', 'signing_key', 'schedule',
          'inbound_route', 'outbound_route', 'emergency_location', 'site', 'toll_guard',
          'containment', 'sound', 'music')
         ORDER BY tenant, kind, id"
    );
    sql.all(&find, params, |fields| {
        Ok((document(fields)?, fields.plain(8)?))
    })
}

/// Documents of accounts that name these tenants: trunks and signing keys that are shared with
/// them, numbers that are assigned to them; by tenant and kind, each with its sealed secret.
pub(super) fn given(sql: Sql<'_>, tenants: &[String]) -> Result<Vec<Given>, StoreError> {
    let (marks, params) = lists::list(tenants);
    let find = format!(
        "SELECT d.tenant, d.kind, d.id, d.revision, d.name, d.spec, d.created, d.updated,
                d.digests, p.target_tenant
         FROM pointers p
         JOIN documents d ON d.tenant = p.tenant AND d.kind = p.kind AND d.id = p.id
         WHERE p.target_tenant IN ({marks}) AND p.target_kind = 'tenant'
               AND p.kind IN ('trunk', 'number', 'signing_key')
         ORDER BY p.target_tenant, d.kind, d.id"
    );
    sql.all(&find, params, |fields| {
        Ok(Given {
            document: document(fields)?,
            sealed: fields.plain(8)?,
            to: fields.owner(9)?,
        })
    })
}

/// The owner's documents after a kind and an id in the order of both, with their sealed secrets.
pub(super) fn after(
    sql: Sql<'_>,
    owner: Owner,
    place: Option<&(KindName, String)>,
    most: i64,
) -> Result<Vec<(Document, Option<Vec<u8>>)>, StoreError> {
    let find = format!(
        "SELECT {COLUMNS}, digests FROM documents
         WHERE tenant = ?1 AND (kind, id) > (?2, ?3) ORDER BY kind, id LIMIT ?4"
    );
    let (kind, id) = place.map_or(("", ""), |(kind, id)| (kind.as_str(), id.as_str()));
    sql.all(&find, params![column(owner), kind, id, most], |fields| {
        Ok((document(fields)?, fields.plain(8)?))
    })
}

/// One page of a kind's documents with one owner.
pub(super) fn list(
    sql: Sql<'_>,
    owner: Owner,
    kind: KindName,
    page: &Page,
) -> Result<Listing, StoreError> {
    let keys = [column(owner), kind.as_str().to_owned()];
    listing(sql, "tenant = ?5 AND kind = ?6", &keys, page)
}

/// One page of the documents that fulfil a condition, whose parameters come after the four of
/// the page.
pub(super) fn listing(
    sql: Sql<'_>,
    within: &str,
    keys: &[String],
    page: &Page,
) -> Result<Listing, StoreError> {
    let at = match page.order {
        Order::Created => "id",
        Order::Name => "name",
    };
    let find = format!(
        "SELECT {COLUMNS} FROM documents d WHERE {within}
         AND {at} > ?1
         AND (CAST(?2 AS TEXT) IS NULL OR instr(lower(name), ?2) > 0)
         AND (CAST(?3 AS TEXT) IS NULL OR EXISTS (SELECT 1 FROM pointers p WHERE p.tenant = d.tenant
              AND p.target = ?3 AND p.kind = d.kind AND p.id = d.id))
         ORDER BY {at} LIMIT ?4"
    );
    let after = page.after.as_ref().map_or("", |cursor| cursor.0.as_str());
    let part = page.filter.name_contains.as_ref();
    let part = part.map(|part| part.to_ascii_lowercase());
    let most = limit(page.bounded_limit() + 1);
    let mut all = params![after, part, page.filter.refers_to, most];
    all.extend(keys.iter().map(ToValue::to_value));
    let mut documents = sql.all(&find, all, document)?;
    let next = paging::cut(&mut documents, page.bounded_limit(), |last| {
        Cursor(paging::position(last, page).to_owned())
    });
    Ok(Listing { documents, next })
}

/// The latest revisions of a document, newest first.
pub(super) fn history(
    sql: Sql<'_>,
    owner: Owner,
    kind: KindName,
    id: &str,
) -> Result<Vec<Version>, StoreError> {
    let find = "SELECT revision, change, at, actor, document FROM history
                WHERE tenant = ?1 AND kind = ?2 AND id = ?3 ORDER BY number DESC";
    let key = params![column(owner), kind.as_str(), id];
    sql.all(find, key, |fields| {
        Ok(Version {
            revision: fields.number(0)?,
            change: change(fields, 1)?,
            at: fields.time(2)?,
            actor: fields.plain(3)?,
            document: fields.json(4)?,
        })
    })
}
