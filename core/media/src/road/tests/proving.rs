//! Whose protected packets are believed: those that prove themselves, and no others.

use super::rtcp::{feedback, sender_report};
use super::secured::{FORGED, Peer, REPLAYED, SOUND};
use super::*;
use srtp::Suite;

const SUITE: Suite = Suite::AesCm128Sha1Tag80;

/// Where two phones are behind one address.
const OFFICE: &str = "9.9.9.9";

/// A peer with keys on 30000, bridged with a plain one.
fn bridged(rig: &mut Rig) -> (Peer, EndpointId) {
    let anna = Peer::new(A, 30_000, SUITE, 1);
    let a = anna.leg(rig);
    let b = rig.open(30_002, plain(B));
    rig.order(Command::Bridge { a, b });
    (anna, a)
}

/// The peer on 30000 that has these keys, behind the office's address.
fn in_office(rig: &mut Rig, number: u8) -> (Peer, EndpointId) {
    let peer = Peer::new("9.9.9.9:1", 30_000, SUITE, number);
    let inside = format!("192.168.1.{}:4000", rig.places);
    let id = rig.open(30_000, behind_nat(&inside, OFFICE));
    peer.secure(rig, id);
    (peer, id)
}

/// A packet of the right shape by somebody who does not have the key.
fn forged(seq: u16) -> Vec<u8> {
    let mut mallory = Peer::new(A, 30_000, SUITE, 99);
    mallory.protect(&pcmu(7, seq).bytes(&SOUND))
}

#[test]
fn what_does_not_prove_itself_changes_nothing_and_is_counted() {
    let mut rig = Rig::with(Limits {
        packets_per_second: 100,
        burst: 10,
        ..Limits::default()
    });
    let (mut anna, a) = bridged(&mut rig);
    let sent = rig.rtp(30_002, B, pcmu(9, 1)).unwrap();
    assert_eq!(sent.to, addr(A), "as declared");
    rig.take_notices();
    for seq in 0..100 {
        for from in [A, "1.0.0.1:4444"] {
            assert_eq!(rig.carry(30_000, from, forged(seq)), Err(FORGED));
        }
    }
    assert_eq!(rig.take_notices(), [], "no address is learnt");
    let figures = rig.figures(a);
    assert_eq!((figures.received.packets, figures.refused), (0, 0));
    assert_eq!(figures.strangers, 200);
    assert_eq!(rig.road.figures().forged, 200);
    let passed = (0..11).filter(|seq| anna.say(&mut rig, pcmu(7, *seq)).is_ok());
    assert_eq!(passed.count(), 11, "none of its rate was taken");
}

#[test]
fn a_stranger_is_one_whatever_it_sends() {
    let mut rig = Rig::new();
    bridged(&mut rig);
    for from in ["9.9.9.9:4000", "1.0.0.2:4000", B] {
        let mut anna = Peer::new(A, 30_000, SUITE, 1);
        let said = anna.say_from(&mut rig, from, pcmu(7, 1));
        assert_eq!(said, Err(STRANGER), "with the key, but from elsewhere");
        assert_eq!(rig.carry(30_000, from, forged(2)), Err(STRANGER));
    }
    assert_eq!(rig.take_notices(), []);
}

#[test]
fn what_was_heard_before_is_dropped_wherever_it_comes_from() {
    let mut rig = Rig::new();
    let (mut anna, a) = bridged(&mut rig);
    let bytes = anna.protect(&pcmu(7, 1).bytes(&SOUND));
    rig.carry(30_000, A, bytes.clone()).unwrap();
    rig.take_notices();
    for from in [A, "1.0.0.1:4444"] {
        assert_eq!(rig.carry(30_000, from, bytes.clone()), Err(REPLAYED));
    }
    assert_eq!(rig.take_notices(), []);
    assert_eq!(rig.figures(a).received.packets, 1);
    assert_eq!(rig.road.figures().replayed, 2);
}

