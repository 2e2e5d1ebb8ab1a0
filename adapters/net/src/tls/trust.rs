//! Whom we believe to be who they say where we open TLS ourselves, and what we show them;
//! replaceable while connections are opened.

use std::sync::{Arc, PoisonError, RwLock};

use rustls::client::ResolvesClientCert;
use rustls::pki_types::CertificateDer;
use rustls::sign::CertifiedKey;
use rustls::version::{TLS12, TLS13};
use rustls::{ClientConfig, RootCertStore, SignatureScheme};

use super::cryptography;
use super::identity::{Identity, certificates};
use super::problem::BadCredentials;

/// The authorities that vouch for peers we call. Clones are the same trust, so that it can be
/// replaced while a loop uses it; connections that are open stay as they are.
#[derive(Debug, Clone)]
pub struct Trust {
    config: Arc<RwLock<Arc<ClientConfig>>>,
}

impl Trust {
    /// Believes peers for whom one of these authorities vouches, in DER; authorities that cannot be
    /// read vouch for nobody. Peers that ask who we are see `identity`.
    ///
    /// # Errors
    /// [`BadCredentials::Cryptography`].
    pub fn new(
        authorities: Vec<Vec<u8>>,
        identity: Option<Identity>,
    ) -> Result<Trust, BadCredentials> {
        let config = Arc::new(config(authorities, identity)?);
        Ok(Trust {
            config: Arc::new(RwLock::new(config)),
        })
    }

    /// Authorities in PEM, as [`Trust::new`] takes them.
    ///
    /// # Errors
    /// A text without certificates.
    pub fn authorities(pem: &[u8]) -> Result<Vec<Vec<u8>>, BadCredentials> {
        let found =
            certificates(pem).map_err(|error| BadCredentials::Authorities(error.to_string()))?;
        Ok(found.iter().map(|one| one.as_ref().to_vec()).collect())
    }

    /// Believes others from now on. What is wrong with them changes nothing.
    ///
    /// # Errors
    /// As for [`Trust::new`].
    pub fn replace(
        &self,
        authorities: Vec<Vec<u8>>,
        identity: Option<Identity>,
    ) -> Result<(), BadCredentials> {
        let new = Arc::new(config(authorities, identity)?);
        *self.config.write().unwrap_or_else(PoisonError::into_inner) = new;
        Ok(())
    }

    /// How to speak with peers at this moment.
    pub(crate) fn config(&self) -> Arc<ClientConfig> {
        let config = self.config.read().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(&config)
    }
}

fn config(
    authorities: Vec<Vec<u8>>,
    identity: Option<Identity>,
) -> Result<ClientConfig, BadCredentials> {
    let mut roots = RootCertStore::empty();
    let authorities = authorities.into_iter().map(CertificateDer::from);
    // a machine's list has some that nobody can read; the others are as good as before
    let _counts = roots.add_parsable_certificates(authorities);
    let builder = ClientConfig::builder_with_provider(cryptography())
        .with_protocol_versions(&[&TLS13, &TLS12])
        .map_err(BadCredentials::Cryptography)?
        .with_root_certificates(roots);
    Ok(match identity {
        Some(identity) => builder.with_client_cert_resolver(Arc::new(Shown(identity))),
        None => builder.with_no_client_auth(),
    })
}

/// What a peer is shown that asks who we are: always the same.
#[derive(Debug)]
struct Shown(Identity);

impl ResolvesClientCert for Shown {
    fn resolve(&self, _: &[&[u8]], schemes: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        let key = self.0.key();
        key.key.choose_scheme(schemes).is_some().then_some(key)
    }

    fn has_certs(&self) -> bool {
        true
    }
}
