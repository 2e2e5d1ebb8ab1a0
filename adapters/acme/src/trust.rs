//! Whom we believe to be the authority: those whom the machine trusts, or a root of its own.

use std::fmt;
use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use tokio_rustls::TlsConnector;

/// Roots that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadTrust(String);

impl fmt::Display for BadTrust {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for BadTrust {}

/// How TLS is spoken with the authority.
#[derive(Clone)]
pub struct Trust(pub(crate) TlsConnector);

impl fmt::Debug for Trust {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Trust")
    }
}

impl Trust {
    /// Those whom the machine trusts.
    ///
    /// # Errors
    /// TLS cannot be set up.
    pub fn of_machine() -> Result<Trust, BadTrust> {
        let mut roots = RootCertStore::empty();
        let found = rustls_native_certs::load_native_certs();
        let (trusted, _odd) = roots.add_parsable_certificates(found.certs);
        if trusted == 0 {
            tracing::warn!("no trusted certificates on this machine: no authority is reached");
        }
        connector(roots)
    }

    /// Those of a text in PEM, and nobody else.
    ///
    /// # Errors
    /// A text without certificates, or with odd ones.
    pub fn of_pem(text: &[u8]) -> Result<Trust, BadTrust> {
        let mut roots = RootCertStore::empty();
        let odd = |error: &dyn fmt::Display| BadTrust(format!("no certificates in PEM: {error}"));
        for root in CertificateDer::pem_slice_iter(text) {
            let added = roots.add(root.map_err(|error| odd(&error))?);
            added.map_err(|error| odd(&error))?;
        }
        if roots.is_empty() {
            return Err(odd(&"there is none"));
        }
        connector(roots)
    }
}

fn connector(roots: RootCertStore) -> Result<Trust, BadTrust> {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let builder = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| BadTrust(format!("TLS cannot be set up: {error}")))?;
    let config = builder.with_root_certificates(roots).with_no_client_auth();
    Ok(Trust(TlsConnector::from(Arc::new(config))))
}
