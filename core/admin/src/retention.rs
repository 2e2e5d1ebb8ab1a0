//! The end of retention: facts that are older than their tenant keeps them are removed, a bounded
//! number in a step, and never what is on legal hold.

use std::time::Duration;

use domain::{KindName, RecordingState, Resource, Tenant, hour_of};
use ids::TenantId;
use machine::WallTime;
use ports::{CdrQuery, Cursor, FaxQuery, PAGE_MAX, RecordingQuery, StoreError};
use tenancy::{Caps, TenantScope};

use crate::holds;
use crate::office::Office;

/// Name of the job, as audit trails show it.
const JOB: &str = "retention";

/// Recordings whose sound one step removes, at most: each waits for the disk.
const RECORDINGS_AT_ONCE: usize = 20;

/// One day.
const DAY: Duration = Duration::from_secs(24 * 3600);

/// Where the removal of one tenant's old facts goes on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Call records that are gone.
    pub cdrs: usize,
    /// Entries of the audit trail that are gone.
    pub audit: usize,
    /// Recordings that are gone.
    pub recordings: usize,
    /// Faxes that are gone.
    pub faxes: usize,
    /// Rows of summaries that are gone.
    pub quality: usize,
    after: Option<Cursor>,
    stage: Stage,
}

/// What is looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Stage {
    /// Recordings. They come before the records of their calls, which say what of them is held.
    #[default]
    Recordings,
    /// Faxes, likewise.
    Faxes,
    /// Call records.
    Cdrs,
    /// Summaries of how calls sounded. They name nobody, so no hold is on them.
    Quality,
    /// The audit trail.
    Audit,
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

/// One step for one tenant: up to 500 call records or entries are looked at, or 20 recordings
/// or faxes, which are kept as long as call records. `None` when nothing is left to do.
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
    if let Some(horizon) = horizon(office, caps.cdr_days) {
        match so_far.stage {
            Stage::Recordings => {
                let step = recordings(office, scope, so_far, (horizon, held)).await;
                return step.map(Some);
            }
            Stage::Faxes => {
                let step = faxes(office, scope, so_far, (horizon, held)).await;
                return step.map(Some);
            }
            Stage::Cdrs => return cdrs(office, scope, so_far, (horizon, held)).await.map(Some),
            Stage::Quality => return quality(office, scope, so_far, horizon).await.map(Some),
            Stage::Audit => {}
        }
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

/// Removes the sound first: whoever is cut short in between finds the recording again.
async fn recordings(
    office: &Office,
    scope: &TenantScope,
    so_far: Progress,
    (horizon, held): (WallTime, holds::Held),
) -> Result<Progress, StoreError> {
    let query = RecordingQuery {
        after: so_far.after.clone(),
        until: Some(horizon),
        limit: RECORDINGS_AT_ONCE,
        call: None,
        conference: None,
    };
    let page = office.store().recordings(scope, &query).await?;
    let mut old = Vec::new();
    for recording in &page.recordings {
        let over = match recording.state {
            RecordingState::Running => false,
            RecordingState::Finished => true,
        };
        if over && !held.covers_recording(office, scope, recording).await? {
            office.shelf().remove(recording)?;
            old.push(recording.id);
        }
    }
    let mut gone = 0;
    if !old.is_empty() {
        gone = office.store().remove_recordings(scope, old).await?;
    }
    Ok(Progress {
        recordings: so_far.recordings + gone,
        stage: match page.next {
            Some(_) => Stage::Recordings,
            None => Stage::Faxes,
        },
        after: page.next,
        ..so_far
    })
}

async fn faxes(
    office: &Office,
    scope: &TenantScope,
    so_far: Progress,
    (horizon, held): (WallTime, holds::Held),
) -> Result<Progress, StoreError> {
    let query = FaxQuery {
        after: so_far.after.clone(),
        until: Some(horizon),
        limit: RECORDINGS_AT_ONCE,
        ..FaxQuery::default()
    };
    let page = office.store().faxes(scope, &query).await?;
    let mut old = Vec::new();
    for fax in &page.faxes {
        if !fax.state.is_open() && !held.covers_fax(office, scope, fax).await? {
            old.push(fax.id);
        }
    }
    let mut gone = 0;
    if !old.is_empty() {
        gone = office.store().remove_faxes(scope, old).await?;
    }
    Ok(Progress {
        faxes: so_far.faxes + gone,
        stage: match page.next {
            Some(_) => Stage::Faxes,
            None => Stage::Cdrs,
        },
        after: page.next,
        ..so_far
    })
}

async fn cdrs(
    office: &Office,
    scope: &TenantScope,
    so_far: Progress,
    (horizon, held): (WallTime, holds::Held),
) -> Result<Progress, StoreError> {
    let query = CdrQuery {
        after: so_far.after.clone(),
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
        stage: match page.next {
            Some(_) => Stage::Cdrs,
            None => Stage::Quality,
        },
        after: page.next,
        ..so_far
    })
}

/// Removes summaries of hours of which no record is kept any more.
async fn quality(
    office: &Office,
    scope: &TenantScope,
    so_far: Progress,
    horizon: WallTime,
) -> Result<Progress, StoreError> {
    let whole = hour_of(horizon);
    let gone = office.store().remove_quality(scope, whole).await?;
    Ok(Progress {
        quality: so_far.quality + gone,
        stage: match gone {
            0 => Stage::Audit,
            _ => Stage::Quality,
        },
        ..so_far
    })
}
