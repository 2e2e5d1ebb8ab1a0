//! Tests of `receiver`.

#![allow(clippy::unwrap_used)]

use super::*;
use crate::{HEADER_BYTES, NewHeader, write_header};

fn header(ssrc: u32, seq: u16, ts: u32) -> Header {
    let mut packet = [0; HEADER_BYTES];
    assert!(write_header(
        &mut packet,
        NewHeader {
            marker: false,
            pt: 0,
            seq,
            ts,
            ssrc
        }
    ));
    Header::parse(&packet).unwrap()
}

/// Takes a packet of 20 ms sent on time and received on time.
fn take(receiver: &mut Receiver, seq: u16) -> Arrival {
    let n = u32::from(seq);
    receiver.receive(
        &header(1, seq, 160 * n),
        Instant::from_millis(20 * u64::from(n)),
    )
}

fn taken(seqs: impl IntoIterator<Item = u16>) -> Receiver {
    let mut receiver = Receiver::new(8000);
    for seq in seqs {
        take(&mut receiver, seq);
    }
    receiver
}

#[test]
fn nothing_received_is_nothing_lost() {
    let mut receiver = Receiver::new(8000);
    let statistics = receiver.statistics();
    assert_eq!(
        statistics,
        Statistics {
            clock: 8000,
            ..Statistics::default()
        }
    );
    assert_eq!((statistics.loss(), statistics.burst_ratio()), (0.0, 1.0));
    assert_eq!(receiver.report(), None);
    assert_eq!(receiver.ssrc(), None);
}

#[test]
fn an_even_stream_has_no_loss_and_no_jitter() {
    let statistics = taken(1..=1000).statistics();
    assert_eq!((statistics.received, statistics.expected), (1000, 1000));
    assert_eq!(
        (statistics.lost, statistics.duplicates, statistics.reordered),
        (0, 0, 0)
    );
    assert_eq!((statistics.jitter, statistics.loss_runs), (0, 0));
}

#[test]
fn each_arrival_is_called_by_its_name() {
    let mut receiver = Receiver::new(8000);
    assert_eq!(take(&mut receiver, 10), Arrival::First);
    assert_eq!(take(&mut receiver, 11), Arrival::Next { missing: 0 });
    assert_eq!(take(&mut receiver, 14), Arrival::Next { missing: 2 });
    assert_eq!(take(&mut receiver, 12), Arrival::Late);
    assert_eq!(take(&mut receiver, 12), Arrival::Duplicate);
    assert_eq!(take(&mut receiver, 14), Arrival::Duplicate);
    assert_eq!(take(&mut receiver, 20_000), Arrival::Stray);
    assert_eq!(take(&mut receiver, 15), Arrival::Next { missing: 0 });
    let statistics = receiver.statistics();
    assert_eq!((statistics.received, statistics.expected), (7, 6));
    assert_eq!(
        (statistics.lost, statistics.duplicates, statistics.reordered),
        (1, 2, 1)
    );
}

#[test]
fn numbers_wrap_without_loss() {
    let mut receiver = Receiver::new(8000);
    for n in 0..200_000_u32 {
        let seq = u16::try_from((65_000 + n) % 65_536).unwrap();
        let now = Instant::from_millis(20 * u64::from(n));
        receiver.receive(&header(1, seq, n.wrapping_mul(160)), now);
    }
    let statistics = receiver.statistics();
    assert_eq!(
        (statistics.received, statistics.expected),
        (200_000, 200_000)
    );
    assert_eq!(statistics.lost, 0);
    let report = receiver.report().unwrap();
    // the cycle in the upper half, as counted from the first
    assert_eq!(report.highest_seq, 65_000 + 199_999);
}

// rfc: 3550 §A.3
#[test]
fn a_duplicate_does_not_hide_a_loss() {
    let statistics = taken([1, 2, 2, 4]).statistics();
    assert_eq!((statistics.lost, statistics.duplicates), (1, 1));
    // while the wire's formula counts what came (section A.3)
    assert_eq!(taken([1, 2, 2, 4]).report().unwrap().cumulative_lost, 0);
    assert_eq!(taken([1, 1, 1, 2]).report().unwrap().cumulative_lost, -2);
}

