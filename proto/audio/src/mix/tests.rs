//! Tests of `mix`.

#![allow(clippy::unwrap_used, clippy::cast_possible_truncation)]

use std::f64::consts::TAU;

use super::*;

/// Samples of a frame here.
const SAMPLES: usize = 160;

fn settings(members: usize, loudest: usize) -> Settings {
    Settings {
        members,
        loudest,
        coaches: 4,
        samples: SAMPLES,
    }
}

/// A mixer of so many members, and they.
fn room(members: usize, loudest: usize) -> (Mixer, Vec<MemberId>) {
    let mut mixer = Mixer::new(&settings(members, loudest));
    let ids = (0..members).map(|_| mixer.join().unwrap()).collect();
    (mixer, ids)
}

/// A frame of whole waves at a level, so that frames join; each kind has another frequency.
fn tone(kind: usize, level: f64) -> Vec<i16> {
    let step = TAU * (kind + 2) as f64 / SAMPLES as f64;
    (0..SAMPLES)
        .map(|n| ((n as f64 * step).sin() * level) as i16)
        .collect()
}

/// So many frames of these tones; gives all events.
fn run(mixer: &mut Mixer, frames: usize, tones: &[(MemberId, Vec<i16>)]) -> Vec<Event> {
    let mut events = Vec::new();
    for _ in 0..frames {
        for (id, sound) in tones {
            mixer.push(*id, sound);
        }
        events.extend_from_slice(mixer.mix());
    }
    events
}

fn heard(mixer: &mut Mixer, id: MemberId) -> (Heard, Vec<i16>) {
    let mut output = vec![0; SAMPLES];
    match mixer.hear(id, &mut output) {
        Heard::Common => (Heard::Common, mixer.common().to_vec()),
        Heard::Own => (Heard::Own, output),
        Heard::Nothing => (Heard::Nothing, output),
    }
}

fn sum(tones: &[&[i16]]) -> Vec<i16> {
    (0..SAMPLES)
        .map(|n| tones.iter().map(|tone| tone[n]).sum())
        .collect()
}

#[test]
fn sums_are_exact_and_nobody_hears_itself() {
    let (mut mixer, ids) = room(5, 3);
    let tones = [tone(0, 3000.0), tone(1, 4000.0), tone(2, 5000.0)];
    let pushed: Vec<_> = ids.iter().copied().zip(tones.clone()).collect();
    run(&mut mixer, 4, &pushed);
    let [a, b, c] = &tones;
    assert_eq!(heard(&mut mixer, ids[0]), (Heard::Own, sum(&[b, c])));
    assert_eq!(heard(&mut mixer, ids[1]), (Heard::Own, sum(&[a, c])));
    assert_eq!(heard(&mut mixer, ids[2]), (Heard::Own, sum(&[a, b])));
    for quiet in &ids[3..] {
        assert_eq!(heard(&mut mixer, *quiet), (Heard::Common, sum(&[a, b, c])));
    }
}

#[test]
fn an_empty_room_is_silent() {
    let mut mixer = Mixer::new(&settings(3, 3));
    assert_eq!(mixer.mix(), []);
    assert_eq!(mixer.common(), [0; SAMPLES]);
    let id = mixer.join().unwrap();
    mixer.mix();
    assert_eq!(heard(&mut mixer, id), (Heard::Common, vec![0; SAMPLES]));
}

#[test]
fn only_the_loudest_are_heard() {
    let (mut mixer, ids) = room(10, 3);
    let pushed: Vec<_> = (0..10)
        .map(|n| (ids[n], tone(n, 700.0 * (n + 1) as f64)))
        .collect();
    run(&mut mixer, 10, &pushed);
    let loud: Vec<&[i16]> = pushed[7..].iter().map(|(_, tone)| &tone[..]).collect();
    assert_eq!(mixer.common(), sum(&loud));
}

