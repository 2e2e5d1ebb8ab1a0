//! How far somebody vouches for a caller's number (RFC 8588 §4).

use std::fmt;

use serde::{Deserialize, Serialize};

/// The levels, the lowest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Attestation {
    /// C: the call came from a gateway; nothing is known of who places it.
    #[serde(rename = "C")]
    Gateway,
    /// B: whoever places the call is known, and not whether the number is theirs.
    #[serde(rename = "B")]
    Partial,
    /// A: whoever places the call is known, and may use the number.
    #[serde(rename = "A")]
    Full,
}

impl Attestation {
    /// Its letter.
    #[must_use]
    pub fn letter(self) -> &'static str {
        match self {
            Attestation::Full => "A",
            Attestation::Partial => "B",
            Attestation::Gateway => "C",
        }
    }

    /// The level with this letter.
    #[must_use]
    pub fn of_letter(letter: &str) -> Option<Attestation> {
        match letter {
            "A" => Some(Attestation::Full),
            "B" => Some(Attestation::Partial),
            "C" => Some(Attestation::Gateway),
            _ => None,
        }
    }

    /// What can be vouched for a call: `known` says that whoever places it has proved who they
    /// are, `own` that the number is one of theirs.
    #[must_use]
    pub fn earned(known: bool, own: bool) -> Attestation {
        match (known, own) {
            (true, true) => Attestation::Full,
            (true, false) => Attestation::Partial,
            (false, _) => Attestation::Gateway,
        }
    }
}

impl fmt::Display for Attestation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.letter())
    }
}
