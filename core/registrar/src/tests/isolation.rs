//! What one company registers cannot be seen from another.

use super::scene::{Scene, device, request, scope_of, star};
use ids::DeviceId;
use std::collections::BTreeMap;

const DESK: &str = "sip:101@198.51.100.7:5060";

#[test]
fn the_same_device_id_under_another_tenants_scope_finds_nothing() {
    let mut scene = Scene::new();
    scene.ask_as(&scope_of(1), device(1), &request(1, &[DESK]));
    assert!(scene.registrar.bindings(&scope_of(2), device(1)).is_empty());
    assert!(scene.registrar.all(&scope_of(2)).is_empty());
    assert_eq!(scene.registrar.count(&scope_of(2)), 0);
    scene.ask_as(&scope_of(2), device(1), &star(9));
    assert_eq!(scene.reached(), [DESK], "nor can it be removed from there");
}

#[test]
fn devices_of_one_tenant_do_not_mix_though_their_contacts_are_equal() {
    let mut scene = Scene::new();
    scene.ask_as(&scope_of(1), device(1), &request(1, &[DESK]));
    scene.ask_as(&scope_of(1), device(2), &request(1, &[DESK]));
    assert_eq!(scene.registrar.count(&scope_of(1)), 2);
    scene.ask_as(&scope_of(1), device(2), &star(2));
    assert_eq!(scene.reached(), [DESK]);
}

#[test]
fn an_administrator_removes_a_devices_bindings_and_their_timers() {
    let mut scene = Scene::new();
    scene.ask(&request(1, &[DESK, "sip:b@h"]));
    scene.out.clear();
    let scope = scope_of(1);
    scene
        .registrar
        .remove_all(&scope, device(1), &mut scene.out);
    assert!(scene.registrar.is_empty());
    assert!(scene.changed());
    assert_eq!(scene.registrar.deadline(), None);
}

#[test]
fn counts_follow_every_coming_and_going() {
    let mut scene = Scene::new();
    for n in 0..6 {
        scene.ask_as(&scope_of(n % 2), device(n), &request(1, &[DESK]));
    }
    scene.ask_as(&scope_of(0), device(0), &star(2));
    let counts: BTreeMap<_, _> = scene.registrar.per_tenant().collect();
    assert_eq!(counts[&scope_of(0).tenant()], 2);
    assert_eq!(counts[&scope_of(1).tenant()], 3);
    assert_eq!(scene.registrar.len(), 5);
    let ids: Vec<DeviceId> = scene
        .registrar
        .all(&scope_of(1))
        .iter()
        .map(|binding| binding.who)
        .collect();
    assert_eq!(ids.len(), 3);
    assert!(ids.iter().all(|id| id.as_u128() % 2 == 1));
}
