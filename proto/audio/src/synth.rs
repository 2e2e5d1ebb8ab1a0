//! Notes to samples: an integer sine, a soft attack and a decay, added into a loop.

/// Samples per second of everything rendered.
pub(crate) const RATE: u32 = 16_000;

/// Steps of one turn of the sine table; one more for interpolation at its end.
const TURN: usize = 1024;

static SINE: [i32; TURN + 1] = sine_table();

/// One turn with an amplitude of 32767, by the Taylor series in units of 2^-30.
const fn sine_table() -> [i32; TURN + 1] {
    let mut table = [0; TURN + 1];
    let mut index = 0;
    while index <= TURN {
        let quarter = index % (TURN / 2);
        let mirrored = if quarter > TURN / 4 {
            TURN / 2 - quarter
        } else {
            quarter
        };
        let value = quarter_sine(mirrored);
        table[index] = if index % TURN >= TURN / 2 {
            -value
        } else {
            value
        };
        index += 1;
    }
    table
}

#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    reason = "steps are below 257 and values below 2^15; conversion traits are not const"
)]
const fn quarter_sine(step: usize) -> i32 {
    // 2 pi in units of 2^-30
    const TWO_PI: i64 = 6_746_518_852;
    let x = TWO_PI * step as i64 / TURN as i64;
    let square = (x * x) >> 30;
    let mut term = x;
    let mut sum = x;
    let mut n = 2;
    while n < 14 {
        term = -((term * square) >> 30) / (n * (n + 1));
        sum += term;
        n += 2;
    }
    ((sum * 32767 + (1 << 29)) >> 30) as i32
}

/// The sine of a phase in 2^-32 of a turn, -32767 to 32767.
#[allow(
    clippy::cast_possible_wrap,
    reason = "the fraction is below 2^12; conversion traits are not const"
)]
pub(crate) const fn sine(phase: u32) -> i32 {
    let index = (phase >> 22) as usize;
    let fraction = ((phase >> 10) & 0xfff) as i32;
    let (here, there) = (SINE[index], SINE[index + 1]);
    here + (((there - here) * fraction) >> 12)
}

/// A wave that advances sample by sample.
#[derive(Clone, Debug)]
pub(crate) struct Oscillator {
    wave: Vec<i32>,
    phase: u32,
    step: u32,
}

impl Oscillator {
    /// At zero. The frequency is in thousandths of a Hz, that of the highest overtone below half
    /// the rate; overtones are levels in 1/256, the fundamental's first.
    pub(crate) fn new(millihertz: u32, overtones: &[i32]) -> Self {
        let step = (u64::from(millihertz) << 32) / (u64::from(RATE) * 1000);
        Self {
            wave: wave(overtones),
            phase: 0,
            step: u32::try_from(step).unwrap_or(0),
        }
    }

    /// The next value; of the fundamental alone -32767 to 32767.
    pub(crate) fn next(&mut self) -> i32 {
        let index = usize::try_from(self.phase >> 22).unwrap_or(0);
        let fraction = i32::try_from((self.phase >> 10) & 0xfff).unwrap_or(0);
        let (here, there) = (self.wave[index], self.wave[index + 1]);
        self.phase = self.phase.wrapping_add(self.step);
        here + (((there - here) * fraction) >> 12)
    }
}

/// One turn of a sine and its overtones.
fn wave(overtones: &[i32]) -> Vec<i32> {
    let at = |step: usize| {
        let sines = (1..)
            .zip(overtones)
            .map(|(n, share)| SINE[step * n % TURN] * share);
        sines.sum::<i32>() >> 8
    };
    (0..=TURN).map(at).collect()
}

/// How a note sounds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Timbre {
    /// Levels of the fundamental and its overtones, in 1/256.
    pub(crate) overtones: &'static [i32],
    /// Milliseconds until the full level.
    pub(crate) attack_ms: u32,
    /// Milliseconds in which the level falls to half; 0 keeps it.
    pub(crate) half_life_ms: u32,
    /// Milliseconds of fading at the end.
    pub(crate) release_ms: u32,
}

/// One note.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Note {
    /// Frequency in thousandths of a Hz.
    pub(crate) millihertz: u32,
    /// Begin in milliseconds.
    pub(crate) start_ms: u32,
    /// Length in milliseconds, fading included.
    pub(crate) length_ms: u32,
    /// Highest level, 0 to 32767.
    pub(crate) level: i32,
    /// How it sounds.
    pub(crate) timbre: &'static Timbre,
}

/// Samples of so many milliseconds.
pub(crate) fn samples_of(ms: u32) -> usize {
    usize::try_from(ms * (RATE / 1000)).unwrap_or(0)
}

