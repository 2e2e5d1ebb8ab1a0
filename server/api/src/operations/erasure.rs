//! The operation that erases a tenant for good.

use admin::erasure;
use domain::{KindName, Permission, Verb};

use crate::call::{Answer, Call};
use crate::operation::Operation;
use crate::problem::{Kind, Problem};
use crate::view::privacy::ReportView;

const ERASE: &str = "/api/v1/tenants/{tenant}/erase";

pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation::post(ERASE, "eraseTenant", erase)
            .needs(Permission::of_kind(KindName::Tenant, Verb::Remove))
            .tells(
                "Erase a tenant for good",
                "For operators and resellers. Its documents, records, log, keys and audit trail \
                 go, and the data key with which its secrets could be opened. In bounded steps: \
                 after a failure, repeat it. Refused while something of it is on legal hold.",
            )
            .gives::<ReportView>("What is gone, and what stays.")
            .refuses(&[Kind::InUse])
            .tag("Privacy"),
    ]
}

async fn erase(call: Call) -> Result<Answer, Problem> {
    let account = call.account()?;
    let reference = call.reference("tenant");
    let heavy = call.front.listening.heavy();
    let report = erasure::erase(&call.office, heavy, &account, &reference, |_| ()).await?;
    Answer::json(&ReportView::from(report))
}
