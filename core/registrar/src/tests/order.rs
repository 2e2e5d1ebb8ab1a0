//! Requests that arrive out of their order (RFC 3261 §10.3, steps 6 and 7).

use super::scene::{HOUR, Scene, bound, request, star};
use crate::{Outcome, Registration};

const DESK: &str = "sip:101@198.51.100.7:5060";
const CELL: &str = "sip:101@203.0.113.9:5062";

// rfc: 3261 §10.3
#[test]
fn an_older_or_the_same_request_again_does_not_touch_the_binding() {
    let mut scene = Scene::new();
    scene.ask(&request(7, &[DESK]));
    for cseq in [7, 6, 1] {
        assert_eq!(scene.ask(&request(cseq, &[DESK])), Outcome::OutOfOrder);
        let leave = Registration {
            expires: Some(0),
            ..request(cseq, &[DESK])
        };
        assert_eq!(scene.ask(&leave), Outcome::OutOfOrder);
        assert_eq!(scene.out, []);
    }
    assert_eq!(scene.ask(&request(8, &[DESK])), bound(&[(DESK, HOUR)]));
}

#[test]
fn a_phone_that_has_started_anew_counts_from_the_beginning() {
    let mut scene = Scene::new();
    scene.ask(&request(500, &[DESK]));
    let restarted = Registration {
        call_id: "another@phone",
        ..request(1, &[DESK])
    };
    assert_eq!(scene.ask(&restarted), bound(&[(DESK, HOUR)]));
    assert_eq!(
        scene.ask(&request(2, &[DESK])),
        bound(&[(DESK, HOUR)]),
        "the binding is compared with its last request only"
    );
}

#[test]
fn one_contacts_order_is_not_anothers() {
    let mut scene = Scene::new();
    scene.ask(&request(9, &[DESK]));
    let outcome = scene.ask(&request(3, &[CELL]));
    assert_eq!(outcome, bound(&[(CELL, HOUR), (DESK, HOUR)]));
}

#[test]
fn when_one_of_several_contacts_is_overtaken_none_is_served() {
    let mut scene = Scene::new();
    scene.ask(&request(9, &[DESK]));
    assert_eq!(scene.ask(&request(3, &[CELL, DESK])), Outcome::OutOfOrder);
    assert_eq!(scene.reached(), [DESK]);
}

#[test]
fn an_overtaken_star_removes_nothing() {
    let mut scene = Scene::new();
    scene.ask(&request(1, &[CELL]));
    scene.ask(&request(9, &[DESK]));
    assert_eq!(scene.ask(&star(5)), Outcome::OutOfOrder);
    assert_eq!(scene.reached().len(), 2, "all of it or nothing");
    assert_eq!(scene.ask(&star(10)), bound(&[]));
}

#[test]
fn a_late_question_is_still_answered() {
    let mut scene = Scene::new();
    scene.ask(&request(9, &[DESK]));
    assert_eq!(scene.ask(&request(3, &[])), bound(&[(DESK, HOUR)]));
}
