//! The transport with a handshake that does what the test says.
#![allow(clippy::unwrap_used)]

use std::time::Duration;

use machine::harness::Driver;
use sdp::FingerprintHash;
use sha2::{Digest, Sha256};
use srtp::Suite;

use super::*;
use crate::stun::{
    Class, ICE_CONTROLLING, Message, PRIORITY, Transaction, USE_CANDIDATE, USERNAME, Writer,
};

mod lite;
mod matrix;

const PWD: &str = "asd88fgpdd777uzjYhagZg";
const CERTIFICATE: &[u8] = b"as good as a certificate";

/// What the script's datagrams mean: the octet behind the first.
const HELLO: u8 = 1;
const CERTIFIED: u8 = 2;
const FORGED: u8 = 3;
const AGREED: u8 = 4;
const UNPROTECTED: u8 = 5;
const CLOSED: u8 = 6;
const BROKEN: u8 = 7;

/// Answers each datagram by its script, and sends again every second until keys are agreed on.
#[derive(Debug, Default)]
struct Scripted {
    role: Option<Role>,
    again: Option<Instant>,
}

impl Handshake for Scripted {
    fn begin(&mut self, role: Role, now: Instant, out: &mut Vec<Step>) {
        assert_eq!(self.role, None, "begun twice");
        self.role = Some(role);
        if role == Role::Client {
            out.push(Step::Send(vec![22, HELLO]));
        }
        self.again = Some(now + Duration::from_secs(1));
    }

    fn take(&mut self, datagram: &[u8], _: Instant, out: &mut Vec<Step>) {
        assert_ne!(self.role, None, "not begun");
        out.push(match datagram[1] {
            HELLO => Step::Send(vec![22, CERTIFIED]),
            CERTIFIED => Step::Certificate(CERTIFICATE.to_vec()),
            FORGED => Step::Certificate(b"another".to_vec()),
            AGREED => {
                self.again = None;
                Step::Keys(material())
            }
            UNPROTECTED => Step::NoProfile,
            CLOSED => Step::Closed,
            _ => Step::Broken,
        });
    }

    fn deadline(&self) -> Option<Instant> {
        self.again
    }

    fn expire(&mut self, now: Instant, out: &mut Vec<Step>) {
        self.again = Some(now + Duration::from_secs(1));
        out.push(Step::Send(vec![22, 0]));
    }
}

fn material() -> KeyingMaterial {
    let octets: Vec<u8> = (0..56).collect();
    KeyingMaterial::new(Suite::AesGcm128, &octets).unwrap()
}

fn peer(role: Role) -> Input {
    let digest = Sha256::digest(CERTIFICATE);
    Input::Described(Peer {
        role,
        fingerprints: vec![Fingerprint::new(FingerprintHash::Sha256, &digest).unwrap()],
    })
}

fn at(port: u16) -> SocketAddr {
    SocketAddr::from(([203, 0, 113, 9], port))
}

fn dtls(what: u8) -> Input {
    dtls_from(what, 5_000)
}

fn dtls_from(what: u8, port: u16) -> Input {
    Input::Datagram {
        from: at(port),
        octets: vec![22, what],
    }
}

fn check(id: u8, port: u16, nominates: bool) -> Input {
    let request = Writer::new(Class::Request, Transaction([id; 12]))
        .with(USERNAME, b"8hhY:9uB6")
        .with(ICE_CONTROLLING, &[1; 8])
        .with(PRIORITY, &[0x6e, 0, 1, 0xff]);
    let request = if nominates {
        request.with(USE_CANDIDATE, &[])
    } else {
        request
    };
    Input::Datagram {
        from: at(port),
        octets: request.with_integrity(PWD).finish(),
    }
}

fn driver() -> Driver<Transport<Scripted>> {
    let credentials = IceCredentials::new("8hhY", PWD).unwrap();
    Driver::new(Transport::new(credentials, Scripted::default()))
}

/// A driver whose handshake has begun.
fn shaking(role: Role) -> Driver<Transport<Scripted>> {
    let mut driver = driver();
    driver.input(peer(role));
    driver.input(check(1, 5_000, true));
    driver
}

/// A driver that has keys.
fn keyed() -> Driver<Transport<Scripted>> {
    let mut driver = shaking(Role::Server);
    driver.input(dtls(CERTIFIED));
    driver.input(dtls(AGREED));
    driver
}

/// What comes out while so much time passes.
fn pass(driver: &mut Driver<Transport<Scripted>>, by: Duration) -> Vec<Output> {
    let all = driver.advance(by).into_iter();
    all.map(|(_, output)| output).collect()
}

fn sent(what: u8, port: u16) -> Output {
    Output::Send {
        to: at(port),
        octets: vec![22, what],
    }
}

fn is_success(output: &Output) -> bool {
    let Output::Send { octets, .. } = output else {
        return false;
    };
    Message::read(octets).is_some_and(|m| m.class == Class::Success && m.is_proved_by(PWD))
}

