//! Signed tokens in their compact form (RFC 7515 §3.1).

use serde::Deserialize;

use super::algorithm::Algorithm;
use super::keys::KeySet;
use super::refusal::Refusal;
use crate::base64url;
use crate::signature::Form;

/// Longest token, in bytes.
const TOKEN_MAX: usize = 32 * 1024;

/// The members of a head that are heeded. A key that a token brings itself (`jwk`, `jku`, `x5c`)
/// is never looked at.
#[derive(Deserialize)]
struct Head {
    alg: String,
    kid: Option<String>,
    typ: Option<String>,
    crit: Option<serde_json::Value>,
}

/// A token, cut into its parts.
pub(super) struct Token<'a> {
    algorithm: Algorithm,
    name: Option<String>,
    signed: &'a str,
    payload: Vec<u8>,
    signature: Vec<u8>,
}

impl<'a> Token<'a> {
    /// Reads one. Nothing in it is proved yet.
    pub(super) fn parse(text: &'a str) -> Result<Token<'a>, Refusal> {
        if text.len() > TOKEN_MAX {
            return Err(Refusal::Malformed("length"));
        }
        let form = Refusal::Malformed("form");
        let (signed, signature) = text.rsplit_once('.').ok_or(form.clone())?;
        let (head, payload) = signed.split_once('.').ok_or(form)?;
        let head: Head = base64url::decode(head)
            .and_then(|bytes| serde_json::from_slice(&bytes).ok())
            .ok_or(Refusal::Malformed("head"))?;
        let algorithm = Algorithm::read(&head.alg).ok_or(Refusal::Algorithm)?;
        // other sorts of token are signed by the same keys (RFC 8725 §3.11)
        let other = |typ: &String| !typ.eq_ignore_ascii_case("JWT");
        if head.crit.is_some() || head.typ.as_ref().is_some_and(other) {
            return Err(Refusal::Malformed("head"));
        }
        Ok(Token {
            algorithm,
            name: head.kid,
            signed,
            payload: base64url::decode(payload).ok_or(Refusal::Malformed("claims"))?,
            signature: base64url::decode(signature).ok_or(Refusal::Malformed("signature"))?,
        })
    }

    /// What it says, when one of these keys signed it.
    pub(super) fn payload(self, keys: &KeySet) -> Result<Vec<u8>, Refusal> {
        let key = keys.find(self.name.as_deref(), self.algorithm);
        let key = key.ok_or(Refusal::Key)?;
        if !key.signed(Form::Fixed, self.signed.as_bytes(), &self.signature) {
            return Err(Refusal::Signature);
        }
        Ok(self.payload)
    }
}
