//! New offers in both directions, and what becomes of two at once.

use sip_message::Name;

use super::pair::*;
use crate::usage::{MAX_RETRIES, Phase};

fn offer(pair: &mut Pair, side: usize, text: &str) {
    let offer = sdp(text);
    pair.order(side, |usage, step| usage.reoffer(Some(offer), step))
        .unwrap();
}

fn reply(pair: &mut Pair, side: usize, text: &str) {
    let answer = sdp(text);
    pair.order(side, |usage, step| usage.answer_reoffer(answer, step))
        .unwrap();
}

/// The caller of a pair in conversation, its callee taken away.
fn alone() -> Pair {
    let mut pair = Pair::talking();
    pair.sides[B].raw = true;
    pair
}

#[test]
fn either_side_may_offer_anew() {
    for (one, other) in [(A, B), (B, A)] {
        let mut pair = Pair::talking();
        offer(&mut pair, one, "x1");
        pair.run(SECOND);
        assert_eq!(pair.story(other), ["offered x1"]);
        reply(&mut pair, other, "y1");
        pair.run(SECOND);
        assert_eq!(pair.story(one), ["reoffer answered y1"]);
        assert_eq!(pair.sent_by(one), ["INVITE", "ACK"]);
    }
}

// rfc: 3261 §14.1
#[test]
fn a_refused_offer_leaves_what_was_agreed() {
    let mut pair = Pair::talking();
    offer(&mut pair, A, "x1");
    pair.run(SECOND);
    pair.order(B, |usage, step| usage.refuse_reoffer(488, &[], step))
        .unwrap();
    pair.run(SECOND);
    assert_eq!(pair.story(A), ["reoffer refused 488"]);
    assert_eq!((pair.phase(A), pair.phase(B)), (Phase::Live, Phase::Live));
    assert!(
        pair.order(B, |usage, step| usage.refuse_reoffer(488, &[], step))
            .is_err()
    );
}

#[test]
fn a_peer_that_is_asked_offers_and_is_answered_by_the_ack() {
    let mut pair = Pair::talking();
    pair.order(A, |usage, step| usage.reoffer(None, step))
        .unwrap();
    pair.run(SECOND / 10);
    assert_eq!(pair.story(B), ["offered -"]);
    reply(&mut pair, B, "b1");
    pair.run(SECOND / 10);
    assert_eq!(pair.story(A), ["reoffer answered b1"]);
    pair.order(A, |usage, step| usage.confirm(sdp("a1"), step))
        .unwrap();
    pair.run(SECOND / 10);
    assert_eq!(pair.story(B), ["offered -", "confirmed a1"]);
}

// rfc: 3261 §14.1
#[test]
fn offers_that_cross_are_both_refused_with_491_and_tried_again_at_different_times() {
    let mut pair = Pair::talking();
    offer(&mut pair, A, "x1");
    offer(&mut pair, B, "y1");
    pair.run(SECOND / 10);
    assert_eq!(pair.all_sent(A, "491 INVITE").len(), 1);
    assert_eq!(pair.all_sent(B, "491 INVITE").len(), 1);
    for _ in 0..100 {
        pair.run(SECOND / 10);
        for side in [A, B] {
            let answer = sdp("answer");
            let _open = pair.order(side, |usage, step| usage.answer_reoffer(answer, step));
        }
    }
    assert!(
        pair.story(A)
            .contains(&"reoffer answered answer".to_owned())
    );
    assert!(
        pair.story(B)
            .contains(&"reoffer answered answer".to_owned())
    );
    let (of_a, of_b) = (pair.times(A, "INVITE"), pair.times(B, "INVITE"));
    assert!(
        (2_100..4_200).contains(&of_a[1]),
        "the caller waits longer: {of_a:?}"
    );
    assert!(of_b[1] < 2_200, "{of_b:?}");
}

#[test]
fn an_offer_that_is_refused_with_491_for_ever_is_given_up() {
    let mut pair = alone();
    offer(&mut pair, A, "x1");
    for _ in 0..=MAX_RETRIES {
        let invite = pair.last_sent(A, "INVITE").clone();
        pair.respond(A, &invite, 491, "x", |_| {});
        pair.run(SECOND * 5);
    }
    let invites = pair.all_sent(A, "INVITE");
    let mut numbers: Vec<u32> = invites
        .iter()
        .map(|invite| invite.cseq().unwrap().number)
        .collect();
    numbers.dedup();
    assert_eq!(numbers.len(), usize::from(MAX_RETRIES) + 1);
    assert_eq!(pair.story(A), ["reoffer refused 491"]);
}

