//! Whole visits to a server that signs its own tokens, and each part of them bent.
#![allow(clippy::unwrap_used)]

mod documents;
mod person;
mod server;
mod tokens;

use std::collections::HashMap;

use ids::SsoId;
use machine::WallTime;
use serde_json::{Value, json};
use url::Url;

use self::server::Key;
use super::*;
use crate::flow_key::FlowKey;

const NOW: WallTime = WallTime::from_unix_ms(1_700_000_000_000);
const SSO: SsoId = SsoId::new(1, 1);
const OTHER_SSO: SsoId = SsoId::new(1, 2);
const COOKIE: &str = "what the browser keeps";
const ISSUER: &str = "https://login.acme.example/realm";

fn key() -> FlowKey {
    FlowKey::new([1; 32])
}

fn client() -> Client {
    Client {
        id: "strowger".to_owned(),
        secret: Some("a secret: with % and +".to_owned()),
        redirect: "https://pbx.example/api/v1/auth/sso/x/callback".to_owned(),
    }
}

fn document() -> Value {
    json!({
        "issuer": ISSUER,
        "authorization_endpoint": "https://login.acme.example/authorize?p=1",
        "token_endpoint": "https://login.acme.example/token",
        "jwks_uri": "https://login.acme.example/keys",
        "response_types_supported": ["code", "id_token"],
        "code_challenge_methods_supported": ["plain", "S256"],
        "authorization_response_iss_parameter_supported": true,
    })
}

fn server_of(document: &Value) -> Result<Server, Refusal> {
    let issuer = Issuer::parse(ISSUER).unwrap();
    Server::read(&issuer, document.to_string().as_bytes())
}

fn server() -> Server {
    server_of(&document()).unwrap()
}

fn sent() -> HashMap<String, String> {
    let visit = Visit::begin(&key(), NOW, SSO, COOKIE, [2; 16]);
    let url = visit.url(&key(), &server(), &client(), "ann@acme.example");
    let url = Url::parse(&url).unwrap();
    url.query_pairs().into_owned().collect()
}

fn answer() -> Answer {
    Answer {
        state: sent()["state"].clone(),
        code: Some("the code".to_owned()),
        iss: Some(ISSUER.to_owned()),
        error: None,
    }
}

fn come_back(answer: Answer) -> Result<(Errand, Expected), Refusal> {
    let back = Return::new(&key(), NOW, SSO, COOKIE, answer)?;
    back.errand(&key(), &server(), &client())
}

#[test]
fn a_browser_is_sent_with_everything_that_protects_the_visit() {
    let sent = sent();
    for (name, value) in [
        ("p", "1"),
        ("response_type", "code"),
        ("scope", "openid email profile"),
        ("client_id", "strowger"),
        ("redirect_uri", client().redirect.as_str()),
        ("code_challenge_method", "S256"),
        ("login_hint", "ann@acme.example"),
    ] {
        assert_eq!(sent[name], value);
    }
    assert_eq!(sent["nonce"].len(), 43);
    assert_eq!(sent["code_challenge"].len(), 43);
    assert_ne!(sent["nonce"], sent["code_challenge"]);
}

#[test]
fn the_code_is_exchanged_with_the_verifier_of_the_challenge() {
    use sha2::{Digest, Sha256};
    let (errand, expected) = come_back(answer()).unwrap();
    assert_eq!(errand.url, "https://login.acme.example/token");
    let form: HashMap<String, String> = url::form_urlencoded::parse(errand.form.as_bytes())
        .into_owned()
        .collect();
    assert_eq!(form["grant_type"], "authorization_code");
    assert_eq!(form["code"], "the code");
    assert_eq!(form["redirect_uri"], client().redirect);
    let digest = Sha256::digest(&form["code_verifier"]);
    assert_eq!(crate::base64url::encode(&digest), sent()["code_challenge"]);
    assert_eq!(expected.nonce, sent()["nonce"]);
    // RFC 6749 §2.3.1: both halves escaped, then joined
    let basic = "Basic c3Ryb3dnZXI6YStzZWNyZXQlM0Erd2l0aCslMjUrYW5kKyUyQg==";
    assert_eq!(errand.authorization.as_deref(), Some(basic));
    assert!(!form.contains_key("client_secret"));
    assert!(!format!("{errand:?} {:?}", client()).contains("secret"));
}

