//! The table of summaries: what calls of an hour were like, by several dimensions.

use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use domain::{Cdr, KindName, QualityBy, QualitySums, hour_of, quality_shares};
use ids::{TenantId, TrunkId};
use machine::WallTime;
use ports::{
    Cursor, FACTS_AT_ONCE, QualityBook, QualityGroups, QualityListing, QualityOf, QualityQuery,
    QualitySummary, StoreError,
};
use serde_json::Value as Json;
use tenancy::{AccountScope, TenantScope};

use super::damage::corrupt;
use super::sight::Sight;
use super::sql::{Fields, ROWS_AT_ONCE, Sql, integer, json, limit};
use super::value::params;
use super::{SqlStore, accounts};
use crate::paging;
use crate::quality_bound::counts_as;

/// Columns that add up, in the order of their fields.
const ADDED: [&str; 14] = [
    "calls",
    "legs",
    "seconds",
    "scored",
    "mos",
    "poor",
    "expected",
    "lost",
    "jitter",
    "jitter_seconds",
    "round_trip",
    "trip_seconds",
    "one_way",
    "concealed",
];

/// The place of a row but for its value.
type Hour = (TenantId, QualityBy, WallTime);

/// Adds what new records say of their hours.
pub(super) fn add(sql: Sql<'_>, cdrs: &[&Cdr]) -> Result<(), StoreError> {
    let mut shares = Vec::new();
    for cdr in cdrs {
        let hour = hour_of(cdr.started);
        let own = quality_shares(cdr).into_iter();
        shares.extend(own.map(|((by, value), sums)| ((cdr.tenant, by, hour), value, sums)));
    }
    let mut known = known(sql, shares.iter().map(|(hour, _, _)| *hour).collect())?;
    let mut rows = BTreeMap::<(Hour, String), QualitySums>::new();
    for (hour, value, sums) in shares {
        let value = counts_as(known.entry(hour).or_default(), value);
        rows.entry((hour, value)).or_default().add(&sums);
    }
    let rows: Vec<Json> = rows.iter().map(row).collect();
    for some in rows.chunks(ROWS_AT_ONCE) {
        sql.run(&addition(), [json(&some)?])?;
    }
    Ok(())
}

/// The values that hours have already.
fn known(
    sql: Sql<'_>,
    hours: BTreeSet<Hour>,
) -> Result<BTreeMap<Hour, BTreeSet<String>>, StoreError> {
    let mut known = BTreeMap::<Hour, BTreeSet<String>>::new();
    // the order of the join is said: each hour is looked up by the beginning of the key
    let find = "SELECT q.tenant, q.dimension, q.hour, q.value
                FROM json_each(?1) AS item CROSS JOIN quality_hours q
                WHERE q.tenant = item.value ->> 0 AND q.dimension = item.value ->> 1
                AND q.hour = CAST(item.value ->> 2 AS BIGINT)";
    let hours: Vec<Hour> = hours.into_iter().collect();
    for some in hours.chunks(ROWS_AT_ONCE) {
        let key = |(tenant, by, hour): &Hour| (*tenant, by.as_str(), hour.unix_ms());
        let keys: Vec<_> = some.iter().map(key).collect();
        sql.until(find, [json(&keys)?], |fields| {
            let by = dimension(&fields.plain::<String>(1)?)?;
            let hour = (fields.word(0)?, by, fields.time(2)?);
            known.entry(hour).or_default().insert(fields.plain(3)?);
            Ok(true)
        })?;
    }
    Ok(known)
}

fn dimension(word: &str) -> Result<QualityBy, StoreError> {
    QualityBy::named(word).ok_or_else(|| corrupt("a summary by nothing that is known"))
}

/// A row as the statement reads it.
fn row((((tenant, by, hour), value), sums): (&(Hour, String), &QualitySums)) -> Json {
    let place = [
        Json::from(tenant.to_string()),
        Json::from(by.as_str()),
        Json::from(hour.unix_ms()),
        Json::from(value.clone()),
        Json::from(sums.worst_x100),
    ];
    let added = added(sums).map(|sum| Json::from(integer(sum)));
    Json::Array(place.into_iter().chain(added).collect())
}

