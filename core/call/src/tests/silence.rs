//! Parties that ought to talk and are not heard.

use super::*;

/// What was told of silences, in order.
fn told(scene: &Scene) -> Vec<&What> {
    let of_sound = |what: &&What| matches!(what, What::FellSilent { .. } | What::HeardAgain(_));
    scene.history.iter().filter(of_sound).collect()
}

fn fell(number: u8, one_way: bool) -> What {
    What::FellSilent {
        leg: leg(number),
        one_way,
    }
}

#[test]
fn one_that_is_not_heard_is_told_of_once_and_again_when_it_is() {
    let mut scene = Scene::talking();
    scene.leg(1, LegFact::FellSilent);
    scene.leg(1, LegFact::FellSilent);
    scene.leg(1, LegFact::HeardAgain);
    scene.leg(1, LegFact::HeardAgain);
    assert_eq!(told(&scene), [&fell(1, true), &What::HeardAgain(leg(1))]);
    assert!(scene.orders().is_empty(), "nobody does anything of it");
}

#[test]
fn where_both_are_silent_it_is_not_one_way() {
    let mut scene = Scene::talking();
    scene.leg(0, LegFact::FellSilent);
    scene.leg(1, LegFact::FellSilent);
    assert_eq!(told(&scene), [&fell(0, true), &fell(1, false)]);
}

#[test]
fn while_one_holds_neither_is_missed() {
    for holder in [0, 1] {
        let mut scene = Scene::talking();
        scene.leg(holder, offered("A", "sendonly"));
        scene.leg(1 - holder, reoffer_answered("B"));
        for party in [0, 1] {
            scene.leg(party, LegFact::FellSilent);
        }
        assert_eq!(told(&scene), Vec::<&What>::new());
    }
}

#[test]
fn a_party_that_is_silent_over_and_over_is_told_of_so_often_and_no_more() {
    let mut scene = Scene::talking();
    for _ in 0..20 {
        scene.leg(1, LegFact::FellSilent);
        scene.leg(1, LegFact::HeardAgain);
    }
    let most = 2 * usize::from(crate::limits::MAX_SILENCES);
    assert_eq!(told(&scene).len(), most);
}
