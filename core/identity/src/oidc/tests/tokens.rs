//! Each claim and each part of a token bent: each has its own refusal.

use machine::WallTime;
use serde_json::{Value, json};

use super::{ISSUER, Key, NOW, answer, come_back, sent};
use crate::base64url::encode;
use crate::oidc::{KeySet, Person, Refusal};

const SECONDS: i64 = 1_700_000_000;

fn head(key: &Key) -> Value {
    json!({"alg": key.algorithm(), "kid": "k1", "typ": "JWT"})
}

fn claims() -> Value {
    json!({
        "iss": ISSUER,
        "sub": "248289761001",
        "aud": "strowger",
        "exp": SECONDS + 300,
        "iat": SECONDS,
        "nonce": sent()["nonce"],
        "email": "Ann@Acme.example",
        "email_verified": true,
        "name": " Ann\n",
    })
}

fn set(keys: &[Value]) -> KeySet {
    KeySet::read(json!({"keys": keys}).to_string().as_bytes()).unwrap()
}

fn check(token: &str, keys: &KeySet) -> Result<Person, Refusal> {
    let (_, expected) = come_back(answer()).unwrap();
    expected.check(NOW, token, keys)
}

/// Signs bent claims honestly.
fn claimed(member: &str, value: Value) -> Result<Person, Refusal> {
    let key = Key::eddsa();
    let mut claims = claims();
    claims[member] = value;
    check(&key.token(&head(&key), &claims), &set(&[key.jwk("k1")]))
}

/// Signs honest claims under a bent head.
fn headed(member: &str, value: Value) -> Result<Person, Refusal> {
    let key = Key::eddsa();
    let mut head = head(&key);
    head[member] = value;
    check(&key.token(&head, &claims()), &set(&[key.jwk("k1")]))
}

#[test]
fn a_token_of_each_algorithm_says_who_somebody_is() {
    for key in [Key::rs256(), Key::es256(), Key::eddsa()] {
        let keys = set(&[Key::es256().jwk("k0"), key.jwk("k1")]);
        let person = check(&key.token(&head(&key), &claims()), &keys);
        let expected = Person {
            subject: "248289761001".to_owned(),
            mail: Some("ann@acme.example".to_owned()),
            name: "Ann".to_owned(),
        };
        assert_eq!(person, Ok(expected));
    }
}

#[test]
fn a_token_of_another_issuer_or_for_another_client_is_refused() {
    for iss in [
        "https://evil.example",
        "https://login.acme.example/realm/",
        "",
    ] {
        assert_eq!(claimed("iss", json!(iss)), Err(Refusal::Issuer), "{iss}");
    }
    for aud in [
        json!("other"),
        json!(["strowger", "other"]),
        json!([]),
        json!(""),
    ] {
        let refused = claimed("aud", aud.clone());
        assert_eq!(refused, Err(Refusal::Audience), "{aud}");
    }
    assert!(claimed("aud", json!(["strowger"])).is_ok());
    assert_eq!(claimed("azp", json!("other")), Err(Refusal::Audience));
    assert!(claimed("azp", json!("strowger")).is_ok());
}

#[test]
fn a_token_of_another_visit_is_refused() {
    for nonce in [json!("other"), json!(""), Value::Null] {
        let refused = claimed("nonce", nonce.clone());
        assert_eq!(refused, Err(Refusal::Nonce), "{nonce}");
    }
}

#[test]
fn a_token_has_its_time() {
    assert_eq!(claimed("exp", json!(SECONDS - 60)), Err(Refusal::Expired));
    assert!(
        claimed("exp", json!(SECONDS - 59)).is_ok(),
        "the clock's drift"
    );
    assert_eq!(claimed("iat", json!(SECONDS + 61)), Err(Refusal::Clock));
    assert_eq!(claimed("nbf", json!(SECONDS + 61)), Err(Refusal::Clock));
    assert_eq!(
        claimed("iat", json!(SECONDS - 61)),
        Err(Refusal::Clock),
        "before the visit"
    );
    assert!(
        claimed("iat", json!(1_700_000_000.75)).is_ok(),
        "a part of a second"
    );
    for (member, value) in [
        ("exp", Value::Null),
        ("iat", json!("1700000000")),
        ("exp", json!(1e300)),
    ] {
        let refused = claimed(member, value.clone());
        assert_eq!(
            refused,
            Err(Refusal::Malformed("claims")),
            "{member} {value}"
        );
    }
}

