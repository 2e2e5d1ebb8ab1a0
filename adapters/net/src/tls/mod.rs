//! TLS on streams: whose certificate we show, whose we ask for, whom we believe, and octets in and
//! out.
//!
//! Versions 1.2 and 1.3. The machines are those of rustls, which hold no socket; their
//! cryptography is that of the rest of the exchange.

mod by_name;
mod identity;
mod keyring;
mod pipe;
mod problem;
mod trust;

use std::sync::Arc;

use rustls::crypto::{CryptoProvider, aws_lc_rs};

pub use identity::Identity;
pub use keyring::{ClientCertificates, Credentials, Keyring};
pub(crate) use pipe::{Opened, Tls};
pub use problem::BadCredentials;
pub use trust::Trust;

fn cryptography() -> Arc<CryptoProvider> {
    Arc::new(aws_lc_rs::default_provider())
}

#[cfg(test)]
mod tests;