// rfc: 8445 §7.3.2
#[test]
fn the_way_is_the_one_that_the_peer_wants() {
    let mut driver = driver();
    let out = driver.input(check(1, 5_000, false));
    assert!(out.len() == 1 && is_success(&out[0]));
    assert_eq!(driver.machine().selected(), None);
    let out = driver.input(check(2, 5_001, true));
    assert!(is_success(&out[0]));
    assert_eq!(out[1..], [Output::Selected(at(5_001))]);
    // asked again on the same way, nothing is told again
    let out = driver.input(check(3, 5_001, true));
    assert!(out.len() == 1 && is_success(&out[0]));
    let out = driver.input(check(4, 5_002, true));
    assert_eq!(out[1..], [Output::Selected(at(5_002))]);
}

#[test]
fn a_copied_request_leads_no_sound_astray() {
    let mut driver = driver();
    driver.input(check(1, 5_000, true));
    assert_eq!(driver.input(check(1, 6_666, true)), []);
    assert_eq!(driver.machine().selected(), Some(at(5_000)));
}

// rfc: 5763 §5
#[test]
fn the_handshake_begins_once_there_are_both_a_way_and_a_description() {
    for described_first in [true, false] {
        let mut driver = driver();
        let (first, second) = if described_first {
            (peer(Role::Client), check(1, 5_000, true))
        } else {
            (check(1, 5_000, true), peer(Role::Client))
        };
        let out = driver.input(first);
        assert!(!out.contains(&sent(HELLO, 5_000)));
        let out = driver.input(second);
        assert_eq!(out.last(), Some(&sent(HELLO, 5_000)));
    }
}

#[test]
fn what_comes_early_of_a_handshake_is_taken_when_it_begins() {
    let mut driver = driver();
    driver.input(check(1, 5_000, false));
    assert_eq!(driver.input(dtls(HELLO)), []);
    assert_eq!(driver.input(dtls_from(BROKEN, 6_666)), [], "of a stranger");
    driver.input(peer(Role::Server));
    let out = driver.input(check(2, 5_000, true));
    assert_eq!(
        out[1..],
        [Output::Selected(at(5_000)), sent(CERTIFIED, 5_000)]
    );
}

// rfc: 5764 §4.2
#[test]
fn keys_are_told_after_a_certificate_that_was_named() {
    for role in [Role::Client, Role::Server] {
        let mut driver = shaking(role);
        assert_eq!(driver.input(dtls(CERTIFIED)), []);
        let out = driver.input(dtls(AGREED));
        let (takes, sends) = material().split(role).unwrap();
        assert_eq!(out, [Output::Keyed { takes, sends }]);
    }
}

// rfc: 8122 §6.2
#[test]
fn a_certificate_that_was_not_named_ends_it() {
    let mut driver = shaking(Role::Server);
    let out = driver.input(dtls(FORGED));
    assert_eq!(out, [Output::Failed(Failure::Stranger)]);
    assert_eq!(driver.input(dtls(AGREED)), []);
}

#[test]
fn keys_without_a_certificate_are_worth_nothing() {
    let mut driver = shaking(Role::Server);
    let out = driver.input(dtls(AGREED));
    assert_eq!(out, [Output::Failed(Failure::Stranger)]);
}

// rfc: 8445 §9
#[test]
fn after_a_restart_other_words_are_wanted_and_the_keys_stay() {
    let mut driver = keyed();
    let words = IceCredentials::new("restarted", "another+password/of+ours").unwrap();
    assert_eq!(driver.input(Input::Restarted(words)), []);
    let [Output::Send { octets, .. }] = &driver.input(check(40, 5_009, true))[..] else {
        panic!("an answer alone");
    };
    assert_eq!(Message::read(octets).unwrap().class, Class::Error);
    assert_eq!(driver.machine().selected(), Some(at(5_000)));
    assert_eq!(driver.input(dtls(AGREED)), []);
}

#[test]
fn a_second_description_changes_nothing() {
    let mut driver = shaking(Role::Server);
    let stranger = Peer {
        role: Role::Client,
        fingerprints: Vec::new(),
    };
    assert_eq!(driver.input(Input::Described(stranger)), []);
    assert_eq!(driver.input(dtls(CERTIFIED)), []);
    assert!(matches!(
        driver.input(dtls(AGREED))[..],
        [Output::Keyed { .. }]
    ));
}

#[test]
fn a_handshake_goes_on_by_a_new_way() {
    let mut driver = shaking(Role::Server);
    driver.input(check(2, 5_001, true));
    assert_eq!(
        driver.input(dtls_from(HELLO, 5_001)),
        [sent(CERTIFIED, 5_001)]
    );
    // what was under way on the old one is taken too
    assert_eq!(
        driver.input(dtls_from(HELLO, 5_000)),
        [sent(CERTIFIED, 5_001)]
    );
    assert_eq!(driver.input(dtls_from(HELLO, 6_666)), [], "of a stranger");
}

