//! Tests of `prompt`.

#![allow(clippy::unwrap_used)]

use super::*;
use crate::Decoder;

fn loudest(sound: &[i16]) -> u16 {
    sound
        .iter()
        .map(|sample| sample.unsigned_abs())
        .max()
        .unwrap_or(0)
}

/// Root of the mean square.
fn level(sound: &[i16]) -> f64 {
    let count = u32::try_from(sound.len()).unwrap();
    let sum: f64 = sound.iter().map(|sample| f64::from(*sample).powi(2)).sum();
    (sum / f64::from(count)).sqrt()
}

fn decoded(recording: &Recording) -> Vec<i16> {
    let codec = recording.codec();
    let mut sound = vec![0; recording.octets().len() * codec.samples_per_octet()];
    Decoder::new(codec).decode(recording.octets(), &mut sound);
    sound
}

#[test]
fn the_music_lasts_more_than_a_minute_in_every_codec() {
    for codec in Codec::ALL {
        let prompts = Prompts::shared();
        let music = prompts.get(Prompt::Music, codec);
        assert_eq!(music.codec(), codec);
        assert_eq!(music.duration(), Duration::from_millis(69_120));
    }
}

#[test]
fn every_piece_is_found_by_its_name_and_kept_under_it() {
    for prompt in Prompt::ALL {
        assert_eq!(Prompt::from_name(prompt.name()), Some(prompt));
        for codec in Codec::ALL {
            let prompts = Prompts::shared();
            let recording = prompts.get(prompt, codec);
            assert_eq!(recording.codec(), codec);
            assert_eq!(
                recording.duration().as_millis(),
                u128::from(prompt.length_ms())
            );
        }
    }
    assert_eq!(Prompt::from_name("noise"), None);
}

#[test]
fn packets_of_every_usual_length_fit_evenly() {
    for prompt in Prompt::ALL {
        for ms in [10, 20, 30, 40, 60] {
            assert_eq!(prompt.length_ms() % ms, 0, "{prompt:?} in {ms} ms");
        }
    }
}

#[test]
fn all_of_it_takes_about_two_megabytes() {
    let prompts = Prompts::shared();
    let all = Prompt::ALL.iter().flat_map(|p| Codec::ALL.map(|c| (*p, c)));
    let octets: usize = all.map(|(p, c)| prompts.get(p, c).octets().len()).sum();
    assert!(octets < 2_100_000, "{octets}");
}

#[test]
fn cloning_shares_the_octets() {
    let prompts = Prompts::shared();
    let music = prompts.get(Prompt::Music, Codec::Pcmu);
    assert!(Arc::ptr_eq(&music.octets, &music.clone().octets));
}

#[test]
fn rendering_twice_gives_the_same_sound() {
    assert_eq!(Prompt::Chime.render_wide(), Prompt::Chime.render_wide());
    let once = encode(Prompt::Chime);
    let twice = encode(Prompt::Chime);
    assert!(
        once.iter()
            .zip(&twice)
            .all(|(a, b)| a.octets() == b.octets())
    );
}

#[test]
fn the_music_is_of_a_steady_pleasant_level_and_never_clips() {
    let music = Prompt::Music.render_wide();
    assert!(
        (5000..16000).contains(&loudest(&music)),
        "{}",
        loudest(&music)
    );
    // no second is silent, none shouts
    for (second, sound) in music.chunks(16000).enumerate() {
        let level = level(sound);
        assert!((700.0..6000.0).contains(&level), "second {second}: {level}");
    }
}

#[test]
fn nothing_clicks_not_even_where_a_loop_begins_anew() {
    for prompt in Prompt::ALL {
        let sound = prompt.render_wide();
        let turn = sound.iter().zip(sound.iter().cycle().skip(1));
        let steepest = turn.map(|(a, b)| a.abs_diff(*b)).max().unwrap();
        assert!(steepest < 5000, "{prompt:?}: {steepest}");
        // silence before and after is real
        let seam = sound[0].abs_diff(*sound.last().unwrap());
        assert!(seam < 900, "{prompt:?}: {seam}");
    }
}

#[test]
fn the_encoded_music_is_the_music() {
    let prompts = Prompts::shared();
    let narrow = Prompt::Music.render_narrow();
    for codec in [Codec::Pcmu, Codec::Pcma] {
        let back = decoded(prompts.get(Prompt::Music, codec));
        let noise: Vec<i16> = back.iter().zip(&narrow).map(|(a, b)| a - b).collect();
        assert!(
            level(&narrow) > 60.0 * level(&noise),
            "{codec:?}: {}",
            level(&noise)
        );
    }
    let wide = Prompt::Music.render_wide();
    let back = decoded(prompts.get(Prompt::Music, Codec::G722));
    let noise: Vec<i16> = back[22 + 1600..]
        .iter()
        .zip(&wide[1600..])
        .map(|(a, b)| a - b)
        .collect();
    assert!(
        level(&wide) > 15.0 * level(&noise),
        "G722: {}",
        level(&noise)
    );
}

#[test]
fn line_tones_have_their_cadence() {
    let busy = Prompt::Busy.render_narrow();
    assert!(level(&busy[80..3700]) > 2500.0);
    assert!(level(&busy[4000..7600]) < 5.0);
    let ringback = Prompt::Ringback.render_narrow();
    assert!(level(&ringback[80..7900]) > 2500.0);
    assert!(level(&ringback[8200..40000]) < 5.0);
}

#[test]
fn frames_come_in_order_and_end() {
    let prompts = Prompts::shared();
    let chime = prompts.get(Prompt::Chime, Codec::Pcma);
    assert_eq!(chime.frames(20), 180);
    let joined: Vec<u8> = (0..)
        .map_while(|index| chime.frame(index, 20))
        .flatten()
        .copied()
        .collect();
    assert_eq!(joined, chime.octets());
    assert_eq!(chime.frame(180, 20), None);
    assert_eq!(chime.looped(180, 20), chime.frame(0, 20));
    assert_eq!(chime.looped(180 * 7 + 5, 20), chime.frame(5, 20));
}

#[test]
fn odd_packet_lengths_neither_panic_nor_pass_the_end() {
    let prompts = Prompts::shared();
    let beep = prompts.get(Prompt::Beep, Codec::Pcmu);
    assert_eq!(beep.frames(0), 0);
    assert_eq!(beep.looped(3, 0), None);
    assert_eq!(beep.frame(0, u16::MAX), None);
    assert_eq!(beep.looped(0, u16::MAX), None);
    assert_eq!(beep.frames(70), 8);
    assert_eq!(beep.looped(8, 70), beep.frame(0, 70));
}

#[test]
fn silence_is_the_silence_of_the_codec() {
    let prompts = Prompts::shared();
    let octets = |codec| prompts.get(Prompt::Silence, codec).octets();
    assert!(octets(Codec::Pcmu).iter().all(|octet| *octet == 0xff));
    assert!(octets(Codec::Pcma).iter().all(|octet| *octet == 0xd5));
}
