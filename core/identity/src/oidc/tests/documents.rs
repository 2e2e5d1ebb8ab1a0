//! Names, documents and keys of servers, good and bad, and how long they are kept.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{ISSUER, Key, NOW, document, server, server_of};
use crate::oidc::{DOCUMENT_MAX, Issuer, KeySet, Refusal, SHELF_LIFE, SHELF_MAX, Server, Shelf};

fn keys(value: &Value) -> Result<KeySet, Refusal> {
    KeySet::read(value.to_string().as_bytes())
}

#[test]
fn an_issuer_is_a_secure_url_and_its_document_lies_below_it() {
    let issuer = Issuer::parse(ISSUER).unwrap();
    let url = format!("{ISSUER}/.well-known/openid-configuration");
    assert_eq!(Server::discovery_url(&issuer), url);
    let slash = Issuer::parse("https://login.example/").unwrap();
    let url = "https://login.example/.well-known/openid-configuration";
    assert_eq!(Server::discovery_url(&slash), url);
    assert!(Issuer::parse("http://127.0.0.1:9000").is_ok());
    for bad in [
        "",
        "login.example",
        "http://login.example",
        "http://127.0.0.1.evil.example",
        "https://login.example?x=1",
        "https://login.example#x",
        "https://ann@login.example",
        "ftp://login.example",
        "javascript:alert(1)",
    ] {
        assert!(Issuer::parse(bad).is_err(), "{bad}");
    }
    let long = format!("https://{}.example", "x".repeat(600));
    assert!(Issuer::parse(&long).is_err());
}

#[test]
fn a_document_of_another_issuer_or_without_what_is_needed_is_refused() {
    assert_eq!(server().keys_url(), "https://login.acme.example/keys");
    let bent = |member: &str, value: Value| {
        let mut document = document();
        document[member] = value;
        server_of(&document).err()
    };
    let other = bent("issuer", json!("https://evil.example"));
    assert_eq!(other, Some(Refusal::OtherIssuer));
    for (member, value) in [
        (
            "authorization_endpoint",
            json!("http://login.acme.example/authorize"),
        ),
        ("authorization_endpoint", json!("javascript:alert(1)")),
        ("token_endpoint", json!("login.acme.example")),
        (
            "token_endpoint",
            json!("https://login.acme.example/token#x"),
        ),
        ("jwks_uri", json!("file:///etc/passwd")),
    ] {
        let refused = bent(member, value.clone());
        assert_eq!(refused, Some(Refusal::Discovery(member)), "{value}");
    }
    let lacks = |member: &str, value| {
        let refused = bent(member, value);
        matches!(refused, Some(Refusal::Discovery(_)))
    };
    assert!(lacks("response_types_supported", json!(["id_token"])));
    assert!(lacks("code_challenge_methods_supported", json!(["plain"])));
    assert!(lacks("token_endpoint", json!(5)));
    let issuer = Issuer::parse(ISSUER).unwrap();
    let long = vec![b' '; DOCUMENT_MAX + 1];
    assert!(matches!(
        Server::read(&issuer, &long),
        Err(Refusal::Discovery(_))
    ));
}

#[test]
fn keys_of_other_kinds_and_uses_are_passed_over() {
    let mut encrypting = Key::es256().jwk("k1");
    encrypting["use"] = json!("enc");
    let mut misnamed = Key::es256().jwk("k2");
    misnamed["alg"] = json!("RS256");
    let mut weak = Key::rs256().jwk("k3");
    weak["n"] = json!(crate::base64url::encode(&[0xC1; 128]));
    let mut one = Key::rs256().jwk("k4");
    one["e"] = json!("AQ");
    let set = keys(&json!({"keys": [
        encrypting, misnamed, weak, one,
        {"kty": "oct", "k": "c2VjcmV0", "kid": "k5"},
        {"kty": "EC", "crv": "P-521", "x": "AA", "y": "AA", "kid": "k6"},
        {"kty": "RSA", "kid": "k7"},
        "no key",
    ]}));
    assert_eq!(set, keys(&json!({"keys": []})));
}

#[test]
fn what_is_no_set_of_keys_is_refused() {
    for bad in [
        json!({}),
        json!([]),
        json!({"keys": {}}),
        json!({"keys": vec![0; 65]}),
    ] {
        assert!(matches!(keys(&bad), Err(Refusal::Discovery(_))), "{bad}");
    }
}

#[test]
fn a_document_is_kept_for_a_while_and_renewed_not_too_often() {
    let mut shelf = Shelf::default();
    let issuer = |n: usize| Issuer::parse(&format!("https://login{n}.example")).unwrap();
    assert!(shelf.may_renew(NOW, &issuer(0)));
    shelf.put(NOW, issuer(0), 0);
    assert_eq!(shelf.get(NOW, &issuer(0)), Some(&0));
    assert!(!shelf.may_renew(NOW, &issuer(0)));
    assert!(shelf.may_renew(NOW + std::time::Duration::from_secs(60), &issuer(0)));
    assert_eq!(shelf.get(NOW + SHELF_LIFE, &issuer(0)), None);
    for n in 1..=SHELF_MAX {
        shelf.put(NOW + SHELF_LIFE, issuer(n), n);
    }
    assert_eq!(shelf.get(NOW, &issuer(0)), None, "it made room");
    let kept = shelf.get(NOW + SHELF_LIFE, &issuer(SHELF_MAX));
    assert_eq!(kept, Some(&SHELF_MAX));
}

proptest! {
    #[test]
    fn noise_is_no_document_and_no_set(bytes: Vec<u8>) {
        let issuer = Issuer::parse(ISSUER).unwrap();
        prop_assert!(Server::read(&issuer, &bytes).is_err());
        prop_assert!(KeySet::read(&bytes).is_err());
    }
}
