//! API keys.

use domain::{AuditEntry, KindName, Limit, Quotas, TokenRecord, Topic};
use ids::{AuditId, TenantId, TokenId};
use ports::{Page, QuotaMet, Renewal, StoreError, TokenReach};
use store::block_on;
use tenancy::{Owner, TokenHash};

use crate::accounts::tenant_on;
use crate::on_every_store;
use crate::world::{World, all_keys, delete, platform, time};

fn token(number: u8, owner: Owner) -> TokenRecord {
    TokenRecord {
        id: TokenId::new(u64::from(number), 0),
        name: format!("key {number}"),
        owner,
        hash: TokenHash([number; 32]),
        created: time(1),
        expires: Some(time(900)),
        revoked: None,
        scopes: Vec::new(),
        former: None,
        used: None,
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
    block_on(world.store.put_token(&all_keys(), token, &audit))
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
        let found = block_on(world.store.tokens(&all_keys(), owner)).unwrap();
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
        block_on(world.store.revoke_token(&all_keys(), id, time(at), &audit))
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

fn get(world: &World<'_>, reach: &TokenReach, id: TokenId) -> Option<TokenRecord> {
    block_on(world.store.token(reach, id)).unwrap()
}

fn rotate(
    world: &World<'_>,
    reach: &TokenReach,
    id: TokenId,
    (hash, at, until): (u8, u64, u64),
) -> Result<TokenRecord, StoreError> {
    let renewal = Renewal {
        hash: TokenHash([hash; 32]),
        at: time(at),
        until: time(until),
    };
    let audit = AuditEntry {
        owner: reach.owner(),
        ..noted(world.number(), "token.rotated")
    };
    block_on(world.store.rotate_token(reach, id, renewal, &audit))
}

fn a_rotated_key_is_found_by_both_its_texts_and_no_third(world: &World<'_>) {
    let key = token(1, Owner::PLATFORM);
    put(world, &key).unwrap();
    let first = rotate(world, &all_keys(), key.id, (2, 10, 50)).unwrap();
    assert_eq!(first, key.clone().renewed(TokenHash([2; 32]), time(50)));
    assert_eq!(find(world, [1; 32]), Some(first.clone()));
    assert_eq!(find(world, [2; 32]), Some(first));
    let second = rotate(world, &all_keys(), key.id, (3, 20, 60)).unwrap();
    assert_eq!(find(world, [1; 32]), None, "the oldest text is gone");
    assert_eq!(find(world, [2; 32]), Some(second.clone()));
    assert_eq!(find(world, [3; 32]), Some(second));
}

fn an_ended_key_is_not_rotated(world: &World<'_>) {
    let key = token(1, Owner::PLATFORM);
    put(world, &key).unwrap();
    let late = rotate(world, &all_keys(), key.id, (2, 900, 950));
    assert_eq!(late, Err(StoreError::NotFound));
    assert_eq!(find(world, [1; 32]), Some(key));
    assert_eq!(trail(world), ["token.created"]);
}

fn a_tenant_reaches_its_own_keys_alone(world: &World<'_>) {
    let (acme, globex) = (world.tenant("acme.example"), world.tenant("globex.example"));
    let (own, other) = (token(1, acme.owner()), token(2, globex.owner()));
    let operators = token(3, Owner::PLATFORM);
    for key in [&other, &operators] {
        put(world, key).unwrap();
    }
    let reach = TokenReach::from(&acme);
    let put_inside = |key: &TokenRecord| {
        let audit = AuditEntry {
            owner: acme.owner(),
            ..noted(world.number(), "token.created")
        };
        block_on(world.store.put_token(&reach, key, &audit))
    };
    put_inside(&own).unwrap();
    assert_eq!(
        put_inside(&token(4, globex.owner())),
        Err(StoreError::NotFound)
    );
    assert_eq!(
        put_inside(&token(4, Owner::PLATFORM)),
        Err(StoreError::NotFound)
    );
    let listed = |owner| block_on(world.store.tokens(&reach, owner)).unwrap();
    assert_eq!(listed(None), std::slice::from_ref(&own));
    assert_eq!(listed(Some(globex.owner())), []);
    assert_eq!(get(world, &reach, own.id), Some(own.clone()));
    for key in [&other, &operators] {
        assert_eq!(get(world, &reach, key.id), None);
        let rotated = rotate(world, &reach, key.id, (9, 10, 50));
        assert_eq!(rotated, Err(StoreError::NotFound));
        let audit = noted(world.number(), "token.revoked");
        let revoked = world.store.revoke_token(&reach, key.id, time(10), &audit);
        assert_eq!(block_on(revoked), Err(StoreError::NotFound));
        assert_eq!(get(world, &all_keys(), key.id), Some(key.clone()));
    }
    rotate(world, &reach, own.id, (9, 10, 50)).unwrap();
    assert!(find(world, [9; 32]).is_some());
}

fn scopes_and_the_latest_use_are_kept(world: &World<'_>) {
    let mut key = token(1, Owner::PLATFORM);
    key.scopes = vec!["cdr.read".to_owned(), "extension.*".to_owned()];
    put(world, &key).unwrap();
    let used = |at| {
        let gone = TokenId::new(9, 9);
        let uses = vec![(key.id, time(at)), (gone, time(at))];
        block_on(world.store.write_uses(uses)).unwrap();
        find(world, [1; 32]).unwrap()
    };
    assert_eq!(used(50).used, Some(time(50)));
    assert_eq!(used(40).used, Some(time(50)), "a later use is known");
    assert_eq!(used(60).scopes, key.scopes);
}

fn a_plan_says_how_many_keys_a_tenant_has(world: &World<'_>) {
    let one = Quotas {
        keys: Some(1),
        ..Quotas::default()
    };
    let (_, acme) = tenant_on(world, one);
    let globex = world.tenant("globex.example");
    put(world, &token(8, globex.owner())).unwrap();
    put(world, &token(9, Owner::PLATFORM)).unwrap();
    let first = token(1, acme.owner());
    put(world, &first).unwrap();
    let met = QuotaMet {
        kind: Topic::Key,
        limit: Limit::by_plan(1),
        in_use: 1,
        wanted: 1,
    };
    let refused = StoreError::Quota(met);
    let second = token(2, acme.owner());
    assert_eq!(put(world, &second), Err(refused.clone()));
    let reach = TokenReach::from(&acme);
    let noted = |action| AuditEntry {
        owner: acme.owner(),
        ..noted(world.number(), action)
    };
    let audit = noted("token.created");
    let inside = world.store.put_token(&reach, &second, &audit);
    assert_eq!(block_on(inside), Err(refused));
    let audit = noted("token.revoked");
    block_on(world.store.revoke_token(&reach, first.id, time(5), &audit)).unwrap();
    put(world, &second).unwrap();
}

on_every_store!(
    a_rotated_key_is_found_by_both_its_texts_and_no_third,
    an_ended_key_is_not_rotated,
    a_tenant_reaches_its_own_keys_alone,
    scopes_and_the_latest_use_are_kept,
    a_plan_says_how_many_keys_a_tenant_has,
    a_key_is_found_by_its_hash_alone,
    a_tenants_key_needs_its_tenant,
    neither_hash_nor_id_is_taken_twice,
    keys_are_listed_in_the_order_of_their_ids,
    a_key_is_revoked_once_and_stays_known,
    a_tenants_keys_go_with_it,
);
