//! The browser is back: what it brought, and whether it is the answer to what was asked.

use ids::SsoId;
use machine::WallTime;
use serde::Deserialize;

use super::claims::Expected;
use super::client::Client;
use super::discovery::Server;
use super::errand::Errand;
use super::refusal::Refusal;
use super::visit::Visit;
use crate::flow_key::FlowKey;

/// Longest code, in bytes.
const CODE_MAX: usize = 4_096;

/// Longest word of refusal that is told on, in characters.
const WORD_MAX: usize = 64;

/// What a browser brings in the query of the redirect address.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Answer {
    /// What we gave it.
    #[serde(default)]
    pub state: String,
    /// What the server gave it.
    #[serde(default)]
    pub code: Option<String>,
    /// Who the server says it is (RFC 9207).
    #[serde(default)]
    pub iss: Option<String>,
    /// Why the server gave nothing.
    #[serde(default)]
    pub error: Option<String>,
}

/// A visit that is over, begun here by the browser that came back.
#[derive(Clone, Debug)]
pub struct Return {
    visit: Visit,
    answer: Answer,
}

impl Return {
    /// Takes an answer at the redirect address of one server, from a browser with a cookie.
    ///
    /// # Errors
    /// [`Refusal::State`], [`Refusal::MixedUp`] or [`Refusal::Late`].
    pub fn new(
        key: &FlowKey,
        now: WallTime,
        sso: SsoId,
        browser: &str,
        answer: Answer,
    ) -> Result<Return, Refusal> {
        let visit = Visit::parse(&answer.state).ok_or(Refusal::State)?;
        visit.check(key, now, sso, browser)?;
        Ok(Return { visit, answer })
    }

    /// The errand that exchanges the code for a token, and what the token must say.
    ///
    /// # Errors
    /// [`Refusal::MixedUp`] when another server answered; [`Refusal::Denied`];
    /// [`Refusal::NoCode`].
    pub fn errand(
        self,
        key: &FlowKey,
        server: &Server,
        client: &Client,
    ) -> Result<(Errand, Expected), Refusal> {
        let named = self.answer.iss.as_deref();
        let missing = named.is_none() && server.names_itself;
        if missing || named.is_some_and(|iss| iss != server.issuer.as_str()) {
            return Err(Refusal::MixedUp);
        }
        if let Some(word) = self.answer.error {
            return Err(Refusal::Denied(word.chars().take(WORD_MAX).collect()));
        }
        let code = self.answer.code.filter(|code| !code.is_empty());
        let code = code.filter(|code| code.len() <= CODE_MAX);
        let errand = Errand::new(
            server,
            client,
            &code.ok_or(Refusal::NoCode)?,
            &self.visit.verifier(key),
        );
        let expected = Expected {
            issuer: server.issuer.clone(),
            client: client.id.clone(),
            nonce: self.visit.nonce(key),
            began: self.visit.began(),
        };
        Ok((errand, expected))
    }
}
