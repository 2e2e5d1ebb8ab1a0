//! The proleptic Gregorian calendar: days since 1970-01-01 from and to dates.

fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

/// Days of a month.
pub(super) fn days_in(year: i64, month: i64) -> i64 {
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
pub(super) fn days_to(year: i64, month: i64, day: i64) -> i64 {
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
pub(super) fn date_of(days: i64) -> (i64, i64, i64) {
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
