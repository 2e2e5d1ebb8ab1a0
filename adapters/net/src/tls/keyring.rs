//! What TLS is spoken with, replaceable while connections come in.

use std::sync::{Arc, PoisonError, RwLock};

use rustls::pki_types::CertificateDer;
use rustls::server::WebPkiClientVerifier;
use rustls::server::danger::ClientCertVerifier;
use rustls::version::{TLS12, TLS13};
use rustls::{RootCertStore, ServerConfig};

use super::by_name::ByName;
use super::cryptography;
use super::identity::{Identity, certificates};
use super::problem::{BadCredentials, MOST};

/// Whether peers at a listener must prove who they are before they say anything.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum ClientCertificates {
    /// They are not asked.
    #[default]
    Unasked,
    /// They may, and what they show must be good.
    Optional,
    /// They must.
    Required,
}

/// Certificates with their keys, and the authorities that vouch for clients.
#[derive(Debug, Clone)]
pub struct Credentials {
    identities: Vec<Identity>,
    authorities: Vec<CertificateDer<'static>>,
}

impl Credentials {
    /// Most certificates of an exchange.
    pub const MOST: usize = MOST;

    /// Of several names, the first for peers that name none.
    #[must_use]
    pub fn new(identities: Vec<Identity>) -> Credentials {
        Credentials {
            identities,
            authorities: Vec::new(),
        }
    }

    /// Client certificates are good that one of these authorities, in PEM, vouches for.
    ///
    /// # Errors
    /// A text without certificates.
    pub fn trusting(self, authorities: &[u8]) -> Result<Credentials, BadCredentials> {
        let authorities = certificates(authorities)
            .map_err(|error| BadCredentials::Authorities(error.to_string()))?;
        Ok(Credentials {
            authorities,
            ..self
        })
    }
}

/// One way of speaking TLS for each way of asking for client certificates.
#[derive(Debug)]
struct Ways {
    unasked: Arc<ServerConfig>,
    /// Where there are authorities.
    asked: Option<Asked>,
}

#[derive(Debug)]
struct Asked {
    optional: Arc<ServerConfig>,
    required: Arc<ServerConfig>,
}

/// What listeners speak TLS with. Clones are the same keyring, so that it can be replaced while a
/// loop uses it; connections that are open stay as they are.
#[derive(Debug, Clone)]
pub struct Keyring {
    ways: Arc<RwLock<Arc<Ways>>>,
}

impl Keyring {
    /// A keyring of these.
    ///
    /// # Errors
    /// [`BadCredentials`].
    pub fn new(credentials: Credentials) -> Result<Keyring, BadCredentials> {
        let ways = Arc::new(ways(credentials)?);
        Ok(Keyring {
            ways: Arc::new(RwLock::new(ways)),
        })
    }

    /// Takes others for connections from now on. What is wrong with them changes nothing.
    ///
    /// # Errors
    /// [`BadCredentials`].
    pub fn replace(&self, credentials: Credentials) -> Result<(), BadCredentials> {
        let ways = Arc::new(ways(credentials)?);
        *self.ways.write().unwrap_or_else(PoisonError::into_inner) = ways;
        Ok(())
    }

    /// How to speak with peers that are asked so; none where they are to be asked and there is no
    /// authority to judge them.
    pub(crate) fn way(&self, clients: ClientCertificates) -> Option<Arc<ServerConfig>> {
        let ways = self.ways.read().unwrap_or_else(PoisonError::into_inner);
        let asked = ways.asked.as_ref();
        match clients {
            ClientCertificates::Unasked => Some(Arc::clone(&ways.unasked)),
            ClientCertificates::Optional => asked.map(|asked| Arc::clone(&asked.optional)),
            ClientCertificates::Required => asked.map(|asked| Arc::clone(&asked.required)),
        }
    }
}

fn ways(credentials: Credentials) -> Result<Ways, BadCredentials> {
    let count = credentials.identities.len();
    if count == 0 || count > Credentials::MOST {
        return Err(BadCredentials::Count(count));
    }
    let by_name = Arc::new(ByName(credentials.identities));
    let unasked = way(Arc::clone(&by_name), WebPkiClientVerifier::no_client_auth())?;
    if credentials.authorities.is_empty() {
        return Ok(Ways {
            unasked,
            asked: None,
        });
    }
    let roots = roots(credentials.authorities)?;
    let asked = Asked {
        optional: way(Arc::clone(&by_name), judge(&roots, false)?)?,
        required: way(by_name, judge(&roots, true)?)?,
    };
    Ok(Ways {
        unasked,
        asked: Some(asked),
    })
}

fn roots(authorities: Vec<CertificateDer<'static>>) -> Result<Arc<RootCertStore>, BadCredentials> {
    let mut roots = RootCertStore::empty();
    for authority in authorities {
        let added = roots.add(authority);
        added.map_err(|error| BadCredentials::Authorities(error.to_string()))?;
    }
    Ok(Arc::new(roots))
}

fn judge(
    roots: &Arc<RootCertStore>,
    required: bool,
) -> Result<Arc<dyn ClientCertVerifier>, BadCredentials> {
    let judge = WebPkiClientVerifier::builder_with_provider(Arc::clone(roots), cryptography());
    let judge = if required {
        judge
    } else {
        judge.allow_unauthenticated()
    };
    let built = judge.build();
    built.map_err(|error| BadCredentials::Authorities(error.to_string()))
}

fn way(
    by_name: Arc<ByName>,
    judge: Arc<dyn ClientCertVerifier>,
) -> Result<Arc<ServerConfig>, BadCredentials> {
    let builder = ServerConfig::builder_with_provider(cryptography())
        .with_protocol_versions(&[&TLS13, &TLS12])
        .map_err(BadCredentials::Cryptography)?;
    let config = builder
        .with_client_cert_verifier(judge)
        .with_cert_resolver(by_name);
    Ok(Arc::new(config))
}
