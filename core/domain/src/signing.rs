//! The keys that sign a webhook's deliveries.

use std::fmt;
use std::time::Duration;

use machine::WallTime;
use serde::{Deserialize, Serialize};

/// How long a replaced key goes on signing beside the new one.
pub const KEY_OVERLAP: Duration = Duration::from_secs(24 * 3600);

/// A key that was replaced and still signs.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Former {
    bytes: [u8; 32],
    until: WallTime,
}

/// The keys of one webhook: the present one and, for [`KEY_OVERLAP`] after it was replaced, the
/// one before. `Debug` hides them.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct SigningKeys {
    number: u32,
    present: [u8; 32],
    former: Option<Former>,
}

impl SigningKeys {
    /// The first key of a webhook.
    pub fn first(bytes: [u8; 32]) -> SigningKeys {
        SigningKeys {
            number: 1,
            present: bytes,
            former: None,
        }
    }

    /// The keys after the present one was replaced.
    #[must_use]
    pub fn replaced(self, bytes: [u8; 32], now: WallTime) -> SigningKeys {
        SigningKeys {
            number: self.number.saturating_add(1),
            present: bytes,
            former: Some(Former {
                bytes: self.present,
                until: now + KEY_OVERLAP,
            }),
        }
    }

    /// The keys that sign now, the present one first, each with its number.
    pub fn valid(&self, now: WallTime) -> Vec<(u32, [u8; 32])> {
        let former = self.former.filter(|former| former.until > now);
        let former = former.map(|former| (self.number.saturating_sub(1), former.bytes));
        std::iter::once((self.number, self.present))
            .chain(former)
            .collect()
    }

    /// All of it, to be sealed.
    pub fn to_bytes(self) -> Vec<u8> {
        // numbers and bytes always have a JSON form
        serde_json::to_vec(&self).unwrap_or_default()
    }

    /// Reads what [`SigningKeys::to_bytes`] wrote.
    pub fn from_bytes(bytes: &[u8]) -> Option<SigningKeys> {
        serde_json::from_slice(bytes).ok()
    }
}

impl fmt::Debug for SigningKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningKeys(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_replaced_key_signs_beside_the_new_one_for_a_day() {
        let now = WallTime::from_unix_ms(1_700_000_000_000);
        let keys = SigningKeys::first([1; 32]).replaced([2; 32], now);
        assert_eq!(keys.valid(now), [(2, [2; 32]), (1, [1; 32])]);
        assert_eq!(keys.valid(now + KEY_OVERLAP), [(2, [2; 32])]);
        let again = keys.replaced([3; 32], now);
        assert_eq!(again.valid(now), [(3, [3; 32]), (2, [2; 32])]);
    }

    #[test]
    fn keys_read_back_from_their_bytes_and_are_never_printed() {
        let keys = SigningKeys::first([7; 32]).replaced([8; 32], WallTime::UNIX_EPOCH);
        assert_eq!(SigningKeys::from_bytes(&keys.to_bytes()), Some(keys));
        assert_eq!(SigningKeys::from_bytes(b"[1,2]"), None);
        assert_eq!(format!("{keys:?}"), "SigningKeys(…)");
    }
}
