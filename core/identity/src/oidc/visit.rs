//! A visit to a sign-in server: begun by sending the browser there.

use std::time::Duration;

use ids::SsoId;
use machine::WallTime;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::client::Client;
use super::discovery::Server;
use super::refusal::Refusal;
use crate::base64url;
use crate::flow_key::FlowKey;

/// How long a person may take at the server.
pub const VISIT_LIFE: Duration = Duration::from_secs(10 * 60);

/// A visit. Nothing is kept of it: its state proves that it was begun here, for one server and
/// one browser, and nonce and verifier are made of the state again when it is over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Visit {
    random: [u8; 16],
    end: WallTime,
    sso: SsoId,
    proof: [u8; 32],
}

impl Visit {
    /// Begins one. `random` is the operating system's; `browser` is what the browser's cookie
    /// holds, at least 128 random bits.
    pub fn begin(
        key: &FlowKey,
        now: WallTime,
        sso: SsoId,
        browser: &str,
        random: [u8; 16],
    ) -> Visit {
        let end = now + VISIT_LIFE;
        let mut visit = Visit {
            random,
            end,
            sso,
            proof: [0; 32],
        };
        visit.proof = visit.prove(key, browser);
        visit
    }

    /// Where the browser is sent (OpenID Connect Core 1.0 §3.1.2.1, RFC 7636 §4.3). `mail` is what
    /// the person typed.
    pub fn url(&self, key: &FlowKey, server: &Server, client: &Client, mail: &str) -> String {
        let challenge = base64url::encode(&Sha256::digest(self.verifier(key)));
        let mut url = server.authorize.clone();
        url.query_pairs_mut()
            .append_pair("response_type", "code")
            .append_pair("scope", "openid email profile")
            .append_pair("client_id", &client.id)
            .append_pair("redirect_uri", &client.redirect)
            .append_pair("state", &self.state())
            .append_pair("nonce", &self.nonce(key))
            .append_pair("code_challenge", &challenge)
            .append_pair("code_challenge_method", "S256")
            .append_pair("login_hint", mail);
        url.into()
    }

    /// Reads the state that came back; `None` when it has not the form of one.
    pub(super) fn parse(state: &str) -> Option<Visit> {
        let bytes = base64url::decode(state)?;
        let (random, rest) = bytes.split_first_chunk::<16>()?;
        let (end, rest) = rest.split_first_chunk::<8>()?;
        let (sso, proof) = rest.split_first_chunk::<16>()?;
        Some(Visit {
            random: *random,
            end: WallTime::from_unix_ms(i64::from_be_bytes(*end)),
            sso: SsoId::from_u128(u128::from_be_bytes(*sso)),
            proof: proof.try_into().ok()?,
        })
    }

    /// Whether it was begun here, by this browser, for this server, and is not over.
    pub(super) fn check(
        &self,
        key: &FlowKey,
        now: WallTime,
        sso: SsoId,
        browser: &str,
    ) -> Result<(), Refusal> {
        if !bool::from(self.prove(key, browser).ct_eq(&self.proof)) {
            return Err(Refusal::State);
        }
        if self.sso != sso {
            return Err(Refusal::MixedUp);
        }
        if now >= self.end {
            return Err(Refusal::Late);
        }
        Ok(())
    }

    /// When the person set out.
    pub(super) fn began(&self) -> WallTime {
        self.end.saturating_sub(VISIT_LIFE)
    }

    /// What the token must say.
    pub(super) fn nonce(&self, key: &FlowKey) -> String {
        self.made(key, "nonce of a visit")
    }

    /// What the code is exchanged with (RFC 7636 §4.1: 43 characters).
    pub(super) fn verifier(&self, key: &FlowKey) -> String {
        self.made(key, "verifier of a visit")
    }

    fn state(&self) -> String {
        let end = self.end.unix_ms().to_be_bytes();
        let sso = self.sso.as_u128().to_be_bytes();
        base64url::encode(&[&self.random[..], &end, &sso, &self.proof].concat())
    }

    fn made(&self, key: &FlowKey, label: &str) -> String {
        base64url::encode(&key.mac(label, &[&self.proof]))
    }

    fn prove(&self, key: &FlowKey, browser: &str) -> [u8; 32] {
        let end = self.end.unix_ms().to_be_bytes();
        let sso = self.sso.as_u128().to_be_bytes();
        key.mac("visit", &[&self.random, &end, &sso, browser.as_bytes()])
    }
}
