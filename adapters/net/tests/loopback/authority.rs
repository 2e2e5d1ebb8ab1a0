//! An authority that the tests' phones trust, and what it vouches for.

use std::sync::Arc;

use net::{Credentials, Identity, Keyring, Trust};
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, ExtendedKeyUsagePurpose, IsCa, KeyPair,
};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ClientConfig, RootCertStore, SupportedProtocolVersion};

/// Signs certificates.
pub(crate) struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
}

/// A certificate and its key, in PEM.
pub(crate) struct Paper {
    certificate: String,
    key: String,
}

impl Authority {
    pub(crate) fn new() -> Authority {
        let mut params = CertificateParams::new(Vec::<String>::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        let issuer = CertifiedIssuer::self_signed(params, key).unwrap();
        Authority { issuer }
    }

    fn sign(&self, names: &[&str], usage: ExtendedKeyUsagePurpose) -> Paper {
        let names: Vec<String> = names.iter().map(|&name| name.to_owned()).collect();
        let mut params = CertificateParams::new(names).unwrap();
        params.extended_key_usages = vec![usage];
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        Paper {
            certificate: certificate.pem(),
            key: key.serialize_pem(),
        }
    }

    /// Fresh certificates, each for several names.
    pub(crate) fn credentials(&self, names: &[&[&str]]) -> Credentials {
        let identity = |names: &&[&str]| {
            let paper = self.sign(names, ExtendedKeyUsagePurpose::ServerAuth);
            Identity::from_pem(paper.certificate.as_bytes(), paper.key.as_bytes()).unwrap()
        };
        Credentials::new(names.iter().map(identity).collect())
    }

    pub(crate) fn keyring_of(&self, names: &[&[&str]]) -> Keyring {
        Keyring::new(self.credentials(names)).unwrap()
    }

    pub(crate) fn keyring(&self, names: &[&str]) -> Keyring {
        self.keyring_of(&[names])
    }

    /// A keyring that also judges clients by this authority.
    pub(crate) fn asking(&self, names: &[&str]) -> Keyring {
        let credentials = self.credentials(&[names]);
        let trusting = credentials.trusting(self.issuer.pem().as_bytes()).unwrap();
        Keyring::new(trusting).unwrap()
    }

    /// Whoever believes this authority, and shows a certificate of its where asked.
    pub(crate) fn trust(&self) -> Trust {
        let paper = self.client_certificate();
        let (chain, key) = (paper.certificate.as_bytes(), paper.key.as_bytes());
        let identity = Identity::from_pem(chain, key).unwrap();
        let authorities = Trust::authorities(self.issuer.pem().as_bytes()).unwrap();
        Trust::new(authorities, Some(identity)).unwrap()
    }

    pub(crate) fn client_certificate(&self) -> Paper {
        self.sign(&["phone.test"], ExtendedKeyUsagePurpose::ClientAuth)
    }

    /// A client that trusts this authority and speaks one version.
    pub(crate) fn client(&self, version: &'static SupportedProtocolVersion) -> Arc<ClientConfig> {
        self.built(version, None)
    }

    /// The same with the newest version.
    pub(crate) fn modern(&self) -> Arc<ClientConfig> {
        self.client(&rustls::version::TLS13)
    }

    /// The same, showing a certificate.
    pub(crate) fn client_with(&self, paper: &Paper) -> Arc<ClientConfig> {
        self.built(&rustls::version::TLS12, Some(paper))
    }

    fn built(
        &self,
        version: &'static SupportedProtocolVersion,
        paper: Option<&Paper>,
    ) -> Arc<ClientConfig> {
        let mut roots = RootCertStore::empty();
        roots.add(self.issuer.der().clone()).unwrap();
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let builder = ClientConfig::builder_with_provider(provider)
            .with_protocol_versions(&[version])
            .unwrap()
            .with_root_certificates(roots);
        let config = match paper {
            None => builder.with_no_client_auth(),
            Some(paper) => {
                let chain = CertificateDer::from_pem_slice(paper.certificate.as_bytes()).unwrap();
                let key = PrivateKeyDer::from_pem_slice(paper.key.as_bytes()).unwrap();
                builder.with_client_auth_cert(vec![chain], key).unwrap()
            }
        };
        Arc::new(config)
    }
}
