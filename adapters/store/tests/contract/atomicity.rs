//! A change is carried out whole or not at all.

use domain::KindName;
use ports::{Operation, Page, SecretChange};
use store::block_on;
use tenancy::TenantScope;

use crate::on_every_store;
use crate::world::{World, delete, digests, platform, replace, with};

/// Everything that can be seen of a tenant, as text.
fn seen(world: &World<'_>, scope: &TenantScope) -> String {
    let mut seen = String::new();
    for kind in KindName::ALL {
        let list = block_on(world.store.list(scope, kind, &Page::default())).unwrap();
        for document in &list.documents {
            let history = block_on(world.store.history(scope, kind, &document.id)).unwrap();
            seen += &format!("{document:?} {history:?}\n");
        }
    }
    let audit = block_on(world.store.audit(scope, &Page::default())).unwrap();
    let feed = block_on(world.store.feed(0, 100)).unwrap();
    let parts = block_on(world.store.load_tenant(scope)).unwrap().unwrap();
    let has_secret: Vec<_> = parts
        .devices
        .iter()
        .map(|(_, d)| d.as_ref().map(|d| d.present.md5))
        .collect();
    seen + &format!(
        "{audit:?} {feed:?} {has_secret:?} {}",
        world.store.changed()
    )
}

fn a_change_whose_last_operation_fails_leaves_nothing(world: &World<'_>) {
    let acme = world.tenant("acme.example");
    let (ann, bob) = (world.extension(&acme, "101"), world.extension(&acme, "102"));
    let desk = world.device(&acme, &ann, "ann-desk");
    let before = seen(world, &acme);
    let new = world.extension_write(&acme, "103");
    let new_device = world.device_write(&acme, &new.document.id, "new");
    let mut with_secret = with(&desk, "extension", &new.document.id);
    with_secret.secret = SecretChange::Set(digests(1).into());
    let steps = vec![
        Operation::Create(new.clone()),
        Operation::Create(new_device),
        replace(with_secret),
        replace(with(&bob, "number", "104")),
        replace(with(&bob, "number", "105")),
        delete(&ann),
        delete(&new.document), // which is in use by now
    ];
    world.commit(&acme, steps.clone()).unwrap_err();
    assert_eq!(seen(world, &acme), before);
    let names = ["103", "104", "105"].map(|name| world.get(&acme, KindName::Extension, name));
    assert_eq!(names, [None, None, None], "no name is taken either");
    world.commit(&acme, steps[..6].to_vec()).unwrap();
    assert_ne!(seen(world, &acme), before);
}

fn an_operators_change_fails_whole_too(world: &World<'_>) {
    let acme = world.tenant("acme.example");
    let own = world.get(&acme, KindName::Tenant, "acme.example").unwrap();
    let before = seen(world, &acme);
    let new = world.tenant_write(&["new.example"]);
    let double = world.tenant_write(&["new.example"]);
    let steps = vec![
        delete(&own),
        Operation::Create(new),
        Operation::Create(double),
    ];
    world.commit_below(steps.clone()).unwrap_err();
    assert_eq!(seen(world, &acme), before);
    let found = block_on(
        world
            .store
            .get_below(&platform(), KindName::Tenant, "new.example"),
    );
    assert_eq!(found, Ok(None));
    world.commit_below(steps[..2].to_vec()).unwrap();
    assert!(block_on(world.store.load_tenant(&acme)).unwrap().is_none());
}

on_every_store!(
    a_change_whose_last_operation_fails_leaves_nothing,
    an_operators_change_fails_whole_too,
);
