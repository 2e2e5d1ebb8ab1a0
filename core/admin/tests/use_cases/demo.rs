//! Ready-made companies.

use std::collections::BTreeSet;

use admin::demo::{self, EXTENSIONS_MAX, LOAD_DOMAIN, TENANTS_MAX};
use domain::Kind;
use ports::ExchangeStore;
use store::block_on;

use crate::office::Scene;

#[test]
fn the_demonstration_is_made_once_and_each_device_has_a_secret_of_its_own() {
    let scene = Scene::new();
    let mut secrets = BTreeSet::new();
    for planned in demo::plan(2, 3).unwrap() {
        let installed = demo::install(&scene.office, &scene.platform, planned);
        let installed = block_on(installed).unwrap();
        assert!(!installed.existed);
        let numbers: Vec<&str> = installed.devices.iter().map(|d| &d.number[..]).collect();
        assert_eq!(numbers, ["101", "102", "103"]);
        let told = installed.devices.iter().map(|d| d.secret.clone().unwrap());
        secrets.extend(told.map(|secret| secret.reveal().to_owned()));
    }
    assert_eq!(secrets.len(), 6);
    for planned in demo::plan(2, 3).unwrap() {
        let installed = block_on(demo::install(&scene.office, &scene.platform, planned)).unwrap();
        assert!(installed.existed && installed.devices.is_empty());
    }
    let acme = scene.visit("acme.example").unwrap();
    let parts = block_on(scene.store.load_tenant(&acme.scope))
        .unwrap()
        .unwrap();
    assert_eq!((parts.extensions.len(), parts.devices.len()), (3, 3));
}

#[test]
fn what_is_planned_obeys_the_rules_of_its_kinds() {
    let plans = demo::plan(12, 40).unwrap().into_iter();
    for planned in plans.chain([demo::load(20).unwrap()]) {
        planned.spec.validate().unwrap();
        let mut names = BTreeSet::new();
        for extension in planned.extensions {
            extension.spec.validate().unwrap();
            assert!(
                names.insert(extension.spec.number.clone()),
                "twice: {}",
                extension.spec.number
            );
        }
    }
    assert!(demo::plan(TENANTS_MAX + 1, 1).is_err());
    assert!(demo::plan(1, EXTENSIONS_MAX + 1).is_err());
}

#[test]
fn the_load_company_has_the_users_the_drivers_call() {
    let scene = Scene::new();
    let installed = demo::install(&scene.office, &scene.platform, demo::load(5).unwrap());
    block_on(installed).unwrap();
    let load = scene.visit(LOAD_DOMAIN).unwrap();
    let parts = block_on(scene.store.load_tenant(&load.scope))
        .unwrap()
        .unwrap();
    let device = |name: &str| {
        let found = parts
            .devices
            .iter()
            .find(|(device, _)| device.spec.username == name);
        found.cloned().expect("planned")
    };
    let secret = domain::Secret::supplied("pw1000000").unwrap();
    let (_, digests) = device("u1000000");
    assert_eq!(
        digests,
        Some(scene.office.digests("u1000000", &secret).into())
    );
    assert!(device("callee").0.spec.fixed_contact().is_some());
    assert!(
        device("callee99").1.is_none(),
        "a callee has no secret and cannot register"
    );
    let trusting = parts
        .devices
        .iter()
        .filter(|(device, _)| device.spec.trusted_source.is_some());
    assert_eq!(trusting.count(), 1);
}