#[test]
fn who_is_heard_stays_heard_against_one_hardly_louder() {
    let (mut mixer, ids) = room(2, 1);
    let one = (ids[0], tone(0, 4000.0));
    let events = run(&mut mixer, 30, &[one.clone(), (ids[1], tone(1, 100.0))]);
    assert_eq!(events[0], Event::Began(ids[0]));
    // 2 dB more is not enough, 4 dB is
    let events = run(&mut mixer, 100, &[one.clone(), (ids[1], tone(1, 5000.0))]);
    assert_eq!(events, []);
    let events = run(&mut mixer, 100, &[one, (ids[1], tone(1, 6400.0))]);
    let expected = [
        Event::Ended(ids[0]),
        Event::Began(ids[1]),
        Event::Floor(Some(ids[1])),
    ];
    assert_eq!(events, expected);
}

#[test]
fn whoever_begins_or_ceases_fades() {
    let (mut mixer, ids) = room(2, 1);
    let square = vec![10_000; SAMPLES];
    run(&mut mixer, 1, &[(ids[0], square.clone())]);
    let rising = mixer.common().to_vec();
    assert!(rising.is_sorted() && rising[0] < 100 && rising[SAMPLES - 1] == 10_000);
    run(&mut mixer, 3, &[(ids[0], square.clone())]);
    let louder = vec![20_000; SAMPLES];
    let events = run(
        &mut mixer,
        3,
        &[(ids[0], square.clone()), (ids[1], louder.clone())],
    );
    assert_eq!(events, [Event::Ended(ids[0]), Event::Began(ids[1])]);
    let common = mixer.common().to_vec();
    assert_eq!(common, louder);
}

#[test]
fn a_quiet_room_is_shut_out_and_a_voice_is_not() {
    let (mut mixer, ids) = room(2, 2);
    // -60 dBov and -45 dBov
    let noise = (ids[0], tone(0, 45.0));
    let events = run(&mut mixer, 50, &[noise.clone(), (ids[1], tone(1, 260.0))]);
    assert_eq!(events[0], Event::Began(ids[1]));
    assert_eq!(mixer.common(), tone(1, 260.0));
    // after the voice its gate closes, too
    let events = run(&mut mixer, 100, &[noise]);
    assert!(events.contains(&Event::Ended(ids[1])), "{events:?}");
    assert_eq!(mixer.common(), [0; SAMPLES]);
}

/// What a member may, in every combination.
#[test]
fn muted_and_deaf_and_coached_members_hear_what_they_may() {
    for muted in [false, true] {
        for deaf in [false, true] {
            for coached in [false, true] {
                let (mut mixer, ids) = room(4, 3);
                let [speaker, coach, listener, member] = ids[..] else {
                    panic!("four members");
                };
                let (speech, advice, words) = (tone(0, 3000.0), tone(1, 2000.0), tone(2, 1500.0));
                mixer.set_muted(member, muted);
                mixer.set_deaf(member, deaf);
                assert!(mixer.coach(coach, coached.then_some(member)));
                let pushed = [
                    (speaker, speech.clone()),
                    (coach, advice.clone()),
                    (member, words.clone()),
                ];
                run(&mut mixer, 5, &pushed);
                let silence = vec![0; SAMPLES];
                let of_member = if muted { &silence } else { &words };
                let for_all = if coached { &silence } else { &advice };
                let (how, what) = heard(&mut mixer, member);
                match (deaf, muted && !coached) {
                    (true, _) => assert_eq!(how, Heard::Nothing),
                    (false, true) => assert_eq!(how, Heard::Common),
                    (false, false) => assert_eq!(how, Heard::Own),
                }
                if !deaf {
                    assert_eq!(what, sum(&[&speech, &advice]));
                }
                let (_, what) = heard(&mut mixer, listener);
                assert_eq!(what, sum(&[&speech, of_member, for_all]));
                let (_, what) = heard(&mut mixer, speaker);
                assert_eq!(what, sum(&[of_member, for_all]));
                let (_, what) = heard(&mut mixer, coach);
                assert_eq!(what, sum(&[&speech, of_member]));
            }
        }
    }
}

