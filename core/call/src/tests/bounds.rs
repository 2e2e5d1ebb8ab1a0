//! The bounds of one call, at the bound.

use super::*;
use crate::limits::{EVENTS_MAX, LEGS_MAX};

#[test]
fn sixteen_phones_ring_at_once_and_no_more() {
    assert_eq!(Config::default().fork_max, 16);
    let mut scene = Scene::begin(vec![ring(&(0..20).collect::<Vec<_>>())]);
    assert_eq!(scene.orders().len(), 16);
}

#[test]
fn a_call_opens_thirty_two_legs_over_its_life_and_further_transfers_are_refused() {
    assert_eq!(LEGS_MAX, 32);
    let mut scene = Scene::talking();
    for _ in 2..LEGS_MAX {
        scene.leg(1, referred("103"));
        scene.routed(vec![ring(&[7])]);
        let newest = u8::try_from(scene.call.summary().legs.len() - 1).unwrap();
        scene.leg(newest, refused(486));
        scene.orders.clear();
    }
    assert_eq!(scene.call.summary().legs.len(), LEGS_MAX);
    scene.leg(1, referred("103"));
    scene.routed(vec![ring(&[7])]);
    assert_eq!(
        scene.orders().last().unwrap(),
        "1: the transfer is at 503, done"
    );
    assert!(scene.is_because("call.legs_max"));
    assert_eq!(scene.call.summary().state, "talking");
}

#[test]
fn a_plan_that_wants_more_legs_than_there_are_goes_on_without_them() {
    let many: Vec<u64> = (0..16).collect();
    let mut scene = Scene::begin(vec![ring(&many), ring(&many), ring(&many)]);
    scene.pass(Duration::from_secs(60));
    assert_eq!(scene.call.summary().legs.len(), LEGS_MAX);
    assert_eq!(scene.end().sip_status, 480);
}

#[test]
fn a_restless_call_reports_512_events_and_then_only_its_end() {
    assert_eq!(EVENTS_MAX, 512);
    let mut scene = Scene::talking();
    for turn in 0..600 {
        let direction = if turn % 2 == 0 {
            "sendonly"
        } else {
            "sendrecv"
        };
        scene
            .leg(0, offered("A", direction))
            .leg(1, reoffer_answered("B"));
    }
    assert_eq!(scene.history.len(), 512);
    scene.leg(0, LegFact::Ended);
    assert_eq!(scene.history.len(), 513);
    assert_eq!(scene.end().by, Fault::Caller);
}