#[test]
fn what_proves_itself_is_believed_from_another_port_without_a_trial() {
    let mut rig = Rig::new();
    let (mut anna, id) = bridged(&mut rig);
    let from = addr("1.0.0.1:4444");
    anna.say_from(&mut rig, "1.0.0.1:4444", pcmu(7, 1)).unwrap();
    assert_eq!(rig.take_notices(), [Notice::Learnt { id, from }]);
    let sent = rig.rtp(30_002, B, pcmu(9, 1)).unwrap();
    assert_eq!(sent.to, from);
    assert_eq!(anna.hear(&sent)[12..], SOUND);
}

#[test]
fn a_nat_that_forgot_is_followed_at_once() {
    let mut rig = Rig::new();
    let (mut anna, id) = bridged(&mut rig);
    anna.say(&mut rig, pcmu(7, 1)).unwrap();
    rig.take_notices();
    rig.pass_ms(20);
    assert_eq!(rig.carry(30_000, "1.0.0.1:4999", forged(2)), Err(FORGED));
    let elsewhere = anna.say_from(&mut rig, "1.0.0.9:4999", pcmu(7, 2));
    assert_eq!(elsewhere, Err(STRANGER), "another IP");
    let other = anna.say_from(&mut rig, "1.0.0.1:4999", pcmu(8, 2));
    assert_eq!(other, Err(STRANGER), "another stream");
    assert_eq!(rig.take_notices(), []);
    anna.say_from(&mut rig, "1.0.0.1:4999", pcmu(7, 3)).unwrap();
    let from = addr("1.0.0.1:4999");
    assert_eq!(rig.take_notices(), [Notice::Learnt { id, from }]);
}

#[test]
fn two_legs_of_a_port_are_told_apart_by_their_keys() {
    let mut rig = Rig::new();
    let (mut anna, a) = in_office(&mut rig, 1);
    let (mut bert, b) = in_office(&mut rig, 11);
    assert_eq!(rig.carry(30_000, "9.9.9.9:1111", forged(1)), Err(FORGED));
    let heard = anna.say_from(&mut rig, "9.9.9.9:1111", pcmu(7, 1));
    assert_eq!(heard, Err(Verdict::Absorbed));
    let heard = bert.say_from(&mut rig, "9.9.9.9:2222", pcmu(7, 1));
    assert_eq!(
        heard,
        Err(Verdict::Absorbed),
        "though the stream's name is the same"
    );
    let learnt = |id, from| Notice::Learnt {
        id,
        from: addr(from),
    };
    let told = rig.take_notices();
    assert_eq!(told, [learnt(a, "9.9.9.9:1111"), learnt(b, "9.9.9.9:2222")]);
    rig.order(Command::Bridge { a, b });
    let sent = anna.say_from(&mut rig, "9.9.9.9:1111", pcmu(7, 2)).unwrap();
    assert_eq!(sent.to, addr("9.9.9.9:2222"));
    assert_eq!(bert.hear(&sent)[12..], SOUND);
}

#[test]
fn a_key_that_two_legs_have_tells_nothing() {
    let mut rig = Rig::new();
    let (mut anna, _) = in_office(&mut rig, 1);
    in_office(&mut rig, 1);
    let said = anna.say_from(&mut rig, "9.9.9.9:1111", pcmu(7, 1));
    assert_eq!(said, Err(STRANGER));
    assert_eq!(rig.take_notices(), []);
}

#[test]
fn what_proves_itself_with_no_key_can_only_be_of_the_leg_without() {
    let mut rig = Rig::new();
    let (mut anna, a) = in_office(&mut rig, 1);
    let b = rig.open(30_000, behind_nat("192.168.1.6:4000", OFFICE));
    let heard = rig.rtp(30_000, "9.9.9.9:2222", pcmu(8, 1));
    assert_eq!(heard, Err(Verdict::Absorbed));
    let heard = anna.say_from(&mut rig, "9.9.9.9:1111", pcmu(7, 1));
    assert_eq!(heard, Err(Verdict::Absorbed));
    assert_eq!(rig.figures(a).received.packets, 1);
    assert_eq!(rig.figures(b).received.packets, 1);
}

