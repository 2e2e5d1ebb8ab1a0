//! An owner's data key: it seals the owner's secrets.

use std::fmt;

use ports::Entropy;
use tenancy::{Account, Owner};
use zeroize::Zeroizing;

use super::cipher::{SealError, open, seal};

/// The place of an owner's data key. Tenants and the platform keep the form that they had before
/// there were resellers.
pub(super) fn place_of(owner: Owner) -> Vec<u8> {
    match owner {
        Owner::Account(Account::Platform) => vec![0; 16],
        Owner::Account(Account::Reseller(reseller)) => reseller.to_string().into_bytes(),
        Owner::Tenant(tenant) => tenant.as_u128().to_be_bytes().to_vec(),
    }
}

/// An owner's key, in clear.
#[derive(Clone)]
pub struct DataKey(pub(super) Zeroizing<[u8; 32]>);

impl DataKey {
    /// The key of these 32 bytes; `None` for any other number.
    pub(crate) fn from_bytes(bytes: &[u8]) -> Option<DataKey> {
        let bytes = <[u8; 32]>::try_from(bytes).ok()?;
        Some(DataKey(Zeroizing::new(bytes)))
    }

    /// Its bytes, for an archive that has a key of its own.
    pub(crate) fn to_bytes(&self) -> Zeroizing<[u8; 32]> {
        self.0.clone()
    }

    /// Seals a secret for its place.
    ///
    /// # Errors
    /// [`SealError`] when the secret is longer than the cipher allows (256 GB).
    pub fn seal(
        &self,
        place: &[u8],
        secret: &[u8],
        entropy: &dyn Entropy,
    ) -> Result<Vec<u8>, SealError> {
        seal(&self.0, place, secret, entropy)
    }

    /// Opens what was sealed for this place.
    ///
    /// # Errors
    /// [`SealError`] when it was sealed under another key or for another place, or is damaged.
    pub fn open(&self, place: &[u8], sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, SealError> {
        open(&self.0, place, sealed)
    }
}

impl fmt::Debug for DataKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DataKey(…)")
    }
}
