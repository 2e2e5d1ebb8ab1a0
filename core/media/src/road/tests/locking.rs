//! Whose packets a leg believes.

use super::*;

#[test]
fn a_packet_from_the_declared_address_is_believed_and_told_of() {
    let mut rig = Rig::new();
    let (a, _) = rig.bridged();
    let sent = rig.rtp(30_000, A, pcmu(7, 1)).unwrap();
    assert_eq!((sent.port, sent.to), (30_002, addr(B)));
    assert_eq!(
        rig.take_notices(),
        [Notice::Learnt {
            id: a,
            from: addr(A)
        }]
    );
    rig.rtp(30_000, A, pcmu(7, 2)).unwrap();
    assert_eq!(rig.take_notices(), [], "told once");
}

#[test]
fn a_packet_from_anywhere_else_is_dropped_and_counted() {
    let mut rig = Rig::new();
    let (a, _) = rig.bridged();
    for from in ["9.9.9.9:4000", "1.0.0.2:4000", B] {
        assert_eq!(rig.rtp(30_000, from, pcmu(7, 1)), Err(STRANGER), "{from}");
    }
    assert_eq!(rig.take_notices(), []);
    assert_eq!(rig.figures(a).strangers, 3);
    assert_eq!(rig.road.figures().strangers, 3);
    rig.rtp(30_000, A, pcmu(7, 1)).unwrap();
    assert_eq!(rig.rtp(30_000, "9.9.9.9:4000", pcmu(7, 2)), Err(STRANGER));
    assert_eq!(rig.figures(a).strangers, 4);
}

#[test]
fn a_packet_to_a_port_without_legs_is_a_strangers() {
    let mut rig = Rig::new();
    assert_eq!(rig.rtp(30_000, A, pcmu(7, 1)), Err(STRANGER));
}

#[test]
fn what_was_not_negotiated_neither_passes_nor_locks() {
    let mut rig = Rig::new();
    let (a, _) = rig.bridged();
    let opus = Rtp {
        pt: 111,
        ..pcmu(7, 1)
    };
    let refused = Verdict::Drop(DropReason::Unnegotiated);
    assert_eq!(rig.rtp(30_000, A, opus), Err(refused));
    assert_eq!(rig.take_notices(), []);
    assert_eq!(rig.figures(a).refused, 1);
    assert_eq!(rig.figures(a).received.packets, 0);
}

#[test]
fn a_peer_behind_nat_is_learnt_from_its_signalling_ip_only() {
    let mut rig = Rig::new();
    let a = rig.open(30_000, behind_nat("192.168.1.5:4000", "9.9.9.9"));
    let b = rig.open(30_002, plain(B));
    rig.order(Command::Bridge { a, b });
    assert_eq!(
        rig.rtp(30_002, B, pcmu(1, 1)),
        Err(Verdict::Absorbed),
        "nobody knows where to"
    );
    assert_eq!(rig.rtp(30_000, "8.8.8.8:4000", pcmu(7, 1)), Err(STRANGER));
    rig.rtp(30_000, "9.9.9.9:61234", pcmu(7, 1)).unwrap();
    assert!(rig.notices.contains(&Notice::Learnt {
        id: a,
        from: addr("9.9.9.9:61234")
    }));
    let back = rig.rtp(30_002, B, pcmu(1, 2)).unwrap();
    assert_eq!(back.to, addr("9.9.9.9:61234"));
    assert_eq!(
        rig.rtp(30_000, "9.9.9.9:61236", pcmu(8, 1)),
        Err(STRANGER),
        "locked"
    );
    assert_eq!(
        rig.rtp(30_000, "192.168.1.5:4000", pcmu(7, 2)),
        Err(STRANGER),
        "locked"
    );
}

#[test]
fn a_peer_without_nat_is_not_believed_from_another_port_at_once() {
    let mut rig = Rig::new();
    let (a, _) = rig.bridged();
    for seq in 1..=4 {
        assert_eq!(rig.rtp(30_000, "1.0.0.1:4444", pcmu(7, seq)), Err(STRANGER));
    }
    rig.rtp(30_000, "1.0.0.1:4444", pcmu(7, 5)).unwrap();
    assert_eq!(
        rig.take_notices(),
        [Notice::Learnt {
            id: a,
            from: addr("1.0.0.1:4444")
        }]
    );
    assert_eq!(
        rig.rtp(30_000, A, pcmu(7, 6)),
        Err(STRANGER),
        "locked to the other port"
    );
}

