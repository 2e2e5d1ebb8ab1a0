//! Operations on tenants.

use admin::{parse_spec, tenants};
use domain::{Resource, Tenant};

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
            .tells("List tenants", "For operators.")
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
            .tells("Create a tenant", "For operators.")
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
                "For operators. What is left out has its default.",
            )
            .takes::<TenantSpec>()
            .gives::<TenantView>("The tenant as it is now.")
            .tagged()
            .refuses(&[Kind::OperatorOnly, Kind::Taken]),
        Operation::patch(ONE, "changeTenant", change)
            .tells(
                "Change a tenant",
                "For operators. What is left out stays as it is.",
            )
            .merges::<TenantSpec>()
            .gives::<TenantView>("The tenant as it is now.")
            .tagged()
            .refuses(&[Kind::OperatorOnly, Kind::Taken]),
        Operation::delete(ONE, "deleteTenant", delete)
            .tells(
                "Delete a tenant",
                "For operators. Its extensions and devices must be deleted before. Its keys open \
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
    let page = tenants::list(&call.office, &call.platform()?, &call.page()?).await?;
    Answer::json(&List::<TenantView>::of(page.items, page.next))
}

/// The answer with a tenant, whose caps hold from now on.
fn shown(call: &Call, tenant: Resource<Tenant>) -> Result<Answer, Problem> {
    call.front.learn_cap(tenant.id, &tenant.spec.caps);
    let revision = tenant.revision;
    Ok(Answer::json(&TenantView::from(tenant))?.at_revision(revision))
}

async fn create(call: Call) -> Result<Answer, Problem> {
    let scope = call.platform()?;
    let spec = parse_spec(&call.json()?)?;
    let tenant = tenants::create(&call.office, &scope, spec).await?;
    let location = format!("{ALL}/{}", tenant.id);
    Ok(shown(&call, tenant)?.created(location))
}

async fn get(call: Call) -> Result<Answer, Problem> {
    let tenant = call.tenant().await?.tenant;
    if call.has_revision(tenant.revision) {
        return Ok(Answer::not_modified(tenant.revision));
    }
    shown(&call, tenant)
}

async fn replace(call: Call) -> Result<Answer, Problem> {
    let entered = call.tenant().await?;
    let scope = call.operator()?;
    let revision = call.required_revision()?;
    let spec = parse_spec(&call.replacement(&TenantView::from(entered.tenant))?)?;
    let tenant = tenants::replace(&call.office, &scope, entered.located, revision, spec).await?;
    shown(&call, tenant)
}

async fn change(call: Call) -> Result<Answer, Problem> {
    let located = call.tenant().await?.located;
    let scope = call.operator()?;
    let revision = call.required_revision()?;
    let patch = call.json()?;
    let tenant = tenants::patch(&call.office, &scope, located, revision, &patch).await?;
    shown(&call, tenant)
}

async fn delete(call: Call) -> Result<Answer, Problem> {
    let located = call.tenant().await?.located;
    let scope = call.operator()?;
    let revision = call.optional_revision()?;
    tenants::delete(&call.office, &scope, located, revision).await?;
    Ok(Answer::empty())
}

async fn history(call: Call) -> Result<Answer, Problem> {
    let versions = tenants::history(&call.office, &call.scope().await?).await?;
    Answer::json(&List::<VersionView>::of(versions, None))
}
