//! What a certificate says of itself (RFC 5280), as far as its renewal and its readers need it.

use std::fmt;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use machine::WallTime;
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject;
use serde::{Deserialize, Serialize};
use x509_cert::Certificate;
use x509_cert::der::Decode;
use x509_cert::ext::pkix::name::GeneralName;
use x509_cert::ext::pkix::{AuthorityKeyIdentifier, SubjectAltName};

/// Most names of a certificate that are told.
const NAMES_MAX: usize = 100;

/// Why a text says nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BadFacts;

impl fmt::Display for BadFacts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("must begin with a certificate in PEM")
    }
}

impl std::error::Error for BadFacts {}

/// What the first certificate of a chain says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facts {
    /// The hosts it is for, in the order in which they stand there; the first hundred.
    pub names: Vec<String>,
    /// Who vouches for it, as RFC 4514 writes a name.
    pub issuer: String,
    /// From when it is valid.
    pub from: WallTime,
    /// Until when.
    pub until: WallTime,
    /// By what its authority is asked for advice (RFC 9773 §4.1): the authority's key, and the
    /// number of the certificate, both in base64url. `None` where it names no key.
    pub identifier: Option<(String, String)>,
}

impl Facts {
    /// Reads the first certificate of a text in PEM.
    ///
    /// # Errors
    /// [`BadFacts`] for a text that does not begin with one.
    pub fn of_pem(text: &[u8]) -> Result<Facts, BadFacts> {
        let first = CertificateDer::pem_slice_iter(text)
            .next()
            .ok_or(BadFacts)?;
        let first = first.map_err(|_| BadFacts)?;
        let read = Certificate::from_der(&first).map_err(|_| BadFacts)?;
        let says = read.tbs_certificate();
        let names = says.get_extension::<SubjectAltName>();
        let names = names.map_err(|_| BadFacts)?.map(|(_, names)| names.0);
        let names = names.unwrap_or_default();
        let key = says.get_extension::<AuthorityKeyIdentifier>();
        let key = key
            .map_err(|_| BadFacts)?
            .and_then(|(_, key)| key.key_identifier);
        let number = says.serial_number().as_bytes();
        let identifier = key.map(|key| {
            let key = URL_SAFE_NO_PAD.encode(key.as_bytes());
            (key, URL_SAFE_NO_PAD.encode(number))
        });
        let validity = says.validity();
        Ok(Facts {
            names: names.iter().filter_map(host).take(NAMES_MAX).collect(),
            issuer: says.issuer().to_string(),
            from: at(validity.not_before.to_unix_duration()),
            until: at(validity.not_after.to_unix_duration()),
            identifier,
        })
    }

    /// How long it is valid in all.
    pub fn lifetime(&self) -> Duration {
        self.until.saturating_since(self.from)
    }

    /// Whether less than a sixth of its lifetime is left.
    pub fn is_low(&self, now: WallTime) -> bool {
        self.until.saturating_since(now) < self.lifetime() / 6
    }
}

fn host(name: &GeneralName) -> Option<String> {
    match name {
        GeneralName::DnsName(name) => Some(name.as_str().to_ascii_lowercase()),
        GeneralName::OtherName(_)
        | GeneralName::Rfc822Name(_)
        | GeneralName::DirectoryName(_)
        | GeneralName::EdiPartyName(_)
        | GeneralName::UniformResourceIdentifier(_)
        | GeneralName::IpAddress(_)
        | GeneralName::RegisteredId(_) => None,
    }
}

fn at(since: Duration) -> WallTime {
    WallTime::UNIX_EPOCH + since
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use rcgen::{CertificateParams, DnType, KeyPair};

    // rfc: 9773 §4.1 by what a certificate is named to its authority
    #[test]
    fn a_certificate_says_for_whom_it_is_by_whom_and_until_when() {
        let mut params = CertificateParams::new(vec!["Sip.Example.net".to_owned()]).unwrap();
        params.distinguished_name = rcgen::DistinguishedName::new();
        params
            .distinguished_name
            .push(DnType::CommonName, "an authority");
        params.not_before = rcgen::date_time_ymd(2026, 1, 1);
        params.not_after = rcgen::date_time_ymd(2026, 1, 7);
        params.use_authority_key_identifier_extension = true;
        let key = KeyPair::generate().unwrap();
        let pem = params.self_signed(&key).unwrap().pem();
        let facts = Facts::of_pem(pem.as_bytes()).unwrap();
        assert_eq!(facts.names, ["sip.example.net"]);
        assert_eq!(facts.issuer, "CN=an authority");
        assert_eq!(facts.from.to_string(), "2026-01-01T00:00:00.000Z");
        assert_eq!(facts.lifetime(), Duration::from_secs(6 * 86_400));
        assert!(facts.identifier.is_some());
        let sixth = WallTime::parse_rfc3339("2026-01-06T00:00:00Z").unwrap();
        assert!(!facts.is_low(sixth));
        assert!(facts.is_low(sixth + Duration::from_secs(1)));
    }

    #[test]
    fn what_begins_with_no_certificate_says_nothing() {
        for text in [
            "",
            "sip.example.net",
            "-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n",
        ] {
            assert_eq!(Facts::of_pem(text.as_bytes()), Err(BadFacts), "{text}");
        }
    }
}
