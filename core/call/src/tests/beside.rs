//! Phones that ring beside a call: they are told of it, and make no difference to it.

use super::*;
use crate::Beside;

/// 101 calls 102 on its first phone; two phones ring beside, as legs 2 and 3.
fn begin() -> Scene {
    begin_with(vec![ring(&[1])], Some(speech("A")))
}

fn begin_with(steps: Vec<DialStep>, offer: Option<Description>) -> Scene {
    let beside = Beside {
        targets: vec![contact(8), contact(9)],
        number: "101".to_owned(),
        display: "112 from 101".to_owned(),
    };
    let plan = DialPlan {
        beside: Some(Box::new(beside)),
        ..plan(steps)
    };
    Scene::begin_by(plan, offer, Config::default())
}

#[test]
fn they_ring_after_the_call_has_gone_out_and_show_what_it_is() {
    let mut scene = begin();
    let dialled: Vec<(u8, String)> = scene
        .orders
        .iter()
        .filter_map(|order| match order {
            Output::Leg(leg, LegOrder::Dial { display, .. }) => {
                Some((leg.number(), display.clone()))
            }
            Output::Leg(..)
            | Output::Media(_)
            | Output::Route { .. }
            | Output::Event(_)
            | Output::Over => None,
        })
        .collect();
    let told = "112 from 101".to_owned();
    let person = "Person 1".to_owned();
    assert_eq!(dialled, [(1, person), (2, told.clone()), (3, told)]);
    scene.orders.clear();
    scene.leg(2, LegFact::Ringing);
    assert!(scene.orders().is_empty(), "the caller hears nothing of it");
}

#[test]
fn whoever_answers_beside_hears_the_signal_and_is_not_in_the_call() {
    let mut scene = begin();
    scene.orders.clear();
    scene.leg(2, answered("D"));
    let orders = scene.orders();
    assert_eq!(orders.len(), 2, "{orders:?}");
    assert!(orders.contains(&"3: cancel, cause 26".to_owned()));
    assert!(matches!(scene.call.bridge(), Bridge::Open));
    assert_eq!(scene.call.summary().state, "ringing");
    scene.leg(1, answered("B"));
    assert_eq!(scene.call.bridge(), Bridge::Legs(leg(0), leg(1)));
    assert_eq!(scene.stage(2), LegStage::Up, "it is not cancelled by that");
    scene.leg(2, LegFact::Ended);
    assert_eq!(scene.overs, 0, "nor does the call end with it");
    let answers = scene.history.iter();
    let answers = answers.filter(|what| matches!(what, What::Answered(_)));
    assert_eq!(answers.count(), 2, "of the two who talk");
}

#[test]
fn nothing_that_happens_beside_makes_a_difference_to_the_call() {
    let facts = [
        refused(486),
        refused(603),
        LegFact::Unreachable(Unreachable::Timeout),
        LegFact::Lost(Lost::Gone),
        LegFact::Redirected {
            status: 302,
            targets: Vec::new(),
        },
        LegFact::Ended,
    ];
    for fact in facts {
        let mut scene = begin();
        scene.orders.clear();
        scene.leg(2, fact.clone());
        assert!(scene.orders().is_empty(), "{fact:?}");
        assert_eq!(scene.stage(2), LegStage::Closed, "{fact:?}");
        scene.leg(1, answered("B"));
        assert_eq!(scene.call.bridge(), Bridge::Legs(leg(0), leg(1)));
    }
}

#[test]
fn nobody_takes_the_call_in_place_of_a_phone_that_rings_beside() {
    let mut scene = begin();
    scene.leg(2, LegFact::Ringing);
    assert!(!scene.call.is_rung(leg(2)));
    assert!(scene.call.is_rung(leg(1)));
    let picked = scene.call.pick_up(
        leg(2),
        person(3),
        Some(speech("C")),
        scene.now,
        &mut Vec::new(),
    );
    assert!(picked.is_err());
}

#[test]
fn they_ring_for_a_minute_whether_the_call_is_answered_or_not() {
    for talks in [false, true] {
        let steps = vec![ring(&[1]), ring(&[1]), ring(&[1])];
        let mut scene = begin_with(steps, Some(speech("A")));
        if talks {
            scene.leg(1, answered("B"));
        }
        scene.pass(Duration::from_secs(59));
        assert_eq!(scene.stage(2), LegStage::Dialled);
        scene.pass(Duration::from_secs(1));
        assert_eq!(scene.stage(2), LegStage::Closed);
        assert_eq!(scene.overs, 0);
    }
}

#[test]
fn they_stop_with_the_call() {
    let mut scene = begin();
    scene.leg(2, answered("D")).leg(1, answered("B"));
    scene.orders.clear();
    scene.leg(0, LegFact::Ended);
    let orders = scene.orders();
    assert!(
        orders.contains(&"2: hang up, cause 16".to_owned()),
        "{orders:?}"
    );
    assert_eq!(scene.end().sip_status, 200);
}

#[test]
fn a_caller_who_offers_nothing_and_one_who_is_refused_ring_nobody_beside() {
    let scene = begin_with(vec![ring(&[1])], None);
    assert!(scene.call.leg(leg(2)).is_none());
    let refuse = vec![DialStep::Refuse(Refusal::NOT_FOUND)];
    let scene = begin_with(refuse, Some(speech("A")));
    assert!(scene.call.leg(leg(1)).is_none());
}
