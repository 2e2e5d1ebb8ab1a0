//! Tests of `dtmf`.

#![allow(clippy::cast_possible_truncation)]

use std::f64::consts::TAU;

use super::*;
use crate::{Codec, Decoder, Encoder, Rate};

/// A key press as it is sent.
#[derive(Clone, Copy, Debug)]
struct Sent {
    key: char,
    lasts_ms: usize,
    /// Levels in dBm0, low and high.
    levels: [f64; 2],
    /// How far the frequencies are moved, in thousandths, low and high.
    moved: [f64; 2],
}

/// A usual one.
const USUAL: Sent = Sent {
    key: '5',
    lasts_ms: 60,
    levels: [-11.0, -9.0],
    moved: [0.0, 0.0],
};

impl Sent {
    /// Its sound, made without anything of the crate but the table of keys.
    fn sound(&self, rate: Rate) -> Vec<f64> {
        let (low, high) = frequencies_of(self.key).unwrap_or((0, 0));
        let waves = [(low, 0), (high, 1)].map(|(hertz, group)| {
            let hertz = f64::from(hertz) * (1.0 + self.moved[group] / 1000.0);
            let step = TAU * hertz / f64::from(rate.hertz());
            let level = 22_750.0 * 10_f64.powf(self.levels[group] / 20.0);
            move |n: usize| (n as f64 * step + 0.7).sin() * level
        });
        (0..self.lasts_ms * rate.per_ms())
            .map(|n| waves[0](n) + waves[1](n))
            .collect()
    }
}

/// A generator of normal noise of a level of one.
struct Noise(u64);

impl Noise {
    fn next(&mut self) -> f64 {
        let mut sum = 0.0;
        for _ in 0..12 {
            self.0 = self
                .0
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            sum += (self.0 >> 40) as f64 / f64::from(1 << 24);
        }
        sum - 6.0
    }
}

fn silence(samples: usize) -> Vec<f64> {
    vec![0.0; samples]
}

fn samples(sound: &[f64]) -> Vec<i16> {
    sound.iter().map(|value| value.round() as i16).collect()
}

/// Presses with silence before and behind each; the first begins so many samples in.
fn line(sent: &[Sent], rate: Rate, first: usize, pause_ms: usize) -> Vec<i16> {
    let mut sound = silence(first);
    for press in sent {
        sound.extend(press.sound(rate));
        sound.extend(silence(pause_ms * rate.per_ms()));
    }
    sound.extend(silence(100 * rate.per_ms()));
    samples(&sound)
}

/// What was heard, in order.
fn heard(rate: Rate, sound: &[i16], piece: usize) -> Vec<Heard> {
    let mut all = Vec::new();
    let mut detector = Detector::new(rate);
    for piece in sound.chunks(piece) {
        detector.hear(piece, |heard| all.push(heard));
    }
    detector.end(|heard| all.push(heard));
    all
}

/// The presses, each of which must have begun before it ended.
fn presses(rate: Rate, sound: &[i16]) -> Vec<Press> {
    let all = heard(rate, sound, 160);
    let pairs = all.chunks(2).map(|pair| match pair {
        [Heard::Begun { key }, Heard::Ended(press)] if *key == press.key => *press,
        other => panic!("{other:?}"),
    });
    pairs.collect()
}

fn keys(rate: Rate, sound: &[i16]) -> String {
    let presses = presses(rate, sound);
    presses.iter().map(|press| press.key).collect()
}

fn all_keys() -> impl Iterator<Item = char> {
    KEYS.into_iter().flatten()
}

/// The sound of a key by the crate's own generator, with quiet around it.
fn generated(key: char, lasts_ms: u32, rate: Rate) -> Vec<i16> {
    let mut sound = vec![0; 50 * rate.per_ms()];
    let mut tone = vec![0; usize::try_from(lasts_ms).unwrap_or(0) * rate.per_ms()];
    let written = Tone::new(key, lasts_ms, Levels::default(), rate).map(|mut t| t.fill(&mut tone));
    assert_eq!(written, Some(tone.len()));
    sound.extend(tone);
    sound.extend(vec![0; 100 * rate.per_ms()]);
    sound
}

