//! Tenants come, are loaded, and go.

use domain::{Document, KindName, Referrer, TenantParts};
use ports::{Operation, Page, StoreError};
use store::block_on;
use tenancy::TenantScope;

use crate::on_every_store;
use crate::world::{World, cdr, delete, platform, replace, with};

fn parts(world: &World<'_>, scope: &TenantScope) -> Option<TenantParts> {
    block_on(world.store.load_tenant(scope)).unwrap()
}

fn a_tenant_with_documents_is_not_deleted_and_they_are_named(world: &World<'_>) {
    let acme = world.tenant("acme.example");
    let extension = world.extension(&acme, "101");
    let device = world.device(&acme, &extension, "ann");
    let own = world.get(&acme, KindName::Tenant, "acme.example").unwrap();
    let inhabitant = |document: &Document| Referrer {
        kind: document.kind,
        id: document.id.clone(),
        name: document.name.clone(),
        field: "/owner".to_owned(),
    };
    let by = vec![inhabitant(&extension), inhabitant(&device)];
    let refused = world.commit_below(vec![delete(&own)]);
    assert_eq!(refused, Err(StoreError::InUse { by, more: 0 }));
    world
        .commit(&acme, vec![delete(&device), delete(&extension)])
        .unwrap();
    world.commit_below(vec![delete(&own)]).unwrap();
}

fn of_a_deleted_tenant_the_records_and_the_trail_stay(world: &World<'_>) {
    let acme = world.tenant("acme.example");
    let own = world.get(&acme, KindName::Tenant, "acme.example").unwrap();
    block_on(world.store.write_cdrs(vec![cdr(acme.tenant(), 5)])).unwrap();
    world.commit_below(vec![delete(&own)]).unwrap();
    assert!(parts(world, &acme).is_none());
    assert_eq!(world.get(&acme, KindName::Tenant, "acme.example"), None);
    let found = block_on(
        world
            .store
            .get_below(&platform(), KindName::Tenant, "acme.example"),
    );
    assert_eq!(found, Ok(None));
    let write = world.extension_write(&acme, "101");
    let refused = world.commit(&acme, vec![Operation::Create(write)]);
    assert_eq!(refused, Err(StoreError::NotFound));
    let trail = block_on(world.store.audit(&acme, &Page::default())).unwrap();
    let actions = trail.entries.iter().map(|entry| entry.action.as_str());
    assert_eq!(
        actions.collect::<Vec<_>>(),
        ["tenant.deleted", "tenant.created"]
    );
    let record = block_on(world.store.cdr(&acme, cdr(acme.tenant(), 5).id));
    assert!(record.unwrap().is_some());
    world.tenant("acme.example");
}

fn a_tenant_is_loaded_whole_in_the_order_of_ids(world: &World<'_>) {
    let (acme, globex) = (world.tenant("acme.example"), world.tenant("globex.example"));
    let bob = world.extension(&acme, "102");
    let ann = world.extension(&acme, "101");
    world.device(&acme, &bob, "bob-desk");
    world.device(&acme, &ann, "ann-desk");
    world.extension(&globex, "101");
    let loaded = parts(world, &acme).unwrap();
    assert_eq!(
        (loaded.tenant.id, loaded.tenant.revision),
        (acme.tenant(), 1)
    );
    let numbers = loaded.extensions.iter().map(|e| e.spec.number.as_str());
    assert_eq!(numbers.collect::<Vec<_>>(), ["102", "101"]);
    let devices = loaded.devices.iter().map(|(d, _)| d.spec.username.as_str());
    assert_eq!(devices.collect::<Vec<_>>(), ["bob-desk", "ann-desk"]);
    assert_eq!(loaded.cursor, world.store.changed());
    let nobody = TenantScope::for_job(ids::TenantId::new(9, 9), "test");
    assert!(parts(world, &nobody).is_none());
}

