//! What the operations on tenants have beyond those of every kind: a tenant's own key reads its
//! own document, and changes none.

use std::sync::Arc;

use admin::tenants;
use axum::http::Method;
use domain::{KindName, Tenant};
use tenancy::Principal;

use super::documents;
use crate::call::{Answer, Call};
use crate::list::List;
use crate::operation::{Operation, Run};
use crate::problem::Problem;
use crate::view::audit::VersionView;
use crate::view::document::View;

const ONE: &str = "/api/v1/tenants/{tenant}";
const HISTORY: &str = "/api/v1/tenants/{tenant}/history";

pub(super) fn operations() -> Vec<Operation> {
    documents::operations(KindName::Tenant)
        .into_iter()
        .map(for_tenants_too)
        .collect()
}

/// The operation as it serves the keys of tenants beside those of accounts.
fn for_tenants_too(operation: Operation) -> Operation {
    let above = Arc::clone(&operation.run);
    let run: Run = match (&operation.method, operation.path.as_ref()) {
        (&Method::GET, ONE) => parted(above, |call| Box::pin(get(call))),
        (&Method::GET, HISTORY) => parted(above, |call| Box::pin(history(call))),
        (_, _) => return operation,
    };
    Operation { run, ..operation }
}

type Inside = fn(Call) -> crate::operation::Outcome;

/// Carried out by one for the keys of accounts, and by the other for those of tenants.
fn parted(above: Run, inside: Inside) -> Run {
    Arc::new(move |call: Call| {
        if call.caller.as_ref().and_then(Principal::tenant).is_some() {
            return inside(call);
        }
        above(call)
    })
}

async fn get(call: Call) -> Result<Answer, Problem> {
    let tenant = call.tenant().await?.tenant;
    let revision = tenant.revision;
    if call.has_revision(revision) {
        return Ok(Answer::not_modified(revision));
    }
    Ok(Answer::json(&View::<Tenant>::from(tenant))?.at_revision(revision))
}

async fn history(call: Call) -> Result<Answer, Problem> {
    let versions = tenants::history(&call.office, &call.scope().await?).await?;
    Answer::json(&List::<VersionView>::of(versions, None))
}
