//! A document's history.

use domain::{Change, Document, KindName, Version};
use ports::HISTORY_MAX;
use store::block_on;
use tenancy::TenantScope;

use crate::on_every_store;
use crate::world::{World, delete, replace, with};

fn history(world: &World<'_>, scope: &TenantScope, document: &Document) -> Vec<Version> {
    block_on(world.store.history(scope, document.kind, &document.id)).unwrap()
}

fn each_change_leaves_the_document_as_it_was_then_newest_first(world: &World<'_>) {
    let acme = world.tenant("acme.example");
    let first = world.extension(&acme, "101");
    let write = with(&first, "display_name", "Ann");
    let second = world.commit(&acme, vec![replace(write)]).unwrap();
    let second = second.into_document().unwrap();
    world.commit(&acme, vec![delete(&first)]).unwrap();
    let [gone, replaced, created] = history(world, &acme, &first).try_into().unwrap();
    assert_eq!((created.change, created.revision), (Change::Created, 1));
    assert_eq!(
        (created.document, created.at),
        (first.clone(), first.created)
    );
    assert_eq!((replaced.change, replaced.revision), (Change::Replaced, 2));
    assert_eq!((&replaced.document, replaced.at), (&second, second.updated));
    assert_eq!((gone.change, gone.revision), (Change::Deleted, 3));
    assert_eq!(
        (gone.document.spec, gone.document.revision),
        (second.spec, 3)
    );
    assert_eq!(
        (gone.at, gone.actor.as_str()),
        (gone.document.updated, "job test")
    );
}

fn only_the_latest_revisions_are_kept(world: &World<'_>) {
    let acme = world.tenant("acme.example");
    let document = world.extension(&acme, "101");
    let changes =
        (0..HISTORY_MAX + 5).map(|n| replace(with(&document, "display_name", n.to_string())));
    world.commit(&acme, changes.collect()).unwrap();
    let kept = history(world, &acme, &document);
    assert_eq!(kept.len(), HISTORY_MAX);
    let newest = u64::try_from(HISTORY_MAX).unwrap() + 6;
    assert_eq!(kept[0].revision, newest);
    assert_eq!(kept[HISTORY_MAX - 1].revision, newest - 99);
}

fn an_id_used_again_goes_on_with_its_history(world: &World<'_>) {
    let acme = world.tenant("acme.example");
    let write = world.extension_write(&acme, "101");
    let document = world.create(&acme, write.clone());
    world.commit(&acme, vec![delete(&document)]).unwrap();
    world.create(&acme, write);
    let revisions = history(world, &acme, &document)
        .into_iter()
        .map(|v| v.revision);
    assert_eq!(revisions.collect::<Vec<_>>(), [1, 2, 1]);
}

fn what_never_was_has_no_history(world: &World<'_>) {
    let acme = world.tenant("acme.example");
    let found = block_on(world.store.history(&acme, KindName::Extension, "101"));
    assert_eq!(found, Ok(Vec::new()));
}

on_every_store!(
    each_change_leaves_the_document_as_it_was_then_newest_first,
    only_the_latest_revisions_are_kept,
    an_id_used_again_goes_on_with_its_history,
    what_never_was_has_no_history,
);
