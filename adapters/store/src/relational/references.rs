//! The table of references, read from their ends.

use async_trait::async_trait;
use domain::{KindName, Referrer};
use ports::{Cursor, PAGE_MAX, ReferenceBook, Referrers, StoreError};
use tenancy::{Account, AccountScope, Owner, TenantScope};

use super::sight::Sight;
use super::sql::{Fields, Sql, column, limit};
use super::value::{ToValue, params};
use super::{SqlStore, accounts, documents};
use crate::paging;

/// Those who refer to the document `?1`, `?2`, `?3`.
const FIND: &str = "SELECT p.kind, p.id, d.name, p.field
    FROM pointers p JOIN documents d ON d.tenant = p.tenant AND d.kind = p.kind AND d.id = p.id
    WHERE p.target_tenant = ?1 AND p.target_kind = ?2 AND p.target = ?3";

/// The account `?8` with all resellers and tenants below it.
const WITHIN: &str = "WITH RECURSIVE below (account) AS (
        SELECT tenant FROM documents WHERE tenant = ?8 AND kind = 'reseller' AND id = ?8
        UNION
        SELECT p.tenant FROM pointers p JOIN below b ON p.target_tenant = b.account
        WHERE p.target_kind = 'reseller' AND p.kind = 'reseller'
    )
    SELECT account FROM below
    UNION
    SELECT p.tenant FROM pointers p JOIN below b ON p.target_tenant = b.account
    WHERE p.target_kind = 'reseller' AND p.kind = 'tenant'";

fn referrer(fields: &Fields<'_>) -> Result<Referrer, StoreError> {
    Ok(Referrer {
        kind: fields.word(0)?,
        id: fields.plain(1)?,
        name: fields.plain(2)?,
        field: fields.plain(3)?,
    })
}

/// The first of those who refer to a document, kind by kind in the order of all kinds. Only kinds
/// that can refer to it are asked.
pub(super) fn first(
    sql: Sql<'_>,
    owner: Owner,
    (kind, id): (KindName, &str),
    most: usize,
) -> Result<Vec<Referrer>, StoreError> {
    let find = format!("{FIND} AND p.kind = ?4 ORDER BY p.id, p.field LIMIT ?5");
    let mut found = Vec::new();
    for from in kind.pointed_at_by() {
        let room = limit(most - found.len());
        let place = params![column(owner), kind.as_str(), id, from.as_str(), room];
        found.extend(sql.all(&find, place, referrer)?);
    }
    Ok(found)
}

/// How many refer to a document.
pub(super) fn count(
    sql: Sql<'_>,
    owner: Owner,
    (kind, id): (KindName, &str),
) -> Result<u64, StoreError> {
    let count = "SELECT COUNT(*) FROM pointers
                 WHERE target_tenant = ?1 AND target_kind = ?2 AND target = ?3";
    let found = sql.first(count, params![column(owner), kind.as_str(), id], |fields| {
        fields.number(0)
    })?;
    Ok(found.unwrap_or_default())
}

/// What lies inside an owner, as what keeps it from being deleted.
pub(super) fn inside(
    sql: Sql<'_>,
    owner: Owner,
    kind: KindName,
    most: usize,
) -> Result<Vec<Referrer>, StoreError> {
    let find = "SELECT kind, id, name, '/owner' FROM documents WHERE tenant = ?1 AND kind = ?2
                ORDER BY id LIMIT ?3";
    let place = params![column(owner), kind.as_str(), limit(most)];
    sql.all(find, place, referrer)
}

