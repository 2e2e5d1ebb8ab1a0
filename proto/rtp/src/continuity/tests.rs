//! Tests of `continuity`.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use super::*;
use crate::{HEADER_BYTES, NewHeader, write_header};

const CLOCK: u32 = 8000;

fn at(ms: u64) -> Instant {
    Instant::from_millis(ms)
}

/// Stamps one packet and gives (seq, ts, changed).
fn send(c: &mut Continuity, ssrc: u32, seq: u16, ts: u32, ms: u64) -> (u16, u32, bool) {
    let stamp = c.stamp(ssrc, seq, ts, CLOCK, at(ms)).expect("a place");
    assert_eq!(stamp.ssrc, 77);
    (stamp.seq, stamp.ts, stamp.changed)
}

fn stream() -> Continuity {
    Continuity::new(77, 100, 5000)
}

#[test]
fn the_first_packet_has_the_first_numbers() {
    let mut c = stream();
    assert_eq!(c.report_map(), None);
    assert_eq!(send(&mut c, 1, 60_000, 9, 0), (100, 5000, false));
    assert_eq!(send(&mut c, 1, 60_001, 169, 20), (101, 5160, false));
    assert_eq!(c.ssrc(), 77);
}

#[test]
fn numbers_may_begin_and_wrap_anywhere() {
    for first in [0, 1, u16::MAX - 1, u16::MAX] {
        let mut c = Continuity::new(77, first, u32::MAX - 200);
        for n in 0..10_u16 {
            let seq = 65_530_u16.wrapping_add(n);
            let ts = (u32::MAX - 500).wrapping_add(160 * u32::from(n));
            let sent = send(&mut c, 1, seq, ts, 20 * u64::from(n));
            let expected_ts = (u32::MAX - 200).wrapping_add(160 * u32::from(n));
            assert_eq!(sent, (first.wrapping_add(n), expected_ts, false));
        }
    }
}

#[test]
fn loss_and_reordering_pass_through_as_they_are() {
    let mut c = stream();
    send(&mut c, 1, 10, 0, 0);
    assert_eq!(send(&mut c, 1, 13, 480, 60).0, 103);
    assert_eq!(send(&mut c, 1, 12, 320, 61), (102, 5320, false));
    assert_eq!(send(&mut c, 1, 13, 480, 62), (103, 5480, false));
    assert_eq!(send(&mut c, 1, 14, 640, 80), (104, 5640, false));
}

#[test]
fn a_change_of_source_takes_the_next_number_and_the_marker() {
    let mut c = stream();
    send(&mut c, 1, 10, 0, 0);
    send(&mut c, 1, 11, 160, 20);
    // on time: one packet's worth further
    assert_eq!(send(&mut c, 2, 9000, 1_000_000, 40), (102, 5320, true));
    assert_eq!(send(&mut c, 2, 9001, 1_000_160, 60), (103, 5480, false));
    // after two seconds of nothing: two seconds further
    assert_eq!(send(&mut c, 3, 5, 0, 2060), (104, 5480 + 16_000, true));
    // at once: still one packet's worth
    assert_eq!(send(&mut c, 4, 5, 0, 2060), (105, 5480 + 16_160, true));
}

#[test]
fn a_declared_change_counts_even_with_the_same_source_number() {
    let mut c = stream();
    send(&mut c, 1, 10, 0, 0);
    c.switch();
    assert_eq!(send(&mut c, 1, 11, 800_000, 20), (101, 5160, true));
    assert_eq!(send(&mut c, 1, 12, 800_160, 40), (102, 5320, false));
}

#[test]
fn a_restart_within_one_source_is_a_change() {
    let mut c = stream();
    send(&mut c, 1, 10, 0, 0);
    assert_eq!(send(&mut c, 1, 40_000, 123, 20), (101, 5160, true));
    // a hundred back is late, more is a restart
    assert_eq!(send(&mut c, 1, 40_200, 32_123, 4020).0, 301);
    assert_eq!(send(&mut c, 1, 40_100, 16_123, 4021), (201, 21_160, false));
    assert!(send(&mut c, 1, 40_099, 15_963, 4022).2);
    // three thousand ahead is loss, more is a restart
    let mut c = stream();
    send(&mut c, 1, 0, 0, 0);
    assert_eq!(
        send(&mut c, 1, 3000, 480_000, 60_000),
        (3100, 485_000, false)
    );
    assert_eq!(send(&mut c, 1, 6001, 0, 60_020).0, 3101);
}

#[test]
fn stragglers_of_the_source_before_get_their_old_place() {
    let mut c = stream();
    send(&mut c, 1, 10, 0, 0);
    send(&mut c, 1, 12, 320, 40);
    assert_eq!(send(&mut c, 2, 500, 0, 60), (103, 5480, true));
    assert_eq!(send(&mut c, 1, 11, 160, 61), (101, 5160, false));
    assert_eq!(send(&mut c, 2, 501, 160, 80), (104, 5640, false));
    // but when the old source goes on, it is the source again
    assert_eq!(send(&mut c, 1, 13, 480, 100), (105, 5800, true));
}

#[test]
fn one_overtaken_by_the_first_of_its_source_has_no_place() {
    let mut c = stream();
    send(&mut c, 1, 10, 0, 0);
    send(&mut c, 2, 500, 160, 20);
    assert_eq!(c.stamp(2, 499, 0, CLOCK, at(21)), None);
    assert_eq!(send(&mut c, 2, 501, 320, 40).0, 102);
    // at the very beginning there is room
    let mut c = stream();
    send(&mut c, 1, 10, 160, 0);
    assert_eq!(send(&mut c, 1, 9, 0, 1), (99, 4840, false));
}

