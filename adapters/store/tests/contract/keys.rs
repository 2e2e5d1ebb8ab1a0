//! Unique keys: once in a tenant, or once on the platform.

use domain::KindName;
use ports::{Operation, StoreError};
use store::block_on;

use crate::on_every_store;
use crate::world::{World, delete, platform, replace, with};

fn taken(space: &str, key: &str) -> StoreError {
    StoreError::Conflict {
        space: space.to_owned(),
        key: key.to_owned(),
    }
}

fn every_tenant_has_its_own_numbers(world: &World<'_>) {
    let (acme, globex) = (world.tenant("acme.example"), world.tenant("globex.example"));
    let (ours, theirs) = (
        world.extension(&acme, "101"),
        world.extension(&globex, "101"),
    );
    assert_eq!(world.get(&acme, KindName::Extension, "101"), Some(ours));
    assert_eq!(world.get(&globex, KindName::Extension, "101"), Some(theirs));
    let again = world.extension_write(&acme, "101");
    let refused = world.commit(&acme, vec![Operation::Create(again)]);
    assert_eq!(refused, Err(taken("number", "101")));
}

fn a_user_name_is_taken_once_on_the_platform(world: &World<'_>) {
    let (acme, globex) = (world.tenant("acme.example"), world.tenant("globex.example"));
    let (ours, theirs) = (
        world.extension(&acme, "101"),
        world.extension(&globex, "101"),
    );
    let ann = world.device(&acme, &ours, "ann");
    let again = world.device_write(&globex, &theirs.id, "ann");
    let create = vec![Operation::Create(again)];
    assert_eq!(
        world.commit(&globex, create.clone()),
        Err(taken("username", "ann"))
    );
    world.commit(&acme, vec![delete(&ann)]).unwrap();
    world.commit(&globex, create).unwrap();
}

fn a_domain_is_taken_once_on_the_platform_wherever_it_stands(world: &World<'_>) {
    let first = world.tenant_write(&["acme.example", "acme.test"]);
    world.commit_below(vec![Operation::Create(first)]).unwrap();
    for domains in [["acme.test", "b.example"], ["b.example", "acme.example"]] {
        let again = world.tenant_write(&domains);
        let refused = world.commit_below(vec![Operation::Create(again)]);
        let double = if domains[0] == "acme.test" {
            "acme.test"
        } else {
            "acme.example"
        };
        assert_eq!(refused, Err(taken("domain", double)));
    }
}

fn a_document_keeps_its_own_keys_when_it_is_replaced(world: &World<'_>) {
    let acme = world.tenant("acme.example");
    let extension = world.extension(&acme, "101");
    let write = with(&extension, "display_name", "Ann");
    world.commit(&acme, vec![replace(write)]).unwrap();
}

fn a_key_that_was_given_up_is_free(world: &World<'_>) {
    let acme = world.tenant("acme.example");
    let (ann, bob) = (world.extension(&acme, "101"), world.extension(&acme, "102"));
    let to = |document, number| replace(with(document, "number", number));
    let refused = world.commit(&acme, vec![to(&ann, "102")]);
    assert_eq!(refused, Err(taken("number", "102")));
    let swap = vec![to(&ann, "103"), to(&bob, "101"), to(&ann, "102")];
    world.commit(&acme, swap).unwrap();
    let id_of = |number| world.get(&acme, KindName::Extension, number).unwrap().id;
    assert_eq!((id_of("101"), id_of("102")), (bob.id, ann.id));
    assert_eq!(world.get(&acme, KindName::Extension, "103"), None);
}

fn two_documents_of_one_change_cannot_share_a_key(world: &World<'_>) {
    let acme = world.tenant("acme.example");
    let create = || Operation::Create(world.extension_write(&acme, "101"));
    let refused = world.commit(&acme, vec![create(), create()]);
    assert_eq!(refused, Err(taken("number", "101")));
    assert_eq!(world.get(&acme, KindName::Extension, "101"), None);
}

fn a_tenant_is_found_by_any_of_its_domains(world: &World<'_>) {
    let write = world.tenant_write(&["acme.example", "acme.test"]);
    let id = write.document.id.clone();
    world.commit_below(vec![Operation::Create(write)]).unwrap();
    let find =
        |key: &str| block_on(world.store.get_below(&platform(), KindName::Tenant, key)).unwrap();
    for key in ["acme.example", "acme.test", &id] {
        assert_eq!(find(key).unwrap().id, id, "{key}");
    }
    for key in ["acme", "ACME.example", "", "ten_00000000000000000000000009"] {
        assert_eq!(find(key), None, "{key}");
    }
}

on_every_store!(
    every_tenant_has_its_own_numbers,
    a_user_name_is_taken_once_on_the_platform,
    a_domain_is_taken_once_on_the_platform_wherever_it_stands,
    a_document_keeps_its_own_keys_when_it_is_replaced,
    a_key_that_was_given_up_is_free,
    two_documents_of_one_change_cannot_share_a_key,
    a_tenant_is_found_by_any_of_its_domains,
);
