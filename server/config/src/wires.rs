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

/// Where peers reach listeners that a translator stands before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Public {
    /// The listener this is said of; none for all of the family of `reached`.
    pub of: Option<SocketAddr>,
    /// Where peers reach it; port 0 for the listener's own port.
    pub reached: SocketAddr,
}

impl Public {
    /// `ADDR`, `ADDR:PORT`, or either after a listener's `ADDR:PORT=`.
    pub(crate) fn parse(text: &str) -> Result<Public, &'static str> {
        const RULE: &str = "must be an address that peers reach, such as 198.51.100.7, \
            198.51.100.7:5060 or 10.0.0.5:5060=198.51.100.7";
        let (of, reached) = match text.split_once('=') {
            Some((of, reached)) => (Some(of.parse().map_err(|_| RULE)?), reached),
            None => (None, text),
        };
        let alone = || reached.parse().map(|ip: IpAddr| SocketAddr::new(ip, 0));
        let reached = reached.parse().or_else(|_| alone()).map_err(|_| RULE)?;
        let family = |of: SocketAddr| of.is_ipv4() == reached.is_ipv4();
        if reached.ip().is_unspecified() || !of.is_none_or(family) {
            return Err(RULE);
        }
        Ok(Public { of, reached })
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
    /// Default [`CERTIFICATE`] and [`KEY`] in the data folder, and none where certificates come by
    /// themselves.
    pub certificates: Vec<CertificateFiles>,
    /// The authorities of client certificates, in PEM. Default none.
    pub authorities: Option<PathBuf>,
    /// The authorities of peers that we call within TLS, in PEM. Default those that the machine
    /// trusts.
    pub trusted: Option<PathBuf>,
    /// Where the listeners are reached by way of a translator (one-to-one NAT). Default where they
    /// listen.
    pub public: Vec<Public>,
    /// Networks of balancers: addresses with the bits that matter. Their connections begin with who
    /// has come, by the PROXY protocol. Default none.
    pub balancers: Vec<(IpAddr, u8)>,
    /// Networks of edge proxies, which write down the path back to phones (RFC 3327): addresses
    /// with the bits that matter. Default none.
    pub edges: Vec<(IpAddr, u8)>,
    /// Origins of the web pages that may open a WebSocket. Default those of all.
    pub origins: Vec<String>,
}

impl Wires {
    /// Whether anything is spoken within TLS.
    #[must_use]
    pub fn is_secure(&self) -> bool {
        !self.tls.is_empty() || !self.wss.is_empty()
    }

    /// Where peers reach a listener, if a translator stands before it; what is said of it alone
    /// goes before what is said of its family.
    #[must_use]
    pub fn reached(&self, listener: SocketAddr) -> Option<SocketAddr> {
        let own = self.public.iter().find(|one| one.of == Some(listener));
        let family =
            |one: &&Public| one.of.is_none() && one.reached.is_ipv4() == listener.is_ipv4();
        let found = own.or_else(|| self.public.iter().find(family));
        found.map(|one| one.reached)
    }

    /// All addresses.
    pub fn addresses(&self) -> impl Iterator<Item = SocketAddr> {
        let secure = self.tls.iter().chain(&self.wss);
        secure
            .map(|secure| secure.at)
            .chain(self.ws.iter().copied())
    }

    /// Checks that every listener is one that is said to be reached elsewhere; `sip` are those for
    /// UDP and TCP.
    pub(crate) fn naming(self, sip: &[SocketAddr]) -> Result<Wires, Problem> {
        let listens = |of: SocketAddr| sip.contains(&of) || self.addresses().any(|at| at == of);
        let mut named = self.public.iter().filter_map(|one| one.of);
        if let Some(of) = named.find(|of| !listens(*of)) {
            let rule = "must be one of the addresses where SIP is spoken";
            return Err(Problem::new("sip_public", of.to_string(), rule));
        }
        Ok(self)
    }

    /// Joins certificates with their keys; without any, those of the folder `default`, if it is
    /// said.
    pub(crate) fn with_certificates(
        self,
        chains: Vec<PathBuf>,
        keys: Vec<PathBuf>,
        default: Option<&Path>,
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
        if let Some(data) = default.filter(|_| certificates.is_empty()) {
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
