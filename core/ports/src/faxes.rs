//! Faxes: what is known of each, and its pages.

use async_trait::async_trait;
use domain::{FAX_OCTETS_MAX, Fax, FaxState};
use ids::{ExtensionId, FaxId, TenantId};
use machine::WallTime;
use tenancy::TenantScope;

use crate::blobs::Kept;
use crate::error::StoreError;
use crate::page::{Cursor, PAGE_MAX};

/// Which faxes. Conditions add up.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FaxQuery {
    /// The cursor of the page before.
    pub after: Option<Cursor>,
    /// Most entries; 0 means 100, more than [`PAGE_MAX`] means `PAGE_MAX`.
    pub limit: usize,
    /// Those of this extension.
    pub extension: Option<ExtensionId>,
    /// Those of which this became.
    pub state: Option<FaxState>,
    /// Those whose ids were made before this moment, to the millisecond.
    pub until: Option<WallTime>,
}

impl FaxQuery {
    /// The limit, within its bounds.
    pub fn bounded_limit(&self) -> usize {
        if self.limit == 0 {
            100
        } else {
            self.limit.min(PAGE_MAX)
        }
    }

    /// The id before which the page begins; `None` where it begins with the newest. Ids grow with
    /// time, so their order is that of faxes.
    pub fn before(&self) -> Option<FaxId> {
        let after = self.after.as_ref().and_then(|after| after.0.parse().ok());
        let first = |until: WallTime| u64::try_from(until.unix_ms()).unwrap_or_default();
        let until = self.until.map(|until| FaxId::new(first(until), 0));
        after.into_iter().chain(until).min()
    }

    /// Whether it is one of this extension and this state, as far as they are asked for.
    pub fn admits(&self, fax: &Fax) -> bool {
        self.extension.is_none_or(|wanted| fax.extension == wanted)
            && self.state.is_none_or(|wanted| fax.state == wanted)
    }
}

/// One page of faxes, newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FaxListing {
    /// The faxes.
    pub faxes: Vec<Fax>,
    /// Where the next page begins; `None` when this was the last.
    pub next: Option<Cursor>,
}

/// Faxes with their documents, all of it sealed under their tenant's data key, so that whoever
/// erases that erases them.
#[async_trait]
pub trait FaxBook: Send + Sync {
    /// Keeps a fax and its document, whose length is taken for the fax's `octets`, in place of the
    /// one with the same id, as far as the tenant then has at most `most` octets of documents.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when its tenant is not there, [`StoreError::TooLarge`] beyond
    /// [`FAX_OCTETS_MAX`], else what the store says.
    async fn write_fax(&self, fax: Fax, document: Vec<u8>, most: u64) -> Result<Kept, StoreError>;

    /// Puts this in the place of what is known of a fax, whose document stays as it is, if the fax
    /// is in the state `was`; whether it was. What its document's octets are is as little changed
    /// as its extension. Of two that want to take the same step one does.
    async fn change_fax(&self, fax: Fax, was: FaxState) -> Result<bool, StoreError>;

    /// Tenants that have faxes which wait to be sent or are being sent, in order.
    async fn tenants_with_open_faxes(&self) -> Result<Vec<TenantId>, StoreError>;

    /// One page of a tenant's faxes, newest first.
    async fn faxes(&self, scope: &TenantScope, query: &FaxQuery) -> Result<FaxListing, StoreError>;

    /// One fax.
    async fn fax(&self, scope: &TenantScope, id: FaxId) -> Result<Option<Fax>, StoreError>;

    /// The document of a fax; `None` where there is no such fax, or no document of it.
    async fn fax_document(
        &self,
        scope: &TenantScope,
        id: FaxId,
    ) -> Result<Option<Vec<u8>>, StoreError>;

    /// Removes faxes with their documents. Gives the number of those that were there. More than
    /// `FACTS_AT_ONCE` are refused with [`StoreError::TooLarge`].
    async fn remove_faxes(&self, scope: &TenantScope, ids: Vec<FaxId>)
    -> Result<usize, StoreError>;
}

/// The fax with the length of its document.
///
/// # Errors
/// [`StoreError::TooLarge`] where that is longer than may be.
pub fn check_fax(fax: Fax, document: &[u8]) -> Result<Fax, StoreError> {
    let limit = usize::try_from(FAX_OCTETS_MAX).unwrap_or(usize::MAX);
    if document.len() > limit {
        return Err(StoreError::TooLarge { limit });
    }
    let octets = u64::try_from(document.len()).unwrap_or(u64::MAX);
    Ok(Fax { octets, ..fax })
}
