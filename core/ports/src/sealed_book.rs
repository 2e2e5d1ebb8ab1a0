//! What the platform keeps sealed and all nodes of an exchange share: the keys and certificates
//! that come by themselves, and what is under way with their authority.

use async_trait::async_trait;

use crate::error::StoreError;

/// Longest content under one name, in bytes.
pub const SEALED_MAX: usize = 65_536;

/// Most names that are kept.
pub const SEALED_NAMES_MAX: usize = 256;

/// Names with what is kept under them.
pub type Sealed = Vec<(String, Vec<u8>)>;

/// The platform's book of sealed things. No tenant's data is in it.
#[async_trait]
pub trait SealedBook: Send + Sync {
    /// What is kept under the names that begin so, opened, in the order of the names.
    async fn sealed(&self, beginning: &str) -> Result<Sealed, StoreError>;

    /// Puts `now` in place of `was`, where that is what is kept under the name: `None` is nothing.
    /// Tells whether it was; of several nodes that do so at once, one succeeds.
    ///
    /// A content longer than [`SEALED_MAX`], or a further name beyond [`SEALED_NAMES_MAX`], is
    /// refused as invalid.
    async fn swap_sealed(
        &self,
        name: &str,
        was: Option<&[u8]>,
        now: Option<&[u8]>,
    ) -> Result<bool, StoreError>;
}