#[test]
fn key_presses_do_not_spoil_the_packet_length() {
    let mut c = stream();
    send(&mut c, 1, 10, 0, 0);
    send(&mut c, 1, 11, 160, 20);
    for n in 0..5 {
        assert_eq!(send(&mut c, 1, 12 + n, 320, 40).1, 5320);
    }
    assert_eq!(send(&mut c, 2, 0, 0, 40).1, 5480);
}

#[test]
fn a_change_of_clock_does_not_use_the_old_packet_length() {
    let mut c = stream();
    c.stamp(1, 10, 0, 48_000, at(0));
    c.stamp(1, 11, 960, 48_000, at(20));
    // 20 ms at 8 kHz, not 960 of its units
    assert_eq!(send(&mut c, 2, 0, 0, 20), (102, 5960 + 160, true));
    assert_eq!(send(&mut c, 3, 0, 0, 20).1, 5960 + 320);
}

#[test]
fn an_endless_silence_does_not_turn_time_back() {
    let mut c = stream();
    send(&mut c, 1, 0, 0, 0);
    let (_, ts, _) = send(&mut c, 2, 0, 0, 1000 * 60 * 60 * 24 * 30);
    assert!(ts.wrapping_sub(5000) <= u32::MAX / 2);
    assert!(c.stamp(3, 0, 0, 0, at(u64::MAX / 2_000_000)).is_some());
}

#[test]
fn a_thousand_changes_make_one_unbroken_stream() {
    let mut c = Continuity::new(77, 65_000, u32::MAX - 100_000);
    let mut random = machine::Random::from_seed(9);
    let (mut seq, mut ts) = (64_999_u16, None);
    let mut ms = 0;
    for source in 0..1000_u32 {
        let mut theirs = (random.next_u64() & 0xffff, random.next_u64() & 0xffff_ffff);
        for packet in 0..random.below(9) {
            ms += 20;
            let (their_seq, their_ts) = (theirs.0 & 0xffff, theirs.1 & 0xffff_ffff);
            let their_seq = u16::try_from(their_seq).unwrap();
            let their_ts = u32::try_from(their_ts).unwrap();
            let sent = send(&mut c, source, their_seq, their_ts, ms);
            seq = seq.wrapping_add(1);
            assert_eq!(sent.0, seq);
            if let Some(last) = ts {
                assert!(sent.1.wrapping_sub(last) >= 160);
                assert_eq!(sent.2, packet == 0);
            }
            ts = Some(sent.1);
            theirs = (theirs.0 + 1, theirs.1 + 160);
        }
    }
}

#[test]
fn a_packet_is_rewritten_in_place() {
    let mut c = stream();
    let make = |ssrc, seq, ts| {
        let mut packet = [0xab; HEADER_BYTES + 4];
        assert!(write_header(
            &mut packet,
            NewHeader {
                marker: false,
                pt: 8,
                seq,
                ts,
                ssrc
            }
        ));
        packet
    };
    for (ssrc, changed) in [(1, false), (2, true)] {
        let mut packet = make(ssrc, 7, 8);
        let header = Header::parse(&packet).unwrap();
        let stamp = c.rewrite(&mut packet, &header, CLOCK, at(0)).unwrap();
        let sent = Header::parse(&packet).unwrap();
        assert_eq!(
            (sent.ssrc, sent.seq, sent.ts),
            (stamp.ssrc, stamp.seq, stamp.ts)
        );
        assert_eq!((sent.marker, sent.pt), (changed, 8));
        assert_eq!(sent.payload(&packet), [0xab; 4]);
    }
    // no place: left alone
    let mut packet = make(2, 6, 0);
    let header = Header::parse(&packet).unwrap();
    assert_eq!(c.rewrite(&mut packet, &header, CLOCK, at(1)), None);
    assert_eq!(packet, make(2, 6, 0));
}

#[test]
fn reports_on_the_output_are_told_of_the_present_input() {
    let mut c = Continuity::new(77, 65_534, 0);
    send(&mut c, 1, 65_530, 0, 0);
    // sent 65534, 65535, 65536 (0 after the wrap): the input's 65530, 65531, 65532
    send(&mut c, 1, 65_531, 160, 20);
    send(&mut c, 1, 65_532, 320, 40);
    let map = c.report_map().unwrap();
    assert_eq!((map.ours, map.theirs), (77, 1));
    assert_eq!(65_536_u32.wrapping_sub(map.seq_offset), 65_532);
    send(&mut c, 2, 10, 0, 60);
    let map = c.report_map().unwrap();
    assert_eq!(map.theirs, 2);
    assert_eq!(65_537_u32.wrapping_sub(map.seq_offset), 10);
}

// rfc: 3550 §6.4.1
#[test]
fn a_moment_has_the_timestamp_that_a_packet_sent_then_would_have() {
    let mut c = Continuity::new(77, 0, 1_000);
    assert_eq!(c.timestamp_at(at(0)), None);
    send(&mut c, 1, 5, 50_000, 0);
    assert_eq!(c.timestamp_at(at(0)), Some(1_000));
    send(&mut c, 1, 6, 50_160, 20);
    assert_eq!(c.timestamp_at(at(20)), Some(1_160));
    assert_eq!(c.timestamp_at(at(1_020)), Some(1_160 + 8_000));
}
