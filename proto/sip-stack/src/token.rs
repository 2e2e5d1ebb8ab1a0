//! Token: the random words we mint for branches and tags.

use std::fmt;

use machine::Random;
use serde::{Deserialize, Serialize};

/// What RFC 3261 §8.1.1.7 puts before every branch that is unique.
pub(crate) const MAGIC_COOKIE: &str = "z9hG4bK";

const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
const LETTERS: usize = 16;
const MASK: u128 = (1 << 80) - 1;

/// Eighty random bits, sixteen letters on the wire.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Token(u128);

impl Token {
    fn mint(random: &mut Random) -> Self {
        Self(random.next_u128() & MASK)
    }

    fn parse(text: &str) -> Option<Self> {
        if text.len() != LETTERS {
            return None;
        }
        let mut bits = 0_u128;
        for letter in text.bytes() {
            let digit = ALPHABET.iter().position(|&known| known == letter)?;
            bits = bits << 5 | u128::try_from(digit).ok()?;
        }
        Some(Self(bits))
    }
}

impl fmt::Display for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut letters = [0_u8; LETTERS];
        let mut bits = self.0;
        for letter in letters.iter_mut().rev() {
            let digit = usize::try_from(bits & 31).unwrap_or(0);
            *letter = ALPHABET[digit];
            bits >>= 5;
        }
        f.write_str(std::str::from_utf8(&letters).unwrap_or_default())
    }
}

/// The branch of one of our client transactions (RFC 3261 §8.1.1.7); prints with its cookie.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Branch(Token);

impl Branch {
    pub(crate) fn mint(random: &mut Random) -> Self {
        Self(Token::mint(random))
    }

    /// Reads a branch of ours; nothing when we cannot have minted it.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        Token::parse(text.strip_prefix(MAGIC_COOKIE)?).map(Self)
    }

    pub(crate) const fn bits(self) -> u128 {
        self.0.0
    }
}

impl fmt::Display for Branch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(MAGIC_COOKIE)?;
        fmt::Display::fmt(&self.0, f)
    }
}

impl fmt::Debug for Branch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A From or To tag of ours (RFC 3261 §19.3): eighty bits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tag(Token);

impl Tag {
    pub(crate) fn mint(random: &mut Random) -> Self {
        Self(Token::mint(random))
    }

    /// The tag that belongs to a fingerprint: the same request always gets the same tag.
    pub(crate) const fn of_fingerprint(fingerprint: u128) -> Self {
        Self(Token((fingerprint >> 48) & MASK))
    }

    /// Reads a tag of ours; nothing when we cannot have minted it.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Token::parse(text).map(Self)
    }
}

impl fmt::Display for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl fmt::Debug for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl Serialize for Tag {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Tag {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| serde::de::Error::custom("not a tag of ours"))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    #[test]
    fn a_branch_reads_back_as_it_was_printed() {
        let mut random = Random::from_seed(1);
        for _ in 0..100 {
            let branch = Branch::mint(&mut random);
            let text = branch.to_string();
            assert_eq!(text.len(), 23);
            assert_eq!(Branch::parse(&text), Some(branch));
        }
    }

    #[test]
    fn a_foreign_branch_is_not_ours() {
        assert_eq!(Branch::parse("z9hG4bKnashds8"), None);
        assert_eq!(Branch::parse("0123456789abcdef"), None);
        assert_eq!(Branch::parse("z9hG4bK0123456789abcdeu"), None);
        assert_eq!(Branch::parse("z9hG4bK0123456789abcd\u{e9}"), None);
    }

    #[test]
    fn a_tag_survives_its_text() {
        let tag = Tag::of_fingerprint(0x0123_4567_89ab_cdef_0011_2233_4455_6677);
        assert_eq!(Tag::parse(&tag.to_string()), Some(tag));
        assert_eq!(Tag::parse("short"), None);
    }
}
