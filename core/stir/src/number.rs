//! A telephone number in the form in which it is signed (RFC 8224 §8.3).

use std::fmt;

use serde::{Deserialize, Serialize};

/// Most characters of a number. The world's have at most 15 digits (E.164); those of services and
/// of companies may be longer by what is dialled before them.
pub const NUMBER_MAX: usize = 32;

/// A telephone number: 1 to 32 of `0-9 * #`, without a plus.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Number(String);

impl Number {
    /// The number that a text means: a plus before it, and dots, hyphens, blanks and parentheses
    /// within it, are left out; `None` for any other text. A number of the world comes with its
    /// country code, in which form it is for the caller to say.
    #[must_use]
    pub fn canonical(text: &str) -> Option<Number> {
        let text = text.strip_prefix('+').unwrap_or(text);
        let mut digits = String::with_capacity(text.len().min(NUMBER_MAX));
        for character in text.chars() {
            match character {
                '0'..='9' | '*' | '#' if digits.len() < NUMBER_MAX => digits.push(character),
                '.' | '-' | ' ' | '(' | ')' => {}
                _ => return None,
            }
        }
        (!digits.is_empty()).then_some(Number(digits))
    }

    /// Its characters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
