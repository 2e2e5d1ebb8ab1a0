//! Where a sign-in server is asked what: its discovery document (OpenID Connect Discovery 1.0).

use serde::Deserialize;
use url::Url;

use super::client::ClientAuth;
use super::issuer::{Issuer, is_secure};
use super::refusal::Refusal;

/// Longest document that is fetched of a sign-in server, in bytes.
pub const DOCUMENT_MAX: usize = 256 * 1024;

/// A sign-in server, as it describes itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Server {
    pub(super) issuer: Issuer,
    pub(super) authorize: Url,
    pub(super) token: Url,
    keys: Url,
    pub(super) names_itself: bool,
    pub(super) auth: ClientAuth,
}

/// The members that are read (§3 of the standard, RFC 8414 §2, RFC 9207 §3).
#[derive(Deserialize)]
struct Document {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
    #[serde(default)]
    response_types_supported: Option<Vec<String>>,
    #[serde(default)]
    code_challenge_methods_supported: Option<Vec<String>>,
    #[serde(default)]
    token_endpoint_auth_methods_supported: Option<Vec<String>>,
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
}

impl Server {
    /// Where an issuer's document lies (§4).
    pub fn discovery_url(issuer: &Issuer) -> String {
        let base = issuer.as_str().trim_end_matches('/');
        format!("{base}/.well-known/openid-configuration")
    }

    /// Reads the document of an issuer.
    ///
    /// # Errors
    /// [`Refusal::Discovery`] naming the member; [`Refusal::OtherIssuer`] when it is of another
    /// (§4.3).
    pub fn read(issuer: &Issuer, document: &[u8]) -> Result<Server, Refusal> {
        if document.len() > DOCUMENT_MAX {
            return Err(Refusal::Discovery("it is too long"));
        }
        let document: Document = serde_json::from_slice(document)
            .map_err(|_| Refusal::Discovery("it is not the JSON of one"))?;
        if document.issuer != issuer.as_str() {
            return Err(Refusal::OtherIssuer);
        }
        let types = document.response_types_supported.as_deref();
        if !says(types, "code") {
            return Err(Refusal::Discovery("response_types_supported lacks code"));
        }
        let challenges = document.code_challenge_methods_supported.as_deref();
        if !says(challenges, "S256") {
            let lacks = "code_challenge_methods_supported lacks S256";
            return Err(Refusal::Discovery(lacks));
        }
        let methods = document.token_endpoint_auth_methods_supported.as_deref();
        Ok(Server {
            issuer: issuer.clone(),
            authorize: endpoint(&document.authorization_endpoint, "authorization_endpoint")?,
            token: endpoint(&document.token_endpoint, "token_endpoint")?,
            keys: endpoint(&document.jwks_uri, "jwks_uri")?,
            names_itself: document.authorization_response_iss_parameter_supported,
            auth: client_auth(methods),
        })
    }

    /// Where its keys lie.
    pub fn keys_url(&self) -> &str {
        self.keys.as_str()
    }

    /// Its name.
    pub fn issuer(&self) -> &Issuer {
        &self.issuer
    }
}

/// Whether a list names something. A list that is not there says nothing against it.
fn says(list: Option<&[String]>, word: &str) -> bool {
    list.is_none_or(|words| words.iter().any(|w| w == word))
}

/// The secret goes into the header (the default) unless the server takes it in the body alone.
fn client_auth(methods: Option<&[String]>) -> ClientAuth {
    if !says(methods, "client_secret_basic") && says(methods, "client_secret_post") {
        ClientAuth::Body
    } else {
        ClientAuth::Header
    }
}

fn endpoint(text: &str, member: &'static str) -> Result<Url, Refusal> {
    let url = Url::parse(text).ok().filter(is_secure);
    url.filter(|url| url.fragment().is_none())
        .ok_or(Refusal::Discovery(member))
}
