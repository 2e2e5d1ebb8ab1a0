//! What the two sides of a bridge get.

use super::*;

fn through(rig: &mut Rig, port: u16, from: &str, packet: Rtp) -> Rtp {
    Rtp::read(&rig.rtp(port, from, packet).unwrap().bytes)
}

#[test]
fn each_side_gets_a_stream_of_ours_with_the_same_steps() {
    let mut rig = Rig::new();
    rig.bridged();
    let first = through(&mut rig, 30_000, A, pcmu(7, 100));
    assert_ne!(first.ssrc, 7);
    rig.pass_ms(20);
    let second = through(&mut rig, 30_000, A, pcmu(7, 101));
    assert_eq!(second.ssrc, first.ssrc);
    assert_eq!(second.seq, first.seq.wrapping_add(1));
    assert_eq!(second.ts, first.ts.wrapping_add(160));
    let back = through(&mut rig, 30_002, B, pcmu(9, 5));
    assert_ne!(back.ssrc, first.ssrc);
    rig.pass_ms(20);
    let lost_one = through(&mut rig, 30_000, A, pcmu(7, 103));
    assert_eq!(
        lost_one.seq,
        second.seq.wrapping_add(2),
        "a loss stays visible"
    );
}

#[test]
fn the_payload_is_untouched() {
    let mut rig = Rig::new();
    rig.bridged();
    let payload: Vec<u8> = (0..160).collect();
    let sent = rig.rtp_with(30_000, A, pcmu(7, 1), &payload).unwrap();
    assert_eq!(sent.bytes[12..], payload);
}

#[test]
fn a_transfer_goes_on_in_the_same_stream() {
    let mut rig = Rig::new();
    let (a, b) = rig.bridged();
    let c = rig.open(30_004, plain("3.0.0.3:6000"));
    let mut last = through(&mut rig, 30_002, B, pcmu(50, 60_000));
    rig.pass_ms(20);
    rig.order(Command::Unbridge { id: b });
    assert_eq!(rig.rtp(30_002, B, pcmu(50, 60_001)), Err(Verdict::Absorbed));
    rig.order(Command::Bridge { a, b: c });
    rig.pass_ms(80);
    for seq in 3..10 {
        let next = through(&mut rig, 30_004, "3.0.0.3:6000", pcmu(99, seq));
        assert_eq!(next.ssrc, last.ssrc);
        assert_eq!(next.seq, last.seq.wrapping_add(1));
        assert!((1..=1600).contains(&next.ts.wrapping_sub(last.ts)));
        assert_eq!(next.marker, seq == 3);
        last = next;
        rig.pass_ms(20);
    }
    assert_eq!(
        rig.rtp(30_000, A, pcmu(1, 1)).unwrap().to,
        addr("3.0.0.3:6000")
    );
}

#[test]
fn bridging_with_another_leaves_the_former_partner_alone() {
    let mut rig = Rig::new();
    let (a, _b) = rig.bridged();
    let c = rig.open(30_004, plain("3.0.0.3:6000"));
    rig.order(Command::Bridge { a: c, b: a });
    assert_eq!(rig.rtp(30_002, B, pcmu(50, 1)), Err(Verdict::Absorbed));
    assert_eq!(
        rig.rtp(30_000, A, pcmu(1, 1)).unwrap().to,
        addr("3.0.0.3:6000")
    );
}

#[test]
fn bridging_the_same_two_again_changes_nothing() {
    let mut rig = Rig::new();
    let (a, b) = rig.bridged();
    let first = through(&mut rig, 30_000, A, pcmu(7, 100));
    rig.order(Command::Bridge { a: b, b: a });
    let second = through(&mut rig, 30_000, A, pcmu(7, 101));
    assert_eq!(
        second,
        Rtp {
            seq: first.seq.wrapping_add(1),
            ts: first.ts.wrapping_add(160),
            ..first
        }
    );
}

