//! Fingerprint: a keyed 128-bit hash of outside text, so that nobody outside can choose what
//! collides (SipHash-2-4 with 128 bits of output, Aumasson and Bernstein 2012).

use std::hash::{BuildHasherDefault, Hasher};

use machine::Random;

/// The secret key of one shard's tables.
#[derive(Clone, Copy)]
pub(crate) struct Key(u64, u64);

impl Key {
    pub(crate) fn mint(random: &mut Random) -> Self {
        Self(random.next_u64(), random.next_u64())
    }

    /// Begins a fingerprint; `domain` separates uses of the same key.
    pub(crate) fn begin(self, domain: u8) -> Fingerprint {
        let mut fingerprint = Fingerprint::new(self.0, self.1);
        fingerprint.push(&[domain]);
        fingerprint
    }
}

/// A hash under way.
pub(crate) struct Fingerprint {
    v: [u64; 4],
    pending: u64,
    length: usize,
}

impl Fingerprint {
    fn new(k0: u64, k1: u64) -> Self {
        Self {
            v: [
                k0 ^ 0x736f_6d65_7073_6575,
                k1 ^ 0x646f_7261_6e64_6f6d ^ 0xee,
                k0 ^ 0x6c79_6765_6e65_7261,
                k1 ^ 0x7465_6462_7974_6573,
            ],
            pending: 0,
            length: 0,
        }
    }

    fn round(&mut self) {
        let [mut a, mut b, mut c, mut d] = self.v;
        a = a.wrapping_add(b);
        b = b.rotate_left(13) ^ a;
        a = a.rotate_left(32);
        c = c.wrapping_add(d);
        d = d.rotate_left(16) ^ c;
        a = a.wrapping_add(d);
        d = d.rotate_left(21) ^ a;
        c = c.wrapping_add(b);
        b = b.rotate_left(17) ^ c;
        c = c.rotate_left(32);
        self.v = [a, b, c, d];
    }

    fn word(&mut self, word: u64) {
        self.v[3] ^= word;
        self.round();
        self.round();
        self.v[0] ^= word;
    }

    /// Adds raw bytes.
    pub(crate) fn push(&mut self, mut bytes: &[u8]) {
        while !self.length.is_multiple_of(8) {
            let Some((&first, rest)) = bytes.split_first() else {
                return;
            };
            self.pending |= u64::from(first) << (8 * (self.length % 8));
            self.length = self.length.wrapping_add(1);
            bytes = rest;
            if self.length.is_multiple_of(8) {
                self.word(self.pending);
                self.pending = 0;
            }
        }
        let (words, rest) = bytes.as_chunks::<8>();
        for word in words {
            self.word(u64::from_le_bytes(*word));
        }
        self.length = self.length.wrapping_add(words.len() * 8);
        for &byte in rest {
            self.pending |= u64::from(byte) << (8 * (self.length % 8));
            self.length = self.length.wrapping_add(1);
        }
    }

    /// Adds one field; its end is part of the hash, so fields cannot run into each other.
    pub(crate) fn field(mut self, bytes: &[u8]) -> Self {
        self.push(bytes);
        self.push(&[0xff]);
        self
    }

    /// Adds a field whose ASCII letters compare without case.
    pub(crate) fn field_any_case(mut self, text: &str) -> Self {
        for byte in text.bytes() {
            self.push(&[byte.to_ascii_lowercase()]);
        }
        self.push(&[0xff]);
        self
    }

    /// Adds a number.
    pub(crate) fn number(mut self, number: u64) -> Self {
        self.push(&number.to_le_bytes());
        self
    }

    /// The hash.
    pub(crate) fn end(mut self) -> u128 {
        let low_byte = u64::try_from(self.length & 0xff).unwrap_or(0);
        self.word(self.pending | low_byte << 56);
        self.v[2] ^= 0xee;
        for _ in 0..4 {
            self.round();
        }
        let low = self.v[0] ^ self.v[1] ^ self.v[2] ^ self.v[3];
        self.v[1] ^= 0xdd;
        for _ in 0..4 {
            self.round();
        }
        let high = self.v[0] ^ self.v[1] ^ self.v[2] ^ self.v[3];
        u128::from(low) | u128::from(high) << 64
    }
}

/// A hasher for keys that are fingerprints or random already: takes their low bits as they are.
#[derive(Default)]
pub(crate) struct AsIs(u64);

impl Hasher for AsIs {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(byte);
        }
    }

    fn write_u128(&mut self, value: u128) {
        let [a, b, c, d, e, f, g, h, ..] = value.to_le_bytes();
        self.0 = u64::from_le_bytes([a, b, c, d, e, f, g, h]);
    }
}

/// A map from fingerprints.
pub(crate) type FingerprintMap<V> = hashbrown::HashMap<u128, V, BuildHasherDefault<AsIs>>;

#[cfg(test)]
mod tests {
    use super::*;

    fn reference(input: &[u8]) -> [u8; 16] {
        let mut fingerprint = Fingerprint::new(0x0706_0504_0302_0100, 0x0f0e_0d0c_0b0a_0908);
        fingerprint.push(input);
        fingerprint.end().to_le_bytes()
    }

    #[test]
    fn it_is_siphash_with_128_bits() {
        // the first two vectors of the reference implementation's vectors_sip128
        let empty = [
            0xa3, 0x81, 0x7f, 0x04, 0xba, 0x25, 0xa8, 0xe6, 0x6d, 0xf6, 0x72, 0x14, 0xc7, 0x55,
            0x02, 0x93,
        ];
        let one = [
            0xda, 0x87, 0xc1, 0xd8, 0x6b, 0x99, 0xaf, 0x44, 0x34, 0x76, 0x59, 0x11, 0x9b, 0x22,
            0xfc, 0x45,
        ];
        assert_eq!(reference(&[]), empty);
        assert_eq!(reference(&[0]), one);
    }

    #[test]
    fn the_pieces_do_not_matter_but_the_fields_do() {
        let input: Vec<u8> = (0..63).collect();
        for cut in 0..input.len() {
            let mut pieces = Fingerprint::new(1, 2);
            pieces.push(&input[..cut]);
            pieces.push(&input[cut..]);
            let mut whole = Fingerprint::new(1, 2);
            whole.push(&input);
            assert_eq!(pieces.end(), whole.end());
        }
        let one = Fingerprint::new(1, 2).field(b"ab").field(b"c").end();
        let other = Fingerprint::new(1, 2).field(b"a").field(b"bc").end();
        assert_ne!(one, other);
    }
}
