//! Recovery codes: ten texts to print, for the day the phone with the app is gone.

use ids::UserId;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use tenancy::TokenHash;

use crate::base32;

/// How many codes a person gets.
pub const RECOVERY_CODES: usize = 10;

/// Random bytes of each: enough that no salt and no slow hash is needed.
const CODE_BYTES: usize = 10;

/// Characters between two dashes.
const GROUP: usize = 4;

/// What is kept of a person's codes: the hashes of those not used yet.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecoveryCodes(Vec<TokenHash>);

impl RecoveryCodes {
    /// New codes of a person, and their texts (`0000-0000-0000-0000`), to be shown once. The
    /// former ones are void when these are stored in their place.
    pub fn from_entropy(
        user: UserId,
        bits: [[u8; CODE_BYTES]; RECOVERY_CODES],
    ) -> (RecoveryCodes, Vec<String>) {
        let plain = bits.map(|bits| base32::encode(base32::CROCKFORD, &bits));
        let hashes = plain.iter().map(|plain| hash(user, plain)).collect();
        let shown = plain.iter().map(|plain| grouped(plain)).collect();
        (RecoveryCodes(hashes), shown)
    }

    /// Uses one up; whether it was one. To be stored before the person is let in.
    ///
    /// Upper case, dashes and spaces do not matter, nor `o` for `0` and `i` or `l` for `1`.
    pub fn spend(&mut self, user: UserId, text: &str) -> bool {
        let presented = hash(user, &canonical(text));
        let before = self.0.len();
        self.0.retain(|kept| !kept.matches(&presented));
        self.0.len() < before
    }

    /// How many are left, so that the person can be warned.
    pub fn left(&self) -> usize {
        self.0.len()
    }
}

fn hash(user: UserId, plain: &str) -> TokenHash {
    let digest = Sha256::new()
        .chain_update(user.as_u128().to_be_bytes())
        .chain_update(plain);
    TokenHash(digest.finalize().into())
}

fn grouped(plain: &str) -> String {
    plain
        .as_bytes()
        .chunks(GROUP)
        .map(String::from_utf8_lossy)
        .collect::<Vec<_>>()
        .join("-")
}

fn canonical(text: &str) -> String {
    text.to_lowercase()
        .chars()
        .filter(|c| *c != '-' && !c.is_whitespace())
        .map(|c| match c {
            'o' => '0',
            'i' | 'l' => '1',
            other => other,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn made() -> (UserId, RecoveryCodes, Vec<String>) {
        let user = UserId::new(1, 1);
        let bits = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9].map(|n| [n; CODE_BYTES]);
        let (codes, shown) = RecoveryCodes::from_entropy(user, bits);
        (user, codes, shown)
    }

    #[test]
    fn each_of_ten_codes_opens_once() {
        let (user, mut codes, shown) = made();
        assert_eq!(shown.len(), RECOVERY_CODES);
        for (used, code) in shown.iter().enumerate() {
            assert!(codes.spend(user, code), "{code}");
            assert!(!codes.spend(user, code), "{code} again");
            assert_eq!(codes.left(), RECOVERY_CODES - used - 1);
        }
    }

    #[test]
    fn a_code_may_be_typed_as_people_type() {
        let (user, mut codes, shown) = made();
        assert_eq!(shown[0], "0000-0000-0000-0000");
        assert!(codes.spend(user, " oooo 0OOO-00000000"));
    }

    #[test]
    fn a_code_is_no_use_to_another_person_and_nothing_else_opens() {
        let (user, mut codes, shown) = made();
        assert!(!codes.spend(UserId::new(2, 2), &shown[0]));
        assert!(!codes.spend(user, ""));
        assert!(!codes.spend(user, "zzzz-zzzz-zzzz-zzzz"));
        assert_eq!(codes.left(), RECOVERY_CODES);
    }

    #[test]
    fn what_is_stored_holds_no_code() {
        let (_, codes, shown) = made();
        let stored = serde_json::to_string(&codes).unwrap();
        assert!(shown.iter().all(|code| !stored.contains(code)));
        assert_eq!(
            serde_json::from_str::<RecoveryCodes>(&stored).unwrap(),
            codes
        );
    }
}
