//! Dates and times of day, as they are said.

/// Days of the months of a year that is no leap year.
const DAYS: [u8; 12] = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/// A day of the Gregorian calendar, from 1583 to 9999.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date {
    year: u16,
    month: u8,
    day: u8,
}

impl Date {
    /// A day; `None` where the calendar has no such day. Months and days begin with 1.
    #[must_use]
    pub fn new(year: u16, month: u8, day: u8) -> Option<Date> {
        let leap =
            year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
        let most = DAYS.get(usize::from(month).checked_sub(1)?)?;
        let most = most + u8::from(leap && month == 2);
        let known = (1583..=9999).contains(&year) && (1..=most).contains(&day);
        known.then_some(Date { year, month, day })
    }

    /// The year.
    #[must_use]
    pub fn year(self) -> u16 {
        self.year
    }

    /// The month, from 1.
    #[must_use]
    pub fn month(self) -> u8 {
        self.month
    }

    /// The day of the month, from 1.
    #[must_use]
    pub fn day(self) -> u8 {
        self.day
    }

    /// The day of the week, from 0 for Sunday.
    #[must_use]
    pub fn weekday(self) -> u8 {
        // January and February count as the last months of the year before, so that the day which
        // leap years have more comes at the end.
        let early = self.month < 3;
        let year = u32::from(self.year) - u32::from(early);
        let month = u32::from(self.month) + if early { 12 } else { 0 };
        let days = u32::from(self.day) + 13 * (month + 1) / 5;
        let days = days + year + year / 4 - year / 100 + year / 400;
        // That count has Saturday for 0.
        u8::try_from((days + 6) % 7).unwrap_or(0)
    }
}

/// A minute of the day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Time {
    hour: u8,
    minute: u8,
}

impl Time {
    /// A minute; `None` beyond 23:59.
    #[must_use]
    pub fn new(hour: u8, minute: u8) -> Option<Time> {
        (hour < 24 && minute < 60).then_some(Time { hour, minute })
    }

    /// The hour, 0 to 23.
    #[must_use]
    pub fn hour(self) -> u8 {
        self.hour
    }

    /// The minute, 0 to 59.
    #[must_use]
    pub fn minute(self) -> u8 {
        self.minute
    }

    /// The hour on a clock of twelve.
    pub(crate) fn of_twelve(self) -> u8 {
        match self.hour % 12 {
            0 => 12,
            hour => hour,
        }
    }

    pub(crate) fn is_morning(self) -> bool {
        self.hour < 12
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_days_of_the_week_are_those_of_the_calendar() {
        let days = [
            (2026, 11, 28, 6),
            (2024, 2, 29, 4),
            (2000, 1, 1, 6),
            (1999, 12, 31, 5),
            (1970, 1, 1, 4),
            (2100, 3, 1, 1),
        ];
        for (year, month, day, weekday) in days {
            let date = Date::new(year, month, day).unwrap();
            assert_eq!(date.weekday(), weekday, "{date:?}");
        }
    }

    #[test]
    fn what_is_no_day_or_minute_is_refused() {
        for (year, month, day) in [(2026, 2, 29), (2100, 2, 29), (2026, 13, 1), (2026, 0, 1)] {
            assert_eq!(Date::new(year, month, day), None);
        }
        assert!(Date::new(2000, 2, 29).is_some());
        assert_eq!(Date::new(2026, 4, 31), None);
        assert_eq!(Date::new(2026, 4, 0), None);
        assert_eq!((Time::new(24, 0), Time::new(0, 60)), (None, None));
    }
}
