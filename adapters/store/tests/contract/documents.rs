//! Documents are created, read, replaced and deleted.

use domain::KindName;
use ids::{ExtensionId, TenantId};
use ports::{OPERATIONS_MAX, Operation, StoreError, Written};
use store::block_on;
use tenancy::TenantScope;

use crate::on_every_store;
use crate::world::{World, delete, replace, time, with};

fn a_new_document_has_the_revision_one_and_the_times_of_its_change(world: &World<'_>) {
    let acme = world.tenant("acme.example");
    let write = world.extension_write(&acme, "101");
    let mut change = world.change(vec![Operation::Create(write.clone())]);
    change.at = time(500);
    let written = block_on(world.store.commit(&acme, change)).unwrap();
    let document = written.into_document().unwrap();
    assert_eq!(
        (document.revision, document.created, document.updated),
        (1, time(500), time(500))
    );
    assert_eq!(document.spec, write.document.spec);
    assert_eq!(
        (document.owner, document.name.as_str()),
        (acme.owner(), "101")
    );
}

fn a_document_is_found_by_its_id_and_by_its_natural_key(world: &World<'_>) {
    let acme = world.tenant("acme.example");
    let extension = world.extension(&acme, "101");
    let device = world.device(&acme, &extension, "ann");
    let by = |kind, key: &str| world.get(&acme, kind, key);
    assert_eq!(
        by(KindName::Extension, &extension.id),
        Some(extension.clone())
    );
    assert_eq!(by(KindName::Extension, "101"), Some(extension.clone()));
    assert_eq!(by(KindName::Device, "ann"), Some(device.clone()));
    assert_eq!(
        by(KindName::Device, &extension.id),
        None,
        "an id of another kind"
    );
    assert_eq!(
        by(KindName::Extension, "ann"),
        None,
        "a name of another kind"
    );
    assert_eq!(by(KindName::Extension, "1"), None);
    let own = by(KindName::Tenant, "acme.example").unwrap();
    assert_eq!(own.owner, acme.owner());
    assert_eq!(by(KindName::Tenant, &acme.tenant().to_string()), Some(own));
}

fn replacing_counts_the_revision_and_keeps_the_time_of_creation(world: &World<'_>) {
    let acme = world.tenant("acme.example");
    let extension = world.extension(&acme, "101");
    let write = with(&extension, "display_name", "Ann");
    let written = world.commit(&acme, vec![replace(write)]).unwrap();
    let after = written.into_document().unwrap();
    assert_eq!((after.revision, after.created), (2, extension.created));
    assert!(after.updated > extension.updated);
    assert_eq!(after.spec["display_name"], "Ann");
    assert_eq!(world.get(&acme, KindName::Extension, "101"), Some(after));
}

fn a_change_at_an_old_revision_is_refused_and_told_the_present_one(world: &World<'_>) {
    let acme = world.tenant("acme.example");
    let extension = world.extension(&acme, "101");
    let write = with(&extension, "display_name", "Ann");
    let expecting = |revision| Operation::Replace {
        write: write.clone(),
        expected_revision: Some(revision),
    };
    world.commit(&acme, vec![expecting(1)]).unwrap();
    let stale = Err(StoreError::RevisionMismatch { current: 2 });
    assert_eq!(world.commit(&acme, vec![expecting(1)]), stale);
    let delete = |revision| Operation::Delete {
        kind: KindName::Extension,
        id: extension.id.clone(),
        expected_revision: Some(revision),
    };
    assert_eq!(world.commit(&acme, vec![delete(1)]), stale);
    world.commit(&acme, vec![delete(2)]).unwrap();
}

fn a_deleted_document_is_gone_and_its_names_are_free(world: &World<'_>) {
    let acme = world.tenant("acme.example");
    let extension = world.extension(&acme, "101");
    let committed = world.commit(&acme, vec![delete(&extension)]).unwrap();
    let gone = Written::Deleted {
        kind: KindName::Extension,
        id: extension.id.clone(),
    };
    assert_eq!(committed.written, [gone]);
    assert_eq!(world.get(&acme, KindName::Extension, &extension.id), None);
    assert_eq!(world.get(&acme, KindName::Extension, "101"), None);
    world.extension(&acme, "101");
}

fn what_is_not_there_is_neither_replaced_nor_deleted(world: &World<'_>) {
    let acme = world.tenant("acme.example");
    let write = world.extension_write(&acme, "101");
    let absent = delete(&write.document);
    assert_eq!(
        world.commit(&acme, vec![replace(write)]),
        Err(StoreError::NotFound)
    );
    assert_eq!(world.commit(&acme, vec![absent]), Err(StoreError::NotFound));
}

fn an_id_is_created_once(world: &World<'_>) {
    let acme = world.tenant("acme.example");
    let mut again = world.extension_write(&acme, "102");
    again.document.id = world.extension(&acme, "101").id;
    let refused = world.commit(&acme, vec![Operation::Create(again.clone())]);
    let (space, key) = ("extension".to_owned(), again.document.id);
    assert_eq!(refused, Err(StoreError::Conflict { space, key }));
}