/// One page of those who refer to a document, as far as an account sees them.
fn page(
    sql: Sql<'_>,
    (owner, kind, id): (Owner, KindName, &str),
    seen_by: Account,
    after: Option<&Cursor>,
    most: usize,
) -> Result<Referrers, StoreError> {
    let within = match seen_by {
        Account::Platform => String::new(),
        Account::Reseller(_) => format!("AND p.tenant IN ({WITHIN})"),
    };
    let find = format!(
        "{FIND} AND (p.kind, p.id, p.field) > (?4, ?5, ?6) {within}
         ORDER BY p.kind, p.id, p.field LIMIT ?7"
    );
    let place = paging::referrer_after(after);
    let most = most.clamp(1, PAGE_MAX);
    let mut all = params![column(owner), kind.as_str(), id, place.0, place.1, place.2];
    all.push(limit(most + 1).to_value());
    if seen_by != Account::Platform {
        all.push(column(seen_by.into()).to_value());
    }
    let mut by = sql.all(&find, all, referrer)?;
    let next = paging::cut(&mut by, most, paging::after_referrer);
    Ok(Referrers { by, next })
}

#[async_trait]
impl ReferenceBook for SqlStore {
    async fn referrers(
        &self,
        scope: &TenantScope,
        (kind, id): (KindName, &str),
        after: Option<&Cursor>,
        limit: usize,
    ) -> Result<Referrers, StoreError> {
        let (owner, id, after) = (scope.owner(), id.to_owned(), after.cloned());
        self.read(Sight::Tenant(scope.tenant()), move |now| {
            let found = documents::by_id(now.sql, owner, kind, &id)?;
            found.ok_or(StoreError::NotFound)?;
            let target = (owner, kind, id.as_str());
            // all who refer to what a tenant has are the tenant's own
            page(now.sql, target, Account::Platform, after.as_ref(), limit)
        })
        .await
    }

    async fn referrers_below(
        &self,
        scope: &AccountScope,
        (kind, id): (KindName, &str),
        after: Option<&Cursor>,
        limit: usize,
    ) -> Result<Referrers, StoreError> {
        let (account, id, after) = (scope.account(), id.to_owned(), after.cloned());
        self.read(Sight::Everything, move |now| {
            let found = accounts::found(now.sql, account, kind, &id)?;
            let owner = found.ok_or(StoreError::NotFound)?.owner;
            page(now.sql, (owner, kind, &id), account, after.as_ref(), limit)
        })
        .await
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use ids::TenantId;

    use super::*;
    use crate::relational::link::{EachRow, Link, Purpose};
    use crate::relational::value::Value;

    /// A connection to a database without rows that remembers which kinds were asked.
    #[derive(Default)]
    struct Asked(RefCell<Vec<String>>);

    impl Link for Asked {
        fn run(&self, _: &str, _: &[Value]) -> Result<usize, StoreError> {
            Ok(0)
        }

        fn each(&self, _: &str, params: &[Value], _: EachRow<'_>) -> Result<(), StoreError> {
            if let Some(Value::Text(kind)) = params.get(3) {
                self.0.borrow_mut().push(kind.clone());
            }
            Ok(())
        }

        fn begin(&self, _: Purpose, _: Sight) -> Result<(), StoreError> {
            Ok(())
        }

        fn look(&self, sight: Sight) -> Result<Sight, StoreError> {
            Ok(sight)
        }

        fn begin_step(&self, _: Sight) -> Result<(), StoreError> {
            Ok(())
        }

        fn end_step(&self, _: bool) -> Result<(), StoreError> {
            Ok(())
        }

        fn commit(&self) -> Result<(), StoreError> {
            Ok(())
        }

        fn roll_back(&self) {}

        fn forget_erased(&self) {}
    }

    #[test]
    fn only_kinds_that_can_refer_to_a_document_are_asked() {
        let owner = Owner::from(TenantId::new(1, 1));
        for kind in KindName::ALL {
            let asked = Asked::default();
            assert_eq!(first(Sql(&asked), owner, (kind, "x"), 20), Ok(Vec::new()));
            let asked = asked.0.into_inner();
            for from in KindName::ALL {
                let points = from.links().iter().any(|link| link.kind == kind);
                let was_asked = asked.contains(&from.to_string());
                assert_eq!(was_asked, points, "{from} about {kind}");
            }
        }
    }
}
