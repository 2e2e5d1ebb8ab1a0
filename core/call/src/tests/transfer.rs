//! Sending a party on: blind, attended, and taking a party's place.

use super::*;
use crate::AdoptError;

/// 101 and 102 talk, and 102 has sent 101 on to 103, whose phone rings as leg 2.
fn ringing_elsewhere() -> Scene {
    let mut scene = Scene::talking();
    scene.leg(1, referred("103"));
    scene.routed(vec![ring(&[7])]);
    scene.orders.clear();
    scene
}

#[test]
fn a_blind_transfer_asks_routing_rings_and_joins_the_two_who_remain() {
    let mut scene = Scene::talking();
    scene.leg(1, referred("103"));
    assert_eq!(
        scene.orders.iter().map(words::order).collect::<Vec<_>>(),
        [
            "1: accept the transfer",
            "1: the transfer is at 100",
            "route 103"
        ]
    );
    scene.routed(vec![ring(&[7])]);
    scene.orders.drain(..3);
    assert_eq!(
        scene.orders(),
        ["2: dial with A from 101", "0 hears ringing"]
    );
    assert_eq!(scene.call.summary().state, "transferring");
    scene.leg(2, LegFact::Ringing);
    assert_eq!(scene.orders(), ["1: the transfer is at 180"]);
    scene.leg(2, answered("C"));
    assert_eq!(
        scene.orders(),
        [
            "0 and 2 hear each other",
            "0: offer C",
            "1: the transfer is at 200, done",
            "1: hang up, cause 16",
        ]
    );
    scene.leg(0, reoffer_answered("A2"));
    assert_eq!(
        scene.orders(),
        [""; 0],
        "C was offered A's own media already"
    );
    assert_eq!(scene.stage(1), LegStage::Closed);
    scene.leg(2, LegFact::Ended);
    assert_eq!(scene.orders(), ["0: hang up, cause 16"]);
    assert_eq!(scene.end().sip_status, 200);
}

#[test]
fn the_question_to_routing_is_asked_as_the_transferor() {
    let mut scene = Scene::talking();
    scene.leg(1, referred("103"));
    let Some(Output::Route { request, .. }) = scene.orders.pop() else {
        panic!("routing was not asked");
    };
    assert_eq!(request.caller.number, "102");
    assert_eq!(request.purpose, routing::Purpose::Transfer);
}

#[test]
fn a_transferor_may_hang_up_before_the_new_party_answers() {
    let mut scene = ringing_elsewhere();
    scene.leg(1, LegFact::Ended);
    assert_eq!(scene.orders(), [""; 0]);
    scene.leg(2, answered("C"));
    assert_eq!(scene.orders(), ["0 and 2 hear each other", "0: offer C"]);
}

#[test]
fn a_transfer_that_fails_gives_the_party_back_to_who_sent_it() {
    let fails: [(fn(&mut Scene), u16); 3] = [
        (
            |scene| {
                scene.leg(2, refused(486));
            },
            486,
        ),
        (
            |scene| {
                scene.pass(Duration::from_secs(30));
            },
            480,
        ),
        (
            |scene| {
                scene.leg(2, LegFact::Unreachable(Unreachable::Timeout));
            },
            408,
        ),
    ];
    for (fail, status) in fails {
        let mut scene = ringing_elsewhere();
        fail(&mut scene);
        let orders = scene.orders();
        let told = format!("1: the transfer is at {status}, done");
        assert!(orders.contains(&told), "{orders:?}");
        assert_eq!(orders.last().unwrap(), "1 and 0 hear each other");
        assert_eq!(scene.call.summary().state, "talking");
        scene.leg(1, referred("104"));
        assert_eq!(
            scene.orders()[0],
            "1: accept the transfer",
            "it may try again"
        );
    }
}

#[test]
fn a_transfer_that_fails_after_its_transferor_left_ends_the_call() {
    let mut scene = ringing_elsewhere();
    scene.leg(1, LegFact::Ended);
    scene.leg(2, refused(486));
    assert_eq!(scene.orders(), ["0: hang up, cause 16"]);
    let end = scene.end();
    assert_eq!((end.cause, end.sip_status), (31, 486));
}

