//! What is kept of secrets.

use domain::{Credentials, Digests, Document, KindName};
use ports::{Operation, SecretChange};
use store::block_on;
use tenancy::TenantScope;

use crate::on_every_store;
use crate::world::{World, delete, digests, replace, time, with};

/// The digests of the tenant's devices, in the order of ids.
fn kept(world: &World<'_>, scope: &TenantScope) -> Vec<Option<Digests>> {
    let parts = block_on(world.store.load_tenant(scope)).unwrap().unwrap();
    parts
        .devices
        .into_iter()
        .map(|(_, credentials)| credentials.map(|kept| kept.present))
        .collect()
}

/// Two tenants' worth of nothing but one device with a secret.
fn one_device(world: &World<'_>) -> (TenantScope, Document, Document) {
    let acme = world.tenant("acme.example");
    let extension = world.extension(&acme, "101");
    let mut write = world.device_write(&acme, &extension.id, "ann");
    write.secret = SecretChange::Set(digests(1).into());
    let device = world.create(&acme, write);
    (acme, extension, device)
}

fn each_device_has_its_own_digests_or_none(world: &World<'_>) {
    let (acme, extension, _) = one_device(world);
    world.device(&acme, &extension, "bob");
    let mut write = world.device_write(&acme, &extension.id, "carl");
    write.secret = SecretChange::Set(digests(3).into());
    world.create(&acme, write);
    assert_eq!(
        kept(world, &acme),
        [Some(digests(1)), None, Some(digests(3))]
    );
    let (directory, _) = block_on(world.store.directory()).unwrap();
    let known = |name| directory.device(name).unwrap().credentials;
    assert_eq!(known("carl"), Some(digests(3).into()));
    assert_eq!(known("bob"), None);
}

fn a_secret_stays_until_it_is_set_anew(world: &World<'_>) {
    let (acme, _, device) = one_device(world);
    let mut write = with(&device, "username", "anna");
    world.commit(&acme, vec![replace(write.clone())]).unwrap();
    assert_eq!(kept(world, &acme), [Some(digests(1))]);
    write.secret = SecretChange::Set(digests(2).into());
    world.commit(&acme, vec![replace(write)]).unwrap();
    assert_eq!(kept(world, &acme), [Some(digests(2))]);
}

fn a_replaced_secret_stays_beside_the_new_one_and_no_third_does(world: &World<'_>) {
    let (acme, _, device) = one_device(world);
    let set = |secret| {
        let mut write = with(&device, "username", "ann");
        write.secret = secret;
        world.commit(&acme, vec![replace(write)]).unwrap();
        let parts = block_on(world.store.load_tenant(&acme)).unwrap().unwrap();
        parts.devices[0].1.clone()
    };
    let beside = |number, until| SecretChange::Beside {
        digests: digests(number),
        until: time(until),
    };
    let second = Credentials::from(digests(1)).replaced(digests(2), time(50));
    assert_eq!(set(beside(2, 50)), Some(second.clone()));
    assert_eq!(set(SecretChange::Keep), Some(second.clone()));
    let third = second.replaced(digests(3), time(60));
    assert_eq!(set(beside(3, 60)), Some(third));
    let alone = Credentials::from(digests(4));
    assert_eq!(set(SecretChange::Set(alone.clone())), Some(alone));
}

fn the_end_of_a_former_secret_is_told_to_its_own_tenant_alone(world: &World<'_>) {
    let (acme, _, device) = one_device(world);
    let ids = [device.id.clone(), "dev_of_nobody".to_owned()];
    let ends = |scope, kind| block_on(world.store.former_ends(scope, kind, &ids)).unwrap();
    assert!(ends(&acme, KindName::Device).is_empty());
    let mut write = with(&device, "username", "ann");
    write.secret = SecretChange::Beside {
        digests: digests(2),
        until: time(50),
    };
    world.commit(&acme, vec![replace(write)]).unwrap();
    let expected = [(device.id.clone(), time(50))].into();
    assert_eq!(ends(&acme, KindName::Device), expected);
    assert!(ends(&acme, KindName::Extension).is_empty());
    let bell = world.tenant("bell.example");
    assert!(ends(&bell, KindName::Device).is_empty());
}

fn a_first_secret_has_none_beside_it(world: &World<'_>) {
    let acme = world.tenant("acme.example");
    let extension = world.extension(&acme, "101");
    let device = world.device(&acme, &extension, "ann");
    let mut write = with(&device, "username", "ann");
    write.secret = SecretChange::Beside {
        digests: digests(1),
        until: time(50),
    };
    world.commit(&acme, vec![replace(write)]).unwrap();
    let parts = block_on(world.store.load_tenant(&acme)).unwrap().unwrap();
    assert_eq!(parts.devices[0].1, Some(digests(1).into()));
}

fn a_secret_goes_with_its_device(world: &World<'_>) {
    let (acme, _, device) = one_device(world);
    world.commit(&acme, vec![delete(&device)]).unwrap();
    let again = with(&device, "username", "ann");
    world.commit(&acme, vec![Operation::Create(again)]).unwrap();
    assert_eq!(kept(world, &acme), [None]);
}

fn a_secret_set_in_vain_is_not_kept(world: &World<'_>) {
    let (acme, extension, device) = one_device(world);
    let mut write = with(&device, "username", "ann");
    write.secret = SecretChange::Set(digests(2).into());
    world
        .commit(&acme, vec![replace(write), delete(&extension)])
        .unwrap_err();
    assert_eq!(kept(world, &acme), [Some(digests(1))]);
}

on_every_store!(
    each_device_has_its_own_digests_or_none,
    a_secret_stays_until_it_is_set_anew,
    a_replaced_secret_stays_beside_the_new_one_and_no_third_does,
    the_end_of_a_former_secret_is_told_to_its_own_tenant_alone,
    a_first_secret_has_none_beside_it,
    a_secret_goes_with_its_device,
    a_secret_set_in_vain_is_not_kept,
);
