//! Checks and handshakes: whose they are, and that nobody else's are handed on.

use super::*;
use crate::Ufrag;
use crate::road::tests::secured::{Peer, SOUND};
use srtp::Suite;
use webrtc::stun::{Class, Transaction, USERNAME, Writer};

const FLOOD: Verdict = Verdict::Drop(DropReason::Flood);
/// The first octets of a handshake (RFC 9147 §4).
const HELLO: &[u8] = &[22, 254, 253, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];

fn name(text: &str) -> Ufrag {
    Ufrag::of(text).unwrap()
}

/// A browser of which nothing is known but how it asks for us.
fn browser(ours: &str) -> Expect {
    Expect::by_checks(name(ours), None, usual())
}

fn check(ours: &str) -> Vec<u8> {
    Writer::new(Class::Request, Transaction([7; 12]))
        .with(USERNAME, format!("{ours}:them").as_bytes())
        .with_integrity("5uQz0mWcV+9bYpVq3oT/k1Ld")
        .finish()
}

fn told(rig: &mut Rig, from: &str, bytes: &[u8]) -> Verdict {
    rig.carry(30_000, from, bytes.to_vec()).unwrap_err()
}

// rfc: 8445 §7.3
#[test]
fn a_check_is_for_the_leg_that_it_names_wherever_it_comes_from() {
    let mut rig = Rig::new();
    let one = rig.open(30_000, browser("first+18"));
    let other = rig.open(30_000, browser("other+18"));
    rig.open(30_000, plain(A));
    for from in [A, B, "9.9.9.9:1"] {
        assert_eq!(told(&mut rig, from, &check("first+18")), Verdict::Lift(one));
        let whose = told(&mut rig, from, &check("other+18"));
        assert_eq!(whose, Verdict::Lift(other));
        assert_eq!(told(&mut rig, from, &check("nobody18")), STRANGER);
        assert_eq!(told(&mut rig, from, &check("first")), STRANGER);
    }
    assert_eq!(rig.road.figures().lifted, 6);
}

// rfc: 7983 §7
#[test]
fn a_handshake_is_for_the_leg_that_has_chosen_this_way_or_is_still_to_choose() {
    let mut rig = Rig::new();
    let one = rig.open(30_000, browser("first+18"));
    assert_eq!(told(&mut rig, A, HELLO), Verdict::Lift(one));
    let chosen = Some(addr(A));
    rig.describe(one, Expect::by_checks(name("first+18"), chosen, usual()));
    assert_eq!(told(&mut rig, A, HELLO), Verdict::Lift(one));
    assert_eq!(told(&mut rig, B, HELLO), STRANGER);
    let other = rig.open(30_000, browser("other+18"));
    assert_eq!(told(&mut rig, B, HELLO), Verdict::Lift(other));
    assert_eq!(told(&mut rig, A, HELLO), Verdict::Lift(one));
}

#[test]
fn of_two_that_are_still_to_choose_a_handshake_is_for_neither() {
    let mut rig = Rig::new();
    rig.open(30_000, browser("first+18"));
    rig.open(30_000, browser("other+18"));
    assert_eq!(told(&mut rig, A, HELLO), STRANGER);
}

#[test]
fn legs_of_telephones_are_asked_nothing() {
    let mut rig = Rig::new();
    rig.open(30_000, plain(A));
    for bytes in [&*check("first+18"), HELLO] {
        assert_eq!(told(&mut rig, A, bytes), STRANGER);
    }
}

#[test]
fn a_flood_of_checks_is_cut_off_and_takes_nothing_from_the_sound() {
    let mut rig = Rig::with(Limits {
        lifts_per_second: 10,
        lift_burst: 5,
        ..Limits::default()
    });
    let suite = Suite::AesGcm128;
    let mut anna = Peer::new(A, 30_000, suite, 1);
    let chosen = Some(addr(A));
    let a = rig.open(30_000, Expect::by_checks(name("first+18"), chosen, usual()));
    anna.secure(&mut rig, a);
    let b = rig.open(30_002, plain(B));
    rig.order(Command::Bridge { a, b });
    let verdicts: Vec<_> = (0..100)
        .map(|_| told(&mut rig, A, &check("first+18")))
        .collect();
    assert_eq!(verdicts.iter().filter(|v| **v == FLOOD).count(), 94);
    let sent = anna.say(&mut rig, pcmu(7, 1)).unwrap();
    assert_eq!((sent.to, &sent.bytes[12..]), (addr(B), &SOUND[..]));
}

#[test]
fn before_a_way_is_chosen_no_sound_is_believed_and_none_is_sent() {
    let mut rig = Rig::new();
    let a = rig.open(30_000, browser("first+18"));
    let b = rig.open(30_002, plain(B));
    rig.order(Command::Bridge { a, b });
    assert_eq!(rig.rtp(30_000, A, pcmu(7, 1)), Err(STRANGER));
    assert_eq!(rig.rtp(30_002, B, pcmu(9, 1)), Err(Verdict::Absorbed));
    assert!(rig.take_notices().iter().all(|notice| notice.id() == b));
}

#[test]
fn sound_follows_the_browser_to_another_way() {
    let mut rig = Rig::new();
    let chosen = |at| Expect::by_checks(name("first+18"), Some(addr(at)), usual());
    let a = rig.open(30_000, chosen(A));
    let mut anna = Peer::new(A, 30_000, Suite::AesGcm128, 1);
    anna.secure(&mut rig, a);
    let b = rig.open(30_002, plain(B));
    rig.order(Command::Bridge { a, b });
    anna.say(&mut rig, pcmu(7, 1)).unwrap();
    assert_eq!(rig.rtp(30_002, B, pcmu(9, 1)).unwrap().to, addr(A));
    rig.describe(a, chosen("7.7.7.7:70"));
    assert_eq!(
        rig.rtp(30_002, B, pcmu(9, 2)).unwrap().to,
        addr("7.7.7.7:70")
    );
}

// rfc: 5763 §5
#[test]
fn before_its_handshake_is_over_nothing_goes_to_a_browser() {
    let mut rig = Rig::new();
    let chosen = Some(addr(A));
    let expects = Expect::by_checks(name("first+18"), chosen, usual());
    let a = rig.open(30_000, expects);
    let b = rig.open(30_002, plain(B));
    rig.order(Command::Bridge { a, b });
    assert_eq!(rig.rtp(30_002, B, pcmu(9, 1)), Err(Verdict::Absorbed));
    let sent = rig.run_reporting(Duration::from_secs(20));
    assert!(sent.iter().all(|(_, sent)| sent.to != addr(A)), "{sent:?}");
    let mut anna = Peer::new(A, 30_000, Suite::AesGcm128, 1);
    anna.secure(&mut rig, a);
    let sent = rig.rtp(30_002, B, pcmu(9, 2)).unwrap();
    assert_eq!(anna.hear(&sent)[12..], [0x55; 160]);
}
