//! How a live exchange hears of changes.

use admin::archive::Wanted;
use admin::documents;
use admin::live::{Follower, Update};
use domain::{Extension, Tenant};
use ids::TenantId;
use ports::StoreError;
use serde_json::json;
use store::block_on;
use tenancy::Unresolved;

use crate::archive::{cloned, restored, taken};
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
fn a_company_that_comes_in_whole_or_is_replaced_rings_as_every_change_does() {
    let (here, there) = (Scene::new(), Scene::new());
    // later than here, so that no two ids are the same
    there.wait(1_000);
    let acme = here.company("acme.example");
    here.extension(&acme, "101");
    let lines = taken(&here, "acme.example");
    let mut follower = Follower::new();
    assert!(poll(&mut follower, &there).is_empty());
    let id = acme.tenant.id;
    restored(&there, &lines, &Wanted::default()).unwrap();
    assert!(follower.is_behind(there.store.as_ref()), "without a poll");
    assert_eq!(poll(&mut follower, &there), [(id, Some(1))]);
    there.extension(&there.visit("acme.example").unwrap(), "102");
    assert_eq!(poll(&mut follower, &there), [(id, Some(2))]);
    let mend = Wanted {
        replace: Some(id),
        ..Wanted::default()
    };
    restored(&there, &lines, &mend).unwrap();
    assert!(follower.is_behind(there.store.as_ref()), "without a poll");
    assert_eq!(poll(&mut follower, &there), [(id, Some(1))]);
    let clone = cloned(&there, &lines, "initech.example").unwrap().tenant;
    assert!(follower.is_behind(there.store.as_ref()), "without a poll");
    assert_eq!(poll(&mut follower, &there), [(clone, Some(1))]);
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
