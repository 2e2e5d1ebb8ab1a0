//! Answers to challenges that are nearly right: none of them opens the door.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::net::{IpAddr, Ipv4Addr};

use machine::Instant;
use machine::harness::Spoiler;
use sip_message::{Challenge, Credentials};
use sip_stack::digest::{Account, Authenticator, Digests, Settings, Verdict, answer};

const REALM: &str = "strowger";
const SECRET: [u8; 32] = [7; 32];
const PHONE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

fn door() -> Authenticator {
    Authenticator::new(Settings::for_realm(REALM), &SECRET)
}

/// An answer by SHA-256, one by MD5, and one by MD5 without a count.
fn answers() -> Vec<String> {
    let offered = door().challenge(false, PHONE, Instant::from_millis(5));
    let account = Account {
        username: "anna",
        password: "correct horse".into(),
    };
    let uncounted = offered[1].replace(", qop=\"auth\"", "");
    [&offered[0], &offered[1], &uncounted]
        .map(|challenge| {
            let challenge = Challenge::parse(challenge).unwrap();
            let uri = "sip:acme.example";
            answer([challenge], account, "REGISTER", uri, 1, "0a4f113b").unwrap()
        })
        .to_vec()
}

fn judge(text: &str) -> Option<Verdict> {
    let digests = Digests::compute("anna", REALM, "correct horse");
    let credentials = Credentials::parse(text).ok()?;
    let now = Instant::from_millis(10);
    Some(door().verify(&credentials, "REGISTER", Some(&digests), PHONE, now))
}

#[test]
fn the_answers_themselves_are_accepted() {
    for answer in answers() {
        assert_eq!(judge(&answer), Some(Verdict::Accepted), "{answer}");
    }
}

#[test]
fn a_spoilt_answer_is_accepted_only_where_it_says_the_same_as_before() {
    let answers = answers();
    let samples: Vec<&[u8]> = answers.iter().map(|answer| answer.as_bytes()).collect();
    // What the proof covers: the count only when there is one. The user name is covered by the
    // digests that it leads to.
    let proof = |text: &str| {
        let credentials = Credentials::parse(text).unwrap();
        let of = |name| credentials.param(name).unwrap_or_default().into_owned();
        let counted = credentials.param("qop").is_some();
        let count = counted.then(|| (of("nc"), of("cnonce")));
        let response = of("response").to_ascii_lowercase();
        ([of("realm"), of("nonce"), of("uri"), response], count)
    };
    let good: Vec<_> = answers.iter().map(|answer| proof(answer)).collect();
    let mut spoiler = Spoiler::new(0xd19);
    let (mut accepted, mut wrong) = (0, 0);
    for _ in 0..40_000 {
        let Ok(text) = String::from_utf8(spoiler.spoil(&samples)) else {
            continue;
        };
        match judge(&text) {
            Some(Verdict::Accepted) => {
                accepted += 1;
                assert!(good.contains(&proof(&text)), "{text}");
            }
            Some(Verdict::Wrong) => wrong += 1,
            Some(Verdict::Stale) => panic!("a proof without its nonce: {text}"),
            Some(Verdict::Malformed(_)) | None => {}
        }
    }
    assert!(
        accepted > 100 && wrong > 1_000,
        "{accepted} accepted, {wrong} wrong"
    );
}

#[test]
fn a_spoilt_nonce_never_costs_more_than_its_refusal() {
    let answers = answers();
    let mut spoiler = Spoiler::new(0xd1a);
    let mut door = door();
    let digests = Digests::compute("anna", REALM, "correct horse");
    let samples: Vec<&[u8]> = answers.iter().map(|answer| answer.as_bytes()).collect();
    for millis in 0..10_000 {
        let text = String::from_utf8_lossy(&spoiler.spoil(&samples)).into_owned();
        if let Ok(credentials) = Credentials::parse(&text) {
            let now = Instant::from_millis(millis);
            let _verdict = door.verify(&credentials, "REGISTER", Some(&digests), PHONE, now);
        }
    }
    assert!(
        door.remembered() <= answers.len(),
        "only true proofs are remembered"
    );
}