#[test]
fn an_overlap_is_tried_again_after_the_time_it_names() {
    let mut pair = alone();
    offer(&mut pair, A, "x1");
    let invite = pair.last_sent(A, "INVITE").clone();
    pair.respond(A, &invite, 500, "x", |builder| {
        builder.text(Name::RetryAfter, "4");
    });
    pair.run(SECOND * 5);
    let times = pair.times(A, "INVITE");
    assert!((4_000..4_100).contains(&times[1]), "{times:?}");
    let again = pair.last_sent(A, "INVITE").clone();
    pair.respond(A, &again, 200, "x", described("y1"));
    assert_eq!(pair.story(A), ["reoffer answered y1"]);
}

// rfc: 3261 §14.2
#[test]
fn a_second_request_before_the_answer_overlaps() {
    let mut pair = alone();
    pair.request(A, "INVITE", 5, described("y1"));
    pair.request(A, "INVITE", 6, described("y2"));
    pair.request(A, "UPDATE", 7, described("y3"));
    assert_eq!(pair.story(A), ["offered y1"]);
    for title in ["500 INVITE", "500 UPDATE"] {
        let wait = pair.last_sent(A, title).retry_after().unwrap();
        assert!(wait <= 10);
    }
}

// rfc: 3311 §5.2
#[test]
fn an_update_that_crosses_our_offer_is_refused_with_491_and_a_bare_one_is_not() {
    let mut pair = alone();
    offer(&mut pair, A, "x1");
    pair.request(A, "UPDATE", 5, described("y1"));
    pair.request(A, "UPDATE", 6, contact);
    assert_eq!(pair.sent_by(A), ["INVITE", "491 UPDATE", "200 UPDATE"]);
    assert_eq!(pair.story(A), ["refreshed -"]);
}

// rfc: 3311 §5.2
#[test]
fn an_offer_by_update_is_answered_by_its_200() {
    let mut pair = alone();
    pair.request(A, "UPDATE", 5, described("y1"));
    reply(&mut pair, A, "x1");
    let answer = pair.last_sent(A, "200 UPDATE");
    assert_eq!(named(Some(&answer.body_bytes())), "x1");
    assert!(
        pair.order(A, |usage, step| usage.answer_reoffer(sdp("x2"), step))
            .is_err()
    );
}

// rfc: 3264 §4
#[test]
fn offers_wait_their_turn_and_the_latest_is_made() {
    let mut pair = alone();
    offer(&mut pair, A, "x1");
    offer(&mut pair, A, "x2");
    offer(&mut pair, A, "x3");
    let invite = pair.last_sent(A, "INVITE").clone();
    pair.respond(A, &invite, 200, "x", described("y1"));
    let next = pair.last_sent(A, "INVITE").clone();
    assert_eq!(named(Some(&next.body_bytes())), "x3");
    pair.respond(A, &next, 200, "x", described("y3"));
    assert_eq!(
        pair.story(A),
        ["reoffer answered y1", "reoffer answered y3"]
    );
}

#[test]
fn an_offer_taken_back_by_cancel_is_withdrawn() {
    let mut pair = alone();
    pair.request(A, "INVITE", 5, described("y1"));
    let via = pair.last_hand_via();
    pair.request(A, "CANCEL", 5, |_| {});
    assert!(
        pair.all_sent(A, "487 INVITE").is_empty(),
        "another branch cancels nothing"
    );
    let cancel = pair.raw_in_dialog("CANCEL", 5, &via);
    pair.put(A, cancel);
    pair.run(SECOND);
    assert_eq!(pair.story(A), ["offered y1", "offer withdrawn"]);
    assert_eq!(pair.all_sent(A, "487 INVITE").first().map(|_| ()), Some(()));
    assert!(
        pair.order(A, |usage, step| usage.answer_reoffer(sdp("x1"), step))
            .is_err()
    );
    assert_eq!(pair.phase(A), Phase::Live);
}

// rfc: 3311 §5.2
#[test]
fn an_offer_that_our_side_does_not_answer_is_refused_with_504() {
    let mut pair = alone();
    pair.request(A, "UPDATE", 5, described("y1"));
    pair.run(SECOND * 21);
    assert_eq!(pair.story(A), ["offered y1", "offer withdrawn"]);
    assert_eq!(pair.all_sent(A, "504 UPDATE").len(), 1);
    pair.request(A, "INVITE", 6, described("y2"));
    pair.run(SECOND * 61);
    assert!(!pair.all_sent(A, "504 INVITE").is_empty());
}

#[test]
fn a_reinvite_that_never_ends_is_cancelled_and_then_given_up() {
    let mut pair = alone();
    offer(&mut pair, A, "x1");
    let invite = pair.last_sent(A, "INVITE").clone();
    pair.respond(A, &invite, 100, "x", |_| {});
    pair.run(SECOND * 61);
    let cancel = pair.last_sent(A, "CANCEL");
    assert_eq!(
        cancel.top_via().unwrap().branch(),
        invite.top_via().unwrap().branch()
    );
    pair.run(SECOND * 33);
    assert_eq!(pair.story(A), ["ended PeerSilent -", "terminated"]);
}

