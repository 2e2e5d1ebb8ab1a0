//! Keys that sign a tenant's calls, compiled: read once, so that no call waits for it.

use ids::{SigningKeyId, TenantId};
use machine::WallTime;
use serde::{Deserialize, Serialize};
use stir::{Number, PrivateKey, TnAuthList};
use tenancy::Owner;

use crate::document::Resource;
use crate::secret::Secret;
use crate::signing_key::SigningKey;

/// One key that may sign a tenant's calls, compiled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CompiledSigningKey {
    /// The id.
    pub id: SigningKeyId,
    /// Revision of its document.
    pub revision: u64,
    /// Whose it is: the tenant's own, or an account's above it.
    pub owner: Owner,
    /// Its name.
    pub name: Box<str>,
    /// Where its certificates are fetched.
    pub x5u: Box<str>,
    /// The key itself.
    pub key: PrivateKey,
    /// From when until when its certificate is valid.
    valid: (WallTime, WallTime),
    /// For which numbers its certificate is good; `None` where it does not say.
    numbers: Option<TnAuthList>,
}

impl CompiledSigningKey {
    /// Compiles a key that is the tenant's or is shared with it. One that is switched off, or has
    /// no private key or another than its certificate's, signs nothing.
    pub(super) fn of(
        tenant: TenantId,
        found: Resource<SigningKey>,
        secret: Option<&Secret>,
    ) -> Option<CompiledSigningKey> {
        let own = found.owner == Owner::Tenant(tenant);
        let given = found.owner.account().is_some() && found.spec.shared_with.contains(&tenant);
        let certificate = found.spec.certificate()?;
        let key = secret.and_then(Secret::signing_key)?;
        let signs = found.spec.enabled && (own || given) && key.public() == certificate.key;
        signs.then(|| CompiledSigningKey {
            id: found.id,
            revision: found.revision,
            owner: found.owner,
            x5u: found.spec.address(found.id).into(),
            name: found.spec.name.into(),
            key,
            valid: (certificate.from, certificate.until),
            numbers: certificate.numbers,
        })
    }

    /// Whether its certificate stands for a number at this time.
    #[must_use]
    pub fn stands_for(&self, number: &Number, at: WallTime) -> bool {
        let (from, until) = self.valid;
        let numbers = self.numbers.as_ref();
        from <= at && at <= until && numbers.is_none_or(|numbers| numbers.covers(number))
    }

    /// The order in which keys are asked: the one whose certificate is valid longest first.
    pub(super) fn order(a: &CompiledSigningKey, b: &CompiledSigningKey) -> std::cmp::Ordering {
        (b.valid.1, a.id).cmp(&(a.valid.1, b.id))
    }
}

/// A key at rest.
#[derive(Serialize, Deserialize)]
pub(super) struct SigningForm {
    id: [u8; 16],
    revision: u64,
    owner: Owner,
    name: String,
    x5u: String,
    key: [u8; PrivateKey::LENGTH],
    valid: (i64, i64),
    numbers: Option<TnAuthList>,
}

impl SigningForm {
    pub(super) fn of(key: &CompiledSigningKey) -> SigningForm {
        SigningForm {
            id: key.id.as_u128().to_be_bytes(),
            revision: key.revision,
            owner: key.owner,
            name: key.name.to_string(),
            x5u: key.x5u.to_string(),
            key: key.key.to_bytes(),
            valid: (key.valid.0.unix_ms(), key.valid.1.unix_ms()),
            numbers: key.numbers.clone(),
        }
    }

    /// What the form was made of; `None` if it was made of nothing that can be.
    pub(super) fn warm(self) -> Option<CompiledSigningKey> {
        let (from, until) = self.valid;
        Some(CompiledSigningKey {
            id: SigningKeyId::from_u128(u128::from_be_bytes(self.id)),
            revision: self.revision,
            owner: self.owner,
            name: self.name.into(),
            x5u: self.x5u.into(),
            key: PrivateKey::from_bytes(&self.key).ok()?,
            valid: (WallTime::from_unix_ms(from), WallTime::from_unix_ms(until)),
            numbers: self.numbers,
        })
    }
}
