//! Use cases of recordings: they are found, heard and removed, and whoever hears or removes one is
//! noted.

use std::fmt;

use domain::{Extension, Recording, RecordingState};
use ids::{ExtensionId, RecordingId};
use ports::{
    Busy, HeavyWork, RecordedForm, RecordedPieces, RecordingListing, RecordingQuery, ShelfError,
    StoreError, apart,
};
use serde_json::{Value, json};
use tenancy::{TenantScope, Unresolved};

use crate::documents;
use crate::holds;
use crate::office::Office;

/// Why a recording is not heard or not removed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// It is being made: it cannot be removed before its end.
    Running,
    /// Too many are heard or removed at this moment.
    Busy,
    /// It is not given in this form here: what is missing for that.
    NotMade(String),
    /// What the store or the shelf says; `InUse` names the legal holds that keep it.
    Store(StoreError),
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Refusal::Running => f.write_str("the call is still being recorded"),
            Refusal::Busy => f.write_str("too many recordings are asked for at this moment"),
            Refusal::NotMade(why) => write!(f, "recordings are not given in this form here: {why}"),
            Refusal::Store(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for Refusal {}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        Refusal::Store(error)
    }
}

impl From<Busy> for Refusal {
    fn from(_: Busy) -> Self {
        Refusal::Busy
    }
}

/// One page of a tenant's recordings, newest first.
///
/// # Errors
/// What the store says.
pub async fn list(
    office: &Office,
    scope: &TenantScope,
    query: &RecordingQuery,
) -> Result<RecordingListing, StoreError> {
    office.store().recordings(scope, query).await
}

/// The conference of a number, or of an id, which may be of one that is there no more; `None` where
/// there is none.
///
/// # Errors
/// What the store says.
pub async fn conference(
    office: &Office,
    scope: &TenantScope,
    named: &str,
) -> Result<Option<ExtensionId>, StoreError> {
    if let Ok(id) = named.parse() {
        return Ok(Some(id));
    }
    let reference = Unresolved::<Extension>::new(named.to_owned());
    match documents::find(office, scope, &reference).await {
        Ok((_, extension)) => Ok(Some(extension.id)),
        Err(StoreError::NotFound) => Ok(None),
        Err(other) => Err(other),
    }
}

/// What is known of one recording.
///
/// # Errors
/// `NotFound`, also for another tenant's; else what the store says.
pub async fn read(
    office: &Office,
    scope: &TenantScope,
    id: RecordingId,
) -> Result<Recording, StoreError> {
    let found = office.store().recording(scope, id).await?;
    found.ok_or(StoreError::NotFound)
}

/// What the audit trail says of a recording: whose call it was, and nothing of its key.
fn told(recording: &Recording) -> Value {
    json!({
        "call": recording.call,
        "conference": recording.conference,
        "caller": recording.caller,
        "called": recording.called,
        "began": recording.began.to_string(),
        "lasts_ms": recording.lasts_ms,
    })
}

/// Opens the sound of a recording, of a running one as far as it has come. The tenant's audit
/// trail says who opened which before anything of it is given.
///
/// # Errors
/// `NotFound` when there is no such recording or no sound of it, else [`Refusal`].
pub async fn heard(
    office: &Office,
    scope: &TenantScope,
    heavy: &dyn HeavyWork,
    (id, form): (RecordingId, RecordedForm),
) -> Result<RecordedPieces, Refusal> {
    let recording = read(office, scope, id).await?;
    let mut note = office.audit(
        scope.owner(),
        scope.actor(),
        "recording.heard",
        id.to_string(),
    );
    note.after = Some(told(&recording));
    let shelf = office.shelf();
    let opened = apart(heavy, move || shelf.sound(&recording, form)).await?;
    let pieces = opened.map_err(|error| match error {
        ShelfError::NotMade(why) => Refusal::NotMade(why),
        other @ (ShelfError::NotFound | ShelfError::Damaged(_) | ShelfError::Unavailable(_)) => {
            Refusal::Store(other.into())
        }
    })?;
    office.store().add_audit(scope, &note).await?;
    Ok(pieces)
}

/// Removes a recording, first its sound and then what is known of it; after a failure it is
/// removed by repeating it.
///
/// # Errors
/// `NotFound` when there is no such recording, `InUse` while it is on legal hold,
/// [`Refusal::Running`], else [`Refusal`].
pub async fn remove(
    office: &Office,
    scope: &TenantScope,
    heavy: &dyn HeavyWork,
    id: RecordingId,
) -> Result<(), Refusal> {
    let recording = read(office, scope, id).await?;
    let by = holds::on_recording(office, scope, &recording).await?;
    if !by.is_empty() {
        return Err(StoreError::InUse { by, more: 0 }.into());
    }
    if recording.state == RecordingState::Running {
        return Err(Refusal::Running);
    }
    let target = id.to_string();
    let mut note = office.audit(scope.owner(), scope.actor(), "recording.removed", target);
    note.before = Some(told(&recording));
    let shelf = office.shelf();
    let gone = apart(heavy, move || shelf.remove(&recording)).await?;
    gone.map_err(StoreError::from)?;
    office.store().add_audit(scope, &note).await?;
    office.store().remove_recordings(scope, vec![id]).await?;
    Ok(())
}
