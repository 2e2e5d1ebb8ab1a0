//! An access is written into the book of the scope's own company; whose it is cannot be said
//! beside it.

use domain::{AuditEntry, Event, SupportAccess};
use ids::TenantId;
use ports::{StoreError, SupportBook};

async fn grant(
    book: &dyn SupportBook,
    tenant: TenantId,
    access: &SupportAccess,
    told: (&AuditEntry, &Event),
) -> Result<bool, StoreError> {
    book.put_support_access(&tenant, access, true, told).await
}

fn main() {}
