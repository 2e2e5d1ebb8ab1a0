//! Any sampling rate becomes 16 kHz.
//!
//! A windowed sinc, tabulated at 256 places between two samples; between two of those it is taken
//! as straight. The positions are counted in whole numbers, so that nothing drifts.

/// The rate that is given, samples per second.
pub(crate) const RATE: u32 = domain::SOUND_RATE;

/// Places between two samples at which the filter is known.
const PHASES: u32 = 256;

/// How many times the filter crosses zero on each side.
const ZEROS: f32 = 24.0;

/// The share of the narrower band that passes.
const PASS: f32 = 0.92;

/// Changes the rate of one stream.
#[derive(Debug)]
pub(crate) struct Resampler {
    from: u64,
    /// Samples that the filter reaches to each side.
    half: usize,
    /// The filter at each place, `2 * half` values each; one more place than there are phases.
    table: Vec<f32>,
    /// Samples that are still needed, behind `half` of silence before the first.
    waiting: Vec<f32>,
    /// Samples of the stream, with that silence, that are needed no more.
    gone: u64,
    /// Samples that were given.
    given: u64,
}

impl Resampler {
    /// At the beginning of a stream of so many samples per second.
    pub(crate) fn new(from: u32) -> Resampler {
        let band = (as_f32(RATE) / as_f32(from)).min(1.0) * PASS;
        let half = 1
            + (1..)
                .take_while(|reach| as_f32(*reach) * band < ZEROS)
                .count();
        Resampler {
            from: u64::from(from),
            half,
            table: table(band, half),
            waiting: vec![0.0; half],
            gone: 0,
            given: 0,
        }
    }

    /// Takes samples; those that come of them are added to `out`.
    pub(crate) fn push(&mut self, samples: &[f32], out: &mut Vec<f32>) {
        if self.from == u64::from(RATE) {
            out.extend_from_slice(samples);
            return;
        }
        self.waiting.extend_from_slice(samples);
        self.give(out);
    }

    /// The stream has ended.
    pub(crate) fn finish(mut self, out: &mut Vec<f32>) {
        if self.from != u64::from(RATE) {
            let silence = vec![0.0; self.half];
            self.waiting.extend_from_slice(&silence);
            self.give(out);
        }
    }

    fn give(&mut self, out: &mut Vec<f32>) {
        let (to, phases) = (u64::from(RATE), u64::from(PHASES));
        loop {
            let at = self.given * self.from;
            let (whole, rest) = (at / to, at % to);
            let Some(sample) = self.sample(whole, rest * phases) else {
                break;
            };
            out.push(sample);
            self.given += 1;
        }
        let needed = (self.given * self.from / to + 1).saturating_sub(self.gone);
        let dropped = usize::try_from(needed).map_or(0, |count| count.min(self.waiting.len()));
        self.waiting.drain(..dropped);
        self.gone += u64::try_from(dropped).unwrap_or(0);
    }

    /// What is heard so far behind a sample, in parts of a phase; `None` before enough has come.
    fn sample(&self, whole: u64, place: u64) -> Option<f32> {
        let first = usize::try_from((whole + 1).checked_sub(self.gone)?).ok()?;
        let heard = self.waiting.get(first..first + 2 * self.half)?;
        let to = u64::from(RATE);
        let phase = usize::try_from(place / to).ok()?;
        let between = as_f32(u32::try_from(place % to).ok()?) / as_f32(RATE);
        let width = 2 * self.half;
        let low = self.table.get(phase * width..(phase + 1) * width)?;
        let high = self.table.get((phase + 1) * width..(phase + 2) * width)?;
        let taps = low.iter().zip(high);
        let sum = heard.iter().zip(taps);
        Some(sum.fold(0.0, |sum, (sample, (low, high))| {
            sum + sample * (low + (high - low) * between)
        }))
    }
}

