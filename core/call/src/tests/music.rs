//! Music on hold: who hears it, from when, and what both sides are told of it.

use super::*;

/// 101 talks with the first device of 102, in a company that has music.
fn musical() -> Scene {
    let config = Config {
        music: true,
        ..Config::default()
    };
    let mut scene = Scene::begin_with(vec![ring(&[1])], Some(speech("A")), config);
    scene.leg(1, answered("B"));
    scene.orders.clear();
    scene
}

/// A party's answer to a new offer.
fn agreed(name: &str, direction: &str) -> LegFact {
    LegFact::ReofferAnswered {
        description: Some(described(name, direction)),
    }
}

/// The caller holds, and the other's phone agrees.
fn held() -> Scene {
    let mut scene = musical();
    scene.leg(0, offered("A", "sendonly"));
    scene.leg(1, agreed("B", "recvonly"));
    scene.orders.clear();
    scene
}

#[test]
fn a_held_party_hears_music_until_it_is_taken_back() {
    let mut scene = musical();
    scene.leg(0, offered("A", "sendonly"));
    assert_eq!(scene.orders(), ["1: offer A sendonly"]);
    scene.leg(1, agreed("B", "recvonly"));
    assert_eq!(
        scene.orders(),
        ["0: accept with B recvonly", "1 hears music"]
    );
    scene.leg(0, offered("A", "sendrecv"));
    assert_eq!(scene.orders(), ["1: offer A"], "it plays until the answer");
    scene.leg(1, agreed("B", "sendrecv"));
    assert_eq!(
        scene.orders(),
        ["0: accept with B", "0 and 1 hear each other"]
    );
}

// rfc: 3264 §6.1
#[test]
fn who_says_inactive_is_answered_inactive_and_the_held_party_is_told_that_it_will_hear() {
    let mut scene = musical();
    scene.leg(1, offered("B", "inactive"));
    assert_eq!(scene.orders(), ["0: offer B sendonly"]);
    scene.leg(0, agreed("A", "recvonly"));
    assert_eq!(
        scene.orders(),
        ["1: accept with A inactive", "0 hears music"]
    );
}

#[test]
fn without_music_the_words_of_who_holds_travel_as_they_are() {
    let mut scene = Scene::talking();
    scene.leg(0, offered("A", "inactive"));
    scene.leg(1, agreed("B", "inactive"));
    assert_eq!(
        scene.orders(),
        ["1: offer A inactive", "0: accept with B inactive"]
    );
}

#[test]
fn where_both_hold_nobody_hears_music_and_who_is_left_on_hold_hears_it_from_the_start() {
    let mut scene = held();
    scene.leg(1, offered("B", "sendonly"));
    scene.leg(0, agreed("A", "inactive"));
    assert_eq!(
        scene.orders(),
        [
            "0: offer B sendonly",
            "1: accept with A inactive",
            "0 and 1 hear each other"
        ]
    );
    scene.leg(0, offered("A", "sendrecv"));
    scene.leg(1, agreed("B", "sendonly"));
    assert_eq!(
        scene.orders(),
        ["1: offer A", "0: accept with B sendonly", "0 hears music"]
    );
    scene.leg(1, offered("B", "sendrecv"));
    scene.leg(0, agreed("A", "sendrecv"));
    assert_eq!(
        scene.orders(),
        ["0: offer B", "1: accept with A", "0 and 1 hear each other"]
    );
}

#[test]
fn an_offer_of_the_held_party_does_not_begin_the_music_anew() {
    let mut scene = held();
    scene.leg(1, offered("B2", "sendrecv"));
    scene.leg(0, agreed("A", "inactive"));
    assert_eq!(
        scene.orders(),
        ["0: offer B2", "1: accept with A sendonly"],
        "it hears something, whatever the other says"
    );
}

#[test]
fn a_hold_that_is_refused_plays_nothing() {
    let mut scene = musical();
    scene.leg(0, offered("A", "sendonly"));
    scene.leg(1, LegFact::ReofferRefused { status: 491 });
    assert_eq!(
        scene.orders(),
        ["1: offer A sendonly", "0: decline the offer 491"]
    );
    assert!(!scene.call.summary().legs[0].holding);
    scene.leg(1, offered("B2", "sendrecv"));
    scene.leg(0, agreed("A", "sendrecv"));
    assert_eq!(scene.orders(), ["0: offer B2", "1: accept with A"]);
}

