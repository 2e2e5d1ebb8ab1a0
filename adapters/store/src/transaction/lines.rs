//! What accounts give to tenants below them: trunks that are shared, numbers that are assigned.

use std::collections::BTreeSet;

use domain::{Document, KindName, Resource, Trunk, facets};
use ids::TenantId;
use ports::StoreError;
use tenancy::Owner;

use super::{Tables, account};

/// The owner of the trunk that a document refers to: the document's own owner, or an account above
/// it that shares the trunk with it. A reference that was there before stays when the trunk is no
/// longer shared; routing passes it over.
pub(super) fn trunk(
    tables: &mut impl Tables,
    owner: Owner,
    id: &str,
    new: bool,
) -> Result<Option<Owner>, StoreError> {
    if tables.document(owner, KindName::Trunk, id)?.is_some() {
        return Ok(Some(owner));
    }
    let Some(tenant) = owner.tenant() else {
        return Ok(None);
    };
    let held = tables.owner_of(KindName::Trunk, id)?;
    let Some(account) = held.and_then(Owner::account) else {
        return Ok(None);
    };
    let Some(found) = tables.document(account.into(), KindName::Trunk, id)? else {
        return Ok(None);
    };
    let trunk: Resource<Trunk> = found.try_into()?;
    let shared =
        trunk.spec.shared_with.contains(&tenant) && account::commands(tables, account, owner)?;
    Ok((shared || !new).then_some(account.into()))
}

/// The tenants that have, or had, a share in an account's document: what they may use has changed.
pub(super) fn concerned(
    before: Option<&Document>,
    now: &Document,
) -> Result<BTreeSet<TenantId>, StoreError> {
    let mut tenants = BTreeSet::new();
    if !matches!(
        now.kind,
        KindName::Trunk | KindName::Number | KindName::SigningKey
    ) {
        return Ok(tenants);
    }
    for document in before.into_iter().chain([now]) {
        let references = facets(document)?.references.into_iter();
        let named = references.filter(|reference| reference.kind == KindName::Tenant);
        tenants.extend(named.filter_map(|reference| reference.id.parse::<TenantId>().ok()));
    }
    Ok(tenants)
}
