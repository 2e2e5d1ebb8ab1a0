//! Whatever a tenant knows of another's ids and names, it sees and moves nothing of it.

use domain::{Document, KindName};
use ports::{CdrQuery, Operation, Page, SecretChange, StoreError};
use store::block_on;
use tenancy::TenantScope;

use crate::on_every_store;
use crate::world::{World, cdr, delete, digests, replace, with};

/// A tenant with one of everything, and a stranger with nothing.
struct Scene {
    acme: TenantScope,
    stranger: TenantScope,
    documents: Vec<Document>,
}

fn scene(world: &World<'_>) -> Scene {
    let acme = world.tenant("acme.example");
    let stranger = world.tenant("stranger.example");
    let extension = world.extension(&acme, "101");
    let mut write = world.device_write(&acme, &extension.id, "ann");
    write.secret = SecretChange::Set(digests(1).into());
    let device = world.create(&acme, write);
    block_on(world.store.write_cdrs(vec![cdr(acme.tenant(), 5)])).unwrap();
    let own = world.get(&acme, KindName::Tenant, "acme.example").unwrap();
    Scene {
        acme,
        stranger,
        documents: vec![own, extension, device],
    }
}

fn a_stranger_reads_nothing_by_id_or_by_name(world: &World<'_>) {
    let scene = scene(world);
    for document in &scene.documents {
        for key in [&document.id, &document.name] {
            assert!(world.get(&scene.acme, document.kind, key).is_some());
            assert_eq!(
                world.get(&scene.stranger, document.kind, key),
                None,
                "{key}"
            );
        }
        let history = |scope| block_on(world.store.history(scope, document.kind, &document.id));
        assert!(!history(&scene.acme).unwrap().is_empty());
        assert_eq!(history(&scene.stranger), Ok(Vec::new()));
    }
}

fn a_stranger_lists_and_counts_only_its_own(world: &World<'_>) {
    let scene = scene(world);
    for kind in [KindName::Extension, KindName::Device] {
        let mut page = Page::default();
        let list = |page: &Page| block_on(world.store.list(&scene.stranger, kind, page)).unwrap();
        assert_eq!(list(&page).documents, []);
        page.filter.refers_to = Some(scene.documents[1].id.clone());
        assert_eq!(list(&page).documents, []);
        assert_eq!(block_on(world.store.count(&scene.stranger, kind)), Ok(0));
    }
    let own = block_on(
        world
            .store
            .list(&scene.stranger, KindName::Tenant, &Page::default()),
    );
    let names: Vec<_> = own
        .unwrap()
        .documents
        .into_iter()
        .map(|own| own.name)
        .collect();
    assert_eq!(names, ["stranger.example"]);
    let parts = block_on(world.store.load_tenant(&scene.stranger))
        .unwrap()
        .unwrap();
    assert_eq!((parts.extensions.len(), parts.devices.len()), (0, 0));
}

fn a_stranger_changes_nothing(world: &World<'_>) {
    let scene = scene(world);
    let before = world.cursor();
    for document in &scene.documents {
        let theirs = with(document, "enabled", "no");
        let mut claimed = with(document, "display_name", "mine now");
        claimed.document.owner = scene.stranger.owner();
        for operation in [replace(theirs), replace(claimed), delete(document)] {
            let refused = world.commit(&scene.stranger, vec![operation]);
            assert_eq!(refused, Err(StoreError::NotFound), "{}", document.kind);
        }
        let unchanged = world.get(&scene.acme, document.kind, &document.id);
        assert_eq!(unchanged.as_ref(), Some(document));
    }
    assert_eq!(world.cursor(), before);
}

fn a_stranger_cannot_plant_documents(world: &World<'_>) {
    let scene = scene(world);
    let mut planted = world.extension_write(&scene.acme, "666");
    let refused = world.commit(&scene.stranger, vec![Operation::Create(planted.clone())]);
    assert!(
        matches!(refused, Err(StoreError::Invalid(_))),
        "{refused:?}"
    );
    // the same id in both tenants is two documents
    planted.document.owner = scene.stranger.owner();
    planted.document.id.clone_from(&scene.documents[1].id);
    world.create(&scene.stranger, planted);
    let theirs = world.get(&scene.acme, KindName::Extension, &scene.documents[1].id);
    assert_eq!(theirs.as_ref(), Some(&scene.documents[1]));
}

fn a_stranger_sees_no_records_and_no_trail(world: &World<'_>) {
    let scene = scene(world);
    let theirs = cdr(scene.acme.tenant(), 5);
    assert_eq!(
        block_on(world.store.cdr(&scene.stranger, theirs.id)),
        Ok(None)
    );
    let wide = CdrQuery::default();
    let by_call = CdrQuery {
        call: Some(theirs.call),
        ..CdrQuery::default()
    };
    let by_number = CdrQuery {
        number: Some("101".to_owned()),
        ..CdrQuery::default()
    };
    for query in [wide, by_call, by_number] {
        let found = |scope| {
            block_on(world.store.cdrs(scope, &query))
                .unwrap()
                .cdrs
                .len()
        };
        assert_eq!(
            (found(&scene.acme), found(&scene.stranger)),
            (1, 0),
            "{query:?}"
        );
    }
    let trail = block_on(world.store.audit(&scene.stranger, &Page::default())).unwrap();
    assert!(
        trail
            .entries
            .iter()
            .all(|entry| entry.owner == scene.stranger.owner())
    );
    assert_eq!(trail.entries.len(), 1, "its own creation");
}

fn a_record_with_the_same_id_is_each_tenants_own(world: &World<'_>) {
    let scene = scene(world);
    let mut own = cdr(scene.stranger.tenant(), 5);
    own.dialled = "999".to_owned();
    assert_eq!(block_on(world.store.write_cdrs(vec![own.clone()])), Ok(1));
    let theirs = block_on(world.store.cdr(&scene.acme, own.id))
        .unwrap()
        .unwrap();
    assert_eq!(theirs.dialled, "102");
}

fn a_reference_is_that_of_the_documents_own_tenant(world: &World<'_>) {
    let scene = scene(world);
    let own = world.extension(&scene.stranger, "201");
    let mut planted = world.device_write(&scene.stranger, &own.id, "sid");
    // the same id as acme's device, which refers to acme's extension
    planted.document.id.clone_from(&scene.documents[2].id);
    world.create(&scene.stranger, planted);
    let mut page = Page::default();
    for (target, found) in [(&own.id, 1), (&scene.documents[1].id, 0)] {
        page.filter.refers_to = Some(target.clone());
        let listed = block_on(world.store.list(&scene.stranger, KindName::Device, &page));
        assert_eq!(listed.unwrap().documents.len(), found, "{target}");
    }
}

on_every_store!(
    a_stranger_reads_nothing_by_id_or_by_name,
    a_stranger_lists_and_counts_only_its_own,
    a_stranger_changes_nothing,
    a_stranger_cannot_plant_documents,
    a_stranger_sees_no_records_and_no_trail,
    a_record_with_the_same_id_is_each_tenants_own,
    a_reference_is_that_of_the_documents_own_tenant,
);
