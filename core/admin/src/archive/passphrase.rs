//! The passphrase of an archive.

use std::fmt;

/// Fewest characters: an archive may be tried at leisure by whoever has it.
pub const PASSPHRASE_MIN: usize = 12;

/// Most bytes.
pub const PASSPHRASE_MAX: usize = 1_024;

/// A passphrase that an archive can be locked with. `Debug` hides it.
#[derive(Clone)]
pub struct Passphrase(String);

impl Passphrase {
    /// Reads a passphrase; white space around it does not count.
    ///
    /// # Errors
    /// The rule that it breaks. It does not repeat what was read.
    pub fn parse(text: &str) -> Result<Passphrase, &'static str> {
        let text = text.trim();
        if text.chars().count() < PASSPHRASE_MIN {
            return Err("must have at least 12 characters");
        }
        if text.len() > PASSPHRASE_MAX {
            return Err("must have at most 1,024 bytes");
        }
        Ok(Passphrase(text.to_owned()))
    }

    /// The text, to make a key of.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Passphrase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Passphrase(…)")
    }
}
