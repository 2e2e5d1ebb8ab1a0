//! The keys that a sign-in server publishes: a JWK set (RFC 7517 §5).

use serde::Deserialize;

use super::algorithm::Algorithm;
use super::discovery::DOCUMENT_MAX;
use super::refusal::Refusal;
use crate::base64url;
use crate::signature::PublicKey;

/// Most keys of a set that are looked at. Servers publish two to ten.
const KEYS_MAX: usize = 64;

/// One key as it is written. Members that are not read may be anything.
#[derive(Deserialize)]
struct Jwk {
    kty: String,
    kid: Option<String>,
    #[serde(rename = "use")]
    purpose: Option<String>,
    alg: Option<String>,
    crv: Option<String>,
    x: Option<String>,
    y: Option<String>,
    n: Option<String>,
    e: Option<String>,
}

#[derive(Deserialize)]
struct Set {
    keys: Vec<serde_json::Value>,
}

/// A key that can sign tokens.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Published {
    name: Option<String>,
    key: PublicKey,
}

/// The keys of a server with which its tokens may be signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeySet(Vec<Published>);

impl KeySet {
    /// Reads a set. Keys for other uses or of other kinds are passed over (RFC 7517 §5).
    ///
    /// # Errors
    /// [`Refusal::Discovery`] when it is no set, or has too many keys.
    pub fn read(document: &[u8]) -> Result<KeySet, Refusal> {
        if document.len() > DOCUMENT_MAX {
            return Err(Refusal::Discovery("the keys are too long"));
        }
        let set: Set = serde_json::from_slice(document)
            .map_err(|_| Refusal::Discovery("the keys are no JWK set"))?;
        if set.keys.len() > KEYS_MAX {
            return Err(Refusal::Discovery("there are too many keys"));
        }
        let usable = set.keys.into_iter().filter_map(|key| {
            let jwk: Jwk = serde_json::from_value(key).ok()?;
            published(&jwk)
        });
        Ok(KeySet(usable.collect()))
    }

    /// The key of a name for an algorithm. A token without a name means the only key there is.
    pub(super) fn find(&self, name: Option<&str>, algorithm: Algorithm) -> Option<&PublicKey> {
        let fits = |p: &&Published| {
            algorithm.fits(&p.key) && (name.is_none() || p.name.as_deref() == name)
        };
        let mut found = self.0.iter().filter(fits);
        let first = found.next()?;
        found.next().is_none().then_some(&first.key)
    }
}

fn published(jwk: &Jwk) -> Option<Published> {
    if jwk
        .purpose
        .as_deref()
        .is_some_and(|purpose| purpose != "sig")
    {
        return None;
    }
    let key = match (jwk.kty.as_str(), jwk.crv.as_deref()) {
        ("EC", Some("P-256")) => PublicKey::Es256 {
            x: number(&jwk.x)?.try_into().ok()?,
            y: number(&jwk.y)?.try_into().ok()?,
        },
        ("OKP", Some("Ed25519")) => PublicKey::EdDsa(number(&jwk.x)?.try_into().ok()?),
        ("RSA", _) => PublicKey::rsa(&number(&jwk.n)?, &number(&jwk.e)?)?,
        _ => return None,
    };
    let stated = jwk.alg.as_deref().map(Algorithm::read);
    if stated.is_some_and(|alg| !alg.is_some_and(|alg| alg.fits(&key))) {
        return None;
    }
    Some(Published {
        name: jwk.kid.clone(),
        key,
    })
}

fn number(text: &Option<String>) -> Option<Vec<u8>> {
    base64url::decode(text.as_deref()?)
}
