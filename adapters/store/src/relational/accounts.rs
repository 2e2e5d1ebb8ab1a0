//! The tree of accounts: who lies below whom.
//!
//! It is not kept apart: a reseller and a tenant refer to the reseller above them, and every
//! reference is a row of `pointers`.

use domain::{Document, KindName, PORTAL_SPACE, Place, Reseller, Resource, Tenant};
use ids::ResellerId;
use ports::{ACCOUNT_DEPTH_MAX, Listing, Page, StoreError};
use tenancy::{Account, Owner};

use super::documents;
use super::sql::{Sql, column};
use super::value::params;

/// The resellers and tenants below the account `?1`, as owners with their kinds.
const BELOW: &str = "WITH RECURSIVE below (account) AS (
        SELECT tenant FROM documents WHERE tenant = ?1 AND kind = 'reseller' AND id = ?1
        UNION
        SELECT p.tenant FROM pointers p JOIN below b ON p.target_tenant = b.account
        WHERE p.target_kind = 'reseller' AND p.kind = 'reseller'
    )
    SELECT p.tenant FROM pointers p JOIN below b ON p.target_tenant = b.account
    WHERE p.target_kind = 'reseller' AND p.kind = ?2";

/// The account right above an owner; `None` for the platform.
fn above(sql: Sql<'_>, owner: Owner) -> Result<Option<Account>, StoreError> {
    if owner == Owner::PLATFORM {
        return Ok(None);
    }
    let find = "SELECT target_tenant FROM pointers
                WHERE tenant = ?1 AND id = ?1 AND target_kind = 'reseller'";
    let found = sql.first(find, [column(owner)], |fields| fields.owner(0))?;
    Ok(Some(
        found.and_then(Owner::account).unwrap_or(Account::Platform),
    ))
}

/// Whether an owner lies below an account, at any depth.
fn lies_below(sql: Sql<'_>, owner: Owner, account: Account) -> Result<bool, StoreError> {
    let mut at = owner;
    for _ in 0..=ACCOUNT_DEPTH_MAX {
        match above(sql, at)? {
            Some(found) if found == account => return Ok(true),
            Some(found) => at = found.into(),
            None => return Ok(false),
        }
    }
    Ok(false)
}

/// Whether an owner is there, and is the account itself or lies below it.
pub(super) fn commands(sql: Sql<'_>, account: Account, owner: Owner) -> Result<bool, StoreError> {
    let kind = match owner {
        Owner::Account(Account::Platform) => return Ok(account == Account::Platform),
        Owner::Account(Account::Reseller(_)) => KindName::Reseller,
        Owner::Tenant(_) => KindName::Tenant,
    };
    if documents::by_id(sql, owner, kind, &owner.to_string())?.is_none() {
        return Ok(false);
    }
    Ok(owner == Owner::Account(account) || lies_below(sql, owner, account)?)
}

/// Whether a reseller and all above it are enabled.
pub(super) fn is_open(sql: Sql<'_>, owner: Owner) -> Result<bool, StoreError> {
    let mut at = owner;
    for _ in 0..=ACCOUNT_DEPTH_MAX {
        let Owner::Account(Account::Reseller(id)) = at else {
            return Ok(true);
        };
        let own = documents::by_id(sql, at, KindName::Reseller, &id.to_string())?;
        let Some(own) = own else {
            return Ok(false);
        };
        let reseller: Resource<Reseller> = own.try_into()?;
        if !reseller.spec.enabled {
            return Ok(false);
        }
        at = Account::of(reseller.spec.parent).into();
    }
    Ok(false)
}

/// The reseller whose brand has a portal.
pub(super) fn of_portal(sql: Sql<'_>, domain: &str) -> Result<Option<ResellerId>, StoreError> {
    let find = "SELECT id FROM unique_keys
                WHERE platform = 1 AND space = ?1 AND key = ?2 AND kind = 'reseller'";
    sql.first(find, params![PORTAL_SPACE, domain], |fields| fields.word(0))
}

/// The resellers above an owner, the nearest first; a reseller is the first of its own.
pub(super) fn resellers_above(sql: Sql<'_>, owner: Owner) -> Result<Vec<Document>, StoreError> {
    let mut at = match owner {
        Owner::Account(account) => Some(account),
        Owner::Tenant(_) => above(sql, owner)?,
    };
    let mut found = Vec::new();
    while let Some(Account::Reseller(id)) = at {
        let whose = Owner::from(id);
        found.extend(documents::by_id(
            sql,
            whose,
            KindName::Reseller,
            &id.to_string(),
        )?);
        if found.len() > ACCOUNT_DEPTH_MAX {
            break;
        }
        at = above(sql, whose)?;
    }
    Ok(found)
}

