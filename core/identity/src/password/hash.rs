//! Passwords at rest: Argon2id (RFC 9106) in the text form of the PHC.

use std::fmt;

use argon2::{Algorithm, Argon2, Params, Version};
use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use subtle::ConstantTimeEq;

use super::policy::PASSWORD_MAX;

/// Random bytes that make equal passwords unequal at rest.
pub type Salt = [u8; 16];

/// Bytes of the hash.
const HASH_BYTES: usize = 32;

/// Longest password that is ever hashed, in bytes: the longest allowed one in UTF-8.
const INPUT_MAX: usize = 4 * PASSWORD_MAX;

/// Most memory that a stored hash may demand, in KiB: a stored text cannot exhaust the exchange.
const MEMORY_MAX_KIB: u32 = 262_144;

/// Most passes that a stored hash may demand.
const PASSES_MAX: u32 = 16;

/// The salt with which the password of nobody is hashed.
const NOBODY: Salt = *b"salt of nobody's";

/// What one guess costs whoever has the hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cost {
    /// Memory, in KiB; at least 8.
    pub memory_kib: u32,
    /// Passes over that memory; at least 1.
    pub passes: u32,
}

impl Cost {
    /// 19 MiB and two passes, one lane: OWASP's first recommendation.
    pub const RECOMMENDED: Cost = Cost {
        memory_kib: 19_456,
        passes: 2,
    };

    fn engine(self) -> Result<Argon2<'static>, NoHash> {
        if self.memory_kib > MEMORY_MAX_KIB || self.passes > PASSES_MAX {
            return Err(NoHash);
        }
        Params::new(self.memory_kib, self.passes, 1, Some(HASH_BYTES))
            .map(|params| Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
            .map_err(|_| NoHash)
    }

    fn hash(self, password: &str, salt: &[u8]) -> Result<[u8; HASH_BYTES], NoHash> {
        if password.len() > INPUT_MAX {
            return Err(NoHash);
        }
        let mut out = [0; HASH_BYTES];
        self.engine()?
            .hash_password_into(password.as_bytes(), salt, &mut out)
            .map_err(|_| NoHash)?;
        Ok(out)
    }
}

/// A cost, a salt or a text from which no hash can be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoHash;

impl fmt::Display for NoHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not an Argon2id hash within the limits")
    }
}

impl std::error::Error for NoHash {}

/// What a comparison says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Another password, or nobody to compare with.
    Wrong,
    /// The password, kept at the present cost.
    Right,
    /// The password, kept at another cost: hash it again while it is at hand.
    RightButOld,
}

/// A hashed password: `$argon2id$v=19$m=19456,t=2,p=1$salt$hash`. `Debug` hides it.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash {
    cost: Cost,
    salt: Vec<u8>,
    hash: [u8; HASH_BYTES],
}

impl PasswordHash {
    /// Hashes a password; takes some tens of milliseconds of one core.
    ///
    /// # Errors
    /// [`NoHash`] when the cost is out of bounds or the password is longer than four bytes for
    /// each of [`PASSWORD_MAX`] characters.
    pub fn make(password: &str, salt: Salt, cost: Cost) -> Result<PasswordHash, NoHash> {
        Ok(PasswordHash {
            cost,
            salt: salt.to_vec(),
            hash: cost.hash(password, &salt)?,
        })
    }

    /// Reads the text form.
    ///
    /// # Errors
    /// [`NoHash`] for everything else than Argon2id, version 19, one lane, 32 bytes.
    pub fn parse(text: &str) -> Result<PasswordHash, NoHash> {
        let fields: Vec<&str> = text.split('$').collect();
        let ["", "argon2id", "v=19", cost, salt, hash] = fields[..] else {
            return Err(NoHash);
        };
        let numbers: Vec<&str> = cost.split(',').collect();
        let [memory, passes, "p=1"] = numbers[..] else {
            return Err(NoHash);
        };
        let cost = Cost {
            memory_kib: number(memory, "m=")?,
            passes: number(passes, "t=")?,
        };
        cost.engine()?;
        let hash = STANDARD_NO_PAD.decode(hash).map_err(|_| NoHash)?;
        Ok(PasswordHash {
            cost,
            salt: STANDARD_NO_PAD.decode(salt).map_err(|_| NoHash)?,
            hash: hash.try_into().map_err(|_| NoHash)?,
        })
    }

