//! Tenants as a running exchange loads them.

use domain::{
    CompiledTenant, Device, Directory, Document, Extension, KindName, Resource, Tenant, TenantParts,
};
use ids::{PlanId, TenantId};
use ports::StoreError;
use tenancy::Owner;

use super::readers::Snapshot;
use super::sql::{Sql, column};
use super::value::params;
use super::{documents, feed};

/// Ids of all tenants, in order.
pub(super) fn ids(sql: Sql<'_>) -> Result<Vec<TenantId>, StoreError> {
    let find = "SELECT id FROM documents WHERE kind = 'tenant' ORDER BY id";
    sql.all(find, params![], |fields| fields.word(0))
}

/// All of a tenant's documents, with digests opened.
pub(super) fn parts(
    snapshot: &Snapshot<'_>,
    tenant: TenantId,
) -> Result<Option<TenantParts>, StoreError> {
    let (sql, owner) = (snapshot.sql, Owner::from(tenant));
    let own = documents::by_id(sql, owner, KindName::Tenant, &tenant.to_string())?;
    let Some(own) = own else {
        return Ok(None);
    };
    let own: Resource<Tenant> = own.try_into()?;
    let mut extensions: Vec<Resource<Extension>> = Vec::new();
    for (document, _) in documents::all(sql, owner, KindName::Extension)? {
        extensions.push(document.try_into()?);
    }
    Ok(Some(TenantParts {
        plan: plan(sql, own.spec.plan)?
            .map(TryInto::try_into)
            .transpose()?,
        tenant: own,
        extensions,
        devices: devices(snapshot, owner)?,
        cursor: feed::cursor(sql)?,
    }))
}

/// The plan that a tenant has bought.
pub(super) fn plan_of(sql: Sql<'_>, tenant: TenantId) -> Result<Option<Document>, StoreError> {
    let own = documents::by_id(sql, tenant.into(), KindName::Tenant, &tenant.to_string())?;
    let own: Option<Resource<Tenant>> = own.map(TryInto::try_into).transpose()?;
    plan(sql, own.and_then(|own| own.spec.plan))
}

fn plan(sql: Sql<'_>, id: Option<PlanId>) -> Result<Option<Document>, StoreError> {
    let Some(id) = id.map(|id| id.to_string()) else {
        return Ok(None);
    };
    // an account's document, which its tenants see only in this way
    sql.widely(|| match documents::owner_of_plan(sql, &id)? {
        Some(owner) => documents::by_id(sql, owner, KindName::Plan, &id),
        None => Ok(None),
    })
}

/// Ids of all tenants that have this plan, in order.
pub(super) fn on_plan(sql: Sql<'_>, plan: PlanId) -> Result<Vec<TenantId>, StoreError> {
    let Some(owner) = documents::owner_of_plan(sql, &plan.to_string())? else {
        return Ok(Vec::new());
    };
    let find = "SELECT tenant FROM pointers WHERE target_tenant = ?1 AND target_kind = 'plan'
                AND target = ?2 AND kind = 'tenant' ORDER BY tenant";
    let key = [column(owner), plan.to_string()];
    sql.all(find, key, |fields| fields.word(0))
}

fn devices(
    snapshot: &Snapshot<'_>,
    owner: Owner,
) -> Result<Vec<(Resource<Device>, Option<domain::Digests>)>, StoreError> {
    let key = snapshot.vault.key(snapshot.sql, owner)?;
    let mut devices = Vec::new();
    for (document, sealed) in documents::all(snapshot.sql, owner, KindName::Device)? {
        let digests = sealed
            .map(|sealed| key.open(document.kind, &document.id, &sealed))
            .transpose()?;
        devices.push((document.try_into()?, digests));
    }
    Ok(devices)
}

/// Names of all tenants and devices, and the feed's cursor at that moment.
pub(super) fn directory(snapshot: &Snapshot<'_>) -> Result<(Directory, u64), StoreError> {
    let mut directory = Directory::new();
    for tenant in ids(snapshot.sql)? {
        if let Some(parts) = parts(snapshot, tenant)? {
            directory.replace(&CompiledTenant::compile(parts));
        }
    }
    Ok((directory, feed::cursor(snapshot.sql)?))
}
