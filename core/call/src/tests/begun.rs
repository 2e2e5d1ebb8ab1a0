//! Calls that a party of the exchange has begun.

use super::*;
use crate::Outgoing;

const FAX: Guest = Guest::Fax(ExtensionId::from_u128(900));

/// The fax extension 900 calls.
pub(super) fn calls(steps: Vec<DialStep>) -> Scene {
    let outgoing = Outgoing {
        id: CallId::new(1, 1),
        guest: FAX,
        caller: Caller {
            extension: Some(ExtensionId::from_u128(900)),
            number: "900".to_owned(),
            ..Caller::default()
        },
        dialled: "102".to_owned(),
        offer: speech("G"),
        plan: plan(steps),
        config: Config::default(),
    };
    let (now, mut out) = (Instant::from_secs(100), Vec::new());
    let call = Call::outgoing(scope(1), outgoing, now, &mut out);
    let mut scene = Scene {
        call,
        now,
        orders: Vec::new(),
        history: Vec::new(),
        overs: 0,
    };
    scene.take(out);
    scene
}

/// It is connected with the first phone of 102.
pub(super) fn talks() -> Scene {
    let mut scene = calls(vec![ring(&[1])]);
    scene.leg(1, answered("B"));
    scene.orders.clear();
    scene
}

#[test]
fn whoever_answers_first_is_connected_with_the_guest_and_nobody_else_is_told_anything() {
    let mut scene = calls(vec![ring(&[1, 2])]);
    let dialled = ["1: dial with G from 900", "2: dial with G from 900"];
    assert_eq!(scene.orders(), dialled);
    assert_eq!(scene.call.begun_by(), Some(FAX));
    scene.leg(1, LegFact::Ringing);
    assert!(scene.orders().is_empty());
    scene.leg(2, answered("C"));
    assert_eq!(scene.orders(), ["1: cancel, cause 26", "2 sends a fax"]);
    assert_eq!(scene.call.bridge(), Bridge::Guest(leg(2), FAX));
    assert_eq!(scene.call.summary().state, "talking");
    let answers = scene.history.iter();
    let answers = answers.filter(|what| matches!(what, What::Answered(_)));
    assert_eq!(answers.count(), 2, "the record has both sides");
    scene.leg(2, LegFact::Ended);
    assert!(scene.orders().is_empty(), "nobody is left to be told");
    assert_eq!(
        (scene.end().sip_status, scene.end().by),
        (200, Fault::Callee)
    );
}

#[test]
fn a_carrier_is_called_and_the_next_one_when_it_fails() {
    let steps = vec![carriers::trunk(1, &[0]), carriers::trunk(2, &[0])];
    let mut scene = calls(steps);
    scene.leg(1, refused(503));
    scene.leg(2, answered("B"));
    let orders = scene.orders();
    assert_eq!(orders.last().map(String::as_str), Some("2 sends a fax"));
    scene.input(Input::HangUp(HangUp::Policy("enough".to_owned())));
    assert_eq!(scene.orders(), ["2: hang up, cause 16"]);
    assert_eq!(scene.end().by, Fault::Policy);
}

#[test]
fn nobody_hears_a_guest_before_the_answer() {
    let mut scene = calls(vec![ring(&[1])]);
    scene.orders.clear();
    let description = Some(speech("E"));
    scene.leg(1, LegFact::Progressed { description });
    assert!(scene.orders().is_empty());
    assert_eq!(scene.call.bridge(), Bridge::Open);
}

#[test]
fn a_call_that_nobody_takes_ends_with_what_was_said() {
    for (status, told) in [(486, 486), (404, 404), (500, 500), (408, 480)] {
        let mut scene = calls(vec![ring(&[1])]);
        scene.orders.clear();
        scene.leg(1, refused(status));
        assert!(scene.orders().is_empty());
        assert_eq!(scene.end().sip_status, told);
    }
    let mut scene = calls(vec![ring(&[1])]);
    scene.orders.clear();
    scene.pass(Duration::from_secs(31));
    assert_eq!(scene.orders(), ["1: cancel, cause 19"]);
    assert_eq!(scene.end().sip_status, 480);
    assert_eq!(calls(vec![ring(&[])]).end().sip_status, 480);
}

#[test]
fn a_guest_calls_no_other() {
    let scene = calls(vec![DialStep::Guest(Guest::Echo)]);
    assert_eq!(scene.end().sip_status, 403);
    assert!(scene.is_because("guest.calls_guest"));
}

#[test]
fn a_guest_goes_on_where_a_forward_leads() {
    let mut scene = calls(vec![ring(&[1])]);
    let targets = vec![Target {
        user: "103".to_owned(),
        host: HostClass::Own,
    }];
    let status = 302;
    scene.leg(1, LegFact::Redirected { status, targets });
    scene.routed(vec![ring(&[7])]);
    scene.leg(2, answered("B"));
    assert_eq!(scene.call.bridge(), Bridge::Guest(leg(2), FAX));
}

#[test]
fn the_called_party_offers_anew_and_is_answered_as_by_any_guest() {
    let mut scene = talks();
    scene.leg(1, offered("B", "sendonly"));
    assert_eq!(scene.orders(), ["1: accept as a guest"]);
    scene.leg(1, referred("103"));
    assert_eq!(scene.orders(), ["1: decline the transfer 603"]);
}

#[test]
fn nobody_picks_up_in_the_place_of_whom_a_guest_calls() {
    let mut scene = calls(vec![ring(&[1])]);
    let (now, mut out) = (scene.now, Vec::new());
    let picked = scene
        .call
        .pick_up(leg(1), person(5), Some(speech("P")), now, &mut out);
    assert_eq!(picked, Err(crate::AdoptError::NotReady));
    assert!(out.is_empty());
}

#[test]
fn it_is_stored_with_the_leg_of_whoever_was_called_and_no_other() {
    let scene = talks();
    let bytes = scene.call.snapshot(scene.now).unwrap();
    let (call, open) = Call::restore(scope(1), &bytes, scene.now).unwrap();
    assert_eq!(open, [leg(1)]);
    assert_eq!(call.begun_by(), Some(FAX));
    let mut scene = Scene { call, ..scene };
    scene.input(Input::HangUp(HangUp::Drain));
    assert_eq!(scene.orders(), ["1: hang up, cause 16"]);
}