#[test]
fn a_transferee_that_hangs_up_stops_the_new_phone_and_ends_the_call() {
    let mut scene = ringing_elsewhere();
    scene.leg(0, LegFact::Ended);
    assert_eq!(
        scene.orders(),
        [
            "2: cancel, cause 19",
            "1: the transfer is at 487, done",
            "1: hang up, cause 16"
        ]
    );
    assert_eq!(scene.end().sip_status, 200);
}

#[test]
fn a_transfer_to_nowhere_or_to_a_guest() {
    let mut scene = Scene::talking();
    scene.leg(1, referred("999"));
    scene.routed(vec![DialStep::Refuse(Refusal::NOT_FOUND)]);
    assert_eq!(
        scene.orders().last().unwrap(),
        "1: the transfer is at 404, done"
    );
    assert_eq!(scene.call.summary().state, "talking");
    scene.leg(1, referred("103"));
    scene.routed(vec![ring(&[])]);
    assert_eq!(
        scene.orders().last().unwrap(),
        "1: the transfer is at 480, done"
    );
    scene.leg(1, referred("*43"));
    scene.routed(vec![DialStep::Guest(Guest::Echo)]);
    assert_eq!(
        scene.orders()[3..],
        [
            "0: offer as a guest",
            "0 hears itself",
            "1: the transfer is at 200, done",
            "1: hang up, cause 16",
        ]
    );
    assert_eq!(
        scene.call.summary().bridge,
        Bridge::Guest(leg(0), Guest::Echo)
    );
}

#[test]
fn a_second_transfer_while_one_is_under_way_and_one_before_the_answer_are_declined() {
    let mut scene = ringing_elsewhere();
    scene.leg(0, referred("104"));
    assert_eq!(scene.orders(), ["0: decline the transfer 603"]);
    let mut early = Scene::begin(vec![ring(&[1])]);
    early.orders.clear();
    early.leg(0, referred("104"));
    assert_eq!(early.orders(), ["0: decline the transfer 603"]);
}

#[test]
fn an_answer_of_routing_to_another_question_is_ignored() {
    let mut scene = Scene::talking();
    scene.leg(1, referred("103"));
    scene.orders.clear();
    let plan = plan(vec![ring(&[7])]);
    scene.input(Input::Routed {
        token: 999,
        plan: plan.clone(),
    });
    assert_eq!(scene.orders(), [""; 0]);
    let mut idle = Scene::talking();
    idle.input(Input::Routed { token: 1, plan });
    assert_eq!(idle.orders(), [""; 0]);
}

#[test]
fn a_transfer_rings_no_longer_than_a_minute() {
    let mut scene = Scene::talking();
    scene.leg(1, referred("103"));
    scene.routed(vec![DialStep::Ring {
        number: "103".to_owned(),
        targets: vec![contact(7)],
        timeout: Duration::from_secs(300),
    }]);
    scene.orders.clear();
    scene.pass(Duration::from_secs(59));
    assert_eq!(scene.orders(), [""; 0]);
    scene.pass(Duration::from_secs(1));
    assert!(scene.is_because("transfer.timeout"));
}

/// Two calls of 102: the first with 101, the second, as its caller, to a phone of 103.
fn consulting(answered_there: bool) -> (Scene, Scene) {
    let first = Scene::talking();
    let mut second = Scene::begin_with(vec![ring(&[7])], Some(speech("B'")), Config::default());
    second.call.state.id = CallId::new(2, 2);
    second.leg(1, LegFact::Ringing);
    if answered_there {
        second.leg(1, answered("C"));
    }
    second.orders.clear();
    (first, second)
}

fn adopt(first: &mut Scene, second: &mut Scene) -> Result<Vec<(LegId, LegId)>, AdoptError> {
    let (mut out, mut other_out) = (Vec::new(), Vec::new());
    let (now, mine, theirs) = (first.now, leg(1), leg(0));
    let moved = first.call.adopt(
        mine,
        &mut second.call,
        theirs,
        now,
        &mut out,
        &mut other_out,
    );
    first.take(out);
    second.take(other_out);
    moved
}

