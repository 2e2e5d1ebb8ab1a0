//! The name of a sign-in server: a URL, compared letter by letter.

use std::fmt;

use url::{Host, Url};

/// Longest issuer, in bytes.
const ISSUER_MAX: usize = 512;

/// A text that is no issuer; the rule that it breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BadIssuer(&'static str);

impl fmt::Display for BadIssuer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl std::error::Error for BadIssuer {}

/// A sign-in server's name (OpenID Connect Discovery 1.0 §3).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Issuer(String);

impl Issuer {
    /// Reads one: `https`, without user name, query and fragment, at most 512 bytes. `http` is
    /// taken from a loopback address alone, which no customer reaches unless the operator lets
    /// them.
    ///
    /// # Errors
    /// [`BadIssuer`].
    pub fn parse(text: &str) -> Result<Issuer, BadIssuer> {
        if text.len() > ISSUER_MAX {
            return Err(BadIssuer("must have at most 512 bytes"));
        }
        let url = Url::parse(text).map_err(|_| BadIssuer("must be a URL"))?;
        if !is_secure(&url) {
            return Err(BadIssuer("must be https"));
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(BadIssuer("must have neither query nor fragment"));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(BadIssuer("must have neither user name nor password"));
        }
        Ok(Issuer(text.to_owned()))
    }

    /// Its text, as it was given.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Issuer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Whether what goes to a URL is secret on the way.
pub(super) fn is_secure(url: &Url) -> bool {
    let loopback = match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    };
    url.scheme() == "https" || (url.scheme() == "http" && loopback)
}
