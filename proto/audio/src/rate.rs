//! The sampling rates of linear sound.

/// Samples per second, by the bands that the codecs' recommendations speak of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Rate {
    /// 8 kHz, narrow-band: G.711.
    Narrow,
    /// 16 kHz, wide-band: G.722.
    Wide,
    /// 48 kHz, full-band: Opus.
    Full,
}

impl Rate {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Narrow, Self::Wide, Self::Full];

    /// Samples per millisecond.
    #[must_use]
    pub const fn per_ms(self) -> usize {
        match self {
            Self::Narrow => 8,
            Self::Wide => 16,
            Self::Full => 48,
        }
    }

    /// Samples per second.
    #[must_use]
    pub const fn hertz(self) -> u32 {
        match self {
            Self::Narrow => 8_000,
            Self::Wide => 16_000,
            Self::Full => 48_000,
        }
    }

    /// The rate of so many samples per second.
    #[must_use]
    pub fn from_hertz(hertz: u32) -> Option<Self> {
        Self::ALL.into_iter().find(|rate| rate.hertz() == hertz)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_is_found_by_its_samples_per_second() {
        for rate in Rate::ALL {
            assert_eq!(Rate::from_hertz(rate.hertz()), Some(rate));
            let per_ms = u32::try_from(rate.per_ms()).unwrap_or(0);
            assert_eq!(1000 * per_ms, rate.hertz());
        }
        assert_eq!(Rate::from_hertz(44_100), None);
    }
}
