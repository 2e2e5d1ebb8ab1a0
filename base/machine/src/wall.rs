//! Wall-clock time: Unix milliseconds, their RFC 3339 text, and the way from and to [`Instant`].

mod calendar;
mod parse;
pub mod rfc3339;

use std::fmt;
use std::ops::Add;
use std::str::FromStr;
use std::time::Duration;

use serde::de::{Deserialize, Deserializer};
use serde::ser::{Serialize, Serializer};

use crate::Instant;
use calendar::date_of;
use parse::parse;

pub use parse::ParseWallTimeError;

const DAY_MS: i64 = 86_400_000;

/// A point of wall-clock time in Unix milliseconds, from the year 0000 to the year 9999 (what
/// RFC 3339 can write). Values outside count as the nearest end.
///
/// Its serde form is the number of milliseconds; [`rfc3339`] is for fields that show the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WallTime(i64);

impl WallTime {
    /// 1970-01-01T00:00:00.000Z.
    pub const UNIX_EPOCH: WallTime = WallTime(0);

    /// 0000-01-01T00:00:00.000Z.
    pub const MIN: WallTime = WallTime(-62_167_219_200_000);

    /// 9999-12-31T23:59:59.999Z.
    pub const MAX: WallTime = WallTime(253_402_300_799_999);

    /// The time so many milliseconds after 1970 began, or before it when negative; clamped to
    /// [`WallTime::MIN`] and [`WallTime::MAX`].
    pub const fn from_unix_ms(unix_ms: i64) -> WallTime {
        if unix_ms < Self::MIN.0 {
            Self::MIN
        } else if unix_ms > Self::MAX.0 {
            Self::MAX
        } else {
            WallTime(unix_ms)
        }
    }

    /// Milliseconds since 1970 began; negative before.
    pub const fn unix_ms(self) -> i64 {
        self.0
    }

    /// How long after `earlier` this is; zero when it is not after it.
    pub fn saturating_since(self, earlier: WallTime) -> Duration {
        Duration::from_millis(u64::try_from(self.0 - earlier.0).unwrap_or(0))
    }

    /// The time so much earlier, in whole milliseconds, at least [`WallTime::MIN`].
    pub fn saturating_sub(self, duration: Duration) -> WallTime {
        WallTime::from_unix_ms(self.0.saturating_sub(millis(duration)))
    }

    /// The text of RFC 3339 section 5.6 in UTC, always 24 characters with three decimals, such as
    /// `2025-11-24T04:00:00.000Z`: texts sort as the times do.
    pub fn to_rfc3339(self) -> String {
        self.to_string()
    }

    /// Reads a `date-time` of RFC 3339 section 5.6 with any offset. Decimals beyond the
    /// millisecond are cut off; a leap second counts as the last millisecond before it.
    ///
    /// # Errors
    /// Names the part of the text that breaks a rule.
    pub fn parse_rfc3339(text: &str) -> Result<WallTime, ParseWallTimeError> {
        parse(text)
    }
}

/// A duration's whole milliseconds, at most `i64::MAX` of them.
fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

impl Add<Duration> for WallTime {
    type Output = WallTime;

    /// The time so much later, in whole milliseconds, at most [`WallTime::MAX`].
    fn add(self, duration: Duration) -> WallTime {
        WallTime::from_unix_ms(self.0.saturating_add(millis(duration)))
    }
}

impl fmt::Display for WallTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = date_of(self.0.div_euclid(DAY_MS));
        let ms = self.0.rem_euclid(DAY_MS);
        let (hour, minute) = (ms / 3_600_000, ms / 60_000 % 60);
        let (second, ms) = (ms / 1_000 % 60, ms % 1_000);
        write!(
            f,
            "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{ms:03}Z"
        )
    }
}

impl FromStr for WallTime {
    type Err = ParseWallTimeError;

    fn from_str(text: &str) -> Result<WallTime, ParseWallTimeError> {
        parse(text)
    }
}

impl Serialize for WallTime {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_i64(self.0)
    }
}

impl<'de> Deserialize<'de> for WallTime {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<WallTime, D::Error> {
        i64::deserialize(deserializer).map(WallTime::from_unix_ms)
    }
}

/// Maps the node's monotonic time to wall-clock time, by the wall-clock time of the node's start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Clock {
    /// The wall-clock time at [`Instant::ZERO`].
    pub wall_at_zero: WallTime,
}

impl Clock {
    /// A clock whose node started at this wall-clock time.
    pub const fn new(wall_at_zero: WallTime) -> Clock {
        Clock { wall_at_zero }
    }

    /// The wall-clock time of an instant, rounded down to the millisecond.
    pub fn wall(&self, at: Instant) -> WallTime {
        self.wall_at_zero + Duration::from_millis(at.as_millis())
    }

    /// The instant of a wall-clock time; [`Instant::ZERO`] for what was before the node's start.
    pub fn instant(&self, wall: WallTime) -> Instant {
        Instant::ZERO + wall.saturating_since(self.wall_at_zero)
    }
}
