//! A store that is away says so, at once, to every call.

use domain::{AuditEntry, KindName, TokenRecord};
use ids::{AuditId, CdrId, TenantId, TokenId};
use ports::{CdrQuery, Fault, Page, Reply, StoreError, Stores};
use store::{MemoryStore, block_on};
use tenancy::{Owner, TenantScope, TokenHash};

use crate::cdrs::late_report;
use crate::disk::Disk;
use crate::world::{World, all_keys, cdr, platform, time};

fn every_call_answers_unavailable(world: &World<'_>) {
    for (call, error) in answers(world) {
        let error = error.unwrap_or_else(|| panic!("{call} succeeded"));
        assert!(
            matches!(error, StoreError::Unavailable { .. }),
            "{call}: {error}"
        );
        assert!(error.may_retry() && error.whose_fault() == Fault::World);
    }
}

/// What each call of the contract fails with.
fn answers(world: &World<'_>) -> Vec<(&'static str, Option<StoreError>)> {
    let (store, operator) = (world.store, platform());
    let scope = TenantScope::for_job(TenantId::new(1, 1), "test");
    let (kind, page) = (KindName::Extension, Page::default());
    let change = || world.change(Vec::new());
    let mut calls = vec![
        ("get", block_on(store.get(&scope, kind, "101")).err()),
        ("list", block_on(store.list(&scope, kind, &page)).err()),
        ("count", block_on(store.count(&scope, kind)).err()),
        ("commit", block_on(store.commit(&scope, change())).err()),
        (
            "history",
            block_on(store.history(&scope, kind, "101")).err(),
        ),
        ("audit", block_on(store.audit(&scope, &page)).err()),
        (
            "cdrs",
            block_on(store.cdrs(&scope, &CdrQuery::default())).err(),
        ),
        ("cdr", block_on(store.cdr(&scope, CdrId::new(1, 1))).err()),
        (
            "commit_below",
            block_on(store.commit_below(&operator, change())).err(),
        ),
        (
            "list_below",
            block_on(store.list_below(&operator, KindName::Tenant, &page)).err(),
        ),
        (
            "get_below",
            block_on(store.get_below(&operator, KindName::Tenant, "a.example")).err(),
        ),
        ("tokens", block_on(store.tokens(&all_keys(), None)).err()),
        (
            "account_audit",
            block_on(store.account_audit(&operator, &page)).err(),
        ),
        ("directory", block_on(store.directory()).err()),
        ("tenant_ids", block_on(store.tenant_ids()).err()),
        ("load_tenant", block_on(store.load_tenant(&scope)).err()),
        (
            "load_tenants",
            block_on(store.load_tenants(std::slice::from_ref(&scope))).err(),
        ),
        ("feed", block_on(store.feed(0, 1)).err()),
        ("setting", block_on(store.setting("realm")).err()),
        (
            "setting_or_insert",
            block_on(store.setting_or_insert("realm", "x")).err(),
        ),
        (
            "write_cdrs",
            block_on(store.write_cdrs(vec![cdr(scope.tenant(), 1)])).err(),
        ),
        (
            "write_late_reports",
            block_on(store.write_late_reports(vec![late_report(&cdr(scope.tenant(), 1))])).err(),
        ),
    ];
    calls.extend(answers_at_the_door(store));
    calls
}

fn answers_at_the_door(store: &dyn Stores) -> [(&'static str, Option<StoreError>); 8] {
    let operator = platform();
    let token = TokenRecord {
        id: TokenId::new(1, 1),
        name: "key".to_owned(),
        owner: Owner::PLATFORM,
        hash: TokenHash([1; 32]),
        created: time(1),
        expires: None,
        revoked: None,
        scopes: Vec::new(),
        former: None,
        used: None,
    };
    let audit = AuditEntry {
        id: AuditId::new(1, 1),
        owner: Owner::PLATFORM,
        at: time(1),
        actor: String::new(),
        action: String::new(),
        target: String::new(),
        before: None,
        after: None,
        request: None,
    };
    let reply = Reply {
        status: 200,
        headers: Vec::new(),
        body: Vec::new(),
    };
    let reach = all_keys();
    let revoked = store.revoke_token(&reach, token.id, time(1), &audit);
    [
        (
            "put_token",
            block_on(store.put_token(&all_keys(), &token, &audit)).err(),
        ),
        ("revoke_token", block_on(revoked).err()),
        ("note", block_on(store.note(&operator, &audit)).err()),
        ("find_token", block_on(store.find_token(&token.hash)).err()),
        (
            "begin",
            block_on(store.begin("key", &[1; 32], time(1))).err(),
        ),
        (
            "finish",
            block_on(store.finish("key", &reply, time(1))).err(),
        ),
        ("abandon", block_on(store.abandon("key")).err()),
        (
            "take_once",
            block_on(store.take_once(&[1; 32], time(2), time(1))).err(),
        ),
    ]
}

#[test]
fn a_memory_store_taken_away_comes_back_as_it_was() {
    let memory = MemoryStore::new();
    let world = World::over(&memory);
    let acme = world.tenant("acme.example");
    memory.set_available(false);
    every_call_answers_unavailable(&world);
    memory.set_available(true);
    assert!(world.get(&acme, KindName::Tenant, "acme.example").is_some());
}

#[test]
fn a_closed_sqlite_store_serves_nobody() {
    let disk = Disk::new();
    let sqlite = disk.open();
    let world = World::over(&sqlite);
    world.tenant("acme.example");
    sqlite.close();
    every_call_answers_unavailable(&world);
    assert_eq!(world.store.changed(), 1, "what is known stays known");
}