/// Adds a note to a loop; what passes its end goes on at its beginning.
pub(crate) fn add(sound: &mut [i32], note: &Note) {
    let length = samples_of(note.length_ms);
    let start = samples_of(note.start_ms);
    let total = sound.len();
    if total == 0 {
        return;
    }
    let mut envelope = Envelope::new(note, length);
    let mut oscillator = Oscillator::new(note.millihertz, note.timbre.overtones);
    for index in 0..length {
        let level = envelope.next(index);
        let value = (i64::from(oscillator.next()) * i64::from(level)) >> 15;
        sound[(start + index) % total] += i32::try_from(value).unwrap_or(0);
    }
}

/// The level of a note over its time, 0 to 32767.
struct Envelope {
    level: i32,
    length: usize,
    attack: usize,
    release: usize,
    /// In 2^-30, of the full level.
    decayed: u64,
    /// Factor per sample, in 2^-30.
    decay: u64,
}

impl Envelope {
    fn new(note: &Note, length: usize) -> Self {
        let timbre = note.timbre;
        Self {
            level: note.level,
            length,
            attack: samples_of(timbre.attack_ms).max(1),
            release: samples_of(timbre.release_ms).max(1),
            decayed: 1 << 30,
            decay: decay_factor(timbre.half_life_ms),
        }
    }

    fn next(&mut self, index: usize) -> i32 {
        let part = |at: usize, whole: usize| {
            let scaled = at.min(whole) * 32768 / whole;
            i64::try_from(scaled).unwrap_or(0)
        };
        if index >= self.attack {
            self.decayed = (self.decayed * self.decay) >> 30;
        }
        let rise = part(index, self.attack);
        let fall = part(self.length - index, self.release);
        let decayed = i64::try_from(self.decayed >> 15).unwrap_or(0);
        let level = (i64::from(self.level) * decayed) >> 15;
        let level = (((level * rise) >> 15) * fall) >> 15;
        i32::try_from(level).unwrap_or(0)
    }
}

/// The factor per sample, in 2^-30, that halves in this time: `2^(-1/n)` by its series.
fn decay_factor(half_life_ms: u32) -> u64 {
    const ONE: u64 = 1 << 30;
    // the logarithm of 2 in 2^-30
    const LN_2: u64 = 744_261_118;
    let samples = u64::try_from(samples_of(half_life_ms)).unwrap_or(0);
    let Some(x) = LN_2.checked_div(samples) else {
        return ONE;
    };
    // x is small: the cubic term is below 2^-40
    ONE - x + ((x * x) >> 31)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::cast_possible_truncation)]

    use std::f64::consts::TAU;

    use super::*;

    #[test]
    fn the_sine_is_a_sine_to_the_last_bit() {
        for (index, value) in SINE.iter().enumerate() {
            let exact = (TAU * index as f64 / TURN as f64).sin() * 32767.0;
            assert!(
                (f64::from(*value) - exact).abs() <= 1.0,
                "{index}: {value} {exact}"
            );
        }
    }

    #[test]
    fn an_oscillator_has_its_frequency() {
        let mut oscillator = Oscillator::new(440_000, &[256]);
        let values: Vec<i32> = (0..16000).map(|_| oscillator.next()).collect();
        let rises = values
            .windows(2)
            .filter(|pair| pair[0] < 0 && pair[1] >= 0)
            .count();
        assert!((439..=440).contains(&rises), "{rises}");
    }

    #[test]
    fn a_note_decays_by_half_in_its_half_life() {
        let factor = decay_factor(100);
        let mut level: u64 = 1 << 30;
        for _ in 0..1600 {
            level = (level * factor) >> 30;
        }
        let half = 1_u64 << 29;
        assert!(level.abs_diff(half) < half / 1000, "{level}");
        assert_eq!(decay_factor(0), 1 << 30);
    }

    #[test]
    fn a_note_past_the_end_goes_on_at_the_beginning() {
        const PLAIN: Timbre = Timbre {
            overtones: &[256],
            attack_ms: 1,
            half_life_ms: 0,
            release_ms: 1,
        };
        let (millihertz, level) = (500_000, 10_000);
        let note = Note {
            millihertz,
            start_ms: 90,
            length_ms: 20,
            level,
            timbre: &PLAIN,
        };
        let mut sound = vec![0; samples_of(100)];
        add(&mut sound, &note);
        assert!(sound[..150].iter().any(|s| s.abs() > 9000));
        assert!(sound[170..1430].iter().all(|s| *s == 0));
        assert!(sound[1450..].iter().any(|s| s.abs() > 9000));
        add(&mut [], &note);
    }
}
