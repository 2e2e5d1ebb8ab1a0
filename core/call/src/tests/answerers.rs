//! Who has answered a call that goes out, where somebody listens for that.

use domain::Answerer;

use super::carriers::by_trunk;
use super::*;
use crate::TrunkCall;

/// Talking with somebody outside, of whom it is to be told or not who it is.
fn talking(tells_who_answers: bool) -> Scene {
    let call = TrunkCall {
        tells_who_answers,
        ..by_trunk(1, &[0])
    };
    let mut scene = Scene::begin(vec![DialStep::Trunk(call)]);
    scene.leg(1, answered("B"));
    scene
}

fn told(scene: &Scene) -> Vec<&What> {
    let who = |what: &&What| matches!(what, What::AnsweredBy { .. } | What::Beeped(_));
    scene.history.iter().filter(who).collect()
}

fn answerer(scene: &Scene) -> Option<Answerer> {
    let (party, _) = scene.call.leg(leg(1)).unwrap();
    party.trunk.as_ref().unwrap().answerer
}

#[test]
fn it_is_known_as_soon_as_it_turns_out_and_explained() {
    let mut scene = talking(true);
    assert_eq!(answerer(&scene), Some(Answerer::Unknown));
    scene.leg(1, LegFact::AnsweredBy(Answerer::Person));
    scene.leg(1, LegFact::AnsweredBy(Answerer::Machine));
    scene.leg(1, LegFact::Beeped);
    let by = |who| What::AnsweredBy { leg: leg(1), who };
    let (person, machine) = (by(Answerer::Person), by(Answerer::Machine));
    assert_eq!(told(&scene), [&person, &machine, &What::Beeped(leg(1))]);
    assert_eq!(answerer(&scene), Some(Answerer::Machine));
    assert!(scene.is_because("media.answerer"));
}

#[test]
fn nothing_is_made_of_it_where_nobody_asks() {
    let mut scene = talking(false);
    scene.leg(1, LegFact::AnsweredBy(Answerer::Person));
    scene.leg(1, LegFact::Beeped);
    assert_eq!(told(&scene), Vec::<&What>::new());
    assert_eq!(answerer(&scene), None);
}

#[test]
fn the_caller_is_nobody_who_has_answered() {
    let mut scene = talking(true);
    scene.leg(0, LegFact::AnsweredBy(Answerer::Machine));
    scene.leg(0, LegFact::Beeped);
    assert_eq!(told(&scene), Vec::<&What>::new());
}
