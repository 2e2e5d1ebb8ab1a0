//! Companies, made, changed and deleted by the operator.

use admin::{documents, tenants};
use domain::Tenant;
use ports::StoreError;
use serde_json::json;
use store::block_on;

use crate::office::{Scene, tenant};

#[test]
fn a_domain_belongs_to_one_company_until_that_is_gone() {
    let scene = Scene::new();
    let acme = scene.company("acme.example");
    let again = || {
        let spec = tenant("acme.example");
        block_on(documents::add(&scene.office, &scene.platform, spec, None))
    };
    let taken = again().unwrap_err();
    assert!(matches!(taken, StoreError::Conflict { ref key, .. } if key == "acme.example"));
    let found = scene.below(&acme);
    let deleted = documents::delete::<Tenant, _>(&scene.office, &scene.platform, found, None);
    block_on(deleted).unwrap();
    assert!(again().is_ok());
}

#[test]
fn a_company_that_still_has_something_is_not_deleted() {
    let scene = Scene::new();
    let acme = scene.company("acme.example");
    scene.extension(&acme, "101");
    let found = scene.below(&acme);
    let deleted = documents::delete::<Tenant, _>(&scene.office, &scene.platform, found, None);
    let refused = block_on(deleted).unwrap_err();
    assert!(matches!(refused, StoreError::InUse { .. }), "{refused:?}");
    assert!(scene.visit("acme.example").is_ok());
}

#[test]
fn a_patch_leaves_alone_what_it_does_not_name_and_null_means_the_default() {
    let scene = Scene::new();
    let acme = scene.company("acme.example");
    let patch = |value| {
        let found = scene.below(&acme);
        let (office, platform) = (&scene.office, &scene.platform);
        let patched = documents::patch::<Tenant, _>(office, platform, found, None, &value);
        block_on(patched).unwrap().spec
    };
    let spec = patch(json!({ "display_name": "Acme", "caps": { "concurrent_calls": 5 } }));
    assert_eq!(
        (spec.display_name.as_str(), spec.caps.concurrent_calls),
        ("Acme", Some(5))
    );
    assert_eq!(spec.effective_caps(None).calls_per_second, 20);
    let spec = patch(json!({ "caps": { "calls_per_second": 1 } }));
    assert_eq!(
        (spec.caps.concurrent_calls, spec.caps.calls_per_second),
        (Some(5), Some(1))
    );
    let spec = patch(json!({ "caps": null, "enabled": false }));
    assert_eq!((spec.caps.concurrent_calls, spec.enabled), (None, false));
    assert_eq!(spec.effective_caps(None).concurrent_calls, 200);
    let history = block_on(tenants::history(&scene.office, &acme.scope)).unwrap();
    let revisions: Vec<u64> = history.iter().map(|version| version.revision).collect();
    assert_eq!(revisions, [4, 3, 2, 1]);
}