#[test]
fn a_retrieval_that_is_refused_leaves_the_music_on() {
    let mut scene = held();
    scene.leg(0, offered("A", "sendrecv"));
    scene.leg(1, LegFact::ReofferRefused { status: 491 });
    assert_eq!(scene.orders(), ["1: offer A", "0: decline the offer 491"]);
    assert_eq!(scene.call.entertained(), Some(leg(1)));
    scene.leg(0, offered("A", "sendrecv"));
    scene.leg(1, agreed("B", "sendrecv"));
    assert_eq!(
        scene.orders(),
        ["1: offer A", "0: accept with B", "0 and 1 hear each other"]
    );
}

#[test]
fn who_holds_by_the_answer_to_a_late_offer_is_understood_too() {
    let mut scene = musical();
    scene.leg(0, LegFact::Offered { description: None });
    scene.leg(1, reoffer_answered("B"));
    assert_eq!(scene.orders(), ["1: offer no offer", "0: accept with B"]);
    scene.leg(
        0,
        LegFact::Confirmed {
            description: Some(described("A", "inactive")),
        },
    );
    assert_eq!(scene.orders(), ["1: confirm A sendonly", "1 hears music"]);
}

/// 101 talks with somebody whom a carrier has reached.
fn outside() -> Scene {
    let config = Config {
        music: true,
        ..Config::default()
    };
    let steps = vec![carriers::trunk(1, &[0])];
    let mut scene = Scene::begin_with(steps, Some(speech("A")), config);
    scene.leg(1, answered("B"));
    scene.orders.clear();
    scene
}

#[test]
fn a_carrier_that_goes_on_sending_is_left_to_its_own_music() {
    let mut scene = outside();
    scene.leg(1, offered("B", "sendonly"));
    scene.leg(0, agreed("A", "recvonly"));
    assert_eq!(
        scene.orders(),
        ["0: offer B sendonly", "1: accept with A recvonly"]
    );
}

#[test]
fn a_carrier_that_sends_nothing_leaves_it_to_ours() {
    let mut scene = outside();
    scene.leg(1, offered("B", "inactive"));
    scene.leg(0, agreed("A", "recvonly"));
    assert_eq!(
        scene.orders(),
        [
            "0: offer B sendonly",
            "1: accept with A inactive",
            "0 hears music"
        ]
    );
}

#[test]
fn somebody_outside_who_is_held_hears_music() {
    let mut scene = outside();
    scene.leg(0, offered("A", "sendonly"));
    scene.leg(1, agreed("B", "recvonly"));
    let orders = scene.orders();
    assert_eq!(orders.last().map(String::as_str), Some("1 hears music"));
}

#[test]
fn a_held_party_that_is_sent_on_hears_ringing_and_then_the_new_party() {
    let mut scene = held();
    scene.leg(0, referred("103"));
    scene.routed(vec![ring(&[3])]);
    let orders = scene.orders();
    assert!(orders.contains(&"1 hears ringing".to_owned()), "{orders:?}");
    assert_eq!(scene.call.entertained(), None);
    scene.leg(2, answered("C"));
    let orders = scene.orders();
    assert!(
        orders.contains(&"1 and 2 hear each other".to_owned()),
        "{orders:?}"
    );
    assert!(!orders.iter().any(|order| order.contains("music")));
}

#[test]
fn a_held_party_that_could_not_be_sent_on_hears_music_again() {
    let mut scene = held();
    scene.leg(0, referred("103"));
    scene.routed(vec![ring(&[3])]);
    scene.orders.clear();
    scene.leg(2, refused(486));
    let orders = scene.orders();
    let from = orders.iter().position(|order| order.contains("hear each"));
    assert_eq!(
        orders.get(from.unwrap()..),
        Some(
            &[
                "0 and 1 hear each other".to_owned(),
                "1 hears music".to_owned()
            ][..]
        )
    );
}

#[test]
fn music_outlives_the_process() {
    let scene = held();
    let bytes = scene.call.snapshot(scene.now).unwrap();
    let (mut call, _) = Call::restore(scope(1), &bytes, scene.now).unwrap();
    assert_eq!(call.entertained(), Some(leg(1)));
    let mut out = Vec::new();
    for input in [
        Input::Leg(leg(0), offered("A", "sendrecv")),
        Input::Leg(leg(1), agreed("B", "sendrecv")),
    ] {
        call.handle(input, scene.now, &mut out);
    }
    assert_eq!(call.entertained(), None);
    let bridged = |output: &Output| matches!(output, Output::Media(MediaOrder::Bridge(..)));
    assert_eq!(out.iter().filter(|output| bridged(output)).count(), 1);
}