#[test]
fn muting_and_coaching_hold_from_the_next_frame_on() {
    let (mut mixer, ids) = room(3, 3);
    let pushed = [(ids[0], tone(0, 5000.0))];
    run(&mut mixer, 5, &pushed);
    mixer.set_muted(ids[0], true);
    run(&mut mixer, 1, &pushed);
    assert_eq!(mixer.common(), [0; SAMPLES]);
    mixer.set_muted(ids[0], false);
    run(&mut mixer, 5, &pushed);
    assert_eq!(mixer.common(), tone(0, 5000.0));
    assert!(mixer.coach(ids[0], Some(ids[1])));
    run(&mut mixer, 1, &pushed);
    assert_eq!(mixer.common(), [0; SAMPLES]);
    assert_eq!(heard(&mut mixer, ids[2]).0, Heard::Common);
    assert_eq!(heard(&mut mixer, ids[1]).0, Heard::Own);
}

#[test]
fn a_coach_fades_in_for_whom_it_is_heard_by_next() {
    let (mut mixer, ids) = room(2, 2);
    let pushed = [(ids[0], vec![10_000; SAMPLES])];
    run(&mut mixer, 5, &pushed);
    for pupil in [Some(ids[1]), None] {
        assert!(mixer.coach(ids[0], pupil));
        run(&mut mixer, 1, &pushed);
        let (_, what) = heard(&mut mixer, ids[1]);
        assert!(what.is_sorted() && what[0] < 100 && what[SAMPLES - 1] == 10_000);
        run(&mut mixer, 2, &pushed);
    }
}

#[test]
fn whoever_begins_to_hear_a_mix_of_its_own_hears_it_no_louder() {
    let (mut mixer, ids) = room(8, 8);
    let mut pushed: Vec<_> = ids[1..].iter().map(|id| (*id, tone(0, 15_000.0))).collect();
    run(&mut mixer, 10, &pushed);
    pushed.push((ids[0], tone(1, 300.0)));
    run(&mut mixer, 1, &pushed);
    let (how, own) = heard(&mut mixer, ids[0]);
    assert_eq!(how, Heard::Own);
    for (own, common) in own.iter().zip(mixer.common()) {
        assert!(own.abs_diff(*common) < 200, "{own} {common}");
    }
}

#[test]
fn a_coach_whose_pupil_has_left_is_heard_by_nobody() {
    let (mut mixer, ids) = room(3, 3);
    let pushed = [(ids[0], tone(0, 5000.0))];
    assert!(mixer.coach(ids[0], Some(ids[1])));
    run(&mut mixer, 5, &pushed);
    mixer.leave(ids[1]);
    // not by whoever takes the place in the very same frame either
    let next = mixer.join().unwrap();
    assert_eq!(heard(&mut mixer, next).0, Heard::Common);
    run(&mut mixer, 5, &pushed);
    for id in [next, ids[2]] {
        assert_eq!(heard(&mut mixer, id), (Heard::Common, vec![0; SAMPLES]));
    }
    assert!(mixer.coach(ids[0], None));
    run(&mut mixer, 5, &pushed);
    assert_eq!(mixer.common(), tone(0, 5000.0));
}

#[test]
fn coaching_has_its_bounds() {
    let (mut mixer, ids) = room(8, 2);
    assert!(!mixer.coach(ids[0], Some(ids[0])));
    for coach in &ids[1..5] {
        assert!(mixer.coach(*coach, Some(ids[0])));
    }
    assert!(!mixer.coach(ids[5], Some(ids[0])));
    // another pupil is no further coach, and one less makes room
    assert!(mixer.coach(ids[1], Some(ids[7])));
    assert!(mixer.coach(ids[1], None));
    assert!(mixer.coach(ids[5], Some(ids[0])));
    mixer.leave(ids[7]);
    assert!(!mixer.coach(ids[2], Some(ids[7])));
    assert!(!mixer.coach(ids[7], None));
}