#[test]
fn the_stream_of_a_leg_with_keys_is_never_taken_for_that_of_one_without() {
    let mut rig = Rig::new();
    let (mut anna, _) = in_office(&mut rig, 1);
    let first = anna.protect(&pcmu(7, 1).bytes(&SOUND));
    let heard = rig.carry(30_000, "9.9.9.9:1111", first.clone());
    assert_eq!(heard, Err(Verdict::Absorbed));
    let b = rig.open(30_000, behind_nat("192.168.1.6:4000", OFFICE));
    rig.pass_ms(5000);
    assert_eq!(rig.carry(30_000, "9.9.9.9:2222", first), Err(REPLAYED));
    assert_eq!(rig.carry(30_000, "9.9.9.9:2222", forged(2)), Err(FORGED));
    assert_eq!(rig.figures(b).received.packets, 0);
}

#[test]
fn no_more_legs_of_a_port_are_tried_than_the_bound() {
    let mut rig = Rig::with(Limits {
        legs_per_port: 2,
        ..Limits::default()
    });
    let (mut oldest, _) = in_office(&mut rig, 1);
    let (mut second, _) = in_office(&mut rig, 11);
    in_office(&mut rig, 21);
    let said = oldest.say_from(&mut rig, "9.9.9.9:1111", pcmu(7, 1));
    assert_eq!(said, Err(FORGED));
    let said = second.say_from(&mut rig, "9.9.9.9:1111", pcmu(7, 1));
    assert_eq!(said, Err(Verdict::Absorbed));
}

#[test]
fn padding_that_is_not_in_clear_is_not_counted() {
    for last in 0..32 {
        let mut rig = Rig::new();
        let (mut anna, _) = in_office(&mut rig, 1);
        let mut padded = pcmu(7, 1).bytes(&[last; 160]);
        padded.extend([0, 0, 0, 4]);
        padded[0] |= 0x20;
        let bytes = anna.protect(&padded);
        let heard = rig.carry(30_000, "9.9.9.9:1111", bytes);
        assert_eq!(heard, Err(Verdict::Absorbed));
    }
}

#[test]
fn a_report_that_does_not_prove_itself_teaches_nothing() {
    let mut rig = Rig::new();
    let (mut anna, a) = bridged(&mut rig);
    anna.say(&mut rig, pcmu(7, 1)).unwrap();
    rig.rtp(30_002, B, pcmu(9, 1)).unwrap();
    let mut mallory = Peer::new(A, 30_000, SUITE, 99);
    for from in ["1.0.0.1:4001", "1.0.0.1:4009"] {
        let report = mallory.protect_rtcp(&sender_report(7, 0, None));
        assert_eq!(rig.carry(30_001, from, report), Err(FORGED), "{from}");
        let report = sender_report(7, 0, None);
        assert_eq!(rig.carry(30_001, from, report), Err(FORGED), "{from}");
    }
    assert_eq!(rig.figures(a).rtcp, 0);
    let to = |rig: &mut Rig| {
        let report = feedback(9, 1);
        rig.carry(30_003, "2.0.0.2:5001", report).unwrap().to
    };
    assert_eq!(to(&mut rig), addr("1.0.0.1:4001"), "as declared");
    let report = anna.protect_rtcp(&feedback(7, 1));
    rig.carry(30_001, "1.0.0.1:4009", report).unwrap();
    assert_eq!(to(&mut rig), addr("1.0.0.1:4009"), "where it proved itself");
    let report = anna.protect_rtcp(&feedback(7, 1));
    rig.carry(30_001, "1.0.0.1:4011", report).unwrap();
    assert_eq!(to(&mut rig), addr("1.0.0.1:4011"), "and where it went");
}

#[test]
fn stun_and_dtls_are_no_packets_of_a_protected_leg() {
    let mut rig = Rig::new();
    bridged(&mut rig);
    let mut stun = vec![0; 20];
    stun[4..8].copy_from_slice(&[0x21, 0x12, 0xa4, 0x42]);
    for bytes in [stun, vec![0x16; 60]] {
        assert_eq!(rig.carry(30_000, A, bytes), Err(STRANGER));
    }
}
