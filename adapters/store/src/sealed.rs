//! The bounds of what the platform keeps sealed, the same for every store.

use domain::Invalid;
use ports::{SEALED_MAX, SEALED_NAMES_MAX, StoreError};

/// Longest name, in bytes.
const NAME_MAX: usize = 300;

/// Refuses a name or a content that is too long.
pub(crate) fn check(name: &str, content: Option<&[u8]>) -> Result<(), StoreError> {
    let short = content.is_none_or(|content| content.len() <= SEALED_MAX);
    if name.is_empty() || name.len() > NAME_MAX || !short {
        let rule = "must have a name of 1 to 300 bytes and at most 65536 bytes of content";
        return Err(Invalid::new("/sealed", rule).into());
    }
    Ok(())
}

/// Refuses one name more than there may be.
pub(crate) fn check_room(names: usize) -> Result<(), StoreError> {
    if names >= SEALED_NAMES_MAX {
        return Err(Invalid::new("/sealed", "must have at most 256 names").into());
    }
    Ok(())
}
