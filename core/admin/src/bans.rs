//! Use cases of bans: the operator's view of the defence, and its hand in it.

use std::time::Duration;

use domain::{BAN_LONGEST, BAN_NOTE_MAX, BAN_REMEMBERED, Ban, BanCause, Invalid, SourceAddress};
use ports::StoreError;
use serde_json::json;
use tenancy::{Owner, PlatformScope};

use crate::office::Office;

/// A ban by hand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewBan {
    /// Who.
    pub source: SourceAddress,
    /// How long, from a second to [`BAN_LONGEST`].
    pub lasts: Duration,
    /// Why, at most [`BAN_NOTE_MAX`] characters; may be empty.
    pub note: String,
}

impl NewBan {
    fn check(&self) -> Result<(), Invalid> {
        if self.lasts < Duration::from_secs(1) || self.lasts > BAN_LONGEST {
            return Err(Invalid::new("/seconds", "must be 1 second to ten years"));
        }
        let printable = !self.note.chars().any(char::is_control);
        if !printable || self.note.chars().count() > BAN_NOTE_MAX {
            let rule = "must have at most 200 printable characters";
            return Err(Invalid::new("/note", rule));
        }
        Ok(())
    }
}

/// The bans in force, in the order of their sources' text.
///
/// # Errors
/// What the store says.
pub async fn list(office: &Office, _scope: &PlatformScope) -> Result<Vec<Ban>, StoreError> {
    let now = office.now();
    let mut bans = office.store().bans().await?;
    bans.retain(|ban| ban.holds(now));
    Ok(bans)
}

/// Bans a source; gives the ban in force, which is another when that one ends later. All nodes
/// heed it within some seconds. It is in the platform's audit trail.
///
/// # Errors
/// `Invalid` for a length or a note out of bounds, else what the store says.
pub async fn add(office: &Office, scope: &PlatformScope, new: NewBan) -> Result<Ban, StoreError> {
    new.check()?;
    let now = office.now();
    let ban = Ban {
        source: new.source,
        cause: BanCause::Hand,
        begun: now,
        until: now + new.lasts,
        strikes: 1,
        note: new.note,
    };
    let target = ban.source.to_string();
    let mut audit = office.audit(Owner::PLATFORM, scope.actor(), "ban.added", target);
    audit.after = Some(json!({ "until": ban.until.to_string(), "note": ban.note }));
    office.store().put_bans(vec![ban.clone()]).await?;
    office.store().note(&scope.account(), &audit).await?;
    let kept = office.store().bans().await?;
    let kept = kept.into_iter().find(|kept| kept.source == ban.source);
    Ok(kept.unwrap_or(ban))
}

/// Lifts a source's ban and forgives it what led there. It is in the platform's audit trail.
///
/// # Errors
/// `NotFound` when the source is not banned, else what the store says.
pub async fn lift(
    office: &Office,
    scope: &PlatformScope,
    source: SourceAddress,
) -> Result<(), StoreError> {
    if !office.store().lift_ban(source).await? {
        return Err(StoreError::NotFound);
    }
    let target = source.to_string();
    let audit = office.audit(Owner::PLATFORM, scope.actor(), "ban.lifted", target);
    office.store().note(&scope.account(), &audit).await
}

/// Keeps what the exchange itself has banned.
///
/// # Errors
/// What the store says.
pub async fn keep(office: &Office, bans: Vec<Ban>) -> Result<(), StoreError> {
    office.store().put_bans(bans).await
}

/// All bans that nodes must know: those in force, and those remembered so that the next is longer.
///
/// # Errors
/// What the store says.
pub async fn known(office: &Office) -> Result<Vec<Ban>, StoreError> {
    office.store().bans().await
}

/// Removes bans that need not be remembered any more; gives their number.
///
/// # Errors
/// What the store says.
pub async fn forget_old(office: &Office) -> Result<usize, StoreError> {
    let ended = office.now().saturating_sub(BAN_REMEMBERED);
    office.store().forget_bans(ended).await
}
