//! What is kept of secrets.

use domain::{Digests, Document};
use ports::{Operation, SecretChange};
use store::block_on;
use tenancy::TenantScope;

use crate::on_every_store;
use crate::world::{World, delete, digests, replace, with};

/// The digests of the tenant's devices, in the order of ids.
fn kept(world: &World<'_>, scope: &TenantScope) -> Vec<Option<Digests>> {
    let parts = block_on(world.store.load_tenant(scope)).unwrap().unwrap();
    parts
        .devices
        .into_iter()
        .map(|(_, digests)| digests)
        .collect()
}

/// Two tenants' worth of nothing but one device with a secret.
fn one_device(world: &World<'_>) -> (TenantScope, Document, Document) {
    let acme = world.tenant("acme.example");
    let extension = world.extension(&acme, "101");
    let mut write = world.device_write(&acme, &extension.id, "ann");
    write.secret = SecretChange::Set(digests(1));
    let device = world.create(&acme, write);
    (acme, extension, device)
}

fn each_device_has_its_own_digests_or_none(world: &World<'_>) {
    let (acme, extension, _) = one_device(world);
    world.device(&acme, &extension, "bob");
    let mut write = world.device_write(&acme, &extension.id, "carl");
    write.secret = SecretChange::Set(digests(3));
    world.create(&acme, write);
    assert_eq!(
        kept(world, &acme),
        [Some(digests(1)), None, Some(digests(3))]
    );
    let (directory, _) = block_on(world.store.directory()).unwrap();
    assert_eq!(directory.device("carl").unwrap().digests, Some(digests(3)));
    assert_eq!(directory.device("bob").unwrap().digests, None);
}

fn a_secret_stays_until_it_is_set_anew(world: &World<'_>) {
    let (acme, _, device) = one_device(world);
    let mut write = with(&device, "username", "anna");
    world.commit(&acme, vec![replace(write.clone())]).unwrap();
    assert_eq!(kept(world, &acme), [Some(digests(1))]);
    write.secret = SecretChange::Set(digests(2));
    world.commit(&acme, vec![replace(write)]).unwrap();
    assert_eq!(kept(world, &acme), [Some(digests(2))]);
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
    write.secret = SecretChange::Set(digests(2));
    world
        .commit(&acme, vec![replace(write), delete(&extension)])
        .unwrap_err();
    assert_eq!(kept(world, &acme), [Some(digests(1))]);
}

on_every_store!(
    each_device_has_its_own_digests_or_none,
    a_secret_stays_until_it_is_set_anew,
    a_secret_goes_with_its_device,
    a_secret_set_in_vain_is_not_kept,
);