#[test]
fn an_algorithm_of_no_public_key_is_refused() {
    for alg in [
        "none", "None", "HS256", "HS512", "RS1", "PS256", "RS512", "",
    ] {
        let refused = headed("alg", json!(alg));
        assert_eq!(refused, Err(Refusal::Algorithm), "{alg}");
    }
    let unsigned = format!(
        "{}.{}.",
        encode(br#"{"alg":"none"}"#),
        encode(claims().to_string().as_bytes())
    );
    let keys = set(&[Key::eddsa().jwk("k1")]);
    assert_eq!(check(&unsigned, &keys), Err(Refusal::Algorithm));
}

#[test]
fn a_key_that_is_not_published_for_the_algorithm_is_refused() {
    assert_eq!(headed("kid", json!("k2")), Err(Refusal::Key));
    assert_eq!(
        headed("alg", json!("RS256")),
        Err(Refusal::Key),
        "another kind of key"
    );
    let key = Key::eddsa();
    let token = key.token(&head(&key), &claims());
    assert_eq!(check(&token, &set(&[])), Err(Refusal::Key));
    let foreign = check(&token, &set(&[Key::eddsa().jwk("k1")]));
    assert_eq!(foreign, Err(Refusal::Signature));
    let mut brought = head(&key);
    brought["jwk"] = key.jwk("k1");
    brought["jku"] = json!("https://evil.example/keys");
    let token = key.token(&brought, &claims());
    assert_eq!(
        check(&token, &set(&[Key::eddsa().jwk("k1")])),
        Err(Refusal::Signature)
    );
}

#[test]
fn a_token_that_names_no_key_means_the_only_one() {
    let key = Key::eddsa();
    let token = key.token(&json!({"alg": "EdDSA"}), &claims());
    let rsa = Key::es256().jwk("k0");
    assert!(check(&token, &set(&[key.jwk("k1"), rsa])).is_ok());
    let two = set(&[key.jwk("k1"), Key::eddsa().jwk("k2")]);
    assert_eq!(check(&token, &two), Err(Refusal::Key));
}

#[test]
fn another_sort_of_token_is_refused() {
    for typ in ["at+jwt", "logout+jwt", ""] {
        assert_eq!(
            headed("typ", json!(typ)),
            Err(Refusal::Malformed("head")),
            "{typ}"
        );
    }
    assert!(headed("typ", json!("jwt")).is_ok());
    assert!(headed("typ", Value::Null).is_ok());
    assert_eq!(
        headed("crit", json!(["b64"])),
        Err(Refusal::Malformed("head"))
    );
}

#[test]
fn a_token_without_a_person_is_refused() {
    assert_eq!(claimed("sub", json!("")), Err(Refusal::Nobody));
    let long = claimed("sub", json!("x".repeat(256)));
    assert_eq!(long, Err(Refusal::Nobody));
    assert_eq!(claimed("sub", json!(5)), Err(Refusal::Malformed("claims")));
}

#[test]
fn a_mail_address_counts_when_its_server_has_verified_it_and_it_has_one_reading() {
    let mail = |member, value| claimed(member, value).unwrap().mail;
    for verified in [
        json!(false),
        Value::Null,
        json!("false"),
        json!("yes"),
        json!(0),
    ] {
        assert_eq!(mail("email_verified", verified.clone()), None, "{verified}");
    }
    assert!(mail("email_verified", json!("true")).is_some());
    let key = Key::eddsa();
    let mut claims = claims();
    claims["email_verified"] = Value::Null;
    claims["xms_edov"] = json!("1");
    let token = key.token(&head(&key), &claims);
    let person = check(&token, &set(&[key.jwk("k1")])).unwrap();
    assert!(person.mail.is_some(), "verified by the owner of the domain");
    for bad in [
        "",
        "ann",
        "@acme.example",
        "ann@",
        "ann@evil.example@acme.example",
        "ann@acme.example,bob@acme.example",
        "\"ann@evil.example\"@acme.example",
        "ann @acme.example",
        "änn@acme.example",
        "<ann@acme.example>",
    ] {
        assert_eq!(mail("email", json!(bad)), None, "{bad}");
    }
}

#[test]
fn what_is_no_token_is_refused() {
    let key = Key::eddsa();
    let keys = set(&[key.jwk("k1")]);
    let token = key.token(&head(&key), &claims());
    let parts: Vec<&str> = token.split('.').collect();
    let joined = |parts: [&str; 3]| parts.join(".");
    for (bad, part) in [
        (String::new(), "form"),
        ("a.b".to_owned(), "form"),
        (joined(["", parts[1], parts[2]]), "head"),
        (joined([parts[0], "!", parts[2]]), "claims"),
        (joined([parts[0], parts[1], "="]), "signature"),
        (format!("{token}.x"), "claims"),
        ("x".repeat(40_000), "length"),
    ] {
        assert_eq!(check(&bad, &keys), Err(Refusal::Malformed(part)), "{bad}");
    }
    assert!(check(&token, &keys).is_ok());
    let cut = joined([parts[0], parts[1], ""]);
    assert_eq!(check(&cut, &keys), Err(Refusal::Signature));
    let mut bent = claims();
    bent["sub"] = json!("another");
    let bent = encode(bent.to_string().as_bytes());
    let swapped = joined([parts[0], &bent, parts[2]]);
    assert_eq!(check(&swapped, &keys), Err(Refusal::Signature));
}

#[test]
fn a_visit_that_took_its_whole_time_still_takes_a_fresh_token() {
    let late = WallTime::from_unix_ms((NOW + crate::oidc::VISIT_LIFE).unix_ms() - 1);
    let key = Key::eddsa();
    let mut claims = claims();
    claims["iat"] = json!(late.unix_ms() / 1_000);
    claims["exp"] = json!(late.unix_ms() / 1_000 + 60);
    let (_, expected) = come_back(answer()).unwrap();
    let token = key.token(&head(&key), &claims);
    assert!(expected.check(late, &token, &set(&[key.jwk("k1")])).is_ok());
}
