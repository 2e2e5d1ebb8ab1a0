//! What a company has towards the telephone network: its own trunks and those shared with it, and
//! the numbers that are assigned to it.

use std::sync::Arc;

use domain::CompiledTenant;
use ids::{NumberId, TrunkId};
use ports::{StoreError, Stores};
use tenancy::TenantScope;

use crate::office::Office;

/// A trunk that a company may use, as far as the company may know it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UsableTrunk {
    /// The id.
    pub id: TrunkId,
    /// What routes may call it.
    pub name: String,
    /// Whether it is the company's own.
    pub own: bool,
    /// Whether it carries calls.
    pub enabled: bool,
}

/// A number of a company's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnNumber {
    /// The id.
    pub id: NumberId,
    /// The number, with its plus.
    pub number: String,
}

/// All of a company's.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lines {
    /// In the order of their names, its own first.
    pub trunks: Vec<UsableTrunk>,
    /// The lowest first.
    pub numbers: Vec<OwnNumber>,
}

/// A company as a running exchange has it after the latest change.
pub(crate) async fn compiled(
    store: &dyn Stores,
    scope: &TenantScope,
) -> Result<Arc<CompiledTenant>, StoreError> {
    let parts = store.load_tenant(scope).await?;
    let parts = parts.ok_or(StoreError::NotFound)?;
    Ok(Arc::new(CompiledTenant::compile(parts)))
}

/// What a company has.
///
/// # Errors
/// What the store says.
pub async fn of_tenant(office: &Office, scope: &TenantScope) -> Result<Lines, StoreError> {
    let tenant = compiled(office.store(), scope).await?;
    let trunks = tenant.trunks().iter().map(|trunk| UsableTrunk {
        id: trunk.id,
        name: trunk.spec.name.clone(),
        own: trunk.own,
        enabled: trunk.spec.enabled,
    });
    let mut trunks: Vec<UsableTrunk> = trunks.collect();
    trunks.sort_by(|a, b| (!a.own, &a.name, a.id).cmp(&(!b.own, &b.name, b.id)));
    let numbers = tenant.numbers().iter().map(|number| OwnNumber {
        id: number.id,
        number: number.e164.to_string(),
    });
    Ok(Lines {
        trunks,
        numbers: numbers.collect(),
    })
}

/// The id of the trunk of that name that is shared with a company; `None` when there is none, and
/// when there are several, of which only an id can mean one.
pub(crate) async fn shared_trunk(
    store: &dyn Stores,
    scope: &TenantScope,
    name: &str,
) -> Result<Option<String>, StoreError> {
    let Some(parts) = store.load_tenant(scope).await? else {
        return Ok(None);
    };
    let tenant = CompiledTenant::compile(parts);
    let mut named = tenant
        .trunks()
        .iter()
        .filter(|trunk| !trunk.own && trunk.spec.name == name);
    Ok(match (named.next(), named.next()) {
        (Some(only), None) => Some(only.id.to_string()),
        (Some(_), Some(_)) | (None, _) => None,
    })
}