#[test]
fn payload_numbers_are_those_of_the_other_side() {
    let mut rig = Rig::new();
    let of_a = formats(&[
        (111, "opus", 48_000),
        (0, "PCMU", 8000),
        (101, "telephone-event", 8000),
    ]);
    let of_b = formats(&[
        (0, "PCMU", 8000),
        (107, "opus", 48_000),
        (96, "telephone-event", 8000),
    ]);
    let a = rig.open(
        30_000,
        Expect {
            formats: of_a,
            ..plain(A)
        },
    );
    let b = rig.open(
        30_002,
        Expect {
            formats: of_b,
            ..plain(B)
        },
    );
    rig.order(Command::Bridge { a, b });
    let (mut there, mut back) = (Vec::new(), Vec::new());
    for (seq, (to, fro)) in (0..).zip([(111, 107), (0, 0), (101, 96), (13, 13)]) {
        there.push(
            through(
                &mut rig,
                30_000,
                A,
                Rtp {
                    pt: to,
                    ..pcmu(1, seq)
                },
            )
            .pt,
        );
        back.push(
            through(
                &mut rig,
                30_002,
                B,
                Rtp {
                    pt: fro,
                    ..pcmu(2, seq)
                },
            )
            .pt,
        );
    }
    assert_eq!(there, [107, 0, 96, 13]);
    assert_eq!(back, [111, 0, 101, 13]);
    let marked = Rtp {
        pt: 101,
        marker: true,
        ..pcmu(1, 10)
    };
    assert!(through(&mut rig, 30_000, A, marked).marker);
}

#[test]
fn numbers_negotiated_after_the_bridge_count() {
    let mut rig = Rig::new();
    let (_, b) = rig.bridged();
    let renumbered = formats(&[(0, "PCMU", 8000), (96, "telephone-event", 8000)]);
    rig.describe(
        b,
        Expect {
            formats: renumbered,
            ..plain(B)
        },
    );
    assert_eq!(
        through(
            &mut rig,
            30_000,
            A,
            Rtp {
                pt: 101,
                ..pcmu(1, 1)
            }
        )
        .pt,
        96
    );
    assert_eq!(
        through(
            &mut rig,
            30_002,
            B,
            Rtp {
                pt: 96,
                ..pcmu(2, 1)
            }
        )
        .pt,
        101
    );
}

#[test]
fn a_codec_the_other_side_does_not_know_and_nobody_makes_is_not_sent_to_it() {
    let mut rig = Rig::new();
    let (a, _) = rig.bridged();
    rig.describe(
        a,
        Expect {
            formats: formats(&[(0, "PCMU", 8000), (18, "G729", 8000)]),
            ..plain(A)
        },
    );
    let first = through(&mut rig, 30_000, A, pcmu(1, 1));
    let g729 = Rtp {
        pt: 18,
        ..pcmu(1, 2)
    };
    assert_eq!(
        rig.rtp(30_000, A, g729),
        Err(Verdict::Drop(DropReason::Unnegotiated))
    );
    let next = through(&mut rig, 30_000, A, pcmu(1, 3));
    assert_eq!(next.seq, first.seq.wrapping_add(1), "and leaves no gap");
}

#[test]
fn a_side_that_does_not_want_to_hear_is_sent_nothing() {
    let mut rig = Rig::new();
    let (a, _) = rig.bridged();
    let before = through(&mut rig, 30_002, B, pcmu(5, 1));
    rig.describe(
        a,
        Expect {
            receives: false,
            ..plain(A)
        },
    );
    for seq in 2..100 {
        assert_eq!(rig.rtp(30_002, B, pcmu(5, seq)), Err(Verdict::Absorbed));
        rig.pass_ms(20);
    }
    rig.rtp(30_000, A, pcmu(7, 1)).expect("it may still talk");
    rig.describe(a, plain(A));
    let after = through(&mut rig, 30_002, B, pcmu(5, 100));
    assert_eq!(
        (after.ssrc, after.seq),
        (before.ssrc, before.seq.wrapping_add(1)),
        "no loss shown"
    );
    assert!(after.marker);
    let step = after.ts.wrapping_sub(before.ts);
    assert!(
        (98 * 160..=99 * 160).contains(&step),
        "time went on: {step}"
    );
}

