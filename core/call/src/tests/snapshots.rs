//! A call as bytes.

use super::*;
use crate::SnapshotError;

fn restored(scene: &Scene, tenant: u128, now: Instant) -> Result<Scene, SnapshotError> {
    let bytes = scene
        .call
        .snapshot(scene.now)
        .expect("it can be carried over");
    let (call, _) = Call::restore(scope(tenant), &bytes, now)?;
    Ok(Scene {
        call,
        now,
        orders: Vec::new(),
        history: Vec::new(),
        overs: 0,
    })
}

#[test]
fn a_call_that_is_talked_on_goes_on_in_another_process() {
    let mut before = Scene::talking();
    before
        .leg(0, offered("A", "sendonly"))
        .leg(1, reoffer_answered("B"));
    before.pass(Duration::from_secs(60));
    let mut after = restored(&before, 1, Instant::from_secs(3)).unwrap();
    let (old, new) = (before.call.summary(), after.call.summary());
    assert_eq!(
        (new.id, &new.legs, new.bridge),
        (old.id, &old.legs, old.bridge)
    );
    assert_eq!(
        (new.caller, new.dialled, new.why),
        (old.caller, old.dialled, old.why)
    );
    after.leg(0, offered("A", "sendrecv"));
    assert_eq!(after.orders(), ["1: offer A"]);
    after.leg(1, reoffer_answered("B"));
    after.leg(1, LegFact::Ended);
    assert_eq!(after.orders(), ["0: accept with B", "0: hang up, cause 16"]);
}

#[test]
fn the_twelve_hours_of_a_call_go_on_too() {
    let mut before = Scene::talking();
    before.pass(Duration::from_secs(11 * 3_600));
    let start = Instant::from_secs(50 * 3_600);
    let mut after = restored(&before, 1, start).unwrap();
    after.pass(Duration::from_secs(3_599));
    assert_eq!(after.overs, 0);
    after.pass(Duration::from_secs(1));
    assert_eq!(after.overs, 1);
}

#[test]
fn a_call_that_rings_or_is_over_is_not_carried_over() {
    let scene = Scene::begin(vec![ring(&[1])]);
    assert_eq!(scene.call.snapshot(scene.now), None);
    let mut over = Scene::talking();
    over.leg(0, LegFact::Ended);
    assert_eq!(over.call.snapshot(over.now), None);
}

#[test]
fn a_call_with_a_phone_that_is_not_yet_in_it_waits_until_it_is() {
    let mut scene = Scene::talking();
    scene.leg(1, referred("103"));
    scene.routed(vec![ring(&[7])]);
    assert_eq!(scene.call.snapshot(scene.now), None, "the new phone rings");
    scene.leg(2, answered("C"));
    assert!(scene.call.snapshot(scene.now).is_some());
    let (now, mut out) = (scene.now, Vec::new());
    scene.leg(0, reoffer_answered("A"));
    scene
        .call
        .replace(leg(2), person(5), Some(speech("D")), now, &mut out)
        .unwrap();
    assert_eq!(
        scene.call.snapshot(scene.now),
        None,
        "the other phone is not answered"
    );
}

#[test]
fn an_open_question_between_the_parties_is_forgotten() {
    let mut before = Scene::talking();
    before.leg(0, offered("A", "sendonly"));
    let mut after = restored(&before, 1, Instant::from_secs(3)).unwrap();
    after.leg(1, reoffer_answered("B"));
    assert_eq!(after.orders(), [""; 0]);
    after.leg(0, offered("A", "sendonly"));
    assert_eq!(
        after.orders(),
        ["1: offer A sendonly"],
        "it may be asked again"
    );
}

#[test]
fn a_stranger_a_newer_form_and_damaged_bytes_are_refused() {
    let scene = Scene::talking();
    let now = scene.now;
    assert_eq!(
        restored(&scene, 2, now).err(),
        Some(SnapshotError::Stranger)
    );
    let bytes = scene.call.snapshot(now).unwrap();
    let read = |bytes: &[u8]| Call::restore(scope(1), bytes, now).err();
    assert_eq!(read(&[]), Some(SnapshotError::Damaged));
    let mut newer = bytes.clone();
    newer[0] = 77;
    assert_eq!(read(&newer), Some(SnapshotError::Version(77)));
    for length in 1..bytes.len() {
        assert_eq!(
            read(&bytes[..length]),
            Some(SnapshotError::Damaged),
            "{length}"
        );
    }
}
