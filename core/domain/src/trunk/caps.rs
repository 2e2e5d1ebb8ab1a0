//! How much may go over a trunk: at a time, within a second and within a day, all companies that
//! use it together and each of them.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use machine::WallTime;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Trunk;
use crate::invalid::{Invalid, rule};
use crate::time_zone::zone;

/// Most calls at a time.
const CALLS_MAX: u32 = 100_000;
/// Most new calls a second.
const RATE_MAX: u32 = 10_000;
/// Most minutes of a day: those of as many calls as there can be.
const MINUTES_MAX: u32 = 144_000_000;

/// How much may go over a trunk, all companies that use it together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct TrunkCaps {
    /// Calls at a time, 1 to 100,000.
    #[schema(default = 100, minimum = 1, maximum = 100_000)]
    pub concurrent_calls: u32,
    /// New calls a second, 1 to 10,000.
    #[schema(default = 10, minimum = 1, maximum = 10_000)]
    pub calls_per_second: u32,
    /// Minutes a day that are talked in calls that go out, 1 to 144,000,000; not limited where it
    /// is left out. A call that was begun before goes on, and calls for help always go out.
    #[schema(minimum = 1, maximum = 144_000_000, example = 6_000)]
    pub minutes_per_day: Option<u32>,
    /// The same for each company that uses it.
    pub each: TrunkShare,
}

/// How much of a trunk one company may have. What is left out is not limited.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
#[schema(default)]
pub struct TrunkShare {
    /// Calls at a time, 1 to 100,000.
    #[schema(minimum = 1, maximum = 100_000)]
    pub concurrent_calls: Option<u32>,
    /// New calls a second, 1 to 10,000.
    #[schema(minimum = 1, maximum = 10_000)]
    pub calls_per_second: Option<u32>,
    /// Minutes a day that are talked in calls that go out, 1 to 144,000,000.
    #[schema(minimum = 1, maximum = 144_000_000, example = 600)]
    pub minutes_per_day: Option<u32>,
}

impl Default for TrunkCaps {
    fn default() -> TrunkCaps {
        TrunkCaps {
            concurrent_calls: 100,
            calls_per_second: 10,
            minutes_per_day: None,
            each: TrunkShare::default(),
        }
    }
}

impl TrunkCaps {
    /// Whether minutes are limited at all.
    pub fn counts_minutes(&self) -> bool {
        self.minutes_per_day.is_some() || self.each.minutes_per_day.is_some()
    }

    pub(super) fn validate(&self) -> Result<(), Invalid> {
        let calls = (1..=CALLS_MAX).contains(&self.concurrent_calls);
        rule(calls, "/caps/concurrent_calls", "must be 1 to 100000")?;
        let rate = (1..=RATE_MAX).contains(&self.calls_per_second);
        rule(rate, "/caps/calls_per_second", "must be 1 to 10000")?;
        let within = |figure: Option<u32>, most| figure.is_none_or(|n| (1..=most).contains(&n));
        let minutes = "must be 1 to 144000000";
        let total = within(self.minutes_per_day, MINUTES_MAX);
        rule(total, "/caps/minutes_per_day", minutes)?;
        let TrunkShare {
            concurrent_calls,
            calls_per_second,
            minutes_per_day,
        } = self.each;
        let calls = within(concurrent_calls, CALLS_MAX);
        rule(calls, "/caps/each/concurrent_calls", "must be 1 to 100000")?;
        let rate = within(calls_per_second, RATE_MAX);
        rule(rate, "/caps/each/calls_per_second", "must be 1 to 10000")?;
        let share = within(minutes_per_day, MINUTES_MAX);
        rule(share, "/caps/each/minutes_per_day", minutes)
    }
}

/// A day of a trunk's, from midnight to midnight in its time zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrunkDay {
    /// When it began.
    pub began: WallTime,
    /// When it ends, and the next one begins.
    pub ends: WallTime,
}

impl Trunk {
    /// The day that a moment is of. It is an hour longer or shorter where summer time begins or
    /// ends.
    pub fn day(&self, at: WallTime) -> TrunkDay {
        let zone = zone(&self.time_zone).unwrap_or(TimeZone::UTC);
        let moment = Timestamp::from_millisecond(at.unix_ms()).unwrap_or_default();
        let today = zone.to_datetime(moment).date();
        let midnight = |day: Date| {
            let begins = zone.to_timestamp(day.at(0, 0, 0, 0)).ok()?;
            Some(WallTime::from_unix_ms(begins.as_millisecond()))
        };
        TrunkDay {
            began: midnight(today).unwrap_or(WallTime::MIN),
            ends: today
                .tomorrow()
                .ok()
                .and_then(midnight)
                .unwrap_or(WallTime::MAX),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use serde_json::json;

    fn trunk(time_zone: &str) -> Trunk {
        let spec = json!({
            "name": "carrier", "mode": "peer", "peers": ["sip:a.example"], "time_zone": time_zone,
        });
        serde_json::from_value(spec).unwrap()
    }

    fn day(time_zone: &str, at: &str) -> (String, String) {
        let day = trunk(time_zone).day(at.parse().unwrap());
        (day.began.to_string(), day.ends.to_string())
    }

    #[test]
    fn a_day_goes_from_midnight_to_midnight_where_the_trunk_is() {
        let noon = "2031-06-10T22:30:00.000Z";
        let (began, ends) = day("UTC", noon);
        assert_eq!(began, "2031-06-10T00:00:00.000Z");
        assert_eq!(ends, "2031-06-11T00:00:00.000Z");
        let (began, ends) = day("Europe/Berlin", noon);
        assert_eq!(began, "2031-06-10T22:00:00.000Z");
        assert_eq!(ends, "2031-06-11T22:00:00.000Z");
    }

    #[test]
    fn the_day_on_which_summer_time_begins_is_an_hour_shorter() {
        let (began, ends) = day("Europe/Berlin", "2031-03-30T12:00:00.000Z");
        assert_eq!(began, "2031-03-29T23:00:00.000Z");
        assert_eq!(ends, "2031-03-30T22:00:00.000Z");
    }

    #[test]
    fn a_cap_beyond_its_bounds_is_refused_where_it_stands() {
        let caps = |caps: serde_json::Value| {
            let caps: TrunkCaps = serde_json::from_value(caps).unwrap();
            caps.validate().map_err(|invalid| invalid.field)
        };
        assert_eq!(caps(json!({"minutes_per_day": 600})), Ok(()));
        let each = json!({"concurrent_calls": 1, "calls_per_second": 1, "minutes_per_day": 1});
        assert_eq!(caps(json!({ "each": each })), Ok(()));
        for (wrong, field) in [
            (json!({"minutes_per_day": 0}), "/caps/minutes_per_day"),
            (
                json!({"each": {"minutes_per_day": 144_000_001}}),
                "/caps/each/minutes_per_day",
            ),
            (
                json!({"each": {"concurrent_calls": 0}}),
                "/caps/each/concurrent_calls",
            ),
            (
                json!({"each": {"calls_per_second": 10_001}}),
                "/caps/each/calls_per_second",
            ),
        ] {
            assert_eq!(caps(wrong), Err(field.to_owned()));
        }
    }
}
