//! Every order and every request in every state: what does not fit is untimely or refused, and
//! nothing else happens.

use bytes::Bytes;
use sip_message::Name;

use super::pair::*;
use crate::usage::{InviteUsage, Phase, Step, Untimely};

type Order = fn(&mut InviteUsage, &mut Step<'_>) -> Result<(), Untimely>;

/// All orders, by name.
const ORDERS: [(&str, Order); 15] = [
    ("ring", |u, s| u.ring(180, None, false, s)),
    ("answer", |u, s| u.answer(Some(sdp("m")), s)),
    ("refuse", |u, s| u.refuse(486, None, &[], s)),
    ("cancel", |u, s| u.cancel(None, s)),
    ("hang_up", |u, s| u.hang_up(None, s)),
    ("confirm", |u, s| u.confirm(sdp("m"), s)),
    ("reoffer", |u, s| u.reoffer(Some(sdp("m")), s)),
    ("reoffer", |u, s| u.reoffer(None, s)),
    ("answer_reoffer", |u, s| u.answer_reoffer(sdp("m"), s)),
    ("refuse_reoffer", |u, s| u.refuse_reoffer(488, &[], s)),
    ("info", |u, s| u.info("text/plain", Bytes::new(), s)),
    ("accept_refer", |u, s| u.accept_refer(1, s)),
    ("refuse_refer", |u, s| u.refuse_refer(1, 603, s)),
    ("notify_refer", |u, s| u.notify_refer(1, 200, s)),
    ("refer", |u, s| u.refer("<sip:c@192.0.2.3>", s)),
];

/// The states, each with the orders that fit it, of side A.
const STATES: [(&str, &[&str]); 13] = [
    ("calling", &["cancel", "hang_up"]),
    ("early", &["cancel", "hang_up"]),
    ("cancelled", &[]),
    ("live", &["hang_up", "reoffer", "info", "refer"]),
    (
        "confirming",
        &["hang_up", "confirm", "reoffer", "info", "refer"],
    ),
    ("offering", &["hang_up", "reoffer", "info", "refer"]),
    (
        "offered",
        &[
            "hang_up",
            "reoffer",
            "answer_reoffer",
            "refuse_reoffer",
            "info",
            "refer",
        ],
    ),
    (
        "referred",
        &[
            "hang_up",
            "reoffer",
            "accept_refer",
            "refuse_refer",
            "info",
            "refer",
        ],
    ),
    ("over", &[]),
    ("called", &["ring", "answer", "refuse", "hang_up"]),
    ("answering", &["hang_up", "reoffer", "info", "refer"]),
    ("leaving", &[]),
    ("refused", &[]),
];

/// The pair in a state, and the side that is in it.
fn enter(state: &str) -> (Pair, usize) {
    let side = match state {
        "called" | "answering" | "leaving" | "refused" => B,
        _ => A,
    };
    let mut pair = match state {
        "calling" | "early" | "cancelled" | "called" | "answering" | "leaving" | "refused" => {
            Pair::calling(Some("a0"))
        }
        "confirming" => {
            let mut pair = Pair::calling(None);
            pair.answer(Some("b0"));
            pair
        }
        _ => Pair::talking(),
    };
    pair.sides[1 - side].raw = !matches!(state, "early");
    match state {
        "early" => pair.order(B, |u, s| u.ring(180, None, false, s)).unwrap(),
        "cancelled" => pair.order(A, |u, s| u.cancel(None, s)).unwrap(),
        "offering" => pair.order(A, |u, s| u.reoffer(Some(sdp("x")), s)).unwrap(),
        "offered" => pair.request(A, "INVITE", 1, described("y")),
        "referred" => pair.request(A, "REFER", 1, |refer| {
            refer.text(Name::ReferTo, "<sip:c@192.0.2.3>");
        }),
        "over" => pair.order(A, |u, s| u.hang_up(None, s)).unwrap(),
        "answering" => pair.order(B, |u, s| u.answer(Some(sdp("b0")), s)).unwrap(),
        "leaving" => {
            pair.order(B, |u, s| u.answer(Some(sdp("b0")), s)).unwrap();
            pair.order(B, |u, s| u.hang_up(None, s)).unwrap();
        }
        "refused" => pair.order(B, |u, s| u.refuse(486, None, &[], s)).unwrap(),
        _ => {}
    }
    pair.run(SECOND / 10);
    pair.sides[1 - side].raw = true;
    pair.forget();
    (pair, side)
}

#[test]
fn orders_that_do_not_fit_are_untimely_and_change_nothing() {
    for (state, fitting) in STATES {
        for (name, order) in ORDERS {
            let (mut pair, side) = enter(state);
            let before = pair.phase(side);
            let result = pair.order(side, order);
            if fitting.contains(&name) {
                assert_eq!(result, Ok(()), "{name} in {state}");
                continue;
            }
            let untimely = result.expect_err(&format!("{name} in {state}"));
            assert_eq!((untimely.order, untimely.phase), (name, before));
            assert_eq!(pair.phase(side), before);
            assert!(
                pair.sent_by(side).is_empty(),
                "{name} in {state} sends nothing"
            );
            assert!(
                pair.story(side).is_empty(),
                "{name} in {state} tells nothing"
            );
        }
    }
}

#[test]
fn every_request_is_answered_in_every_state() {
    let methods = [
        "INVITE",
        "UPDATE",
        "PRACK",
        "BYE",
        "OPTIONS",
        "INFO",
        "REFER",
        "NOTIFY",
        "MESSAGE",
        "REGISTER",
        "FROBNICATE",
    ];
    for (state, _) in STATES {
        for method in methods {
            let (mut pair, side) = enter(state);
            if pair.sides[side].usage.as_ref().unwrap().dialog().is_none() {
                continue;
            }
            pair.request(side, method, 900, contact);
            // an INVITE or a REFER waits for our side; hanging up answers it
            let _ = pair.order(side, |usage, step| usage.hang_up(None, step));
            pair.run(SECOND / 10);
            let answered = pair
                .sent_by(side)
                .iter()
                .any(|title| title.ends_with(method));
            assert!(answered, "{method} in {state}: {:?}", pair.sent_by(side));
        }
    }
}

#[test]
fn every_state_comes_to_an_end_when_the_peer_is_gone_and_our_side_hangs_up() {
    for (state, _) in STATES {
        let (mut pair, side) = enter(state);
        let _ = pair.order(side, |usage, step| usage.hang_up(None, step));
        pair.run(SECOND * 110);
        assert_eq!(pair.phase(side), Phase::Over, "{state}");
        let figures = pair.sides[side].transactions.figures();
        assert_eq!((figures.clients, figures.servers), (0, 0), "{state}");
    }
}

#[test]
fn stray_acks_and_answers_are_ignored_in_every_state() {
    for (state, _) in STATES {
        let (mut pair, side) = enter(state);
        if pair.sides[side].usage.as_ref().unwrap().dialog().is_none() {
            continue;
        }
        let before = pair.phase(side);
        pair.request(side, "ACK", 900, |_| {});
        assert_eq!(pair.phase(side), before, "{state}");
        assert!(pair.story(side).is_empty(), "{state}");
    }
}
