//! Wall-clock time: Unix milliseconds, their RFC 3339 text, and the way from and to [`Instant`].

use std::error::Error;
use std::fmt;
use std::ops::Add;
use std::str::FromStr;
use std::time::Duration;

use serde::de::{Deserialize, Deserializer};
use serde::ser::{Serialize, Serializer};

use crate::Instant;

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

/// For `#[serde(with = "machine::rfc3339")]`: a [`WallTime`] as its RFC 3339 text.
pub mod rfc3339 {
    use std::borrow::Cow;

    use serde::de::{Deserialize, Deserializer, Error};
    use serde::ser::Serializer;

    use super::WallTime;

    /// Writes the text.
    ///
    /// # Errors
    /// Only the serializer's own.
    pub fn serialize<S: Serializer>(time: &WallTime, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(time)
    }

    /// Reads the text.
    ///
    /// # Errors
    /// When it is no RFC 3339 date and time.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<WallTime, D::Error> {
        let text = Cow::<'de, str>::deserialize(deserializer)?;
        WallTime::parse_rfc3339(&text).map_err(D::Error::custom)
    }

    /// For `#[serde(with = "machine::rfc3339::option")]`: the text, or null.
    pub mod option {
        use super::{Cow, Deserialize, Deserializer, Error, Serializer, WallTime};

        /// Writes the text, or null.
        ///
        /// # Errors
        /// Only the serializer's own.
        pub fn serialize<S: Serializer>(
            time: &Option<WallTime>,
            serializer: S,
        ) -> Result<S::Ok, S::Error> {
            match time {
                Some(time) => serializer.collect_str(time),
                None => serializer.serialize_none(),
            }
        }

        /// Reads the text, or null.
        ///
        /// # Errors
        /// When it is no RFC 3339 date and time.
        pub fn deserialize<'de, D: Deserializer<'de>>(
            deserializer: D,
        ) -> Result<Option<WallTime>, D::Error> {
            let Some(text) = Option::<Cow<'de, str>>::deserialize(deserializer)? else {
                return Ok(None);
            };
            WallTime::parse_rfc3339(&text)
                .map(Some)
                .map_err(D::Error::custom)
        }
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

/// A text that is no date and time of RFC 3339.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ParseWallTimeError {
    /// The part of the text that is wrong, in the words of RFC 3339.
    pub field: &'static str,
    /// The rule it breaks.
    pub rule: &'static str,
}

impl fmt::Display for ParseWallTimeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "expected an RFC 3339 date and time: {} {}",
            self.field, self.rule
        )
    }
}

impl Error for ParseWallTimeError {}

/// What is left of the text being read.
struct Rest<'a>(&'a [u8]);

impl Rest<'_> {
    /// Takes the next byte when it is one of these.
    fn take(&mut self, any_of: &[u8]) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        any_of.contains(first).then(|| {
            self.0 = rest;
            *first
        })
    }

    /// Takes one byte that must be one of these.
    fn expect(
        &mut self,
        any_of: &[u8],
        field: &'static str,
        rule: &'static str,
    ) -> Result<u8, ParseWallTimeError> {
        self.take(any_of).ok_or(ParseWallTimeError { field, rule })
    }

    /// Takes so many digits, whose number must be at most `most`.
    fn number(
        &mut self,
        digits: usize,
        most: i64,
        field: &'static str,
    ) -> Result<i64, ParseWallTimeError> {
        let mut number = 0;
        for _ in 0..digits {
            let digit = self.expect(b"0123456789", field, "must be of digits, zeros in front")?;
            number = number * 10 + i64::from(digit - b'0');
        }
        if number > most {
            return Err(ParseWallTimeError {
                field,
                rule: "is out of range",
            });
        }
        Ok(number)
    }

    /// Takes the decimals of a second, where there are any, as milliseconds.
    fn decimals(&mut self) -> Result<i64, ParseWallTimeError> {
        if self.take(b".").is_none() {
            return Ok(0);
        }
        let first = self.number(1, 9, "time-secfrac")?;
        let mut ms = first * 100;
        let mut unit = 10;
        while let Some(digit) = self.take(b"0123456789") {
            ms += unit * i64::from(digit - b'0');
            unit /= 10;
        }
        Ok(ms)
    }

    /// Takes the offset from UTC, in minutes to be subtracted.
    fn offset(&mut self) -> Result<i64, ParseWallTimeError> {
        let sign = self.expect(b"Zz+-", "time-offset", "must be Z or begin with + or -")?;
        if matches!(sign, b'Z' | b'z') {
            return Ok(0);
        }
        let hours = self.number(2, 23, "time-offset")?;
        self.expect(b":", "time-offset", "must have a colon")?;
        let minutes = hours * 60 + self.number(2, 59, "time-offset")?;
        Ok(if sign == b'-' { -minutes } else { minutes })
    }
}

