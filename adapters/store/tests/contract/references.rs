//! References: nothing dangles, and what is in use stays.

use domain::{Document, KindName, Reference};
use ids::ExtensionId;
use ports::{Operation, StoreError};

use crate::on_every_store;
use crate::world::{World, delete, replace, with};

fn dangling(extension: &str) -> StoreError {
    StoreError::Dangling(Reference {
        kind: KindName::Extension,
        id: extension.to_owned(),
        field: "/extension".to_owned(),
    })
}

fn user(device: &Document) -> Reference {
    Reference {
        kind: KindName::Device,
        id: device.id.clone(),
        field: "/extension".to_owned(),
    }
}

fn a_device_needs_its_extension(world: &World<'_>) {
    let acme = world.tenant("acme.example");
    let nowhere = ExtensionId::new(9, 9).to_string();
    let write = world.device_write(&acme, &nowhere, "ann");
    let refused = world.commit(&acme, vec![Operation::Create(write)]);
    assert_eq!(refused, Err(dangling(&nowhere)));
}

fn another_tenants_extension_is_as_good_as_none(world: &World<'_>) {
    let (acme, globex) = (world.tenant("acme.example"), world.tenant("globex.example"));
    let (ours, theirs) = (
        world.extension(&acme, "101"),
        world.extension(&globex, "101"),
    );
    let write = world.device_write(&acme, &theirs.id, "ann");
    let refused = world.commit(&acme, vec![Operation::Create(write)]);
    assert_eq!(refused, Err(dangling(&theirs.id)));
    let ann = world.device(&acme, &ours, "ann");
    let moved = with(&ann, "extension", &theirs.id);
    assert_eq!(
        world.commit(&acme, vec![replace(moved)]),
        Err(dangling(&theirs.id))
    );
}

fn an_extension_in_use_stays_and_its_users_are_named(world: &World<'_>) {
    let acme = world.tenant("acme.example");
    let (ann, bob) = (world.extension(&acme, "101"), world.extension(&acme, "102"));
    let desk = world.device(&acme, &ann, "ann-desk");
    let mobile = world.device(&acme, &ann, "ann-mobile");
    let by = vec![user(&desk), user(&mobile)];
    assert_eq!(
        world.commit(&acme, vec![delete(&ann)]),
        Err(StoreError::InUse { by })
    );
    let moved = with(&desk, "extension", &bob.id);
    world.commit(&acme, vec![replace(moved)]).unwrap();
    let by = vec![user(&mobile)];
    assert_eq!(
        world.commit(&acme, vec![delete(&ann)]),
        Err(StoreError::InUse { by })
    );
    world
        .commit(&acme, vec![delete(&mobile), delete(&ann)])
        .unwrap();
    let by = vec![user(&desk)];
    assert_eq!(
        world.commit(&acme, vec![delete(&bob)]),
        Err(StoreError::InUse { by })
    );
}

fn of_many_users_the_first_twenty_are_named(world: &World<'_>) {
    let acme = world.tenant("acme.example");
    let extension = world.extension(&acme, "101");
    let devices = (0..25).map(|n| world.device(&acme, &extension, &format!("phone-{n}")));
    let first: Vec<_> = devices
        .collect::<Vec<_>>()
        .iter()
        .take(20)
        .map(user)
        .collect();
    let refused = world.commit(&acme, vec![delete(&extension)]);
    assert_eq!(refused, Err(StoreError::InUse { by: first }));
}

fn an_extension_and_its_device_may_come_and_go_in_one_change(world: &World<'_>) {
    let acme = world.tenant("acme.example");
    let extension = world.extension_write(&acme, "101");
    let device = world.device_write(&acme, &extension.document.id, "ann");
    let both = [extension.document.clone(), device.document.clone()];
    let wrong = vec![
        Operation::Create(device.clone()),
        Operation::Create(extension.clone()),
    ];
    assert_eq!(
        world.commit(&acme, wrong),
        Err(dangling(&both[0].id)),
        "in order"
    );
    let create = vec![Operation::Create(extension), Operation::Create(device)];
    world.commit(&acme, create).unwrap();
    world
        .commit(&acme, vec![delete(&both[1]), delete(&both[0])])
        .unwrap();
}

on_every_store!(
    a_device_needs_its_extension,
    another_tenants_extension_is_as_good_as_none,
    an_extension_in_use_stays_and_its_users_are_named,
    of_many_users_the_first_twenty_are_named,
    an_extension_and_its_device_may_come_and_go_in_one_change,
);
