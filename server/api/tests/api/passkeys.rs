//! Passkeys: registered by somebody who is signed in, and used by whoever holds them.

use api::Kind;
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::http::{Ask, Reply};
use crate::people::{PASSWORD, ann, challenge, login, mine, post, tokens, trail, with, with_app};
use crate::world::{PORTAL, World, world};

/// An authenticator made of software, with one key.
struct Authenticator {
    key: Ed25519KeyPair,
    person: Value,
    counter: u32,
}

impl Authenticator {
    fn new() -> Authenticator {
        Authenticator {
            key: Ed25519KeyPair::generate().unwrap(),
            person: Value::Null,
            counter: 0,
        }
    }

    /// Makes a passkey, as a browser tells it.
    fn make(&mut self, offer: &Value) -> Value {
        self.person = offer["user"]["id"].clone();
        let client = client_data("webauthn.create", offer);
        let data = self.data(offer["rp"]["id"].as_str().unwrap(), true);
        // {"fmt": "none", "attStmt": {}, "authData": …}
        let mut object = b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x58".to_vec();
        object.push(u8::try_from(data.len()).unwrap());
        object.extend(data);
        let response = json!({"clientDataJSON": text(&client), "attestationObject": text(&object)});
        json!({"id": "B", "rawId": text(&[7; 16]), "type": "public-key", "response": response})
    }

    /// Uses it.
    fn sign(&mut self, offer: &Value) -> Value {
        self.counter += 1;
        let client = client_data("webauthn.get", offer);
        let data = self.data(offer["rpId"].as_str().unwrap(), false);
        let signed = [&data[..], &Sha256::digest(&client)].concat();
        let response = json!({
            "clientDataJSON": text(&client),
            "authenticatorData": text(&data),
            "signature": text(self.key.sign(&signed).as_ref()),
            "userHandle": self.person,
        });
        json!({"id": "B", "rawId": text(&[7; 16]), "type": "public-key", "response": response})
    }

    fn data(&self, site: &str, made: bool) -> Vec<u8> {
        let mut data = Sha256::digest(site).to_vec();
        data.push(if made { 0x45 } else { 0x05 });
        data.extend(self.counter.to_be_bytes());
        if made {
            data.extend([0; 16]);
            data.extend([0, 16]);
            data.extend([7; 16]);
            // {1: 1, 3: -8, -1: 6, -2: …}
            data.extend(b"\xa4\x01\x01\x03\x27\x20\x06\x21\x58\x20");
            data.extend(self.key.public_key().as_ref());
        }
        data
    }
}

