//! Which challenge a client answers (RFC 8760 §2.4) and what the server offers (§2.3).

use super::*;

fn choose(challenges: &[&str]) -> Option<String> {
    let challenges: Vec<_> = challenges
        .iter()
        .map(|one| Credentials::parse(one).unwrap())
        .collect();
    let account = Account {
        username: USER,
        password: PASSWORD.into(),
    };
    answer(challenges, account, "REGISTER", URI, 1, "c0ffee")
}

// rfc: 8760 §2.3
#[test]
fn the_server_offers_sha_256_before_md5_each_with_a_nonce_of_its_own() {
    let offers = Door::new().challenge();
    assert_eq!(offers.len(), 2);
    assert_eq!(raw(&offers[0], "algorithm"), "SHA-256");
    assert_eq!(raw(&offers[1], "algorithm"), "MD5");
    assert_ne!(raw(&offers[0], "nonce"), raw(&offers[1], "nonce"));
    for offer in &offers {
        assert_eq!(raw(offer, "qop"), "\"auth\"");
        assert_eq!(raw(offer, "realm"), "\"acme.example\"");
        assert!(!offer.contains("stale"));
    }
}

// rfc: 7616 §3.3
#[test]
fn a_stale_challenge_says_so_in_every_offer() {
    let mut door = Door::new();
    let now = door.now;
    for offer in door.authenticator.challenge(true, PHONE, now) {
        assert_eq!(raw(&offer, "stale"), "true");
    }
}

#[test]
fn what_is_switched_off_is_neither_offered_nor_taken() {
    let md5 = Door::new().challenge_of("MD5");
    let mut door = Door::with(Settings {
        md5: false,
        ..Settings::for_realm(REALM)
    });
    assert_eq!(door.challenge().len(), 1);
    assert_eq!(
        door.judge(&answered(&md5, PASSWORD, 1)),
        Verdict::Malformed("algorithm: must be one of those offered")
    );
}

// rfc: 8760 §2.4
#[test]
fn the_client_answers_the_strongest_challenge_it_understands_in_any_order() {
    let strong = "Digest realm=\"r\", nonce=\"1\", algorithm=SHA-256, qop=\"auth\"";
    let weak = "Digest realm=\"r\", nonce=\"2\", algorithm=MD5, qop=\"auth\"";
    let old = "Digest realm=\"r\", nonce=\"3\"";
    let unknown = "Digest realm=\"r\", nonce=\"4\", algorithm=SHA-512-256, qop=\"auth\"";
    let basic = "Basic realm=\"r\"";
    for challenges in [
        [weak, strong, unknown, basic],
        [basic, unknown, strong, weak],
        [strong, weak, old, unknown],
    ] {
        let given = choose(&challenges).unwrap();
        assert_eq!(raw(&given, "algorithm"), "SHA-256");
        assert_eq!(raw(&given, "nonce"), "\"1\"");
    }
    let given = choose(&[old]).unwrap();
    assert_eq!(raw(&given, "algorithm"), "MD5");
    assert!(!given.contains("qop") && !given.contains("cnonce"));
    assert_eq!(choose(&[unknown, basic]), None);
}

#[test]
fn a_client_that_can_only_protect_bodies_is_not_served() {
    let only = "Digest realm=\"r\", nonce=\"1\", qop=\"auth-int\"";
    assert_eq!(choose(&[only]), None);
}

#[test]
fn names_with_quotes_and_backslashes_survive_the_wire() {
    let (user, realm) = ("o\"brien\\", "acme \"east\"");
    let challenge = format!(
        "Digest realm={}, nonce=\"1\", qop=\"auth\"",
        sip_message::quote(realm)
    );
    let account = Account {
        username: user,
        password: PASSWORD.into(),
    };
    let challenge = Credentials::parse(&challenge).unwrap();
    let given = answer([challenge], account, "REGISTER", URI, 1, "c0ffee").unwrap();
    let given = Credentials::parse(&given).unwrap();
    assert_eq!(given.param("username").unwrap(), user);
    assert_eq!(given.param("realm").unwrap(), realm);
}
