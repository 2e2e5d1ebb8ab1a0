//! Everything has its bound.

use super::scene::{HOUR, Scene, bound, device, request, scope_of};
use crate::{Limits, Outcome, Registration};

const DESK: &str = "sip:101@198.51.100.7:5060";

fn uris(count: usize) -> Vec<String> {
    (0..count).map(|n| format!("sip:101@h:{n}")).collect()
}

#[test]
fn a_phone_that_always_comes_from_a_new_port_is_never_locked_out() {
    let mut scene = Scene::new();
    for (cseq, uri) in (1..).zip(uris(25)) {
        let outcome = scene.ask(&request(cseq, &[&uri]));
        assert!(matches!(outcome, Outcome::Bound(_)), "{outcome:?}");
        scene.after(1);
    }
    let newest: Vec<String> = uris(25).into_iter().rev().take(10).collect();
    assert_eq!(scene.reached(), newest, "the longest silent ones have gone");
    assert_eq!(scene.registrar.len(), 10);
}

#[test]
fn a_binding_that_is_refreshed_outlives_younger_ones_that_are_not() {
    let mut scene = Scene::new();
    scene.ask(&request(1, &[DESK]));
    for (cseq, uri) in (2..).zip(uris(10)) {
        scene.after(1).ask(&request(cseq, &[&uri]));
        scene.after(1).ask(&Registration {
            call_id: "desk",
            ..request(cseq, &[DESK])
        });
    }
    assert!(scene.reached().contains(&DESK.to_owned()));
    assert!(!scene.reached().contains(&uris(1)[0]));
}

#[test]
fn a_request_that_asks_for_more_than_a_device_may_hold_is_refused_whole() {
    let mut scene = Scene::with(Limits {
        bindings_per_device: 2,
        ..Limits::default()
    });
    let three = uris(3);
    let three: Vec<&str> = three.iter().map(String::as_str).collect();
    assert_eq!(scene.ask(&request(1, &three)), Outcome::TooMany(2));
    assert!(scene.registrar.is_empty());
    let both = scene.ask(&request(2, &three[..2]));
    assert_eq!(both, bound(&[(three[1], HOUR), (three[0], HOUR)]));
}

#[test]
fn too_many_contacts_too_long_ones_and_too_long_paths_are_bad_requests() {
    let mut scene = Scene::new();
    let many = uris(11);
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    let long = format!("sip:{}@h", "1".repeat(512));
    let fits = format!("sip:{}@h", "1".repeat(506));
    let hop = "<sip:edge;lr>";
    let path = |path: Vec<&'static str>| Registration {
        path,
        ..request(1, &[DESK])
    };
    assert_eq!(fits.len(), 512);
    let bad = |outcome: Outcome| matches!(outcome, Outcome::Bad(_));
    assert!(bad(scene.ask(&request(1, &many))));
    assert!(bad(scene.ask(&request(1, &[&long]))));
    assert!(bad(scene.ask(&path(vec![hop; 5]))));
    assert!(scene.registrar.is_empty());
    assert!(!bad(scene.ask(&request(1, &[&fits]))));
    assert!(!bad(scene.ask(&path(vec![hop; 4]))));
}

#[test]
fn a_full_exchange_takes_no_new_device_but_serves_those_it_has() {
    let mut scene = Scene::with(Limits {
        bindings: 2,
        bindings_per_device: 1,
        ..Limits::default()
    });
    let scope = scope_of(1);
    for n in 0..2 {
        scene.ask_as(&scope, device(n), &request(1, &[DESK]));
    }
    let third = scene.ask_as(&scope, device(2), &request(1, &[DESK]));
    assert_eq!(third, Outcome::Full);
    let refresh = scene.ask_as(&scope, device(1), &request(2, &[DESK]));
    assert_eq!(refresh, bound(&[(DESK, HOUR)]));
    let moved = scene.ask_as(&scope, device(1), &request(3, &["sip:new@h"]));
    assert_eq!(moved, bound(&[("sip:new@h", HOUR)]), "one goes, one comes");
    scene.after(HOUR + 1);
    let third = scene.ask_as(&scope, device(2), &request(2, &[DESK]));
    assert_eq!(third, bound(&[(DESK, HOUR)]));
}

#[test]
fn a_long_name_of_a_phone_is_cut_between_characters() {
    let mut scene = Scene::new();
    let name = "é".repeat(100);
    scene.ask(&Registration {
        user_agent: &name,
        ..request(1, &[DESK])
    });
    let kept = &scene.registrar.all(&scope_of(1))[0].user_agent;
    assert_eq!(kept.len(), 128);
    assert!(name.starts_with(&**kept));
}
