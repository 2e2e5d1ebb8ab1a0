//! Operations on the audit trails.

use admin::tenants;

use crate::call::{Answer, Call};
use crate::list::List;
use crate::operation::{Operation, PAGE};
use crate::problem::{Kind, Problem};
use crate::view::audit::AuditView;
use domain::{Permission, Topic, Verb};

const TENANT: &str = "/api/v1/tenants/{tenant}/audit";
const PLATFORM: &str = "/api/v1/audit";

pub(super) fn operations() -> Vec<Operation> {
    let operations = [
        Operation::get(TENANT, "listTenantAudit", of_tenant)
            .needs(Permission::of(Topic::Audit, Verb::Read))
            .tells(
                "Show a tenant's audit trail",
                "Who changed what, newest first. When an operator came in is noted, too, once an \
                 hour.",
            )
            .query(&PAGE)
            .gives::<List<AuditView>>("One page of entries."),
        Operation::get(PLATFORM, "listPlatformAudit", of_platform)
            .needs(Permission::of(Topic::Audit, Verb::Read))
            .tells(
                "Show the account's audit trail",
                "For operators and resellers. What concerns the account itself, newest first.",
            )
            .query(&PAGE)
            .gives::<List<AuditView>>("One page of entries.")
            .refuses(&[Kind::NotFound]),
    ];
    operations.map(|operation| operation.tag("Audit")).into()
}

async fn of_tenant(call: Call) -> Result<Answer, Problem> {
    let scope = call.scope().await?;
    let page = tenants::audit(&call.office, &scope, &call.page()?).await?;
    Answer::json(&List::<AuditView>::of(page.entries, page.next))
}

async fn of_platform(call: Call) -> Result<Answer, Problem> {
    let page = tenants::account_audit(&call.office, &call.account()?, &call.page()?).await?;
    Answer::json(&List::<AuditView>::of(page.entries, page.next))
}
