//! Calls that go on elsewhere: by a forward, or because a phone says so.

use super::*;
use domain::DivertReason;
use routing::{Diversion, Purpose, RouteRequest};

/// 102 forwards, for this reason, to this number.
fn forward(reason: DivertReason, to: &str) -> DialStep {
    DialStep::Forward(diversion(2, reason, to))
}

fn diversion(n: u64, reason: DivertReason, to: &str) -> Diversion {
    Diversion {
        by: ExtensionId::new(n, 1),
        number: (100 + n).to_string(),
        display: String::new(),
        device: None,
        reason,
        to: to.to_owned(),
        outside: None,
    }
}

fn by_all() -> Vec<DialStep> {
    vec![
        ring(&[1, 2]),
        forward(DivertReason::Busy, "201"),
        forward(DivertReason::NoAnswer, "202"),
        forward(DivertReason::Unreachable, "203"),
    ]
}

/// 103, to which the call goes on, rings for half a minute.
fn ring_103() -> DialStep {
    let target = Contact {
        device: DeviceId::new(3, 1),
        extension: ExtensionId::new(3, 1),
        number: "103".to_owned(),
        ..contact(1)
    };
    DialStep::Ring {
        number: "103".to_owned(),
        targets: vec![target],
        timeout: Duration::from_secs(30),
    }
}

fn redirected(targets: &[(&str, HostClass)]) -> LegFact {
    let target = |(user, host): &(&str, HostClass)| Target {
        user: (*user).to_owned(),
        host: *host,
    };
    LegFact::Redirected {
        status: 302,
        targets: targets.iter().map(target).collect(),
    }
}

/// The last question to routing.
fn question(scene: &Scene) -> RouteRequest {
    let mut orders = scene.orders.iter().rev();
    let asked = orders.find_map(|order| match order {
        Output::Route { request, .. } => Some(request.clone()),
        Output::Leg(..) | Output::Media(_) | Output::Event(_) | Output::Over => None,
    });
    asked.expect("routing was asked")
}

fn asks(scene: &Scene) -> Vec<String> {
    let orders = scene.orders.iter();
    let asked = orders.filter_map(|order| match order {
        Output::Route { request, .. } => Some(request.dialled.user.clone()),
        Output::Leg(..) | Output::Media(_) | Output::Event(_) | Output::Over => None,
    });
    asked.collect()
}

fn diverted(scene: &Scene) -> Vec<(DivertReason, String)> {
    let mut all = Vec::new();
    for what in &scene.history {
        if let What::Diverted(one) = what {
            all.push((one.reason, one.to.clone()));
        }
    }
    all
}

#[test]
fn each_way_of_not_answering_leads_to_its_own_forward() {
    let mut busy = Scene::begin(by_all());
    busy.leg(1, refused(486));
    assert_eq!(asks(&busy), [""; 0], "the other phone may still answer");
    busy.leg(2, refused(503));
    assert_eq!(asks(&busy), ["201"]);
    let mut declined = Scene::begin(by_all());
    declined.leg(1, refused(603));
    assert_eq!(asks(&declined), ["201"]);
    let mut silent = Scene::begin(by_all());
    silent
        .leg(1, LegFact::Ringing)
        .pass(Duration::from_secs(30));
    assert_eq!(asks(&silent), ["202"]);
    let mut tired = Scene::begin(by_all());
    tired.leg(1, LegFact::Ringing);
    tired.leg(1, refused(480)).leg(2, refused(404));
    assert_eq!(asks(&tired), ["202"], "a phone that gave up has rung");
    let mut gone = Scene::begin(by_all());
    gone.leg(1, LegFact::Unreachable(Unreachable::Timeout));
    gone.leg(2, refused(480));
    assert_eq!(asks(&gone), ["203"]);
    let nobody = [vec![ring(&[])], by_all().split_off(1)].concat();
    assert_eq!(asks(&Scene::begin(nobody)), ["203"]);
}