/// Whether an owner's people may sign in: it is enabled, and so is every reseller above it.
pub(super) fn lets_people_in(sql: Sql<'_>, owner: Owner) -> Result<bool, StoreError> {
    let Owner::Tenant(tenant) = owner else {
        return is_open(sql, owner);
    };
    let own = documents::by_id(sql, owner, KindName::Tenant, &tenant.to_string())?;
    let Some(own) = own else {
        return Ok(false);
    };
    let own: Resource<Tenant> = own.try_into()?;
    Ok(own.spec.enabled && is_open(sql, Account::of(own.spec.reseller).into())?)
}

/// A document that an account sees.
pub(super) fn found(
    sql: Sql<'_>,
    account: Account,
    kind: KindName,
    key: &str,
) -> Result<Option<Document>, StoreError> {
    match kind.place() {
        Place::Account if kind == KindName::Plan && kind.is_id(key) => plan(sql, account, key),
        Place::Account | Place::Anywhere => documents::named(sql, account.into(), kind, key),
        Place::Tenant => Ok(None),
        Place::Itself => {
            let Some(found) = documents::named_itself(sql, kind, key)? else {
                return Ok(None);
            };
            let seen = commands(sql, account, found.owner)?;
            Ok(seen.then_some(found))
        }
    }
}

/// A plan of an account, or one that it was granted.
fn plan(sql: Sql<'_>, account: Account, id: &str) -> Result<Option<Document>, StoreError> {
    let Some(owner) = documents::owner_of(sql, KindName::Plan, id)? else {
        return Ok(None);
    };
    if owner != Owner::Account(account) {
        let granted = "SELECT 1 FROM pointers WHERE target_tenant = ?1 AND target_kind = 'plan'
                       AND target = ?2 AND tenant = ?3 AND kind = 'reseller'";
        let key = params![column(owner), id, column(account.into())];
        if sql.first(granted, key, |_| Ok(()))?.is_none() {
            return Ok(None);
        }
    }
    documents::by_id(sql, owner, KindName::Plan, id)
}

/// One page of the documents of a kind that an account sees, without its own.
pub(super) fn list(
    sql: Sql<'_>,
    account: Account,
    kind: KindName,
    page: &Page,
) -> Result<Listing, StoreError> {
    let word = kind.as_str().to_owned();
    match (kind.place(), account) {
        (Place::Account, _) => {
            let within = "kind = ?6 AND (d.tenant = ?5 OR d.id IN (
                SELECT target FROM pointers
                WHERE tenant = ?5 AND kind = 'reseller' AND target_kind = 'plan'))";
            documents::listing(sql, within, &[column(account.into()), word], page)
        }
        (Place::Anywhere, _) => documents::list(sql, account.into(), kind, page),
        (Place::Tenant, _) => Ok(Listing::default()),
        (Place::Itself, Account::Platform) => documents::listing(sql, "kind = ?5", &[word], page),
        (Place::Itself, Account::Reseller(_)) => {
            let below = BELOW.replace("?1", "?5").replace("?2", "?6");
            let within = format!("kind = ?6 AND d.tenant IN ({below})");
            documents::listing(sql, &within, &[column(account.into()), word], page)
        }
    }
}

/// How many resellers or tenants lie below an account.
pub(super) fn count_below(
    sql: Sql<'_>,
    account: Account,
    kind: KindName,
) -> Result<u64, StoreError> {
    let word = kind.as_str();
    let found = match account {
        Account::Platform => {
            let count = "SELECT COUNT(*) FROM documents WHERE kind = ?1";
            sql.first(count, [word], |fields| fields.number(0))?
        }
        Account::Reseller(_) => {
            let count = format!("SELECT COUNT(*) FROM ({BELOW}) AS below_it");
            let key = params![column(account.into()), word];
            sql.first(&count, key, |fields| fields.number(0))?
        }
    };
    Ok(found.unwrap_or_default())
}

/// How many documents of a kind the tenants below an account have together.
pub(super) fn count_within(
    sql: Sql<'_>,
    account: Account,
    kind: KindName,
) -> Result<u64, StoreError> {
    let (word, tenants) = (kind.as_str(), KindName::Tenant.as_str());
    let found = match account {
        Account::Platform => {
            let count = "SELECT COUNT(*) FROM documents WHERE kind = ?1
                         AND tenant IN (SELECT id FROM documents WHERE kind = 'tenant')";
            sql.first(count, [word], |fields| fields.number(0))?
        }
        Account::Reseller(_) => {
            let count = format!(
                "SELECT COUNT(*) FROM documents d WHERE d.kind = ?3 AND d.tenant IN ({BELOW})"
            );
            let key = params![column(account.into()), tenants, word];
            sql.first(&count, key, |fields| fields.number(0))?
        }
    };
    Ok(found.unwrap_or_default())
}
