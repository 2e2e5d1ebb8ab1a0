//! When API keys were last used: remembered in memory, and written many at once.

use domain::TokenRecord;
use ports::StoreError;

use crate::office::Office;
use crate::waiting_uses::USES_MAX;

/// How many uses of keys wait to be written, for a metric.
pub fn waiting(office: &Office) -> usize {
    office.uses().len()
}

/// How many uses of keys were not noted because too many waited, for a metric.
pub fn lost(office: &Office) -> u64 {
    office.uses().lost()
}

/// The record with its last use, also when that waits to be written yet.
#[must_use]
pub fn shown(office: &Office, token: TokenRecord) -> TokenRecord {
    TokenRecord {
        used: token.used.max(office.uses().of(token.id)),
        ..token
    }
}

/// Writes the uses that wait, many at a time; gives their number. What could not be
/// written waits for the next time.
///
/// # Errors
/// What the store says.
pub async fn write(office: &Office) -> Result<usize, StoreError> {
    let mut written = 0;
    while written < USES_MAX {
        let uses = office.uses().some();
        if uses.is_empty() {
            break;
        }
        office.store().write_uses(uses.clone()).await?;
        office.uses().written(&uses);
        written += uses.len();
    }
    Ok(written)
}
