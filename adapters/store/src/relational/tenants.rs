//! Which tenants there are, and their plans.

use domain::{Document, KindName, MAIL_DOMAIN_SPACE, Resource, Tenant};
use ids::{PlanId, TenantId};
use ports::StoreError;

use super::documents;
use super::sql::{Sql, column};
use super::value::params;

/// Ids of all tenants, in order.
pub(super) fn ids(sql: Sql<'_>) -> Result<Vec<TenantId>, StoreError> {
    let find = "SELECT id FROM documents WHERE kind = 'tenant' ORDER BY id";
    sql.all(find, params![], |fields| fields.word(0))
}

/// The tenant to which a mail domain was granted.
pub(super) fn of_mail(sql: Sql<'_>, domain: &str) -> Result<Option<TenantId>, StoreError> {
    let find = "SELECT id FROM unique_keys
                WHERE platform = 1 AND space = ?1 AND key = ?2 AND kind = 'tenant'";
    sql.first(find, params![MAIL_DOMAIN_SPACE, domain], |fields| {
        fields.word(0)
    })
}

/// The plan that a tenant has bought.
pub(super) fn plan_of(sql: Sql<'_>, tenant: TenantId) -> Result<Option<Document>, StoreError> {
    let own = documents::by_id(sql, tenant.into(), KindName::Tenant, &tenant.to_string())?;
    let own: Option<Resource<Tenant>> = own.map(TryInto::try_into).transpose()?;
    plan(sql, own.and_then(|own| own.spec.plan))
}

/// The plan with this id, whoever owns it.
pub(super) fn plan(sql: Sql<'_>, id: Option<PlanId>) -> Result<Option<Document>, StoreError> {
    let Some(id) = id.map(|id| id.to_string()) else {
        return Ok(None);
    };
    // an account's document, which its tenants see only in this way
    sql.widely(|| match documents::owner_of(sql, KindName::Plan, &id)? {
        Some(owner) => documents::by_id(sql, owner, KindName::Plan, &id),
        None => Ok(None),
    })
}

/// Ids of all tenants that have this plan, in order.
pub(super) fn on_plan(sql: Sql<'_>, plan: PlanId) -> Result<Vec<TenantId>, StoreError> {
    let Some(owner) = documents::owner_of(sql, KindName::Plan, &plan.to_string())? else {
        return Ok(Vec::new());
    };
    let find = "SELECT tenant FROM pointers WHERE target_tenant = ?1 AND target_kind = 'plan'
                AND target = ?2 AND kind = 'tenant' ORDER BY tenant";
    let key = [column(owner), plan.to_string()];
    sql.all(find, key, |fields| fields.word(0))
}
