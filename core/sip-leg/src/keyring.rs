//! The keys that we protect a leg's packets with: one for each suite, all drawn from one seed.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sdp::IceCredentials;
use sha2::Sha256;
use srtp::{MasterKey, Suite};
use webrtc::{CREDENTIAL_OCTETS, credentials_of};
use zeroize::Zeroize;

/// The keys of one leg. They stay the same for as long as the leg lives in this process, so that
/// a description which is told again breaks nothing; they are never written down.
#[derive(Clone, Default)]
pub(crate) struct Keyring {
    seed: [u8; 32],
    generation: u32,
    /// How often words were drawn.
    drawings: u32,
}

impl Keyring {
    /// The keys of a seed that nobody can guess.
    pub(crate) fn new(seed: [u8; 32]) -> Keyring {
        Keyring {
            seed,
            generation: 0,
            drawings: 0,
        }
    }

    /// The keys of the leg's video, which are others: two streams by one key could be taken for
    /// each other (RFC 3711 section 9.1).
    pub(crate) fn of_video(&self) -> Option<Keyring> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.seed).ok()?;
        mac.update(b"video");
        Some(Keyring::new(mac.finalize().into_bytes().into()))
    }

    /// From now on all keys are others: one that was in use before must not come back, since its
    /// packets would be counted from the start again.
    pub(crate) fn renew(&mut self) {
        self.generation = self.generation.wrapping_add(1);
    }

    /// Our key for a suite.
    pub(crate) fn of(&self, suite: Suite) -> Option<MasterKey> {
        self.drawn(suite, "ours")
    }

    /// A key that nobody has: what is said to come by it is not believed.
    pub(crate) fn of_nobody(&self, suite: Suite) -> Option<MasterKey> {
        self.drawn(suite, "nobody")
    }

    /// Words by which a peer asks for us (ICE), others each time.
    pub(crate) fn credentials(&mut self) -> Option<IceCredentials> {
        self.drawings = self.drawings.wrapping_add(1);
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.seed).ok()?;
        mac.update(b"words");
        mac.update(&self.drawings.to_be_bytes());
        let octets = mac.finalize().into_bytes();
        credentials_of(octets.first_chunk::<CREDENTIAL_OCTETS>()?)
    }

    fn drawn(&self, suite: Suite, whose: &str) -> Option<MasterKey> {
        let mut octets = [0; 64];
        for (number, half) in (0_u8..).zip(octets.chunks_mut(32)) {
            let mut mac = Hmac::<Sha256>::new_from_slice(&self.seed).ok()?;
            mac.update(whose.as_bytes());
            mac.update(suite.name().as_bytes());
            mac.update(&self.generation.to_be_bytes());
            mac.update(&[number]);
            half.copy_from_slice(&mac.finalize().into_bytes());
        }
        let key = MasterKey::new(suite, octets.get(..suite.master_bytes())?);
        octets.zeroize();
        key
    }
}

impl Drop for Keyring {
    fn drop(&mut self) {
        self.seed.zeroize();
    }
}

impl fmt::Debug for Keyring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Keyring(hidden)")
    }
}

/// A key as it stands behind `inline:`.
pub(crate) fn written(key: &MasterKey) -> String {
    STANDARD.encode(key.key_and_salt())
}

/// The key behind `inline:`; some leave the padding out.
pub(crate) fn read(suite: Suite, inline: &str) -> Option<MasterKey> {
    let padded = format!(
        "{:=<width$}",
        inline,
        width = inline.len().next_multiple_of(4)
    );
    let mut octets = STANDARD.decode(padded).ok()?;
    let key = MasterKey::new(suite, &octets);
    octets.zeroize();
    key
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn each_suite_has_a_key_of_its_own_and_each_seed_others() {
        let (one, other) = (Keyring::new([1; 32]), Keyring::new([2; 32]));
        let long = one.of(Suite::AesCm256Sha1Tag80).unwrap();
        let short = one.of(Suite::AesCm128Sha1Tag80).unwrap();
        assert_eq!(long.key_and_salt().len(), 46);
        assert_ne!(long.key_and_salt().get(..30), Some(short.key_and_salt()));
        assert_eq!(one.of(Suite::AesGcm128), one.of(Suite::AesGcm128));
        assert_ne!(one.of(Suite::AesGcm128), other.of(Suite::AesGcm128));
        assert_ne!(one.of(Suite::AesGcm128), one.of_nobody(Suite::AesGcm128));
        let mut later = one.clone();
        later.renew();
        assert_ne!(one.of(Suite::AesGcm128), later.of(Suite::AesGcm128));
    }

    #[test]
    fn a_key_is_read_with_its_padding_and_without() {
        let key = Keyring::new([7; 32]).of(Suite::AesGcm128).unwrap();
        let text = written(&key);
        assert!(text.ends_with('='));
        assert_eq!(read(Suite::AesGcm128, &text), Some(key.clone()));
        assert_eq!(
            read(Suite::AesGcm128, text.trim_end_matches('=')),
            Some(key)
        );
        assert_eq!(read(Suite::AesGcm128, "AAAA"), None);
        assert_eq!(read(Suite::AesGcm128, "?"), None);
    }
}
