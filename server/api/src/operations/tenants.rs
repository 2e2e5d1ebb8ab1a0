//! Operations on tenants.

use admin::{below, tenants};
use domain::{Resource, Tenant};
use tenancy::Unresolved;

use crate::call::{Answer, Call};
use crate::list::List;
use crate::operation::{Operation, PAGE, text};
use crate::problem::{Kind, Problem};
use crate::view::audit::VersionView;
use crate::view::tenant::{TenantSpec, TenantView};

const ALL: &str = "/api/v1/tenants";
const ONE: &str = "/api/v1/tenants/{tenant}";
const HISTORY: &str = "/api/v1/tenants/{tenant}/history";

pub(super) fn operations() -> Vec<Operation> {
    let operations = [
        Operation::get(ALL, "listTenants", list)
            .tells("List tenants", "For operators and resellers.")
            .query(&PAGE)
            .query(&[
                text(
                    "filter",
                    "Only tenants whose first domain contains this text.",
                ),
                text(
                    "sort",
                    "`created` (default) or `name`, which is the first domain.",
                ),
            ])
            .gives::<List<TenantView>>("One page of tenants.")
            .refuses(&[Kind::NotFound]),
        Operation::post(ALL, "createTenant", create)
            .tells("Create a tenant", "For operators and resellers.")
            .takes::<TenantSpec>()
            .creates::<TenantView>("The tenant.")
            .tagged()
            .refuses(&[Kind::NotFound, Kind::Taken]),
        Operation::get(ONE, "getTenant", get)
            .tells(
                "Show a tenant",
                "`{tenant}` is its id or any of its domains.",
            )
            .gives::<TenantView>("The tenant.")
            .tagged(),
        Operation::put(ONE, "replaceTenant", replace)
            .tells(
                "Replace a tenant",
                "For operators and resellers. What is left out has its default.",
            )
            .takes::<TenantSpec>()
            .gives::<TenantView>("The tenant as it is now.")
            .tagged()
            .refuses(&[Kind::OperatorOnly, Kind::Taken]),
        Operation::patch(ONE, "changeTenant", change)
            .tells(
                "Change a tenant",
                "For operators and resellers. What is left out stays as it is.",
            )
            .merges::<TenantSpec>()
            .gives::<TenantView>("The tenant as it is now.")
            .tagged()
            .refuses(&[Kind::OperatorOnly, Kind::Taken]),
        Operation::delete(ONE, "deleteTenant", delete)
            .tells(
                "Delete a tenant",
                "For operators and resellers. Its extensions and devices must be deleted before. Its keys open \
                 nothing any more; its call records and its audit trail are kept.",
            )
            .may_be_revised()
            .refuses(&[Kind::OperatorOnly, Kind::InUse]),
        Operation::get(HISTORY, "getTenantHistory", history)
            .tells(
                "Show the revisions of a tenant",
                "The latest 100, newest first.",
            )
            .gives::<List<VersionView>>("All revisions that are kept."),
    ];
    operations.map(|operation| operation.tag("Tenants")).into()
}

async fn list(call: Call) -> Result<Answer, Problem> {
    let page = tenants::list(&call.office, &call.account()?, &call.page()?).await?;
    Answer::json(&List::<TenantView>::of(page.items, page.next))
}

/// The answer with a tenant that was changed, whose caps hold from now on.
async fn changed(call: &Call, tenant: Resource<Tenant>) -> Result<Answer, Problem> {
    call.enter(&Unresolved::new(tenant.id.to_string())).await?;
    shown(tenant)
}

/// The answer with a tenant.
fn shown(tenant: Resource<Tenant>) -> Result<Answer, Problem> {
    let revision = tenant.revision;
    Ok(Answer::json(&TenantView::from(tenant))?.at_revision(revision))
}

async fn create(call: Call) -> Result<Answer, Problem> {
    let scope = call.account()?;
    let tenant: Resource<Tenant> = below::create(&call.office, &scope, call.json()?).await?;
    let location = format!("{ALL}/{}", tenant.id);
    Ok(shown(tenant)?.created(location))
}

async fn get(call: Call) -> Result<Answer, Problem> {
    let tenant = call.tenant().await?.tenant;
    if call.has_revision(tenant.revision) {
        return Ok(Answer::not_modified(tenant.revision));
    }
    shown(tenant)
}

async fn replace(call: Call) -> Result<Answer, Problem> {
    let entered = call.tenant().await?;
    let scope = call.seller()?;
    let revision = call.required_revision()?;
    let value = call.replacement(&TenantView::from(entered.tenant.clone()))?;
    let tenant = below::replace(&call.office, &scope, &entered.tenant, revision, value).await?;
    changed(&call, tenant).await
}

async fn change(call: Call) -> Result<Answer, Problem> {
    let present = call.tenant().await?.tenant;
    let scope = call.seller()?;
    let revision = call.required_revision()?;
    let patch = call.json()?;
    let tenant = below::patch(&call.office, &scope, &present, revision, &patch).await?;
    changed(&call, tenant).await
}

async fn delete(call: Call) -> Result<Answer, Problem> {
    let located = call.tenant().await?.located;
    let scope = call.seller()?;
    let revision = call.optional_revision()?;
    tenants::delete(&call.office, &scope, located, revision).await?;
    Ok(Answer::empty())
}

async fn history(call: Call) -> Result<Answer, Problem> {
    let versions = tenants::history(&call.office, &call.scope().await?).await?;
    Answer::json(&List::<VersionView>::of(versions, None))
}
