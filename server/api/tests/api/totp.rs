//! An authenticator app, made of RFC 6238 and RFC 4226 alone.

use hmac::{Hmac, KeyInit, Mac};
use machine::WallTime;
use sha1::Sha1;

/// The code that the app shows at a time, for a secret that was typed in.
pub(crate) fn code(secret: &str, at: WallTime) -> String {
    let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let (mut bits, mut held, mut key) = (0_u64, 0, Vec::new());
    for letter in secret.chars() {
        let five = alphabet.find(letter).expect("base32");
        bits = bits << 5 | u64::try_from(five).unwrap();
        held += 5;
        if held >= 8 {
            held -= 8;
            key.push(u8::try_from(bits >> held & 255).unwrap());
        }
    }
    let mut mac = Hmac::<Sha1>::new_from_slice(&key).unwrap();
    mac.update(&(at.unix_ms() / 30_000).to_be_bytes());
    let digest = mac.finalize().into_bytes();
    let start = usize::from(digest[19] & 15);
    let word = u32::from_be_bytes(digest[start..start + 4].try_into().unwrap());
    format!("{:06}", (word & 0x7FFF_FFFF) % 1_000_000)
}
