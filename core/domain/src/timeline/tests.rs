//! Tests of timelines: where seconds come to lie, what becomes of them, and how they are kept.
#![allow(clippy::unwrap_used)]

use super::*;
use proptest::prelude::*;

fn at(second: i64) -> WallTime {
    WallTime::from_unix_ms(1_760_000_000_000 + second * 1_000)
}

/// A second of 50 packets of which so many were lost.
fn second(lost: u16) -> QualitySample {
    QualitySample {
        expected: 50,
        lost: lost.into(),
        longest_loss: lost,
        jitter: 10 * lost,
        mos_x100: Some(441 - 5 * lost),
        level: Some(20 + u8::try_from(lost).unwrap()),
        ..QualitySample::default()
    }
}

fn lost(timeline: &Timeline) -> Vec<Option<u32>> {
    let samples = timeline.samples().iter();
    samples.map(|one| one.map(|one| one.lost)).collect()
}

#[test]
fn seconds_lie_where_they_were_and_of_those_between_nothing_is_known() {
    let mut timeline = Timeline::begin(at(0), second(1));
    timeline.note(at(1) + std::time::Duration::from_millis(120), second(2));
    timeline.note(at(5), second(3));
    let none = None;
    assert_eq!(
        lost(&timeline),
        [Some(1), Some(2), none, none, none, Some(3)]
    );
    assert_eq!((timeline.begins(), timeline.seconds()), (at(0), 1));
}

#[test]
fn a_second_from_before_the_begin_counts_to_the_first() {
    let mut timeline = Timeline::begin(at(10), second(1));
    timeline.note(at(3), second(2));
    assert_eq!(lost(&timeline), [Some(3)]);
}

#[test]
fn a_full_timeline_halves_its_resolution_and_the_worst_stays_the_worst() {
    let mut timeline = Timeline::begin(at(0), second(0));
    for n in 1..120 {
        timeline.note(at(n), second(if n == 77 { 30 } else { 0 }));
    }
    assert_eq!((timeline.samples().len(), timeline.seconds()), (120, 1));
    timeline.note(at(120), second(0));
    assert_eq!((timeline.samples().len(), timeline.seconds()), (61, 2));
    let merged = timeline.samples()[38].unwrap();
    let both = QualitySample {
        expected: 100,
        lost: 30,
        longest_loss: 30,
        jitter: 300,
        mos_x100: Some(291),
        level: Some(20),
        ..QualitySample::default()
    };
    assert_eq!(merged, both);
}

#[test]
fn of_what_a_phone_tells_of_its_listening_the_worst_stays() {
    let told = |discarded, burst_ms, mos_x10| QualitySample {
        listening: Some(Listening {
            discarded,
            burst_density: 0,
            burst_ms,
            mos_x10,
        }),
        ..second(0)
    };
    let mut timeline = Timeline::begin(at(0), told(9, 20, Some(43)));
    timeline.note(at(0), second(0));
    timeline.note(at(0), told(3, 80, Some(31)));
    timeline.note(at(0), told(4, 10, None));
    let sample = timeline.samples()[0].unwrap();
    assert_eq!(sample.listening, told(9, 80, Some(31)).listening);
}

#[test]
fn a_call_of_a_day_fits_as_one_of_a_minute_does() {
    let mut timeline = Timeline::begin(at(0), second(1));
    for n in 1..86_400 {
        timeline.note(at(n), second(1));
    }
    assert!(timeline.samples().len() <= TIMELINE_SAMPLES);
    let all: u32 = lost(&timeline).into_iter().flatten().sum();
    assert_eq!(all, 86_400);
}

#[test]
fn a_second_of_another_age_is_taken_in_all_the_same() {
    let mut timeline = Timeline::begin(WallTime::MIN, second(1));
    timeline.note(WallTime::MAX, second(2));
    assert!(timeline.samples().len() <= TIMELINE_SAMPLES);
    let all: u32 = lost(&timeline).into_iter().flatten().sum();
    assert_eq!(all, 3);
}

#[test]
fn a_quiet_second_takes_a_few_octets() {
    let mut timeline = Timeline::begin(at(0), second(0));
    for n in 1..120 {
        timeline.note(at(n), second(0));
    }
    let kept = serde_json::to_string(&timeline).unwrap();
    assert!(kept.len() < 1_100, "{} octets", kept.len());
}

#[test]
fn what_cannot_be_read_is_left_out() {
    let spoilt = |samples: &str| {
        let kept = serde_json::json!({ "begin": 0, "seconds": 1, "samples": samples });
        serde_json::from_value::<Timeline>(kept).unwrap()
    };
    assert_eq!(spoilt("no Base64").samples(), []);
    // unknown samples without end
    assert_eq!(spoilt("AP////8P").samples().len(), TIMELINE_SAMPLES);
    // a known one whose numbers are missing
    assert_eq!(spoilt("/w").samples(), []);
}

#[test]
fn the_latest_seconds_are_told_together_with_when_they_ended() {
    let mut timeline = Timeline::begin(at(0), second(1));
    for n in 1..10 {
        timeline.note(at(n), second(if n < 8 { 0 } else { 10 }));
    }
    let (until, sample) = timeline.latest(2).unwrap();
    assert_eq!((until, sample.expected, sample.lost), (at(10), 100, 20));
    let (_, all) = timeline.latest(60).unwrap();
    assert_eq!((all.expected, all.lost), (500, 21), "there are no more");
    timeline.note(at(13), second(0));
    let (until, sample) = timeline.latest(3).unwrap();
    assert_eq!(
        (until, sample.expected),
        (at(14), 50),
        "those between are not known"
    );
}

fn any_sample() -> impl Strategy<Value = QualitySample> {
    let counts = (any::<u32>(), any::<u32>(), any::<u32>());
    let numbers = (any::<u16>(), any::<u16>(), any::<u16>());
    let known = (
        any::<Option<u16>>(),
        any::<Option<u16>>(),
        any::<Option<u8>>(),
        proptest::option::of(any_listening()),
    );
    (counts, numbers, known).prop_map(|(counts, numbers, known)| QualitySample {
        expected: counts.0,
        lost: counts.1,
        longest_loss: if counts.1 == 0 { 0 } else { numbers.0 },
        jitter: numbers.1,
        round_trip_ms: known.0,
        concealed: counts.2,
        mos_x100: known.1,
        level: known.2,
        clipped: numbers.2,
        listening: known.3,
    })
}

fn any_listening() -> impl Strategy<Value = Listening> {
    let score = proptest::option::of(10..=50_u8);
    let shares = (any::<u8>(), any::<u8>());
    (shares, any::<u16>(), score).prop_map(|(shares, burst_ms, mos_x10)| Listening {
        discarded: shares.0,
        burst_density: shares.1,
        burst_ms,
        mos_x10,
    })
}

proptest! {
    #[test]
    fn what_is_kept_is_what_was_noted(
        first in any_sample(),
        others in proptest::collection::vec((0..400_i64, any_sample()), 0..60),
    ) {
        let mut timeline = Timeline::begin(at(0), first);
        for (n, sample) in others {
            timeline.note(at(n), sample);
        }
        let kept = serde_json::to_vec(&timeline).unwrap();
        let back: Timeline = serde_json::from_slice(&kept).unwrap();
        prop_assert_eq!(back, timeline);
    }
}
