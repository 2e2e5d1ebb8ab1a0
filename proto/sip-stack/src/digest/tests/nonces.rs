//! Nonces: their age, their counts, and those that are not ours.

use super::*;

const LIFE: Duration = Duration::from_secs(300);

// rfc: 7616 §3.3
#[test]
fn a_nonce_lives_five_minutes_to_the_millisecond() {
    for (age, verdict) in [
        (LIFE, Verdict::Accepted),
        (LIFE + Duration::from_millis(1), Verdict::Stale),
    ] {
        let mut door = Door::new();
        let challenge = door.challenge_of("SHA-256");
        door.pass(age);
        assert_eq!(door.judge(&answered(&challenge, PASSWORD, 1)), verdict);
    }
}

#[test]
fn an_old_nonce_does_not_tell_a_guesser_that_the_password_was_right() {
    let mut door = Door::new();
    let challenge = door.challenge_of("SHA-256");
    door.pass(LIFE * 2);
    assert_eq!(
        door.judge(&answered(&challenge, "guess", 1)),
        Verdict::Wrong
    );
}

// rfc: 7616 §3.4
#[test]
fn an_answer_cannot_be_used_twice() {
    let mut door = Door::new();
    for algorithm in ["SHA-256", "MD5"] {
        let challenge = door.challenge_of(algorithm);
        let captured = answered(&challenge, PASSWORD, 1);
        assert_eq!(door.judge(&captured), Verdict::Accepted);
        assert_eq!(door.judge(&captured), Verdict::Stale, "a replay");
        assert_eq!(
            door.judge(&answered(&challenge, PASSWORD, 2)),
            Verdict::Accepted
        );
    }
}

#[test]
fn counts_may_overtake_each_other_within_a_window_of_64() {
    let mut door = Door::new();
    let challenge = door.challenge_of("SHA-256");
    let mut judge = |count| door.judge(&answered(&challenge, PASSWORD, count));
    assert_eq!(judge(100), Verdict::Accepted);
    assert_eq!(judge(37), Verdict::Accepted, "63 behind");
    assert_eq!(judge(36), Verdict::Stale, "64 behind");
    assert_eq!(judge(37), Verdict::Stale, "used");
    assert_eq!(judge(99), Verdict::Accepted);
    assert_eq!(judge(u32::MAX), Verdict::Accepted);
    assert_eq!(judge(100), Verdict::Stale);
}

#[test]
fn without_qop_a_nonce_serves_once() {
    let mut door = Door::new();
    let challenge = door.challenge_of("MD5").replace(", qop=\"auth\"", "");
    let given = answered(&challenge, PASSWORD, 1);
    assert!(!given.contains("nc="));
    assert_eq!(door.judge(&given), Verdict::Accepted);
    assert_eq!(door.judge(&given), Verdict::Stale);
}

#[test]
fn a_nonce_changed_in_any_digit_is_not_ours() {
    let mut door = Door::new();
    let challenge = door.challenge_of("SHA-256");
    let nonce = raw(&challenge, "nonce").trim_matches('"').to_owned();
    for at in 0..nonce.len() {
        let mut forged = nonce.clone().into_bytes();
        forged[at] = if forged[at] == b'0' { b'1' } else { b'0' };
        let forged = String::from_utf8(forged).unwrap();
        let given = answered(&challenge.replace(&nonce, &forged), PASSWORD, 1);
        assert_eq!(door.judge(&given), Verdict::Stale, "digit {at}");
    }
    for forged in [
        "",
        "0",
        "+0",
        &nonce[2..],
        &format!("{nonce}00"),
        &"é".repeat(24),
    ] {
        let given = answered(&challenge.replace(&nonce, forged), PASSWORD, 1);
        assert_eq!(door.judge(&given), Verdict::Stale, "{forged}");
    }
    assert_eq!(
        door.judge(&answered(&challenge, PASSWORD, 1)),
        Verdict::Accepted
    );
}

#[test]
fn a_nonce_of_another_secret_is_stale_so_that_a_restart_asks_no_user() {
    let mut before = Door::new();
    let challenge = before.challenge_of("SHA-256");
    let mut after = Door::new();
    after.authenticator = Authenticator::new(Settings::for_realm(REALM), &[8; 32]);
    assert_eq!(
        after.judge(&answered(&challenge, PASSWORD, 1)),
        Verdict::Stale
    );
}

