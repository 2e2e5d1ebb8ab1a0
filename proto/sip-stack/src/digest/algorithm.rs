//! The hash functions and the formula of RFC 7616 §3.4.1.

use md5::Md5;
use sha2::Sha256;

/// A hash function of digest authentication.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Algorithm {
    /// RFC 1321; what older phones know.
    Md5,
    /// RFC 8760.
    Sha256,
}

impl Algorithm {
    /// The token on the wire.
    #[must_use]
    pub const fn token(self) -> &'static str {
        match self {
            Self::Md5 => "MD5",
            Self::Sha256 => "SHA-256",
        }
    }

    /// Reads a token; absent means MD5 (RFC 7616 §3.3).
    #[must_use]
    pub fn from_token(token: Option<&str>) -> Option<Self> {
        match token {
            None => Some(Self::Md5),
            Some(token) if token.eq_ignore_ascii_case("MD5") => Some(Self::Md5),
            Some(token) if token.eq_ignore_ascii_case("SHA-256") => Some(Self::Sha256),
            Some(_) => None,
        }
    }

    /// The hash of the parts joined by colons, in hexadecimal.
    pub(super) fn hash(self, parts: &[&str]) -> Hex {
        match self {
            Self::Md5 => Hex::of(&joined::<Md5>(parts)),
            Self::Sha256 => Hex::of(&joined::<Sha256>(parts)),
        }
    }
}

fn joined<H: sha2::Digest>(parts: &[&str]) -> sha2::digest::Output<H> {
    let mut hash = H::new();
    for (index, part) in parts.iter().enumerate() {
        if index > 0 {
            hash.update(b":");
        }
        hash.update(part.as_bytes());
    }
    hash.finalize()
}

/// Up to 32 bytes in lower-case hexadecimal, on the stack.
pub(super) struct Hex {
    digits: [u8; 64],
    length: usize,
}

impl Hex {
    pub(super) fn of(bytes: &[u8]) -> Self {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        let mut digits = [0; 64];
        let (pairs, _) = digits.as_chunks_mut::<2>();
        for (pair, byte) in pairs.iter_mut().zip(bytes) {
            *pair = [
                DIGITS[usize::from(byte >> 4)],
                DIGITS[usize::from(byte & 15)],
            ];
        }
        Self {
            digits,
            length: 64.min(bytes.len() * 2),
        }
    }

    pub(super) fn as_str(&self) -> &str {
        std::str::from_utf8(&self.digits[..self.length]).unwrap_or_default()
    }
}

/// The stored form of a password: H(user:realm:password) in both algorithms (RFC 7616 §3.4.2).
/// As good as the password itself for this realm, so its debug form shows nothing.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Digests {
    /// With MD5.
    pub md5: [u8; 16],
    /// With SHA-256.
    pub sha256: [u8; 32],
}

impl Digests {
    /// Computes both.
    #[must_use]
    pub fn compute(user: &str, realm: &str, password: &str) -> Self {
        let parts = [user, realm, password];
        Self {
            md5: joined::<Md5>(&parts).into(),
            sha256: joined::<Sha256>(&parts).into(),
        }
    }

    pub(super) fn hex(&self, algorithm: Algorithm) -> Hex {
        match algorithm {
            Algorithm::Md5 => Hex::of(&self.md5),
            Algorithm::Sha256 => Hex::of(&self.sha256),
        }
    }
}

impl std::fmt::Debug for Digests {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Digests(…)")
    }
}

/// What the response is computed over, besides the password.
pub(super) struct Asked<'a> {
    pub(super) method: &'a str,
    pub(super) uri: &'a str,
    pub(super) nonce: &'a str,
    /// `nc` and `cnonce`, when `qop=auth` is used.
    pub(super) counted: Option<(&'a str, &'a str)>,
}

/// The `response` value (RFC 7616 §3.4.1; without qop RFC 2069's formula).
pub(super) fn response(algorithm: Algorithm, digests: &Digests, asked: &Asked<'_>) -> Hex {
    let secret = digests.hex(algorithm);
    let what = algorithm.hash(&[asked.method, asked.uri]);
    let (secret, what) = (secret.as_str(), what.as_str());
    match asked.counted {
        Some((nc, cnonce)) => algorithm.hash(&[secret, asked.nonce, nc, cnonce, "auth", what]),
        None => algorithm.hash(&[secret, asked.nonce, what]),
    }
}
