//! Removes what is older than its company keeps it: companies in turn, one bounded step each.

use std::collections::VecDeque;
use std::time::Duration;

use admin::Office;
use admin::retention::{Progress, step};
use ids::TenantId;
use ports::StoreError;

/// How often old facts are looked for.
const EVERY: Duration = Duration::from_secs(3_600);

/// Pause between two steps, so that whoever else needs the store comes in between.
const PAUSE: Duration = Duration::from_millis(5);

/// Removes for ever.
pub(crate) async fn remove_old(office: Office) {
    loop {
        if let Err(error) = round(&office).await {
            tracing::warn!(%error, "old records wait for the store");
        }
        tokio::time::sleep(EVERY).await;
    }
}

/// One round over all companies, until none has anything old left.
async fn round(office: &Office) -> Result<(), StoreError> {
    let tenants = office.store().tenant_ids().await?;
    let begin = |tenant| (tenant, Progress::default());
    let mut waiting: VecDeque<(TenantId, Progress)> = tenants.into_iter().map(begin).collect();
    while let Some((tenant, so_far)) = waiting.pop_front() {
        tokio::time::sleep(PAUSE).await;
        match step(office, tenant, so_far.clone()).await {
            Ok(Some(progress)) => waiting.push_back((tenant, progress)),
            Ok(None) => tell(tenant, &so_far),
            // the next round begins anew with this company
            Err(error) => tracing::warn!(%tenant, %error, "old records stay for now"),
        }
    }
    Ok(())
}

fn tell(tenant: TenantId, done: &Progress) {
    if done.cdrs + done.audit > 0 {
        let (cdrs, audit) = (done.cdrs, done.audit);
        tracing::info!(%tenant, cdrs, audit, "removed what is older than it is kept");
    }
}
