//! Where master keys come from. Files and programs have modules of their own.

use std::io;

use zeroize::Zeroizing;

use super::keyring::Keyring;

/// A place that gives the platform's master keys, and gives them again when they were replaced.
pub trait KeySource: Send + Sync {
    /// The keys as they are now.
    ///
    /// # Errors
    /// What the operating system says; `InvalidData` for what holds no keys.
    fn keyring(&self) -> io::Result<Keyring>;
}

/// Keys that never change.
pub struct FixedKeys(pub Keyring);

impl KeySource for FixedKeys {
    fn keyring(&self) -> io::Result<Keyring> {
        Ok(self.0.clone())
    }
}

/// A text that was given at the start, such as the value of an environment variable.
pub struct KeyText(pub Zeroizing<String>);

impl KeySource for KeyText {
    fn keyring(&self) -> io::Result<Keyring> {
        parse(self.0.trim().as_bytes())
    }
}

pub(super) fn parse(bytes: &[u8]) -> io::Result<Keyring> {
    Keyring::parse(bytes).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))
}
