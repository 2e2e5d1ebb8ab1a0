//! References: nothing dangles, and what is in use stays.

use domain::{Document, KindName, Reference, Referrer};
use ids::ExtensionId;
use ports::{Cursor, Operation, Referrers, StoreError};
use store::block_on;
use tenancy::TenantScope;

use crate::on_every_store;
use crate::world::{World, delete, platform, replace, with};

fn dangling(extension: &str) -> StoreError {
    StoreError::Dangling(Reference {
        kind: KindName::Extension,
        id: extension.to_owned(),
        field: "/extension".to_owned(),
    })
}

fn user(device: &Document) -> Referrer {
    Referrer {
        kind: KindName::Device,
        id: device.id.clone(),
        name: device.name.clone(),
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
        Err(StoreError::InUse { by, more: 0 })
    );
    let moved = with(&desk, "extension", &bob.id);
    world.commit(&acme, vec![replace(moved)]).unwrap();
    let by = vec![user(&mobile)];
    assert_eq!(
        world.commit(&acme, vec![delete(&ann)]),
        Err(StoreError::InUse { by, more: 0 })
    );
    world
        .commit(&acme, vec![delete(&mobile), delete(&ann)])
        .unwrap();
    let by = vec![user(&desk)];
    assert_eq!(
        world.commit(&acme, vec![delete(&bob)]),
        Err(StoreError::InUse { by, more: 0 })
    );
}

fn of_many_users_the_first_twenty_are_named_and_the_rest_is_counted(world: &World<'_>) {
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
    assert_eq!(refused, Err(StoreError::InUse { by: first, more: 5 }));
}

fn referrers(
    world: &World<'_>,
    scope: &TenantScope,
    extension: &Document,
    after: Option<&Cursor>,
) -> Result<Referrers, StoreError> {
    let place = (KindName::Extension, extension.id.as_str());
    block_on(world.store.referrers(scope, place, after, 2))
}

fn those_who_refer_are_listed_page_after_page(world: &World<'_>) {
    let acme = world.tenant("acme.example");
    let (ann, bob) = (world.extension(&acme, "101"), world.extension(&acme, "102"));
    let nobody = referrers(world, &acme, &bob, None).unwrap();
    assert_eq!(nobody, Referrers::default());
    let devices = (0..5).map(|n| world.device(&acme, &ann, &format!("phone-{n}")));
    let wanted: Vec<Referrer> = devices.map(|device| user(&device)).collect();
    let (mut found, mut after, mut pages) = (Vec::new(), None, 0);
    loop {
        let page = referrers(world, &acme, &ann, after.as_ref()).unwrap();
        assert!(page.by.len() <= 2);
        (pages, after) = (pages + 1, page.next);
        found.extend(page.by);
        if after.is_none() {
            break;
        }
    }
    assert_eq!((found, pages), (wanted, 3));
}

fn nobody_learns_who_refers_to_what_another_tenant_has(world: &World<'_>) {
    let (acme, globex) = (world.tenant("acme.example"), world.tenant("globex.example"));
    let ann = world.extension(&acme, "101");
    world.device(&acme, &ann, "ann");
    let refused = referrers(world, &globex, &ann, None);
    assert_eq!(refused, Err(StoreError::NotFound));
    let place = (KindName::Extension, ann.id.as_str());
    let above = block_on(world.store.referrers_below(&platform(), place, None, 2));
    assert_eq!(
        above,
        Err(StoreError::NotFound),
        "from outside of the tenant"
    );
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
    of_many_users_the_first_twenty_are_named_and_the_rest_is_counted,
    those_who_refer_are_listed_page_after_page,
    nobody_learns_who_refers_to_what_another_tenant_has,
    an_extension_and_its_device_may_come_and_go_in_one_change,
);
