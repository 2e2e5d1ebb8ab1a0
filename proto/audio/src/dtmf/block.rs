//! Whether one block of sound is two tones of a key and nothing else.

use super::{HIGH, LOW, amplitude, key_at};
use crate::spectrum::{self, BLOCK, Filter, GATHERED, Phasor};

/// Levels in dBm0 below which a tone is none. ITU-T Q.24 knows no receiver that must hear less than
/// -29; much fainter ones are echoes and the talk of other lines.
const FAINTEST: i8 = -34;

/// The high tone may be this many times as strong as the low one: 6 dB. ITU-T Q.24 asks for 4; two
/// more are for what noise adds.
const HIGH_OVER_LOW: u64 = 4;

/// The low tone may be this many times as strong as the high one: 11 dB. ITU-T Q.24 asks for 8,
/// since lines take more of what is high; three more are for what noise takes of the fainter one.
const LOW_OVER_HIGH: u64 = 13;

/// The share of a block that its two tones must have, in per cent: all else is 9 dB below them at
/// least. Speech has more beside any two of its harmonics; noise at 15 dB below leaves 97.
const SHARE: u64 = 88;

/// The second harmonic of the high tone is this many times weaker than both tones at least: 13 dB.
/// A voice with a harmonic there has the next ones too; a line adds less. That of a low tone lies
/// beside the high group, where it cannot be told from the high tone, so it counts towards
/// [`SHARE`] only.
const HARMONIC: u64 = 20;

/// How far a frequency may seem to stray from one block to the next, in thousandths of it. Over a
/// press as a whole less is granted; noise lets single blocks wander.
const WANDERS: u64 = 30;

/// The filters of the rows.
static LOWS: [Filter; 4] = filters(LOW, 1);

/// The filters of the columns.
static HIGHS: [Filter; 4] = filters(HIGH, 1);

/// The filters of the second harmonics of the columns.
static HARMONICS: [Filter; 4] = filters(HIGH, 2);

/// The energy of a tone of the faintest level.
const FAINTEST_ENERGY: u64 = spectrum::energy_of(amplitude(FAINTEST) as u64);

const fn filters(hertz: [u32; 4], times: u32) -> [Filter; 4] {
    let [a, b, c, d] = hertz;
    [
        Filter::new(times * a),
        Filter::new(times * b),
        Filter::new(times * c),
        Filter::new(times * d),
    ]
}

/// What is in one block of each frequency of DTMF.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Block {
    low: [Phasor; 4],
    high: [Phasor; 4],
    energy: u64,
}

/// A key heard in a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Pair {
    pub(super) key: char,
    /// How far both frequencies lie from where they should, in thousandths of themselves.
    pub(super) strays: [i32; 2],
    /// Of both tones.
    pub(super) power: u64,
}

/// The strongest tone of a group.
struct Strongest {
    index: usize,
    /// As if it were where it should be.
    power: u64,
    stray: i32,
}

impl Block {
    /// Looks for each frequency; in sound fainter than any key, for none.
    pub(super) fn of(samples: &[i16; BLOCK]) -> Self {
        let energy = spectrum::energy(samples);
        if energy < FAINTEST_ENERGY {
            return Self::default();
        }
        Self {
            low: LOWS.each_ref().map(|filter| filter.of(samples)),
            high: HIGHS.each_ref().map(|filter| filter.of(samples)),
            energy,
        }
    }

    /// The key of this block, whose samples these are, behind another one.
    pub(super) fn key(&self, before: &Self, samples: &[i16; BLOCK]) -> Option<Pair> {
        let low = strongest(&LOWS, &before.low, &self.low)?;
        let high = strongest(&HIGHS, &before.high, &self.high)?;
        let faintest = GATHERED * FAINTEST_ENERGY;
        let heard = low.power.min(high.power) >= faintest;
        let balanced =
            high.power <= HIGH_OVER_LOW * low.power && low.power <= LOW_OVER_HIGH * high.power;
        let alone = (low.power + high.power) * 100 >= SHARE * GATHERED * self.energy;
        if !(heard && balanced && alone) {
            return None;
        }
        let harmonic = HARMONICS.get(high.index)?.of(samples);
        let power = low.power + high.power;
        let pair = Pair {
            key: key_at(low.index, high.index)?,
            strays: [low.stray, high.stray],
            power,
        };
        (harmonic.power() * HARMONIC <= power).then_some(pair)
    }
}

/// The strongest tone of a group, unless it is too far from where it should be.
fn strongest(group: &[Filter; 4], before: &[Phasor; 4], now: &[Phasor; 4]) -> Option<Strongest> {
    let tones = group.iter().zip(before).zip(now).enumerate();
    let (index, ((filter, before), now)) = tones.max_by_key(|(_, (_, now))| now.power())?;
    let offset = filter.offset(*before, *now);
    let hertz = filter.hertz;
    if u64::from(offset.unsigned_abs()) > WANDERS * u64::from(hertz) {
        return None;
    }
    // thousandths of a Hz in one Hz are thousandths
    let stray = offset / i32::try_from(hertz).ok()?;
    Some(Strongest {
        index,
        power: spectrum::centred(now.power(), offset),
        stray,
    })
}