#[test]
fn an_attended_transfer_makes_one_call_of_two() {
    let (mut first, mut second) = consulting(true);
    let moved = adopt(&mut first, &mut second).unwrap();
    assert_eq!(moved, [(leg(1), leg(2))]);
    assert_eq!(
        first.orders(),
        [
            "1: accept the transfer",
            "0 and 2 hear each other",
            "0: offer C",
            "1: the transfer is at 200, done",
            "1: hang up, cause 16",
        ]
    );
    first.leg(0, reoffer_answered("A2"));
    assert_eq!(
        first.orders(),
        ["2: offer A2"],
        "each learns the other's media"
    );
    first.leg(2, reoffer_answered("C2"));
    assert_eq!(second.orders(), ["0: hang up, cause 16"]);
    assert_eq!(second.end().sip_status, 200);
    assert!(
        second
            .history
            .contains(&What::MergedInto(CallId::new(1, 1)))
    );
    first.leg(2, LegFact::Ended);
    assert_eq!(first.orders(), ["0: hang up, cause 16"]);
}

#[test]
fn an_attended_transfer_to_a_phone_that_still_rings_waits_for_its_answer() {
    let (mut first, mut second) = consulting(false);
    adopt(&mut first, &mut second).unwrap();
    assert_eq!(
        first.orders(),
        [
            "1: accept the transfer",
            "0 hears ringing",
            "1: the transfer is at 180"
        ]
    );
    assert_eq!(second.orders(), ["0: refuse 480, cause 16"]);
    first.leg(2, answered("C"));
    assert_eq!(
        first.orders(),
        [
            "0 and 2 hear each other",
            "0: offer C",
            "1: the transfer is at 200, done",
            "1: hang up, cause 16",
        ]
    );
}

#[test]
fn calls_of_two_companies_cannot_become_one() {
    let (mut first, mut second) = consulting(true);
    second.call.scope = scope(2);
    assert_eq!(adopt(&mut first, &mut second), Err(AdoptError::Stranger));
    assert_eq!((first.orders(), second.orders()), (Vec::new(), Vec::new()));
}

#[test]
fn a_call_does_not_become_one_with_itself_nor_with_one_that_is_not_ready() {
    let (mut first, mut second) = consulting(true);
    second.call.state.id = first.call.id();
    assert_eq!(adopt(&mut first, &mut second), Err(AdoptError::Stranger));
    let (mut first, mut second) = consulting(true);
    second.leg(0, LegFact::Ended);
    second.orders.clear();
    assert_eq!(second.overs, 1);
    let (mut out, mut other) = (Vec::new(), Vec::new());
    let now = first.now;
    let result = first
        .call
        .adopt(leg(1), &mut second.call, leg(0), now, &mut out, &mut other);
    assert_eq!(result, Err(AdoptError::NotReady));
    assert!(out.is_empty() && other.is_empty());
}

#[test]
fn a_phone_may_take_the_place_of_another() {
    let mut scene = Scene::talking();
    let mut out = Vec::new();
    let now = scene.now;
    let new = scene
        .call
        .replace(leg(1), person(5), Some(speech("D")), now, &mut out)
        .unwrap();
    scene.take(out);
    assert_eq!(new, leg(2));
    assert_eq!(
        scene.orders(),
        [
            "0: offer D",
            "0 and 2 hear each other",
            "1: hang up, cause 16"
        ]
    );
    scene.leg(0, reoffer_answered("A2"));
    assert_eq!(scene.orders(), ["2: answer A2"]);
    scene.leg(2, LegFact::Confirmed { description: None });
    scene.leg(2, LegFact::Ended);
    assert_eq!(scene.orders(), ["0: hang up, cause 16"]);
}

#[test]
fn a_phone_whose_media_the_other_side_refuses_takes_nobodys_place() {
    let mut scene = Scene::talking();
    let mut out = Vec::new();
    let now = scene.now;
    scene
        .call
        .replace(leg(1), person(5), Some(speech("D")), now, &mut out)
        .unwrap();
    scene.take(out);
    scene.orders.clear();
    scene.leg(0, LegFact::ReofferRefused { status: 488 });
    assert_eq!(
        scene.orders(),
        ["0: hang up, cause 88", "2: refuse 488, cause 88"]
    );
}

#[test]
fn nobody_takes_a_place_in_a_call_that_is_not_talking() {
    let mut scene = Scene::begin(vec![ring(&[1])]);
    let (now, mut out) = (scene.now, Vec::new());
    let result = scene
        .call
        .replace(leg(1), person(5), Some(speech("D")), now, &mut out);
    assert_eq!(result, Err(AdoptError::NotReady));
    assert!(out.is_empty());
}
