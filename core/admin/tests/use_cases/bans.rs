//! Bans as operators make, see and lift them.

use std::time::Duration;

use admin::bans::{self, NewBan};
use domain::{BAN_LONGEST, Ban, BanCause};
use ports::{Page, StoreError};
use store::block_on;
use tenancy::PlatformScope;

use crate::office::Scene;

const HOUR_MS: i64 = 3_600_000;

fn by_hand(source: &str, hours: u64) -> NewBan {
    NewBan {
        source: source.parse().unwrap(),
        lasts: Duration::from_secs(3_600 * hours),
        note: "calls at night".to_owned(),
    }
}

fn sources(scene: &Scene, scope: &PlatformScope) -> Vec<String> {
    let bans = block_on(bans::list(&scene.office, scope)).unwrap();
    bans.iter().map(|ban| ban.source.to_string()).collect()
}

#[test]
fn a_ban_is_seen_as_long_as_it_holds_and_kept_for_the_next_one_after_that() {
    let (scene, scope) = (Scene::new(), PlatformScope::at_console());
    let add = |ban| block_on(bans::add(&scene.office, &scope, ban)).unwrap();
    add(by_hand("192.0.2.1", 1));
    add(by_hand("2001:db8::1", 30));
    assert_eq!(sources(&scene, &scope), ["192.0.2.1", "2001:db8::/64"]);
    scene.wait(HOUR_MS);
    assert_eq!(sources(&scene, &scope), ["2001:db8::/64"]);
    assert_eq!(block_on(bans::forget_old(&scene.office)), Ok(0));
    assert_eq!(block_on(bans::known(&scene.office)).unwrap().len(), 2);
    scene.wait(24 * HOUR_MS);
    assert_eq!(block_on(bans::forget_old(&scene.office)), Ok(1));
    assert_eq!(sources(&scene, &scope), ["2001:db8::/64"]);
}

#[test]
fn what_somebody_did_about_bans_is_in_the_trail_of_the_platform() {
    let (scene, scope) = (Scene::new(), PlatformScope::at_console());
    let office = &scene.office;
    block_on(bans::add(office, &scope, by_hand("192.0.2.1", 1))).unwrap();
    let source = "192.0.2.1".parse().unwrap();
    block_on(bans::lift(office, &scope, source)).unwrap();
    let again = block_on(bans::lift(office, &scope, source));
    assert_eq!(again, Err(StoreError::NotFound));
    let page = Page::first(100);
    let trail = block_on(office.store().account_audit(&scope.account(), &page)).unwrap();
    let acts = trail
        .entries
        .iter()
        .filter(|entry| entry.target == "192.0.2.1");
    let acts: Vec<&str> = acts.map(|entry| entry.action.as_str()).collect();
    assert_eq!(acts, ["ban.lifted", "ban.added"]);
}

#[test]
fn a_ban_out_of_bounds_is_refused_and_says_which_field() {
    let (scene, scope) = (Scene::new(), PlatformScope::at_console());
    let endless = NewBan {
        lasts: BAN_LONGEST + Duration::from_secs(1),
        ..by_hand("192.0.2.1", 1)
    };
    let long = NewBan {
        note: "x".repeat(201),
        ..by_hand("192.0.2.1", 1)
    };
    for (new, field) in [
        (by_hand("192.0.2.1", 0), "/seconds"),
        (endless, "/seconds"),
        (long, "/note"),
    ] {
        let refused = block_on(bans::add(&scene.office, &scope, new)).unwrap_err();
        let blamed = matches!(&refused, StoreError::Invalid(invalid) if invalid.field == field);
        assert!(blamed, "{field}: {refused:?}");
    }
    assert!(sources(&scene, &scope).is_empty());
}

#[test]
fn a_ban_by_hand_never_shortens_one_of_the_exchange() {
    let (scene, scope) = (Scene::new(), PlatformScope::at_console());
    let now = scene.office.now();
    let own = Ban {
        source: "192.0.2.1".parse().unwrap(),
        cause: BanCause::Guessing,
        begun: now,
        until: now + Duration::from_secs(24 * 3_600),
        strikes: 4,
        note: String::new(),
    };
    block_on(bans::keep(&scene.office, vec![own.clone()])).unwrap();
    let ban = block_on(bans::add(&scene.office, &scope, by_hand("192.0.2.1", 1)));
    assert_eq!(ban.unwrap(), own);
}
