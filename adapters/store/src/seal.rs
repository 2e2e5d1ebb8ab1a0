//! Keys and seals: a master key seals each owner's data key, which seals its secrets.
//!
//! What is sealed is bound to its place (owner, kind, id), so a sealed secret moved to another row
//! does not open. Erasing an owner's data key erases all its secrets, in backups too.

mod cipher;
mod data_key;
mod key_source;
mod keyring;
mod master_key;
#[cfg(test)]
mod tests;

pub use cipher::SealError;
pub use data_key::DataKey;
pub use key_source::{FixedKeys, KeyCommand, KeyFile, KeySource, KeyText};
pub use keyring::{BadKeys, KEYS_MAX, Keyring};
pub use master_key::{MASTER_KEY_LENGTH, MasterKey};