#[test]
fn the_packets_of_a_trial_have_to_follow_each_other_in_one_stream() {
    let mut rig = Rig::new();
    rig.bridged();
    for seq in [1, 2, 3, 4, 6, 7, 8, 9] {
        assert_eq!(
            rig.rtp(30_000, "1.0.0.1:4444", pcmu(7, seq)),
            Err(STRANGER),
            "{seq}"
        );
    }
    for (ssrc, seq) in [(8, 10), (8, 11), (9, 12), (9, 13), (9, 14), (9, 15)] {
        assert_eq!(
            rig.rtp(30_000, "1.0.0.1:4444", pcmu(ssrc, seq)),
            Err(STRANGER),
            "{seq}"
        );
    }
    assert_eq!(
        rig.rtp(30_000, "1.0.0.1:4446", pcmu(9, 16)),
        Err(STRANGER),
        "another port"
    );
}

#[test]
fn a_trial_ends_when_the_declared_address_speaks() {
    let mut rig = Rig::new();
    rig.bridged();
    for seq in 1..=4 {
        assert_eq!(rig.rtp(30_000, "1.0.0.1:4444", pcmu(7, seq)), Err(STRANGER));
    }
    rig.rtp(30_000, A, pcmu(3, 1)).unwrap();
    for seq in 5..=20 {
        assert_eq!(rig.rtp(30_000, "1.0.0.1:4444", pcmu(7, seq)), Err(STRANGER));
    }
}

#[test]
fn a_nat_that_forgot_is_followed_after_a_second_of_silence() {
    let mut rig = Rig::new();
    let (a, _) = rig.bridged();
    rig.rtp(30_000, A, pcmu(7, 1)).unwrap();
    rig.take_notices();
    rig.pass_ms(999);
    assert_eq!(
        rig.rtp(30_000, "1.0.0.1:4999", pcmu(7, 2)),
        Err(STRANGER),
        "too soon"
    );
    rig.pass_ms(1);
    assert_eq!(
        rig.rtp(30_000, "1.0.0.9:4999", pcmu(7, 3)),
        Err(STRANGER),
        "another IP"
    );
    assert_eq!(
        rig.rtp(30_000, "1.0.0.1:4999", pcmu(8, 3)),
        Err(STRANGER),
        "another stream"
    );
    rig.rtp(30_000, "1.0.0.1:4999", pcmu(7, 3)).unwrap();
    assert_eq!(
        rig.take_notices(),
        [Notice::Learnt {
            id: a,
            from: addr("1.0.0.1:4999")
        }]
    );
    assert_eq!(rig.rtp(30_000, A, pcmu(7, 4)), Err(STRANGER));
}

#[test]
fn early_media_is_believed_from_the_signalling_ip_before_a_description() {
    let mut rig = Rig::new();
    let b = rig.open(30_002, Expect::unknown(Some(ip("2.0.0.2")), usual()));
    let a = rig.open(30_000, plain(A));
    rig.order(Command::Bridge { a, b });
    assert_eq!(rig.rtp(30_002, "3.3.3.3:5000", pcmu(1, 1)), Err(STRANGER));
    let sent = rig.rtp(30_002, "2.0.0.2:7777", pcmu(1, 1)).unwrap();
    assert_eq!(sent.to, addr(A));
    rig.describe(b, plain(B));
    let sent = rig.rtp(30_000, A, pcmu(9, 1)).unwrap();
    assert_eq!(sent.to, addr(B), "the answer says where to send");
    rig.rtp(30_002, "2.0.0.2:7777", pcmu(1, 2))
        .expect("the former goes on until the new speaks");
    rig.rtp(30_002, B, pcmu(2, 1)).unwrap();
    assert_eq!(rig.rtp(30_002, "2.0.0.2:7777", pcmu(1, 3)), Err(STRANGER));
}

#[test]
fn a_leg_without_any_knowledge_believes_nobody() {
    let mut rig = Rig::new();
    rig.open(30_000, Expect::unknown(None, usual()));
    assert_eq!(rig.rtp(30_000, A, pcmu(1, 1)), Err(STRANGER));
    rig.open(
        30_002,
        Expect::unknown(Some(ip("1.0.0.1")), Formats::default()),
    );
    assert_eq!(
        rig.rtp(30_002, A, pcmu(1, 1)),
        Err(STRANGER),
        "nothing negotiated"
    );
}

