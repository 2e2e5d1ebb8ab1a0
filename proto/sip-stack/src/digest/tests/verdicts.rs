//! Verdicts: who is let in, who is not, and what a stranger can tell apart.

use super::*;

#[test]
fn the_right_password_opens_with_either_algorithm_and_shows_its_proof() {
    for algorithm in ["SHA-256", "MD5"] {
        let mut door = Door::new();
        let challenge = door.challenge_of(algorithm);
        let given = answered(&challenge, PASSWORD, 1);
        let known = Digests::compute(USER, REALM, PASSWORD);
        let credentials = Credentials::parse(&given).unwrap();
        let judgement = door.authenticator.judge(
            &credentials,
            "REGISTER",
            Some(&known).into(),
            PHONE,
            door.now,
        );
        assert_eq!(judgement.verdict, Verdict::Accepted);
        assert_eq!(judgement.computed, judgement.received);
        assert_eq!(
            judgement.computed,
            raw(&given, "response").trim_matches('"')
        );
    }
}

#[test]
fn a_response_in_capitals_is_the_same_response() {
    let mut door = Door::new();
    let given = answered(&door.challenge_of("SHA-256"), PASSWORD, 1);
    let response = raw(&given, "response").to_owned();
    let given = given.replace(&response, &response.to_uppercase());
    assert_eq!(door.judge(&given), Verdict::Accepted);
}

#[test]
fn a_response_wrong_in_any_digit_is_wrong_and_shows_no_proof() {
    let mut door = Door::new();
    let given = answered(&door.challenge_of("SHA-256"), PASSWORD, 1);
    let response = raw(&given, "response").trim_matches('"').to_owned();
    let known = Digests::compute(USER, REALM, PASSWORD);
    for at in 0..response.len() {
        let mut wrong = response.clone().into_bytes();
        wrong[at] = if wrong[at] == b'a' { b'b' } else { b'a' };
        let given = given.replace(&response, std::str::from_utf8(&wrong).unwrap());
        let credentials = Credentials::parse(&given).unwrap();
        let judgement = door.authenticator.judge(
            &credentials,
            "REGISTER",
            Some(&known).into(),
            PHONE,
            door.now,
        );
        assert_eq!(judgement.verdict, Verdict::Wrong, "digit {at}");
        assert_eq!(
            (judgement.computed, judgement.received),
            (String::new(), String::new())
        );
    }
    for wrong in ["", &response[1..], &format!("{response}0")] {
        let given = given.replace(&response, wrong);
        assert_eq!(door.judge(&given), Verdict::Wrong);
    }
}

#[test]
fn an_unknown_user_and_a_wrong_password_are_told_apart_by_nothing() {
    let mut door = Door::new();
    let challenge = door.challenge_of("SHA-256");
    let (right, wrong) = (
        answered(&challenge, PASSWORD, 1),
        answered(&challenge, "guess", 1),
    );
    assert_eq!(door.judge(&wrong), Verdict::Wrong);
    assert_eq!(door.judge_as(&wrong, None), Verdict::Wrong);
    assert_eq!(door.judge_as(&right, None), Verdict::Wrong);
    let stale = {
        door.pass(Duration::from_secs(3_600));
        wrong.clone()
    };
    assert_eq!(door.judge(&stale), door.judge_as(&stale, None));
}

