//! Out into an archive.

use domain::{Resource, Tenant};
use ports::{ArchiveError, LentTaker, StoreError, Taker};
use serde_json::{Value, json};
use tenancy::{AccountScope, TenantScope};

use super::taken::{Counting, Counts, Extent, Line};
use super::{ARCHIVE_FORMAT, Title};
use crate::office::Office;

/// Takes a company out as lines, as it is at one moment, while calls go on. Its audit trail says
/// first who does it, and in the end how much it was. `by` is the account that does it, unless it
/// is the company itself.
///
/// # Errors
/// [`ArchiveError`]; what was taken by then has no end.
pub async fn take_out(
    office: &Office,
    (scope, by): (&TenantScope, Option<&AccountScope>),
    tenant: &Resource<Tenant>,
    extent: Extent,
    mut lines: Box<dyn Taker<Line>>,
) -> Result<Counts, ArchiveError> {
    note(office, (scope, by), "tenant.archived", None).await?;
    let plan = office.store().plan(scope).await?;
    lines.take(&Line::Title(Title {
        format: ARCHIVE_FORMAT,
        made: office.now(),
        realm: office.realm().to_owned(),
        tenant: scope.tenant(),
        domains: tenant.spec.domains.clone(),
        plan: plan.map(|plan| plan.name),
    }))?;
    let lent = LentTaker::new(Counting {
        lines,
        extent,
        counts: Counts::default(),
    });
    let taken = office.store().take_out(scope, Box::new(lent.clone()));
    let taken = taken.await;
    let back = lent.into_inner();
    let mut back = back.ok_or_else(|| ArchiveError::Io("a thread kept the archive".into()))?;
    let ended = taken.and_then(|()| back.lines.take(&Line::End(back.counts)));
    let told = json!({ "whole": ended.is_ok(), "taken": back.counts });
    note(office, (scope, by), "tenant.archive_ended", Some(told)).await?;
    ended.map(|()| back.counts)
}

/// Adds an entry to the company's audit trail.
async fn note(
    office: &Office,
    (scope, by): (&TenantScope, Option<&AccountScope>),
    action: &str,
    after: Option<Value>,
) -> Result<(), StoreError> {
    let (store, target) = (office.store(), scope.tenant().to_string());
    let actor = by.map_or(scope.actor(), AccountScope::actor);
    let mut entry = office.audit(scope.owner(), actor, action, target);
    entry.after = after;
    match by {
        Some(account) => store.note(account, &entry).await,
        None => store.add_audit(scope, &entry).await,
    }
}
