//! Wall-clock time: RFC 3339 text both ways, the edges of the calendar, and the clock.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::time::Duration;

use machine::{Clock, Instant, WallTime};
use proptest::prelude::*;

fn ms(text: &str) -> i64 {
    WallTime::parse_rfc3339(text).unwrap().unix_ms()
}

fn wrong(text: &str) -> (&'static str, &'static str) {
    let error = WallTime::parse_rfc3339(text).unwrap_err();
    (error.field, error.rule)
}

#[test]
fn known_times_have_their_known_texts() {
    let texts = [
        (0, "1970-01-01T00:00:00.000Z"),
        (-1, "1969-12-31T23:59:59.999Z"),
        (951_782_400_000, "2000-02-29T00:00:00.000Z"),
        (951_868_799_999, "2000-02-29T23:59:59.999Z"),
        (951_868_800_000, "2000-03-01T00:00:00.000Z"),
        (1_000_000_000_000, "2001-09-09T01:46:40.000Z"),
        (2_147_483_648_000, "2038-01-19T03:14:08.000Z"),
        (4_107_542_400_000, "2100-03-01T00:00:00.000Z"),
        (-2_203_891_200_000, "1900-03-01T00:00:00.000Z"),
        (-62_135_596_800_000, "0001-01-01T00:00:00.000Z"),
    ];
    for (unix_ms, text) in texts {
        assert_eq!(WallTime::from_unix_ms(unix_ms).to_rfc3339(), text);
        assert_eq!(ms(text), unix_ms, "{text}");
    }
    assert_eq!(WallTime::MIN.to_rfc3339(), "0000-01-01T00:00:00.000Z");
    assert_eq!(WallTime::MAX.to_rfc3339(), "9999-12-31T23:59:59.999Z");
}

#[test]
fn the_examples_of_rfc_3339_section_5_8_are_read() {
    assert_eq!(ms("1985-04-12T23:20:50.52Z"), 482_196_050_520);
    assert_eq!(ms("1996-12-19T16:39:57-08:00"), ms("1996-12-20T00:39:57Z"));
    assert_eq!(
        ms("1937-01-01T12:00:27.87+00:20"),
        ms("1937-01-01T11:40:27.870Z")
    );
    // The leap second of 1990, in UTC and in Pacific time, as the last millisecond before it.
    assert_eq!(ms("1990-12-31T23:59:60Z"), ms("1990-12-31T23:59:59.999Z"));
    assert_eq!(
        ms("1990-12-31T15:59:60-08:00"),
        ms("1990-12-31T23:59:59.999Z")
    );
}

#[test]
fn lower_case_letters_and_many_decimals_are_read() {
    assert_eq!(ms("2001-09-09t01:46:40z"), 1_000_000_000_000);
    assert_eq!(
        ms("2001-09-09T01:46:40.1239999999999999999999Z"),
        1_000_000_000_123
    );
    assert_eq!(ms("2001-09-09T01:46:40.5-00:00"), 1_000_000_000_500);
    assert_eq!(ms("2001-09-10T01:45:40+23:59"), 1_000_000_000_000);
}

#[test]
fn a_text_that_breaks_a_rule_is_refused_with_its_part_and_the_rule() {
    let range = "is out of range";
    assert_eq!(wrong("2001-13-09T01:46:40Z"), ("date-month", range));
    assert_eq!(wrong("2001-00-09T01:46:40Z"), ("date-month", range));
    assert_eq!(wrong("2001-02-29T01:46:40Z"), ("date-mday", range));
    assert_eq!(wrong("1900-02-29T01:46:40Z"), ("date-mday", range));
    assert_eq!(wrong("2001-04-31T01:46:40Z"), ("date-mday", range));
    assert_eq!(wrong("2001-04-00T01:46:40Z"), ("date-mday", range));
    assert_eq!(wrong("2001-04-01T24:00:00Z"), ("time-hour", range));
    assert_eq!(wrong("2001-04-01T00:60:00Z"), ("time-minute", range));
    assert_eq!(wrong("2001-04-01T00:00:61Z"), ("time-second", range));
    assert_eq!(wrong("2001-04-01T00:00:00+24:00"), ("time-offset", range));
    assert_eq!(wrong("2001-04-01T00:00:00+00:60"), ("time-offset", range));
    assert_eq!(wrong("2001-04-01T12:00:60Z").0, "time-second");
    assert_eq!(wrong("2001-04-01T00:00:00.Z").0, "time-secfrac");
    assert_eq!(wrong("2001-04-01T00:00:00").0, "time-offset");
    assert_eq!(wrong("2001-04-01T00:00:00+0100").0, "time-offset");
    assert_eq!(wrong("2001-04-01 00:00:00Z").0, "date-time");
    assert_eq!(wrong("2001-04-01T00:00:00Z ").0, "date-time");
    assert_eq!(wrong("2001-4-01T00:00:00Z").0, "date-month");
    assert_eq!(wrong("+001-04-01T00:00:00Z").0, "date-fullyear");
    assert_eq!(wrong("12001-04-01T00:00:00Z").0, "full-date");
    assert_eq!(wrong("2001-04-01T0000:00Z").0, "full-time");
    assert_eq!(wrong("").0, "date-fullyear");
    let error = "".parse::<WallTime>().unwrap_err().to_string();
    assert!(
        error.starts_with("expected an RFC 3339 date and time: date-fullyear"),
        "{error}"
    );
}

