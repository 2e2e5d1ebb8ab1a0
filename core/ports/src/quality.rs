//! Summaries of how calls sounded, hour by hour.

use async_trait::async_trait;
use domain::{QualityBy, QualitySums};
use ids::TrunkId;
use machine::WallTime;
use tenancy::{AccountScope, TenantScope};

use crate::error::StoreError;
use crate::page::{Cursor, PAGE_MAX};

/// How summaries are put together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum QualityGroups {
    /// Each hour by itself, the newest first.
    #[default]
    Hours,
    /// All hours together for each value of a dimension, in the order of its texts.
    Values(QualityBy),
}

/// Which summaries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QualityQuery {
    /// How they are put together.
    pub groups: QualityGroups,
    /// Hours that began at this time or later.
    pub from: WallTime,
    /// Hours that began before this time.
    pub until: WallTime,
    /// The cursor of the page before.
    pub after: Option<Cursor>,
    /// Most entries; 0 means 100, more than [`PAGE_MAX`] means `PAGE_MAX`.
    pub limit: usize,
}

impl QualityQuery {
    /// The limit, within its bounds.
    pub fn bounded_limit(&self) -> usize {
        if self.limit == 0 {
            100
        } else {
            self.limit.min(PAGE_MAX)
        }
    }

    /// Hours of a page begin before this time, where hours are listed.
    pub fn before(&self) -> WallTime {
        let after = self.after.as_ref().and_then(|after| after.0.parse().ok());
        let after = after.map_or(self.until, WallTime::from_unix_ms);
        after.min(self.until)
    }

    /// Where the page after an hour begins.
    pub fn after_hour(hour: WallTime) -> Cursor {
        Cursor(hour.unix_ms().to_string())
    }
}

/// What a summary is of.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum QualityOf {
    /// The hour that begins then.
    Hour(WallTime),
    /// A value of the dimension asked for: an id, a model, a codec, or one of the words for all
    /// else (`domain::OTHER`, `domain::NO_SITE`, `domain::UNKNOWN`).
    Value(String),
}

/// One summary.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QualitySummary {
    /// What it is of.
    pub of: QualityOf,
    /// What it says.
    pub sums: QualitySums,
}

/// One page of summaries.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct QualityListing {
    /// The summaries.
    pub summaries: Vec<QualitySummary>,
    /// Where the next page begins; `None` when this was the last.
    pub next: Option<Cursor>,
}

/// Summaries. They are written with the call records that they are of, in the same transaction
/// and only with those that are new, so that each call counts once; of one dimension an hour of a
/// tenant has at most `domain::QUALITY_VALUES_MAX` values besides `domain::OTHER`. Where several
/// processes write at the same moment it may be some more.
#[async_trait]
pub trait QualityBook: Send + Sync {
    /// One page of the tenant's summaries.
    async fn quality(
        &self,
        scope: &TenantScope,
        query: &QualityQuery,
    ) -> Result<QualityListing, StoreError>;

    /// One page of hours of a trunk of the account's own: totals of all tenants that called by it,
    /// whatever the query says of groups. A trunk that the account does not own, such as a
    /// tenant's, is [`StoreError::NotFound`].
    async fn trunk_quality(
        &self,
        scope: &AccountScope,
        trunk: TrunkId,
        query: &QualityQuery,
    ) -> Result<QualityListing, StoreError>;

    /// Removes the tenant's summaries of hours that began before a time; gives the number of
    /// those that were there.
    async fn remove_quality(
        &self,
        scope: &TenantScope,
        before: WallTime,
    ) -> Result<usize, StoreError>;
}