fn parse(text: &str) -> Result<WallTime, ParseWallTimeError> {
    let wrong = |field, rule| ParseWallTimeError { field, rule };
    let mut rest = Rest(text.as_bytes());
    let year = rest.number(4, 9_999, "date-fullyear")?;
    rest.expect(b"-", "full-date", "must have hyphens")?;
    let month = rest.number(2, 12, "date-month")?;
    rest.expect(b"-", "full-date", "must have hyphens")?;
    let day = rest.number(2, 31, "date-mday")?;
    if month == 0 {
        return Err(wrong("date-month", "is out of range"));
    }
    if day == 0 || day > days_in(year, month) {
        return Err(wrong("date-mday", "is out of range"));
    }
    rest.expect(b"Tt", "date-time", "must have a T between date and time")?;
    let hour = rest.number(2, 23, "time-hour")?;
    rest.expect(b":", "full-time", "must have colons")?;
    let minute = rest.number(2, 59, "time-minute")?;
    rest.expect(b":", "full-time", "must have colons")?;
    let second = rest.number(2, 60, "time-second")?;
    let decimals = rest.decimals()?;
    let offset = rest.offset()?;
    if !rest.0.is_empty() {
        return Err(wrong("date-time", "must end after the offset"));
    }
    let minutes = days_to(year, month, day) * 1_440 + hour * 60 + minute - offset;
    let ms = match second {
        60 if minutes.rem_euclid(1_440) == 1_439 => 59_999,
        60 => return Err(wrong("time-second", "may be 60 only at 23:59 UTC")),
        _ => second * 1_000 + decimals,
    };
    let unix_ms = minutes * 60_000 + ms;
    if unix_ms < WallTime::MIN.0 || unix_ms > WallTime::MAX.0 {
        return Err(wrong(
            "date-time",
            "must lie in the years 0000 to 9999 of UTC",
        ));
    }
    Ok(WallTime(unix_ms))
}

fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

fn days_in(year: i64, month: i64) -> i64 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days before each month of a year that begins with March, so that the leap day comes last.
const DAYS_BEFORE: [i64; 12] = [0, 31, 61, 92, 122, 153, 184, 214, 245, 275, 306, 337];

/// Days from 0000-03-01 to 1970-01-01.
const DAYS_TO_EPOCH: i64 = 719_468;

/// Days from 1970-01-01 to a date of the proleptic Gregorian calendar.
fn days_to(year: i64, month: i64, day: i64) -> i64 {
    let (year, month) = if month < 3 {
        (year - 1, month + 9)
    } else {
        (year, month - 3)
    };
    let leap_days = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    let before = usize::try_from(month)
        .ok()
        .and_then(|month| DAYS_BEFORE.get(month));
    year * 365 + leap_days + before.copied().unwrap_or(0) + day - 1 - DAYS_TO_EPOCH
}

/// Year, month and day of a number of days since 1970-01-01.
fn date_of(days: i64) -> (i64, i64, i64) {
    let days = days + DAYS_TO_EPOCH;
    let (cycle, mut left) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    // The last century of a cycle, and the last year of four, are a day longer than the others.
    let century = (left / 36_524).min(3);
    left -= century * 36_524;
    let four = left / 1_461;
    left -= four * 1_461;
    let single = (left / 365).min(3);
    left -= single * 365;
    let year = cycle * 400 + century * 100 + four * 4 + single;
    let month = DAYS_BEFORE.partition_point(|&before| before <= left) - 1;
    let day = left - DAYS_BEFORE[month] + 1;
    let month = i64::try_from(month).unwrap_or(0);
    if month < 10 {
        (year, month + 3, day)
    } else {
        (year + 1, month - 9, day)
    }
}
