//! The text code of ids: prefix and Crockford base32, and what can be wrong with such a text.

use std::error::Error;
use std::fmt;

/// Characters in a prefix, the underscore included.
pub(crate) const PREFIX_LENGTH: usize = 4;

/// Characters after the prefix: 26 of five bits hold 130, of which the top two are always zero.
pub(crate) const DIGITS: usize = 26;

/// Length of every id's text, in bytes (all of them ASCII).
pub const TEXT_LENGTH: usize = PREFIX_LENGTH + DIGITS;

/// Bits of Unix milliseconds at the top of an id.
const TIME_BITS: u32 = 48;

/// Bits of randomness below them.
const RANDOM_BITS: u32 = 128 - TIME_BITS;

/// Crockford's alphabet in lower case; ascending in ASCII, so that texts sort as numbers do.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// Value in [`VALUES`] of a byte that is no digit.
const NO_DIGIT: u8 = 0xff;

/// The digit that each byte stands for.
const VALUES: [u8; 256] = values();

const fn values() -> [u8; 256] {
    let mut table = [NO_DIGIT; 256];
    let mut digit = 0u8;
    while digit < 32 {
        table[ALPHABET[digit as usize] as usize] = digit;
        digit += 1;
    }
    table
}

/// Joins a time and randomness. Milliseconds past the year 10889 count as that year's last ones;
/// of `random` the low 80 bits are taken.
pub(crate) const fn join(unix_ms: u64, random: u128) -> u128 {
    let most = (1u64 << TIME_BITS) - 1;
    let time = if unix_ms > most { most } else { unix_ms };
    ((time as u128) << RANDOM_BITS) | (random & ((1u128 << RANDOM_BITS) - 1))
}

/// The Unix milliseconds at the top of an id.
pub(crate) fn unix_ms(bits: u128) -> u64 {
    // 48 bits are left, so the conversion cannot fail.
    u64::try_from(bits >> RANDOM_BITS).unwrap_or(u64::MAX)
}

/// Writes prefix and digits.
pub(crate) fn encode(prefix: &str, bits: u128) -> [u8; TEXT_LENGTH] {
    let mut text = [0u8; TEXT_LENGTH];
    let (head, digits) = text.split_at_mut(PREFIX_LENGTH);
    for (place, byte) in head.iter_mut().zip(prefix.bytes()) {
        *place = byte;
    }
    let mut rest = bits;
    for place in digits.iter_mut().rev() {
        let low = rest.to_le_bytes()[0] & 31;
        *place = ALPHABET[usize::from(low)];
        rest >>= 5;
    }
    text
}

/// Reads a text that [`encode`] wrote with the same prefix.
pub(crate) fn decode(prefix: &'static str, text: &str) -> Result<u128, ParseIdError> {
    let wrong = |problem| ParseIdError {
        expected: prefix,
        problem,
    };
    let Some(digits) = text.strip_prefix(prefix) else {
        return Err(wrong(Problem::Prefix));
    };
    if digits.len() != DIGITS {
        return Err(wrong(Problem::Length { bytes: text.len() }));
    }
    let mut bits = 0u128;
    for (index, byte) in digits.bytes().enumerate() {
        let value = VALUES[usize::from(byte)];
        if value == NO_DIGIT {
            return Err(wrong(Problem::Digit {
                position: PREFIX_LENGTH + index,
            }));
        }
        if index == 0 && value > 7 {
            return Err(wrong(Problem::Range));
        }
        bits = (bits << 5) | u128::from(value);
    }
    Ok(bits)
}

/// A text that is not an id of the kind asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ParseIdError {
    /// The prefix of the kind that was asked for, such as `ten_`.
    pub expected: &'static str,
    /// Which rule the text breaks.
    pub problem: Problem,
}

/// Which rule of an id's text is broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Problem {
    /// The text does not begin with the prefix of its kind.
    Prefix,
    /// The text has not [`TEXT_LENGTH`] bytes but this many.
    Length {
        /// Bytes of the whole text, prefix included.
        bytes: usize,
    },
    /// A byte outside the lower-case alphabet of Crockford's base32.
    Digit {
        /// Its place in the text, counted from 0, in bytes.
        position: usize,
    },
    /// The digits stand for a number of more than 128 bits.
    Range,
}

impl fmt::Display for ParseIdError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let prefix = self.expected;
        write!(f, "expected an id beginning with \"{prefix}\": ")?;
        match self.problem {
            Problem::Prefix => write!(f, "it begins with something else"),
            Problem::Length { bytes } => {
                write!(f, "it must be {TEXT_LENGTH} bytes long, not {bytes}")
            }
            Problem::Digit { position } => {
                write!(f, "byte {position} is not in 0-9 a-z without i, l, o, u")
            }
            Problem::Range => write!(f, "its digits exceed 128 bits"),
        }
    }
}

impl Error for ParseIdError {}
