//! Outliving the process.

use machine::Random;

use super::pair::*;
use crate::usage::{Phase, Snapshot};

/// The same side in another process.
fn reborn(pair: &mut Pair, side: usize, snapshot: Snapshot) {
    let now = pair.now;
    pair.sides[side].reborn(snapshot, now, &mut Random::from_seed(77));
}

fn snapshot(pair: &Pair, side: usize) -> Option<Snapshot> {
    pair.sides[side].usage.as_ref().unwrap().snapshot(pair.now)
}

#[test]
fn a_call_goes_on_from_its_snapshot_in_both_directions() {
    for side in [A, B] {
        let mut pair = Pair::talking();
        let stored = snapshot(&pair, side).unwrap();
        pair.order(side, |usage, step| {
            usage.info("text/plain", "x".into(), step)
        })
        .unwrap();
        pair.run(SECOND);
        pair.forget();
        reborn(&mut pair, side, stored);
        let other = 1 - side;
        for (one, two) in [(side, other), (other, side)] {
            pair.order(one, |usage, step| usage.reoffer(Some(sdp("x1")), step))
                .unwrap();
            pair.run(SECOND);
            pair.order(two, |usage, step| usage.answer_reoffer(sdp("y1"), step))
                .unwrap();
            pair.run(SECOND);
        }
        assert_eq!(pair.story(side), ["reoffer answered y1", "offered x1"]);
        pair.order(side, |usage, step| usage.hang_up(None, step))
            .unwrap();
        pair.run(SECOND);
        assert_eq!(pair.phase(other), Phase::Over);
    }
}

#[test]
fn a_restored_session_is_refreshed_soon_by_whoever_refreshes() {
    let mut pair = Pair::talking();
    for side in [A, B] {
        let stored = snapshot(&pair, side).unwrap();
        reborn(&mut pair, side, stored);
    }
    pair.run(SECOND * 61);
    assert_eq!(pair.all_sent(B, "UPDATE").len(), 1);
    assert_eq!(pair.story(A), ["refreshed -"]);
}

#[test]
fn a_snapshot_survives_its_bytes() {
    let pair = Pair::talking();
    let stored = snapshot(&pair, A).unwrap();
    let copy = stored.clone();
    assert_eq!(copy, stored);
    assert_eq!(stored.dialog.remote_target(), "sip:2@192.0.2.2:5060");
}

#[test]
fn there_is_none_before_the_answer_nor_while_anything_is_under_way() {
    let mut pair = Pair::calling(Some("a0"));
    assert!(snapshot(&pair, A).is_none() && snapshot(&pair, B).is_none());
    pair.order(B, |usage, step| usage.answer(Some(sdp("b0")), step))
        .unwrap();
    assert!(snapshot(&pair, B).is_none(), "the ACK is awaited");
    pair.run(SECOND);
    assert!(snapshot(&pair, B).is_some());
    pair.order(A, |usage, step| usage.reoffer(Some(sdp("a1")), step))
        .unwrap();
    pair.run(SECOND / 10);
    assert!(snapshot(&pair, A).is_none() && snapshot(&pair, B).is_none());
    pair.order(B, |usage, step| usage.answer_reoffer(sdp("b1"), step))
        .unwrap();
    pair.run(SECOND / 10);
    assert!(snapshot(&pair, A).is_some() && snapshot(&pair, B).is_some());
    pair.order(A, |usage, step| usage.refer("<sip:c@192.0.2.3>", step))
        .unwrap();
    pair.run(SECOND / 10);
    assert!(snapshot(&pair, A).is_none() && snapshot(&pair, B).is_none());
    pair.order(B, |usage, step| usage.hang_up(None, step))
        .unwrap();
    assert!(snapshot(&pair, B).is_none());
}
