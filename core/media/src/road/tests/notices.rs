//! Keys, silence, figures.

use super::*;

fn key(seq: u16, code: u8, end: bool, duration: u16, ts: u32) -> (Rtp, [u8; 4]) {
    let event = rtp::Event {
        code,
        end,
        volume: 10,
        duration,
    };
    (
        Rtp {
            pt: 101,
            seq,
            ts,
            ssrc: 7,
            marker: false,
        },
        event.to_bytes(),
    )
}

fn digits(rig: &mut Rig) -> String {
    let digit = |notice: Notice| match notice {
        Notice::Digit { digit, .. } => Some(digit),
        Notice::Learnt { .. }
        | Notice::Figures { .. }
        | Notice::Closed { .. }
        | Notice::Seconds { .. }
        | Notice::Silent { .. }
        | Notice::Resumed { .. }
        | Notice::Played { .. }
        | Notice::Heard { .. }
        | Notice::Floor { .. }
        | Notice::Answered { .. }
        | Notice::Beeped { .. }
        | Notice::Refused { .. } => None,
    };
    rig.take_notices().into_iter().filter_map(digit).collect()
}

// rfc: 4733 §2.5.1.4
#[test]
fn a_key_is_told_once_however_often_its_end_is_repeated() {
    let mut rig = Rig::new();
    let (a, _) = rig.bridged();
    let presses = [
        (1, false, 160),
        (2, false, 320),
        (3, true, 800),
        (4, true, 800),
        (5, true, 800),
    ];
    for (seq, end, duration) in presses {
        let (packet, payload) = key(seq, 11, end, duration, 1000);
        rig.rtp_with(30_000, A, packet, &payload)
            .expect("keys pass to the partner");
    }
    let lasts = Duration::from_millis(100);
    assert_eq!(
        rig.notices[1..],
        [Notice::Digit {
            id: a,
            digit: '#',
            lasts
        }]
    );
    assert_eq!(rig.figures(a).digits, 1);
}

#[test]
fn the_same_key_twice_is_two_digits() {
    let mut rig = Rig::new();
    rig.bridged();
    for (seq, ts) in [(1, 1000), (2, 3000)] {
        let (packet, payload) = key(seq, 5, true, 400, ts);
        rig.rtp_with(30_000, A, packet, &payload).unwrap();
    }
    assert_eq!(digits(&mut rig), "55");
}

#[test]
fn a_key_whose_end_was_lost_is_told_when_nothing_more_comes() {
    let mut rig = Rig::new();
    let (a, _) = rig.bridged();
    let (packet, payload) = key(1, 4, false, 160, 1000);
    rig.rtp_with(30_000, A, packet, &payload).unwrap();
    rig.run(Duration::from_millis(199));
    assert_eq!(digits(&mut rig), "");
    rig.run(Duration::from_millis(1));
    assert_eq!(digits(&mut rig), "4");
    rig.run(Duration::from_secs(5));
    assert_eq!(digits(&mut rig), "");
    let (packet, payload) = key(2, 6, false, 160, 9000);
    rig.rtp_with(30_000, A, packet, &payload).unwrap();
    rig.order(Command::Close { id: a });
    assert_eq!(digits(&mut rig), "6", "the call ended while it was pressed");
}

#[test]
fn other_events_and_broken_ones_are_no_digits() {
    let mut rig = Rig::new();
    rig.bridged();
    let (packet, payload) = key(1, 70, true, 160, 1000);
    rig.rtp_with(30_000, A, packet, &payload).unwrap();
    let (packet, _) = key(2, 1, true, 160, 2000);
    rig.rtp_with(30_000, A, packet, &[1, 0x80]).unwrap();
    let (packet, payload) = key(3, 1, true, 160, 3000);
    rig.rtp_with(30_000, A, Rtp { pt: 0, ..packet }, &payload)
        .unwrap();
    assert_eq!(digits(&mut rig), "");
}

#[test]
fn a_connected_leg_that_does_not_send_is_told_of_again_and_again() {
    let mut rig = Rig::new();
    let (a, b) = rig.bridged();
    for seq in 0..1250 {
        rig.rtp(30_000, A, pcmu(7, seq)).unwrap();
        rig.run(Duration::from_millis(20));
    }
    let silent = |id, ms| Notice::Silent {
        id,
        lasts: Duration::from_millis(ms),
    };
    let told = [silent(b, 2_500), silent(b, 20_000)];
    assert_eq!(rig.take_notices()[1..], told);
    rig.run(Duration::from_secs(20));
    let notices = rig.take_notices();
    let of_a = |notice: &Notice| matches!(notice, Notice::Silent { id, .. } if *id == a);
    assert!(of_a(&notices[0]) && of_a(&notices[2]), "{notices:?}");
    assert_eq!(notices[1], silent(b, 40_000));
    rig.rtp(30_002, B, pcmu(9, 1)).unwrap();
    let learnt = Notice::Learnt {
        id: b,
        from: addr(B),
    };
    assert_eq!(rig.take_notices(), [learnt, Notice::Resumed { id: b }]);
}