#[test]
fn the_question_names_the_caller_and_who_sends_the_call_on() {
    let mut scene = Scene::begin(vec![ring(&[1]), forward(DivertReason::Busy, "103")]);
    scene.leg(1, refused(486));
    let asked = question(&scene);
    assert_eq!(asked.purpose, Purpose::Forward);
    assert_eq!(asked.caller, person(1));
    assert_eq!(asked.diversions, [diversion(2, DivertReason::Busy, "103")]);
}

#[test]
fn a_call_that_goes_on_rings_there_and_the_caller_is_told_so() {
    let mut scene = Scene::begin(vec![ring(&[1]), forward(DivertReason::NoAnswer, "103")]);
    scene.leg(1, LegFact::Ringing).pass(Duration::from_secs(30));
    scene.routed(vec![
        DialStep::Divert(diversion(2, DivertReason::NoAnswer, "103")),
        ring_103(),
    ]);
    assert_eq!(
        scene.orders(),
        [
            "1: dial with A from 101",
            "0: ring",
            "1: cancel, cause 19",
            "route 103",
            "0: tell of a forward",
            "2: dial with A from 101",
        ]
    );
    scene.leg(2, answered("C"));
    assert_eq!(scene.orders(), ["0: answer C", "0 and 2 hear each other"]);
    assert_eq!(
        diverted(&scene),
        [(DivertReason::NoAnswer, "103".to_owned())]
    );
    assert_eq!(scene.call.diversions().len(), 1);
}

#[test]
fn a_forward_that_leads_nowhere_lets_the_caller_hear_what_the_phones_said() {
    let mut scene = Scene::begin(vec![ring(&[1]), forward(DivertReason::Busy, "103")]);
    scene.leg(1, refused(486));
    scene.routed(vec![DialStep::Refuse(Refusal::FORBIDDEN)]);
    let end = scene.end();
    assert_eq!((end.sip_status, end.cause), (486, 17));
    assert!(diverted(&scene).is_empty());
}

#[test]
fn a_phone_sends_the_call_on_and_the_others_are_spared() {
    let mut scene = Scene::begin(vec![
        ring(&[1, 2]),
        forward(DivertReason::Unreachable, "109"),
    ]);
    scene.leg(2, LegFact::Ringing);
    scene.leg(1, redirected(&[("103", HostClass::Own)]));
    let asked = question(&scene);
    let by = asked.diversions.last().unwrap();
    assert_eq!((by.reason, &*by.to), (DivertReason::Phone, "103"));
    assert_eq!(by.device, Some(DeviceId::new(2, 1)));
    assert_eq!(scene.stage(2), LegStage::Ringing, "nobody knows yet");
    scene.routed(vec![
        DialStep::Divert(diversion(2, DivertReason::Phone, "103")),
        ring_103(),
    ]);
    assert_eq!(scene.stage(2), LegStage::Closed);
    scene.leg(3, refused(486));
    assert_eq!(
        asks(&scene),
        ["103"],
        "its extension's forwards are not for 103"
    );
    assert_eq!(scene.end().sip_status, 486);
}

#[test]
fn where_a_phone_sends_a_call_that_goes_nowhere_the_others_ring_on() {
    let mut scene = Scene::begin(vec![ring(&[1, 2])]);
    scene.leg(2, LegFact::Ringing);
    scene.leg(1, redirected(&[("0900", HostClass::Own)]));
    scene.routed(vec![
        DialStep::Divert(diversion(2, DivertReason::Phone, "0900")),
        DialStep::Refuse(Refusal::UNAVAILABLE),
    ]);
    scene.leg(2, answered("C"));
    assert_eq!(scene.call.summary().state, "talking");
    assert!(diverted(&scene).is_empty());
}

#[test]
fn two_phones_that_send_the_call_on_at_once_are_heard_one_after_the_other() {
    let mut scene = Scene::begin(vec![ring(&[1, 2])]);
    scene.leg(1, redirected(&[("0900", HostClass::Own)]));
    scene.leg(2, redirected(&[("103", HostClass::Own)]));
    assert_eq!(asks(&scene), ["0900"]);
    scene.routed(vec![DialStep::Refuse(Refusal::UNAVAILABLE)]);
    assert_eq!(asks(&scene), ["0900", "103"]);
    scene.routed(vec![ring_103()]);
    scene.leg(3, answered("C"));
    assert_eq!(scene.call.summary().state, "talking");
}