#[test]
fn a_gain_is_heard_by_the_others_as_it_is() {
    let (mut mixer, ids) = room(2, 2);
    let pushed = [(ids[0], tone(0, 4000.0))];
    for (percent, factor) in [(50, 0.5), (200, 2.0), (0, 0.0), (900, 4.0)] {
        mixer.set_gain(ids[0], Gain::from_percent(percent));
        run(&mut mixer, 40, &pushed);
        for (is, was) in mixer.common().iter().zip(&pushed[0].1) {
            let should = f64::from(*was) * factor;
            assert!(
                (f64::from(*is) - should).abs() <= 1.0,
                "{percent}: {is} {should}"
            );
        }
    }
    assert_eq!(Gain::from_percent(100), Gain::default());
}

#[test]
fn too_many_loud_voices_are_limited_and_not_clipped() {
    let (mut mixer, ids) = room(16, 16);
    // all alike, which is the loudest sum there can be
    let pushed: Vec<_> = ids.iter().map(|id| (*id, tone(0, 30000.0))).collect();
    for _ in 0..20 {
        run(&mut mixer, 1, &pushed);
        assert!(mixer.common().iter().all(|s| s.unsigned_abs() < 32_767));
        let (_, own) = heard(&mut mixer, ids[3]);
        assert!(own.iter().all(|s| s.unsigned_abs() < 32_767));
    }
    let peak = mixer.common().iter().map(|s| s.unsigned_abs()).max();
    assert!((25_900..=26_000).contains(&peak.unwrap()), "{peak:?}");
}

#[test]
fn the_floor_is_told_when_it_changes() {
    let (mut mixer, ids) = room(3, 3);
    let floors = |events: Vec<Event>| {
        let floors = events.into_iter().filter_map(|event| match event {
            Event::Floor(holder) => Some(holder),
            Event::Began(_) | Event::Ended(_) => None,
        });
        floors.collect::<Vec<_>>()
    };
    let talk = |id, level| vec![(id, tone(0, level))];
    assert_eq!(
        floors(run(&mut mixer, 30, &talk(ids[0], 5000.0))),
        [Some(ids[0])]
    );
    // a cough
    assert_eq!(floors(run(&mut mixer, 5, &talk(ids[1], 20000.0))), []);
    assert_eq!(floors(run(&mut mixer, 60, &talk(ids[0], 5000.0))), []);
    assert_eq!(
        floors(run(&mut mixer, 60, &talk(ids[2], 5000.0))),
        [Some(ids[2])]
    );
    assert_eq!(floors(run(&mut mixer, 200, &[])), [None]);
}

#[test]
fn an_id_of_who_has_left_is_of_nobody() {
    let (mut mixer, ids) = room(2, 2);
    assert_eq!(mixer.join(), None);
    mixer.leave(ids[0]);
    mixer.leave(ids[0]);
    assert_eq!(mixer.members(), 1);
    let next = mixer.join().unwrap();
    assert_ne!(next, ids[0]);
    run(&mut mixer, 5, &[(ids[0], tone(0, 9000.0))]);
    assert_eq!(mixer.common(), [0; SAMPLES]);
    assert_eq!(heard(&mut mixer, ids[0]).0, Heard::Nothing);
    assert_eq!(heard(&mut mixer, next).0, Heard::Common);
}

