//! How a live exchange hears of changes.

use admin::documents;
use admin::live::{Follower, Update};
use domain::{Extension, Tenant};
use ids::TenantId;
use ports::StoreError;
use serde_json::json;
use store::block_on;
use tenancy::Unresolved;

use crate::office::Scene;

fn poll(follower: &mut Follower, scene: &Scene) -> Vec<(TenantId, Option<usize>)> {
    let updates = block_on(follower.poll(scene.store.as_ref())).unwrap();
    let told = updates.into_iter().map(|update| match update {
        Update::Tenant(compiled) => (compiled.id(), Some(compiled.extensions().len())),
        Update::Gone(tenant) => (tenant, None),
    });
    told.collect()
}

#[test]
fn a_follower_is_given_all_companies_first_and_then_what_changed() {
    let scene = Scene::new();
    let (acme, globex) = (
        scene.company("acme.example"),
        scene.company("globex.example"),
    );
    let (a, g) = (acme.tenant.id, globex.tenant.id);
    let mut follower = Follower::new();
    assert!(follower.is_behind(scene.store.as_ref()));
    let mut all = poll(&mut follower, &scene);
    all.sort_unstable();
    let mut both = [(a, Some(0)), (g, Some(0))];
    both.sort_unstable();
    assert_eq!(all, both);
    assert!(!follower.is_behind(scene.store.as_ref()));
    assert!(poll(&mut follower, &scene).is_empty());
    scene.extension(&acme, "101");
    scene.extension(&acme, "102");
    assert!(follower.is_behind(scene.store.as_ref()));
    assert_eq!(poll(&mut follower, &scene), [(a, Some(2))], "once for both");
    let name = Unresolved::new("101");
    let found = documents::find::<Extension, _>(&scene.office, &acme.scope, &name);
    let (located, _) = block_on(found).unwrap();
    let off = json!({ "enabled": false });
    let patched = documents::patch::<Extension, _>(&scene.office, &acme.scope, located, None, &off);
    block_on(patched).unwrap();
    assert_eq!(poll(&mut follower, &scene), [(a, Some(2))]);
    let deleted =
        documents::delete::<Tenant, _>(&scene.office, &scene.platform, scene.below(&globex), None);
    block_on(deleted).unwrap();
    assert_eq!(poll(&mut follower, &scene), [(g, None)]);
}

#[test]
fn a_poll_that_fails_loses_no_change() {
    let scene = Scene::new();
    let acme = scene.company("acme.example");
    let mut follower = Follower::new();
    poll(&mut follower, &scene);
    scene.extension(&acme, "101");
    scene.store.set_available(false);
    let away = block_on(follower.poll(scene.store.as_ref())).map(|_| ());
    assert!(
        matches!(away, Err(StoreError::Unavailable { .. })),
        "{away:?}"
    );
    scene.store.set_available(true);
    assert_eq!(poll(&mut follower, &scene), [(acme.tenant.id, Some(1))]);
}