#[test]
fn silence_counts_from_when_packets_are_awaited() {
    let mut rig = Rig::new();
    let a = rig.open(30_000, plain(A));
    rig.run(Duration::from_secs(100));
    assert_eq!(rig.take_notices(), [], "connected to nothing");
    let b = rig.open(30_002, plain(B));
    rig.order(Command::Bridge { a, b });
    rig.run(Duration::from_secs(2));
    rig.describe(
        a,
        Expect {
            sends: false,
            ..plain(A)
        },
    );
    rig.order(Command::Hold { id: b, held: true });
    rig.run(Duration::from_secs(60));
    assert_eq!(
        rig.take_notices(),
        [],
        "one will not send, the other is on hold"
    );
    rig.describe(a, plain(A));
    rig.run(Duration::from_millis(2_499));
    assert_eq!(rig.take_notices(), []);
    rig.run(Duration::from_millis(1));
    assert_eq!(
        rig.take_notices(),
        [Notice::Silent {
            id: a,
            lasts: Duration::from_millis(2_500)
        }]
    );
}

#[test]
fn a_closed_or_unbridged_leg_is_not_watched() {
    let mut rig = Rig::new();
    let (a, _) = rig.bridged();
    rig.order(Command::Close { id: a });
    rig.take_notices();
    rig.run(Duration::from_secs(100));
    assert_eq!(rig.take_notices(), []);
    assert_eq!(rig.road.deadline(), None, "a quiet road sleeps");
}

#[test]
fn figures_tell_both_directions() {
    let mut rig = Rig::new();
    let (a, b) = rig.bridged();
    for seq in (0..1000).filter(|seq| seq % 50 != 7) {
        rig.rtp(30_000, A, pcmu(7, seq)).unwrap();
        rig.pass_ms(20);
    }
    let of_a = rig.figures(a);
    assert_eq!(
        (of_a.received.packets, of_a.received.octets),
        (980, 980 * 172)
    );
    assert_eq!(of_a.received.lost, 20);
    assert!(
        (300..430).contains(&of_a.received.mos_centi),
        "{}",
        of_a.received.mos_centi
    );
    assert_eq!((of_a.sent.packets, of_a.sent.mos_centi), (0, 0));
    let of_b = rig.figures(b);
    assert_eq!((of_b.sent.packets, of_b.sent.octets), (980, 980 * 172));
    assert_eq!((of_b.received.packets, of_b.received.mos_centi), (0, 0));
    assert!(of_b.sent.mos_centi > 400, "no loss reported");
}

#[test]
fn an_even_stream_has_no_jitter_and_an_uneven_one_has() {
    let mut rig = Rig::new();
    let (a, b) = rig.bridged();
    for seq in 0..400_u16 {
        rig.rtp(30_002, B, pcmu(8, seq)).unwrap();
        let late = if seq.is_multiple_of(2) { 0 } else { 10 };
        rig.pass_ms(late);
        rig.rtp(30_000, A, pcmu(7, seq)).unwrap();
        rig.pass_ms(20 - late);
    }
    let jitter = rig.figures(a).received.jitter_us;
    assert!((9_500..=10_000).contains(&jitter), "{jitter}");
    assert_eq!(rig.figures(b).received.jitter_us, 0);
}

// rfc: 3389 §3
#[test]
fn whoever_has_sent_comfort_noise_may_keep_quiet_for_longer() {
    let mut rig = Rig::new();
    let (_, b) = rig.bridged();
    let noise = Rtp {
        pt: 13,
        ..pcmu(9, 1)
    };
    let with_noise = formats(&[(0, "PCMU", 8000), (13, "CN", 8000)]);
    let expects = Expect {
        formats: with_noise,
        ..plain(B)
    };
    rig.describe(b, expects);
    let _unheard = rig.rtp_with(30_002, B, noise, &[0x40]);
    let silent = |notices: &[Notice]| {
        let of_b = |notice: &&Notice| matches!(notice, Notice::Silent { id, .. } if *id == b);
        notices.iter().filter(of_b).count()
    };
    rig.run(Duration::from_millis(19_999));
    assert_eq!(silent(&rig.take_notices()), 0);
    rig.run(Duration::from_millis(1));
    assert_eq!(silent(&rig.take_notices()), 1);
}
