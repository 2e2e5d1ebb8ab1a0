//! Entropy and time that repeat: for the simulator and for tests.

use std::sync::Mutex;
use std::sync::atomic::{AtomicI64, Ordering};

use machine::{Random, WallTime};

use crate::host::{Entropy, WallClock};

/// Entropy that is the same for the same seed. Never for production.
#[derive(Debug)]
pub struct SeededEntropy(Mutex<Random>);

impl SeededEntropy {
    /// The stream of this seed.
    pub fn new(seed: u64) -> SeededEntropy {
        SeededEntropy(Mutex::new(Random::from_seed(seed)))
    }
}

impl Entropy for SeededEntropy {
    fn fill(&self, bytes: &mut [u8]) {
        // a poisoned lock only means that another thread stopped between two draws
        let mut random = self
            .0
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        random.fill(bytes);
    }
}

/// A clock that stands still until it is set.
#[derive(Debug)]
pub struct FixedClock(AtomicI64);

impl FixedClock {
    /// A clock that shows this time.
    pub fn at(time: WallTime) -> FixedClock {
        FixedClock(AtomicI64::new(time.unix_ms()))
    }

    /// Sets the clock.
    pub fn set(&self, time: WallTime) {
        self.0.store(time.unix_ms(), Ordering::Relaxed);
    }
}

impl WallClock for FixedClock {
    fn now(&self) -> WallTime {
        WallTime::from_unix_ms(self.0.load(Ordering::Relaxed))
    }
}
