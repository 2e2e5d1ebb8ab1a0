//! Keys and seals: a master key seals each owner's data key, which seals its secrets.
//!
//! What is sealed is bound to its place (owner, kind, id), so a sealed secret moved to another row
//! does not open. Erasing an owner's data key erases all its secrets, in backups too.

mod cipher;
mod data_key;
mod key_command;
mod key_file;
mod key_place;
mod key_source;
mod keyring;
mod master_key;
#[cfg(test)]
mod tests;

pub use cipher::SealError;
pub use data_key::DataKey;
pub use key_command::{KEY_OUTPUT_MAX, KEY_PATIENCE, KeyCommand};
pub use key_file::KeyFile;
pub use key_place::KeyPlace;
pub use key_source::{FixedKeys, KeySource, KeyText};
pub use keyring::{BadKeys, KEYS_MAX, Keyring};
pub use master_key::{MASTER_KEY_LENGTH, MasterKey};
