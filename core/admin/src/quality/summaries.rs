//! Use cases of summaries: how a company's calls sounded, hour by hour or by what they were of, and
//! how those by an account's trunk did.

use std::collections::BTreeMap;
use std::time::Duration;

use domain::{NO_SITE, OTHER, QualityBy, QualitySums, Site, UNKNOWN, hour_of};
use ids::TrunkId;
use machine::WallTime;
use ports::{
    Cursor, PAGE_MAX, Page, QualityGroups, QualityListing, QualityOf, QualityQuery, StoreError,
};
use tenancy::{AccountScope, TenantScope};

use crate::office::Office;
use crate::{documents, lines};

/// Days that one question may span.
pub const QUALITY_DAYS_MAX: u32 = 400;

/// Days that are told where nothing is said.
const DAYS_DEFAULT: u32 = 7;

const HOUR: Duration = Duration::from_secs(3_600);
const DAY: Duration = Duration::from_secs(24 * 3_600);

/// What is asked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct QualityQuestion {
    /// How hours are put together.
    pub groups: QualityGroups,
    /// From the hour on in which this is; seven days before the end where nothing is said.
    pub from: Option<WallTime>,
    /// Hours that began before this; where nothing is said, those that have begun.
    pub until: Option<WallTime>,
    /// The cursor of the page before.
    pub after: Option<Cursor>,
    /// Most entries of the page; 0 means 100.
    pub limit: usize,
}

/// What is asked spans more than [`QUALITY_DAYS_MAX`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooLong;

impl QualityQuestion {
    /// The question as the store understands it.
    ///
    /// # Errors
    /// It spans too much.
    pub fn understood(self, now: WallTime) -> Result<QualityQuery, TooLong> {
        let until = self.until.unwrap_or(hour_of(now) + HOUR);
        let begin = |days| until.unix_ms().saturating_sub(ms(DAY * days));
        let from = self.from.map_or(begin(DAYS_DEFAULT), WallTime::unix_ms);
        if from < begin(QUALITY_DAYS_MAX) {
            return Err(TooLong);
        }
        Ok(QualityQuery {
            groups: self.groups,
            from: hour_of(WallTime::from_unix_ms(from)),
            until,
            after: self.after,
            limit: self.limit,
        })
    }
}

fn ms(span: Duration) -> i64 {
    i64::try_from(span.as_millis()).unwrap_or(i64::MAX)
}

/// One summary, with a name for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedSummary {
    /// What it is of.
    pub of: QualityOf,
    /// What that is called: the name of a site or a trunk, as far as it is still there and the
    /// company's to know; of all else `None`.
    pub name: Option<String>,
    /// What it says.
    pub sums: QualitySums,
}

/// One page of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NamedSummaries {
    /// The summaries.
    pub summaries: Vec<NamedSummary>,
    /// Where the next page begins; `None` when this was the last.
    pub next: Option<Cursor>,
}

impl NamedSummaries {
    fn of(found: QualityListing, names: &BTreeMap<String, String>) -> NamedSummaries {
        let summaries = found.summaries.into_iter().map(|one| NamedSummary {
            name: match &one.of {
                QualityOf::Hour(_) => None,
                QualityOf::Value(value) => names.get(value).cloned(),
            },
            of: one.of,
            sums: one.sums,
        });
        NamedSummaries {
            summaries: summaries.collect(),
            next: found.next,
        }
    }
}

/// One page of a company's summaries.
///
/// # Errors
/// What the store says.
pub async fn of_tenant(
    office: &Office,
    scope: &TenantScope,
    query: &QualityQuery,
) -> Result<NamedSummaries, StoreError> {
    let found = office.store().quality(scope, query).await?;
    let names = match query.groups {
        QualityGroups::Values(by) if any_named(&found) => names(office, scope, by).await?,
        QualityGroups::Values(_) | QualityGroups::Hours => BTreeMap::new(),
    };
    Ok(NamedSummaries::of(found, &names))
}

/// One page of hours of a trunk that was found within an account's scope: totals of all companies.
///
/// # Errors
/// `NotFound` for a trunk that is not the account's own; else what the store says.
pub async fn of_trunk(
    office: &Office,
    scope: &AccountScope,
    trunk: TrunkId,
    query: &QualityQuery,
) -> Result<NamedSummaries, StoreError> {
    let found = office.store().trunk_quality(scope, trunk, query).await?;
    Ok(NamedSummaries::of(found, &BTreeMap::new()))
}

/// Whether there is anything that could have a name.
fn any_named(found: &QualityListing) -> bool {
    found.summaries.iter().any(|one| match &one.of {
        QualityOf::Hour(_) => false,
        QualityOf::Value(value) => ![OTHER, NO_SITE, UNKNOWN].contains(&&**value),
    })
}

/// What a company calls its sites, or the trunks that it may use.
async fn names(
    office: &Office,
    scope: &TenantScope,
    by: QualityBy,
) -> Result<BTreeMap<String, String>, StoreError> {
    match by {
        QualityBy::Whole | QualityBy::Model | QualityBy::Codec => Ok(BTreeMap::new()),
        QualityBy::Site => sites(office, scope).await,
        QualityBy::Trunk => {
            let usable = lines::of_tenant(office, scope).await?.trunks;
            let named = usable.into_iter();
            Ok(named.map(|one| (one.id.to_string(), one.name)).collect())
        }
    }
}

async fn sites(
    office: &Office,
    scope: &TenantScope,
) -> Result<BTreeMap<String, String>, StoreError> {
    let mut names = BTreeMap::new();
    let mut page = Page {
        limit: PAGE_MAX,
        ..Page::default()
    };
    loop {
        let found = documents::list::<Site, _>(office, scope, &page).await?;
        let named = found.items.into_iter();
        names.extend(named.map(|site| (site.id.to_string(), site.spec.name)));
        page.after = found.next;
        if page.after.is_none() {
            return Ok(names);
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    /// 2026-03-02T09:14:07Z.
    const NOW: i64 = 1_772_442_847_000;

    fn understood(from: Option<i64>, until: Option<i64>) -> Result<(i64, i64), TooLong> {
        let question = QualityQuestion {
            from: from.map(WallTime::from_unix_ms),
            until: until.map(WallTime::from_unix_ms),
            ..QualityQuestion::default()
        };
        let query = question.understood(WallTime::from_unix_ms(NOW))?;
        Ok((query.from.unix_ms(), query.until.unix_ms()))
    }

    #[test]
    fn without_a_span_the_latest_seven_days_are_told_the_present_hour_with_them() {
        let (from, until) = understood(None, None).unwrap();
        assert_eq!(until, 1_772_445_600_000, "ten o'clock");
        assert_eq!(until - from, 7 * ms(DAY));
    }

    #[test]
    fn a_span_begins_with_the_whole_hour_in_which_its_begin_is() {
        let (from, _) = understood(Some(NOW), Some(NOW + 1)).unwrap();
        assert_eq!(from, 1_772_442_000_000, "nine o'clock");
    }

    #[test]
    fn a_span_of_more_days_than_may_be_is_refused() {
        let most = NOW - ms(DAY * QUALITY_DAYS_MAX);
        assert!(understood(Some(most), Some(NOW)).is_ok());
        assert_eq!(understood(Some(most - 1), Some(NOW)), Err(TooLong));
        assert_eq!(understood(Some(i64::MIN), None), Err(TooLong));
    }
}