#[test]
fn a_new_description_moves_the_peer_without_a_gap() {
    let mut rig = Rig::new();
    let (a, _) = rig.bridged();
    rig.rtp(30_000, A, pcmu(7, 1)).unwrap();
    rig.describe(a, plain("1.0.0.7:6000"));
    rig.rtp(30_000, A, pcmu(7, 2)).expect("still on its way");
    assert_eq!(
        rig.rtp(30_002, B, pcmu(1, 1)).unwrap().to,
        addr("1.0.0.7:6000")
    );
    rig.rtp(30_000, "1.0.0.7:6000", pcmu(8, 1)).unwrap();
    assert_eq!(rig.rtp(30_000, A, pcmu(7, 3)), Err(STRANGER));
}

#[test]
fn the_same_description_again_does_not_unlock() {
    let mut rig = Rig::new();
    let expects = behind_nat("192.168.1.5:4000", "9.9.9.9");
    let a = rig.open(30_000, expects);
    assert_eq!(
        rig.rtp(30_000, "9.9.9.9:1111", pcmu(7, 1)),
        Err(Verdict::Absorbed)
    );
    rig.describe(a, expects);
    assert_eq!(rig.rtp(30_000, "9.9.9.9:2222", pcmu(8, 1)), Err(STRANGER));
    rig.describe(a, behind_nat("192.168.1.5:4002", "9.9.9.9"));
    assert_eq!(
        rig.rtp(30_000, "9.9.9.9:1111", pcmu(7, 2)),
        Err(Verdict::Absorbed)
    );
    assert_eq!(
        rig.rtp(30_000, "9.9.9.9:2222", pcmu(8, 2)),
        Err(Verdict::Absorbed),
        "moves once"
    );
    assert_eq!(rig.rtp(30_000, "9.9.9.9:3333", pcmu(9, 1)), Err(STRANGER));
}

#[test]
fn the_old_hold_address_keeps_the_peer_where_it_was() {
    let mut rig = Rig::new();
    let (a, _) = rig.bridged();
    rig.rtp(30_000, A, pcmu(7, 1)).unwrap();
    rig.describe(a, plain("0.0.0.0:4000"));
    assert_eq!(
        rig.rtp(30_002, B, pcmu(1, 1)),
        Err(Verdict::Absorbed),
        "nothing is sent"
    );
    rig.rtp(30_000, A, pcmu(7, 2))
        .expect("what it sends passes");
    rig.describe(a, plain(A));
    assert_eq!(rig.rtp(30_002, B, pcmu(1, 2)).unwrap().to, addr(A));
}

#[test]
fn nothing_is_sent_to_a_multicast_group() {
    let mut rig = Rig::new();
    let a = rig.open(
        30_000,
        Expect {
            nat: false,
            ..plain("239.1.1.1:4000")
        },
    );
    let b = rig.open(30_002, plain(B));
    rig.order(Command::Bridge { a, b });
    assert_eq!(rig.rtp(30_002, B, pcmu(1, 1)), Err(Verdict::Absorbed));
}

#[test]
fn two_legs_of_one_port_are_told_apart_by_their_peers() {
    let mut rig = Rig::new();
    let (a, c) = (
        rig.open(30_000, plain(A)),
        rig.open(30_000, plain("3.0.0.3:4000")),
    );
    let (b, d) = (
        rig.open(30_002, plain(B)),
        rig.open(30_002, plain("4.0.0.4:5000")),
    );
    rig.order(Command::Bridge { a, b });
    rig.order(Command::Bridge { a: c, b: d });
    assert_eq!(rig.rtp(30_000, A, pcmu(1, 1)).unwrap().to, addr(B));
    assert_eq!(
        rig.rtp(30_000, "3.0.0.3:4000", pcmu(1, 1)).unwrap().to,
        addr("4.0.0.4:5000")
    );
    assert_eq!(
        rig.rtp(30_002, "4.0.0.4:5000", pcmu(2, 1)).unwrap().to,
        addr("3.0.0.3:4000")
    );
    assert_eq!(rig.rtp(30_002, B, pcmu(2, 1)).unwrap().to, addr(A));
}

#[test]
fn a_newcomer_that_fits_two_legs_of_a_port_is_neithers() {
    let mut rig = Rig::new();
    rig.open(30_000, behind_nat("192.168.1.5:4000", "9.9.9.9"));
    rig.open(30_000, behind_nat("192.168.1.6:4000", "9.9.9.9"));
    assert_eq!(rig.rtp(30_000, "9.9.9.9:1111", pcmu(7, 1)), Err(STRANGER));
}