#[test]
fn a_held_leg_neither_hears_nor_is_heard_but_for_a_prompt() {
    let mut rig = Rig::new();
    let (a, b) = rig.bridged();
    rig.order(Command::Hold { id: a, held: true });
    assert_eq!(rig.rtp(30_000, A, pcmu(1, 1)), Err(Verdict::Absorbed));
    assert_eq!(rig.rtp(30_002, B, pcmu(2, 1)), Err(Verdict::Absorbed));
    rig.order(Command::Play {
        id: b,
        prompt: PROMPT,
        codec: PLAY,
        looped: true,
    });
    let music = rig.run(Duration::from_millis(59));
    assert_eq!(music.len(), 3);
    assert!(music.iter().all(|(_, sent)| sent.to == addr(B)));
    rig.order(Command::Hold { id: a, held: false });
    rig.order(Command::Stop { id: b });
    assert_eq!(rig.rtp(30_000, A, pcmu(1, 2)).unwrap().to, addr(B));
    assert_eq!(rig.rtp(30_002, B, pcmu(2, 2)).unwrap().to, addr(A));
}

#[test]
fn a_leg_cannot_be_bridged_with_itself() {
    let mut rig = Rig::new();
    let (a, _) = rig.bridged();
    rig.order(Command::Bridge { a, b: a });
    let because = crate::Refusal::Itself;
    assert_eq!(rig.take_notices(), [Notice::Refused { id: a, because }]);
    assert_eq!(
        rig.rtp(30_000, A, pcmu(1, 1)).unwrap().to,
        addr(B),
        "the bridge stays"
    );
}

#[test]
fn a_leg_may_be_opened_and_bridged_long_before_its_peer_is_known() {
    let mut rig = Rig::new();
    let a = rig.open(30_000, plain(A));
    let b = rig.open(30_002, Expect::unknown(None, Formats::default()));
    rig.order(Command::Bridge { a, b });
    assert_eq!(rig.rtp(30_000, A, pcmu(1, 1)), Err(Verdict::Absorbed));
    rig.pass(Duration::from_secs(60));
    rig.describe(b, plain(B));
    let sent = rig.rtp(30_000, A, pcmu(1, 2)).unwrap();
    assert_eq!(sent.to, addr(B));
    assert_eq!(rig.rtp(30_002, B, pcmu(2, 1)).unwrap().to, addr(A));
}

#[test]
fn a_stray_number_does_not_tear_the_stream() {
    let mut rig = Rig::new();
    rig.bridged();
    let first = through(&mut rig, 30_000, A, pcmu(7, 100));
    assert_eq!(rig.rtp(30_000, A, pcmu(7, 40_000)), Err(Verdict::Absorbed));
    let next = through(&mut rig, 30_000, A, pcmu(7, 101));
    assert_eq!(
        (next.ssrc, next.seq, next.marker),
        (first.ssrc, first.seq.wrapping_add(1), false)
    );
}

#[test]
fn a_peer_that_changes_its_stream_is_followed_without_a_jump() {
    let mut rig = Rig::new();
    rig.bridged();
    let first = through(&mut rig, 30_000, A, pcmu(7, 100));
    rig.pass_ms(20);
    let next = through(
        &mut rig,
        30_000,
        A,
        Rtp {
            ts: 5,
            ..pcmu(8, 60_000)
        },
    );
    assert_eq!(
        (next.ssrc, next.seq),
        (first.ssrc, first.seq.wrapping_add(1))
    );
    assert_eq!(next.ts, first.ts.wrapping_add(160));
    assert!(next.marker);
}

#[test]
fn packets_are_foreseen_of_anybody_and_in_any_number() {
    let mut rig = Rig::new();
    rig.bridged();
    rig.open(30_004, plain("3.0.0.3:6000"));
    let known = [(30_000, addr(A)), (30_002, addr(B))];
    let others = [(30_004, addr("3.0.0.3:6000")), (40_000, addr("9.9.9.9:9"))];
    let all = known.into_iter().chain(others);
    rig.road.foresee(all.cycle().take(1_000));
    assert_eq!(through(&mut rig, 30_000, A, pcmu(7, 100)).pt, 0);
}
