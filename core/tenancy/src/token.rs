//! API keys: a text shown once, and the hash that is kept of it.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// What every API key begins with, so that leaked ones can be searched for.
pub const TOKEN_PREFIX: &str = "stw_";

/// The text of an API key: [`TOKEN_PREFIX`] and 43 characters of base64url over 256 random bits.
#[derive(Clone, PartialEq, Eq)]
pub struct TokenText(String);

impl TokenText {
    /// The key made of 256 bits of the operating system's randomness.
    pub fn from_entropy(bits: [u8; 32]) -> TokenText {
        TokenText(format!("{TOKEN_PREFIX}{}", URL_SAFE_NO_PAD.encode(bits)))
    }

    /// Reads a presented key; `None` when it has not the form of one.
    pub fn parse(text: &str) -> Option<TokenText> {
        let bits = URL_SAFE_NO_PAD
            .decode(text.strip_prefix(TOKEN_PREFIX)?)
            .ok()?;
        (bits.len() == 32).then(|| TokenText(text.to_owned()))
    }

    /// The key itself, to be shown to its owner once.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// The hash that is stored and searched for.
    pub fn hash(&self) -> TokenHash {
        TokenHash(Sha256::digest(self.0.as_bytes()).into())
    }
}

impl fmt::Debug for TokenText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenText(…)")
    }
}

/// SHA-256 of an API key's text, or of another token's secret; all that is kept of it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct TokenHash(pub [u8; 32]);

impl TokenHash {
    /// Whether both are the same, in constant time.
    pub fn matches(&self, other: &TokenHash) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl fmt::Debug for TokenHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenHash(…)")
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    #[test]
    fn a_key_is_its_prefix_and_forty_three_characters_and_reads_back() {
        let text = TokenText::from_entropy([0xA5; 32]);
        assert_eq!(text.reveal().len(), 4 + 43);
        assert_eq!(TokenText::parse(text.reveal()).unwrap().hash(), text.hash());
    }

    #[test]
    fn what_has_not_the_form_of_a_key_is_none() {
        let good = TokenText::from_entropy([1; 32]);
        for bad in ["", "stw_", "abc", &good.reveal()[4..], &good.reveal()[..46]] {
            assert!(TokenText::parse(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn neither_key_nor_hash_is_ever_printed() {
        let text = TokenText::from_entropy([1; 32]);
        assert_eq!(
            format!("{text:?} {:?}", text.hash()),
            "TokenText(…) TokenHash(…)"
        );
    }

    #[test]
    fn another_key_does_not_match() {
        let (a, b) = (
            TokenText::from_entropy([1; 32]),
            TokenText::from_entropy([2; 32]),
        );
        assert!(a.hash().matches(&a.hash()));
        assert!(!a.hash().matches(&b.hash()));
    }
}
