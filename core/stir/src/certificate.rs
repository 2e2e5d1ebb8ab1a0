//! Certificates of those who sign, as PEM or DER, and what is read of one (RFC 8226).

use std::fmt;
use std::time::Duration;

use machine::WallTime;
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject;
use x509_cert::der::Decode;
use x509_cert::der::asn1::ObjectIdentifier;

use crate::{PublicKey, TnAuthList};

/// Most certificates of one chain.
pub const CHAIN_MAX: usize = 6;

/// The extension with the list of numbers (RFC 8226 §9).
const TN_AUTH_LIST: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.1.26");

/// Why a text is no chain of certificates that can be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadCertificate {
    /// There is none in it.
    None,
    /// There are more than [`CHAIN_MAX`].
    TooMany,
    /// One of them cannot be read.
    Unreadable,
    /// The first is for another sort of key than P-256.
    OtherKey,
    /// The first has a list of numbers that cannot be read.
    OddNumbers,
}

impl fmt::Display for BadCertificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            BadCertificate::None => "must hold a certificate in PEM",
            BadCertificate::TooMany => "must hold at most 6 certificates",
            BadCertificate::Unreadable => "holds a certificate that cannot be read",
            BadCertificate::OtherKey => "must begin with a certificate for a key of P-256",
            BadCertificate::OddNumbers => "begins with a list of numbers that cannot be read",
        })
    }
}

impl std::error::Error for BadCertificate {}

/// The certificate of a key that signs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certificate {
    /// The key.
    pub key: PublicKey,
    /// From when it is valid.
    pub from: WallTime,
    /// Until when.
    pub until: WallTime,
    /// For which numbers it is good; `None` where it does not say.
    pub numbers: Option<TnAuthList>,
}

impl Certificate {
    /// Reads a certificate in DER.
    ///
    /// # Errors
    /// [`BadCertificate`].
    pub fn read(der: &[u8]) -> Result<Certificate, BadCertificate> {
        let certificate =
            x509_cert::Certificate::from_der(der).map_err(|_| BadCertificate::Unreadable)?;
        let holds = certificate.tbs_certificate();
        let point = holds
            .subject_public_key_info()
            .subject_public_key
            .as_bytes();
        let key = point.and_then(PublicKey::from_point);
        let extensions = holds.extensions().into_iter().flatten();
        let mut lists = extensions.filter(|extension| extension.extn_id == TN_AUTH_LIST);
        let numbers = match lists.next() {
            Some(list) => Some(
                TnAuthList::read(list.extn_value.as_bytes()).ok_or(BadCertificate::OddNumbers)?,
            ),
            None => None,
        };
        let validity = holds.validity();
        Ok(Certificate {
            key: key.ok_or(BadCertificate::OtherKey)?,
            from: at(validity.not_before.to_unix_duration()),
            until: at(validity.not_after.to_unix_duration()),
            numbers,
        })
    }
}

fn at(since: Duration) -> WallTime {
    WallTime::UNIX_EPOCH + since
}

/// The certificates of a text in PEM, as DER; at least one, at most [`CHAIN_MAX`].
pub(crate) fn of_pem(pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, BadCertificate> {
    let mut found = Vec::new();
    for certificate in CertificateDer::pem_slice_iter(pem) {
        if found.len() == CHAIN_MAX {
            return Err(BadCertificate::TooMany);
        }
        found.push(certificate.map_err(|_| BadCertificate::Unreadable)?);
    }
    match found.is_empty() {
        true => Err(BadCertificate::None),
        false => Ok(found),
    }
}