#[test]
fn one_from_before_the_first_widens_what_is_expected() {
    let statistics = taken([10, 7, 11]).statistics();
    assert_eq!(
        (statistics.expected, statistics.lost, statistics.reordered),
        (5, 2, 1)
    );
    // over the wrap as well
    let statistics = taken([1, 65_535, 0, 2]).statistics();
    assert_eq!(
        (statistics.expected, statistics.lost, statistics.reordered),
        (4, 0, 2)
    );
}

#[test]
fn the_oldest_late_packet_is_a_hundred_behind() {
    let mut receiver = taken((0..50).chain(51..=150));
    assert_eq!(take(&mut receiver, 50), Arrival::Late);
    assert_eq!(take(&mut receiver, 50), Arrival::Duplicate);
    assert_eq!(take(&mut receiver, 49), Arrival::Stray);
    assert_eq!(receiver.statistics().lost, 0);
}

// rfc: 3550 §A.1
#[test]
fn a_restart_is_believed_at_the_second_packet() {
    let mut receiver = taken(0..100);
    assert_eq!(take(&mut receiver, 30_000), Arrival::Stray);
    assert_eq!(take(&mut receiver, 30_001), Arrival::First);
    assert_eq!(take(&mut receiver, 30_002), Arrival::Next { missing: 0 });
    let statistics = receiver.statistics();
    assert_eq!((statistics.expected, statistics.lost), (102, 0));
    // a dropout of up to three thousand is loss
    let mut receiver = taken([0]);
    assert_eq!(take(&mut receiver, 3000), Arrival::Next { missing: 2999 });
    assert_eq!(take(&mut receiver, 6001), Arrival::Stray);
}

#[test]
fn a_change_of_source_keeps_the_sums() {
    let mut receiver = taken([1, 2, 4]);
    receiver.receive(&header(2, 9000, 5), Instant::from_secs(1));
    receiver.receive(&header(2, 9002, 325), Instant::from_millis(1040));
    assert_eq!(receiver.ssrc(), Some(2));
    let statistics = receiver.statistics();
    assert_eq!(
        (statistics.received, statistics.expected, statistics.lost),
        (5, 7, 2)
    );
    assert_eq!(statistics.loss_runs, 2);
    let report = receiver.report().unwrap();
    assert_eq!((report.ssrc, report.cumulative_lost), (2, 1));
}

// rfc: 3550 §A.8
#[test]
fn jitter_is_that_of_section_a8() {
    // each packet 5 ms (40 units) later or earlier than its neighbour: J += (40 - J) / 16
    let mut receiver = Receiver::new(8000);
    let mut by_hand = 0_u32;
    for n in 0..200_u32 {
        let wobble = if n % 2 == 0 { 0 } else { 5 };
        let now = Instant::from_millis(1000 + 20 * u64::from(n) + wobble);
        receiver.receive(&header(1, u16::try_from(n).unwrap(), 160 * n), now);
        if n > 0 {
            by_hand = by_hand + 40 - ((by_hand + 8) >> 4);
        }
        assert_eq!(receiver.statistics().jitter, by_hand >> 4);
    }
    let statistics = receiver.statistics();
    assert!((39..=40).contains(&statistics.jitter));
    assert_eq!(statistics.jitter_highest, statistics.jitter);
    assert!(statistics.jitter_time() >= Duration::from_micros(4875));
}

#[test]
fn jitter_survives_wrapping_timestamps() {
    let mut receiver = Receiver::new(8000);
    for n in 0..100_u32 {
        let ts = (u32::MAX - 4000).wrapping_add(160 * n);
        let now = Instant::from_millis(20 * u64::from(n));
        receiver.receive(&header(1, u16::try_from(n).unwrap(), ts), now);
    }
    assert_eq!(receiver.statistics().jitter_highest, 0);
}

#[test]
fn key_presses_and_new_timestamps_are_no_jitter() {
    let mut receiver = taken(0..10);
    // six packets of one press share its timestamp
    for n in 10..16_u16 {
        let now = Instant::from_millis(20 * u64::from(n));
        receiver.receive(&header(1, n, 1600), now);
    }
    for seq in 16..20 {
        take(&mut receiver, seq);
    }
    assert_eq!(receiver.statistics().jitter_highest, 0);
    // the sender set its timestamps anew
    for n in 20..30_u16 {
        let now = Instant::from_millis(20 * u64::from(n));
        receiver.receive(&header(1, n, 3_000_000_000 + 160 * u32::from(n)), now);
    }
    assert_eq!(receiver.statistics().jitter_highest, 0);
}

