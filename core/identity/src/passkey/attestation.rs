//! What an authenticator says about its own make (§6.5, §8): read as far as it can be untrue.

use ciborium::Value;

use super::cbor::{self, Map};
use super::refusal::Refusal;
use crate::signature::{Form, PublicKey};

/// Longest attestation object, in bytes: with a chain of certificates some thousand.
const OBJECT_MAX: usize = 16_384;

const MALFORMED: Refusal = Refusal::Malformed("attestationObject");

/// An attestation object, cut into its parts.
pub(super) struct Statement {
    format: String,
    said: Map,
    /// The authenticator data that it is about.
    pub(super) data: Vec<u8>,
}

impl Statement {
    /// Reads one.
    pub(super) fn read(bytes: &[u8]) -> Result<Statement, Refusal> {
        if bytes.len() > OBJECT_MAX {
            return Err(MALFORMED);
        }
        parts(bytes).ok_or(MALFORMED)
    }

    /// Checks it: `none` says nothing (§8.7); `packed` without certificates is signed by the new
    /// key itself (§8.2); all others are left unread.
    pub(super) fn check(
        &self,
        key: &PublicKey,
        algorithm: i64,
        client_digest: &[u8; 32],
    ) -> Result<(), Refusal> {
        let true_one = match self.format.as_str() {
            "none" => self.said.is_empty(),
            "packed" if self.said.word("x5c").is_none() => {
                self.is_signed_by(key, algorithm, client_digest)
            }
            _ => true,
        };
        if true_one {
            Ok(())
        } else {
            Err(Refusal::Attestation)
        }
    }

    fn is_signed_by(&self, key: &PublicKey, algorithm: i64, client_digest: &[u8; 32]) -> bool {
        let said = self.said.word("alg").and_then(cbor::integer);
        let signature = self.said.word("sig").and_then(Value::as_bytes);
        let message = [self.data.as_slice(), client_digest].concat();
        said == Some(algorithm)
            && signature.is_some_and(|signature| key.signed(Form::Asn1, &message, signature))
    }
}

fn parts(bytes: &[u8]) -> Option<Statement> {
    let object = Map::of(cbor::read(bytes)?)?;
    Some(Statement {
        format: object.word("fmt")?.as_text()?.to_owned(),
        said: Map::of(object.word("attStmt")?.clone())?,
        data: object.word("authData")?.as_bytes()?.clone(),
    })
}