#[test]
fn an_offset_that_leads_out_of_the_four_digit_years_is_refused() {
    assert_eq!(wrong("0000-01-01T00:00:00+00:01").0, "date-time");
    assert_eq!(wrong("9999-12-31T23:59:59-00:01").0, "date-time");
    assert_eq!(ms("0000-01-01T00:01:00+00:01"), WallTime::MIN.unix_ms());
}

#[test]
fn arithmetic_stays_within_the_years_that_have_a_text() {
    assert_eq!(WallTime::from_unix_ms(i64::MAX), WallTime::MAX);
    assert_eq!(WallTime::from_unix_ms(i64::MIN), WallTime::MIN);
    assert_eq!(WallTime::MAX + Duration::from_millis(1), WallTime::MAX);
    assert_eq!(WallTime::UNIX_EPOCH + Duration::MAX, WallTime::MAX);
    assert_eq!(
        WallTime::UNIX_EPOCH.saturating_sub(Duration::MAX),
        WallTime::MIN
    );
    assert_eq!(
        WallTime::MIN.saturating_since(WallTime::MAX),
        Duration::ZERO
    );
    let later = WallTime::from_unix_ms(1_500);
    assert_eq!(
        later.saturating_since(WallTime::UNIX_EPOCH),
        Duration::from_millis(1_500)
    );
    assert_eq!(
        later.saturating_sub(Duration::from_millis(2_000)).unix_ms(),
        -500
    );
}

#[test]
fn the_clock_maps_both_ways_and_knows_nothing_before_the_start() {
    let clock = Clock::new(WallTime::from_unix_ms(1_000_000));
    assert_eq!(clock.wall(Instant::ZERO), clock.wall_at_zero);
    assert_eq!(
        clock.wall(Instant::from_nanos(2_999_999)).unix_ms(),
        1_000_002
    );
    assert_eq!(
        clock.instant(WallTime::from_unix_ms(1_000_002)),
        Instant::from_millis(2)
    );
    assert_eq!(clock.instant(WallTime::UNIX_EPOCH), Instant::ZERO);
    // Monotonic time ends 584 years after the start: what lies behind never comes.
    assert_eq!(clock.instant(WallTime::MAX), Instant::MAX);
}

#[derive(Debug, PartialEq, serde::Serialize, serde::Deserialize)]
struct Row {
    plain: WallTime,
    #[serde(with = "machine::rfc3339")]
    text: WallTime,
    #[serde(with = "machine::rfc3339::option")]
    ended: Option<WallTime>,
}

#[test]
fn serde_has_the_number_and_where_asked_the_text() {
    let at = WallTime::from_unix_ms(1_500);
    let row = Row {
        plain: at,
        text: at,
        ended: None,
    };
    let json = serde_json::to_string(&row).unwrap();
    assert_eq!(
        json,
        r#"{"plain":1500,"text":"1970-01-01T00:00:01.500Z","ended":null}"#
    );
    assert_eq!(serde_json::from_str::<Row>(&json).unwrap(), row);
    let ended = Row {
        ended: Some(at),
        ..row
    };
    let json = serde_json::to_string(&ended).unwrap();
    assert_eq!(serde_json::from_str::<Row>(&json).unwrap(), ended);
    let bad = r#"{"plain":1500,"text":"yesterday","ended":null}"#;
    assert!(
        serde_json::from_str::<Row>(bad)
            .unwrap_err()
            .to_string()
            .contains("RFC 3339")
    );
}

proptest! {
    #[test]
    fn any_time_is_read_back_from_its_text_and_texts_sort_as_times(
        a in WallTime::MIN.unix_ms()..=WallTime::MAX.unix_ms(),
        b in WallTime::MIN.unix_ms()..=WallTime::MAX.unix_ms(),
    ) {
        let (one, two) = (WallTime::from_unix_ms(a), WallTime::from_unix_ms(b));
        let (first, second) = (one.to_rfc3339(), two.to_rfc3339());
        prop_assert_eq!(first.len(), 24);
        prop_assert_eq!(ms(&first), a);
        prop_assert_eq!(one.cmp(&two), first.cmp(&second));
    }

    #[test]
    fn no_text_makes_the_parser_panic(text in "[0-9TZtz:+. -]{0,30}|.{0,30}") {
        if let Ok(time) = WallTime::parse_rfc3339(&text) {
            prop_assert!(time >= WallTime::MIN && time <= WallTime::MAX);
        }
    }
}

#[test]
fn every_day_of_six_cycles_of_the_calendar_follows_the_one_before() {
    let mut time = WallTime::MIN;
    let (mut year, mut month, mut day) = (0u32, 1u32, 1u32);
    loop {
        let text = time.to_rfc3339();
        assert_eq!(&text[..10], format!("{year:04}-{month:02}-{day:02}"));
        let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        let last = [
            31,
            28 + u32::from(leap),
            31,
            30,
            31,
            30,
            31,
            31,
            30,
            31,
            30,
            31,
        ];
        day += 1;
        if day > last[usize::try_from(month - 1).unwrap()] {
            (month, day) = (month + 1, 1);
        }
        if month > 12 {
            (year, month) = (year + 1, 1);
        }
        if year == 2_400 {
            break;
        }
        time = time + Duration::from_secs(86_400);
    }
}