/// What adds up, in the order of [`ADDED`].
fn added(sums: &QualitySums) -> [u64; ADDED.len()] {
    [
        sums.calls,
        sums.legs,
        sums.seconds,
        sums.scored,
        sums.mos_x100,
        sums.poor,
        sums.expected,
        sums.lost,
        sums.jitter,
        sums.jitter_seconds,
        sums.round_trip_ms,
        sums.trip_seconds,
        sums.one_way,
        sums.concealed,
    ]
}

/// The statement that adds rows to those that are there.
fn addition() -> String {
    let read = |at: usize| format!("CAST(item.value ->> {} AS BIGINT)", at + 5);
    let values: Vec<String> = (0..ADDED.len()).map(read).collect();
    let plus = |column: &&str| format!("{column} = quality_hours.{column} + excluded.{column}");
    let sums: Vec<String> = ADDED.iter().map(plus).collect();
    format!(
        "INSERT INTO quality_hours (tenant, dimension, hour, value, worst, {})
         SELECT item.value ->> 0, item.value ->> 1, CAST(item.value ->> 2 AS BIGINT),
                item.value ->> 3, CAST(item.value ->> 4 AS BIGINT), {}
         FROM json_each(?1) AS item WHERE true
         ON CONFLICT (tenant, dimension, hour, value) DO UPDATE SET {},
         worst = CASE WHEN excluded.worst IS NULL OR excluded.worst > quality_hours.worst
                      THEN quality_hours.worst ELSE excluded.worst END",
        ADDED.join(", "),
        values.join(", "),
        sums.join(", ")
    )
}

/// The columns of rows that are put together, as [`sums`] reads them.
fn together() -> String {
    let sum = |column: &&str| format!("CAST(SUM({column}) AS BIGINT)");
    let sums: Vec<String> = ADDED.iter().map(sum).collect();
    format!("MIN(worst), {}", sums.join(", "))
}

/// Reads what stands behind the first column.
fn sums(fields: &Fields<'_>) -> Result<QualitySums, StoreError> {
    let worst: Option<i64> = fields.plain(1)?;
    let worst = worst.map(u16::try_from).transpose();
    let at = |name: usize| fields.number(name + 2);
    Ok(QualitySums {
        worst_x100: worst.map_err(|_| corrupt("a score that is none"))?,
        calls: at(0)?,
        legs: at(1)?,
        seconds: at(2)?,
        scored: at(3)?,
        mos_x100: at(4)?,
        poor: at(5)?,
        expected: at(6)?,
        lost: at(7)?,
        jitter: at(8)?,
        jitter_seconds: at(9)?,
        round_trip_ms: at(10)?,
        trip_seconds: at(11)?,
        one_way: at(12)?,
        concealed: at(13)?,
    })
}

fn of_hour(fields: &Fields<'_>) -> Result<QualitySummary, StoreError> {
    Ok(QualitySummary {
        of: QualityOf::Hour(fields.time(0)?),
        sums: sums(fields)?,
    })
}

fn of_value(fields: &Fields<'_>) -> Result<QualitySummary, StoreError> {
    Ok(QualitySummary {
        of: QualityOf::Value(fields.plain(0)?),
        sums: sums(fields)?,
    })
}

/// One page of a tenant's summaries.
fn page(
    sql: Sql<'_>,
    tenant: TenantId,
    query: &QualityQuery,
) -> Result<QualityListing, StoreError> {
    let (tenant, together) = (tenant.to_string(), together());
    let from = query.from.unix_ms();
    let most = limit(query.bounded_limit() + 1);
    let found = match query.groups {
        QualityGroups::Hours => {
            let find = format!(
                "SELECT hour, {together} FROM quality_hours
                 WHERE tenant = ?1 AND dimension = ?2 AND hour >= ?3 AND hour < ?4
                 GROUP BY hour ORDER BY hour DESC LIMIT ?5"
            );
            let (whole, before) = (QualityBy::Whole.as_str(), query.before().unix_ms());
            sql.all(&find, params![tenant, whole, from, before, most], of_hour)?
        }
        QualityGroups::Values(by) => {
            let find = format!(
                "SELECT value, {together} FROM quality_hours
                 WHERE tenant = ?1 AND dimension = ?2 AND hour >= ?3 AND hour < ?4 AND value > ?5
                 GROUP BY value ORDER BY value LIMIT ?6"
            );
            let (by, until) = (by.as_str(), query.until.unix_ms());
            let after = query.after.as_ref().map_or("", |after| &after.0);
            let asked = params![tenant, by, from, until, after, most];
            sql.all(&find, asked, of_value)?
        }
    };
    Ok(cut(found, query))
}