fn many_tenants_are_loaded_as_each_alone_would_be(world: &World<'_>) {
    let domains = ["acme.example", "globex.example", "initech.example"];
    let mut scopes: Vec<TenantScope> = domains.iter().map(|name| world.tenant(name)).collect();
    for (number, scope) in scopes.iter().enumerate() {
        let extension = world.extension(scope, "101");
        world.device(scope, &extension, &format!("phone-{number}"));
    }
    let alone: Vec<_> = scopes
        .iter()
        .filter_map(|scope| parts(world, scope))
        .collect();
    assert_eq!(alone.len(), 3);
    // one that does not exist is left out, one asked for twice comes once
    scopes.reverse();
    scopes.push(TenantScope::for_job(ids::TenantId::new(9, 9), "test"));
    scopes.push(scopes[0].clone());
    let many = block_on(world.store.load_tenants(&scopes)).unwrap();
    assert_eq!(format!("{many:?}"), format!("{alone:?}"));
    assert!(block_on(world.store.load_tenants(&[])).unwrap().is_empty());
}

fn the_directory_knows_the_names_of_all_tenants(world: &World<'_>) {
    let (acme, globex) = (world.tenant("acme.example"), world.tenant("globex.example"));
    for (scope, username) in [(&acme, "ann"), (&globex, "bob")] {
        let extension = world.extension(scope, "101");
        world.device(scope, &extension, username);
    }
    let (directory, cursor) = block_on(world.store.directory()).unwrap();
    assert_eq!((directory.tenants(), directory.devices()), (2, 2));
    assert_eq!(
        directory.tenant_of_domain("globex.example"),
        Some(globex.tenant())
    );
    assert_eq!(
        directory.device("ann").unwrap().device.tenant,
        acme.tenant()
    );
    assert_eq!(cursor, world.store.changed());
    let ids = block_on(world.store.tenant_ids());
    assert_eq!(ids, Ok(vec![acme.tenant(), globex.tenant()]));
}

fn a_tenant_is_changed_by_the_operator(world: &World<'_>) {
    let acme = world.tenant("acme.example");
    let own = world.get(&acme, KindName::Tenant, "acme.example").unwrap();
    let write = with(&own, "display_name", "Acme");
    world.commit_below(vec![replace(write)]).unwrap();
    let after = world.get(&acme, KindName::Tenant, "acme.example").unwrap();
    assert_eq!(
        (after.revision, &after.spec["display_name"]),
        (2, &"Acme".into())
    );
}

fn a_tenants_document_belongs_to_itself(world: &World<'_>) {
    let mut write = world.tenant_write(&["acme.example"]);
    write.document.owner = ids::TenantId::new(9, 9).into();
    let refused = world
        .commit_below(vec![Operation::Create(write)])
        .unwrap_err();
    assert!(matches!(refused, StoreError::Invalid(invalid) if invalid.field == "/owner"));
}

fn a_mail_domain_leads_to_the_one_tenant_to_which_it_was_granted(world: &World<'_>) {
    let found = |domain: &str| block_on(world.store.tenant_of_mail(domain)).unwrap();
    let grant = |domain: &str, mail: serde_json::Value| {
        let scope = world.tenant(domain);
        let own = world.get(&scope, KindName::Tenant, domain).unwrap();
        (scope, replace(with(&own, "mail_domains", mail)))
    };
    let (acme, granted) = grant("acme.example", serde_json::json!(["acme.example"]));
    assert_eq!(
        found("acme.example"),
        None,
        "a domain of telephony is none of mail"
    );
    world.commit_below(vec![granted]).unwrap();
    assert_eq!(found("acme.example"), Some(acme.tenant()));
    assert_eq!(found("sub.acme.example"), None);
    let (_, claimed) = grant("globex.example", serde_json::json!(["acme.example"]));
    let refused = world.commit_below(vec![claimed]).unwrap_err();
    assert!(matches!(refused, StoreError::Conflict { space, .. } if space == "mail_domain"));
    let own = world.get(&acme, KindName::Tenant, "acme.example").unwrap();
    let none = with(&own, "mail_domains", serde_json::json!([]));
    world.commit_below(vec![replace(none)]).unwrap();
    assert_eq!(
        found("acme.example"),
        None,
        "what is withdrawn leads nowhere"
    );
}

on_every_store!(
    a_tenant_with_documents_is_not_deleted_and_they_are_named,
    of_a_deleted_tenant_the_records_and_the_trail_stay,
    a_tenant_is_loaded_whole_in_the_order_of_ids,
    many_tenants_are_loaded_as_each_alone_would_be,
    the_directory_knows_the_names_of_all_tenants,
    a_tenant_is_changed_by_the_operator,
    a_tenants_document_belongs_to_itself,
    a_mail_domain_leads_to_the_one_tenant_to_which_it_was_granted,
);
