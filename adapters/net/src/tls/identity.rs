//! One certificate of ours with its key.

use std::sync::Arc;

use rustls::client::verify_server_name;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::server::ParsedCertificate;
use rustls::sign::CertifiedKey;

use super::cryptography;
use super::problem::BadCredentials;

/// A certificate with those that vouch for it, and its private key. The key is never printed.
#[derive(Debug, Clone)]
pub struct Identity {
    key: Arc<CertifiedKey>,
}

impl Identity {
    /// Reads a chain in PEM, the certificate itself first, and a key in PEM (PKCS#8, PKCS#1 or
    /// SEC1). Both may be in one text.
    ///
    /// # Errors
    /// Texts without certificates or key, and a key that is another certificate's.
    pub fn from_pem(chain: &[u8], key: &[u8]) -> Result<Identity, BadCredentials> {
        let chain = certificates(chain).map_err(BadCredentials::Chain)?;
        let key = PrivateKeyDer::from_pem_slice(key).map_err(BadCredentials::Key)?;
        let pair = CertifiedKey::from_der(chain, key, &cryptography());
        let key = Arc::new(pair.map_err(BadCredentials::Pair)?);
        Ok(Identity { key })
    }

    pub(super) fn key(&self) -> Arc<CertifiedKey> {
        Arc::clone(&self.key)
    }

    /// Whether the certificate is for a host name, directly or by a wildcard (RFC 6125 §6.4).
    pub(super) fn is_for(&self, name: &str) -> bool {
        let leaf = self.key.cert.first().map(ParsedCertificate::try_from);
        match (leaf, ServerName::try_from(name)) {
            (Some(Ok(leaf)), Ok(name)) => verify_server_name(&leaf, &name).is_ok(),
            (Some(_) | None, _) => false,
        }
    }
}

/// All certificates of a text, at least one.
pub(super) fn certificates(
    text: &[u8],
) -> Result<Vec<CertificateDer<'static>>, rustls::pki_types::pem::Error> {
    let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(text).collect();
    match found {
        Ok(none) if none.is_empty() => Err(rustls::pki_types::pem::Error::NoItemsFound),
        found => found,
    }
}
