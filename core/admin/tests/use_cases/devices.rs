//! Devices and their secrets.

use std::time::Duration;

use admin::access::Entered;
use admin::documents;
use domain::{Device, Invalid, OVERLAP_MAX};
use ports::{ExchangeStore, StoreError};
use serde_json::{Value, json};
use store::block_on;
use tenancy::Unresolved;

use crate::office::Scene;

fn field<T: std::fmt::Debug>(result: Result<T, StoreError>) -> String {
    match result {
        Err(StoreError::Invalid(Invalid { field, .. })) => field,
        other => format!("{other:?}"),
    }
}

#[test]
fn a_generated_secret_is_told_once_and_only_its_digests_are_kept() {
    let scene = Scene::new();
    let acme = scene.company("acme.example");
    scene.extension(&acme, "101");
    let value = json!({ "username": "anna", "extension": "101" });
    let written = scene.device(&acme, value).unwrap();
    let secret = written.secret.expect("generated, so told");
    let kept = || {
        let parts = block_on(scene.store.load_tenant(&acme.scope))
            .unwrap()
            .unwrap();
        parts.devices[0].clone()
    };
    let (device, digests) = kept();
    assert_eq!(digests, Some(scene.office.digests("anna", &secret).into()));
    let text = serde_json::to_string(&device.spec).unwrap();
    assert!(!text.contains(secret.reveal()));
    let rotated = rotated(&scene, &acme, Duration::ZERO).unwrap();
    assert_eq!(rotated.resource.revision, 2);
    assert_ne!(rotated.secret.as_ref(), Some(&secret));
    assert_ne!(kept().1, digests, "the old one is void");
}

fn rotated(
    scene: &Scene,
    acme: &Entered,
    overlap: Duration,
) -> Result<documents::Written<Device>, StoreError> {
    let located = scene.found(acme, "anna");
    let (office, scope) = (&scene.office, &acme.scope);
    let rotated = documents::rotate_secret::<Device, _>(office, scope, located, None, overlap);
    block_on(rotated)
}

#[test]
fn a_secret_replaced_with_an_overlap_stays_valid_until_its_end() {
    let scene = Scene::new();
    let acme = scene.company("acme.example");
    scene.extension(&acme, "101");
    let value = json!({ "username": "anna", "extension": "101" });
    let first = scene.device(&acme, value).unwrap().secret.unwrap();
    let minute = Duration::from_secs(60);
    let second = rotated(&scene, &acme, minute).unwrap().secret.unwrap();
    let parts = block_on(scene.store.load_tenant(&acme.scope));
    let kept = parts.unwrap().unwrap().devices[0].1.clone().unwrap();
    let digests = |secret| scene.office.digests("anna", secret);
    assert_eq!(kept.present, digests(&second));
    let now = scene.office.now();
    let former = kept.former_at(now).unwrap();
    assert_eq!(former.digests, digests(&first));
    assert_eq!(former.until, now + minute);
    assert_eq!(kept.former_at(now + minute), None);
    let long = rotated(&scene, &acme, OVERLAP_MAX + Duration::from_secs(1));
    assert!(matches!(long, Err(StoreError::Invalid(_))));
}

#[test]
fn the_digests_are_those_of_rfc_7616() {
    let scene = Scene::new();
    let secret = domain::Secret::supplied("Circle of Life").unwrap();
    let kept = scene.office.digests("Mufasa", &secret);
    let stack = sip_stack::digest::Digests::compute("Mufasa", "strowger", "Circle of Life");
    assert_eq!((kept.md5, kept.sha256), (stack.md5, stack.sha256));
}

#[test]
fn a_supplied_secret_is_taken_and_not_told_again() {
    let scene = Scene::new();
    let acme = scene.company("acme.example");
    scene.extension(&acme, "101");
    let value = |secret: Value| json!({ "username": "anna", "extension": "101", "secret": secret });
    for bad in [json!("short"), json!(12345678), json!(["correct horse"])] {
        assert_eq!(field(scene.device(&acme, value(bad))), "/secret");
    }
    let written = scene.device(&acme, value(json!("correct horse"))).unwrap();
    assert_eq!(written.secret, None);
}

