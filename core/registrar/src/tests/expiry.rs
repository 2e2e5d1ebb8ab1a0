//! How long bindings last: bounds, 423, and their ends in virtual time.

use super::scene::{HOUR, Scene, bound, contact, device, request, scope_of};
use crate::{ContactRequest, Outcome, Output, Registration};

const DESK: &str = "sip:101@198.51.100.7:5060";
const CELL: &str = "sip:101@203.0.113.9:5062";

fn for_seconds(cseq: u32, seconds: u32) -> Registration<'static> {
    Registration {
        expires: Some(seconds),
        ..request(cseq, &[DESK])
    }
}

#[test]
fn who_asks_for_no_time_gets_an_hour_and_who_asks_for_too_much_gets_two() {
    let mut scene = Scene::new();
    assert_eq!(scene.ask(&request(1, &[DESK])), bound(&[(DESK, HOUR)]));
    assert_eq!(scene.ask(&for_seconds(2, 7_200)), bound(&[(DESK, 7_200)]));
    assert_eq!(scene.ask(&for_seconds(3, 7_201)), bound(&[(DESK, 7_200)]));
    assert_eq!(
        scene.ask(&for_seconds(4, u32::MAX)),
        bound(&[(DESK, 7_200)])
    );
}

// rfc: 3261 §10.3
#[test]
fn who_asks_for_too_little_is_told_the_least_and_keeps_what_it_had() {
    let mut scene = Scene::new();
    assert_eq!(scene.ask(&for_seconds(1, 59)), Outcome::TooBrief(60));
    assert!(scene.registrar.is_empty());
    assert_eq!(scene.ask(&for_seconds(2, 60)), bound(&[(DESK, 60)]));
    assert_eq!(scene.ask(&for_seconds(3, 1)), Outcome::TooBrief(60));
    assert_eq!(scene.ask(&request(4, &[])), bound(&[(DESK, 60)]));
}

// rfc: 3261 §10.2.1.1
#[test]
fn a_contacts_own_time_goes_before_the_headers() {
    let mut scene = Scene::new();
    let mixed = Registration {
        contacts: vec![
            ContactRequest {
                expires: Some(120),
                ..contact(DESK)
            },
            contact(CELL),
        ],
        ..for_seconds(1, 300)
    };
    assert_eq!(scene.ask(&mixed), bound(&[(CELL, 300), (DESK, 120)]));
}

#[test]
fn one_contact_with_too_little_time_spoils_the_whole_request() {
    let mut scene = Scene::new();
    let mixed = Registration {
        contacts: vec![
            contact(CELL),
            ContactRequest {
                expires: Some(5),
                ..contact(DESK)
            },
        ],
        ..request(1, &[])
    };
    assert_eq!(scene.ask(&mixed), Outcome::TooBrief(60));
    assert_eq!(
        scene.reached(),
        Vec::<String>::new(),
        "all of it or nothing"
    );
}

#[test]
fn a_binding_ends_when_its_time_is_up_and_not_before() {
    let mut scene = Scene::new();
    scene.ask(&for_seconds(1, 60));
    scene.after(59);
    assert_eq!(scene.reached(), [DESK]);
    scene.out.clear();
    scene.after(1);
    assert!(scene.registrar.is_empty());
    let [
        Output::Removed { tenant, .. },
        Output::Changed {
            tenant: same,
            who: whose,
            bindings: 0,
        },
    ] = scene.out.as_slice()
    else {
        panic!("{:?}", scene.out);
    };
    assert_eq!((tenant, *whose), (same, device(1)));
}

#[test]
fn a_refresh_moves_the_end() {
    let mut scene = Scene::new();
    scene.ask(&for_seconds(1, 60));
    scene.after(50).ask(&for_seconds(2, 60));
    scene.after(59);
    assert_eq!(scene.reached(), [DESK]);
    scene.after(1);
    assert!(scene.registrar.is_empty());
}

#[test]
fn the_deadline_is_that_of_the_first_to_end() {
    let mut scene = Scene::new();
    assert_eq!(scene.registrar.deadline(), None);
    let begin = scene.now();
    scene.ask(&for_seconds(1, 600));
    let other = Registration {
        expires: Some(90),
        ..request(2, &[CELL])
    };
    scene.ask(&other);
    let due = scene.registrar.deadline().unwrap();
    let wait = due.saturating_since(begin).as_secs();
    assert!((90..=91).contains(&wait), "{wait} s");
    scene.after(91);
    assert_eq!(scene.reached(), [DESK]);
    let left = scene.registrar.deadline().unwrap();
    let wait = left.saturating_since(begin).as_secs();
    assert!((600..=601).contains(&wait), "{wait} s");
}

#[test]
fn bindings_that_end_together_all_end() {
    let mut scene = Scene::new();
    for n in 0..50 {
        let phone = Registration {
            expires: Some(60),
            ..request(1, &[DESK])
        };
        scene.ask_as(&scope_of(1 + n % 5), device(n), &phone);
    }
    assert_eq!(scene.registrar.len(), 50);
    scene.out.clear();
    scene.after(61);
    assert!(scene.registrar.is_empty());
    assert_eq!(scene.out.len(), 100);
    assert_eq!(scene.registrar.per_tenant().count(), 0);
}

#[test]
fn seconds_left_are_rounded_up_so_that_nobody_is_told_zero() {
    let mut scene = Scene::new();
    scene.ask(&for_seconds(1, 60));
    scene.after(59);
    assert_eq!(scene.ask(&request(2, &[])), bound(&[(DESK, 1)]));
}
