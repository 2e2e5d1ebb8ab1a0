//! What is kept of how people prove who they are, apart from their documents.

use std::fmt;

use async_trait::async_trait;
use domain::{AuditEntry, Document};
use ids::{LoginId, UserId};
use tenancy::Owner;

use crate::error::StoreError;

/// Longest record of one person, in bytes.
pub const CREDENTIALS_MAX: usize = 65_536;

/// Most logins by which one person is found.
pub const CREDENTIALS_LOGINS_MAX: usize = 64;

/// Most people that are found by one mail address: enough to see that it is not one alone.
pub const SAME_MAIL_MAX: usize = 2;

/// The record of one person. Its content is `admin`'s to read and nobody else's.
#[derive(Clone, PartialEq, Eq)]
pub struct CredentialRecord {
    /// The person.
    pub user: UserId,
    /// Whose the person is.
    pub owner: Owner,
    /// Counts the changes; 0 while nothing is kept.
    pub revision: u64,
    /// The logins by which the person is found, at most [`CREDENTIALS_LOGINS_MAX`]. Disabling the
    /// person empties the list.
    pub logins: Vec<LoginId>,
    /// At most [`CREDENTIALS_MAX`] bytes; sealed where it is stored. Empty while nothing is kept.
    pub content: Vec<u8>,
}

impl CredentialRecord {
    /// The record of a person of whom nothing is kept.
    pub fn none(user: UserId, owner: Owner) -> CredentialRecord {
        CredentialRecord {
            user,
            owner,
            revision: 0,
            logins: Vec::new(),
            content: Vec::new(),
        }
    }

    /// Checks its bounds.
    ///
    /// # Errors
    /// [`StoreError::TooLarge`].
    pub fn check(&self) -> Result<(), StoreError> {
        StoreError::at_most(self.content.len(), CREDENTIALS_MAX)?;
        StoreError::at_most(self.logins.len(), CREDENTIALS_LOGINS_MAX)
    }
}

impl fmt::Debug for CredentialRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CredentialRecord({} of {}, …)", self.user, self.owner)
    }
}

/// A person as the front door finds one, all of one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// The person's own document.
    pub user: Document,
    /// The document of the tenant or the reseller whose the person is; none for the platform's.
    pub owner: Option<Document>,
    /// Whether the owner and every reseller above it are enabled.
    pub open: bool,
    /// What is kept of the person.
    pub credentials: CredentialRecord,
}

/// People before it is known who asks, and what is kept of them. A person's record goes with the
/// person's document.
#[async_trait]
pub trait CredentialStore: Send + Sync {
    /// The person with this id.
    async fn person(&self, user: UserId) -> Result<Option<Person>, StoreError>;

    /// The person whose login this is.
    async fn person_of_login(&self, login: LoginId) -> Result<Option<Person>, StoreError>;

    /// At most [`SAME_MAIL_MAX`] people who have this mail address: with the owner that `at` names
    /// (a tenant by a domain, a reseller by its name, either by its id, or `platform`), or with
    /// any.
    async fn people_with_mail(
        &self,
        mail: &str,
        at: Option<&str>,
    ) -> Result<Vec<Person>, StoreError>;

    /// Replaces a person's record that has still its revision; gives the new revision. The audit
    /// entries go with it.
    ///
    /// # Errors
    /// [`StoreError::RevisionMismatch`] when it was changed meanwhile, [`StoreError::NotFound`]
    /// when there is no such person, [`StoreError::TooLarge`], else what the store says.
    async fn put_credentials(
        &self,
        record: &CredentialRecord,
        audit: &[AuditEntry],
    ) -> Result<u64, StoreError>;

    /// Adds an entry about a person to the trail of the person's owner. An entry whose id is there
    /// already is not added again.
    async fn note_person(&self, audit: &AuditEntry) -> Result<(), StoreError>;

    /// The resellers above an owner, the nearest first; a reseller is the first of its own.
    async fn resellers_above(&self, owner: Owner) -> Result<Vec<Document>, StoreError>;

    /// The platform's secret of this name, sealed like a record; `fresh` becomes it when there is
    /// none.
    async fn secret_or_insert(&self, name: &str, fresh: [u8; 32]) -> Result<[u8; 32], StoreError>;
}
