//! Changes that are tried and undone.

use domain::KindName;
use ports::{Operation, StoreError};
use store::block_on;

use crate::on_every_store;
use crate::world::{World, platform, replace, with};

fn a_rehearsal_tells_each_refusal_and_changes_nothing(world: &World<'_>) {
    let (acme, globex) = (world.tenant("acme.example"), world.tenant("globex.example"));
    let (mine, theirs) = (
        world.extension(&acme, "101"),
        world.extension(&globex, "201"),
    );
    world.device(&globex, &theirs, "ann");
    let before = world.cursor();
    let create = |username: &str, extension: &str| {
        Operation::Create(world.device_write(&acme, extension, username))
    };
    let operations = vec![
        create("bob", &mine.id),
        create("ann", &mine.id),
        create("bob", &mine.id),
        create("carl", &theirs.id),
        replace(with(&mine, "number", "102")),
        create("dora", &mine.id),
    ];
    let tried = block_on(world.store.rehearse(&acme, world.change(operations))).unwrap();
    let good: Vec<bool> = tried.iter().map(Option::is_none).collect();
    assert_eq!(good, [true, false, false, false, true, true]);
    for taken in [1, 2] {
        let refused = tried[taken].as_ref();
        assert!(
            matches!(refused, Some(StoreError::Conflict { .. })),
            "{refused:?}"
        );
    }
    assert!(
        matches!(tried[3], Some(StoreError::Dangling(_))),
        "{:?}",
        tried[3]
    );
    assert_eq!(world.cursor(), before);
    assert!(world.get(&acme, KindName::Device, "bob").is_none());
    assert!(world.get(&acme, KindName::Extension, "101").is_some());
    world.device(&acme, &mine, "bob");
}

fn an_account_rehearses_too(world: &World<'_>) {
    let write = world.tenant_write(&["acme.example"]);
    let change = || world.change(vec![Operation::Create(write.clone())]);
    let tried = block_on(world.store.rehearse_below(&platform(), change()));
    assert_eq!(tried, Ok(vec![None]));
    world
        .commit_below(vec![Operation::Create(write.clone())])
        .unwrap();
    let tried = block_on(world.store.rehearse_below(&platform(), change())).unwrap();
    assert!(tried[0].is_some());
}

on_every_store!(
    a_rehearsal_tells_each_refusal_and_changes_nothing,
    an_account_rehearses_too,
);
