//! What is kept of devices that the exchange contains by itself.

use admin::access::Entered;
use admin::{containments, documents};
use domain::{Containment, EventKind};
use ids::DeviceId;
use machine::WallTime;
use ports::{EventLog, EventQuery, Page};
use serde_json::json;
use store::block_on;
use tenancy::Unresolved;

use crate::office::Scene;

const HOUR_MS: i64 = 3_600_000;

/// A company with two devices.
fn scene() -> (Scene, Entered, [DeviceId; 2]) {
    let scene = Scene::new();
    let acme = scene.company("acme.example");
    scene.extension(&acme, "101");
    let devices = ["acme-101", "acme-102"].map(|username| {
        let body = json!({ "username": username, "extension": "101" });
        let made = documents::create::<domain::Device, _>(&scene.office, &acme.scope, body);
        block_on(made).unwrap().resource.id
    });
    (scene, acme, devices)
}

fn keep(scene: &Scene, acme: &Entered, device: DeviceId, until: Option<WallTime>, why: &str) {
    let kept = containments::keep(&scene.office, acme.scope.tenant(), device, until, why);
    block_on(kept).unwrap();
}

fn held(scene: &Scene, acme: &Entered) -> Vec<Containment> {
    let page = Page::first(10);
    let listed = documents::list::<Containment, _>(&scene.office, &acme.scope, &page);
    let items = block_on(listed).unwrap().items;
    items.into_iter().map(|one| one.spec).collect()
}

fn told(scene: &Scene, acme: &Entered) -> Vec<EventKind> {
    let query = EventQuery::default();
    let found = block_on(scene.store.events(&acme.scope, &query)).unwrap();
    let kinds = found.events.iter().map(|event| event.kind);
    kinds
        .filter(|kind| kind.as_str().starts_with("fraud."))
        .collect()
}

#[test]
fn a_device_is_contained_once_under_its_user_name() {
    let (scene, acme, [device, _]) = scene();
    keep(
        &scene,
        &acme,
        device,
        None,
        "calls_per_hour: limit 3, used up",
    );
    keep(&scene, &acme, device, None, "told by another node");
    let [one] = &held(&scene, &acme)[..] else {
        panic!("not one");
    };
    assert_eq!(
        (&*one.name, one.device, one.until),
        ("acme-101", device, None)
    );
    assert_eq!(one.reason, "calls_per_hour: limit 3, used up");
    assert_eq!(told(&scene, &acme), [EventKind::FraudContained]);
}

#[test]
fn a_containment_that_has_ended_goes_on_and_nobody_is_released_by_that() {
    let (scene, acme, [device, _]) = scene();
    let body = json!({ "name": "stolen", "device": "acme-101",
        "until": (scene.office.now() + std::time::Duration::from_secs(60)).to_string() });
    let made = documents::create::<Containment, _>(&scene.office, &acme.scope, body);
    block_on(made).unwrap();
    scene.wait(HOUR_MS);
    keep(&scene, &acme, device, None, "again");
    let [one] = &held(&scene, &acme)[..] else {
        panic!("not one");
    };
    assert_eq!(
        (&*one.name, one.until, &*one.reason),
        ("stolen", None, "again")
    );
    let kinds = [EventKind::FraudContained, EventKind::FraudContained];
    assert_eq!(told(&scene, &acme), kinds);
}

#[test]
fn a_name_that_another_device_is_contained_by_stays_that_device_s() {
    let (scene, acme, [first, second]) = scene();
    let body = json!({ "name": "acme-101", "device": "acme-102" });
    let made = documents::create::<Containment, _>(&scene.office, &acme.scope, body);
    block_on(made).unwrap();
    keep(&scene, &acme, first, None, "abused");
    let named = |name: &str| {
        let reference = Unresolved::<Containment>::new(name.to_owned());
        let found = documents::find(&scene.office, &acme.scope, &reference);
        block_on(found).unwrap().1.spec.device
    };
    assert_eq!(named("acme-101"), second);
    assert_eq!(named(&first.to_string()), first);
}
