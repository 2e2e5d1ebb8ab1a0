//! An authority that names who may sign, and calls that were signed in its name.

use std::time::Duration;

use machine::WallTime;
use rcgen::{
    BasicConstraints, CertificateParams, CustomExtension, IsCa, Issuer, KeyPair, KeyUsagePurpose,
};
use stir::{
    Attestation, Chain, Claims, Destination, Identity, Number, OrigId, Party, Passport, PrivateKey,
    Roots, Says, Standing,
};

/// Where the certificate of all these proofs is found.
pub(crate) const X5U: &str = "https://cert.example.org/passport.cer";

/// The moment of all these calls: 2026-01-01T00:00:00Z.
pub(crate) fn now() -> WallTime {
    WallTime::UNIX_EPOCH + Duration::from_secs(1_767_225_600)
}

pub(crate) fn tn(digits: &str) -> Party {
    Party::Tn(Number::canonical(digits).unwrap())
}

/// An authority, with the certificate by which others know it.
pub(crate) struct Authority {
    issuer: Issuer<'static, KeyPair>,
    der: Vec<u8>,
}

impl Authority {
    pub(crate) fn new() -> Authority {
        let key = KeyPair::generate().unwrap();
        let mut says = CertificateParams::new(Vec::new()).unwrap();
        says.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        says.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        let certificate = says.self_signed(&key).unwrap();
        Authority {
            der: certificate.der().to_vec(),
            issuer: Issuer::new(says, key),
        }
    }

    pub(crate) fn roots(&self) -> Roots {
        let mut roots = Roots::none();
        roots.add(&self.der).unwrap();
        roots
    }

    /// Somebody who may sign, for the numbers of this list in DER if there is one.
    pub(crate) fn names(&self, numbers: Option<Vec<u8>>) -> Signer {
        let mut says = CertificateParams::new(Vec::new()).unwrap();
        says.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        let list = |der| CustomExtension::from_oid_content(&[1, 3, 6, 1, 5, 5, 7, 1, 26], der);
        says.custom_extensions = numbers.map(list).into_iter().collect();
        let key = KeyPair::generate().unwrap();
        let certificate = says.signed_by(&key, &self.issuer).unwrap();
        Signer {
            key: PrivateKey::from_pem(&key.serialize_pem()).unwrap(),
            pem: certificate.pem(),
        }
    }
}

/// Somebody who signs.
pub(crate) struct Signer {
    pub(crate) key: PrivateKey,
    pub(crate) pem: String,
}

impl Signer {
    pub(crate) fn chain(&self) -> Chain {
        Chain::read(self.pem.as_bytes()).unwrap()
    }

    /// The header Identity of these claims.
    pub(crate) fn identity(&self, claims: Claims) -> String {
        let x5u = X5U.to_owned();
        Passport { claims, x5u }.sign(&self.key).identity()
    }
}

/// A call of our own customer from 12155551212 to 12125551213, now.
pub(crate) fn claims() -> Claims {
    Claims {
        orig: tn("12155551212"),
        dest: Destination::one(tn("12125551213")),
        iat: now(),
        says: Says::Shaken {
            attest: Attestation::Full,
            origid: OrigId::of_bits(0x0123_4567_89ab_cdef_0123_4567_89ab_cdef),
        },
    }
}

/// What the message of that call says, at a moment.
pub(crate) fn standing<'a>(orig: &'a Party, dest: &'a Party, now: WallTime) -> Standing<'a> {
    Standing {
        orig,
        dest,
        date: None,
        now,
    }
}

/// The token of a header.
pub(crate) fn token(identity: &str) -> &str {
    Identity::read(identity).unwrap().token
}