fn text(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

fn client_data(kind: &str, offer: &Value) -> Vec<u8> {
    let challenge = offer["challenge"].clone();
    let data = json!({"type": kind, "challenge": challenge, "origin": PORTAL});
    data.to_string().into_bytes()
}

/// Registers a passkey; gives its id.
async fn register(world: &World, token: &str, authenticator: &mut Authenticator) -> String {
    let offer = mine(
        world,
        token,
        "passkeys/begin",
        json!({"password": PASSWORD}),
    )
    .await;
    let credential = authenticator.make(&offer.is(200).json());
    let body = json!({"name": "My key", "credential": credential});
    let added = mine(world, token, "passkeys", body).await.is(200);
    added.member("id")
}

async fn sign_in(world: &World, authenticator: &mut Authenticator) -> Reply {
    let offer = post(world, "auth/passkey/begin", json!({}))
        .await
        .is(200)
        .json();
    let credential = authenticator.sign(&offer);
    finish(world, &credential).await
}

async fn finish(world: &World, credential: &Value) -> Reply {
    let body = json!({"credential": credential});
    post(world, "auth/passkey/finish", body).await
}

async fn passkeys(world: &World, token: &str) -> Vec<Value> {
    let listed = with(world, token, Ask::get("/api/v1/me/passkeys")).await;
    listed.is(200).json()["items"].as_array().unwrap().clone()
}

/// Everything that there is to do with passkeys, in one day of somebody who has a password.
pub(crate) async fn day(world: &World) {
    let (token, _) = tokens(&login(world, PASSWORD).await);
    let mut authenticator = Authenticator::new();
    let id = register(world, &token, &mut authenticator).await;
    let path = format!("/api/v1/me/passkeys/{id}");
    let rename = Ask::patch(&path).json(&json!({"name": "Blue key"}));
    with(world, &token, rename).await.is(204);
    let (own, _) = tokens(&sign_in(world, &mut authenticator).await.is(200));
    with_app(world, &own).await;
    let (_, entered) = second(world, &mut authenticator).await;
    let (own, _) = tokens(&entered.is(200));
    let password = json!({"password": PASSWORD});
    mine(world, &own, "totp/remove", password).await.is(204);
    let listed = passkeys(world, &own).await;
    assert_eq!(listed[0]["name"], "Blue key");
    assert!(listed[0]["used"].is_string());
    with(world, &own, Ask::delete(&path)).await.is(204);
    sign_in(world, &mut authenticator).await.is(401);
}

/// Shows a passkey in place of a code, to somebody whose password was right; gives the body, too.
async fn second(world: &World, authenticator: &mut Authenticator) -> (Value, Reply) {
    let begun = json!({"challenge": challenge(world, PASSWORD).await});
    let offer = post(world, "auth/second-factor/passkey", begun.clone()).await;
    let mut shown = begun;
    shown["passkey"] = authenticator.sign(&offer.is(200).json());
    let reply = post(world, "auth/second-factor", shown.clone()).await;
    (shown, reply)
}

#[tokio::test]
async fn a_passkey_stands_in_for_a_code_once() {
    let world = world().await;
    let (token, _) = ann(&world).await;
    with_app(&world, &token).await;
    let begun = json!({"challenge": challenge(&world, PASSWORD).await});
    let none = post(&world, "auth/second-factor/passkey", begun).await;
    none.refuses(Kind::NotFound);
    let mut authenticator = Authenticator::new();
    register(&world, &token, &mut authenticator).await;
    let (shown, entered) = second(&world, &mut authenticator).await;
    tokens(&entered.is(200));
    let again = post(&world, "auth/second-factor", shown.clone()).await;
    again.refuses(Kind::NotSignedIn);
    let both = json!({"challenge": shown["challenge"], "passkey": shown["passkey"], "totp": "1"});
    let both = post(&world, "auth/second-factor", both).await;
    assert_eq!(both.is(422).blames(), "/totp");
}

#[tokio::test]
async fn what_answers_one_question_of_a_passkey_answers_no_other() {
    let world = world().await;
    let (token, _) = ann(&world).await;
    with_app(&world, &token).await;
    let mut authenticator = Authenticator::new();
    register(&world, &token, &mut authenticator).await;
    let (shown, entered) = second(&world, &mut authenticator).await;
    tokens(&entered.is(200));
    finish(&world, &shown["passkey"]).await.is(401);
    let anyone = post(&world, "auth/passkey/begin", json!({})).await.json();
    let mut shown = json!({"challenge": challenge(&world, PASSWORD).await});
    shown["passkey"] = authenticator.sign(&anyone);
    let refused = post(&world, "auth/second-factor", shown).await;
    refused.refuses(Kind::NotSignedIn);
}

#[tokio::test]
async fn a_passkey_signs_in_without_a_name_and_leaves_a_trail() {
    let world = world().await;
    let (token, _) = ann(&world).await;
    let mut authenticator = Authenticator::new();
    register(&world, &token, &mut authenticator).await;
    let (own, _) = tokens(&sign_in(&world, &mut authenticator).await.is(200));
    let me = with(&world, &own, Ask::get("/api/v1/me")).await.is(200);
    assert_eq!(me.member("mail"), "ann@acme.example");
    let trail = trail(&world).await;
    for action in ["user.passkey-added", "user.signed-in"] {
        assert!(trail.contains(&action.to_owned()), "{trail:?}");
    }
}

#[tokio::test]
async fn an_answer_that_is_shown_twice_or_was_meant_for_another_question_opens_nothing() {
    let world = world().await;
    let (token, _) = ann(&world).await;
    let mut authenticator = Authenticator::new();
    register(&world, &token, &mut authenticator).await;
    let offer = post(&world, "auth/passkey/begin", json!({})).await.json();
    let credential = authenticator.sign(&offer);
    finish(&world, &credential).await.is(200);
    finish(&world, &credential).await.is(401);
    let mut other = Authenticator::new();
    other.person = authenticator.person.clone();
    sign_in(&world, &mut other).await.is(401);
    other.person = Value::Null;
    sign_in(&world, &mut other).await.is(401);
}

#[tokio::test]
async fn a_copied_authenticator_opens_nothing_and_is_told_of() {
    let world = world().await;
    let (token, _) = ann(&world).await;
    let mut authenticator = Authenticator::new();
    register(&world, &token, &mut authenticator).await;
    sign_in(&world, &mut authenticator).await.is(200);
    authenticator.counter = 0;
    sign_in(&world, &mut authenticator).await.is(401);
    let copied = "user.passkey-copied".to_owned();
    assert!(trail(&world).await.contains(&copied));
}

#[tokio::test]
async fn a_stolen_token_makes_no_passkey_and_a_bad_answer_is_named() {
    let world = world().await;
    let (token, _) = ann(&world).await;
    let guessed = mine(
        &world,
        &token,
        "passkeys/begin",
        json!({"password": "guess"}),
    )
    .await;
    assert_eq!(guessed.is(422).blames(), "/password");
    let offer = mine(
        &world,
        &token,
        "passkeys/begin",
        json!({"password": PASSWORD}),
    )
    .await;
    let mut offer = offer.is(200).json();
    offer["challenge"] = json!("AAAA");
    let credential = Authenticator::new().make(&offer);
    let body = json!({"name": "x", "credential": credential});
    let refused = mine(&world, &token, "passkeys", body).await;
    assert_eq!(refused.is(422).blames(), "/credential");
    assert!(passkeys(&world, &token).await.is_empty());
}

#[tokio::test]
async fn somebody_who_is_disabled_stays_out_with_a_passkey_too() {
    let world = world().await;
    let (token, _) = ann(&world).await;
    let mut authenticator = Authenticator::new();
    register(&world, &token, &mut authenticator).await;
    let disable = Ask::patch(&world.acme.path("users/ann@acme.example"));
    let disable = disable.if_match("*").json(&json!({"enabled": false}));
    world.operator(disable).await.is(200);
    sign_in(&world, &mut authenticator).await.is(401);
}
