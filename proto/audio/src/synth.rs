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

/// A sine that advances sample by sample.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Oscillator {
    phase: u32,
    step: u32,
}

impl Oscillator {
    /// At zero; frequency in thousandths of a Hz, below half the rate.
    pub(crate) fn new(millihertz: u32) -> Self {
        let step = (u64::from(millihertz) << 32) / (u64::from(RATE) * 1000);
        Self {
            phase: 0,
            step: u32::try_from(step).unwrap_or(0),
        }
    }

    /// The next value, -32767 to 32767.
    pub(crate) fn next(&mut self) -> i32 {
        let index = usize::try_from(self.phase >> 22).unwrap_or(0);
        let fraction = i32::try_from(self.phase >> 7 & 0x7fff).unwrap_or(0);
        let (here, there) = (SINE[index], SINE[index + 1]);
        self.phase = self.phase.wrapping_add(self.step);
        here + (((there - here) * fraction) >> 15)
    }
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
    let mut voices: Vec<(Oscillator, i32)> = voices(note);
    for index in 0..length {
        let level = envelope.next(index);
        let sum: i32 = voices
            .iter_mut()
            .map(|(voice, share)| (voice.next() * *share) >> 8)
            .sum();
        // both stay below 2^16
        let value = (i64::from(sum) * i64::from(level)) >> 15;
        sound[(start + index) % total] += i32::try_from(value).unwrap_or(0);
    }
}

/// The oscillators of the overtones that fit below 7 kHz.
fn voices(note: &Note) -> Vec<(Oscillator, i32)> {
    let multiples = (1..).map(|n: u32| note.millihertz.saturating_mul(n));
    let all = multiples.zip(note.timbre.overtones);
    let audible = all.filter(|(millihertz, _)| *millihertz < 7_000_000);
    audible
        .map(|(millihertz, share)| (Oscillator::new(millihertz), *share))
        .collect()
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
