//! What is told of each second of a leg.

use super::rtcp::sender_report;
use super::*;
use crate::second::{SECONDS, Second, Way};
use rtp::rtcp::ReportBlock;

const A_RTCP: &str = "1.0.0.1:4001";

/// What was told of one direction of a leg, with the begins in milliseconds from a moment on.
fn told(rig: &Rig, id: EndpointId, way: Way, from: Instant) -> Vec<(u128, Second)> {
    let mut all = Vec::new();
    for notice in &rig.notices {
        if let Notice::Seconds {
            id: of,
            way: which,
            seconds,
        } = notice
            && (*of, *which) == (id, way)
        {
            all.extend(seconds.iter());
        }
    }
    let after = |at: Instant| at.saturating_since(from).as_millis();
    all.into_iter()
        .map(|(at, second)| (after(at), second))
        .collect()
}

/// The peer of the first leg talks for so many seconds; packets of which `gone` says so are lost.
fn talk(rig: &mut Rig, from: u16, seconds: u16, gone: impl Fn(u16) -> bool) {
    for seq in from..from + 50 * seconds {
        if !gone(seq) {
            rig.rtp(30_000, A, pcmu(7, seq)).unwrap();
        }
        rig.run(Duration::from_millis(20));
    }
}

#[test]
fn loss_is_told_of_the_second_in_which_it_was() {
    let mut rig = Rig::new();
    let begin = rig.now;
    let (a, b) = rig.bridged();
    // in the fourth second three in a row are lost, and one apart from them
    talk(&mut rig, 0, 10, |seq| matches!(seq, 160..=162 | 170));
    let all = told(&rig, a, Way::Received, begin);
    assert_eq!(all.len(), 10, "{all:?}");
    for (at, second) in &all {
        let bad = *at == 3_000;
        let lost = if bad { (4, 3) } else { (0, 0) };
        assert_eq!((second.lost, second.longest_loss), lost, "{at} ms");
        assert_eq!(second.expected, 50, "{at} ms");
        assert_eq!(second.mos_centi < 420, bad, "{at} ms: {second:?}");
        assert_eq!(second.round_trip_ms, None);
    }
    assert_eq!(told(&rig, a, Way::Sent, begin), []);
    // nothing came of the other, which ought to talk as well
    let nothing = Second::default();
    let other = told(&rig, b, Way::Received, begin);
    assert!(other.len() >= 5);
    assert!(
        other.iter().all(|(_, second)| *second == nothing),
        "{other:?}"
    );
}

#[test]
fn seconds_are_told_five_at_a_time_and_the_rest_before_the_end() {
    let mut rig = Rig::new();
    let (a, _) = rig.bridged();
    let of_a = |rig: &Rig| {
        let of_a = |notice: &&Notice| matches!(notice, Notice::Seconds { .. });
        let notices = rig.notices.iter().filter(of_a);
        notices.filter(|notice| notice.id() == a).count()
    };
    talk(&mut rig, 0, 4, |_| false);
    assert_eq!(of_a(&rig), 0);
    talk(&mut rig, 200, 2, |_| false);
    assert_eq!(of_a(&rig), 1);
    rig.run(Duration::from_millis(500));
    rig.order(Command::Close { id: a });
    assert_eq!(of_a(&rig), 2);
    let last = rig
        .notices
        .iter()
        .rposition(|n| matches!(n, Notice::Seconds { .. }));
    let closed = rig
        .notices
        .iter()
        .position(|n| matches!(n, Notice::Closed { .. }));
    assert!(last.unwrap() < closed.unwrap());
    let all = told(&rig, a, Way::Received, rig.now);
    let packets: u16 = all.iter().map(|(_, second)| second.expected).sum();
    assert_eq!(packets, 300);
    assert!(all.len() > SECONDS);
}

#[test]
fn a_packet_that_comes_late_makes_up_for_one_that_is_lost() {
    let mut rig = Rig::new();
    let begin = rig.now;
    let (a, _) = rig.bridged();
    // the last of a second comes behind the first of the next, and later one is lost
    talk(&mut rig, 0, 1, |seq| seq == 48);
    rig.rtp(30_000, A, pcmu(7, 48)).unwrap();
    talk(&mut rig, 50, 5, |seq| seq == 120);
    let lost: u16 = told(&rig, a, Way::Received, begin)
        .iter()
        .map(|(_, second)| second.lost)
        .sum();
    assert_eq!(lost, 1);
    assert_eq!(rig.figures(a).received.lost, 1);
}

#[test]
fn whoever_pauses_has_seconds_without_packets_and_whoever_is_on_hold_has_none() {
    let mut rig = Rig::new();
    let begin = rig.now;
    let (a, b) = rig.bridged();
    talk(&mut rig, 0, 3, |_| false);
    rig.run(Duration::from_secs(2));
    talk(&mut rig, 150, 5, |_| false);
    let all = told(&rig, a, Way::Received, begin);
    let expected: Vec<u16> = all.iter().map(|(_, second)| second.expected).collect();
    assert_eq!(expected, [50, 50, 50, 0, 0, 50, 50, 50, 50, 50]);
    assert!(
        all.iter()
            .all(|(_, s)| (s.mos_centi == 0) == (s.expected == 0))
    );
    rig.notices.clear();
    for id in [a, b] {
        rig.order(Command::Hold { id, held: true });
    }
    let sent = rig.run(Duration::from_secs(30));
    let empty = |(_, sent): &(_, Sent)| sent.bytes.len() == 12;
    assert!(sent.iter().all(empty), "what keeps ways open: {sent:?}");
    assert_eq!(told(&rig, a, Way::Received, begin), []);
}