#[test]
fn a_phone_names_several_places_and_each_is_tried_in_its_turn() {
    let mut scene = Scene::begin(vec![ring(&[1])]);
    let places = ["0900", "103", "104"].map(|place| (place, HostClass::Own));
    scene.leg(1, redirected(&places));
    scene.routed(vec![DialStep::Refuse(Refusal::UNAVAILABLE)]);
    scene.routed(vec![
        DialStep::Divert(diversion(2, DivertReason::Phone, "103")),
        ring_103(),
    ]);
    scene.leg(2, refused(486));
    assert_eq!(asks(&scene), ["0900", "103", "104"]);
    let last = question(&scene);
    assert_eq!(
        last.diversions.len(),
        1,
        "one place in the place of another"
    );
    assert_eq!(last.earlier, 1, "what came to nothing counts all the same");
    scene.routed(vec![DialStep::Refuse(Refusal::UNAVAILABLE)]);
    assert_eq!(scene.end().sip_status, 486);
}

#[test]
fn a_place_that_is_not_the_companys_is_as_none() {
    let mut scene = Scene::begin(vec![ring(&[1]), forward(DivertReason::Unreachable, "109")]);
    scene.leg(1, redirected(&[("103", HostClass::Foreign)]));
    assert!(scene.is_because("device.redirected_astray"));
    assert_eq!(asks(&scene), ["109"]);
}

#[test]
fn a_caller_who_gives_up_while_it_goes_on_is_forwarded_no_more() {
    let mut scene = Scene::begin(vec![ring(&[1]), forward(DivertReason::NoAnswer, "103")]);
    scene.pass(Duration::from_secs(30));
    scene.routed(vec![
        DialStep::Divert(diversion(2, DivertReason::NoAnswer, "103")),
        ring_103(),
    ]);
    scene.orders.clear();
    scene.leg(0, LegFact::Cancelled);
    assert_eq!(scene.orders(), ["2: cancel, cause 16"]);
    assert_eq!(scene.end().by, Fault::Caller);
}

#[test]
fn who_was_sent_on_is_known_after_a_restart() {
    let mut scene = Scene::begin(vec![
        DialStep::Divert(diversion(2, DivertReason::Always, "103")),
        ring_103(),
    ]);
    scene.leg(1, answered("C"));
    let bytes = scene.call.snapshot(scene.now).unwrap();
    let (call, _) = Call::restore(scope(1), &bytes, scene.now).unwrap();
    assert_eq!(call.diversions(), scene.call.diversions());
    assert_eq!(call.diversions().len(), 1);
}

#[test]
fn a_call_that_is_sent_on_to_who_forwards_goes_on_from_there() {
    let mut scene = Scene::talking();
    scene.leg(1, referred("104"));
    scene.routed(vec![ring_103(), forward(DivertReason::Busy, "105")]);
    scene.leg(2, refused(486));
    assert_eq!(asks(&scene), ["104", "105"]);
    scene.routed(vec![
        DialStep::Divert(diversion(2, DivertReason::Busy, "105")),
        ring_103(),
    ]);
    scene.leg(3, answered("D"));
    let taken = |what: &What| matches!(what, What::TransferCompleted { .. });
    assert!(scene.history.iter().any(taken));
    assert_eq!(scene.call.summary().state, "talking");
}

#[test]
fn a_transfer_whose_forward_leads_nowhere_has_failed() {
    let mut scene = Scene::talking();
    scene.leg(1, referred("104"));
    scene.routed(vec![ring_103(), forward(DivertReason::NoAnswer, "105")]);
    scene.pass(Duration::from_secs(30));
    scene.routed(vec![DialStep::Refuse(Refusal::UNAVAILABLE)]);
    let failed = |what: &What| matches!(what, What::TransferFailed { .. });
    assert!(scene.history.iter().any(failed));
}
