//! How loud a sound is: as loud as others, and never clipped.

use crate::rate::RATE;

/// The root of the mean square that is aimed at: 20 dB below full scale.
const AIM: f32 = 0.1;

/// Most that any sample may be: 1 dB below full scale.
const PEAK: f32 = 0.89;

/// Most that a sound is made louder: 20 dB. What is quieter than that is meant to be, or is noise.
const GAIN_MAX: f32 = 10.0;

/// What is quieter than this, 60 dB below full scale, is a pause.
const PAUSE: f32 = 1e-6;

/// Samples that are looked at together: a tenth of a second.
const BLOCK: usize = RATE as usize / 10;

/// The samples as they are kept.
pub(crate) fn levelled(samples: &[f32]) -> Vec<i16> {
    let gain = gain(samples);
    samples
        .iter()
        .map(|sample| rounded(sample * gain))
        .collect()
}

/// Keeps a stream, of which the end is not known, as loud as sounds are: by what it was like in the
/// last seconds.
#[derive(Debug)]
pub(crate) struct Steady {
    /// The mean square lately, without pauses.
    power: f32,
}

/// The mean square that a stream is taken to have at first: radio stations are loud.
const RADIO: f32 = 0.04;

/// In how many samples what it was like before has hardly any weight any more: 5 s.
const MEMORY: f32 = 80_000.0;

impl Default for Steady {
    fn default() -> Steady {
        Steady { power: RADIO }
    }
}

impl Steady {
    /// The next samples as they are heard.
    pub(crate) fn level(&mut self, samples: &[f32]) -> Vec<i16> {
        let now = power(samples);
        if now > PAUSE {
            let count = samples.iter().fold(0.0, |count, _| count + 1.0);
            self.power += (now - self.power) * (count / MEMORY).min(1.0);
        }
        let gain = (AIM / self.power.max(PAUSE).sqrt()).min(GAIN_MAX);
        samples
            .iter()
            .map(|sample| rounded((sample * gain).clamp(-PEAK, PEAK)))
            .collect()
    }
}

fn gain(samples: &[f32]) -> f32 {
    let powers: Vec<f32> = samples.chunks(BLOCK).map(power).collect();
    // pauses say nothing of how loud the rest is, nor does what is far below the rest
    let loud = mean(powers.iter().copied().filter(|power| *power > PAUSE));
    let heard = mean(powers.iter().copied().filter(|power| *power > loud / 10.0));
    let peak = samples.iter().fold(0.0_f32, |peak, s| peak.max(s.abs()));
    if heard <= PAUSE || peak <= 0.0 {
        return if peak > PEAK { PEAK / peak } else { 1.0 };
    }
    (AIM / heard.sqrt()).min(GAIN_MAX).min(PEAK / peak)
}

fn power(samples: &[f32]) -> f32 {
    mean(samples.iter().map(|sample| sample * sample))
}

fn mean(values: impl Iterator<Item = f32>) -> f32 {
    let (sum, count) = values.fold((0.0, 0.0), |(sum, count), value| (sum + value, count + 1.0));
    if count > 0.0 { sum / count } else { 0.0 }
}

/// Within the range of 16 bits, so nothing is cut off.
#[allow(clippy::cast_possible_truncation)]
fn rounded(sample: f32) -> i16 {
    (sample * 32_767.0).round().clamp(-32_768.0, 32_767.0) as i16
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A second of a tone, of this amplitude.
    fn tone(amplitude: f32) -> Vec<f32> {
        let wave = (0..16_000_u16).map(|n| (f32::from(n) * 0.3).sin());
        wave.map(|sample| sample * amplitude).collect()
    }

    fn peak(samples: &[i16]) -> u16 {
        samples.iter().map(|s| s.unsigned_abs()).max().unwrap_or(0)
    }

    #[test]
    fn loud_and_quiet_sounds_become_alike() {
        let peaks = [0.9, 0.3, 0.05].map(|amplitude| peak(&levelled(&tone(amplitude))));
        for peak in peaks {
            // 20 dB below full scale, and a sine's peak 3 dB above that
            assert!(peak.abs_diff(4_634) < 20, "{peaks:?}");
        }
    }

    #[test]
    fn a_pause_makes_the_rest_no_louder() {
        let mut spoken = tone(0.3);
        spoken.extend(vec![0.0; 160_000]);
        assert!(peak(&levelled(&spoken)).abs_diff(4_634) < 20);
    }

    #[test]
    fn what_is_hardly_there_is_not_blown_up() {
        assert!(peak(&levelled(&tone(0.002))) <= 656, "20 dB at most");
        assert_eq!(peak(&levelled(&vec![0.0; 16_000])), 0);
    }

    #[test]
    fn a_stream_becomes_as_loud_as_sounds_are_and_a_pause_changes_nothing() {
        for amplitude in [0.9, 0.1] {
            let mut steady = Steady::default();
            for _ in 0..30 {
                steady.level(&tone(amplitude));
            }
            assert!(peak(&steady.level(&tone(amplitude))).abs_diff(4_634) < 100);
            steady.level(&vec![0.0; 160_000]);
            assert!(peak(&steady.level(&tone(amplitude))).abs_diff(4_634) < 100);
        }
    }

    #[test]
    fn a_single_crack_is_not_clipped() {
        let mut quiet = tone(0.02);
        quiet[8_000] = 1.0;
        quiet[8_001] = -3.0;
        let samples = levelled(&quiet);
        assert!(peak(&samples) <= 29_200, "{}", peak(&samples));
        let full: Vec<f32> = vec![7.0];
        assert!(peak(&levelled(&full)) <= 29_200);
    }
}
