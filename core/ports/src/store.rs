//! A tenant's data.

use async_trait::async_trait;
use domain::{Cdr, Document, KindName, Version};
use ids::CdrId;
use tenancy::TenantScope;

use crate::account::AccountStore;
use crate::bans::BanBook;
use crate::blobs::BlobBook;
use crate::change::{Change, Committed};
use crate::credentials::CredentialStore;
use crate::deliveries::DeliveryBook;
use crate::erasure::ErasureStore;
use crate::error::StoreError;
use crate::events::EventLog;
use crate::exchange::ExchangeStore;
use crate::facts::FactStore;
use crate::faxes::FaxBook;
use crate::front_door::FrontDoor;
use crate::keys::KeyStore;
use crate::ladders::LadderBook;
use crate::page::{AuditListing, CdrListing, CdrQuery, Listing, Page};
use crate::quality::QualityBook;
use crate::recordings::RecordingBook;
use crate::references::ReferenceBook;
use crate::sealed_book::SealedBook;
use crate::secrets::SecretStore;
use crate::support::SupportBook;
use crate::tenant_archive::ArchiveStore;
use crate::tokens::TokenBook;

/// Revisions kept of each document.
pub const HISTORY_MAX: usize = 100;

/// A tenant's documents and facts. Nothing here works without a scope, and nothing of another
/// tenant's is ever seen through one.
#[async_trait]
pub trait Store: Send + Sync {
    /// The document with this id or, when the text is no id of the kind, this natural key.
    async fn get(
        &self,
        scope: &TenantScope,
        kind: KindName,
        key: &str,
    ) -> Result<Option<Document>, StoreError>;

    /// One page of a kind's documents.
    async fn list(
        &self,
        scope: &TenantScope,
        kind: KindName,
        page: &Page,
    ) -> Result<Listing, StoreError>;

    /// Number of a kind's documents.
    async fn count(&self, scope: &TenantScope, kind: KindName) -> Result<u64, StoreError>;

    /// The plan that the tenant has bought; `None` when it has none.
    async fn plan(&self, scope: &TenantScope) -> Result<Option<Document>, StoreError>;

    /// Carries out a change as one transaction. Kinds that are not a tenant's to change are
    /// [`StoreError::NotFound`] here.
    async fn commit(&self, scope: &TenantScope, change: Change) -> Result<Committed, StoreError>;

    /// Tries a change and undoes it whole: what would be refused of each operation, with those
    /// before it carried out as far as they are good. Nothing is changed.
    async fn rehearse(
        &self,
        scope: &TenantScope,
        change: Change,
    ) -> Result<Vec<Option<StoreError>>, StoreError>;

    /// The latest [`HISTORY_MAX`] revisions of a document, newest first. A deleted document's
    /// history is kept.
    async fn history(
        &self,
        scope: &TenantScope,
        kind: KindName,
        id: &str,
    ) -> Result<Vec<Version>, StoreError>;

    /// One page of the tenant's audit trail, newest first. Filter and order are ignored.
    async fn audit(&self, scope: &TenantScope, page: &Page) -> Result<AuditListing, StoreError>;

    /// One page of call records, newest first.
    async fn cdrs(&self, scope: &TenantScope, query: &CdrQuery) -> Result<CdrListing, StoreError>;

    /// One call record.
    async fn cdr(&self, scope: &TenantScope, id: CdrId) -> Result<Option<Cdr>, StoreError>;
}

/// The faces to what happens in tenants and is no document.
pub trait Books:
    EventLog
    + DeliveryBook
    + SupportBook
    + FactStore
    + ReferenceBook
    + LadderBook
    + BlobBook
    + RecordingBook
    + FaxBook
    + QualityBook
{
}

impl<T> Books for T where
    T: EventLog
        + DeliveryBook
        + SupportBook
        + FactStore
        + ReferenceBook
        + LadderBook
        + BlobBook
        + RecordingBook
        + FaxBook
        + QualityBook
        + ?Sized
{
}

/// The faces to what is kept sealed or hashed.
pub trait Safes: CredentialStore + KeyStore + SealedBook + SecretStore + TokenBook {}

impl<T> Safes for T where
    T: CredentialStore + KeyStore + SealedBook + SecretStore + TokenBook + ?Sized
{
}

/// The faces that take tenants away, out and in as a whole.
pub trait Removals: ErasureStore + ArchiveStore {}

impl<T> Removals for T where T: ErasureStore + ArchiveStore + ?Sized {}

/// All of a store's faces.
pub trait Stores:
    Store + AccountStore + ExchangeStore + BanBook + FrontDoor + Books + Safes + Removals
{
}

impl<T> Stores for T where
    T: Store
        + AccountStore
        + ExchangeStore
        + BanBook
        + FrontDoor
        + Books
        + Safes
        + Removals
        + ?Sized
{
}