#[test]
fn nonces_are_never_alike() {
    let mut door = Door::new();
    let mut seen = std::collections::BTreeSet::new();
    for _ in 0..500 {
        for offer in door.challenge() {
            assert!(seen.insert(raw(&offer, "nonce").to_owned()));
        }
    }
}

#[test]
fn challenges_are_not_remembered_and_used_nonces_within_their_bound() {
    let mut door = Door::with(Settings {
        used_nonces: 3,
        ..Settings::for_realm(REALM)
    });
    let challenges = (0..5).map(|_| {
        door.pass(Duration::from_millis(10));
        door.challenge_of("SHA-256")
    });
    let challenges: Vec<_> = challenges.collect();
    assert_eq!(door.authenticator.remembered(), 0);
    for challenge in &challenges[..4] {
        assert_eq!(
            door.judge(&answered(challenge, PASSWORD, 1)),
            Verdict::Accepted
        );
    }
    assert_eq!(door.authenticator.remembered(), 3);
    let replay = answered(&challenges[0], PASSWORD, 1);
    assert_eq!(
        door.judge(&replay),
        Verdict::Stale,
        "forgotten, not free again"
    );
    let honest = answered(&challenges[0], PASSWORD, 2);
    assert_eq!(door.judge(&honest), Verdict::Stale, "one more round");
    let late = answered(&challenges[4], PASSWORD, 1);
    assert_eq!(door.judge(&late), Verdict::Accepted);
}

#[test]
fn expired_nonces_make_room() {
    let mut door = Door::new();
    let challenge = door.challenge_of("SHA-256");
    door.judge(&answered(&challenge, PASSWORD, 1));
    assert_eq!(door.authenticator.remembered(), 1);
    door.pass(LIFE * 2);
    let challenge = door.challenge_of("SHA-256");
    door.judge(&answered(&challenge, PASSWORD, 1));
    assert_eq!(door.authenticator.remembered(), 1);
}

#[test]
fn a_wrong_answer_uses_up_nothing() {
    let mut door = Door::new();
    let challenge = door.challenge_of("SHA-256");
    for _ in 0..10 {
        assert_eq!(
            door.judge(&answered(&challenge, "guess", 1)),
            Verdict::Wrong
        );
    }
    assert_eq!(door.authenticator.remembered(), 0);
    assert_eq!(
        door.judge(&answered(&challenge, PASSWORD, 1)),
        Verdict::Accepted
    );
}

#[test]
fn who_answers_from_where_the_nonce_was_sent_is_heard_and_who_moved_is_let_in_all_the_same() {
    let known = Digests::compute(USER, REALM, PASSWORD);
    let elsewhere: IpAddr = "2001:db8::7".parse().unwrap();
    let as_ipv6: IpAddr = "::ffff:192.0.2.7".parse().unwrap();
    for (from, heard) in [(PHONE, true), (as_ipv6, true), (elsewhere, false)] {
        for (password, verdict) in [(PASSWORD, Verdict::Accepted), ("guess", Verdict::Wrong)] {
            let mut door = Door::new();
            let given = answered(&door.challenge_of("SHA-256"), password, 1);
            let credentials = Credentials::parse(&given).unwrap();
            let known = Some(&known).into();
            let judged = door
                .authenticator
                .judge(&credentials, "REGISTER", known, from, door.now);
            assert_eq!((judged.verdict, judged.heard), (verdict, heard), "{from}");
        }
    }
}

#[test]
fn an_old_nonce_and_one_of_somebody_else_show_nothing_about_an_address() {
    let mut door = Door::new();
    let challenge = door.challenge_of("SHA-256");
    let strange = challenge.replace(raw(&challenge, "nonce"), "\"d0\"");
    for (challenge, age) in [(challenge, LIFE * 2), (strange, Duration::ZERO)] {
        door.pass(age);
        let given = answered(&challenge, "guess", 1);
        let credentials = Credentials::parse(&given).unwrap();
        let known = Known::default();
        let judged = door
            .authenticator
            .judge(&credentials, "REGISTER", known, PHONE, door.now);
        assert!(!judged.heard, "{given}");
    }
}
