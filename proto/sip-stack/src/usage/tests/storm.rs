//! Two sides that do this and that over a network that loses, doubles, delays and reorders, and
//! whose processes die and are restored.

use std::time::Duration;

use machine::Random;

use super::pair::*;
use crate::usage::{Event, Phase, Snapshot};

fn snapshot(pair: &Pair, side: usize) -> Option<Snapshot> {
    pair.sides[side].usage.as_ref()?.snapshot(pair.now)
}

/// One side does something, perhaps what does not fit.
fn act(pair: &mut Pair, side: usize, random: &mut Random) {
    let answer = sdp("answer");
    let what = random.below(12);
    let _timely = pair.order(side, |usage, step| match what {
        0 => usage.ring(180, None, true, step),
        1 => usage.ring(183, Some(answer), true, step),
        2 | 3 => usage.answer(Some(answer), step),
        4 | 5 => usage.reoffer(Some(sdp("offer")), step),
        6 => usage.reoffer(None, step),
        7 => usage.info("text/plain", "x".into(), step),
        8 => usage.refer("<sip:c@192.0.2.3>", step),
        9 => usage.confirm(answer, step),
        10 => usage.answer_reoffer(answer, step),
        _ => usage.refuse_reoffer(488, &[], step),
    });
}

/// A side does what is expected of it: answers what waits.
fn oblige(pair: &mut Pair, side: usize) {
    let referred: Vec<u32> = pair.sides[side]
        .told
        .iter()
        .filter_map(|event| {
            let Event::Referred(referral) = event else {
                return None;
            };
            Some(referral.id)
        })
        .collect();
    let _ = pair.order(side, |usage, step| {
        usage.answer_reoffer(sdp("answer"), step)
    });
    let _ = pair.order(side, |usage, step| usage.confirm(sdp("answer"), step));
    for id in referred {
        let _ = pair.order(side, |usage, step| usage.accept_refer(id, step));
        let _ = pair.order(side, |usage, step| usage.notify_refer(id, 200, step));
    }
}

fn play(seed: u64) {
    let mut random = Random::from_seed(seed).fork("play");
    let mut pair = Pair::new(seed);
    let part = |random: &mut Random, most| u32::try_from(random.below(most)).unwrap();
    pair.weather = Weather {
        loss: part(&mut random, 250),
        twice: part(&mut random, 150),
        delay: Duration::from_millis(random.between(1, 100)),
        jitter: Duration::from_millis(random.below(300)),
    };
    pair.call(random.chance(700).then_some("a0"));
    let mut stored = [None, None];
    for _ in 0..random.between(5, 60) {
        for side in [A, B] {
            if pair.sides[side].usage.is_none() || pair.phase(side) == Phase::Over {
                continue;
            }
            act(&mut pair, side, &mut random);
            if random.chance(20) {
                let _timely = pair.order(side, |usage, step| usage.hang_up(None, step));
            }
            if random.chance(700) {
                oblige(&mut pair, side);
            }
            stored[side] = snapshot(&pair, side).or(stored[side].take());
            if random.chance(25)
                && pair.phase(side) == Phase::Live
                && let Some(last) = stored[side].take()
            {
                pair.sides[side].reborn(last, pair.now, &mut random);
                stored[side] = snapshot(&pair, side);
            }
        }
        pair.run(Duration::from_millis(random.below(3_000)));
    }
    calm_down(&mut pair, seed);
}

/// The network heals; both sides oblige, agree, and hang up without a trace.
fn calm_down(pair: &mut Pair, seed: u64) {
    pair.weather = FAIR;
    for _ in 0..60 {
        for side in [A, B] {
            if pair.sides[side].usage.is_some() {
                oblige(pair, side);
            }
        }
        pair.run(SECOND * 2);
    }
    let live = |pair: &Pair, side| pair.phase(side) == Phase::Live;
    if pair.phase(A) != Phase::Outgoing {
        assert_eq!(
            live(pair, A),
            live(pair, B),
            "seed {seed}: {:?}",
            pair.sent_titles()
        );
    }
    if live(pair, A) {
        still_serves(pair, A, seed);
        still_serves(pair, B, seed);
    }
    for side in [A, B] {
        if pair.sides[side].usage.is_some() {
            let _ = pair.order(side, |usage, step| usage.hang_up(None, step));
        }
    }
    pair.run(SECOND * 110);
    for side in [A, B] {
        assert_eq!(pair.phase(side), Phase::Over, "seed {seed}");
        let figures = pair.sides[side].transactions.figures();
        assert_eq!(
            (figures.clients, figures.servers),
            (0, 0),
            "seed {seed} side {side}"
        );
    }
}

/// After all that a new offer is made and answered.
fn still_serves(pair: &mut Pair, side: usize, seed: u64) {
    pair.forget();
    pair.order(side, |usage, step| usage.reoffer(Some(sdp("last")), step))
        .unwrap();
    pair.run(SECOND);
    oblige(pair, 1 - side);
    pair.run(SECOND);
    assert_eq!(pair.story(1 - side), ["offered last"], "seed {seed}");
    assert_eq!(pair.story(side), ["reoffer answered answer"], "seed {seed}");
}

#[test]
fn whatever_the_network_does_both_sides_agree_in_the_end_and_nothing_is_left() {
    for seed in 0..150 {
        play(seed);
    }
}
