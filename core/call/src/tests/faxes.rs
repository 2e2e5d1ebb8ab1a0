//! Calls that go over from sound to fax, and back.

use super::*;

/// A description of a fax that can be told from others by its session name.
pub(super) fn fax(name: &str) -> Description {
    let text = speech(name)
        .to_string()
        .replace("m=audio 4000 RTP/AVP 0", "m=image 4000 udptl t38");
    Description::parse(text.as_bytes()).unwrap()
}

pub(super) fn offers(description: Description) -> LegFact {
    LegFact::Offered {
        description: Some(description),
    }
}

pub(super) fn answers(description: Description) -> LegFact {
    LegFact::ReofferAnswered {
        description: Some(description),
    }
}

/// What the record was told of going over, in order.
pub(super) fn gone(scene: &Scene) -> Vec<What> {
    let over = |what: &&What| matches!(what, What::WentToFax(_) | What::WentToSound(_));
    scene.history.iter().filter(over).cloned().collect()
}

#[test]
fn a_call_goes_over_to_fax_and_back_and_the_record_says_so() {
    let mut scene = Scene::talking();
    scene.leg(1, offers(fax("B")));
    assert_eq!(scene.orders(), ["0: offer B"]);
    assert!(gone(&scene).is_empty(), "nobody has agreed");
    scene.leg(0, answers(fax("A")));
    assert_eq!(scene.orders(), ["1: accept with A"]);
    assert_eq!(gone(&scene), [What::WentToFax(leg(1))]);
    assert!(scene.is_because("media.t38"));
    // the same again is no news
    scene.leg(0, offers(fax("A")));
    scene.leg(1, answers(fax("B")));
    assert_eq!(gone(&scene).len(), 1);
    scene.leg(0, offers(speech("A")));
    scene.leg(1, answers(speech("B")));
    let all = [What::WentToFax(leg(1)), What::WentToSound(leg(0))];
    assert_eq!(gone(&scene), all);
}

#[test]
fn a_fax_that_is_refused_leaves_the_call_with_its_sound() {
    for status in [488, 606, 415] {
        let mut scene = Scene::talking();
        scene.leg(1, offers(fax("B")));
        scene.orders.clear();
        scene.leg(0, LegFact::ReofferRefused { status });
        assert_eq!(scene.orders(), [format!("1: decline the offer {status}")]);
        assert!(gone(&scene).is_empty());
        let why = scene.call.summary().why;
        let because = |reason: &routing::Reason| {
            reason.rule == "media.t38" && reason.because.contains(&status.to_string())
        };
        assert!(why.reasons().iter().any(because));
        // what the party said before counts again: it is what the other is offered in its name
        let said = scene.call.state.legs[1].description.clone().unwrap();
        assert_eq!(said, speech("B"));
        scene.leg(0, offered("A", "sendonly"));
        assert_eq!(scene.orders(), ["1: offer A sendonly"]);
    }
}

#[test]
fn an_answer_of_which_nothing_can_be_used_refuses_the_fax() {
    let mut scene = Scene::talking();
    scene.leg(1, offers(fax("B")));
    scene.orders.clear();
    scene.leg(0, LegFact::ReofferAnswered { description: None });
    assert_eq!(scene.orders(), ["1: decline the offer 488"]);
    assert_eq!(
        scene.call.state.legs[1].description,
        Some(speech("B")),
        "its sound counts again"
    );
    scene.leg(1, offers(fax("B")));
    assert_eq!(scene.orders(), ["0: offer B"], "it may try again");
}

#[test]
fn a_party_that_asks_for_an_offer_may_answer_with_a_fax() {
    let mut scene = Scene::talking();
    scene.leg(0, LegFact::Offered { description: None });
    scene.leg(1, answers(fax("B")));
    assert!(gone(&scene).is_empty());
    scene.leg(
        0,
        LegFact::Confirmed {
            description: Some(fax("A")),
        },
    );
    assert_eq!(gone(&scene), [What::WentToFax(leg(1))]);
}

#[test]
fn offers_of_a_fax_that_cross_are_declined_with_491() {
    let mut scene = Scene::talking();
    scene.leg(1, offers(fax("B")));
    scene.orders.clear();
    scene.leg(0, offers(fax("A")));
    assert_eq!(scene.orders(), ["0: decline the offer 491"]);
    scene.leg(0, LegFact::ReofferRefused { status: 491 });
    assert_eq!(scene.orders(), ["1: decline the offer 491"]);
    scene.leg(1, offers(fax("B")));
    scene.leg(0, answers(fax("A")));
    assert_eq!(gone(&scene), [What::WentToFax(leg(1))]);
}

#[test]
fn a_call_that_faxes_outlives_its_process() {
    let mut scene = Scene::talking();
    scene.leg(1, offers(fax("B")));
    scene.leg(0, answers(fax("A")));
    let bytes = scene.call.snapshot(scene.now).unwrap();
    let (call, _) = Call::restore(scope(1), &bytes, scene.now).unwrap();
    scene.call = call;
    scene.history.clear();
    scene.leg(0, offers(speech("A")));
    scene.leg(1, answers(speech("B")));
    assert_eq!(gone(&scene), [What::WentToSound(leg(0))]);
}
