//! The exchange of a code for a token (OpenID Connect Core 1.0 §3.1.3).

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use url::form_urlencoded::{Serializer, byte_serialize};

use super::client::{Client, ClientAuth};
use super::discovery::{DOCUMENT_MAX, Server};
use super::refusal::Refusal;

/// A request to be made of a server: POST, with a form as body. `Debug` hides what is secret.
#[derive(Clone, PartialEq, Eq)]
pub struct Errand {
    /// Where to.
    pub url: String,
    /// The header `Authorization`, where the server wants one.
    pub authorization: Option<String>,
    /// The body, `application/x-www-form-urlencoded`.
    pub form: String,
}

impl fmt::Debug for Errand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Errand({}, …)", self.url)
    }
}

/// The one member of the answer that is of use. The access token is thrown away.
#[derive(Deserialize)]
struct Tokens {
    id_token: String,
}

impl Errand {
    pub(super) fn new(server: &Server, client: &Client, code: &str, verifier: &str) -> Errand {
        let mut form = Serializer::new(String::new());
        form.append_pair("grant_type", "authorization_code")
            .append_pair("code", code)
            .append_pair("redirect_uri", &client.redirect)
            .append_pair("code_verifier", verifier);
        let mut authorization = None;
        match (&client.secret, server.auth) {
            (Some(secret), ClientAuth::Header) => {
                authorization = Some(basic(&client.id, secret));
            }
            (Some(secret), ClientAuth::Body) => {
                form.append_pair("client_id", &client.id)
                    .append_pair("client_secret", secret);
            }
            (None, ClientAuth::Header | ClientAuth::Body) => {
                form.append_pair("client_id", &client.id);
            }
        }
        Errand {
            url: server.token.as_str().to_owned(),
            authorization,
            form: form.finish(),
        }
    }

    /// The ID token in the server's answer.
    ///
    /// # Errors
    /// [`Refusal::NoToken`].
    pub fn token(answer: &[u8]) -> Result<String, Refusal> {
        if answer.len() > DOCUMENT_MAX {
            return Err(Refusal::NoToken);
        }
        let tokens: Tokens = serde_json::from_slice(answer).map_err(|_| Refusal::NoToken)?;
        Ok(tokens.id_token)
    }
}

/// RFC 6749 §2.3.1: both halves are escaped before they are joined.
fn basic(id: &str, secret: &str) -> String {
    let escaped = |text: &str| byte_serialize(text.as_bytes()).collect::<String>();
    let joined = format!("{}:{}", escaped(id), escaped(secret));
    format!("Basic {}", STANDARD.encode(joined))
}
