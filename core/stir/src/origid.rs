//! Which customer a call comes from, so that who signed it can tell (RFC 8588 §5).

use std::fmt;
use std::str::FromStr;

/// An identifier that says nothing to anybody but who made it: a UUID (RFC 9562).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct OrigId(u128);

impl OrigId {
    /// The identifier of 128 bits that nobody can guess; six of them say that it is made by a rule
    /// of its own (RFC 9562 §5.8).
    #[must_use]
    pub fn of_bits(bits: u128) -> OrigId {
        let version = 0xf << 76;
        let variant = 0b11 << 62;
        OrigId((bits & !version & !variant) | (0x8 << 76) | (0b10 << 62))
    }
}

impl fmt::Display for OrigId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let hex = format!("{:032x}", self.0);
        let part = |from: usize, to: usize| hex.get(from..to).unwrap_or_default();
        let (a, b, c) = (part(0, 8), part(8, 12), part(12, 16));
        write!(f, "{a}-{b}-{c}-{}-{}", part(16, 20), part(20, 32))
    }
}

/// A text that is no UUID.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoUuid;

impl FromStr for OrigId {
    type Err = NoUuid;

    fn from_str(text: &str) -> Result<OrigId, NoUuid> {
        let lengths = text.split('-').map(str::len);
        let hex: String = text.split('-').collect();
        let formed = lengths.eq([8, 4, 4, 4, 12]) && hex.bytes().all(|b| b.is_ascii_hexdigit());
        let bits = u128::from_str_radix(&hex, 16).map_err(|_| NoUuid)?;
        formed.then_some(OrigId(bits)).ok_or(NoUuid)
    }
}