/// One page of hours of a trunk, of all tenants together.
fn page_of_trunk(
    sql: Sql<'_>,
    trunk: TrunkId,
    query: &QualityQuery,
) -> Result<QualityListing, StoreError> {
    // the dimension is part of the text, so that the index of trunks is used
    let find = format!(
        "SELECT hour, {} FROM quality_hours
         WHERE dimension = 'trunk' AND value = ?1 AND hour >= ?2 AND hour < ?3
         GROUP BY hour ORDER BY hour DESC LIMIT ?4",
        together()
    );
    let (from, before) = (query.from.unix_ms(), query.before().unix_ms());
    let most = limit(query.bounded_limit() + 1);
    let asked = params![trunk.to_string(), from, before, most];
    Ok(cut(sql.all(&find, asked, of_hour)?, query))
}

fn cut(mut summaries: Vec<QualitySummary>, query: &QualityQuery) -> QualityListing {
    let next = paging::cut(&mut summaries, query.bounded_limit(), after);
    QualityListing { summaries, next }
}

/// Where the page after a summary begins.
fn after(last: &QualitySummary) -> Cursor {
    match &last.of {
        QualityOf::Hour(hour) => QualityQuery::after_hour(*hour),
        QualityOf::Value(value) => Cursor(value.clone()),
    }
}

/// Whether [`remove`] would remove anything.
fn has_old(sql: Sql<'_>, tenant: TenantId, before: WallTime) -> Result<bool, StoreError> {
    let find = "SELECT 1 FROM quality_hours WHERE tenant = ?1 AND dimension = ?2 AND hour < ?3
                LIMIT 1";
    // every call is of the whole as well
    let whole = QualityBy::Whole.as_str();
    let key = params![tenant.to_string(), whole, before.unix_ms()];
    let found: Option<u64> = sql.first(find, key, |fields| fields.number(0))?;
    Ok(found.is_some())
}

/// Removes some old rows, those of the whole last: while there are others, they tell of them.
fn remove(sql: Sql<'_>, tenant: TenantId, before: WallTime) -> Result<usize, StoreError> {
    let remove = "DELETE FROM quality_hours WHERE (tenant, dimension, hour, value) IN
                  (SELECT tenant, dimension, hour, value FROM quality_hours
                   WHERE tenant = ?1 AND dimension = ?2 AND hour < ?3
                   ORDER BY hour, value LIMIT ?4)";
    let mut gone = 0;
    for by in QualityBy::ALL.into_iter().rev() {
        let most = limit(FACTS_AT_ONCE - gone);
        let key = params![tenant.to_string(), by.as_str(), before.unix_ms(), most];
        gone += sql.run(remove, key)?;
    }
    Ok(gone)
}

#[async_trait]
impl QualityBook for SqlStore {
    async fn quality(
        &self,
        scope: &TenantScope,
        query: &QualityQuery,
    ) -> Result<QualityListing, StoreError> {
        let (tenant, query) = (scope.tenant(), query.clone());
        self.read(Sight::Tenant(tenant), move |now| {
            page(now.sql, tenant, &query)
        })
        .await
    }

    async fn trunk_quality(
        &self,
        scope: &AccountScope,
        trunk: TrunkId,
        query: &QualityQuery,
    ) -> Result<QualityListing, StoreError> {
        let (account, query) = (scope.account(), query.clone());
        self.read(Sight::Everything, move |now| {
            let own = accounts::found(now.sql, account, KindName::Trunk, &trunk.to_string())?;
            own.ok_or(StoreError::NotFound)?;
            page_of_trunk(now.sql, trunk, &query)
        })
        .await
    }

    async fn remove_quality(
        &self,
        scope: &TenantScope,
        before: WallTime,
    ) -> Result<usize, StoreError> {
        let (tenant, sight) = (scope.tenant(), Sight::Tenant(scope.tenant()));
        // every company is asked for, every hour: most have nothing old, and cost no writing
        let old = self.look(sight, move |now| has_old(now.sql, tenant, before));
        if !old.await? {
            return Ok(0);
        }
        self.write(sight, FACTS_AT_ONCE, move |desk| {
            remove(desk.sql, tenant, before)
        })
        .await
    }
}
