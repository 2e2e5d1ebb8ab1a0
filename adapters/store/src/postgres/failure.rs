//! What a failure of PostgreSQL means.

use std::error::Error;

use ports::StoreError;
use postgres::error::SqlState;

use crate::relational::OpenError;

/// Classes of states that are the world's fault and may pass: connection, transaction, resources,
/// intervention, system. Any other state should not come up and is ours.
const PASSING: [&str; 5] = ["08", "40", "53", "57", "58"];

/// The network, the disk and other processes are the world's; what should not be so is ours.
pub(super) fn failed(error: postgres::Error) -> StoreError {
    let detail = words(&error);
    let ours = match error.code() {
        Some(state) => !passes(state),
        // neither the server nor the line said no: a value did not fit
        None => !error.is_closed() && error.source().is_some_and(|cause| !is_io(cause)),
    };
    if ours {
        StoreError::Corrupt { detail }
    } else {
        StoreError::Unavailable { detail }
    }
}

fn passes(state: &SqlState) -> bool {
    let class = state.code().get(..2).unwrap_or_default();
    PASSING.contains(&class)
        || [
            SqlState::LOCK_NOT_AVAILABLE,
            SqlState::READ_ONLY_SQL_TRANSACTION,
        ]
        .contains(state)
}

fn is_io(error: &(dyn Error + 'static)) -> bool {
    error.is::<std::io::Error>()
}

/// The error with its causes: alone it says hardly more than where it happened.
fn words(error: &postgres::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text += &format!(": {error}");
        cause = error.source();
    }
    text
}

impl From<postgres::Error> for OpenError {
    fn from(error: postgres::Error) -> Self {
        OpenError::Store(failed(error))
    }
}
