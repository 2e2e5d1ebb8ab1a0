//! Octets that belong to documents, such as the sound of a `sound`.

use async_trait::async_trait;
use domain::{Kind, KindName};
use tenancy::{Located, TenantScope};

use crate::error::StoreError;

/// Most octets of one blob: 32 MiB.
pub const BLOB_MAX: usize = 32 << 20;

/// Longest text about one blob, in octets.
pub const BLOB_ABOUT_MAX: usize = 4_096;

/// The document that a blob belongs to, found within the scope of its tenant: nobody can name one
/// by what somebody has typed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BlobPlace {
    kind: KindName,
    id: String,
    tenant: ids::TenantId,
}

impl BlobPlace {
    /// The place of a document.
    pub fn of<K: Kind>(document: &Located<K>) -> BlobPlace {
        BlobPlace {
            kind: K::NAME,
            id: document.id().to_string(),
            tenant: document.tenant(),
        }
    }

    /// Kind and id of the document.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] with another tenant's scope.
    pub fn within(&self, scope: &TenantScope) -> Result<(KindName, &str), StoreError> {
        if scope.tenant() == self.tenant {
            return Ok((self.kind, &self.id));
        }
        Err(StoreError::NotFound)
    }
}

/// Octets, and what is said about them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Blob {
    /// What whoever has put it says about it, at most [`BLOB_ABOUT_MAX`] octets.
    pub about: String,
    /// The octets, at most [`BLOB_MAX`].
    pub octets: Vec<u8>,
}

impl Blob {
    /// How many octets it counts for.
    #[must_use]
    pub fn length(&self) -> u64 {
        u64::try_from(self.octets.len()).unwrap_or(u64::MAX)
    }
}

/// What became of a blob that was to be kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    /// It is kept, in place of the one before.
    Yes,
    /// The tenant would have more octets than it may; nothing was changed.
    Full {
        /// How many it has, without the one that was to be replaced.
        in_use: u64,
    },
}

/// The blobs of a tenant's documents, at most one of each. They go with their document.
#[async_trait]
pub trait BlobBook: Send + Sync {
    /// Keeps a blob in place of the one before, as far as the tenant then has at most `most`
    /// octets.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when the document is gone or another tenant's,
    /// [`StoreError::TooLarge`] beyond [`BLOB_MAX`] or [`BLOB_ABOUT_MAX`], else what the store
    /// says.
    async fn put_blob(
        &self,
        scope: &TenantScope,
        place: &BlobPlace,
        blob: Blob,
        most: u64,
    ) -> Result<Kept, StoreError>;

    /// The blob of a document; `None` when it has none.
    async fn blob(
        &self,
        scope: &TenantScope,
        place: &BlobPlace,
    ) -> Result<Option<Blob>, StoreError>;

    /// What is said about the blob of a document; `None` when it has none.
    async fn about_blob(
        &self,
        scope: &TenantScope,
        place: &BlobPlace,
    ) -> Result<Option<String>, StoreError>;

    /// Removes the blob of a document. Tells whether there was one.
    async fn remove_blob(&self, scope: &TenantScope, place: &BlobPlace)
    -> Result<bool, StoreError>;

    /// Octets of all the tenant's blobs.
    async fn blob_octets(&self, scope: &TenantScope) -> Result<u64, StoreError>;
}

/// Refuses a blob that is longer than any may be.
///
/// # Errors
/// [`StoreError::TooLarge`].
pub fn check_blob(blob: &Blob) -> Result<(), StoreError> {
    StoreError::at_most(blob.about.len(), BLOB_ABOUT_MAX)?;
    StoreError::at_most(blob.octets.len(), BLOB_MAX)
}
