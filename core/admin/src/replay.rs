//! What calls of the past would come to: each is asked of routing again, at its own time, by the
//! present documents and by proposed ones, and what differs is told.
//!
//! Nobody is called and nothing is written. Whether telephones are registered is not looked at, on
//! neither side, nor what caps and budgets were used up: so what differs does so by documents.

mod difference;
mod page;
mod parts;
mod past;
mod proposal;
mod record;
mod road;

use std::time::Duration;

pub use difference::{Change, Difference, Help, Road};
pub use page::{Replayed, Sums};
pub use past::{PastCall, Unasked, Unreplayed};
pub use proposal::{PROPOSED_MAX, Proposal, Without};

use domain::{CompiledTenant, Invalid};
use machine::WallTime;
use ports::{CdrQuery, Cursor, PAGE_MAX, StoreError};
use tenancy::TenantScope;

use crate::office::Office;

/// Most calls that are looked at in one go; further ones by the cursor.
pub const REPLAYED_MAX: usize = PAGE_MAX;

/// How much is looked at where nothing is said of when it begins.
pub const WINDOW: Duration = Duration::from_secs(24 * 60 * 60);

/// Which calls.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Window {
    /// Those that started at this time or later.
    pub since: WallTime,
    /// Those that started before this time.
    pub until: WallTime,
}

impl Window {
    /// The window that is meant: until now and for a day where it says nothing.
    ///
    /// # Errors
    /// [`Invalid`] when it ends before it begins.
    pub fn of(
        office: &Office,
        since: Option<WallTime>,
        until: Option<WallTime>,
    ) -> Result<Window, Invalid> {
        let until = until.unwrap_or_else(|| office.now());
        let since = since.unwrap_or_else(|| until.saturating_sub(WINDOW));
        if since >= until {
            return Err(Invalid::new("/since", "must be before the end of the time"));
        }
        Ok(Window { since, until })
    }
}

/// A company by its present documents, and as it would be by proposed ones.
#[derive(Clone, Debug)]
pub struct Replay {
    present: CompiledTenant,
    proposed: Option<CompiledTenant>,
}

impl Replay {
    /// Reads a company's documents once, and makes in memory of them what is proposed.
    ///
    /// # Errors
    /// [`Invalid`] with the first document that cannot be as the proposal says, else what the
    /// store says.
    pub async fn open(
        office: &Office,
        scope: &TenantScope,
        proposal: Option<&Proposal>,
    ) -> Result<Replay, StoreError> {
        let parts = office.store().load_tenant(scope).await?;
        let parts = parts.ok_or(StoreError::NotFound)?;
        let proposed = match proposal {
            None => None,
            Some(proposal) => Some(proposal::applied(office, parts.clone(), proposal)?),
        };
        Ok(Replay {
            present: CompiledTenant::compile(parts),
            proposed: proposed.map(CompiledTenant::compile),
        })
    }

    /// Looks at some calls, the latest first: at most `limit`, from 1 to [`REPLAYED_MAX`].
    ///
    /// # Errors
    /// What the store says.
    pub async fn page(
        &self,
        office: &Office,
        scope: &TenantScope,
        window: &Window,
        (after, limit): (Option<Cursor>, usize),
    ) -> Result<Replayed, StoreError> {
        let query = CdrQuery {
            after,
            limit: limit.clamp(1, REPLAYED_MAX),
            from: Some(window.since),
            until: Some(window.until),
            ..CdrQuery::default()
        };
        let found = office.store().cdrs(scope, &query).await?;
        let mut replayed = Replayed {
            earliest: found.cdrs.last().map(|cdr| cdr.started),
            next: found.next,
            ..Replayed::default()
        };
        for cdr in &found.cdrs {
            match self.one(cdr) {
                Ok(difference) => replayed.add(difference),
                Err(unreplayed) => replayed.leave(unreplayed),
            }
        }
        replayed.in_order();
        Ok(replayed)
    }

    /// What differs of one call; `None` where nothing does.
    fn one(&self, cdr: &domain::Cdr) -> Result<Option<Difference>, Unreplayed> {
        let unreplayed = |reason| Unreplayed {
            call: PastCall::of(cdr),
            for_help: record::was_for_help(cdr),
            reason,
        };
        let request = past::question(&self.present, cdr).map_err(unreplayed)?;
        let present = road::of(&self.present, &request, cdr.started);
        let Some(proposed) = &self.proposed else {
            if let Some(reason) = past::beside_documents(cdr) {
                return Err(unreplayed(reason));
            }
            return Ok(difference::since(&self.present, cdr, present));
        };
        let proposed = road::of(proposed, &request, cdr.started);
        Ok(difference::between(&self.present, cdr, present, proposed))
    }
}
