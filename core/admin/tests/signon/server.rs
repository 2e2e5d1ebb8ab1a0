//! A small OpenID server for tests: honest unless a test makes it hostile.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ports::{Answered, CourierError, Enquirer, Enquiry};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use url::Url;

/// The issuer of the server.
pub(crate) const ISSUER: &str = "https://login.acme.example";

/// How the server misbehaves.
#[derive(Clone, Debug, Default)]
pub(crate) struct Bent {
    /// Members of the token's head that it says instead.
    pub(crate) head: Value,
    /// Claims that it says instead.
    pub(crate) claims: Value,
    /// Members of the discovery document that it says instead.
    pub(crate) document: Value,
    /// It leaves the signature out.
    pub(crate) unsigned: bool,
    /// It signs with a key that it does not publish.
    pub(crate) foreign: bool,
    /// It gives this status for tokens.
    pub(crate) status: Option<u16>,
}

/// What a code stands for.
struct Grant {
    nonce: String,
    challenge: String,
    redirect: String,
}

struct State {
    bent: Bent,
    now: i64,
    name: String,
    key: Ed25519KeyPair,
    grants: HashMap<String, Grant>,
    asked: Vec<String>,
}

/// The server.
#[derive(Clone)]
pub(crate) struct OpenIdServer(Arc<Mutex<State>>);

impl OpenIdServer {
    pub(crate) fn at(now: i64) -> OpenIdServer {
        OpenIdServer(Arc::new(Mutex::new(State {
            bent: Bent::default(),
            now,
            name: "k1".to_owned(),
            key: Ed25519KeyPair::generate().unwrap(),
            grants: HashMap::new(),
            asked: Vec::new(),
        })))
    }

    pub(crate) fn bend(&self, bent: Bent) {
        self.0.lock().unwrap().bent = bent;
    }

    /// Signs with a new key from now on.
    pub(crate) fn rotate(&self) {
        let mut state = self.0.lock().unwrap();
        state.key = Ed25519KeyPair::generate().unwrap();
        state.name.push('x');
    }

    /// The paths that were asked.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.0.lock().unwrap().asked.clone()
    }

    /// A person signs in; gives the state and the code that the browser takes back.
    pub(crate) fn sign_in(&self, url: &str) -> (String, String) {
        let url = Url::parse(url).unwrap();
        assert_eq!(url.path(), "/authorize");
        let sent: HashMap<String, String> = url.query_pairs().into_owned().collect();
        assert_eq!(sent["code_challenge_method"], "S256");
        let mut state = self.0.lock().unwrap();
        let code = format!("code {}", state.grants.len());
        let grant = Grant {
            nonce: sent["nonce"].clone(),
            challenge: sent["code_challenge"].clone(),
            redirect: sent["redirect_uri"].clone(),
        };
        state.grants.insert(code.clone(), grant);
        (sent["state"].clone(), code)
    }
}

#[async_trait]
impl Enquirer for OpenIdServer {
    async fn enquire(&self, enquiry: Enquiry) -> Result<Answered, CourierError> {
        let url = Url::parse(&enquiry.url).unwrap();
        if url.host_str() != Some("login.acme.example") {
            return Err(CourierError::Unresolved);
        }
        let mut state = self.0.lock().unwrap();
        state.asked.push(url.path().to_owned());
        let (status, body) = match url.path() {
            "/.well-known/openid-configuration" => (200, state.document()),
            "/keys" => (200, state.keys()),
            "/token" => state.token(&enquiry),
            other => panic!("{other} was asked"),
        };
        let body = body.to_string().into_bytes();
        Ok(Answered { status, body })
    }
}

impl State {
    fn document(&self) -> Value {
        let document = json!({
            "issuer": ISSUER,
            "authorization_endpoint": "https://login.acme.example/authorize",
            "token_endpoint": "https://login.acme.example/token",
            "jwks_uri": "https://login.acme.example/keys",
            "response_types_supported": ["code"],
            "code_challenge_methods_supported": ["S256"],
            "authorization_response_iss_parameter_supported": true,
        });
        with(document, &self.bent.document)
    }

    fn keys(&self) -> Value {
        let x = text(self.key.public_key().as_ref());
        json!({"keys": [{"kty": "OKP", "crv": "Ed25519", "kid": self.name, "x": x}]})
    }

    fn token(&mut self, enquiry: &Enquiry) -> (u16, Value) {
        let basic = "Basic c3Ryb3dnZXI6dGhlK3NlY3JldA==";
        let proved = enquiry.authorization.as_deref() == Some(basic);
        let form = enquiry.form.as_deref().unwrap_or_default();
        let form: HashMap<String, String> = url::form_urlencoded::parse(form.as_bytes())
            .into_owned()
            .collect();
        let grant = form.get("code").and_then(|code| self.grants.remove(code));
        let Some(grant) = grant.filter(|_| proved) else {
            return (400, json!({"error": "invalid_grant"}));
        };
        let challenge = text(&Sha256::digest(&form["code_verifier"]));
        if challenge != grant.challenge || form["redirect_uri"] != grant.redirect {
            return (400, json!({"error": "invalid_grant"}));
        }
        let status = self.bent.status.unwrap_or(200);
        (
            status,
            json!({"id_token": self.signed(&grant), "access_token": "unused"}),
        )
    }

    fn signed(&self, grant: &Grant) -> String {
        let head = json!({"alg": "EdDSA", "kid": self.name, "typ": "JWT"});
        let claims = json!({
            "iss": ISSUER,
            "sub": "248289761001",
            "aud": "strowger",
            "iat": self.now,
            "exp": self.now + 300,
            "nonce": grant.nonce,
            "email": "ann@acme.example",
            "email_verified": true,
        });
        let part = |value: Value| text(value.to_string().as_bytes());
        let head = part(with(head, &self.bent.head));
        let signed = format!("{head}.{}", part(with(claims, &self.bent.claims)));
        let foreign = Ed25519KeyPair::generate().unwrap();
        let key = if self.bent.foreign {
            &foreign
        } else {
            &self.key
        };
        let signature = text(key.sign(signed.as_bytes()).as_ref());
        let signature = if self.bent.unsigned {
            String::new()
        } else {
            signature
        };
        format!("{signed}.{signature}")
    }
}

fn text(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

fn with(mut honest: Value, bent: &Value) -> Value {
    for (name, value) in bent.as_object().into_iter().flatten() {
        honest[name] = value.clone();
    }
    honest
}