#[test]
fn a_secret_goes_where_the_server_takes_it_and_a_public_client_has_none() {
    let mut document = document();
    document["token_endpoint_auth_methods_supported"] = json!(["client_secret_post"]);
    let server = server_of(&document).unwrap();
    let errand_of = |client: &Client| {
        let back = Return::new(&key(), NOW, SSO, COOKIE, answer()).unwrap();
        back.errand(&key(), &server, client).unwrap().0
    };
    let errand = errand_of(&client());
    assert_eq!(errand.authorization, None);
    let secret = "client_secret=a+secret%3A+with+%25+and+%2B";
    assert!(errand.form.contains(secret), "{}", errand.form);
    let mut public = client();
    public.secret = None;
    let errand = errand_of(&public);
    assert_eq!(errand.authorization, None);
    assert!(errand.form.ends_with("&client_id=strowger"));
}

#[test]
fn a_state_of_another_browser_platform_or_server_is_refused() {
    let back = |key: FlowKey, now, sso, cookie: &str, state: &str| {
        let mut answer = answer();
        answer.state = state.to_owned();
        Return::new(&key, now, sso, cookie, answer)
            .map(|_| ())
            .err()
    };
    let state = sent()["state"].clone();
    assert_eq!(back(key(), NOW, SSO, COOKIE, &state), None);
    let foreign = back(FlowKey::new([2; 32]), NOW, SSO, COOKIE, &state);
    assert_eq!(foreign, Some(Refusal::State));
    assert_eq!(back(key(), NOW, SSO, "", &state), Some(Refusal::State));
    let mixed = back(key(), NOW, OTHER_SSO, COOKIE, &state);
    assert_eq!(mixed, Some(Refusal::MixedUp));
    let late = back(key(), NOW + VISIT_LIFE, SSO, COOKIE, &state);
    assert_eq!(late, Some(Refusal::Late));
    for bad in ["", "x", &state[1..], &state[..state.len() - 4]] {
        assert_eq!(
            back(key(), NOW, SSO, COOKIE, bad),
            Some(Refusal::State),
            "{bad}"
        );
    }
}

#[test]
fn an_answer_of_another_server_is_refused() {
    for iss in [None, Some("https://evil.example"), Some("")] {
        let mut answer = answer();
        answer.iss = iss.map(str::to_owned);
        assert_eq!(come_back(answer).err(), Some(Refusal::MixedUp), "{iss:?}");
    }
}

#[test]
fn an_answer_without_a_code_is_refused_with_the_servers_word() {
    let mut denied = answer();
    denied.error = Some("access_denied".to_owned());
    let refused = come_back(denied).err();
    assert_eq!(refused, Some(Refusal::Denied("access_denied".to_owned())));
    for code in [None, Some(String::new()), Some("x".repeat(5_000))] {
        let mut answer = answer();
        answer.code = code;
        assert_eq!(come_back(answer).err(), Some(Refusal::NoCode));
    }
}

#[test]
fn the_answer_to_a_code_is_a_token_or_nothing() {
    let token = Errand::token(br#"{"id_token":"a.b.c","access_token":"x","expires_in":3600}"#);
    assert_eq!(token, Ok("a.b.c".to_owned()));
    for bad in [
        "",
        "{}",
        r#"{"error":"invalid_grant"}"#,
        r#"{"id_token":1}"#,
    ] {
        assert_eq!(
            Errand::token(bad.as_bytes()),
            Err(Refusal::NoToken),
            "{bad}"
        );
    }
}
