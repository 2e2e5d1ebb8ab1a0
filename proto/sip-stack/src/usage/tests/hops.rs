//! Several ways to one callee (RFC 5626 §7), and a peer that comes back by another flow.

use std::sync::Arc;

use sip_message::{Flow, Message, Transport};

use super::pair::*;
use crate::usage::{Config, Hop, Phase};

const FIRST: &str = "sip:b@192.0.2.2";
const SECOND_WAY: &str = "sip:b@192.0.2.2:5070;ob";

/// The other way: a connection.
fn connection() -> Flow {
    Flow::tcp(
        ([192, 0, 2, 1], 5061).into(),
        ([192, 0, 2, 2], 40_000).into(),
        7,
    )
}

fn on_connection() -> Arc<Config> {
    Arc::new(Config::for_contact("<sip:192.0.2.1:5061;transport=tcp>"))
}

/// A caller with two ways to a hand-written callee, and its INVITE by the first.
fn calling() -> (Pair, Message) {
    let mut pair = Pair::new(11);
    pair.sides[B].raw = true;
    pair.patience = Some(SECOND * 4);
    pair.further = vec![Hop {
        request_uri: SECOND_WAY.to_owned(),
        routes: vec!["<sip:edge.example;lr>".to_owned()],
        flow: connection(),
        config: on_connection(),
        patience: None,
    }];
    pair.call(Some("a0"));
    pair.run(SECOND / 100);
    let invite = pair.sides[B].inbox[0].clone();
    (pair, invite)
}

fn uri(message: &Message) -> String {
    String::from_utf8_lossy(message.raw())
        .split(' ')
        .nth(1)
        .unwrap()
        .to_owned()
}

fn second(pair: &Pair) -> Message {
    let last = pair.last_sent(A, "INVITE").clone();
    assert_eq!(uri(&last), SECOND_WAY);
    last
}

// rfc: 5626 §7
#[test]
fn a_flow_that_failed_is_followed_by_the_next_of_the_same_phone_with_everything_of_its_own() {
    for status in [430, 408] {
        let (mut pair, invite) = calling();
        assert_eq!(uri(&invite), FIRST);
        pair.respond(A, &invite, status, "edge", |_| {});
        let again = second(&pair);
        let text = String::from_utf8_lossy(again.raw()).into_owned();
        assert!(text.contains("Via: SIP/2.0/TCP 192.0.2.1:5061;"), "{text}");
        assert!(text.contains("Contact: <sip:192.0.2.1:5061;transport=tcp>"));
        assert!(text.contains("Route: <sip:edge.example;lr>"));
        assert_eq!(again.call_id(), invite.call_id());
        pair.respond(A, &again, 200, "one", described("b0"));
        assert_eq!(pair.story(A), ["answered b0"]);
    }
}

// rfc: 5626 §7
#[test]
fn what_the_phone_itself_answered_ends_the_search() {
    for status in [486, 480, 503, 603] {
        let (mut pair, invite) = calling();
        pair.respond(A, &invite, status, "one", |_| {});
        assert_eq!(pair.all_sent(A, "INVITE").len(), 1);
        assert_eq!(pair.phase(A), Phase::Over);
    }
}

#[test]
fn after_silence_the_next_way_is_taken_and_what_still_arrives_is_taken_back() {
    let (mut pair, invite) = calling();
    pair.run(SECOND * 5);
    let again = second(&pair);
    pair.respond(A, &again, 180, "one", contact);
    pair.respond(A, &invite, 180, "late", contact);
    pair.run(SECOND / 100);
    assert_eq!(uri(pair.last_sent(A, "CANCEL")), FIRST);
    pair.respond(A, &again, 200, "one", described("b0"));
    pair.respond(A, &invite, 200, "late", described("late"));
    assert_eq!(pair.story(A), ["ringing 180", "answered b0"]);
    let bye = pair.last_sent(A, "BYE");
    assert_eq!(bye.to().unwrap().tag(), Some("late"));
    assert_eq!(pair.phase(A), Phase::Live);
}

#[test]
fn a_phone_that_rings_is_not_called_by_another_way() {
    let (mut pair, invite) = calling();
    pair.respond(A, &invite, 180, "one", contact);
    pair.respond(A, &invite, 408, "one", |_| {});
    assert_eq!(pair.all_sent(A, "INVITE").len(), 1);
    assert_eq!(pair.story(A), ["ringing 180", "refused 408", "terminated"]);
}

#[test]
fn a_call_given_up_takes_no_other_way() {
    let (mut pair, invite) = calling();
    pair.order(A, |usage, step| usage.cancel(None, step))
        .unwrap();
    pair.respond(A, &invite, 430, "edge", |_| {});
    assert_eq!(pair.all_sent(A, "INVITE").len(), 1);
    assert_eq!(pair.phase(A), Phase::Over);
}