// rfc: 7616 §3.4
#[test]
fn an_answer_is_bound_to_method_uri_user_and_nonce() {
    let mut door = Door::new();
    let (one, other) = (door.challenge_of("SHA-256"), door.challenge_of("SHA-256"));
    let given = answered(&one, PASSWORD, 1);
    let known = Digests::compute(USER, REALM, PASSWORD);
    let credentials = Credentials::parse(&given).unwrap();
    let verdict = door
        .authenticator
        .verify(&credentials, "INVITE", Some(&known), PHONE, door.now);
    assert_eq!(verdict, Verdict::Wrong, "another method");
    for (part, changed) in [
        (URI, "sip:globex.example"),
        (raw(&one, "nonce"), raw(&other, "nonce")),
        ("nc=00000001", "nc=00000002"),
        ("c0ffee", "decade"),
    ] {
        let given = given.replace(part, changed);
        assert_eq!(door.judge(&given), Verdict::Wrong, "{part}");
    }
    let neighbour = Digests::compute("u102", REALM, PASSWORD);
    assert_eq!(door.judge_as(&given, Some(&neighbour)), Verdict::Wrong);
    let elsewhere = Digests::compute(USER, "globex.example", PASSWORD);
    assert_eq!(door.judge_as(&given, Some(&elsewhere)), Verdict::Wrong);
    assert_eq!(door.judge(&given), Verdict::Accepted);
}

#[test]
fn what_cannot_be_verified_is_malformed_and_named() {
    let mut door = Door::new();
    let given = answered(&door.challenge_of("SHA-256"), PASSWORD, 1);
    let cases = [
        ("Digest ", "Basic ", "scheme: must be Digest"),
        ("username=", "user=", "username: must be present"),
        (" realm=", " domain=", "realm: must be present"),
        (
            "acme.example\", nonce",
            "globex.example\", nonce",
            "realm: must be that of the challenge",
        ),
        (" nonce=", " once=", "nonce: must be present"),
        ("uri=", "url=", "uri: must be present"),
        ("response=", "answer=", "response: must be present"),
        (
            "SHA-256",
            "SHA-512-256",
            "algorithm: must be one of those offered",
        ),
        (
            "SHA-256",
            "MD5-sess",
            "algorithm: must be one of those offered",
        ),
        ("qop=auth", "qop=auth-int", "qop: must be auth"),
        ("qop=auth, ", "", "qop: must be present"),
        ("nc=", "count=", "nc: must be present"),
        (
            "nc=00000001",
            "nc=1",
            "nc: must be eight hexadecimal digits",
        ),
        (
            "nc=00000001",
            "nc=+0000001",
            "nc: must be eight hexadecimal digits",
        ),
        (
            "nc=00000001",
            "nc=0000000g",
            "nc: must be eight hexadecimal digits",
        ),
        ("cnonce=", "conce=", "cnonce: must be present"),
    ];
    for (part, changed, problem) in cases {
        let changed = given.replacen(part, changed, 1);
        assert_ne!(changed, given, "{part}");
        assert_eq!(
            door.judge(&changed),
            Verdict::Malformed(problem),
            "{changed}"
        );
    }
}

#[test]
fn md5_without_qop_can_be_refused() {
    let mut door = Door::with(Settings {
        md5_without_qop: false,
        ..Settings::for_realm(REALM)
    });
    let challenge = door.challenge_of("MD5").replace(", qop=\"auth\"", "");
    assert_eq!(
        door.judge(&answered(&challenge, PASSWORD, 1)),
        Verdict::Malformed("qop: must be present")
    );
}

#[test]
fn a_former_secret_is_accepted_beside_the_present_one_and_told_apart() {
    let right = Digests::compute(USER, REALM, PASSWORD);
    let other = Digests::compute(USER, REALM, "another");
    for (present, former, verdict, by_former) in [
        (Some(&right), Some(&other), Verdict::Accepted, false),
        (Some(&other), Some(&right), Verdict::Accepted, true),
        (Some(&right), Some(&right), Verdict::Accepted, false),
        (Some(&other), None, Verdict::Wrong, false),
        (None, None, Verdict::Wrong, false),
    ] {
        for algorithm in ["SHA-256", "MD5"] {
            let mut door = Door::new();
            let given = answered(&door.challenge_of(algorithm), PASSWORD, 1);
            let credentials = Credentials::parse(&given).unwrap();
            let known = Known { present, former };
            let judged = door
                .authenticator
                .judge(&credentials, "REGISTER", known, PHONE, door.now);
            assert_eq!((judged.verdict, judged.former), (verdict, by_former));
        }
    }
}
