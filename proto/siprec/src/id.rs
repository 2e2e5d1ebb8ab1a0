//! What sessions, participants and streams are called.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::text::cut;

/// A name in the whole world: a UUID in base64 (RFC 7865 §6.10). Those of peers are taken as they
/// are written.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Id(String);

impl Id {
    /// The id of this number.
    #[must_use]
    pub fn of(number: u128) -> Id {
        Id(STANDARD.encode(number.to_be_bytes()))
    }

    /// As a peer wrote it; `None` where it wrote nothing.
    #[must_use]
    pub fn written(text: &str) -> Option<Id> {
        Some(Id(cut(text)?))
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // rfc: 7865 §6.10
    #[test]
    fn a_number_is_written_in_base64_of_its_sixteen_octets() {
        assert_eq!(Id::of(0).to_string(), "AAAAAAAAAAAAAAAAAAAAAA==");
        assert_eq!(Id::of(u128::MAX).to_string(), "/////////////////////w==");
    }

    #[test]
    fn what_a_peer_wrote_is_cut_and_nothing_is_none() {
        assert_eq!(
            Id::written(" x ").map(|id| id.to_string()),
            Some("x".to_owned())
        );
        assert_eq!(Id::written("  "), None);
        let long = Id::written(&"y".repeat(1_000)).map(|id| id.to_string().len());
        assert_eq!(long, Some(crate::limits::TEXT_MAX));
    }
}