/// The filter at each place, each with a sum of one.
fn table(band: f32, half: usize) -> Vec<f32> {
    let mut table = Vec::new();
    for phase in 0..=PHASES {
        let ahead = as_f32(phase) / as_f32(PHASES);
        let reach = as_f32(u32::try_from(half).unwrap_or(u32::MAX));
        let taps: Vec<f32> = (0..2 * half)
            .map(|tap| {
                let tap = as_f32(u32::try_from(tap).unwrap_or(u32::MAX));
                let distance = ahead + reach - 1.0 - tap;
                sinc(distance * band) * window(distance / reach)
            })
            .collect();
        let sum: f32 = taps.iter().sum();
        table.extend(taps.into_iter().map(|tap| tap / sum));
    }
    table
}

fn sinc(x: f32) -> f32 {
    let angle = x * std::f32::consts::PI;
    if angle.abs() < 1e-6 {
        1.0
    } else {
        angle.sin() / angle
    }
}

/// Blackman's window over -1 to 1.
fn window(x: f32) -> f32 {
    let angle = x.clamp(-1.0, 1.0) * std::f32::consts::PI;
    0.42 + 0.5 * angle.cos() + 0.08 * (2.0 * angle).cos()
}

/// Numbers of this size lose nothing that could be heard.
#[allow(clippy::cast_precision_loss)]
fn as_f32(number: u32) -> f32 {
    number as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A tone of so many hertz, one second long, of half the greatest amplitude.
    fn tone(hertz: f64, rate: u32) -> Vec<f32> {
        let angle = |n: u32| f64::from(n) * hertz * std::f64::consts::TAU / f64::from(rate);
        #[allow(clippy::cast_possible_truncation)]
        let sample = |n| (angle(n).sin() * 0.5) as f32;
        (0..rate).map(sample).collect()
    }

    fn changed(samples: &[f32], rate: u32, piece: usize) -> Vec<f32> {
        let mut out = Vec::new();
        let mut resampler = Resampler::new(rate);
        for piece in samples.chunks(piece) {
            resampler.push(piece, &mut out);
        }
        resampler.finish(&mut out);
        out
    }

    /// Amplitude of what is there, but for the edges.
    fn amplitude(samples: &[f32]) -> f32 {
        let middle = &samples[2_000..samples.len() - 2_000];
        let power: f32 = middle.iter().map(|sample| sample * sample).sum();
        (2.0 * power / as_f32(u32::try_from(middle.len()).unwrap_or(1))).sqrt()
    }

    #[test]
    fn a_second_stays_a_second_whatever_its_rate() {
        for rate in [
            8_000, 11_025, 16_000, 22_050, 32_000, 44_100, 48_000, 96_000,
        ] {
            let out = changed(&tone(440.0, rate), rate, 1_000);
            assert!(out.len().abs_diff(16_000) <= 1, "{rate}: {}", out.len());
        }
    }

    #[test]
    fn what_both_rates_can_hold_is_the_same_tone() {
        for rate in [8_000, 11_025, 22_050, 44_100, 48_000] {
            let out = changed(&tone(1_000.0, rate), rate, 777);
            let wanted = tone(1_000.0, RATE);
            let worst = out.iter().zip(&wanted).skip(2_000).take(12_000);
            let worst = worst.map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
            assert!(worst < 0.002, "{rate}: {worst}");
        }
    }

    #[test]
    fn what_16_khz_cannot_hold_is_gone() {
        for (hertz, rate) in [(9_000.0, 44_100), (12_000.0, 48_000), (30_000.0, 96_000)] {
            let left = amplitude(&changed(&tone(hertz, rate), rate, 4_096));
            assert!(left < 0.000_5, "{hertz} at {rate}: {left}");
        }
    }

    #[test]
    fn pieces_make_no_difference() {
        let tone = tone(700.0, 44_100);
        assert_eq!(changed(&tone, 44_100, 1), changed(&tone, 44_100, 44_100));
    }
}
