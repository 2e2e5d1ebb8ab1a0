//! Whether those above may enter is the company's to say: an account's scope cannot say it.

use domain::{AuditEntry, SupportPolicy};
use ports::{StoreError, SupportBook};
use tenancy::AccountScope;

async fn open(
    book: &dyn SupportBook,
    scope: &AccountScope,
    audit: &AuditEntry,
) -> Result<(), StoreError> {
    book.set_support_policy(scope, SupportPolicy::Open, audit)
        .await
}

fn main() {}
