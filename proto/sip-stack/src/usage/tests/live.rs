//! The confirmed dialog: ends, INFO, OPTIONS, order and strangers.

use bytes::Bytes;
use sip_message::Name;

use super::pair::*;
use crate::usage::Phase;

/// The caller of a pair in conversation, its callee taken away.
fn alone() -> Pair {
    let mut pair = Pair::talking();
    pair.sides[B].raw = true;
    pair
}

// rfc: 3261 §15
#[test]
fn either_side_may_hang_up_and_say_why() {
    for (one, other) in [(A, B), (B, A)] {
        let mut pair = Pair::talking();
        let reason = Some("Q.850;cause=16");
        pair.order(one, |usage, step| usage.hang_up(reason, step))
            .unwrap();
        pair.run(SECOND);
        assert_eq!(pair.story(one), ["terminated"]);
        let story = ["ended PeerHungUp Q.850;cause=16", "terminated"];
        assert_eq!(pair.story(other), story);
        assert_eq!(pair.sent_by(other), ["200 BYE"]);
        pair.run(SECOND * 60);
        for side in &pair.sides {
            let figures = side.transactions.figures();
            assert_eq!((figures.clients, figures.servers), (0, 0));
        }
    }
}

#[test]
fn two_that_hang_up_at_once_both_end() {
    let mut pair = Pair::talking();
    for side in [A, B] {
        pair.order(side, |usage, step| usage.hang_up(None, step))
            .unwrap();
    }
    pair.run(SECOND);
    assert_eq!(pair.story(A), ["terminated"]);
    assert_eq!(pair.story(B), ["terminated"]);
}

// rfc: 6086 §4.2.2
#[test]
fn an_info_is_answered_and_told() {
    let mut pair = Pair::talking();
    let body = Bytes::from_static(b"Signal=5");
    pair.order(A, |usage, step| {
        usage.info("application/dtmf-relay", body, step)
    })
    .unwrap();
    pair.run(SECOND);
    assert_eq!(pair.story(B), ["info application/dtmf-relay Signal=5"]);
    assert_eq!(pair.sent_by(B), ["200 INFO"]);
}

#[test]
fn too_many_infos_at_once_are_untimely() {
    let mut pair = alone();
    let press = |pair: &mut Pair| {
        pair.order(A, |usage, step| {
            usage.info("text/plain", Bytes::new(), step)
        })
        .is_ok()
    };
    for _ in 0..crate::usage::MAX_INFOS {
        assert!(press(&mut pair));
    }
    assert!(!press(&mut pair));
    let info = pair.last_sent(A, "INFO").clone();
    pair.respond(A, &info, 200, "x", |_| {});
    assert!(press(&mut pair));
}

#[test]
fn options_tell_what_is_served_and_other_methods_are_not_allowed() {
    let mut pair = alone();
    pair.request(A, "OPTIONS", 5, |_| {});
    pair.request(A, "MESSAGE", 6, |_| {});
    pair.request(A, "FROBNICATE", 7, |_| {});
    let served = pair.last_sent(A, "200 OPTIONS");
    assert!(served.supports("replaces") && served.has(Name::Accept));
    for refusal in ["405 MESSAGE", "405 FROBNICATE"] {
        assert!(pair.last_sent(A, refusal).has(Name::Allow));
    }
}

// rfc: 3261 §12.2.2
#[test]
fn a_number_that_goes_back_is_answered_500() {
    let mut pair = alone();
    pair.request(A, "OPTIONS", 5, |_| {});
    pair.request(A, "INFO", 4, |_| {});
    assert_eq!(pair.sent_by(A), ["200 OPTIONS", "500 INFO"]);
    assert!(pair.story(A).is_empty());
}

// rfc: 3261 §8.2.2.3
#[test]
fn a_request_that_requires_the_unknown_is_answered_420() {
    let mut pair = alone();
    pair.request(A, "UPDATE", 5, |update| {
        update.text(Name::Require, "levitation");
    });
    assert_eq!(
        pair.last_sent(A, "420 UPDATE").header(Name::Unsupported),
        Some("levitation")
    );
}

#[test]
fn a_stranger_who_knows_our_tag_is_not_known() {
    let mut pair = alone();
    let dialog = pair.sides[A].usage.as_ref().unwrap().dialog().unwrap();
    let (to, call_id) = (
        dialog.local_address().to_owned(),
        dialog.call_id().to_owned(),
    );
    let bye = format!(
        "BYE sip:a@192.0.2.1 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.9;branch=z9hG4bKs\r\n\
         Max-Forwards: 70\r\nFrom: <sip:x@192.0.2.9>;tag=stranger\r\nTo: {to}\r\n\
         Call-ID: {call_id}\r\nCSeq: 99 BYE\r\nContent-Length: 0\r\n\r\n"
    );
    pair.put(A, bye.into());
    pair.run(SECOND);
    assert_eq!(pair.sent_by(A), ["481 BYE"]);
    assert_eq!(pair.phase(A), Phase::Live);
}

// rfc: 3261 §12.2.1.2
#[test]
fn a_peer_that_does_not_know_the_dialog_ends_it() {
    let mut pair = alone();
    pair.order(A, |usage, step| {
        usage.info("text/plain", Bytes::new(), step)
    })
    .unwrap();
    let info = pair.last_sent(A, "INFO").clone();
    pair.respond(A, &info, 481, "x", |_| {});
    assert_eq!(pair.story(A), ["ended DialogUnknown -", "terminated"]);
    assert_eq!(pair.sent_by(A), ["INFO", "BYE"], "it may think otherwise");
}

// rfc: 3261 §12.2.1.2
#[test]
fn a_peer_that_does_not_answer_ends_the_call() {
    let mut pair = alone();
    pair.order(A, |usage, step| {
        usage.info("text/plain", Bytes::new(), step)
    })
    .unwrap();
    pair.run(SECOND * 33);
    assert_eq!(pair.story(A), ["ended PeerSilent -", "terminated"]);
}

// rfc: 3262 §3
#[test]
fn a_prack_for_nothing_is_answered_481() {
    let mut pair = alone();
    pair.request(A, "PRACK", 5, |prack| {
        prack.text(Name::RAck, "1 1 INVITE");
    });
    assert_eq!(pair.sent_by(A), ["481 PRACK"]);
}