#[test]
fn what_is_not_pushed_is_silent_and_what_is_short_is_filled() {
    let (mut mixer, ids) = room(2, 2);
    let pushed = [(ids[0], vec![5000; SAMPLES])];
    run(&mut mixer, 5, &pushed);
    mixer.mix();
    assert_eq!(mixer.common(), [0; SAMPLES]);
    run(&mut mixer, 5, &pushed);
    mixer.push(ids[0], &[5000; SAMPLES / 2]);
    mixer.mix();
    assert_eq!(mixer.common()[..SAMPLES / 2], [5000; SAMPLES / 2]);
    assert_eq!(mixer.common()[SAMPLES / 2..], [0; SAMPLES / 2]);
    mixer.push(ids[0], &[5000; 2 * SAMPLES]);
    mixer.mix();
    assert_eq!(mixer.common(), [5000; SAMPLES]);
}

#[test]
fn a_mixer_that_grows_sounds_as_if_it_had_been_so_large_from_the_start() {
    let (mut large, large_ids) = room(6, 3);
    let (mut grown, mut ids) = room(2, 3);
    for frame in 0..20 {
        if frame == 10 {
            grown.grow(6);
            ids.extend((2..6).map(|_| grown.join().unwrap()));
        }
        for n in 0..ids.len() {
            let sound = tone(n, 900.0 * (n + 1) as f64);
            grown.push(ids[n], &sound);
            large.push(large_ids[n], &sound);
        }
        assert_eq!(grown.mix().len(), large.mix().len(), "{frame}");
        assert_eq!(grown.common(), large.common(), "{frame}");
        for (id, other) in ids.iter().zip(&large_ids) {
            assert_eq!(heard(&mut grown, *id), heard(&mut large, *other));
        }
    }
    assert_eq!((grown.places(), grown.join()), (6, None));
}

#[test]
fn a_mixer_grows_to_its_bound_and_never_shrinks() {
    let (mut mixer, ids) = room(3, 3);
    mixer.grow(1);
    assert_eq!((mixer.places(), mixer.members()), (3, 3));
    mixer.grow(MOST_MEMBERS + 1);
    assert_eq!((mixer.places(), mixer.members()), (MOST_MEMBERS, 3));
    run(&mut mixer, 5, &[(ids[2], tone(0, 4000.0))]);
    assert_eq!(heard(&mut mixer, ids[0]), (Heard::Common, tone(0, 4000.0)));
}

#[test]
fn a_thousand_members_hear_the_loudest_of_them() {
    let (mut mixer, ids) = room(MOST_MEMBERS, 5);
    assert_eq!(mixer.join(), None);
    // the loud ones wander through the room
    for round in 0..20 {
        let loud: Vec<usize> = (0..5).map(|n| (round * 197 + n * 131) % 1000).collect();
        let mut pushed: Vec<_> = ids.iter().map(|id| (*id, tone(9, 400.0))).collect();
        for (kind, n) in loud.iter().enumerate() {
            pushed[*n].1 = tone(kind, 4000.0);
        }
        run(&mut mixer, 40, &pushed);
        let tones: Vec<&[i16]> = loud.iter().map(|n| &pushed[*n].1[..]).collect();
        let all = sum(&tones);
        assert_eq!(mixer.common(), all, "{round}");
        let mut own = 0;
        for (n, id) in ids.iter().enumerate() {
            let (how, what) = heard(&mut mixer, *id);
            match loud.iter().position(|other| *other == n) {
                Some(rank) => {
                    let mut others = tones.clone();
                    others.remove(rank);
                    assert_eq!((how, what), (Heard::Own, sum(&others)));
                    own += 1;
                }
                None => assert_eq!(how, Heard::Common),
            }
        }
        assert_eq!(own, 5);
    }
}

#[test]
fn settings_beyond_the_bounds_are_brought_down_to_them() {
    let mut mixer = Mixer::new(&Settings {
        members: 5000,
        loudest: 0,
        coaches: 5000,
        samples: 0,
    });
    let id = mixer.join().unwrap();
    mixer.push(id, &[1; 10]);
    assert_eq!(mixer.mix(), []);
    assert_eq!(mixer.hear(id, &mut []), Heard::Common);
    assert_eq!(
        (0..5000).map_while(|_| mixer.join()).count(),
        MOST_MEMBERS - 1
    );
}
