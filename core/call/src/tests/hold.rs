//! Offers within the call: hold, resume, glare, late offers, digits.

use super::*;

#[test]
fn hold_and_resume_travel_to_the_other_side_and_back() {
    let mut scene = Scene::talking();
    scene.leg(0, offered("A", "sendonly"));
    assert_eq!(scene.orders(), ["1: offer A sendonly"]);
    assert!(scene.call.summary().legs[0].holding);
    scene.leg(1, reoffer_answered("B"));
    assert_eq!(scene.orders(), ["0: accept with B"]);
    scene.leg(0, offered("A", "sendrecv"));
    scene.leg(1, reoffer_answered("B"));
    assert_eq!(scene.orders(), ["1: offer A", "0: accept with B"]);
    assert!(!scene.call.summary().legs[0].holding);
    let held = |what: &What| matches!(what, What::Held(_) | What::Resumed(_));
    let history: Vec<_> = scene
        .history
        .iter()
        .filter(|what| held(what))
        .cloned()
        .collect();
    assert_eq!(history, [What::Held(leg(0)), What::Resumed(leg(0))]);
}

#[test]
fn the_party_called_may_hold_too() {
    let mut scene = Scene::talking();
    scene.leg(1, offered("B", "inactive"));
    scene.leg(0, reoffer_answered("A"));
    assert_eq!(scene.orders(), ["0: offer B inactive", "1: accept with A"]);
}

#[test]
fn offers_that_cross_are_both_declined_with_491() {
    let mut scene = Scene::talking();
    scene.leg(0, offered("A", "sendonly"));
    scene.orders.clear();
    scene.leg(1, offered("B", "sendonly"));
    assert_eq!(scene.orders(), ["1: decline the offer 491"]);
    scene.leg(1, LegFact::ReofferRefused { status: 491 });
    assert_eq!(scene.orders(), ["0: decline the offer 491"]);
    scene.leg(0, offered("A", "sendonly"));
    assert_eq!(scene.orders(), ["1: offer A sendonly"], "it may try again");
}

#[test]
fn a_second_offer_before_the_answer_to_the_first_is_declined() {
    let mut scene = Scene::talking();
    scene.leg(0, offered("A", "sendonly"));
    scene.orders.clear();
    scene.leg(0, offered("A", "sendrecv"));
    assert_eq!(scene.orders(), ["0: decline the offer 491"]);
}

#[test]
fn an_offer_that_is_refused_leaves_the_call_as_it_was() {
    let mut scene = Scene::talking();
    scene.leg(0, offered("V", "sendrecv"));
    scene.leg(1, LegFact::ReofferRefused { status: 488 });
    assert_eq!(scene.orders(), ["1: offer V", "0: decline the offer 488"]);
    assert_eq!(scene.call.summary().state, "talking");
    scene.leg(0, LegFact::Ended);
    assert_eq!(scene.orders(), ["1: hang up, cause 16"]);
}

#[test]
fn a_party_that_asks_us_to_offer_gets_the_other_sides_offer_and_owes_an_answer() {
    let mut scene = Scene::talking();
    scene.leg(0, LegFact::Offered { description: None });
    assert_eq!(scene.orders(), ["1: offer no offer"]);
    scene.leg(1, reoffer_answered("B2"));
    assert_eq!(scene.orders(), ["0: accept with B2"]);
    scene.leg(
        0,
        LegFact::Confirmed {
            description: Some(speech("A2")),
        },
    );
    assert_eq!(scene.orders(), ["1: confirm A2"]);
}

#[test]
fn digits_reach_the_other_side() {
    let mut scene = Scene::talking();
    let info = |content_type: &str| LegFact::Informed {
        content_type: content_type.to_owned(),
        body: b"Signal=5\r\n".to_vec(),
    };
    scene.leg(0, info("application/dtmf-relay"));
    scene.leg(1, info("application/dtmf"));
    assert_eq!(
        scene.orders(),
        [
            "1: inform application/dtmf-relay",
            "0: inform application/dtmf"
        ]
    );
}
