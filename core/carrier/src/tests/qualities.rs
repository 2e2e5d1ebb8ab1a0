//! Tests: what is told of a trunk's latest calls, and who can push whom off it.

use crate::{CALLS_MAX, CALLS_MIN, Floor, Outcome, PARTY_MAX, Quality, TRIAL_EVERY, Verdict};
use machine::WallTime;
use std::time::Duration;

const FLOOR: Floor = Floor {
    answer_percent: Some(40),
    post_dial: None,
    mos_x100: None,
};

fn at(seconds: i64) -> WallTime {
    WallTime::from_unix_ms(1_900_000_000_000 + seconds * 1_000)
}

/// So many calls of a party, of which so many were answered and the others failed, a second apart.
fn calls(quality: &mut Quality<u8>, who: u8, (answered, all): (usize, usize), from: i64) {
    for (second, n) in (from..).zip(0..all) {
        let outcome = match n < answered {
            true => Outcome::Answered,
            false => Outcome::Failed,
        };
        quality.note(who, outcome, None, at(second));
    }
}

fn falls_short(quality: &Quality<u8>, who: u8, now: i64) -> bool {
    matches!(
        quality.judge(who, &FLOOR, at(now)),
        Verdict::FallsShort(_) | Verdict::OnTrial(_)
    )
}

#[test]
fn figures_tell_ratios_delays_lengths_and_sound_of_what_is_known() {
    let mut quality = Quality::default();
    let rang = |millis| Some(Duration::from_millis(millis));
    let first = quality.note(1, Outcome::Answered, rang(1_000), at(0));
    let second = quality.note(1, Outcome::Answered, rang(3_000), at(1));
    quality.note(1, Outcome::Busy, None, at(2));
    quality.note(1, Outcome::Unanswered, rang(2_000), at(3));
    quality.note(1, Outcome::Rejected, None, at(4));
    quality.note(1, Outcome::Failed, None, at(5));
    quality.talked(first, Duration::from_secs(100));
    quality.talked(second, Duration::from_secs(50));
    quality.heard(first, 400);
    let figures = quality.figures(at(6));
    assert_eq!(figures.calls, 6);
    assert_eq!(figures.answer_percent, Some(33));
    assert_eq!(figures.effective_percent, Some(83));
    assert_eq!(figures.post_dial, rang(2_000));
    assert_eq!(figures.talked, Some(Duration::from_secs(75)));
    assert_eq!((figures.mos_x100, figures.heard), (Some(400), 1));
    let words = "33 % of 6 calls answered, rung after 2.0 s, sound 4.00";
    assert_eq!(figures.to_string(), words);
}

#[test]
fn fewer_than_twenty_calls_say_nothing_and_the_twentieth_does() {
    let mut quality = Quality::default();
    calls(&mut quality, 1, (0, CALLS_MIN - 1), 0);
    assert_eq!(quality.judge(1, &FLOOR, at(60)), Verdict::Unknown);
    quality.note(1, Outcome::Failed, None, at(61));
    assert!(falls_short(&quality, 1, 62));
}

#[test]
fn a_call_counts_for_an_hour_and_a_hundred_calls_at_most() {
    let mut quality = Quality::default();
    calls(&mut quality, 1, (0, 30), 0);
    assert!(falls_short(&quality, 1, 100));
    assert_eq!(quality.judge(1, &FLOOR, at(3_650)), Verdict::Unknown);
    assert!(quality.is_idle(at(3_650)));
    calls(&mut quality, 1, (0, 30), 4_000);
    calls(&mut quality, 1, (CALLS_MAX, CALLS_MAX), 4_100);
    let figures = quality.figures(at(4_300));
    assert_eq!((figures.calls, figures.answer_percent), (100, Some(100)));
}