#[test]
fn the_stream_of_one_leg_is_never_learnt_by_another() {
    let mut rig = Rig::new();
    rig.open(30_000, behind_nat("192.168.1.5:4000", "9.9.9.9"));
    assert_eq!(
        rig.rtp(30_000, "9.9.9.9:1111", pcmu(7, 1)),
        Err(Verdict::Absorbed)
    );
    let other = rig.open(30_000, behind_nat("192.168.1.6:4000", "9.9.9.9"));
    assert_eq!(
        rig.rtp(30_000, "9.9.9.9:2222", pcmu(7, 2)),
        Err(STRANGER),
        "not yet quiet"
    );
    assert_eq!(rig.figures(other).received.packets, 0);
    assert_eq!(
        rig.rtp(30_000, "9.9.9.9:3333", pcmu(8, 1)),
        Err(Verdict::Absorbed)
    );
    assert_eq!(rig.figures(other).received.packets, 1);
}

#[test]
fn an_address_that_another_leg_declared_is_refused_and_inherited() {
    let mut rig = Rig::new();
    let first = rig.open(30_000, plain(A));
    let second = rig.open(30_000, plain(A));
    let because = crate::Refusal::AddressTaken;
    // Its RTCP address is taken as well; one notice is enough.
    assert_eq!(
        rig.take_notices(),
        [Notice::Refused {
            id: second,
            because
        }]
    );
    assert_eq!(rig.rtp(30_000, A, pcmu(7, 1)), Err(Verdict::Absorbed));
    assert_eq!(rig.figures(first).received.packets, 1);
    rig.order(Command::Close { id: first });
    assert_eq!(rig.rtp(30_000, A, pcmu(8, 1)), Err(Verdict::Absorbed));
    assert_eq!(rig.figures(second).received.packets, 1);
}

#[test]
fn ipv6_peers_are_served_like_others() {
    let mut rig = Rig::new();
    let a = rig.open(30_000, plain("[2001:db8::1]:4000"));
    let b = rig.open(30_000, plain(A));
    rig.order(Command::Bridge { a, b });
    assert_eq!(
        rig.rtp(30_000, "[2001:db8::1]:4000", pcmu(1, 1))
            .unwrap()
            .to,
        addr(A)
    );
    assert_eq!(
        rig.rtp(30_000, A, pcmu(2, 1)).unwrap().to,
        addr("[2001:db8::1]:4000")
    );
    assert_eq!(
        rig.rtp(30_000, "[2001:db8::2]:4000", pcmu(1, 2)),
        Err(STRANGER)
    );
}

#[test]
fn a_leg_that_sends_too_much_is_cut_to_its_rate() {
    let mut rig = Rig::with(Limits {
        packets_per_second: 100,
        burst: 10,
        ..Limits::default()
    });
    let (a, _) = rig.bridged();
    let passed = |rig: &mut Rig, seqs: std::ops::Range<u16>| {
        seqs.filter(|seq| rig.rtp(30_000, A, pcmu(7, *seq)).is_ok())
            .count()
    };
    assert_eq!(passed(&mut rig, 0..100), 11);
    rig.pass_ms(50);
    assert_eq!(passed(&mut rig, 100..200), 5);
    assert_eq!(rig.figures(a).refused, 184);
    assert_eq!(rig.road.figures().floods, 184);
    assert!(
        rig.rtp(30_002, B, pcmu(1, 1)).is_ok(),
        "others are not touched"
    );
}

#[test]
fn what_is_no_rtp_is_dropped() {
    let mut rig = Rig::new();
    rig.bridged();
    let malformed = Verdict::Drop(DropReason::Malformed);
    let mut stun = vec![0; 20];
    stun[4..8].copy_from_slice(&[0x21, 0x12, 0xa4, 0x42]);
    let mut long_extension = pcmu(1, 1).bytes(&[0, 0, 0xff, 0xff]);
    long_extension[0] |= 0x10;
    for mut bytes in [
        vec![],
        vec![0x80],
        vec![0x80; 11],
        vec![0x46; 60],
        long_extension,
    ] {
        assert_eq!(rig.datagram(30_000, A, &mut bytes), malformed, "{bytes:x?}");
    }
    // a check that names nobody, and a handshake with a telephone that shakes none
    for mut bytes in [stun, vec![0x16; 60]] {
        assert_eq!(rig.datagram(30_000, A, &mut bytes), STRANGER, "{bytes:x?}");
    }
    let mut rtp = pcmu(1, 1).bytes(&[0; 160]);
    assert_eq!(
        rig.datagram(30_001, A, &mut rtp),
        malformed,
        "RTP on the port for RTCP"
    );
}