#[test]
fn how_loud_it_is_is_told_of_g711() {
    let mut rig = Rig::new();
    let begin = rig.now;
    let (a, _) = rig.bridged();
    // the loudest that there is, on the same side for a whole packet
    for seq in 0..300 {
        rig.rtp_with(30_000, A, pcmu(7, seq), &[0x80; 160]).unwrap();
        rig.run(Duration::from_millis(20));
    }
    let all = told(&rig, a, Way::Received, begin);
    let loudness = all[1].1.loudness.unwrap();
    assert_eq!((loudness.level, loudness.clipped), (0, 160));
}

/// The block of a leg's peer about what was sent to it.
fn about(sent: Rtp, lost: i32) -> ReportBlock {
    ReportBlock {
        ssrc: sent.ssrc,
        fraction_lost: 0,
        cumulative_lost: lost,
        highest_seq: sent.seq.into(),
        jitter: 80,
        last_sr: 0,
        delay_since_last_sr: 0,
    }
}

/// A's report, which is for nobody but us.
fn a_reports(rig: &mut Rig, about: ReportBlock) {
    let report = sender_report(7, 0, Some(about));
    assert_eq!(rig.carry(30_001, A_RTCP, report), Err(Verdict::Absorbed));
}

/// B talks for so many seconds; the last packet as A gets it.
fn heard_by_a(rig: &mut Rig, from: u16, seconds: u16, gone: impl Fn(u16) -> bool) -> Rtp {
    let mut last = None;
    for seq in from..from + 50 * seconds {
        if !gone(seq) {
            let sent = rig.rtp(30_002, B, pcmu(9, seq)).unwrap();
            last = Some(Rtp::read(&sent.bytes));
        }
        rig.run(Duration::from_millis(20));
    }
    last.unwrap()
}

// rfc: 3550 §6.4.1
#[test]
fn what_the_peer_reports_is_told_of_the_way_to_it_alone() {
    let mut rig = Rig::new();
    let begin = rig.now;
    let (a, _) = rig.bridged();
    let last = heard_by_a(&mut rig, 0, 2, |_| false);
    a_reports(&mut rig, about(last, 0));
    // ten never come to the exchange; of the others four are lost on the way to A
    let last = heard_by_a(&mut rig, 100, 5, |seq| (120..130).contains(&seq));
    a_reports(&mut rig, about(last, 14));
    rig.run(Duration::from_secs(6));
    let all = told(&rig, a, Way::Sent, begin);
    let read: Vec<_> = all
        .iter()
        .map(|(at, s)| (*at, s.expected, s.lost, s.jitter))
        .collect();
    assert_eq!(read, [(2_000, 100, 0, 100), (7_000, 240, 4, 100)]);
    assert!(all[1].1.mos_centi < all[0].1.mos_centi);
}

#[test]
fn a_peer_that_counts_anew_is_believed_again() {
    let mut rig = Rig::new();
    let begin = rig.now;
    let (a, _) = rig.bridged();
    for (round, lost) in (0..).zip([20, 3, 9]) {
        let last = heard_by_a(&mut rig, 100 * round, 2, |_| false);
        a_reports(&mut rig, about(last, lost));
    }
    rig.run(Duration::from_secs(6));
    let all = told(&rig, a, Way::Sent, begin);
    let lost: Vec<u16> = all.iter().map(|(_, second)| second.lost).collect();
    assert_eq!(lost, [20, 0, 6]);
}

#[test]
fn many_legs_are_looked_at_by_one_timer_each_in_its_own_second() {
    let mut rig = Rig::new();
    let begin = rig.now;
    let pairs: Vec<_> = (0..20_u16)
        .map(|n| {
            let port = 30_000 + 4 * n;
            let at = |host: u8| format!("{host}.0.0.{}:4000", n + 1);
            let a = rig.open(port, plain(&at(1)));
            let b = rig.open(port + 2, plain(&at(2)));
            rig.order(Command::Bridge { a, b });
            (port, at(1), a)
        })
        .collect();
    for seq in 0..350 {
        for (port, from, _) in &pairs {
            rig.rtp(*port, from, pcmu(7, seq)).unwrap();
        }
        rig.run(Duration::from_millis(20));
    }
    for (_, _, a) in &pairs {
        let all = told(&rig, *a, Way::Received, begin);
        let full = all.iter().filter(|(_, second)| second.expected == 50);
        assert!(full.count() >= 4, "{a:?}: {all:?}");
        assert!(all.iter().all(|(_, second)| second.lost == 0));
    }
}
