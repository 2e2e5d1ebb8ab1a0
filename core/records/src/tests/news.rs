//! What a company is told while its call goes on.

use super::scene::{Scene, ring, talk};
use call::LegFact;
use domain::Event;
use std::time::Duration;

const SECOND: Duration = Duration::from_secs(1);

fn types(scene: &Scene) -> Vec<&'static str> {
    scene.news.iter().map(|event| event.kind.as_str()).collect()
}

#[test]
fn a_call_is_told_as_it_goes_and_its_end_only_by_its_record() {
    let mut scene = talk(1);
    assert_eq!(
        types(&scene),
        ["call.started", "call.ringing", "call.answered"]
    );
    scene.leg_does(0, LegFact::Ended);
    assert_eq!(scene.news.len(), 3);
    let told = scene.news.clone();
    let (cdr, _) = scene.close();
    assert_eq!(Event::of_finished(&cdr)[..3], told);
    assert_eq!(told[2].data["destination"]["number"], "102");
}

#[test]
fn several_phones_ring_and_the_company_is_told_once() {
    let mut scene = Scene::begin(1, vec![ring(&["102", "103"])]);
    scene.after(SECOND).rings(1);
    scene.after(SECOND).rings(2);
    assert_eq!(types(&scene), ["call.started", "call.ringing"]);
}
