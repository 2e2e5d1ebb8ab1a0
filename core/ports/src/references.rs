//! Who refers to what.

use async_trait::async_trait;
use domain::{KindName, Referrer};
use tenancy::{AccountScope, TenantScope};

use crate::error::StoreError;
use crate::page::Cursor;

/// One page of those who refer to a document.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Referrers {
    /// Those who refer, by the word of their kind, id and field.
    pub by: Vec<Referrer>,
    /// Where the next page begins; `None` when this was the last.
    pub next: Option<Cursor>,
}

/// The references between documents, looked at from their ends.
#[async_trait]
pub trait ReferenceBook: Send + Sync {
    /// One page of those who refer to a document of a tenant, at most
    /// [`PAGE_MAX`](crate::PAGE_MAX).
    ///
    /// # Errors
    /// `NotFound` when there is no such document within the scope.
    async fn referrers(
        &self,
        scope: &TenantScope,
        document: (KindName, &str),
        after: Option<&Cursor>,
        limit: usize,
    ) -> Result<Referrers, StoreError>;

    /// The same of a document within reach of an account. Whoever refers to it from beside or
    /// above the account is left out.
    ///
    /// # Errors
    /// `NotFound` when there is no such document within reach.
    async fn referrers_below(
        &self,
        scope: &AccountScope,
        document: (KindName, &str),
        after: Option<&Cursor>,
        limit: usize,
    ) -> Result<Referrers, StoreError>;
}