#[test]
fn delay_and_sound_are_held_against_the_floor_as_far_as_they_are_known() {
    let mut quality = Quality::default();
    let mut numbers = Vec::new();
    for second in 0..20 {
        let delay = Some(Duration::from_secs(7));
        numbers.push(quality.note(1, Outcome::Answered, delay, at(second)));
    }
    let slow = |seconds| Floor {
        post_dial: Some(Duration::from_secs(seconds)),
        ..Floor::default()
    };
    assert_eq!(quality.judge(1, &slow(7), at(30)), Verdict::Reaches);
    let short = quality.judge(1, &slow(6), at(30));
    assert!(matches!(short, Verdict::FallsShort(_)));
    let sound = Floor {
        mos_x100: Some(350),
        ..Floor::default()
    };
    for number in &numbers[1..] {
        quality.heard(*number, 300);
    }
    assert_eq!(quality.judge(1, &sound, at(30)), Verdict::Reaches);
    quality.heard(numbers[0], 300);
    let short = quality.judge(1, &sound, at(30));
    assert!(matches!(short, Verdict::FallsShort(_)));
}

#[test]
fn a_party_that_dials_bad_numbers_all_day_does_not_push_its_neighbours_off() {
    let mut quality = Quality::default();
    calls(&mut quality, 1, (0, 500), 0);
    assert!(falls_short(&quality, 1, 500));
    for neighbour in [2, 3] {
        assert_eq!(quality.judge(neighbour, &FLOOR, at(500)), Verdict::Unknown);
    }
    calls(&mut quality, 2, (15, 30), 600);
    calls(&mut quality, 1, (0, 500), 700);
    assert_eq!(quality.judge(2, &FLOOR, at(1_300)), Verdict::Reaches);
    assert_eq!(quality.judge(3, &FLOOR, at(1_300)), Verdict::Reaches);
    let figures = quality.figures(at(1_300));
    let counted = u32::try_from(2 * PARTY_MAX).unwrap();
    assert_eq!(figures.calls, counted);
}

#[test]
fn a_trunk_that_fails_everybody_falls_short_for_those_too_who_have_hardly_called() {
    let mut quality = Quality::default();
    for who in 1..=6 {
        calls(&mut quality, who, (0, 8), 0);
    }
    for who in [1, 6, 99] {
        assert!(falls_short(&quality, who, 60), "{who}");
    }
}

#[test]
fn one_call_of_twenty_tries_a_trunk_that_falls_short_so_that_it_may_recover() {
    let mut quality = Quality::default();
    calls(&mut quality, 1, (0, 100), 0);
    let mut tried = Vec::new();
    for turn in 0..3 * TRIAL_EVERY {
        let on_trial = matches!(quality.judge(1, &FLOOR, at(200)), Verdict::OnTrial(_));
        quality.passed_over(1, on_trial);
        if on_trial {
            tried.push(turn);
        }
    }
    assert_eq!(tried, [19, 39, 59]);
    calls(&mut quality, 1, (60, 60), 300);
    assert_eq!(quality.judge(1, &FLOOR, at(400)), Verdict::Reaches);
}

#[test]
fn what_is_written_down_of_each_party_comes_back_as_it_was() {
    let mut quality = Quality::default();
    calls(&mut quality, 1, (3, 10), 0);
    let number = quality.note(2, Outcome::Answered, Some(Duration::from_secs(2)), at(20));
    quality.talked(number, Duration::from_secs(9));
    quality.heard(number, 431);
    calls(&mut quality, 1, (10, 12), 30);
    let mut after = Quality::default();
    for who in [2, 1] {
        assert!(after.restore(who, &quality.row(who).unwrap(), at(60)));
    }
    assert_eq!(after.figures(at(60)), quality.figures(at(60)));
    let number = after.note(1, Outcome::Answered, None, at(61));
    after.talked(number, Duration::from_secs(1));
    let talked = after.figures(at(61)).talked;
    assert_eq!(talked, Some(Duration::from_secs(5)));
}

#[test]
fn what_is_old_or_was_not_written_here_is_not_taken_back() {
    let mut quality = Quality::default();
    calls(&mut quality, 1, (1, 2), 0);
    let row = quality.row(1).unwrap();
    assert_eq!(quality.row(2), None);
    let mut after = Quality::default();
    assert!(!after.restore(1, &row, at(4_000)));
    for odd in [&[][..], &[2], &row[..row.len() - 1], &[1; 20]] {
        assert!(!after.restore(1, odd, at(10)), "{odd:?}");
    }
    assert!(after.is_idle(at(10)));
}
