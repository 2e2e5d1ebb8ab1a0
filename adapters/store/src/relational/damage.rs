//! Stored data that cannot be understood.

use ports::StoreError;

/// Damage, in words for logs.
pub(crate) fn corrupt(detail: &str) -> StoreError {
    StoreError::Corrupt {
        detail: detail.to_owned(),
    }
}
