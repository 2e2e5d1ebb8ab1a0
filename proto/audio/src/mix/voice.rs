//! One member's voice: its level with attack and release, and the gate that keeps the noise of its
//! room out.

/// Mean square at -50 dBov: from here on the gate opens.
const OPENS_FROM: u32 = 10_737;

/// Mean square at -56 dBov: below it the gate closes, after a while.
const CLOSES_BELOW: u32 = 2_697;

/// Frames that the gate stays open after the last one loud enough: 400 ms of 20 ms.
const HOLDS_OPEN: u32 = 20;

/// Level and gate of a voice.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Voice {
    /// Mean square, smoothed.
    level: u32,
    open: bool,
    /// Frames in a row too quiet for the gate.
    quiet_for: u32,
}

impl Voice {
    /// Takes a frame's mean square: half the way up, a quarter of the way down.
    pub(super) fn hear(&mut self, mean_square: u32) {
        self.level = if mean_square > self.level {
            // rounded up, so that it arrives
            mean_square - (mean_square - self.level) / 2
        } else {
            self.level - (self.level - mean_square).div_ceil(4)
        };
        if self.level >= OPENS_FROM {
            self.open = true;
        }
        if self.level >= CLOSES_BELOW {
            self.quiet_for = 0;
            return;
        }
        self.quiet_for = self.quiet_for.saturating_add(1);
        if self.quiet_for >= HOLDS_OPEN {
            self.open = false;
        }
    }

    /// The smoothed mean square.
    pub(super) fn level(&self) -> u32 {
        self.level
    }

    /// Does the gate let it pass?
    pub(super) fn is_open(&self) -> bool {
        self.open
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_level_rises_fast_and_falls_slowly() {
        let mut voice = Voice::default();
        let rising: Vec<u32> = (0..3)
            .map(|_| {
                voice.hear(8000);
                voice.level()
            })
            .collect();
        assert_eq!(rising, [4000, 6000, 7000]);
        voice.hear(0);
        assert_eq!(voice.level(), 5250);
        for _ in 0..100 {
            voice.hear(0);
        }
        assert_eq!(voice.level(), 0);
    }

    #[test]
    fn the_gate_opens_for_speech_and_closes_after_a_pause_only() {
        let mut voice = Voice::default();
        for _ in 0..50 {
            voice.hear(5_000);
            assert!(!voice.is_open());
        }
        voice.hear(1_000_000);
        assert!(voice.is_open());
        // between the two thresholds it stays as it is
        for _ in 0..200 {
            voice.hear(5_000);
        }
        assert!(voice.is_open());
        let frames = (1..).find(|_| {
            voice.hear(0);
            !voice.is_open()
        });
        assert_eq!(frames, Some(HOLDS_OPEN + 2));
    }
}
