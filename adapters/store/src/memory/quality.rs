//! Summaries in memory.

use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use domain::{Cdr, KindName, QualityBy, QualitySums, hour_of, quality_shares};
use ids::TrunkId;
use machine::WallTime;
use ports::{
    Cursor, FACTS_AT_ONCE, QualityBook, QualityGroups, QualityListing, QualityOf, QualityQuery,
    QualitySummary, StoreError,
};
use tenancy::{AccountScope, TenantScope};

use super::MemoryStore;
use crate::paging;
use crate::quality_bound::counts_as;

/// One tenant's, by dimension, hour and value.
#[derive(Debug, Default)]
pub(super) struct QualityHours(BTreeMap<(QualityBy, WallTime, String), QualitySums>);

impl QualityHours {
    /// Adds what a new record says of its hour.
    pub(super) fn add(&mut self, cdr: &Cdr) {
        let hour = hour_of(cdr.started);
        for ((by, value), sums) in quality_shares(cdr) {
            let first = (by, hour, String::new());
            let there = self.0.range(first..);
            let there = there.take_while(|((of, at, _), _)| (*of, *at) == (by, hour));
            let mut known: BTreeSet<String> = there.map(|((_, _, it), _)| it.clone()).collect();
            let value = counts_as(&mut known, value);
            self.0.entry((by, hour, value)).or_default().add(&sums);
        }
    }

    /// How many rows there are.
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// Those of a dimension in a span of time.
    fn within<'a>(
        &'a self,
        query: &'a QualityQuery,
        of: QualityBy,
    ) -> impl Iterator<Item = (WallTime, &'a str, &'a QualitySums)> {
        let all = self.0.iter();
        let all = all.map(|((by, hour, value), sums)| (*by, *hour, &**value, sums));
        let asked = all.filter(move |(by, hour, _, _)| {
            *by == of && *hour >= query.from && *hour < query.until
        });
        asked.map(|(_, hour, value, sums)| (hour, value, sums))
    }
}

/// Puts rows together by what each is of.
fn grouped<'a>(
    rows: impl Iterator<Item = (QualityOf, &'a QualitySums)>,
) -> BTreeMap<QualityOf, QualitySums> {
    let mut groups = BTreeMap::<QualityOf, QualitySums>::new();
    for (of, sums) in rows {
        groups.entry(of).or_default().add(sums);
    }
    groups
}

/// One page of groups: hours newest first, values in the order of their texts.
fn page(groups: BTreeMap<QualityOf, QualitySums>, query: &QualityQuery) -> QualityListing {
    let (mut hours, mut values) = (Vec::new(), Vec::new());
    for (of, sums) in groups {
        match &of {
            QualityOf::Hour(hour) if *hour < query.before() => {
                hours.push(QualitySummary { of, sums });
            }
            QualityOf::Value(value) if query.after.as_ref().is_none_or(|at| *value > at.0) => {
                values.push(QualitySummary { of, sums });
            }
            QualityOf::Hour(_) | QualityOf::Value(_) => {}
        }
    }
    hours.reverse();
    hours.extend(values);
    let next = paging::cut(&mut hours, query.bounded_limit(), |last| match &last.of {
        QualityOf::Hour(hour) => QualityQuery::after_hour(*hour),
        QualityOf::Value(value) => Cursor(value.clone()),
    });
    QualityListing {
        summaries: hours,
        next,
    }
}

#[async_trait]
impl QualityBook for MemoryStore {
    async fn quality(
        &self,
        scope: &TenantScope,
        query: &QualityQuery,
    ) -> Result<QualityListing, StoreError> {
        let state = self.state()?;
        let Some(estate) = state.estates.get(&scope.owner()) else {
            return Ok(QualityListing::default());
        };
        let own = &estate.quality;
        let groups = match query.groups {
            QualityGroups::Hours => {
                let rows = own.within(query, QualityBy::Whole);
                grouped(rows.map(|(hour, _, sums)| (QualityOf::Hour(hour), sums)))
            }
            QualityGroups::Values(by) => {
                let rows = own.within(query, by);
                grouped(rows.map(|(_, value, sums)| (QualityOf::Value(value.to_owned()), sums)))
            }
        };
        Ok(page(groups, query))
    }

    async fn trunk_quality(
        &self,
        scope: &AccountScope,
        trunk: TrunkId,
        query: &QualityQuery,
    ) -> Result<QualityListing, StoreError> {
        let state = self.state()?;
        let id = trunk.to_string();
        let found = state.found(scope.account(), KindName::Trunk, &id);
        found.ok_or(StoreError::NotFound)?;
        let all = state.estates.values().map(|estate| &estate.quality);
        let rows = all.flat_map(|hours| hours.within(query, QualityBy::Trunk));
        let own = rows.filter(|(_, value, _)| *value == id);
        let groups = grouped(own.map(|(hour, _, sums)| (QualityOf::Hour(hour), sums)));
        Ok(page(groups, query))
    }

    async fn remove_quality(
        &self,
        scope: &TenantScope,
        before: WallTime,
    ) -> Result<usize, StoreError> {
        let mut state = self.state()?;
        let Some(estate) = state.estates.get_mut(&scope.owner()) else {
            return Ok(0);
        };
        let rows = &mut estate.quality.0;
        let old = rows.keys().filter(|(_, hour, _)| *hour < before);
        let old: Vec<_> = old.take(FACTS_AT_ONCE).cloned().collect();
        for place in &old {
            rows.remove(place);
        }
        Ok(old.len())
    }
}
