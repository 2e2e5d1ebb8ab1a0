//! Reading the `date-time` of RFC 3339 section 5.6.

use std::error::Error;
use std::fmt;

use super::WallTime;
use super::calendar::{days_in, days_to};

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

/// Reads a `date-time`.
pub(super) fn parse(text: &str) -> Result<WallTime, ParseWallTimeError> {
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
    if !(WallTime::MIN.unix_ms()..=WallTime::MAX.unix_ms()).contains(&unix_ms) {
        return Err(wrong(
            "date-time",
            "must lie in the years 0000 to 9999 of UTC",
        ));
    }
    Ok(WallTime::from_unix_ms(unix_ms))
}
