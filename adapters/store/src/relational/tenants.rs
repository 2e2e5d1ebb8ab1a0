//! Tenants as a running exchange loads them.

use domain::{
    CompiledTenant, Device, Directory, Extension, KindName, Resource, Tenant, TenantParts,
};
use ids::TenantId;
use ports::StoreError;

use super::readers::Snapshot;
use super::sql::Sql;
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
    let sql = snapshot.sql;
    let own = documents::by_id(sql, tenant, KindName::Tenant, &tenant.to_string())?;
    let Some(own) = own else {
        return Ok(None);
    };
    let own: Resource<Tenant> = own.try_into()?;
    let mut extensions: Vec<Resource<Extension>> = Vec::new();
    for (document, _) in documents::all(sql, tenant, KindName::Extension)? {
        extensions.push(document.try_into()?);
    }
    Ok(Some(TenantParts {
        tenant: own,
        extensions,
        devices: devices(snapshot, tenant)?,
        cursor: feed::cursor(sql)?,
    }))
}

fn devices(
    snapshot: &Snapshot<'_>,
    tenant: TenantId,
) -> Result<Vec<(Resource<Device>, Option<domain::Digests>)>, StoreError> {
    let key = snapshot.vault.key(snapshot.sql, tenant)?;
    let mut devices = Vec::new();
    for (document, sealed) in documents::all(snapshot.sql, tenant, KindName::Device)? {
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