// rfc: 6141 §3.4
#[test]
fn a_reinvite_that_was_cancelled_in_time_is_a_refused_offer() {
    let mut pair = alone();
    offer(&mut pair, A, "x1");
    let invite = pair.last_sent(A, "INVITE").clone();
    pair.respond(A, &invite, 100, "x", |_| {});
    pair.run(SECOND * 61);
    pair.respond(A, &invite, 487, "x", |_| {});
    assert_eq!(pair.story(A), ["reoffer refused 487"]);
}

#[test]
fn a_peer_that_is_gone_is_noticed_by_an_offer() {
    for (status, story) in [(481, "ended DialogUnknown -"), (408, "ended PeerSilent -")] {
        let mut pair = alone();
        offer(&mut pair, A, "x1");
        let invite = pair.last_sent(A, "INVITE").clone();
        pair.respond(A, &invite, status, "x", |_| {});
        assert_eq!(pair.story(A), [story, "terminated"]);
    }
    let mut pair = alone();
    offer(&mut pair, A, "x1");
    pair.run(SECOND * 33);
    assert_eq!(pair.story(A), ["ended PeerSilent -", "terminated"]);
}

#[test]
fn a_new_invite_proves_that_our_answer_has_come() {
    let mut pair = alone();
    pair.request(A, "INVITE", 5, described("y1"));
    reply(&mut pair, A, "x1");
    pair.request(A, "INVITE", 6, described("y2"));
    reply(&mut pair, A, "x2");
    assert_eq!(pair.story(A), ["offered y1", "offered y2"]);
    pair.request(A, "ACK", 5, |_| {});
    pair.request(A, "ACK", 6, |_| {});
    pair.run(SECOND * 60);
    assert_eq!(pair.phase(A), Phase::Live);
}

#[test]
fn an_answer_to_a_reinvite_that_nobody_acknowledges_ends_the_call() {
    let mut pair = alone();
    pair.request(A, "INVITE", 5, described("y1"));
    reply(&mut pair, A, "x1");
    pair.run(SECOND * 33);
    assert_eq!(pair.story(A), ["offered y1", "ended NoAck -", "terminated"]);
    assert!(pair.sent_by(A).contains(&"BYE".to_owned()));
}

#[test]
fn an_offer_unanswered_at_the_end_is_answered_487() {
    let mut pair = alone();
    pair.request(A, "UPDATE", 5, described("y1"));
    pair.order(A, |usage, step| usage.hang_up(None, step))
        .unwrap();
    assert_eq!(pair.sent_by(A), ["487 UPDATE", "BYE"]);
    let mut pair = alone();
    pair.request(A, "UPDATE", 5, described("y1"));
    pair.request(A, "BYE", 6, |_| {});
    assert_eq!(pair.sent_by(A), ["200 BYE", "487 UPDATE"]);
}

// rfc: 6141 §4.3
#[test]
fn the_contact_of_a_reinvite_is_where_requests_go_from_then_on() {
    let mut pair = alone();
    pair.request(A, "INVITE", 5, |invite| {
        invite.text(Name::Contact, "<sip:moved@192.0.2.77>");
        invite.body("application/sdp", &sdp("y1"));
    });
    let target = |pair: &Pair| {
        let dialog = pair.sides[A].usage.as_ref().unwrap().dialog().unwrap();
        dialog.remote_target().to_owned()
    };
    assert!(
        !target(&pair).contains("moved"),
        "not before it is accepted"
    );
    reply(&mut pair, A, "x1");
    assert_eq!(target(&pair), "sip:moved@192.0.2.77");
}

#[test]
fn hanging_up_while_our_offer_is_open_leaves_nothing_behind() {
    for (before, after) in [(true, false), (false, true), (false, false)] {
        let mut pair = alone();
        offer(&mut pair, A, "x1");
        let invite = pair.last_sent(A, "INVITE").clone();
        if before {
            pair.respond(A, &invite, 100, "x", |_| {});
        }
        pair.order(A, |usage, step| usage.hang_up(None, step))
            .unwrap();
        if after {
            pair.respond(A, &invite, 100, "x", |_| {});
        }
        let bye = pair.last_sent(A, "BYE").clone();
        pair.respond(A, &bye, 481, "x", |_| {});
        pair.run(SECOND * 70);
        let left = pair.sides[A].transactions.figures().clients;
        assert_eq!(left, 0, "100 before: {before}, after: {after}");
    }
}

#[test]
fn an_acceptance_of_our_offer_after_the_end_is_acknowledged() {
    let mut pair = alone();
    offer(&mut pair, A, "x1");
    let invite = pair.last_sent(A, "INVITE").clone();
    pair.order(A, |usage, step| usage.hang_up(None, step))
        .unwrap();
    pair.respond(A, &invite, 200, "x", described("y1"));
    assert_eq!(pair.sent_by(A), ["INVITE", "BYE", "ACK", "BYE"]);
}
