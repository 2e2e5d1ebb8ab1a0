//! Keys of the API.

use admin::tokens;
use ids::{TenantId, TokenId};
use machine::WallTime;
use ports::StoreError;
use store::block_on;
use tenancy::Owner;

use crate::office::{MORNING, Scene};

#[test]
fn the_first_operators_key_is_made_once_and_anew_when_none_is_live() {
    let scene = Scene::new();
    let first = || block_on(tokens::first_operator(&scene.office, &scene.platform)).unwrap();
    let made = first().expect("there was none");
    assert!(first().is_none());
    let list = block_on(tokens::list(&scene.office, &scene.platform, None)).unwrap();
    assert_eq!(list.len(), 1);
    assert!(list[0].hash.matches(&made.hash()));
    block_on(tokens::revoke(&scene.office, &scene.platform, list[0].id)).unwrap();
    assert!(first().is_some());
}

#[test]
fn a_key_needs_a_name_a_future_and_its_company() {
    let scene = Scene::new();
    let create = |name: &str, role, expires| {
        let made = tokens::create(&scene.office, &scene.platform, name, role, expires);
        block_on(made).map(|_| ())
    };
    let field = |result: Result<(), StoreError>| match result {
        Err(StoreError::Invalid(invalid)) => invalid.field,
        other => format!("{other:?}"),
    };
    let long = "x".repeat(65);
    for name in ["", "   ", "a\nb", &long] {
        assert_eq!(field(create(name, Owner::PLATFORM, None)), "/name");
    }
    let now = Some(WallTime::from_unix_ms(MORNING));
    assert_eq!(field(create("key", Owner::PLATFORM, now)), "/expires");
    let nowhere = Owner::Tenant(TenantId::new(1, 1));
    assert_eq!(create("key", nowhere, None), Err(StoreError::NotFound));
    let nothing = block_on(tokens::revoke(
        &scene.office,
        &scene.platform,
        TokenId::new(1, 1),
    ));
    assert_eq!(nothing, Err(StoreError::NotFound));
}
