//! One-time codes by time (RFC 6238), as authenticator apps show them: SHA-1, six digits, thirty
//! seconds. Other parameters exist on paper, but not in the apps.

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use machine::WallTime;
use serde::{Deserialize, Serialize};
use sha1::Sha1;
use subtle::ConstantTimeEq;

use crate::base32;

/// Length of a step, in milliseconds.
const STEP_MS: i64 = 30_000;

/// Steps by which the clock of the app may be off, either way (RFC 6238 §5.2).
const DRIFT: u64 = 1;

/// Length of a secret, in bytes (RFC 4226 §4).
const SECRET_BYTES: usize = 20;

/// Length of a block of SHA-1, in bytes.
const BLOCK: usize = 64;

/// What the app and the exchange both know. To be sealed where it is stored; `Debug` hides it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TotpSecret([u8; SECRET_BYTES]);

impl TotpSecret {
    /// The secret made of 160 random bits.
    pub fn from_entropy(bits: [u8; SECRET_BYTES]) -> TotpSecret {
        TotpSecret(bits)
    }

    /// Its bytes, to be sealed.
    pub fn as_bytes(&self) -> &[u8; SECRET_BYTES] {
        &self.0
    }

    /// Its text in base32, for typing it into an app.
    pub fn reveal(&self) -> String {
        base32::encode(base32::RFC4648, &self.0)
    }

    /// The `otpauth:` URI that apps read from a picture (Google's *Key Uri Format*).
    pub fn uri(&self, issuer: &str, person: &str) -> String {
        let (issuer, person) = (escaped(issuer), escaped(person));
        let secret = self.reveal();
        format!("otpauth://totp/{issuer}:{person}?secret={secret}&issuer={issuer}")
    }

    fn code(&self, step: u64) -> String {
        format!("{:06}", self.truncated(step) % 1_000_000)
    }

    /// The dynamic truncation of RFC 4226 §5.3.
    fn truncated(&self, step: u64) -> u32 {
        let mut block = [0; BLOCK];
        block[..SECRET_BYTES].copy_from_slice(&self.0);
        let mut mac = Hmac::<Sha1>::new(&block.into());
        mac.update(&step.to_be_bytes());
        let digest: [u8; 20] = mac.finalize().into_bytes().into();
        let at = usize::from(digest[19] & 15);
        let word = [digest[at], digest[at + 1], digest[at + 2], digest[at + 3]];
        u32::from_be_bytes(word) & 0x7FFF_FFFF
    }
}

impl fmt::Debug for TotpSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TotpSecret(…)")
    }
}

/// A code that is wrong, old, too early, or was used before. Which one is nobody's business.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BadCode;

impl fmt::Display for BadCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the code is wrong or was used already")
    }
}

impl std::error::Error for BadCode {}

/// What is kept beside the secret: the last step whose code was taken. To be stored after each
/// code, before the person is let in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Totp {
    taken: u64,
}

impl Totp {
    /// Takes a code, once. Spaces in it are not counted.
    ///
    /// # Errors
    /// [`BadCode`] when it is not the code of this step or of a neighbour, or when it, or a later
    /// one, was taken before (RFC 6238 §5.2).
    pub fn take(&mut self, now: WallTime, secret: &TotpSecret, code: &str) -> Result<(), BadCode> {
        let code: String = code.chars().filter(|c| !c.is_whitespace()).collect();
        let present = u64::try_from(now.unix_ms() / STEP_MS).unwrap_or(0);
        let window = present.saturating_sub(DRIFT)..=present.saturating_add(DRIFT);
        // all are compared, so that the time taken tells nothing
        let fitting = window
            .filter(|step| secret.code(*step).as_bytes().ct_eq(code.as_bytes()).into())
            .max();
        let step = fitting.filter(|step| *step > self.taken).ok_or(BadCode)?;
        self.taken = step;
        Ok(())
    }
}

/// Percent-encodes all but the unreserved characters (RFC 3986 §2.3).
fn escaped(text: &str) -> String {
    text.bytes().fold(String::new(), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret() -> TotpSecret {
        TotpSecret::from_entropy(*b"12345678901234567890")
    }

    fn at(seconds: i64) -> WallTime {
        WallTime::from_unix_ms(seconds * 1_000)
    }

    #[test]
    fn codes_are_those_of_the_standard() {
        // RFC 6238 appendix B, the last six of the eight digits
        for (seconds, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            let taken = Totp::default().take(at(seconds), &secret(), code);
            assert_eq!(taken, Ok(()), "{seconds}");
        }
    }

    #[test]
    fn a_clock_may_be_one_step_off_and_no_more() {
        let code = secret().code(100);
        for (seconds, expected) in [
            (99 * 30 - 1, Err(BadCode)),
            (99 * 30, Ok(())),
            (101 * 30 + 29, Ok(())),
            (102 * 30, Err(BadCode)),
        ] {
            let taken = Totp::default().take(at(seconds), &secret(), &code);
            assert_eq!(taken, expected, "{seconds}");
        }
    }

    #[test]
    fn a_code_is_taken_once_and_an_older_one_not_after_it() {
        let mut totp = Totp::default();
        let (older, code) = (secret().code(99), secret().code(100));
        assert_eq!(totp.take(at(3_000), &secret(), &code), Ok(()));
        assert_eq!(totp.take(at(3_000), &secret(), &code), Err(BadCode));
        assert_eq!(totp.take(at(3_000), &secret(), &older), Err(BadCode));
        let next = secret().code(101);
        assert_eq!(totp.take(at(3_030), &secret(), &next), Ok(()));
    }

    #[test]
    fn what_is_not_six_digits_is_refused_and_spaces_do_not_count() {
        let code = secret().code(100);
        let spaced = format!("{} {}", &code[..3], &code[3..]);
        assert_eq!(Totp::default().take(at(3_000), &secret(), &spaced), Ok(()));
        for bad in ["", "12345", "1234567", "abcdef"] {
            let taken = Totp::default().take(at(3_000), &secret(), bad);
            assert_eq!(taken, Err(BadCode), "{bad}");
        }
    }

    #[test]
    fn an_app_reads_secret_issuer_and_person_from_the_uri() {
        assert_eq!(
            secret().uri("Acme & Söhne", "ann@acme.example"),
            "otpauth://totp/Acme%20%26%20S%C3%B6hne:ann%40acme.example\
             ?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Acme%20%26%20S%C3%B6hne"
        );
    }
}
