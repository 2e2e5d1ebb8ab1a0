//! What is kept of a person's passkeys: public keys, counters, and what the person needs to tell
//! them apart. Nothing of it is secret.

use ids::PasskeyId;
use machine::WallTime;
use serde::{Deserialize, Serialize};

use super::cbor;
use super::cose;
use super::offer::CredentialRef;
use super::refusal::Refusal;
use crate::base64url;
use crate::signature::PublicKey;

/// Most passkeys of one person.
pub const PASSKEYS_MAX: usize = 20;

/// Longest name that a person gives a passkey, in characters.
const NAME_MAX: usize = 64;

/// One passkey.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Passkey {
    pub(super) id: PasskeyId,
    pub(super) name: String,
    #[serde(with = "base64url")]
    pub(super) credential: Vec<u8>,
    #[serde(with = "base64url")]
    pub(super) key: Vec<u8>,
    pub(super) counter: u32,
    pub(super) eligible: bool,
    pub(super) backed_up: bool,
    pub(super) transports: Vec<String>,
    #[serde(with = "base64url")]
    pub(super) model: Vec<u8>,
    pub(super) added: WallTime,
    pub(super) used: Option<WallTime>,
}

impl Passkey {
    /// Its id, by which its owner may rename or remove it.
    pub fn id(&self) -> PasskeyId {
        self.id
    }

    /// What its owner calls it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// When it was registered.
    pub fn added(&self) -> WallTime {
        self.added
    }

    /// When it was last used.
    pub fn used(&self) -> Option<WallTime> {
        self.used
    }

    /// Whether it is copied to the person's other devices, and not lost with this one.
    pub fn is_backed_up(&self) -> bool {
        self.backed_up
    }

    /// Its public key.
    pub(super) fn public_key(&self) -> Result<PublicKey, Refusal> {
        let value = cbor::read(&self.key).ok_or(Refusal::Key)?;
        cose::read(value).map(|(key, _)| key)
    }

    fn reference(&self) -> CredentialRef {
        CredentialRef {
            kind: "public-key",
            id: base64url::encode(&self.credential),
            transports: self.transports.clone(),
        }
    }
}

/// All passkeys of one person. To be stored after each change, before the person is let in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Passkeys(Vec<Passkey>);

impl Passkeys {
    /// All of them, the oldest first.
    pub fn list(&self) -> &[Passkey] {
        &self.0
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Names one anew, within 64 characters; whether there is one.
    pub fn rename(&mut self, id: PasskeyId, name: &str) -> bool {
        let found = self.0.iter_mut().find(|passkey| passkey.id == id);
        found.map(|passkey| passkey.name = short(name)).is_some()
    }

    /// Removes one; whether there was one.
    pub fn remove(&mut self, id: PasskeyId) -> bool {
        let before = self.0.len();
        self.0.retain(|passkey| passkey.id != id);
        self.0.len() < before
    }

    /// Whether one more can be registered.
    pub(super) fn check_room(&self) -> Result<(), Refusal> {
        if self.0.len() >= PASSKEYS_MAX {
            return Err(Refusal::TooMany);
        }
        Ok(())
    }

    /// Adds one.
    pub(super) fn add(&mut self, passkey: Passkey) -> Result<PasskeyId, Refusal> {
        self.check_room()?;
        if self.0.iter().any(|p| p.credential == passkey.credential) {
            return Err(Refusal::Known);
        }
        let id = passkey.id;
        self.0.push(passkey);
        Ok(id)
    }

    /// The one with a credential id.
    pub(super) fn find_mut(&mut self, credential: &[u8]) -> Option<&mut Passkey> {
        self.0.iter_mut().find(|p| p.credential == credential)
    }

    /// All of them, as browsers are told.
    pub(super) fn references(&self) -> Vec<CredentialRef> {
        self.0.iter().map(Passkey::reference).collect()
    }
}

/// A name cut to what fits.
pub(super) fn short(name: &str) -> String {
    name.trim().chars().take(NAME_MAX).collect()
}
