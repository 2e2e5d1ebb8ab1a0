//! A PASSporT, before and after it is signed (RFC 8225).

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::claims::header_json;
use crate::{ALG, Claims, Identity, PrivateKey};

/// What is to be signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Passport {
    /// What it says.
    pub claims: Claims,
    /// Where the certificate of the key is found: an `https` URL.
    pub x5u: String,
}

impl Passport {
    /// Signs it.
    #[must_use]
    pub fn sign(self, key: &PrivateKey) -> Signed {
        let header = URL_SAFE_NO_PAD.encode(header_json(&self.claims.says, &self.x5u));
        let claims = URL_SAFE_NO_PAD.encode(self.claims.to_json());
        let text = format!("{header}.{claims}");
        let signature = URL_SAFE_NO_PAD.encode(key.sign(text.as_bytes()));
        Signed {
            text,
            signature,
            ppt: self.claims.says.ppt(),
            x5u: self.x5u,
        }
    }
}

/// What was signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signed {
    text: String,
    signature: String,
    ppt: Option<&'static str>,
    x5u: String,
}

impl Signed {
    /// The token, with all that was signed.
    #[must_use]
    pub fn full(&self) -> String {
        format!("{}.{}", self.text, self.signature)
    }

    /// The signature alone (RFC 8225 §7), for whoever can tell from the message what was signed;
    /// `None` for what has claims of its own.
    #[must_use]
    pub fn compact(&self) -> Option<String> {
        self.ppt.is_none().then(|| format!("..{}", self.signature))
    }

    /// The value of the header Identity, in the full form.
    #[must_use]
    pub fn identity(&self) -> String {
        Identity {
            token: &self.full(),
            info: &self.x5u,
            alg: Some(ALG),
            ppt: self.ppt,
        }
        .write()
    }
}
