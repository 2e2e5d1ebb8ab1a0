//! Which certificate a peer is shown: the one for the name it asks for (RFC 6066 §3).

use std::sync::Arc;

use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;

use super::identity::Identity;

/// Certificates of several names; the first one for whoever asks for no name, as phones do that
/// were given an address, or for a name that none is for.
#[derive(Debug)]
pub(super) struct ByName(pub(super) Vec<Identity>);

impl ResolvesServerCert for ByName {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let name = hello.server_name();
        let named = name.and_then(|name| self.0.iter().find(|one| one.is_for(name)));
        named.or(self.0.first()).map(Identity::key)
    }
}
