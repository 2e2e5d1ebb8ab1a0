//! Tests of `event`.

#![allow(clippy::unwrap_used)]

use super::*;

fn event(code: u8, duration: u16, end: bool) -> Event {
    Event {
        code,
        end,
        volume: 10,
        duration,
    }
}

fn at(ms: u64) -> Instant {
    Instant::from_millis(ms)
}

fn symbols(digits: Digits) -> String {
    digits.map(|digit| digit.symbol).collect()
}

/// A whole press from time `ms` on: five packets and three ends.
fn press(ends: &mut EventEnds, code: u8, ts: u32, ms: u64) -> String {
    let mut heard = String::new();
    for step in 1..=5_u16 {
        let now = at(ms + 20 * u64::from(step));
        heard += &symbols(ends.receive(1, ts, event(code, 160 * step, false), now));
    }
    for _ in 0..3 {
        heard += &symbols(ends.receive(1, ts, event(code, 960, true), at(ms + 120)));
    }
    heard
}

// rfc: 4733 §2.3
#[test]
fn the_payload_is_read_and_written() {
    // RFC 4733 section 2.3.1: digit 1, end, volume 7, duration 1600
    let bytes = [1, 0x87, 0x06, 0x40];
    let read = Event::parse(&bytes).unwrap();
    assert_eq!(
        read,
        Event {
            code: 1,
            end: true,
            volume: 7,
            duration: 1600
        }
    );
    assert_eq!(read.to_bytes(), bytes);
    assert_eq!(Event::parse(&bytes[..3]), None);
    // the reserved bit is ignored
    assert_eq!(Event::parse(&[1, 0xc7, 0x06, 0x40]), Some(read));
}

#[test]
fn keys_have_their_signs() {
    let all: String = (0..=15).filter_map(symbol_of).collect();
    assert_eq!(all, "0123456789*#ABCD");
    assert_eq!(symbol_of(16), None);
    assert!(
        all.chars()
            .all(|sign| code_of(sign).and_then(symbol_of) == Some(sign))
    );
    assert_eq!(code_of('a'), Some(12));
    assert_eq!(code_of('x'), None);
}

// rfc: 4733 §2.5.1.4
#[test]
fn a_press_counts_once_however_often_its_end_is_repeated() {
    let mut ends = EventEnds::new();
    assert_eq!(press(&mut ends, 5, 8000, 0), "5");
    assert_eq!(
        symbols(ends.receive(1, 8000, event(5, 960, true), at(200))),
        ""
    );
    assert_eq!(ends.deadline(), None);
}

#[test]
fn the_same_key_twice_counts_twice() {
    let mut ends = EventEnds::new();
    assert_eq!(press(&mut ends, 5, 8000, 0), "5");
    assert_eq!(press(&mut ends, 5, 9600, 200), "5");
}

#[test]
fn a_lost_start_changes_nothing() {
    let mut ends = EventEnds::new();
    let heard = ends.receive(1, 8000, event(11, 960, true), at(0));
    assert_eq!(
        heard,
        Digits(
            None,
            Some(Digit {
                symbol: '#',
                duration: 960
            })
        )
    );
    assert_eq!(
        symbols(ends.receive(1, 8000, event(11, 960, true), at(1))),
        ""
    );
}

#[test]
fn an_end_that_came_before_its_start_counts_once() {
    let mut ends = EventEnds::new();
    assert_eq!(
        symbols(ends.receive(1, 8000, event(3, 960, true), at(0))),
        "3"
    );
    assert_eq!(
        symbols(ends.receive(1, 8000, event(3, 160, false), at(1))),
        ""
    );
    assert_eq!(ends.deadline(), None);
}

#[test]
fn lost_ends_are_made_good_by_the_next_press() {
    let mut ends = EventEnds::new();
    assert_eq!(
        symbols(ends.receive(1, 8000, event(1, 320, false), at(0))),
        ""
    );
    // even when of the next one only the end arrives
    let heard = ends.receive(1, 10_000, event(2, 800, true), at(100));
    let first = Digit {
        symbol: '1',
        duration: 320,
    };
    let second = Digit {
        symbol: '2',
        duration: 800,
    };
    assert_eq!(heard.collect::<Vec<_>>(), [first, second]);
}

#[test]
fn lost_ends_are_made_good_by_time() {
    let mut ends = EventEnds::new();
    ends.receive(1, 8000, event(9, 160, false), at(1000));
    ends.receive(1, 8000, event(9, 320, false), at(1020));
    assert_eq!(ends.deadline(), Some(at(1220)));
    assert_eq!(ends.expire(at(1219)), None);
    assert_eq!(
        ends.expire(at(1220)),
        Some(Digit {
            symbol: '9',
            duration: 320
        })
    );
    assert_eq!(ends.expire(at(5000)), None);
    assert_eq!(ends.deadline(), None);
    // and its end, very late, is not another press
    assert_eq!(
        symbols(ends.receive(1, 8000, event(9, 960, true), at(1300))),
        ""
    );
}

#[test]
fn stragglers_of_the_press_before_are_passed_over() {
    let mut ends = EventEnds::new();
    assert_eq!(press(&mut ends, 1, 8000, 0), "1");
    assert_eq!(
        symbols(ends.receive(1, 9600, event(2, 160, false), at(200))),
        ""
    );
    assert_eq!(
        symbols(ends.receive(1, 8000, event(1, 960, true), at(201))),
        ""
    );
    assert_eq!(
        symbols(ends.receive(1, 9600, event(2, 480, true), at(260))),
        "2"
    );
}

// rfc: 4733 §2.5.1.3
#[test]
fn a_press_of_many_segments_counts_once_with_its_whole_length() {
    let mut ends = EventEnds::new();
    let mut ts = 0xffff_0000;
    for segment in 0..3 {
        for duration in [800, 40_000, u16::MAX] {
            let now = at(8000 * segment + u64::from(duration) / 8);
            assert_eq!(
                symbols(ends.receive(1, ts, event(7, duration, false), now)),
                ""
            );
        }
        ts = ts.wrapping_add(u16::MAX.into());
    }
    let heard = ends.receive(1, ts, event(7, 500, true), at(25_000));
    let duration = 3 * u32::from(u16::MAX) + 500;
    assert_eq!(
        heard,
        Digits(
            None,
            Some(Digit {
                symbol: '7',
                duration
            })
        )
    );
}

#[test]
fn timestamps_may_wrap_between_presses() {
    let mut ends = EventEnds::new();
    assert_eq!(press(&mut ends, 1, u32::MAX - 100, 0), "1");
    assert_eq!(press(&mut ends, 2, 4000, 500), "2");
}

#[test]
fn a_new_source_begins_a_new_press_whatever_its_timestamp() {
    let mut ends = EventEnds::new();
    assert_eq!(press(&mut ends, 1, 80_000, 0), "1");
    assert_eq!(
        symbols(ends.receive(2, 80_000, event(1, 960, true), at(300))),
        "1"
    );
    assert_eq!(
        symbols(ends.receive(3, 10, event(1, 960, true), at(400))),
        "1"
    );
}

#[test]
fn events_that_are_no_keys_are_not_told() {
    let mut ends = EventEnds::new();
    assert_eq!(press(&mut ends, 16, 8000, 0), "");
    assert_eq!(press(&mut ends, 4, 9600, 300), "4");
}
