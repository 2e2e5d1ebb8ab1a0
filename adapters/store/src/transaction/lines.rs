//! What accounts give to tenants below them: trunks that are shared, numbers that are assigned.

use std::collections::BTreeSet;

use domain::{Document, KindName, Resource, TRUNKS_MAX, Trunk, facets};
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
/// A rate deck is shared by way of the trunks that name it.
pub(super) fn concerned(
    tables: &mut impl Tables,
    before: Option<&Document>,
    now: &Document,
) -> Result<BTreeSet<TenantId>, StoreError> {
    let mut tenants = BTreeSet::new();
    if matches!(
        now.kind,
        KindName::Trunk | KindName::Number | KindName::SigningKey
    ) {
        for document in before.into_iter().chain([now]) {
            tenants.extend(named(document)?);
        }
    } else if now.kind == KindName::RateDeck {
        let most = usize::try_from(TRUNKS_MAX).unwrap_or(usize::MAX);
        for by in tables.referrers(now.owner, now.kind, &now.id, most)? {
            if let Some(trunk) = tables.document(now.owner, by.kind, &by.id)? {
                tenants.extend(named(&trunk)?);
            }
        }
    }
    Ok(tenants)
}

/// The tenants that a document names.
fn named(document: &Document) -> Result<BTreeSet<TenantId>, StoreError> {
    let references = facets(document)?.references.into_iter();
    let named = references.filter(|reference| reference.kind == KindName::Tenant);
    let ids = named.filter_map(|reference| reference.id.parse::<TenantId>().ok());
    Ok(ids.collect())
}
