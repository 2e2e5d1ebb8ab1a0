//! Randomness that is handed in: one type, either fast and replayable or unpredictable.

mod chacha;

use std::fmt;

use chacha::Stream;

/// The digits of [`Random::token`]: Crockford's base32 in lower case, five bits each.
const TOKEN_ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// A source of random numbers, made from a seed and equal for equal seeds.
///
/// [`Random::from_seed`] gives xoshiro256++, for simulations and for spreading load;
/// [`Random::secure`] gives a ChaCha20 stream (RFC 8439) that forgets its past, for branches,
/// tags, nonces and tokens that nobody may guess. It is not `Clone`: two copies would repeat each
/// other. [`Random::fork`] makes an independent one.
pub struct Random(Kind);

enum Kind {
    Fast([u64; 4]),
    Secure(Box<Stream>),
}

impl Random {
    /// A fast, predictable source from a number, spread by splitmix64.
    pub fn from_seed(seed: u64) -> Random {
        let mut state = seed;
        Random(Kind::Fast([(); 4].map(|()| splitmix(&mut state))))
    }

    /// A fast, predictable source from 256 bits.
    pub fn from_seed_bytes(seed: [u8; 32]) -> Random {
        let mut words = [0; 4];
        for (word, bytes) in words.iter_mut().zip(seed.as_chunks::<8>().0) {
            *word = u64::from_le_bytes(*bytes);
        }
        if words == [0; 4] {
            // The one state that xoshiro never leaves.
            return Random::from_seed(0);
        }
        Random(Kind::Fast(words))
    }

    /// An unpredictable source from 256 bits that the operating system drew.
    pub fn secure(seed: [u8; 32]) -> Random {
        Random(Kind::Secure(Box::new(Stream::new(&seed))))
    }

    /// Whether nobody can guess what comes next from what came before.
    pub const fn is_secure(&self) -> bool {
        match self.0 {
            Kind::Fast(_) => false,
            Kind::Secure(_) => true,
        }
    }

    /// 64 random bits.
    pub fn next_u64(&mut self) -> u64 {
        match &mut self.0 {
            Kind::Fast(state) => xoshiro(state),
            Kind::Secure(stream) => u64::from_le_bytes(stream.take()),
        }
    }

    /// 32 random bits.
    pub fn next_u32(&mut self) -> u32 {
        let [a, b, c, d, ..] = self.next_u64().to_be_bytes();
        u32::from_be_bytes([a, b, c, d])
    }

    /// 128 random bits.
    pub fn next_u128(&mut self) -> u128 {
        let high = u128::from(self.next_u64());
        (high << 64) | u128::from(self.next_u64())
    }

    /// A number from 0 to `n` - 1, each as likely as the others; 0 when `n` is 0.
    pub fn below(&mut self, n: u64) -> u64 {
        if n == 0 {
            return 0;
        }
        // Of 2^64 numbers the last 2^64 mod n would favour the small results: they are redrawn.
        let unfair = (u64::MAX % n + 1) % n;
        loop {
            let drawn = self.next_u64();
            if drawn <= u64::MAX - unfair {
                return drawn % n;
            }
        }
    }

    /// A number from `low` to `high`, both included; `low` when `high` is not above it.
    pub fn between(&mut self, low: u64, high: u64) -> u64 {
        match high.saturating_sub(low).checked_add(1) {
            Some(n) => low + self.below(n),
            None => self.next_u64(),
        }
    }

    /// Yes with a probability of so many in a thousand; 1,000 and more is always, 0 is never.
    pub fn chance(&mut self, permille: u32) -> bool {
        self.below(1_000) < u64::from(permille)
    }

    /// Fills the bytes.
    pub fn fill(&mut self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(8) {
            let drawn = self.next_u64().to_le_bytes();
            chunk.copy_from_slice(&drawn[..chunk.len()]);
        }
    }

    /// A text of `n` characters from `0-9a-z` without `i`, `l`, `o`, `u`: five random bits each.
    pub fn token(&mut self, n: usize) -> String {
        let mut text = String::with_capacity(n);
        let (mut bits, mut left) = (0, 0);
        for _ in 0..n {
            if left == 0 {
                (bits, left) = (self.next_u64(), 12);
            }
            text.push(char::from(
                TOKEN_ALPHABET[usize::from(bits.to_le_bytes()[0] & 31)],
            ));
            bits >>= 5;
            left -= 1;
        }
        text
    }

    /// One of the items, each as likely as the others; nothing when there are none.
    pub fn pick<'a, T>(&mut self, items: &'a [T]) -> Option<&'a T> {
        items.get(self.index_below(items.len()))
    }

    /// Brings the items into an order, each order as likely as the others.
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.index_below(last + 1));
        }
    }

    /// A new source of the same kind, independent of this one. It depends on what was drawn here
    /// before and on the label; the same label may be used again and gives another source.
    pub fn fork(&mut self, label: &str) -> Random {
        match &mut self.0 {
            Kind::Fast(state) => {
                let mut mixed = xoshiro(state);
                for byte in label.bytes() {
                    mixed ^= u64::from(byte);
                    mixed = splitmix(&mut mixed);
                }
                Random::from_seed(mixed)
            }
            Kind::Secure(stream) => {
                let mut key = stream.take();
                for part in label.as_bytes().chunks(12) {
                    key = chacha::absorb(&key, part);
                }
                Random::secure(key)
            }
        }
    }

    fn index_below(&mut self, n: usize) -> usize {
        // The drawn number is below a usize, so both conversions hold.
        let drawn = self.below(u64::try_from(n).unwrap_or(u64::MAX));
        usize::try_from(drawn).unwrap_or(0)
    }
}

impl fmt::Debug for Random {
    /// Shows the kind and never the state.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.is_secure() {
            "Random(secure)"
        } else {
            "Random(fast)"
        })
    }
}

/// The next number of splitmix64 (Steele, Lea and Flood 2014).
fn splitmix(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut mixed = *state;
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

/// The next number of xoshiro256++ (Blackman and Vigna 2019).
fn xoshiro(s: &mut [u64; 4]) -> u64 {
    let drawn = s[0].wrapping_add(s[3]).rotate_left(23).wrapping_add(s[0]);
    let shifted = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= shifted;
    s[3] = s[3].rotate_left(45);
    drawn
}

#[cfg(test)]
mod tests;