#[test]
fn what_is_generated_is_found_at_every_rate_and_as_long_as_it_was() {
    for rate in Rate::ALL {
        for key in all_keys() {
            for lasts_ms in [40, 65, 100, 1_000] {
                let found = presses(rate, &generated(key, lasts_ms, rate));
                assert_eq!(found.len(), 1, "{key} {rate:?} {lasts_ms}: {found:?}");
                assert_eq!(found[0].key, key);
                let off = found[0].lasts_ms.abs_diff(lasts_ms);
                assert!(off <= 8, "{key} {rate:?} {lasts_ms}: {found:?}");
            }
        }
    }
}

#[test]
fn what_is_generated_is_found_behind_every_codec() {
    for codec in Codec::ALL {
        let rate = Rate::from_hertz(codec.sample_rate()).unwrap_or(Rate::Narrow);
        for key in all_keys() {
            for lasts_ms in [40, 100] {
                let sound = generated(key, lasts_ms, rate);
                let mut octets = vec![0; sound.len() / codec.samples_per_octet()];
                Encoder::new(codec).encode(&sound, &mut octets);
                let mut back = vec![0; sound.len()];
                Decoder::new(codec).decode(&octets, &mut back);
                assert_eq!(keys(rate, &back), key.to_string(), "{codec:?} {lasts_ms}");
            }
        }
    }
}

#[test]
fn frequencies_within_one_and_a_half_per_cent_are_taken() {
    for key in all_keys() {
        for low in [-15.0, 0.0, 15.0] {
            for high in [-15.0, 0.0, 15.0] {
                for lasts_ms in [40, 200] {
                    let moved = [low, high];
                    let sent = Sent {
                        key,
                        moved,
                        lasts_ms,
                        ..USUAL
                    };
                    let sound = line(&[sent], Rate::Narrow, 333, 40);
                    assert_eq!(keys(Rate::Narrow, &sound), key.to_string(), "{moved:?}");
                }
            }
        }
    }
}

