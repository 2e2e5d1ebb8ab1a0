//! The header Date, as SIP writes it (RFC 3261 §20.17).

const DAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];
/// Seconds of a day.
const DAY: i64 = 86_400;

/// The value of Date for a moment in seconds since 1970, such as `Sat, 13 Nov 2010 23:29:00 GMT`.
#[must_use]
pub fn http_date(unix_seconds: i64) -> String {
    let (days, second) = (unix_seconds.div_euclid(DAY), unix_seconds.rem_euclid(DAY));
    let (year, month, day) = civil(days);
    let named = |names: &[&'static str], at: i64| {
        let at = usize::try_from(at).unwrap_or_default();
        names.get(at).copied().unwrap_or_default()
    };
    let (weekday, month) = (named(&DAYS, days.rem_euclid(7)), named(&MONTHS, month - 1));
    let (hour, minute, second) = (second / 3_600, second / 60 % 60, second % 60);
    format!("{weekday}, {day:02} {month} {year:04} {hour:02}:{minute:02}:{second:02} GMT")
}

/// The moment that a value of Date names, in seconds since 1970; `None` for what is none. The day
/// of the week is not looked at.
#[must_use]
pub fn read_http_date(value: &str) -> Option<i64> {
    let (_, rest) = value.trim().split_once(", ")?;
    let mut parts = rest.split(' ');
    let mut next = || parts.next();
    let (day, month, year) = (next()?, next()?, next()?);
    let (time, zone) = (next()?, next()?);
    let number = |text: &str, digits: usize| {
        let plain = text.len() == digits && text.bytes().all(|octet| octet.is_ascii_digit());
        plain.then(|| text.parse::<i64>().ok()).flatten()
    };
    let month = MONTHS.iter().position(|name| *name == month)?;
    let month = i64::try_from(month).ok()? + 1;
    let (day, year) = (number(day, 2)?, number(year, 4)?);
    let mut clock = time.split(':').map(|part| number(part, 2));
    let (hour, minute, second) = (clock.next()??, clock.next()??, clock.next()??);
    let within = (1..=31).contains(&day) && hour < 24 && minute < 60 && second <= 60;
    let whole = clock.next().is_none() && zone == "GMT" && next().is_none();
    let days = days_before(year, month) + day - 1;
    (within && whole).then(|| days * DAY + hour * 3_600 + minute * 60 + second)
}

/// Days from 1970 to the first of a month.
fn days_before(year: i64, month: i64) -> i64 {
    let (year, month) = if month > 2 {
        (year, month - 3)
    } else {
        (year - 1, month + 9)
    };
    let leap = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    365 * year + leap + (153 * month + 2) / 5 - 719_468
}

/// Year, month and day of a day since 1970 in the Gregorian calendar. Years are counted from March,
/// so that the leap day is the last one; 146,097 days are 400 years.
fn civil(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let (era, day) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let of_month = day - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (year + era * 400 + i64::from(month <= 2), month, of_month)
}

#[cfg(test)]
mod tests {
    use super::*;

    // rfc: 3261 §20.17 a date is in GMT, with its weekday
    #[test]
    fn moments_are_written_as_everybody_reads_them() {
        for (seconds, text) in [
            (0, "Thu, 01 Jan 1970 00:00:00 GMT"),
            (-1, "Wed, 31 Dec 1969 23:59:59 GMT"),
            (951_782_400, "Tue, 29 Feb 2000 00:00:00 GMT"),
            (1_289_690_940, "Sat, 13 Nov 2010 23:29:00 GMT"),
            (1_709_251_199, "Thu, 29 Feb 2024 23:59:59 GMT"),
            (4_107_542_400, "Mon, 01 Mar 2100 00:00:00 GMT"),
        ] {
            assert_eq!(http_date(seconds), text);
            assert_eq!(read_http_date(text), Some(seconds), "{text}");
        }
    }

    #[test]
    fn what_is_no_date_names_no_moment() {
        for text in [
            "",
            "Sat, 13 Nov 2010 23:29:00",
            "Sat, 13 Nov 2010 23:29:00 CET",
            "Sat, 13 Nov 2010 24:29:00 GMT",
            "Sat, 13 Nov 2010 23:29 GMT",
            "Sat, 13 Nov 2010 23:29:00:00 GMT",
            "Sat, 13 nov 2010 23:29:00 GMT",
            "Sat, +3 Nov 2010 23:29:00 GMT",
            "Sat, 00 Nov 2010 23:29:00 GMT",
            "Sat, 13 Nov 99999999999999999999 23:29:00 GMT",
        ] {
            assert_eq!(read_http_date(text), None, "{text}");
        }
    }
}
