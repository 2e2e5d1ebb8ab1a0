//! The exchange's own fax machine goes over from sound to fax, with whom it was called by and with
//! whom it has called.

use super::faxes::{answers, fax, gone, offers};
use super::*;

pub(super) const FAX: Guest = Guest::Fax(ExtensionId::from_u128(900));

/// 101 has called a fax machine of the exchange.
fn with_machine() -> Scene {
    let mut scene = Scene::begin(vec![DialStep::Guest(FAX)]);
    scene.orders.clear();
    scene
}

/// The reasons of a call about its fax.
fn said(scene: &Scene) -> Vec<String> {
    let why = scene.call.summary().why;
    let all = why.reasons().iter();
    let of_fax = all.filter(|reason| reason.rule == "media.t38");
    of_fax.map(|reason| reason.because.clone()).collect()
}

fn refuses(status: u16) -> LegFact {
    LegFact::ReofferRefused { status }
}

#[test]
fn a_party_that_offers_a_fax_is_answered_by_the_machine_and_the_record_says_so() {
    for (mut scene, number) in [(with_machine(), 0), (begun::talks(), 1)] {
        scene.leg(number, offers(fax("A")));
        assert_eq!(scene.orders(), [format!("{number}: accept as a guest")]);
        assert_eq!(gone(&scene), [What::WentToFax(leg(number))]);
        let because = format!(
            "leg {number} went over from sound to fax (T.38), and the fax machine of the exchange \
             with it"
        );
        assert_eq!(said(&scene), [because]);
        // whoever has gone over is not asked to
        scene.input(Input::FaxWanted);
        assert!(scene.orders().is_empty());
        scene.leg(number, offers(speech("A")));
        assert_eq!(gone(&scene)[1..], [What::WentToSound(leg(number))]);
        scene.orders.clear();
        scene.input(Input::FaxWanted);
        assert!(scene.orders().is_empty(), "it has come back by itself");
    }
}

#[test]
fn a_machine_that_wants_it_offers_a_fax_once() {
    for (mut scene, number) in [(with_machine(), 0), (begun::talks(), 1)] {
        scene.input(Input::FaxWanted);
        assert_eq!(scene.orders(), [format!("{number}: offer a fax")]);
        assert!(gone(&scene).is_empty(), "nobody has agreed");
        scene.leg(number, answers(fax("A")));
        assert_eq!(gone(&scene), [What::WentToFax(leg(number))]);
        scene.input(Input::FaxWanted);
        assert!(scene.orders().is_empty());
    }
}

#[test]
fn a_party_that_refuses_goes_on_with_sound_and_is_not_asked_again() {
    for status in [488, 606, 415, 491] {
        let mut scene = with_machine();
        scene.input(Input::FaxWanted);
        scene.orders.clear();
        scene.leg(0, refuses(status));
        scene.input(Input::FaxWanted).pass(Duration::from_secs(60));
        assert!(scene.orders().is_empty());
        assert!(gone(&scene).is_empty());
        let because = format!("which leg 0 has refused with {status}; the call goes on as it was");
        assert!(said(&scene)[0].ends_with(&because), "{:?}", said(&scene));
        // it may still ask itself
        scene.leg(0, offers(fax("A")));
        assert_eq!(gone(&scene), [What::WentToFax(leg(0))]);
    }
}

#[test]
fn where_offers_crossed_the_party_may_be_the_first_to_repeat_its_own() {
    for (mut scene, number) in [(with_machine(), 0), (begun::talks(), 1)] {
        scene.input(Input::FaxWanted);
        scene.orders.clear();
        scene.leg(number, offers(fax("B")));
        assert_eq!(scene.orders(), [format!("{number}: accept as a guest")]);
        assert_eq!(gone(&scene), [What::WentToFax(leg(number))]);
        // what becomes of the machine's own is no news, whatever it is
        for fact in [answers(fax("B")), refuses(488), refuses(491)] {
            scene.leg(number, fact);
        }
        assert!(scene.orders().is_empty());
        assert_eq!((gone(&scene).len(), said(&scene).len()), (1, 1));
    }
}

#[test]
fn where_offers_crossed_the_party_may_have_offered_sound() {
    let mut scene = with_machine();
    scene.input(Input::FaxWanted);
    scene.orders.clear();
    scene.leg(0, offered("A", "sendrecv"));
    assert_eq!(scene.orders(), ["0: accept as a guest"]);
    scene.leg(0, answers(fax("A")));
    assert_eq!(gone(&scene), [What::WentToFax(leg(0))]);
}

#[test]
fn a_party_that_holds_is_asked_when_it_has_come_back() {
    let mut scene = with_machine();
    scene.leg(0, offered("A", "sendonly"));
    scene.orders.clear();
    scene.input(Input::FaxWanted).pass(Duration::from_secs(21));
    assert!(scene.orders().is_empty());
    scene.leg(0, offered("A", "sendrecv"));
    scene.pass(Duration::from_secs(2));
    assert_eq!(scene.orders(), ["0: accept as a guest", "0: offer a fax"]);
}

#[test]
fn an_answer_with_neither_fax_nor_sound_brings_the_sound_back() {
    let nothing = fax("A").to_string().replace("m=image 4000", "m=image 0");
    let nothing = Description::parse(nothing.as_bytes()).unwrap();
    for description in [Some(nothing), None] {
        let mut scene = with_machine();
        scene.input(Input::FaxWanted);
        scene.orders.clear();
        scene.leg(0, LegFact::ReofferAnswered { description });
        assert_eq!(scene.orders(), ["0: offer as a guest"]);
        scene.leg(0, reoffer_answered("A"));
        assert!(gone(&scene).is_empty());
        scene.leg(0, offered("A", "sendonly"));
        assert_eq!(scene.orders(), ["0: accept as a guest"]);
    }
}

#[test]
fn what_the_machine_cannot_take_is_no_going_over() {
    let mut scene = with_machine();
    let local = fax("A").to_string() + "a=T38FaxRateManagement:localTCF\r\n";
    scene.leg(0, offers(Description::parse(local.as_bytes()).unwrap()));
    assert!(gone(&scene).is_empty() && said(&scene).is_empty());
}

#[test]
fn nobody_else_in_the_exchange_wants_a_fax() {
    let mut scene = Scene::begin(vec![DialStep::Guest(Guest::Echo)]);
    scene.orders.clear();
    scene.input(Input::FaxWanted);
    assert!(scene.orders().is_empty());
    let mut scene = Scene::talking();
    scene.input(Input::FaxWanted).pass(Duration::from_secs(10));
    assert!(scene.orders().is_empty());
}

#[test]
fn what_a_machine_wanted_is_forgotten_with_its_process() {
    let mut scene = with_machine();
    scene.input(Input::FaxWanted);
    scene.leg(0, answers(fax("A")));
    let bytes = scene.call.snapshot(scene.now).unwrap();
    let (call, open) = Call::restore(scope(1), &bytes, scene.now).unwrap();
    assert_eq!(open, [leg(0)]);
    assert_eq!(call.bridge(), Bridge::Guest(leg(0), FAX));
    scene.call = call;
    scene.orders.clear();
    scene.pass(Duration::from_secs(10));
    assert!(scene.orders().is_empty());
}
