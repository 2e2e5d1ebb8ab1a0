//! How much is remembered of what is good once.

use ports::{ONCE_MAX, StoreError};

/// Refuses a further thing beyond [`ONCE_MAX`]: forgetting one that would still be good would let
/// it be used again.
pub(crate) fn check_room(kept: usize) -> Result<(), StoreError> {
    if kept < ONCE_MAX {
        return Ok(());
    }
    Err(StoreError::Unavailable {
        detail: "too much that was used once is remembered already; try again later".to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_memory_refuses_instead_of_forgetting() {
        assert_eq!(check_room(ONCE_MAX - 1), Ok(()));
        let refused = check_room(ONCE_MAX);
        assert!(matches!(refused, Err(StoreError::Unavailable { .. })));
    }
}