fn move_a(pair: &mut Pair) {
    let side = &mut pair.sides[A];
    let usage = side.usage.as_mut().unwrap();
    usage.moved(connection(), on_connection(), &mut side.transactions);
}

// rfc: 5626 §5.3
#[test]
fn in_a_call_whose_peer_came_back_on_a_connection_all_that_follows_goes_there() {
    let mut pair = Pair::talking();
    move_a(&mut pair);
    pair.order(A, |usage, step| usage.reoffer(Some(sdp("a1")), step))
        .unwrap();
    let text = String::from_utf8_lossy(pair.last_sent(A, "INVITE").raw()).into_owned();
    assert!(text.contains("Via: SIP/2.0/TCP 192.0.2.1:5061;"), "{text}");
    assert!(text.contains("Contact: <sip:192.0.2.1:5061;transport=tcp>"));
    let usage = pair.sides[A].usage.as_ref().unwrap();
    assert_eq!(usage.dialog().unwrap().flow(), connection());
}

#[test]
fn an_invite_that_nobody_heard_is_said_again_where_its_phone_is_now() {
    let mut pair = Pair::new(12);
    pair.sides[B].raw = true;
    pair.call(Some("a0"));
    move_a(&mut pair);
    let mut sent = Vec::new();
    pair.sides[A].transactions.take_transmits(&mut sent);
    let flows: Vec<Transport> = sent.iter().map(|one| one.flow.transport).collect();
    assert_eq!(flows, [Transport::Tcp]);
}

// rfc: 3261 §18.1.1
#[test]
fn an_invite_too_long_for_a_datagram_goes_by_a_connection_of_the_phone_if_it_has_one() {
    let long: &'static str = Box::leak("x".repeat(1_300).into_boxed_str());
    let mut pair = Pair::new(13);
    pair.sides[B].raw = true;
    pair.patience = Some(SECOND * 4);
    let hop = Hop {
        request_uri: SECOND_WAY.to_owned(),
        routes: Vec::new(),
        flow: connection(),
        config: on_connection(),
        patience: None,
    };
    pair.further = vec![hop];
    pair.call(Some(long));
    let text = String::from_utf8_lossy(second(&pair).raw()).into_owned();
    assert!(text.contains("Via: SIP/2.0/TCP 192.0.2.1:5061;"), "{text}");
    assert!(text.contains("Contact: <sip:192.0.2.1:5061;transport=tcp>"));
    let config = pair.sides[A].usage.as_ref().unwrap().config();
    assert!(config.contact.contains("transport=tcp"));
    pair.run(SECOND * 5);
    assert_eq!(
        uri(pair.last_sent(A, "INVITE")),
        FIRST,
        "and then as it can"
    );
    pair.call(Some(long));
    assert_eq!(
        uri(pair.last_sent(A, "INVITE")),
        FIRST,
        "without a connection"
    );
}

#[test]
fn a_phone_that_came_to_its_other_flow_by_itself_is_not_called_there_twice() {
    let (mut pair, _) = calling();
    move_a(&mut pair);
    pair.run(SECOND * 8);
    let invites = pair.all_sent(A, "INVITE");
    assert!(
        invites.iter().all(|one| one.cseq().unwrap().number == 1),
        "{:?}",
        pair.sent_by(A)
    );
    assert_eq!(pair.phase(A), Phase::Outgoing);
}

// rfc: 3261 §18.1.1
#[test]
fn an_invite_too_long_for_a_datagram_tries_a_connection_first_and_is_no_more_patient_after_it() {
    let long: &'static str = Box::leak("x".repeat(1_300).into_boxed_str());
    for (offer, first) in [("a0", FIRST), (long, SECOND_WAY)] {
        let mut pair = Pair::new(14);
        pair.sides[B].raw = true;
        pair.patience = Some(SECOND * 4);
        pair.stream = Some(Hop {
            request_uri: SECOND_WAY.to_owned(),
            routes: Vec::new(),
            flow: connection(),
            config: on_connection(),
            patience: None,
        });
        pair.call(Some(offer));
        assert_eq!(uri(pair.last_sent(A, "INVITE")), first);
        pair.run(SECOND * 5);
        assert_eq!(uri(pair.last_sent(A, "INVITE")), FIRST);
        let refused = |pair: &Pair| pair.story(A).iter().any(|told| told.contains("408"));
        assert_eq!(refused(&pair), first == FIRST, "{:?}", pair.story(A));
        pair.run(SECOND * 4);
        assert!(refused(&pair), "{:?}", pair.story(A));
    }
}
