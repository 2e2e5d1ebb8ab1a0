//! Chains of certificates, and whether one leads to an authority that is trusted (RFC 8226 §8,
//! RFC 5280 §6).

use machine::WallTime;
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, TrustAnchor, UnixTime};
use std::time::Duration;
use webpki::aws_lc_rs as by;
use webpki::{
    EndEntityCert, ExtendedKeyUsageValidator, KeyPurposeIdIter, anchor_from_trusted_cert,
};

use crate::certificate::of_pem;
use crate::{BadCertificate, Certificate};

/// Ways in which authorities may have signed.
static WAYS: &[&dyn rustls_pki_types::SignatureVerificationAlgorithm] = &[
    by::ECDSA_P256_SHA256,
    by::ECDSA_P256_SHA384,
    by::ECDSA_P384_SHA256,
    by::ECDSA_P384_SHA384,
    by::RSA_PKCS1_2048_8192_SHA256,
    by::RSA_PKCS1_2048_8192_SHA384,
    by::RSA_PKCS1_2048_8192_SHA512,
];

/// Most authorities that are trusted at a time.
pub const ROOTS_MAX: usize = 1_000;

/// The authorities that are trusted to name who may sign.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Roots(Vec<TrustAnchor<'static>>);

impl Roots {
    /// Nobody.
    #[must_use]
    pub fn none() -> Roots {
        Roots::default()
    }

    /// Those of a text in PEM; at least one, at most [`ROOTS_MAX`].
    ///
    /// # Errors
    /// [`BadCertificate`].
    pub fn of_pem(pem: &[u8]) -> Result<Roots, BadCertificate> {
        let mut roots = Roots::none();
        for certificate in CertificateDer::pem_slice_iter(pem) {
            if roots.0.len() == ROOTS_MAX {
                return Err(BadCertificate::TooMany);
            }
            roots.add(&certificate.map_err(|_| BadCertificate::Unreadable)?)?;
        }
        match roots.is_empty() {
            true => Err(BadCertificate::None),
            false => Ok(roots),
        }
    }

    /// Trusts one more, by its certificate in DER.
    ///
    /// # Errors
    /// [`BadCertificate::Unreadable`].
    pub fn add(&mut self, der: &[u8]) -> Result<(), BadCertificate> {
        let der = CertificateDer::from_slice(der);
        let anchor = anchor_from_trusted_cert(&der).map_err(|_| BadCertificate::Unreadable)?;
        self.0.push(anchor.to_owned());
        Ok(())
    }

    /// Whether nobody is trusted.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Any purpose: certificates for telephone numbers name none (RFC 8226 §5).
struct AnyPurpose;

impl ExtendedKeyUsageValidator for AnyPurpose {
    fn validate(&self, _: KeyPurposeIdIter<'_, '_>) -> Result<(), webpki::Error> {
        Ok(())
    }
}

/// The certificate of who signed, and those that lead from it upwards.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chain {
    first: Certificate,
    all: Vec<CertificateDer<'static>>,
}

impl Chain {
    /// Reads a chain: certificates in PEM, whoever signed first, or one in DER.
    ///
    /// # Errors
    /// [`BadCertificate`].
    pub fn read(bytes: &[u8]) -> Result<Chain, BadCertificate> {
        // a certificate in DER is a sequence, whose first octet no text in PEM has
        let all = match bytes.first() {
            Some(0x30) => vec![CertificateDer::from(bytes.to_vec())],
            Some(_) | None => of_pem(bytes)?,
        };
        let first = all.first().ok_or(BadCertificate::None)?;
        let first = Certificate::read(first)?;
        Ok(Chain { first, all })
    }

    /// Who signed.
    #[must_use]
    pub fn first(&self) -> &Certificate {
        &self.first
    }

    /// Whether it leads to one of these authorities at this moment, each certificate being valid
    /// and allowed to sign the one before it.
    #[must_use]
    pub fn leads_to(&self, roots: &Roots, now: WallTime) -> bool {
        let Some((first, above)) = self.all.split_first() else {
            return false;
        };
        let seconds = u64::try_from(now.unix_ms().div_euclid(1_000)).unwrap_or(0);
        let now = UnixTime::since_unix_epoch(Duration::from_secs(seconds));
        let Ok(first) = EndEntityCert::try_from(first) else {
            return false;
        };
        let path = first.verify_for_usage(WAYS, &roots.0, above, now, AnyPurpose, None, None);
        path.is_ok()
    }
}