fn documents_that_break_a_rule_are_refused_with_the_field(world: &World<'_>) {
    let acme = world.tenant("acme.example");
    let good = world.extension_write(&acme, "101");
    let field_of = |write| match world.commit(&acme, vec![Operation::Create(write)]) {
        Err(StoreError::Invalid(invalid)) => invalid.field,
        other => panic!("expected a broken rule, not {other:?}"),
    };
    let mut bad = good.clone();
    bad.document.spec["ring_seconds"] = 0.into();
    assert_eq!(field_of(bad), "/ring_seconds");
    let mut bad = good.clone();
    bad.document.name = "102".to_owned();
    assert_eq!(field_of(bad), "/name");
    let mut bad = good.clone();
    bad.document.id = "101".to_owned();
    assert_eq!(field_of(bad), "/id");
    let mut bad = good;
    bad.document.owner = TenantId::new(9, 9).into();
    assert_eq!(field_of(bad), "/owner");
}

fn tenants_are_out_of_a_tenants_reach(world: &World<'_>) {
    let acme = world.tenant("acme.example");
    let own = world.get(&acme, KindName::Tenant, "acme.example").unwrap();
    let rename = with(&own, "display_name", "Acme");
    assert_eq!(
        world.commit(&acme, vec![replace(rename)]),
        Err(StoreError::NotFound)
    );
    assert_eq!(
        world.commit(&acme, vec![delete(&own)]),
        Err(StoreError::NotFound)
    );
    let other = world.tenant_write(&["other.example"]);
    let refused = world.commit(&acme, vec![Operation::Create(other)]);
    assert_eq!(refused, Err(StoreError::NotFound));
    let extension = world.extension_write(&acme, "101");
    let refused = world.commit_below(vec![Operation::Create(extension)]);
    assert_eq!(
        refused,
        Err(StoreError::NotFound),
        "and extensions are out of the operator's"
    );
}

fn nothing_is_written_into_a_tenant_that_is_not_there(world: &World<'_>) {
    let nobody = TenantScope::for_job(TenantId::new(9, 9), "test");
    let write = world.extension_write(&nobody, "101");
    let refused = world.commit(&nobody, vec![Operation::Create(write)]);
    assert_eq!(refused, Err(StoreError::NotFound));
    assert_eq!(world.cursor(), 0);
}

fn a_change_has_as_many_operations_as_allowed_and_not_one_more(world: &World<'_>) {
    let acme = world.tenant("acme.example");
    let create = |number: usize| {
        Operation::Create(world.extension_write(&acme, &(1000 + number).to_string()))
    };
    let too_many = (0..=OPERATIONS_MAX).map(create).collect();
    let limit = OPERATIONS_MAX;
    assert_eq!(
        world.commit(&acme, too_many),
        Err(StoreError::TooLarge { limit })
    );
    let most = (0..OPERATIONS_MAX).map(create).collect();
    let committed = world.commit(&acme, most).unwrap();
    assert_eq!(committed.written.len(), OPERATIONS_MAX);
    let count = block_on(world.store.count(&acme, KindName::Extension));
    assert_eq!(count, Ok(1_000));
}

fn a_change_without_operations_changes_nothing(world: &World<'_>) {
    let acme = world.tenant("acme.example");
    let before = world.cursor();
    let committed = world.commit(&acme, Vec::new()).unwrap();
    assert_eq!((committed.written.len(), committed.cursor), (0, before));
}

fn counting_counts_one_kind_of_one_tenant(world: &World<'_>) {
    let (acme, globex) = (world.tenant("acme.example"), world.tenant("globex.example"));
    let extension = world.extension(&acme, "101");
    world.extension(&acme, "102");
    world.device(&acme, &extension, "ann");
    let count = |scope, kind| block_on(world.store.count(scope, kind)).unwrap();
    assert_eq!(count(&acme, KindName::Extension), 2);
    assert_eq!(count(&acme, KindName::Device), 1);
    assert_eq!(count(&acme, KindName::Tenant), 1);
    assert_eq!(count(&globex, KindName::Extension), 0);
}

fn an_id_that_was_deleted_may_be_used_again(world: &World<'_>) {
    let acme = world.tenant("acme.example");
    let write = world.extension_write(&acme, "101");
    let first = world.create(&acme, write.clone());
    world.commit(&acme, vec![delete(&first)]).unwrap();
    let again = world.create(&acme, write);
    assert_eq!((again.id.clone(), again.revision), (first.id, 1));
    assert!(again.id.parse::<ExtensionId>().is_ok());
}

on_every_store!(
    a_new_document_has_the_revision_one_and_the_times_of_its_change,
    a_document_is_found_by_its_id_and_by_its_natural_key,
    replacing_counts_the_revision_and_keeps_the_time_of_creation,
    a_change_at_an_old_revision_is_refused_and_told_the_present_one,
    a_deleted_document_is_gone_and_its_names_are_free,
    what_is_not_there_is_neither_replaced_nor_deleted,
    an_id_is_created_once,
    documents_that_break_a_rule_are_refused_with_the_field,
    tenants_are_out_of_a_tenants_reach,
    nothing_is_written_into_a_tenant_that_is_not_there,
    a_change_has_as_many_operations_as_allowed_and_not_one_more,
    a_change_without_operations_changes_nothing,
    counting_counts_one_kind_of_one_tenant,
    an_id_that_was_deleted_may_be_used_again,
);
