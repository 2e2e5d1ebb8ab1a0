//! API keys.

use domain::{AuditEntry, KindName, TokenRecord};
use ids::{AuditId, TenantId, TokenId};
use ports::{Page, StoreError};
use store::block_on;
use tenancy::{Owner, TokenHash};

use crate::on_every_store;
use crate::world::{World, delete, platform, time};

fn token(number: u8, owner: Owner) -> TokenRecord {
    TokenRecord {
        id: TokenId::new(u64::from(number), 0),
        name: format!("key {number}"),
        owner,
        hash: TokenHash([number; 32]),
        created: time(1),
        expires: Some(time(900)),
        revoked: None,
    }
}

fn noted(number: u64, action: &str) -> AuditEntry {
    AuditEntry {
        id: AuditId::new(number, 7),
        owner: Owner::PLATFORM,
        at: time(number),
        actor: "operator".to_owned(),
        action: action.to_owned(),
        target: String::new(),
        before: None,
        after: None,
        request: None,
    }
}

fn put(world: &World<'_>, token: &TokenRecord) -> Result<(), StoreError> {
    let audit = noted(world.number(), "token.created");
    block_on(world.store.put_token(&platform(), token, &audit))
}

fn find(world: &World<'_>, hash: [u8; 32]) -> Option<TokenRecord> {
    block_on(world.store.find_token(&TokenHash(hash))).unwrap()
}

fn trail(world: &World<'_>) -> Vec<String> {
    let page = block_on(world.store.account_audit(&platform(), &Page::default())).unwrap();
    page.entries.into_iter().map(|entry| entry.action).collect()
}

fn a_key_is_found_by_its_hash_alone(world: &World<'_>) {
    let acme = world.tenant("acme.example");
    let (operator, own) = (
        token(1, Owner::PLATFORM),
        token(2, Owner::Tenant(acme.tenant())),
    );
    put(world, &operator).unwrap();
    put(world, &own).unwrap();
    assert_eq!(find(world, [1; 32]), Some(operator));
    assert_eq!(find(world, [2; 32]), Some(own));
    assert_eq!(find(world, [3; 32]), None);
    assert_eq!(trail(world), ["token.created", "token.created"]);
}

fn a_tenants_key_needs_its_tenant(world: &World<'_>) {
    let key = token(1, Owner::Tenant(TenantId::new(9, 9)));
    assert_eq!(put(world, &key), Err(StoreError::NotFound));
    assert_eq!(trail(world), [""; 0], "what failed is not noted");
}

fn neither_hash_nor_id_is_taken_twice(world: &World<'_>) {
    put(world, &token(1, Owner::PLATFORM)).unwrap();
    let (mut same_hash, mut same_id) = (token(2, Owner::PLATFORM), token(1, Owner::PLATFORM));
    same_hash.hash = TokenHash([1; 32]);
    same_id.hash = TokenHash([2; 32]);
    for double in [same_hash, same_id] {
        let (space, key) = ("token".to_owned(), double.id.to_string());
        assert_eq!(
            put(world, &double),
            Err(StoreError::Conflict { space, key })
        );
    }
    assert_eq!(trail(world), ["token.created"]);
}

fn keys_are_listed_in_the_order_of_their_ids(world: &World<'_>) {
    let (acme, globex) = (world.tenant("acme.example"), world.tenant("globex.example"));
    let keys = [
        token(3, Owner::Tenant(acme.tenant())),
        token(1, Owner::PLATFORM),
        token(2, Owner::Tenant(globex.tenant())),
        token(4, Owner::Tenant(acme.tenant())),
    ];
    for key in &keys {
        put(world, key).unwrap();
    }
    let listed = |owner| {
        let found = block_on(world.store.tokens(&platform(), owner)).unwrap();
        found
            .into_iter()
            .map(|token| token.name)
            .collect::<Vec<_>>()
    };
    assert_eq!(listed(None), ["key 1", "key 2", "key 3", "key 4"]);
    assert_eq!(listed(Some(acme.owner())), ["key 3", "key 4"]);
    assert_eq!(listed(Some(TenantId::new(9, 9).into())), [""; 0]);
}

fn a_key_is_revoked_once_and_stays_known(world: &World<'_>) {
    let key = token(1, Owner::PLATFORM);
    put(world, &key).unwrap();
    let revoke = |id, at| {
        let audit = noted(world.number(), "token.revoked");
        block_on(world.store.revoke_token(&platform(), id, time(at), &audit))
    };
    revoke(key.id, 50).unwrap();
    revoke(key.id, 60).unwrap();
    let known = find(world, [1; 32]).unwrap();
    assert_eq!(
        (known.revoked, known.expires),
        (Some(time(50)), Some(time(900)))
    );
    assert_eq!(
        trail(world),
        ["token.revoked", "token.created"],
        "the second changes nothing"
    );
    assert_eq!(revoke(TokenId::new(9, 9), 50), Err(StoreError::NotFound));
}

fn a_tenants_keys_go_with_it(world: &World<'_>) {
    let acme = world.tenant("acme.example");
    put(world, &token(1, Owner::PLATFORM)).unwrap();
    put(world, &token(2, Owner::Tenant(acme.tenant()))).unwrap();
    let own = world.get(&acme, KindName::Tenant, "acme.example").unwrap();
    world.commit_below(vec![delete(&own)]).unwrap();
    assert_eq!(find(world, [2; 32]), None);
    assert!(find(world, [1; 32]).is_some());
}

on_every_store!(
    a_key_is_found_by_its_hash_alone,
    a_tenants_key_needs_its_tenant,
    neither_hash_nor_id_is_taken_twice,
    keys_are_listed_in_the_order_of_their_ids,
    a_key_is_revoked_once_and_stays_known,
    a_tenants_keys_go_with_it,
);