fn placed(declared: Option<u16>) -> Input {
    Input::Unchecked(Place {
        declared: declared.map(at),
        near: at(0).ip(),
    })
}

// rfc: 5763 §5
#[test]
fn a_peer_that_makes_no_checks_is_spoken_to_where_its_description_says() {
    let mut driver = driver();
    assert_eq!(
        driver.input(placed(Some(5_000))),
        [Output::Selected(at(5_000))]
    );
    let out = driver.input(peer(Role::Client));
    assert_eq!(out, [sent(HELLO, 5_000)]);
    // nobody else shakes its hand
    assert_eq!(driver.input(dtls_from(CERTIFIED, 5_001)), []);
    driver.input(dtls_from(CERTIFIED, 5_000));
    let out = driver.input(dtls_from(AGREED, 5_000));
    assert!(matches!(out[..], [Output::Keyed { .. }]), "{out:?}");
    // it is asked nothing, and so it cannot fall silent
    assert_eq!(pass(&mut driver, Duration::from_secs(3_600)), []);
    // where it has moved it is spoken to from now on
    let out = driver.input(placed(Some(5_002)));
    assert_eq!(out, [Output::Selected(at(5_002))]);
    assert_eq!(driver.input(placed(Some(5_002))), []);
}

#[test]
fn a_peer_behind_a_wall_shows_where_it_is_by_beginning() {
    let mut driver = driver();
    assert_eq!(driver.input(placed(None)), []);
    driver.input(peer(Role::Server));
    let stranger = Input::Datagram {
        from: SocketAddr::from(([198, 51, 100, 99], 5_000)),
        octets: vec![22, HELLO],
    };
    assert_eq!(driver.input(stranger), []);
    let out = driver.input(dtls_from(CERTIFIED, 5_003));
    assert_eq!(out.first(), Some(&Output::Selected(at(5_003))));
    let out = driver.input(dtls_from(AGREED, 5_003));
    assert!(matches!(out[..], [Output::Keyed { .. }]), "{out:?}");
    assert_eq!(driver.input(dtls_from(HELLO, 5_004)), []);
}

#[test]
fn a_peer_behind_a_wall_that_never_begins_is_given_up() {
    let mut driver = driver();
    driver.input(placed(None));
    driver.input(peer(Role::Client));
    let out = pass(&mut driver, HANDSHAKE);
    assert_eq!(out, [Output::Failed(Failure::NoWay)]);
}

#[test]
fn a_peer_that_finds_no_way_is_given_up() {
    let mut driver = driver();
    driver.input(peer(Role::Server));
    driver.input(check(1, 5_000, false));
    let out = pass(&mut driver, HANDSHAKE);
    assert_eq!(out, [Output::Failed(Failure::NoWay)]);
    assert_eq!(driver.input(check(2, 5_000, true)), []);
}

#[test]
fn a_handshake_that_never_ends_is_given_up() {
    let mut driver = shaking(Role::Server);
    let mut out = pass(&mut driver, HANDSHAKE / 2);
    driver.input(check(2, 5_000, true));
    out.extend(pass(&mut driver, HANDSHAKE / 2));
    let (last, again) = out.split_last().unwrap();
    assert_eq!(*last, Output::Failed(Failure::TooSlow));
    assert!(again.len() >= 29 && again.iter().all(|o| *o == sent(0, 5_000)));
}

#[test]
fn before_the_peer_is_described_it_may_ring_for_long() {
    let mut driver = driver();
    assert_eq!(pass(&mut driver, Duration::from_secs(3_600)), []);
    driver.input(peer(Role::Client));
    let out = driver.input(check(1, 5_000, true));
    assert_eq!(out.last(), Some(&sent(HELLO, 5_000)));
}

// rfc: 7675 §5.1
#[test]
fn a_peer_that_falls_silent_is_gone() {
    let mut driver = keyed();
    for id in 2..10 {
        assert_eq!(pass(&mut driver, Duration::from_secs(29)), []);
        driver.input(check(id, 5_000, false));
    }
    // neither another way, nor a copy, nor a handshake speaks for this one
    pass(&mut driver, Duration::from_secs(29));
    driver.input(check(99, 5_001, false));
    driver.input(check(9, 5_000, false));
    driver.input(dtls(HELLO));
    assert_eq!(pass(&mut driver, Duration::from_secs(1)), [Output::Gone]);
    assert_eq!(driver.input(check(100, 5_000, true)), []);
}

#[test]
fn a_late_waking_does_all_that_was_due() {
    let mut driver = shaking(Role::Server);
    driver.stall(Duration::from_secs(100));
    let out = pass(&mut driver, Duration::ZERO);
    assert_eq!(out, [sent(0, 5_000), Output::Failed(Failure::TooSlow)]);
}
