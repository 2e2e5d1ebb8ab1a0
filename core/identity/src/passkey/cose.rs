//! Public keys as authenticators write them: COSE (RFC 9053, RFC 8230), §6.5.1.1.

use ciborium::Value;

use super::cbor::Map;
use super::refusal::Refusal;
use crate::signature::PublicKey;

/// ECDSA with SHA-256; with WebAuthn always on P-256.
pub(super) const ES256: i64 = -7;
/// EdDSA; with WebAuthn always Ed25519.
pub(super) const EDDSA: i64 = -8;
/// RSA with PKCS #1 v1.5 and SHA-256.
pub(super) const RS256: i64 = -257;

/// The algorithms that are offered, the best liked first.
pub(super) const OFFERED: [i64; 3] = [ES256, EDDSA, RS256];

const KEY_TYPE: i64 = 1;
const ALGORITHM: i64 = 3;
// what these labels mean depends on the type of the key (RFC 9053 §7, RFC 8230 §4)
const CURVE_OR_MODULUS: i64 = -1;
const X_OR_EXPONENT: i64 = -2;
const Y: i64 = -3;

const TYPE_OKP: i64 = 1;
const TYPE_EC2: i64 = 2;
const TYPE_RSA: i64 = 3;
const CURVE_P256: i64 = 1;
const CURVE_ED25519: i64 = 6;

/// A key and the number of its algorithm.
pub(super) fn read(value: Value) -> Result<(PublicKey, i64), Refusal> {
    let map = Map::of(value).ok_or(Refusal::Malformed("the public key"))?;
    let algorithm = map.integer(ALGORITHM).ok_or(Refusal::Algorithm)?;
    let key = match algorithm {
        ES256 => es256(&map),
        EDDSA => eddsa(&map),
        RS256 => rs256(&map),
        _ => return Err(Refusal::Algorithm),
    };
    Ok((key.ok_or(Refusal::Key)?, algorithm))
}

fn es256(map: &Map) -> Option<PublicKey> {
    is(map, KEY_TYPE, TYPE_EC2)?;
    is(map, CURVE_OR_MODULUS, CURVE_P256)?;
    Some(PublicKey::Es256 {
        x: map.bytes(X_OR_EXPONENT)?.try_into().ok()?,
        y: map.bytes(Y)?.try_into().ok()?,
    })
}

fn eddsa(map: &Map) -> Option<PublicKey> {
    is(map, KEY_TYPE, TYPE_OKP)?;
    is(map, CURVE_OR_MODULUS, CURVE_ED25519)?;
    let key = map.bytes(X_OR_EXPONENT)?.try_into().ok()?;
    Some(PublicKey::EdDsa(key))
}

fn rs256(map: &Map) -> Option<PublicKey> {
    is(map, KEY_TYPE, TYPE_RSA)?;
    PublicKey::rsa(map.bytes(CURVE_OR_MODULUS)?, map.bytes(X_OR_EXPONENT)?)
}

fn is(map: &Map, label: i64, expected: i64) -> Option<()> {
    (map.integer(label)? == expected).then_some(())
}
