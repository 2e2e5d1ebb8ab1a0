//! From a key to a company, or to nothing.

use admin::tokens::{self, NewKey};
use admin::{access, tenants};
use ports::{Page, StoreError, TokenReach};
use store::block_on;
use tenancy::{Owner, Unresolved};

use crate::office::Scene;

#[test]
fn a_companys_key_enters_its_own_company_and_learns_of_no_other() {
    let scene = Scene::new();
    let (acme, globex) = (
        scene.company("acme.example"),
        scene.company("globex.example"),
    );
    let holder = scene.holder(Owner::Tenant(acme.tenant.id));
    let enter = |name: &str| {
        let name = Unresolved::new(name);
        let entered = access::enter(&scene.office, &holder, &name);
        block_on(entered).map(|entered| entered.scope.tenant())
    };
    let id = acme.tenant.id.to_string();
    for name in ["acme.example", &id] {
        assert_eq!(enter(name), Ok(acme.tenant.id));
    }
    let other = globex.tenant.id.to_string();
    for name in ["globex.example", &other, "nobody.example", ""] {
        assert_eq!(enter(name), Err(StoreError::NotFound.into()), "{name}");
    }
}

#[test]
fn an_operators_visit_is_noted_in_the_companys_trail_once_an_hour() {
    let scene = Scene::new();
    let acme = scene.company("acme.example");
    let operator = scene.holder(Owner::PLATFORM);
    let visits = || {
        let page = Page::first(100);
        let trail = block_on(tenants::audit(&scene.office, &acme.scope, &page)).unwrap();
        let by = operator.actor().to_string();
        let visits = trail.entries.iter().filter(|entry| entry.actor == by);
        visits
            .filter(|entry| entry.action == "tenant.entered")
            .count()
    };
    let name = Unresolved::new("acme.example");
    for (minutes, noted) in [(0, 1), (20, 1), (39, 1), (1, 2), (59, 2), (1, 3)] {
        scene.wait(minutes * 60_000);
        block_on(access::enter(&scene.office, &operator, &name)).unwrap();
        assert_eq!(visits(), noted, "after {minutes} minutes more");
    }
}

#[test]
fn a_key_that_is_unknown_revoked_expired_or_no_key_is_nobodys() {
    let scene = Scene::new();
    let who = |text: &str| block_on(access::authenticate(&scene.office, text)).unwrap();
    let reach = TokenReach::from(&scene.platform);
    let key = |expires| {
        let new = NewKey {
            expires,
            ..NewKey::of(Owner::PLATFORM, "key")
        };
        block_on(tokens::create(&scene.office, &reach, new)).unwrap()
    };
    let (revoked, text) = key(None);
    assert!(who(text.reveal()).is_some());
    block_on(tokens::revoke(&scene.office, &reach, revoked.id)).unwrap();
    assert!(who(text.reveal()).is_none());
    let soon = machine::WallTime::from_unix_ms(scene.office.now().unix_ms() + 1_000);
    let (_, text) = key(Some(soon));
    assert!(who(text.reveal()).is_some());
    scene.wait(1_000);
    assert!(who(text.reveal()).is_none());
    let unknown = tenancy::TokenText::from_entropy([9; 32]);
    for text in [unknown.reveal(), "", "stw_", "Bearer", "stw_%%%"] {
        assert!(who(text).is_none(), "{text}");
    }
}
