//! Why certificates and keys cannot be used.

use std::fmt;

use rustls::pki_types::pem;

/// Most certificates of an exchange.
pub(super) const MOST: usize = 96;

/// What is wrong with the material for TLS.
#[derive(Debug)]
pub enum BadCredentials {
    /// There is no certificate at all, or more than [`crate::Credentials::MOST`].
    Count(usize),
    /// What should be certificates is no PEM, or holds none.
    Chain(pem::Error),
    /// What should be a private key is no PEM, or holds none.
    Key(pem::Error),
    /// The key is of a kind that is not known, or is not the certificate's.
    Pair(rustls::Error),
    /// What should be the authorities of client certificates cannot be used.
    Authorities(String),
    /// The cryptography offers too little; never with ours.
    Cryptography(rustls::Error),
}

impl fmt::Display for BadCredentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            BadCredentials::Count(0) => f.write_str("there is no certificate"),
            BadCredentials::Count(n) => {
                write!(f, "{n} certificates, at most {MOST} are possible")
            }
            BadCredentials::Chain(error) => write!(f, "no certificates in PEM: {error}"),
            BadCredentials::Key(error) => write!(f, "no private key in PEM: {error}"),
            BadCredentials::Pair(error) => {
                write!(f, "the key does not fit the certificate: {error}")
            }
            BadCredentials::Authorities(error) => {
                write!(f, "the authorities of client certificates: {error}")
            }
            BadCredentials::Cryptography(error) => write!(f, "TLS cannot be set up: {error}"),
        }
    }
}

impl std::error::Error for BadCredentials {}
