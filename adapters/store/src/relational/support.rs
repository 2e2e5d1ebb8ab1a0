//! The tables of support accesses.

use async_trait::async_trait;
use domain::{AuditEntry, Event, SUPPORT_KEPT, SupportAccess, SupportPolicy};
use ids::{SupportId, TenantId};
use ports::{Fact, SUPPORT_OF_ONE, StoreError, SupportBook, SupportStanding};
use tenancy::{Actor, TenantScope};

use super::sight::Sight;
use super::sql::{Sql, json, limit};
use super::value::params;
use super::{SqlStore, documents, events, trail};

/// Erases all of a tenant's.
pub(super) fn remove_all(sql: Sql<'_>, tenant: TenantId) -> Result<(), StoreError> {
    let tenant = tenant.to_string();
    sql.run("DELETE FROM support_accesses WHERE tenant = ?1", [&tenant])?;
    sql.run("DELETE FROM support_policies WHERE tenant = ?1", [&tenant])?;
    Ok(())
}

/// A tenant's policy and all accesses.
pub(super) fn facts(sql: Sql<'_>, tenant: TenantId) -> Result<Vec<Fact>, StoreError> {
    let tenant = tenant.to_string();
    let policy = "SELECT policy FROM support_policies WHERE tenant = ?1";
    let policy: Option<SupportPolicy> = sql.first(policy, [&tenant], |fields| fields.json(0))?;
    let all = "SELECT access FROM support_accesses WHERE tenant = ?1 ORDER BY id";
    let accesses = sql.all(all, [&tenant], |fields| fields.json(0).map(Fact::Access))?;
    let policy = Fact::Policy(policy.unwrap_or_default());
    Ok(std::iter::once(policy).chain(accesses).collect())
}

/// Adds the policy that came with a tenant, unless there is one.
pub(super) fn add_policy_as_it_was(
    sql: Sql<'_>,
    tenant: TenantId,
    policy: SupportPolicy,
) -> Result<(), StoreError> {
    let add = "INSERT INTO support_policies (tenant, policy) VALUES (?1, ?2)
               ON CONFLICT DO NOTHING";
    sql.run(add, params![tenant.to_string(), json(&policy)?])
        .map(|_| ())
}

/// Adds an access that came with its tenant, unless it is there.
pub(super) fn add_as_it_was(sql: Sql<'_>, access: &SupportAccess) -> Result<(), StoreError> {
    let add = "INSERT INTO support_accesses (tenant, id, actor, access) VALUES (?1, ?2, ?3, ?4)
               ON CONFLICT DO NOTHING";
    let (tenant, id) = (access.tenant.to_string(), access.id.to_string());
    sql.run(add, params![tenant, id, access.actor, json(access)?])
        .map(|_| ())
}

fn standing(
    sql: Sql<'_>,
    tenant: TenantId,
    of: Option<&str>,
) -> Result<SupportStanding, StoreError> {
    let tenant = tenant.to_string();
    let policy = "SELECT policy FROM support_policies WHERE tenant = ?1";
    let policy = sql.first(policy, [&tenant], |fields| fields.json(0))?;
    let accesses = match of {
        Some(actor) => {
            let latest = "SELECT access FROM support_accesses WHERE tenant = ?1 AND actor = ?2
                          ORDER BY id DESC LIMIT ?3";
            let key = params![tenant, actor, limit(SUPPORT_OF_ONE)];
            sql.all(latest, key, |fields| fields.json(0))?
        }
        None => {
            let latest = "SELECT access FROM support_accesses WHERE tenant = ?1
                          ORDER BY id DESC LIMIT ?2";
            let key = params![tenant, limit(SUPPORT_KEPT)];
            sql.all(latest, key, |fields| fields.json(0))?
        }
    };
    Ok(SupportStanding {
        policy: policy.unwrap_or_default(),
        accesses,
    })
}

fn set_policy(
    sql: Sql<'_>,
    tenant: TenantId,
    policy: SupportPolicy,
    audit: &AuditEntry,
) -> Result<(), StoreError> {
    if !documents::has_tenant(sql, tenant)? {
        return Err(StoreError::NotFound);
    }
    let set = "INSERT INTO support_policies (tenant, policy) VALUES (?1, ?2)
               ON CONFLICT (tenant) DO UPDATE SET policy = excluded.policy";
    sql.run(set, params![tenant.to_string(), json(&policy)?])?;
    trail::add(sql, audit).map(|_| ())
}

fn put(
    sql: Sql<'_>,
    access: &SupportAccess,
    new: bool,
    (audit, event): (&AuditEntry, &Event),
) -> Result<bool, StoreError> {
    if !documents::has_tenant(sql, access.tenant)? {
        return Err(StoreError::NotFound);
    }
    let otherwise = if new {
        "DO NOTHING"
    } else {
        "(tenant, id) DO UPDATE SET access = excluded.access"
    };
    let put = format!(
        "INSERT INTO support_accesses (tenant, id, actor, access) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT {otherwise}"
    );
    let (tenant, id) = (access.tenant.to_string(), access.id.to_string());
    if sql.run(&put, params![tenant, id, access.actor, json(access)?])? == 0 {
        return Ok(false);
    }
    let trim = "DELETE FROM support_accesses WHERE tenant = ?1 AND id <=
                (SELECT id FROM support_accesses WHERE tenant = ?1
                 ORDER BY id DESC LIMIT 1 OFFSET ?2)";
    sql.run(trim, params![tenant, limit(SUPPORT_KEPT)])?;
    trail::add(sql, audit)?;
    events::add(sql, std::slice::from_ref(event))?;
    Ok(true)
}

#[async_trait]
impl SupportBook for SqlStore {
    async fn support(
        &self,
        scope: &TenantScope,
        of: Option<Actor>,
    ) -> Result<SupportStanding, StoreError> {
        let (tenant, of) = (scope.tenant(), of.map(|actor| actor.to_string()));
        self.look(Sight::Tenant(tenant), move |now| {
            standing(now.sql, tenant, of.as_deref())
        })
        .await
    }

    async fn set_support_policy(
        &self,
        scope: &TenantScope,
        policy: SupportPolicy,
        audit: &AuditEntry,
    ) -> Result<(), StoreError> {
        let (tenant, audit) = (scope.tenant(), audit.clone());
        self.write(Sight::Tenant(tenant), 1, move |desk| {
            set_policy(desk.sql, tenant, policy, &audit)
        })
        .await
    }

    async fn support_access(
        &self,
        scope: &TenantScope,
        id: SupportId,
    ) -> Result<Option<SupportAccess>, StoreError> {
        let key = [scope.tenant().to_string(), id.to_string()];
        let find = "SELECT access FROM support_accesses WHERE tenant = ?1 AND id = ?2";
        self.look(Sight::Tenant(scope.tenant()), move |now| {
            now.sql.first(find, key, |fields| fields.json(0))
        })
        .await
    }

    async fn put_support_access(
        &self,
        scope: &TenantScope,
        access: &SupportAccess,
        new: bool,
        (audit, event): (&AuditEntry, &Event),
    ) -> Result<bool, StoreError> {
        let (audit, event) = (audit.clone(), event.clone());
        let access = SupportAccess {
            tenant: scope.tenant(),
            ..access.clone()
        };
        self.write(Sight::Tenant(scope.tenant()), 1, move |desk| {
            put(desk.sql, &access, new, (&audit, &event))
        })
        .await
    }
}
