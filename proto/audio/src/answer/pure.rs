//! Pure tones: one sine and nothing besides, as beeps and fax machines have them and voices do not.
//!
//! A sine goes on by itself: each sample is told by its neighbours, `x[n+k] + x[n-k] = 2c x[n]`,
//! where `c` is the cosine of `k` steps. So `c` is fitted to each frame. Of the next neighbours it
//! says how high the tone is; what is left over says how pure it is, and two tones close to each
//! other are told apart by neighbours further away.

use super::{FRAME, FRAME_MS};

/// A cosine of 1.
const ONE: i64 = 1 << 14;

/// How far a tone's cosine may stray from that of its beginning: some 35 Hz at 1000 Hz.
const STRAYS: i64 = ONE / 50;

/// A tone is louder by this factor in power than all that is besides it: 15 dB.
const PURITY: i64 = 30;

/// Samples to the neighbours by which tones close to each other are told apart.
const FURTHER: usize = 10;

/// -dBov: what is quieter is not taken for a tone of somebody's.
const FAINTEST: u8 = 40;

/// Frames within a tone that may be none: an answering tone turns its phase now and then (ITU-T
/// V.8).
const GAP: u32 = 2;

/// Cosines of the tone of a fax that answers: 2100 Hz, 30 Hz more or less (ITU-T T.30 section
/// 4.1.1 allows 15).
const FAX: std::ops::RangeInclusive<i64> = -1_670..=-900;

/// Milliseconds after which it is one.
const FAX_MS: u32 = 400;

/// Cosines of beeps: 550 to 2050 Hz. Below are the tones of exchanges, above that of a fax.
const BEEPS: std::ops::RangeInclusive<i64> = -643..=14_879;

/// Milliseconds that a beep lasts.
const BEEP_MS: std::ops::RangeInclusive<u32> = 120..=2_000;

/// Milliseconds of quiet behind a beep before it counts as one: what goes on and off is a tone of
/// an exchange's.
const QUIET_MS: u32 = 400;

/// -dBov: quiet, as a machine is that listens.
const QUIET: u8 = 45;

/// A tone that was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pure {
    /// That of a fax, which goes on.
    Fax,
    /// A beep, which is over.
    Beep,
}

/// Follows tones, frame by frame.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Tones {
    tone: Option<Sounding>,
    /// Milliseconds of quiet since a tone that may have been a beep.
    quiet: Option<u32>,
}

/// A tone that sounds now.
#[derive(Clone, Copy, Debug)]
struct Sounding {
    cosine: i64,
    frames: u32,
    /// Frames since it was heard last.
    gap: u32,
}

impl Tones {
    /// Whether a tone sounds, which is no word of anybody's.
    pub(super) fn is_sounding(&self) -> bool {
        let known = |tone: Sounding| tone.frames * FRAME_MS >= *BEEP_MS.start();
        self.tone.is_some_and(known) || self.quiet.is_some()
    }

    /// Takes a frame of this level in -dBov.
    pub(super) fn hear(&mut self, frame: &[i16; FRAME], loudness: u8) -> Option<Pure> {
        let cosine = (loudness <= FAINTEST).then(|| cosine(frame)).flatten();
        let goes_on = |tone: &Sounding| cosine.is_some_and(|now| tone.is_near(now));
        match (&mut self.tone, cosine) {
            (Some(tone), _) if goes_on(tone) => {
                tone.frames += 1 + std::mem::take(&mut tone.gap);
                return tone.is_fax().then_some(Pure::Fax);
            }
            (Some(tone), _) if tone.gap < GAP => {
                tone.gap += 1;
                return None;
            }
            (Some(tone), _) => {
                self.quiet = tone.is_beep().then_some(tone.gap * FRAME_MS);
                self.tone = None;
            }
            (None, _) => {}
        }
        if let Some(quiet) = &mut self.quiet {
            *quiet += FRAME_MS;
            let over = *quiet >= QUIET_MS;
            if loudness < QUIET || over {
                self.quiet = None;
            }
            return (loudness >= QUIET && over).then_some(Pure::Beep);
        }
        self.tone = cosine.map(|cosine| Sounding {
            cosine,
            frames: 1,
            gap: 0,
        });
        None
    }
}

impl Sounding {
    fn is_near(&self, cosine: i64) -> bool {
        (cosine - self.cosine).abs() <= STRAYS
    }

    fn is_fax(&self) -> bool {
        FAX.contains(&self.cosine) && self.frames * FRAME_MS >= FAX_MS
    }

    fn is_beep(&self) -> bool {
        BEEPS.contains(&self.cosine) && BEEP_MS.contains(&(self.frames * FRAME_MS))
    }
}

/// The cosine of a frame's tone, if it is one that is looked for, and nothing besides.
fn cosine(frame: &[i16; FRAME]) -> Option<i64> {
    let cosine = fitted(frame, 1)?;
    let wanted = BEEPS.contains(&cosine) || FAX.contains(&cosine);
    (wanted && fitted(frame, FURTHER).is_some()).then_some(cosine)
}

/// The cosine that neighbours so far away have in common; `None` where they have not.
fn fitted(frame: &[i16; FRAME], away: usize) -> Option<i64> {
    let triples = || {
        let later = frame.iter().skip(2 * away);
        let pairs = frame.iter().zip(later);
        let sides = pairs.map(|(before, after)| i64::from(*before) + i64::from(*after));
        sides.zip(frame.iter().skip(away).map(|now| i64::from(*now)))
    };
    let along: i64 = triples().map(|(sides, now)| sides * now).sum();
    let power: i64 = triples().map(|(_, now)| now * now).sum();
    let cosine = (along * ONE).checked_div(2 * power)?;
    let error = |(sides, now): (i64, i64)| sides - 2 * cosine * now / ONE;
    let left: i64 = triples().map(|triple| error(triple).pow(2)).sum();
    // noise of some power leaves that power 2 + 4c² times
    let share = 2 * ONE + 4 * cosine * cosine / ONE;
    (left.saturating_mul(PURITY) <= power.saturating_mul(share) / ONE).then_some(cosine)
}
