//! A log of events is read under its tenant's scope; a tenant's id does not open it.

use ids::TenantId;
use ports::{EventLog, EventPage, EventQuery, StoreError};

async fn follow(
    log: &dyn EventLog,
    tenant: TenantId,
    query: &EventQuery,
) -> Result<EventPage, StoreError> {
    log.events(&tenant, query).await
}

fn main() {}
