//! Out into an archive.

use domain::{Resource, Tenant};
use ports::{ArchiveError, LentTaker, Taker};
use tenancy::{AccountScope, TenantScope};

use super::taken::{Counting, Counts, Line};
use super::{ARCHIVE_FORMAT, Title};
use crate::office::Office;

/// Takes everything of a company out as lines, as it is at one moment, while calls go on.
/// When an account does it, the company's audit trail says so first.
///
/// # Errors
/// [`ArchiveError`]; what was taken by then has no end.
pub async fn take_out(
    office: &Office,
    (scope, by): (&TenantScope, Option<&AccountScope>),
    tenant: &Resource<Tenant>,
    mut lines: Box<dyn Taker<Line>>,
) -> Result<Counts, ArchiveError> {
    if let Some(account) = by {
        let target = scope.tenant().to_string();
        let entry = office.audit(scope.owner(), account.actor(), "tenant.archived", target);
        office.store().note(account, &entry).await?;
    }
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
        counts: Counts::default(),
    });
    office
        .store()
        .take_out(scope, Box::new(lent.clone()))
        .await?;
    let back = lent.into_inner();
    let mut back = back.ok_or_else(|| ArchiveError::Io("a thread kept the archive".into()))?;
    back.lines.take(&Line::End(back.counts))?;
    Ok(back.counts)
}
