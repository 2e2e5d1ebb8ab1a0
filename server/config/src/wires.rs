//! Where SIP is spoken besides UDP and TCP: TLS and WebSockets, and with which certificates.

use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};

use crate::problem::Problem;

/// The certificate of an exchange that was given none, in its data folder.
pub const CERTIFICATE: &str = "sip.crt";

/// Its key, likewise.
pub const KEY: &str = "sip.key";

/// Longest origin, in bytes.
const ORIGIN_MAX: usize = 256;

/// Whether whoever connects must show a certificate.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Clients {
    /// Nobody is asked.
    #[default]
    Unasked,
    /// What is shown must be good.
    Optional,
    /// Nothing is said before.
    Required,
}

/// An address where TLS is spoken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Secure {
    /// The address.
    pub at: SocketAddr,
    /// Whether clients are asked for certificates.
    pub clients: Clients,
}

impl Secure {
    /// `ADDR:PORT`, `ADDR:PORT=optional` or `ADDR:PORT=required`.
    pub(crate) fn parse(text: &str) -> Result<Secure, &'static str> {
        let (at, clients) = match text.split_once('=') {
            None => (text, Clients::Unasked),
            Some((at, "optional")) => (at, Clients::Optional),
            Some((at, "required")) => (at, Clients::Required),
            Some(_) => return Err("must ask for client certificates as optional or required"),
        };
        let rule = "must be an address and a port, such as 0.0.0.0:5061 or [::]:5061=required";
        let at = at.parse().map_err(|_| rule)?;
        Ok(Secure { at, clients })
    }
}

/// A certificate's file and its key's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertificateFiles {
    /// The chain in PEM, the certificate itself first.
    pub chain: PathBuf,
    /// The key in PEM.
    pub key: PathBuf,
}

/// Where and with what.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wires {
    /// Addresses for TLS. Default none.
    pub tls: Vec<Secure>,
    /// Addresses for WebSockets in the clear, as a front end speaks them. Default none.
    pub ws: Vec<SocketAddr>,
    /// Addresses for WebSockets within TLS. Default none.
    pub wss: Vec<Secure>,
    /// Certificates, each for the names in it; the first for those who ask for none of them.
    /// Default [`CERTIFICATE`] and [`KEY`] in the data folder.
    pub certificates: Vec<CertificateFiles>,
    /// The authorities of client certificates, in PEM. Default none.
    pub authorities: Option<PathBuf>,
    /// The authorities of peers that we call within TLS, in PEM. Default those that the machine
    /// trusts.
    pub trusted: Option<PathBuf>,
    /// Networks of balancers: addresses with the bits that matter. Their connections begin with who
    /// has come, by the PROXY protocol. Default none.
    pub balancers: Vec<(IpAddr, u8)>,
    /// Origins of the web pages that may open a WebSocket. Default those of all.
    pub origins: Vec<String>,
}

impl Wires {
    /// Whether anything is spoken within TLS.
    #[must_use]
    pub fn is_secure(&self) -> bool {
        !self.tls.is_empty() || !self.wss.is_empty()
    }

    /// All addresses.
    pub fn addresses(&self) -> impl Iterator<Item = SocketAddr> {
        let secure = self.tls.iter().chain(&self.wss);
        secure
            .map(|secure| secure.at)
            .chain(self.ws.iter().copied())
    }

    /// Joins certificates with their keys.
    pub(crate) fn with_certificates(
        self,
        chains: Vec<PathBuf>,
        keys: Vec<PathBuf>,
        data: &Path,
    ) -> Result<Wires, Problem> {
        if chains.len() != keys.len() {
            let given = format!("{} keys for {} certificates", keys.len(), chains.len());
            let rule = "must have a key for each certificate, in the same order";
            return Err(Problem::new("sip_key", given, rule));
        }
        let pairs = chains.into_iter().zip(keys);
        let mut certificates: Vec<CertificateFiles> = pairs
            .map(|(chain, key)| CertificateFiles { chain, key })
            .collect();
        if certificates.is_empty() {
            certificates.push(CertificateFiles {
                chain: data.join(CERTIFICATE),
                key: data.join(KEY),
            });
        }
        let mut secure = self.tls.iter().chain(&self.wss);
        if self.authorities.is_none() && secure.any(|one| one.clients != Clients::Unasked) {
            let rule = "must name the authorities of the certificates that clients are asked for";
            return Err(Problem::new("sip_client_ca", "", rule));
        }
        Ok(Wires {
            certificates,
            ..self
        })
    }
}

/// A web page's origin (RFC 6454 §6.1).
pub(crate) fn origin(text: &str) -> Result<String, &'static str> {
    let host = ["https://", "http://"]
        .iter()
        .find_map(|scheme| text.strip_prefix(scheme));
    let good = host.is_some_and(|host| {
        let plain = |c: char| c.is_ascii_graphic() && !"/#?\"<>".contains(c);
        !host.is_empty() && text.len() <= ORIGIN_MAX && host.chars().all(plain)
    });
    good.then(|| text.to_ascii_lowercase())
        .ok_or("must be https://HOST or http://HOST, with a port if need be and no path")
}
