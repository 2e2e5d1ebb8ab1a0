//! Changing what is kept of a person, when others change it at the same time.

use domain::AuditEntry;
use ids::UserId;
use ports::StoreError;

use super::known::Known;
use super::refusal::Refusal;
use crate::office::Office;

/// How often a change is tried when others are faster.
const TRIES: usize = 8;

/// What became of a try.
pub(super) enum Done<T> {
    /// To be stored with these entries; then this is the answer.
    Keep(T, Vec<AuditEntry>),
    /// Nothing is to be stored.
    Leave(Refusal),
}

/// Changes a person's record. The work is done again on the new record when somebody else was
/// faster, so no code and no token is spent twice.
pub(super) async fn change<T>(
    office: &Office,
    user: UserId,
    work: impl Fn(&mut Known) -> Done<T> + Send + Sync,
) -> Result<T, Refusal> {
    for _ in 0..TRIES {
        let known = Known::find(office, user).await?;
        let mut known = known.filter(Known::may_enter).ok_or(Refusal::Wrong)?;
        let (answer, audit) = match work(&mut known) {
            Done::Keep(answer, audit) => (answer, audit),
            Done::Leave(refusal) => return Err(refusal),
        };
        let record = known.record()?;
        match office.store().put_credentials(&record, &audit).await {
            Ok(_) => return Ok(answer),
            Err(StoreError::RevisionMismatch { .. }) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(Refusal::Busy)
}
