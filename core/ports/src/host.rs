//! What only the machine can give: randomness, and the time of day.

use machine::WallTime;

/// Randomness that nobody can foresee.
pub trait Entropy: Send + Sync {
    /// Fills the bytes.
    fn fill(&self, bytes: &mut [u8]);

    /// 128 random bits.
    fn next_u128(&self) -> u128 {
        let mut bytes = [0; 16];
        self.fill(&mut bytes);
        u128::from_le_bytes(bytes)
    }
}

/// The time of day.
pub trait WallClock: Send + Sync {
    /// Now.
    fn now(&self) -> WallTime;
}
