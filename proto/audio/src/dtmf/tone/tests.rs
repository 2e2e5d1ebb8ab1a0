//! Tests of `dtmf::tone`.

use super::*;
use crate::level;

fn whole(key: char, lasts_ms: u32, levels: Levels, rate: Rate) -> Vec<i16> {
    let mut sound = vec![0; 100_000];
    let tone = Tone::new(key, lasts_ms, levels, rate);
    let written = tone.map_or(0, |mut tone| tone.fill(&mut sound));
    sound.truncate(written);
    sound
}

#[test]
fn a_tone_has_its_length_at_every_rate_and_then_nothing() {
    for rate in Rate::ALL {
        let Some(mut tone) = Tone::new('7', 50, Levels::default(), rate) else {
            panic!("a key without a tone");
        };
        let mut sound = vec![0; 80 * rate.per_ms()];
        assert_eq!(tone.fill(&mut sound), 50 * rate.per_ms());
        assert_eq!(tone.fill(&mut sound), 0);
    }
    let none = Tone::new('7', 0, Levels::default(), Rate::Narrow).map(|mut t| t.fill(&mut [0; 9]));
    assert_eq!(none, Some(0));
    assert!(Tone::new('x', 50, Levels::default(), Rate::Narrow).is_none());
}

#[test]
fn it_is_the_same_in_pieces() {
    let at_once = whole('#', 90, Levels::default(), Rate::Wide);
    let mut pieces = Vec::new();
    let mut piece = [0; 37];
    let Some(mut tone) = Tone::new('#', 90, Levels::default(), Rate::Wide) else {
        panic!("a key without a tone");
    };
    loop {
        let written = tone.fill(&mut piece);
        if written == 0 {
            break;
        }
        pieces.extend_from_slice(&piece[..written]);
    }
    assert_eq!(pieces, at_once);
}

/// -11 and -9 dBm0 together are -6.9, and 0 dBm0 are -6.2 dBov.
#[test]
fn its_level_is_the_one_that_was_asked_for() {
    for rate in Rate::ALL {
        assert_eq!(level::level(&whole('4', 800, Levels::default(), rate)), 13);
        let faint = Levels {
            low: -33,
            high: -33,
        };
        assert_eq!(level::level(&whole('4', 800, faint, rate)), 36);
    }
}

/// The steepest the sines themselves are is the most that two samples differ by; behind the edges
/// is silence.
#[test]
fn nothing_clicks_where_it_begins_and_ends() {
    for rate in Rate::ALL {
        let sound = whole('D', 60, Levels::default(), rate);
        let steps = sound.windows(2).map(|pair| pair[0].abs_diff(pair[1]));
        let (first, last) = (sound[0], sound[sound.len() - 1]);
        assert!(first.unsigned_abs().max(last.unsigned_abs()) < 100);
        let first_ms = &sound[..rate.per_ms() / 4];
        assert!(
            first_ms.iter().all(|s| s.unsigned_abs() < 800),
            "{first_ms:?}"
        );
        let steepest = steps.max().unwrap_or(0);
        let rate = f64::from(rate.hertz());
        let slope = |hertz: f64, level: f64| std::f64::consts::TAU * hertz / rate * level;
        let most = slope(941.0, 6_412.0) + slope(1633.0, 8_072.0);
        assert!(f64::from(steepest) <= most + 2.0, "{steepest} {most}");
    }
}

#[test]
fn the_loudest_tones_are_limited_and_do_not_wrap() {
    let loud = Levels { low: 9, high: 9 };
    let sound = whole('1', 100, loud, Rate::Full);
    assert!(sound.contains(&i16::MAX) && sound.contains(&i16::MIN));
    assert!(
        sound
            .windows(2)
            .all(|pair| pair[0].abs_diff(pair[1]) < 15_000)
    );
}
