//! Dialogs: which usage a request inside a dialog is for.

use sip_message::Message;

use crate::fingerprint::{FingerprintMap, Key};
use crate::owner::Owner;
use machine::Random;

/// The table has no place left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Full;

impl std::fmt::Display for Full {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the table of dialogs is full")
    }
}

impl std::error::Error for Full {}

/// Finds the owner of a request by Call-ID and our tag. All early dialogs that forks of one
/// INVITE made share these two, so one entry serves them; the usage looks at the peer's tag.
pub struct Dialogs {
    key: Key,
    owners: FingerprintMap<Owner>,
    bound: usize,
}

impl Dialogs {
    /// An empty table of at most `bound` entries.
    #[must_use]
    pub fn with_bound(bound: usize, random: &mut Random) -> Self {
        Self {
            key: Key::mint(random),
            owners: FingerprintMap::default(),
            bound,
        }
    }

    fn fingerprint(&self, call_id: &str, local_tag: &str) -> u128 {
        self.key
            .begin(4)
            .field(call_id.as_bytes())
            .field(local_tag.as_bytes())
            .end()
    }

    /// Adds a usage, or gives its name to another owner.
    ///
    /// # Errors
    /// [`Full`] at the bound.
    pub fn insert(&mut self, call_id: &str, local_tag: &str, owner: Owner) -> Result<(), Full> {
        let id = self.fingerprint(call_id, local_tag);
        if self.owners.len() >= self.bound && !self.owners.contains_key(&id) {
            return Err(Full);
        }
        self.owners.insert(id, owner);
        Ok(())
    }

    /// Removes a usage.
    pub fn remove(&mut self, call_id: &str, local_tag: &str) -> Option<Owner> {
        let id = self.fingerprint(call_id, local_tag);
        self.owners.remove(&id)
    }

    /// The owner by name, as Replaces names it (RFC 3891 §3: its to-tag is our tag).
    #[must_use]
    pub fn get(&self, call_id: &str, local_tag: &str) -> Option<Owner> {
        self.owners
            .get(&self.fingerprint(call_id, local_tag))
            .copied()
    }

    /// The owner of a request inside a dialog; none without a To tag or a usage.
    #[must_use]
    pub fn find(&self, request: &Message) -> Option<Owner> {
        self.get(request.call_id().ok()?, request.to().ok()?.tag()?)
    }

    /// How many usages there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.owners.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.owners.is_empty()
    }
}