#[test]
fn a_new_clock_begins_a_new_jitter() {
    let mut receiver = taken(0..10);
    receiver.receive(&header(1, 10, 1600), Instant::from_millis(230));
    assert!(receiver.statistics().jitter_highest > 0);
    receiver.set_clock(8000);
    assert!(receiver.statistics().jitter_highest > 0);
    receiver.set_clock(48_000);
    assert_eq!(receiver.statistics().jitter_highest, 0);
    assert_eq!(receiver.statistics().clock, 48_000);
}

#[test]
fn runs_of_loss_are_counted_inside_and_outside_the_window() {
    let missing = |n: &u16| !matches!(n, 5 | 6 | 7 | 50 | 200 | 201 | 990);
    for end in [1000, 1200, 3000] {
        let statistics = taken((0..=end).filter(missing)).statistics();
        assert_eq!(
            (statistics.lost, statistics.loss_runs),
            (7, 4),
            "up to {end}"
        );
    }
    // a gap longer than the window is one run
    let statistics = taken((0..100).chain(1000..1100)).statistics();
    assert_eq!((statistics.lost, statistics.loss_runs), (900, 1));
}

#[test]
fn a_late_packet_closes_its_gap() {
    let mut receiver = taken([1, 2, 4, 5]);
    assert_eq!(receiver.statistics().loss_runs, 1);
    take(&mut receiver, 3);
    assert_eq!(receiver.statistics().loss_runs, 0);
}

#[test]
fn even_loss_has_burst_ratio_one_and_bursts_have_more() {
    // every tenth lost
    let even = taken((0..2000).filter(|n| n % 10 != 5)).statistics();
    assert!((even.loss() - 0.1).abs() < 1e-3);
    assert!((even.burst_ratio() - 1.0).abs() < 1e-9);
    // five in a row of every fifty
    let bursts = taken((0..2000).filter(|n| n % 50 < 45)).statistics();
    assert!(
        (bursts.burst_ratio() - 4.5).abs() < 0.1,
        "{}",
        bursts.burst_ratio()
    );
}

// rfc: 3550 §6.4
#[test]
fn reports_tell_the_fraction_since_the_last() {
    let mut receiver = taken((0..100).filter(|n| n % 4 != 1));
    let report = receiver.report().unwrap();
    assert_eq!((report.fraction_lost, report.cumulative_lost), (64, 25));
    for seq in 100..200 {
        take(&mut receiver, seq);
    }
    let report = receiver.report().unwrap();
    assert_eq!((report.fraction_lost, report.cumulative_lost), (0, 25));
    assert_eq!(report.highest_seq, 199);
    // nothing since
    assert_eq!(receiver.report().unwrap().fraction_lost, 0);
}

// rfc: 3611 §4.7.1
// rfc: 3611 §4.7.2
#[test]
fn bursts_of_loss_are_told_by_their_density_and_length() {
    // 40 came, 4 of 8 were lost, 152 came: a burst of 7 packets and two gaps
    let lost = [40, 42, 44, 46];
    let metrics = taken((0..200).filter(|seq| !lost.contains(seq)));
    let metrics = metrics.voip_metrics().unwrap();
    assert_eq!((metrics.ssrc, metrics.loss, metrics.discard), (1, 5, 0));
    let course = metrics.course;
    assert_eq!((course.burst_density, course.burst_ms), (146, 140));
    assert_eq!((course.gap_density, course.gap_ms), (0, 1_930));
    assert_eq!(course.gap_least, 16);
}

#[test]
fn bursts_are_told_of_packets_that_have_left_the_window_as_well() {
    let lost = |seq: &u16| [100, 101, 300, 900, 901].contains(seq);
    let receiver = taken((0..1_000).filter(|seq| !lost(seq)));
    let course = receiver.voip_metrics().unwrap().course;
    assert_eq!((course.burst_density, course.burst_ms), (255, 40));
    assert_eq!((course.gap_density, course.gap_ms), (0, 6_640));
}

#[test]
fn without_a_packet_there_are_no_metrics() {
    assert_eq!(Receiver::new(8000).voip_metrics(), None);
}