#[test]
fn frequencies_three_and_a_half_per_cent_away_are_refused() {
    for key in all_keys() {
        for away in [35.0, 40.0, 45.0, 50.0] {
            for (low, high) in [(1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (-1, 1)] {
                for lasts_ms in [40, 60, 300] {
                    let moved = [f64::from(low) * away, f64::from(high) * away];
                    let sent = Sent {
                        key,
                        moved,
                        lasts_ms,
                        ..USUAL
                    };
                    for first in [0, 111, 222] {
                        let sound = line(&[sent], Rate::Narrow, first, 40);
                        assert_eq!(keys(Rate::Narrow, &sound), "", "{key} {moved:?}");
                    }
                }
            }
        }
    }
}

#[test]
fn levels_from_0_to_30_below_are_heard_and_far_echoes_are_not() {
    for key in all_keys() {
        // at 0 dBm0 the crests of both tones are clipped
        for level in [0.0, -3.0, -10.0, -20.0, -30.0] {
            let levels = [level; 2];
            let sent = Sent {
                key,
                levels,
                lasts_ms: 40,
                ..USUAL
            };
            let sound = line(&[sent], Rate::Narrow, 100, 40);
            assert_eq!(keys(Rate::Narrow, &sound), key.to_string(), "{level}");
        }
        let levels = [-38.0; 2];
        let sent = Sent {
            key,
            levels,
            ..USUAL
        };
        assert_eq!(
            keys(Rate::Narrow, &line(&[sent], Rate::Narrow, 100, 40)),
            ""
        );
    }
}

#[test]
fn one_tone_may_be_louder_than_the_other_but_not_by_any_amount() {
    for key in all_keys() {
        for (levels, taken) in [
            ([-8.0, -16.0], true),
            ([-22.0, -30.0], true),
            ([-12.0, -8.0], true),
            ([-30.0, -26.0], true),
            ([-6.0, -19.0], false),
            ([-16.0, -7.0], false),
        ] {
            for moved in [[0.0, 0.0], [15.0, 15.0], [-15.0, 15.0]] {
                let sent = Sent {
                    key,
                    levels,
                    moved,
                    lasts_ms: 40,
                };
                let sound = line(&[sent], Rate::Narrow, 70, 40);
                let found = keys(Rate::Narrow, &sound);
                assert_eq!(found == key.to_string(), taken, "{sent:?}: {found}");
            }
        }
    }
}

#[test]
fn a_press_of_40_ms_is_found_wherever_it_begins_and_one_of_23_ms_nowhere() {
    for key in all_keys() {
        for first in 0..50 {
            let long = Sent {
                key,
                lasts_ms: 40,
                ..USUAL
            };
            let short = Sent {
                key,
                lasts_ms: 23,
                ..USUAL
            };
            let found = keys(Rate::Narrow, &line(&[long], Rate::Narrow, first, 40));
            assert_eq!(found, key.to_string(), "from sample {first}");
            let found = keys(Rate::Narrow, &line(&[short], Rate::Narrow, first, 40));
            assert_eq!(found, "", "{key} from sample {first}");
        }
    }
}

#[test]
fn a_pause_of_40_ms_makes_two_presses_of_one_key() {
    for key in all_keys() {
        for first in 0..50 {
            let sent = Sent {
                key,
                lasts_ms: 40,
                ..USUAL
            };
            let sound = line(&[sent; 3], Rate::Narrow, first, 40);
            let found = keys(Rate::Narrow, &sound);
            assert_eq!(found, [key; 3].iter().collect::<String>(), "{first}");
        }
    }
}

#[test]
fn a_break_of_10_ms_makes_one_press_of_a_key_and_its_length_runs_on() {
    for key in all_keys() {
        for first in 0..50 {
            let sent = Sent {
                key,
                lasts_ms: 60,
                ..USUAL
            };
            let sound = line(&[sent; 2], Rate::Narrow, first, 10);
            let found = presses(Rate::Narrow, &sound);
            assert_eq!(found.len(), 1, "{key} {first}: {found:?}");
            assert!(found[0].lasts_ms.abs_diff(130) <= 8, "{found:?}");
        }
    }
}

#[test]
fn one_key_straight_behind_another_is_a_press_of_its_own() {
    let sent = ['1', '2', 'A', '*', '0', '#', '9', '1'].map(|key| Sent { key, ..USUAL });
    for pause_ms in [0, 10, 40] {
        let sound = line(&sent, Rate::Narrow, 100, pause_ms);
        assert_eq!(keys(Rate::Narrow, &sound), "12A*0#91", "{pause_ms}");
    }
}

/// White noise so many decibels below these levels together.
fn with_noise(sound: &[i16], levels: [f64; 2], below: f64, noise: &mut Noise) -> Vec<i16> {
    let amplitudes = levels.map(|level| 22_750.0 * 10_f64.powf(level / 20.0));
    let power: f64 = amplitudes.iter().map(|a| a.powi(2) / 2.0).sum();
    let rms = (power / 10_f64.powf(below / 10.0)).sqrt();
    let noisy = sound.iter().map(|s| f64::from(*s) + noise.next() * rms);
    samples(&noisy.collect::<Vec<_>>())
}

#[test]
fn white_noise_15_db_below_hides_no_press() {
    let mut noise = Noise(1);
    for key in all_keys() {
        for levels in [[-11.0, -9.0], [-8.0, -16.0], [-12.0, -8.0], [-30.0, -30.0]] {
            for moved in [[0.0, 0.0], [15.0, -15.0], [-15.0, 15.0], [15.0, 15.0]] {
                let sent = Sent {
                    key,
                    levels,
                    moved,
                    lasts_ms: 40,
                };
                let sound = line(&[sent; 5], Rate::Narrow, 123, 45);
                let noisy = with_noise(&sound, levels, 15.0, &mut noise);
                let found = keys(Rate::Narrow, &noisy);
                assert_eq!(found, [key; 5].iter().collect::<String>(), "{sent:?}");
            }
        }
    }
}

#[test]
fn noise_never_makes_a_key_another_one() {
    let mut noise = Noise(2);
    for key in all_keys() {
        for below in [0.0, 3.0, 6.0, 9.0, 12.0] {
            let sent = Sent { key, ..USUAL };
            let sound = line(&[sent; 20], Rate::Narrow, 77, 50);
            let noisy = with_noise(&sound, sent.levels, below, &mut noise);
            let found = keys(Rate::Narrow, &noisy);
            assert!(found.chars().all(|other| other == key), "{key}: {found}");
        }
    }
}

#[test]
fn pieces_of_any_length_tell_the_same() {
    let sent = ['3', '*', 'D', '0'].map(|key| Sent { key, ..USUAL });
    for rate in Rate::ALL {
        let sound = line(&sent, rate, 500, 45);
        let whole = heard(rate, &sound, sound.len());
        assert_eq!(whole.len(), 8);
        for piece in [1, 7, 40, 119, 160, 163, 1_000] {
            assert_eq!(heard(rate, &sound, piece), whole, "{rate:?} {piece}");
        }
    }
}

#[test]
fn a_press_is_told_of_as_begun_while_it_lasts_and_as_ended_soon_after() {
    let sound = line(
        &[Sent {
            lasts_ms: 100,
            ..USUAL
        }],
        Rate::Narrow,
        0,
        100,
    );
    let mut detector = Detector::new(Rate::Narrow);
    let mut told = Vec::new();
    for (ms, piece) in sound.chunks(8).enumerate() {
        detector.hear(piece, |heard| told.push((ms, heard)));
        assert_eq!(detector.key(), (told.len() == 1).then_some('5'));
    }
    let moments: Vec<_> = told.iter().map(|(ms, _)| *ms).collect();
    assert!(matches!(moments[..], [30..=45, 125..=145]), "{told:?}");
}

#[test]
fn the_end_of_a_stream_ends_a_press() {
    let sound = samples(&USUAL.sound(Rate::Wide));
    let mut detector = Detector::new(Rate::Wide);
    let mut told = Vec::new();
    detector.hear(&sound, |heard| told.push(heard));
    assert_eq!(told, [Heard::Begun { key: '5' }]);
    detector.end(|heard| told.push(heard));
    assert!(matches!(
        told[..],
        [_, Heard::Ended(Press { key: '5', .. })]
    ));
    assert_eq!(detector.key(), None);
    detector.end(|heard| panic!("{heard:?}"));
}

#[test]
fn a_tone_alone_is_no_key() {
    for hertz in LOW.into_iter().chain(HIGH) {
        let step = TAU * f64::from(hertz) / 8_000.0;
        let sound: Vec<i16> = (0..4_000)
            .map(|n| ((f64::from(n) * step).sin() * 8_000.0) as i16)
            .collect();
        assert_eq!(keys(Rate::Narrow, &sound), "", "{hertz}");
    }
}

#[test]
fn a_third_tone_beside_a_key_makes_it_none() {
    for (hertz, level) in [(440.0, 6_000.0), (2_000.0, 5_000.0), (2_672.0, 3_000.0)] {
        let step = TAU * hertz / 8_000.0;
        let sent = Sent {
            lasts_ms: 500,
            ..USUAL
        };
        let key = sent.sound(Rate::Narrow);
        let both = key.iter().enumerate();
        let both: Vec<_> = both
            .map(|(n, s)| s + (n as f64 * step).sin() * level)
            .collect();
        assert_eq!(keys(Rate::Narrow, &samples(&both)), "", "{hertz}");
    }
}

#[test]
fn every_key_has_its_frequencies() {
    assert_eq!(frequencies_of('1'), Some((697, 1209)));
    assert_eq!(frequencies_of('d'), Some((941, 1633)));
    assert_eq!(frequencies_of('0'), Some((941, 1336)));
    assert_eq!(frequencies_of('E'), None);
}

#[test]
fn decibels_are_decibels() {
    for dbm0 in -60..=3_i8 {
        let exact = f64::from(MILLIWATT) * 10_f64.powf(f64::from(dbm0) / 20.0);
        let is = f64::from(amplitude(dbm0));
        assert!((is - exact).abs() < 0.6, "{dbm0}: {is} {exact}");
    }
    assert_eq!(amplitude(i8::MAX), amplitude(3));
    assert_eq!(amplitude(i8::MIN), 0);
}