    /// The text form, to be stored.
    pub fn to_phc(&self) -> String {
        format!(
            "$argon2id$v=19$m={},t={},p=1${}${}",
            self.cost.memory_kib,
            self.cost.passes,
            STANDARD_NO_PAD.encode(&self.salt),
            STANDARD_NO_PAD.encode(self.hash),
        )
    }

    /// Compares a password with what is stored of a person, in constant time.
    ///
    /// Without anything stored the work is done all the same, so that the time taken does not
    /// tell whether there is such a person. `present` is the cost at which new ones are kept.
    pub fn verify(stored: Option<&PasswordHash>, password: &str, present: Cost) -> Verdict {
        let Some(stored) = stored else {
            // the outcome is of no use, the work was the point
            let _ = std::hint::black_box(present.hash(password, &NOBODY));
            return Verdict::Wrong;
        };
        let equal = stored
            .cost
            .hash(password, &stored.salt)
            .is_ok_and(|hash| hash.ct_eq(&stored.hash).into());
        match (equal, stored.cost == present) {
            (false, _) => Verdict::Wrong,
            (true, true) => Verdict::Right,
            (true, false) => Verdict::RightButOld,
        }
    }
}

/// The number behind a name such as `m=`.
fn number(field: &str, name: &str) -> Result<u32, NoHash> {
    let digits = field.strip_prefix(name).ok_or(NoHash)?;
    digits.parse().map_err(|_| NoHash)
}

impl Serialize for PasswordHash {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.to_phc())
    }
}

impl<'de> Deserialize<'de> for PasswordHash {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<PasswordHash, D::Error> {
        let text = String::deserialize(deserializer)?;
        PasswordHash::parse(&text).map_err(de::Error::custom)
    }
}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordHash(…)")
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const CHEAP: Cost = Cost {
        memory_kib: 64,
        passes: 1,
    };

    #[test]
    fn a_hash_reads_back_and_fits_its_password_only() {
        let made = PasswordHash::make("correct horse battery", [7; 16], CHEAP).unwrap();
        let read = PasswordHash::parse(&made.to_phc()).unwrap();
        assert_eq!(read, made);
        let verify = |password| PasswordHash::verify(Some(&read), password, CHEAP);
        assert_eq!(verify("correct horse battery"), Verdict::Right);
        assert_eq!(verify("correct horse batterz"), Verdict::Wrong);
        assert_eq!(
            PasswordHash::verify(None, "correct horse battery", CHEAP),
            Verdict::Wrong
        );
    }

    #[test]
    fn a_hash_of_the_reference_implementation_is_understood() {
        let read = PasswordHash::parse(REFERENCE).unwrap();
        let verdict = PasswordHash::verify(Some(&read), "correct horse battery", Cost::RECOMMENDED);
        assert_eq!(verdict, Verdict::Right);
        assert_eq!(read.to_phc(), REFERENCE);
    }

    /// Made by the reference implementation of Argon2 (`argon2-cffi`).
    const REFERENCE: &str = "$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHRzYWx0c2FsdA$\
        iPOQ5f2O21FsjnBvo1AiFcDuSXciCnKUrXFO+yfgNoM";

    #[test]
    fn a_password_kept_at_another_cost_is_to_be_hashed_again() {
        let old = PasswordHash::make("correct horse battery", [7; 16], CHEAP).unwrap();
        let dearer = Cost { passes: 2, ..CHEAP };
        let verdict = PasswordHash::verify(Some(&old), "correct horse battery", dearer);
        assert_eq!(verdict, Verdict::RightButOld);
    }

    #[test]
    fn a_text_that_asks_for_too_much_or_is_another_scheme_is_refused() {
        let salt_and_hash = "c2FsdHNhbHRzYWx0c2FsdA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
        for head in [
            "$argon2id$v=19$m=999999999,t=2,p=1$",
            "$argon2id$v=19$m=64,t=99,p=1$",
            "$argon2id$v=19$m=64,t=1,p=4$",
            "$argon2i$v=19$m=64,t=1,p=1$",
            "$2b$12$",
            "",
        ] {
            let text = format!("{head}{salt_and_hash}");
            assert_eq!(PasswordHash::parse(&text), Err(NoHash), "{head}");
        }
    }

    #[test]
    fn a_monstrous_password_is_not_even_hashed() {
        let monster = "x".repeat(INPUT_MAX + 1);
        assert_eq!(PasswordHash::make(&monster, [7; 16], CHEAP), Err(NoHash));
    }
}
