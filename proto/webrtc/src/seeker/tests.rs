//! Whoever seeks, with a peer that answers as the test says.
#![allow(clippy::unwrap_used)]

use super::*;
use crate::binding::{Heard, Responder};
use crate::credentials::asker_of;

const START: Instant = Instant::from_millis(0);

fn words(ufrag: &str) -> IceCredentials {
    IceCredentials::new(ufrag, &format!("the+secret+password+of+{ufrag}")).unwrap()
}

fn at(port: u16) -> SocketAddr {
    SocketAddr::from(([203, 0, 113, 9], port))
}

fn seeker(ports: impl IntoIterator<Item = u16>) -> Seeker {
    let ways = Ways {
        ours: words("AbCdEfGh"),
        theirs: words("8hhY"),
        to: ports.into_iter().map(at).collect(),
    };
    Seeker::new(ways, START)
}

/// What the peer answers to a request, and whether it takes it for a choice.
fn answer(request: &[u8], from: SocketAddr) -> (Vec<u8>, bool) {
    match Responder::new(words("8hhY")).hear(request, from) {
        Heard::Proven { answer, nominates } => (answer, nominates),
        Heard::Nothing | Heard::Answer(_) => panic!("no request that is proved"),
    }
}

fn hear(seeker: &mut Seeker, octets: &[u8], port: u16, now: Instant) -> Found {
    seeker.hear(octets, at(port), now)
}

/// The one request that is due.
fn due(seeker: &mut Seeker, now: Instant) -> (SocketAddr, Vec<u8>) {
    let [request] = &seeker.expire(now)[..] else {
        panic!("one request");
    };
    request.clone()
}

/// A seeker whose peer, at port 5,000, knows of the choice.
fn keeping() -> Seeker {
    let mut seeker = seeker([5_000]);
    for expected in [Found::Proven, Found::Chosen] {
        let (to, request) = due(&mut seeker, START);
        let (answer, _) = answer(&request, to);
        assert_eq!(hear(&mut seeker, &answer, 5_000, START), expected);
    }
    seeker
}

// rfc: 8445 §14.2
#[test]
fn addresses_are_tried_one_after_the_other_and_no_more_than_a_few() {
    let mut seeker = seeker(5_000..6_000);
    let mut asked = Vec::new();
    for tick in 0..40 {
        let now = START + Duration::from_millis(10) * tick;
        asked.extend(seeker.expire(now).into_iter().map(|(to, _)| (tick, to)));
    }
    let paced: Vec<_> = (0..8).map(|n| (u32::from(n) * 5, at(5_000 + n))).collect();
    assert_eq!(asked, paced);
}

// rfc: 8489 §6.2.1
#[test]
fn a_request_is_sent_seven_times_after_ever_longer_pauses() {
    let mut seeker = seeker([5_000]);
    let mut sent = Vec::new();
    while let Some(at) = seeker.deadline() {
        let (_, request) = due(&mut seeker, at);
        sent.push((at.saturating_since(START).as_millis(), request));
    }
    let pauses: Vec<u128> = sent.iter().map(|(at, _)| *at).collect();
    assert_eq!(pauses, [0, 500, 1_500, 3_500, 7_500, 15_500, 31_500]);
    assert!(
        sent.iter().all(|(_, request)| *request == sent[0].1),
        "the same one"
    );
}

// rfc: 8445 §8.1.1
#[test]
fn the_first_that_answers_is_chosen_and_told_so() {
    let mut seeker = seeker([5_000, 5_001]);
    due(&mut seeker, START);
    let later = START + PACE;
    let (to, request) = due(&mut seeker, later);
    assert_eq!(to, at(5_001));
    let (success, chosen) = answer(&request, to);
    assert!(!chosen, "a way that nobody has found is not chosen yet");
    assert_eq!(hear(&mut seeker, &success, 5_001, later), Found::Proven);
    let (to, request) = due(&mut seeker, later);
    let (success, chosen) = answer(&request, to);
    assert!(to == at(5_001) && chosen);
    assert_eq!(hear(&mut seeker, &success, 5_001, later), Found::Chosen);
    assert_eq!(hear(&mut seeker, &success, 5_001, later), Found::Nothing);
}

// rfc: 8445 §7.2.2
#[test]
fn a_request_says_who_asks_whom_and_that_we_choose() {
    let (_, octets) = due(&mut seeker([5_000]), START);
    let request = Message::read(&octets).unwrap();
    assert_eq!(request.value(USERNAME), Some(&b"8hhY:AbCdEfGh"[..]));
    assert_eq!(request.value(ICE_CONTROLLING).unwrap().len(), 8);
    assert_eq!(request.value(PRIORITY), Some(&[110, 255, 255, 255][..]));
    assert!(request.has_fingerprint() && request.is_proved_by(words("8hhY").pwd()));
    assert_eq!(asker_of(request.transaction), "AbCdEfGh");
}

// rfc: 8445 §7.2.5.2.1
#[test]
fn an_answer_from_elsewhere_or_that_nobody_has_proved_or_that_refuses_finds_nothing() {
    let mut seeker = seeker([5_000]);
    let (to, request) = due(&mut seeker, START);
    let (success, _) = answer(&request, to);
    assert_eq!(hear(&mut seeker, &success, 5_001, START), Found::Nothing);
    let name = Message::read(&request).unwrap().transaction;
    let other = Transaction([7; 12]);
    for (class, name, password) in [
        (Class::Success, name, "another+password+of+them"),
        (Class::Success, other, words("8hhY").pwd()),
        (Class::Error, name, words("8hhY").pwd()),
        (Class::Indication, name, words("8hhY").pwd()),
    ] {
        let message = Writer::new(class, name).with_mapped(at(9));
        let octets = message.with_integrity(password).finish();
        assert_eq!(hear(&mut seeker, &octets, 5_000, START), Found::Nothing);
    }
    assert_eq!(hear(&mut seeker, &success, 5_000, START), Found::Proven);
}

// rfc: 7675 §5.1
#[test]
fn the_peer_is_asked_for_its_consent_every_five_seconds_or_so() {
    let mut seeker = keeping();
    let mut before = START;
    for _ in 0..100 {
        let now = seeker.deadline().unwrap();
        let pause = now.saturating_since(before).as_millis();
        assert!((4_000..=6_000).contains(&pause), "{pause}");
        let (to, request) = due(&mut seeker, now);
        let (success, chosen) = answer(&request, to);
        assert!(to == at(5_000) && !chosen);
        assert_eq!(hear(&mut seeker, &success, 5_001, now), Found::Nothing);
        assert_eq!(hear(&mut seeker, &success, 5_000, now), Found::Heard);
        assert_eq!(hear(&mut seeker, &success, 5_000, now), Found::Nothing);
        before = now;
    }
}

#[test]
fn an_answer_that_comes_after_six_further_requests_comes_too_late() {
    let mut seeker = keeping();
    let mut answers = Vec::new();
    for _ in 0..=CONSENT_REQUESTS {
        let now = seeker.deadline().unwrap();
        let (to, request) = due(&mut seeker, now);
        answers.push(answer(&request, to).0);
    }
    assert_eq!(hear(&mut seeker, &answers[0], 5_000, START), Found::Nothing);
    assert_eq!(hear(&mut seeker, &answers[1], 5_000, START), Found::Heard);
}
