//! Keys of the API.

use std::time::Duration;

use admin::tokens::{self, NewKey};
use admin::{access, key_uses};
use domain::{Limit, TOKEN_OVERLAP_MAX, TOKENS_ENDED_KEPT, TOKENS_MAX, TokenRecord, Topic};
use ids::{TenantId, TokenId};
use machine::WallTime;
use ports::{QuotaMet, StoreError, TokenReach};
use store::block_on;
use tenancy::{Owner, TokenText};

use crate::office::{MORNING, Scene};

fn reach(scene: &Scene) -> TokenReach {
    TokenReach::from(&scene.platform)
}

fn create(scene: &Scene, new: NewKey) -> Result<(TokenRecord, TokenText), StoreError> {
    block_on(tokens::create(&scene.office, &reach(scene), new))
}

fn opens(scene: &Scene, text: &TokenText) -> bool {
    let found = block_on(access::authenticate(&scene.office, text.reveal())).unwrap();
    found.is_some()
}

fn field<T: std::fmt::Debug>(result: Result<T, StoreError>) -> String {
    match result {
        Err(StoreError::Invalid(invalid)) => invalid.field,
        other => format!("{other:?}"),
    }
}

#[test]
fn the_first_operators_key_is_made_once_and_anew_when_none_is_live() {
    let scene = Scene::new();
    let first = || block_on(tokens::first_operator(&scene.office, &scene.platform)).unwrap();
    let made = first().expect("there was none");
    assert!(first().is_none());
    let list = block_on(tokens::list(&scene.office, &reach(&scene), None)).unwrap();
    assert_eq!(list.len(), 1);
    assert!(list[0].hash.matches(&made.hash()));
    block_on(tokens::revoke(&scene.office, &reach(&scene), list[0].id)).unwrap();
    assert!(first().is_some());
}

#[test]
fn a_key_needs_a_name_a_future_permissions_and_its_company() {
    let scene = Scene::new();
    let key = NewKey::of(Owner::PLATFORM, "key");
    let long = "x".repeat(65);
    for name in ["", "   ", "a\nb", &long] {
        let named = NewKey::of(Owner::PLATFORM, name);
        assert_eq!(field(create(&scene, named)), "/name");
    }
    let expires = Some(WallTime::from_unix_ms(MORNING));
    let late = NewKey {
        expires,
        ..key.clone()
    };
    assert_eq!(field(create(&scene, late)), "/expires");
    let scopes = vec!["cdr.read".to_owned(), "cdr.fly".to_owned()];
    assert_eq!(field(create(&scene, NewKey { scopes, ..key })), "/scopes/1");
    let nowhere = NewKey::of(Owner::Tenant(TenantId::new(1, 1)), "key");
    assert_eq!(create(&scene, nowhere).unwrap_err(), StoreError::NotFound);
    let (reach, nothing) = (reach(&scene), TokenId::new(1, 1));
    let revoked = tokens::revoke(&scene.office, &reach, nothing);
    assert_eq!(block_on(revoked), Err(StoreError::NotFound));
}

#[test]
fn a_rotated_key_opens_with_both_texts_until_the_overlap_ends() {
    let scene = Scene::new();
    let (key, old) = create(&scene, NewKey::of(Owner::PLATFORM, "key")).unwrap();
    let rotate = |seconds| {
        let overlap = Duration::from_secs(seconds);
        block_on(tokens::rotate(
            &scene.office,
            &reach(&scene),
            key.id,
            overlap,
        ))
    };
    let (_, new) = rotate(60).unwrap();
    assert!(opens(&scene, &old) && opens(&scene, &new));
    scene.wait(59_999);
    assert!(opens(&scene, &old));
    scene.wait(1);
    assert!(!opens(&scene, &old) && opens(&scene, &new));
}

#[test]
fn a_second_rotation_during_the_overlap_ends_the_oldest_text() {
    let scene = Scene::new();
    let (key, first) = create(&scene, NewKey::of(Owner::PLATFORM, "key")).unwrap();
    let rotate = || {
        let overlap = Duration::from_secs(60);
        let reach = reach(&scene);
        let made = tokens::rotate(&scene.office, &reach, key.id, overlap);
        block_on(made).unwrap().1
    };
    let (second, third) = (rotate(), rotate());
    let open = [&first, &second, &third].map(|text| opens(&scene, text));
    assert_eq!(open, [false, true, true]);
}

#[test]
fn a_rotation_has_a_longest_overlap_and_an_ended_key_none() {
    let scene = Scene::new();
    let (key, _) = create(&scene, NewKey::of(Owner::PLATFORM, "key")).unwrap();
    let rotate = |overlap| {
        let reach = reach(&scene);
        let made = tokens::rotate(&scene.office, &reach, key.id, overlap);
        block_on(made).map(|_| ())
    };
    let long = TOKEN_OVERLAP_MAX + Duration::from_secs(1);
    assert_eq!(field(rotate(long)), "/overlap_seconds");
    rotate(TOKEN_OVERLAP_MAX).unwrap();
    block_on(tokens::revoke(&scene.office, &reach(&scene), key.id)).unwrap();
    assert_eq!(field(rotate(TOKEN_OVERLAP_MAX)), "");
}

#[test]
fn an_owner_has_so_many_live_keys_and_ended_ones_are_forgotten_in_the_end() {
    let scene = Scene::new();
    let make = || create(&scene, NewKey::of(Owner::PLATFORM, "key"));
    let known = || block_on(tokens::list(&scene.office, &reach(&scene), None)).unwrap();
    for _ in 0..TOKENS_MAX {
        make().unwrap();
    }
    let met = QuotaMet {
        kind: Topic::Key,
        limit: Limit::by_exchange(TOKENS_MAX),
        in_use: u64::from(TOKENS_MAX),
        wanted: 1,
    };
    let refused = make().map(|_| ());
    assert_eq!(refused, Err(StoreError::Quota(met)));
    for key in known() {
        block_on(tokens::revoke(&scene.office, &reach(&scene), key.id)).unwrap();
    }
    make().unwrap();
    let kept = usize::try_from(TOKENS_ENDED_KEPT).unwrap();
    assert_eq!(known().len(), kept + 1);
}

#[test]
fn the_last_use_is_known_to_the_hour_and_written_once() {
    let scene = Scene::new();
    let (key, text) = create(&scene, NewKey::of(Owner::PLATFORM, "key")).unwrap();
    let kept = || block_on(tokens::get(&scene.office, &reach(&scene), key.id)).unwrap();
    assert!(opens(&scene, &text));
    assert_eq!(kept().used, None, "nothing is written while it is used");
    let hour = WallTime::from_unix_ms(scene.office.now().unix_ms() / 3_600_000 * 3_600_000);
    assert_eq!(key_uses::shown(&scene.office, kept()).used, Some(hour));
    assert_eq!(block_on(key_uses::write(&scene.office)), Ok(1));
    assert_eq!(kept().used, Some(hour));
    assert!(opens(&scene, &text));
    assert_eq!(key_uses::waiting(&scene.office), 0, "the hour is known");
    scene.wait(3_600_000);
    assert!(opens(&scene, &text));
    assert_eq!(key_uses::waiting(&scene.office), 1);
}