#[test]
fn an_extension_is_named_by_its_number_within_the_company_alone() {
    let scene = Scene::new();
    let (acme, globex) = (
        scene.company("acme.example"),
        scene.company("globex.example"),
    );
    let theirs = scene.extension(&globex, "201");
    let mine = scene.extension(&acme, "101");
    let value = |extension: &str| json!({ "username": "anna", "extension": extension });
    assert_eq!(field(scene.device(&acme, value("201"))), "/extension");
    let stolen = scene.device(&acme, value(&theirs.id.to_string()));
    assert!(matches!(stolen, Err(StoreError::Dangling(_))), "{stolen:?}");
    let written = scene.device(&acme, value("101")).unwrap();
    assert_eq!(written.resource.spec.extension, mine.id);
}

#[test]
fn a_new_user_name_needs_its_secret_anew() {
    let scene = Scene::new();
    let acme = scene.company("acme.example");
    scene.extension(&acme, "101");
    scene
        .device(&acme, json!({ "username": "anna", "extension": "101" }))
        .unwrap();
    let located = scene.found(&acme, "anna");
    let patch = |value: Value| {
        let patched =
            documents::patch::<Device, _>(&scene.office, &acme.scope, located, None, &value);
        block_on(patched)
    };
    assert_eq!(field(patch(json!({ "username": "anne" }))), "/secret");
    let renamed = patch(json!({ "username": "anne", "secret": "correct horse" })).unwrap();
    assert_eq!(
        (renamed.spec.username.as_str(), renamed.revision),
        ("anne", 2)
    );
    assert_eq!(patch(json!({ "enabled": false })).unwrap().revision, 3);
}

#[test]
fn a_change_on_the_ground_of_an_old_revision_is_refused() {
    let scene = Scene::new();
    let acme = scene.company("acme.example");
    scene.extension(&acme, "101");
    scene
        .device(&acme, json!({ "username": "anna", "extension": "101" }))
        .unwrap();
    let located = scene.found(&acme, "anna");
    let off = json!({ "enabled": false });
    let patch = |revision| {
        block_on(documents::patch::<Device, _>(
            &scene.office,
            &acme.scope,
            located,
            Some(revision),
            &off,
        ))
    };
    assert!(patch(1).is_ok());
    let late = patch(1).unwrap_err();
    assert_eq!(late, StoreError::RevisionMismatch { current: 2 });
    let deleted = documents::delete::<Device, _>(&scene.office, &acme.scope, located, Some(1));
    assert_eq!(
        block_on(deleted),
        Err(StoreError::RevisionMismatch { current: 2 })
    );
}

#[test]
fn what_was_found_in_one_company_is_not_there_in_another() {
    let scene = Scene::new();
    let (acme, globex) = (
        scene.company("acme.example"),
        scene.company("globex.example"),
    );
    scene.extension(&acme, "101");
    scene
        .device(&acme, json!({ "username": "anna", "extension": "101" }))
        .unwrap();
    let located = scene.found(&acme, "anna");
    let (office, stranger) = (&scene.office, &globex.scope);
    let gone = Err(StoreError::NotFound);
    let change = json!({ "enabled": false });
    assert_eq!(
        block_on(documents::delete::<Device, _>(
            office, stranger, located, None
        )),
        gone
    );
    let patched = block_on(documents::patch::<Device, _>(
        office, stranger, located, None, &change,
    ));
    assert_eq!(patched.map(|_| ()), gone);
    let rotated = block_on(documents::rotate_secret::<Device, _>(
        office,
        stranger,
        located,
        None,
        Duration::ZERO,
    ));
    assert_eq!(rotated.map(|_| ()), gone);
    let history = block_on(documents::history::<Device, _>(office, stranger, located));
    assert_eq!(history.map(|_| ()), gone);
    let named = block_on(documents::find::<Device, _>(
        office,
        stranger,
        &Unresolved::new("anna"),
    ));
    assert_eq!(named.map(|_| ()), gone);
}
