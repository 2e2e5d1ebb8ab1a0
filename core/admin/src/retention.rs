//! The end of retention: facts that are older than their tenant keeps them are removed, a bounded
//! number in a step, and never what is on legal hold.

use std::time::Duration;

use domain::{KindName, Resource, Tenant};
use ids::TenantId;
use machine::WallTime;
use ports::{CdrQuery, Cursor, PAGE_MAX, StoreError};
use tenancy::{Caps, TenantScope};

use crate::holds;
use crate::office::Office;

/// Name of the job, as audit trails show it.
const JOB: &str = "retention";

/// One day.
const DAY: Duration = Duration::from_secs(24 * 3600);

/// Where the removal of one tenant's old facts goes on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Call records that are gone.
    pub cdrs: usize,
    /// Entries of the audit trail that are gone.
    pub audit: usize,
    after: Option<Cursor>,
    cdrs_over: bool,
}

/// How much a tenant may use at this moment, and how long its facts are kept.
async fn caps(office: &Office, scope: &TenantScope) -> Result<Option<Caps>, StoreError> {
    let id = scope.tenant().to_string();
    let found = office.store().get(scope, KindName::Tenant, &id).await?;
    let Some(found) = found else { return Ok(None) };
    let tenant: Resource<Tenant> = found.try_into()?;
    let plan = office.store().plan(scope).await?;
    let plan: Option<Resource<domain::Plan>> = plan.map(TryInto::try_into).transpose()?;
    let caps = tenant
        .spec
        .effective_caps(plan.as_ref().map(|plan| &plan.spec));
    Ok(Some(caps))
}

/// One step for one tenant: up to 500 call records or entries are looked at. `None` when nothing is
/// left to do.
///
/// # Errors
/// What the store says.
pub async fn step(
    office: &Office,
    tenant: TenantId,
    so_far: Progress,
) -> Result<Option<Progress>, StoreError> {
    let scope = &TenantScope::for_job(tenant, JOB);
    let Some(caps) = caps(office, scope).await? else {
        return Ok(None);
    };
    let held = holds::held(office, scope).await?;
    if held.all {
        return Ok(None);
    }
    if let Some(horizon) = horizon(office, caps.cdr_days).filter(|_| !so_far.cdrs_over) {
        return cdrs(office, scope, so_far, (horizon, held)).await.map(Some);
    }
    match horizon(office, caps.audit_days) {
        // whose trail it is cannot be told from its entries, so a hold on anybody keeps all
        Some(horizon) if !held.any => {
            let gone = office.store().remove_audit(scope, horizon).await?;
            let now = Progress {
                audit: so_far.audit + gone,
                ..so_far
            };
            Ok((gone > 0).then_some(now))
        }
        Some(_) | None => Ok(None),
    }
}

/// The moment before which facts are too old; `None` when they are kept for ever.
fn horizon(office: &Office, days: u32) -> Option<WallTime> {
    let age = DAY.checked_mul(days).filter(|_| days > 0)?;
    let age = i64::try_from(age.as_millis()).ok()?;
    let horizon = office.now().unix_ms().checked_sub(age)?;
    Some(WallTime::from_unix_ms(horizon))
}

async fn cdrs(
    office: &Office,
    scope: &TenantScope,
    so_far: Progress,
    (horizon, held): (WallTime, holds::Held),
) -> Result<Progress, StoreError> {
    let query = CdrQuery {
        after: so_far.after,
        until: Some(horizon),
        limit: PAGE_MAX,
        ..CdrQuery::default()
    };
    let page = office.store().cdrs(scope, &query).await?;
    let old = page.cdrs.iter().filter(|cdr| !held.covers(cdr));
    let old: Vec<_> = old.map(|cdr| cdr.id).collect();
    let mut gone = 0;
    if !old.is_empty() {
        gone = office.store().remove_cdrs(scope, old).await?;
    }
    Ok(Progress {
        cdrs: so_far.cdrs + gone,
        audit: so_far.audit,
        cdrs_over: page.next.is_none(),
        after: page.next,
    })
}
