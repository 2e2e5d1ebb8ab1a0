//! Recordings of calls: what is known of them, in the store, and their sound, on a shelf.

use std::fmt;

use async_trait::async_trait;
use domain::Recording;
use ids::{CallId, ExtensionId, RecordingId};
use machine::WallTime;
use tenancy::TenantScope;

use crate::error::StoreError;
use crate::page::{Cursor, PAGE_MAX};

/// Which recordings. Conditions add up.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RecordingQuery {
    /// The cursor of the page before.
    pub after: Option<Cursor>,
    /// Most entries; 0 means 100, more than [`PAGE_MAX`] means `PAGE_MAX`.
    pub limit: usize,
    /// Those of this call.
    pub call: Option<CallId>,
    /// Those of this conference.
    pub conference: Option<ExtensionId>,
    /// Those whose ids were made before this moment, to the millisecond.
    pub until: Option<WallTime>,
}

impl RecordingQuery {
    /// The limit, within its bounds.
    pub fn bounded_limit(&self) -> usize {
        if self.limit == 0 {
            100
        } else {
            self.limit.min(PAGE_MAX)
        }
    }

    /// The id before which the page begins; `None` where it begins with the newest. Ids grow with
    /// time, so their order is that of recordings.
    pub fn before(&self) -> Option<RecordingId> {
        let after = self.after.as_ref().and_then(|after| after.0.parse().ok());
        let first = |until: WallTime| u64::try_from(until.unix_ms()).unwrap_or_default();
        let until = self.until.map(|until| RecordingId::new(first(until), 0));
        after.into_iter().chain(until).min()
    }
}

/// One page of recordings, newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RecordingListing {
    /// The recordings.
    pub recordings: Vec<Recording>,
    /// Where the next page begins; `None` when this was the last.
    pub next: Option<Cursor>,
}

/// What is known of recordings, each sealed under its tenant's data key.
#[async_trait]
pub trait RecordingBook: Send + Sync {
    /// Keeps recordings, each in place of the one with the same id. Those of tenants that are not
    /// there are left out. Gives the number that were kept.
    async fn write_recordings(&self, recordings: Vec<Recording>) -> Result<usize, StoreError>;

    /// One page of a tenant's recordings, newest first.
    async fn recordings(
        &self,
        scope: &TenantScope,
        query: &RecordingQuery,
    ) -> Result<RecordingListing, StoreError>;

    /// One recording.
    async fn recording(
        &self,
        scope: &TenantScope,
        id: RecordingId,
    ) -> Result<Option<Recording>, StoreError>;

    /// Removes what is known of recordings. Gives the number of those that were there. More than
    /// `FACTS_AT_ONCE` are refused with [`StoreError::TooLarge`].
    async fn remove_recordings(
        &self,
        scope: &TenantScope,
        ids: Vec<RecordingId>,
    ) -> Result<usize, StoreError>;

    /// Recordings of all tenants that still run, oldest first: for the exchange that starts, which
    /// finishes what a former one could not. At most [`PAGE_MAX`].
    async fn running_recordings(&self) -> Result<Vec<Recording>, StoreError>;
}

/// In which form the sound of a recording is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RecordedForm {
    /// Ogg Opus (RFC 7845), as it is kept.
    Ogg,
    /// WAV: 16 bits at 16 kHz, in the recording's channels.
    Wave,
    /// MP3, 64 kbit/s for each channel at 16 kHz.
    Mp3,
}

/// Why a shelf cannot give or take.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ShelfError {
    /// There is nothing of this recording.
    NotFound,
    /// What lies there was changed, or is another's.
    Damaged(String),
    /// It is not made in this form here: what is missing for that.
    NotMade(String),
    /// The shelf is away, or full.
    Unavailable(String),
}

impl fmt::Display for ShelfError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ShelfError::NotFound => f.write_str("there is nothing of this recording"),
            ShelfError::Damaged(how) => write!(f, "the recording is damaged: {how}"),
            ShelfError::NotMade(why) => write!(f, "recordings are not made in this form: {why}"),
            ShelfError::Unavailable(how) => write!(f, "recordings cannot be reached: {how}"),
        }
    }
}

impl std::error::Error for ShelfError {}

impl From<ShelfError> for StoreError {
    fn from(error: ShelfError) -> Self {
        let detail = error.to_string();
        match error {
            ShelfError::NotFound => StoreError::NotFound,
            ShelfError::Damaged(_) => StoreError::Corrupt { detail },
            ShelfError::NotMade(_) | ShelfError::Unavailable(_) => {
                StoreError::Unavailable { detail }
            }
        }
    }
}

/// The octets of a sound, one piece after another. After an error nothing more comes.
pub type RecordedPieces = Box<dyn Iterator<Item = Result<Vec<u8>, ShelfError>> + Send>;

/// Where the sound of recordings lies. It may wait for a disk.
pub trait RecordingShelf: Send + Sync {
    /// The sound, of a running recording as far as it has come. Each piece has 256 KiB at most.
    ///
    /// # Errors
    /// [`ShelfError`].
    fn sound(
        &self,
        recording: &Recording,
        form: RecordedForm,
    ) -> Result<RecordedPieces, ShelfError>;

    /// Removes the sound; whether there was any.
    ///
    /// # Errors
    /// [`ShelfError`].
    fn remove(&self, recording: &Recording) -> Result<bool, ShelfError>;

    /// Removes all sound of a tenant.
    ///
    /// # Errors
    /// [`ShelfError`].
    fn erase(&self, scope: &TenantScope) -> Result<(), ShelfError>;
}

/// Has nothing: for whoever records no calls.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoShelf;

impl RecordingShelf for NoShelf {
    fn sound(&self, _: &Recording, _: RecordedForm) -> Result<RecordedPieces, ShelfError> {
        Err(ShelfError::NotFound)
    }

    fn remove(&self, _: &Recording) -> Result<bool, ShelfError> {
        Ok(false)
    }

    fn erase(&self, _: &TenantScope) -> Result<(), ShelfError> {
        Ok(())
    }
}
