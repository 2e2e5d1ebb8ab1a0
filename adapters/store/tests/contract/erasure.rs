//! Erasing a tenant: nothing of it remains, nothing of its neighbour is touched.

use domain::{AuditEntry, Hold, KindName, Referrer, Tenant};
use ids::{AuditId, HoldId};
use ports::{Erased, Operation, Page, SecretChange, StoreError, locate_below};
use store::block_on;
use tenancy::{AccountScope, Owner, TenantScope, Unresolved};

use crate::blobs::with_blob;
use crate::on_every_store;
use crate::world::{World, cdr, digests, platform, time, write};

/// A company with one of everything.
fn furnished(world: &World<'_>, domain: &str, number: u64) -> TenantScope {
    let scope = world.tenant(domain);
    let extension = world.extension(&scope, "101");
    with_blob(world, &scope, &extension);
    let mut device = world.device_write(&scope, &extension.id, domain);
    device.secret = SecretChange::Set(digests(7).into());
    world.create(&scope, device);
    block_on(world.store.write_cdrs(vec![cdr(scope.tenant(), number)])).unwrap();
    scope
}

fn step(world: &World<'_>, scope: &TenantScope) -> Result<Erased, StoreError> {
    step_as(world, &platform(), scope)
}

/// A step of an account, with a tenant that the platform found.
fn step_as(
    world: &World<'_>,
    account: &AccountScope,
    scope: &TenantScope,
) -> Result<Erased, StoreError> {
    let reference = Unresolved::<Tenant>::new(scope.tenant().to_string());
    let (below, _) = block_on(locate_below(world.store, &platform(), &reference))?;
    let delete = Operation::Delete {
        kind: KindName::Tenant,
        id: scope.tenant().to_string(),
        expected_revision: None,
    };
    let change = world.change(vec![delete]);
    let note = AuditEntry {
        id: AuditId::new(world.number(), 0),
        owner: Owner::PLATFORM,
        at: time(1),
        actor: "operator".to_owned(),
        action: "tenant.erased".to_owned(),
        target: scope.tenant().to_string(),
        before: None,
        after: None,
        request: None,
    };
    block_on(world.store.erase_step(account, below, change, &note))
}

/// Erases a tenant to the end.
pub(crate) fn erase(world: &World<'_>, scope: &TenantScope) {
    for _ in 0..10 {
        if step(world, scope).unwrap().done {
            return;
        }
    }
    panic!("an erasure without an end");
}

fn trail(world: &World<'_>, scope: &TenantScope) -> usize {
    let page = block_on(world.store.audit(scope, &Page::default())).unwrap();
    page.entries.len()
}

fn of_an_erased_tenant_nothing_remains_and_its_neighbour_has_all(world: &World<'_>) {
    let acme = furnished(world, "acme.example", 5);
    let globex = furnished(world, "globex.example", 6);
    let before = trail(world, &globex);
    erase(world, &acme);
    assert_eq!(
        block_on(world.store.load_tenant(&acme))
            .unwrap()
            .map(|_| ()),
        None
    );
    assert_eq!(trail(world, &acme), 0);
    for kind in KindName::ALL {
        assert_eq!(block_on(world.store.count(&acme, kind)), Ok(0), "{kind}");
    }
    assert_eq!(block_on(world.store.blob_octets(&acme)), Ok(0));
    assert!(block_on(world.store.blob_octets(&globex)).unwrap() > 0);
    let record = block_on(world.store.cdr(&acme, cdr(acme.tenant(), 5).id));
    assert_eq!(record, Ok(None));
    assert_eq!(step(world, &acme), Err(StoreError::NotFound));
    // a call that was up ends after its company
    let late = vec![cdr(acme.tenant(), 9)];
    assert_eq!(block_on(world.store.write_cdrs(late)), Ok(0));
    assert_eq!(trail(world, &globex), before);
    let record = block_on(world.store.cdr(&globex, cdr(globex.tenant(), 6).id));
    assert!(record.unwrap().is_some());
    let parts = block_on(world.store.load_tenant(&globex)).unwrap().unwrap();
    assert!(parts.devices[0].1.is_some());
    let own = block_on(world.store.account_audit(&platform(), &Page::default())).unwrap();
    let erased = own
        .entries
        .iter()
        .filter(|entry| entry.action == "tenant.erased");
    assert_eq!(erased.count(), 1);
}

fn what_another_account_found_is_not_erased(world: &World<'_>) {
    let acme = furnished(world, "acme.example", 5);
    let north = crate::accounts::a_resellers_scope(world, "north");
    assert_eq!(step_as(world, &north, &acme), Err(StoreError::NotFound));
    assert!(block_on(world.store.load_tenant(&acme)).unwrap().is_some());
}

fn a_reseller_erases_what_it_found_itself_also_among_its_own(world: &World<'_>) {
    let north = crate::accounts::a_resellers_scope(world, "north");
    let mut acme = world.tenant_write(&["acme.example"]);
    acme.document.spec["reseller"] = north.account().to_string().into();
    let tenant = acme.document.owner.tenant().unwrap();
    world.commit_below(vec![Operation::Create(acme)]).unwrap();
    let acme = TenantScope::for_job(tenant, "test");
    assert_eq!(step_as(world, &north, &acme), Err(StoreError::NotFound));
    assert!(block_on(world.store.load_tenant(&acme)).unwrap().is_some());
}

fn what_is_on_hold_is_not_erased(world: &World<'_>) {
    let acme = furnished(world, "acme.example", 5);
    let id = HoldId::new(world.number(), 0);
    let spec = Hold {
        name: "case-17".to_owned(),
        reason: "a lawsuit".to_owned(),
        user: None,
        extension: None,
    };
    world.create(&acme, write(id, acme.owner(), spec));
    let by = vec![Referrer {
        kind: KindName::Hold,
        id: id.to_string(),
        name: "case-17".to_owned(),
        field: "/owner".to_owned(),
    }];
    assert_eq!(step(world, &acme), Err(StoreError::InUse { by, more: 0 }));
    assert!(block_on(world.store.load_tenant(&acme)).unwrap().is_some());
}

fn a_name_of_an_erased_tenant_is_free(world: &World<'_>) {
    let acme = furnished(world, "acme.example", 5);
    erase(world, &acme);
    let again = furnished(world, "acme.example", 7);
    assert_ne!(acme.tenant(), again.tenant());
}

on_every_store!(
    of_an_erased_tenant_nothing_remains_and_its_neighbour_has_all,
    what_another_account_found_is_not_erased,
    a_reseller_erases_what_it_found_itself_also_among_its_own,
    what_is_on_hold_is_not_erased,
    a_name_of_an_erased_tenant_is_free,
);
