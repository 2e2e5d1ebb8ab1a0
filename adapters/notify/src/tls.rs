//! TLS towards receivers: the roots that the operating system trusts, TLS 1.2 and later.

use std::fmt;
use std::sync::Arc;

use rustls::{ClientConfig, RootCertStore};

/// TLS could not be set up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlsError(String);

impl fmt::Display for TlsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TLS cannot be set up: {}", self.0)
    }
}

impl std::error::Error for TlsError {}

/// A client that trusts what the operating system trusts. A system without roots is told of in
/// the log; then no `https` receiver is reached, while all else works.
///
/// # Errors
/// [`TlsError`] when the cipher suites fit no version of TLS.
pub fn client_config() -> Result<ClientConfig, TlsError> {
    let mut roots = RootCertStore::empty();
    let found = rustls_native_certs::load_native_certs();
    let (trusted, _ignored) = roots.add_parsable_certificates(found.certs);
    if trusted == 0 {
        tracing::warn!("no trusted certificates on this machine: https receivers are not reached");
    }
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let builder = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| TlsError(error.to_string()))?;
    Ok(builder.with_root_certificates(roots).with_no_client_auth())
}
