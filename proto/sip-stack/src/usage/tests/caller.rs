//! The caller's side before and at the answer.

use sip_message::{Message, Name};

use super::pair::*;
use crate::usage::{MAX_FORKS, Phase};

/// A caller against a hand-written callee, and its INVITE.
fn calling(offer: Option<&str>) -> (Pair, Message) {
    begun(Pair::new(5), offer)
}

/// The same, by a caller that may offer more.
fn widening() -> (Pair, Message) {
    let mut pair = Pair::new(5);
    pair.wider = Some("wide");
    begun(pair, Some("a0"))
}

fn begun(mut pair: Pair, offer: Option<&str>) -> (Pair, Message) {
    pair.sides[B].raw = true;
    pair.call(offer);
    pair.run(SECOND / 100);
    let invite = pair.sides[B].inbox[0].clone();
    (pair, invite)
}

fn reliable(rseq: u32, text: Option<&'static str>) -> impl FnOnce(&mut sip_message::Builder) {
    move |builder| {
        contact(builder);
        builder.text(Name::Require, "100rel");
        builder.text(Name::RSeq, &rseq.to_string());
        if let Some(text) = text {
            builder.body("application/sdp", &sdp(text));
        }
    }
}

fn cancel(pair: &mut Pair) {
    pair.order(A, |usage, step| usage.cancel(None, step))
        .unwrap();
    pair.run(SECOND / 100);
}

// rfc: 3261 §13.2.1
#[test]
fn an_invite_carries_what_it_must() {
    let (_, invite) = calling(Some("a0"));
    assert!(invite.check_request().is_ok());
    assert_eq!(invite.max_forwards(), Ok(Some(70)));
    assert!(invite.supports("100rel") && invite.supports("timer") && invite.supports("replaces"));
    assert!(
        invite
            .allow()
            .any(|method| method == sip_message::Method::Update)
    );
    assert_eq!(invite.session_expires().unwrap().unwrap().seconds, 1_800);
    let (_, late) = calling(None);
    assert!(
        !late.supports("100rel"),
        "an offer must not come before the answer"
    );
    assert!(late.body().is_empty());
}

#[test]
fn headers_of_names_that_are_known_at_run_time_are_sent_and_one_may_take_the_agents_place() {
    let invite = |agent: &str| {
        let mut pair = Pair::new(6);
        pair.sides[B].raw = true;
        pair.sides[A].configure(|config| config.agent = Some("ours".to_owned()));
        let named = [("X-Account", "acme"), ("user-agent", agent)];
        pair.named = named
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .to_vec();
        pair.call(Some("a0"));
        pair.run(SECOND / 100);
        pair.sides[B].inbox[0].clone()
    };
    let named = invite("theirs");
    assert_eq!(named.header(Name::Other("X-Account")), Some("acme"));
    assert_eq!(
        named.headers(Name::UserAgent).collect::<Vec<_>>(),
        ["theirs"]
    );
    assert!(!invite("").has(Name::UserAgent));
}

#[test]
fn given_headers_are_sent_and_max_forwards_takes_the_place_of_the_default() {
    let mut pair = Pair::new(6);
    let headers = vec![
        (Name::MaxForwards, "12".to_owned()),
        (Name::Replaces, "x;to-tag=1;from-tag=2".to_owned()),
    ];
    pair.call_with(Some("a0"), headers);
    let invite = pair.last_sent(A, "INVITE");
    assert_eq!(
        invite.headers(Name::MaxForwards).collect::<Vec<_>>(),
        ["12"]
    );
    assert!(invite.replaces().unwrap().is_some());
}

#[test]
fn forks_ring_each_in_a_dialog_of_its_own_and_one_answers() {
    let (mut pair, invite) = calling(Some("a0"));
    pair.respond(A, &invite, 180, "one", contact);
    pair.respond(A, &invite, 183, "two", described("two"));
    let usage = pair.sides[A].usage.as_ref().unwrap();
    assert_eq!(usage.dialog().unwrap().remote_tag(), "two");
    pair.respond(A, &invite, 180, "one", contact);
    let usage = pair.sides[A].usage.as_ref().unwrap();
    assert_eq!(usage.dialog().unwrap().remote_tag(), "one");
    pair.respond(A, &invite, 200, "two", described("two"));
    let story = [
        "ringing 180",
        "progressed 183 two loosely",
        "ringing 180",
        "answered two",
    ];
    assert_eq!(pair.story(A), story);
    assert_eq!(pair.last_sent(A, "ACK").to().unwrap().tag(), Some("two"));
}

#[test]
fn forks_beyond_the_bound_ring_without_a_dialog_and_may_answer() {
    let (mut pair, invite) = calling(Some("a0"));
    for fork in 0..MAX_FORKS + 3 {
        pair.respond(A, &invite, 180, &format!("fork{fork}"), contact);
    }
    assert_eq!(pair.story(A).len(), MAX_FORKS + 3);
    let last = format!("fork{}", MAX_FORKS + 2);
    pair.respond(A, &invite, 200, &last, described("b0"));
    assert_eq!(pair.story(A).last().unwrap(), "answered b0");
}

// rfc: 3261 §13.2.2.4
#[test]
fn an_answer_of_another_fork_is_acknowledged_and_hung_up() {
    let (mut pair, invite) = calling(Some("a0"));
    pair.respond(A, &invite, 200, "one", described("one"));
    pair.respond(A, &invite, 200, "two", described("two"));
    assert_eq!(pair.story(A), ["answered one"]);
    assert_eq!(pair.sent_by(A), ["INVITE", "ACK", "ACK", "BYE"]);
    assert_eq!(pair.last_sent(A, "BYE").to().unwrap().tag(), Some("two"));
    assert_eq!(pair.phase(A), Phase::Live);
}

// rfc: 3261 §13.2.2.4
#[test]
fn a_repeated_answer_is_acknowledged_again() {
    let (mut pair, invite) = calling(Some("a0"));
    for _ in 0..3 {
        pair.respond(A, &invite, 200, "one", described("one"));
    }
    assert_eq!(pair.story(A), ["answered one"]);
    assert_eq!(pair.all_sent(A, "ACK").len(), 3);
}

#[test]
fn an_answer_with_an_offer_waits_for_ours_however_often_it_is_repeated() {
    let (mut pair, invite) = calling(None);
    for _ in 0..3 {
        pair.respond(A, &invite, 200, "one", described("b0"));
    }
    assert_eq!(pair.story(A), ["answered b0"]);
    assert!(pair.all_sent(A, "ACK").is_empty());
    pair.order(A, |usage, step| usage.confirm(sdp("a0"), step))
        .unwrap();
    pair.respond(A, &invite, 200, "one", described("b0"));
    let acks = pair.all_sent(A, "ACK");
    assert_eq!(acks.len(), 2);
    assert!(
        acks.iter()
            .all(|ack| named(Some(&ack.body_bytes())) == "a0")
    );
}

#[test]
fn the_route_of_the_answer_is_followed() {
    let (mut pair, invite) = calling(Some("a0"));
    pair.respond(A, &invite, 200, "one", |builder| {
        described("b0")(builder);
        builder.text(
            Name::RecordRoute,
            "<sip:near.example;lr>, <sip:far.example;lr>",
        );
    });
    let ack = pair.last_sent(A, "ACK");
    let routes: Vec<&str> = ack.values(Name::Route).collect();
    assert_eq!(routes, ["<sip:far.example;lr>", "<sip:near.example;lr>"]);
    assert!(ack.raw().starts_with(b"ACK sip:hand@192.0.2.99 SIP/2.0"));
}

// rfc: 3262 §4
#[test]
fn reliable_provisionals_are_taken_in_order_and_acknowledged_once() {
    let (mut pair, invite) = calling(Some("a0"));
    pair.respond(A, &invite, 180, "one", reliable(7, None));
    pair.respond(A, &invite, 180, "one", reliable(7, None));
    pair.respond(A, &invite, 183, "one", reliable(9, Some("b9")));
    pair.respond(A, &invite, 183, "one", reliable(8, Some("b0")));
    assert_eq!(pair.story(A), ["ringing 180", "progressed 183 b0 reliably"]);
    let racks: Vec<String> = pair
        .all_sent(A, "PRACK")
        .iter()
        .map(|prack| prack.header(Name::RAck).unwrap().to_owned())
        .collect();
    assert_eq!(racks, ["7 1 INVITE", "8 1 INVITE"]);
    pair.respond(A, &invite, 200, "one", contact);
    assert_eq!(pair.story(A).last().unwrap(), "answered b0");
}

// rfc: 4028 §7.2
#[test]
fn an_interval_that_is_too_small_is_asked_for_longer() {
    let (mut pair, invite) = calling(Some("a0"));
    pair.respond(A, &invite, 422, "one", |builder| {
        builder.text(Name::MinSe, "3600");
    });
    let again = pair.last_sent(A, "INVITE").clone();
    assert_eq!(again.cseq().unwrap().number, 2);
    assert_eq!(again.call_id(), invite.call_id());
    assert_eq!(again.session_expires().unwrap().unwrap().seconds, 3_600);
    assert_eq!(again.min_se(), Ok(Some(3_600)));
    pair.respond(A, &again, 422, "one", |builder| {
        builder.text(Name::MinSe, "3600");
    });
    assert_eq!(pair.story(A), ["refused 422", "terminated"]);
}

// rfc: 3261 §21.4.26
#[test]
fn a_callee_that_speaks_nothing_of_the_offer_is_asked_once_more_with_a_wider_one() {
    for status in [488, 606] {
        let (mut pair, invite) = widening();
        pair.respond(A, &invite, status, "one", |_| {});
        let again = pair.last_sent(A, "INVITE").clone();
        assert_eq!(again.cseq().unwrap().number, 2);
        assert_eq!(again.call_id(), invite.call_id());
        assert_eq!(again.body(), &sdp("wide"));
        pair.respond(A, &again, status, "one", |_| {});
        let refused = format!("refused {status}");
        assert_eq!(pair.story(A), ["widened", &*refused, "terminated"]);
    }
}

#[test]
fn a_callee_that_is_busy_or_not_wanted_any_more_is_not_asked_once_more() {
    let (mut pair, invite) = widening();
    pair.respond(A, &invite, 486, "one", |_| {});
    assert_eq!(pair.story(A), ["refused 486", "terminated"]);
    let (mut pair, invite) = widening();
    pair.respond(A, &invite, 180, "one", |_| {});
    cancel(&mut pair);
    pair.respond(A, &invite, 488, "one", |_| {});
    assert_eq!(pair.all_sent(A, "INVITE").len(), 1);
}

// rfc: 3261 §9.1
#[test]
fn a_cancel_waits_until_something_was_heard() {
    let (mut pair, invite) = calling(Some("a0"));
    cancel(&mut pair);
    assert!(pair.all_sent(A, "CANCEL").is_empty());
    let again = pair.order(A, |usage, step| usage.cancel(None, step));
    assert!(again.is_err());
    pair.respond(A, &invite, 100, "one", |_| {});
    let sent = pair.last_sent(A, "CANCEL").clone();
    assert_eq!(
        sent.top_via().unwrap().branch(),
        invite.top_via().unwrap().branch()
    );
    assert_eq!(sent.cseq().unwrap().number, 1);
    assert_eq!(sent.header(Name::To), invite.header(Name::To));
    pair.respond(A, &invite, 487, "one", |_| {});
    assert_eq!(pair.story(A), ["terminated"]);
}

// rfc: 3261 §9.1
#[test]
fn an_answer_that_crosses_the_cancel_is_acknowledged_and_hung_up() {
    let (mut pair, invite) = calling(Some("a0"));
    pair.respond(A, &invite, 180, "one", contact);
    cancel(&mut pair);
    pair.respond(A, &invite, 200, "one", described("b0"));
    assert_eq!(pair.story(A), ["ringing 180", "terminated"]);
    assert_eq!(pair.sent_by(A), ["INVITE", "CANCEL", "ACK", "BYE"]);
}

#[test]
fn an_answer_that_comes_before_any_cancel_could_go_out_is_hung_up() {
    let (mut pair, invite) = calling(Some("a0"));
    pair.order(A, |usage, step| usage.hang_up(Some("SIP;cause=487"), step))
        .unwrap();
    pair.respond(A, &invite, 200, "one", described("b0"));
    assert_eq!(pair.story(A), ["terminated"]);
    assert_eq!(
        pair.last_sent(A, "BYE").header(Name::Reason),
        Some("SIP;cause=487")
    );
}

#[test]
fn a_cancel_that_changes_nothing_ends_all_the_same() {
    let (mut pair, invite) = calling(Some("a0"));
    pair.respond(A, &invite, 180, "one", contact);
    cancel(&mut pair);
    pair.run(SECOND * 33);
    assert_eq!(pair.story(A), ["ringing 180", "terminated"]);
    pair.run(SECOND * 33);
    assert_eq!(pair.sides[A].transactions.figures().clients, 0);
}

#[test]
fn a_refusal_ends_the_call_with_its_message() {
    let (mut pair, invite) = calling(Some("a0"));
    pair.respond(A, &invite, 603, "one", |_| {});
    assert_eq!(pair.story(A), ["refused 603", "terminated"]);
    assert_eq!(pair.phase(A), Phase::Over);
}

// rfc: 3261 §8.1.3.1
#[test]
fn silence_is_a_408_and_a_transport_that_fails_a_503() {
    let (mut pair, _) = calling(Some("a0"));
    pair.run(SECOND * 33);
    assert_eq!(pair.story(A), ["refused 408 by nobody", "terminated"]);
    let (mut pair, invite) = calling(Some("a0"));
    let local = invite.top_via().unwrap();
    assert_eq!(local.host.to_string(), "192.0.2.1");
    let flow = sip_message::Flow::udp(([192, 0, 2, 1], 5060).into(), ([192, 0, 2, 2], 5060).into());
    let now = pair.now;
    pair.sides[A].transactions.failed(flow, now);
    pair.run(SECOND / 10);
    assert_eq!(pair.story(A), ["refused 503 by nobody", "terminated"]);
}

#[test]
fn an_answer_without_contact_cannot_be_acknowledged_and_ends_the_call() {
    let (mut pair, invite) = calling(Some("a0"));
    pair.respond(A, &invite, 200, "one", |_| {});
    assert_eq!(pair.story(A), ["refused 502", "terminated"]);
}

#[test]
fn requests_of_a_fork_are_answered_and_those_of_strangers_are_not_known() {
    let (mut pair, invite) = calling(Some("a0"));
    pair.respond(A, &invite, 180, "one", contact);
    pair.forget();
    let methods = [
        "OPTIONS", "INVITE", "REFER", "NOTIFY", "PRACK", "MESSAGE", "BYE",
    ];
    for (method, number) in methods.into_iter().zip(1..) {
        pair.request(A, method, number, contact);
    }
    pair.sent.dedup_by(|b, a| title(&a.2) == title(&b.2));
    let answers = [
        "200 OPTIONS",
        "491 INVITE",
        "403 REFER",
        "481 NOTIFY",
        "481 PRACK",
        "405 MESSAGE",
        "200 BYE",
    ];
    assert_eq!(pair.sent_by(A), answers);
    assert!(
        pair.sides[A].usage.as_ref().unwrap().dialog().is_none(),
        "the fork is gone"
    );
    pair.respond(A, &invite, 200, "one", described("b0"));
    assert_eq!(pair.story(A), ["answered b0"]);
}

// rfc: 3311 §5.1
#[test]
fn the_exchange_may_be_changed_by_update_before_the_answer() {
    let (mut pair, invite) = calling(Some("a0"));
    pair.respond(A, &invite, 183, "one", |builder| {
        reliable(1, Some("b0"))(builder);
        builder.text(Name::Allow, "INVITE, UPDATE");
    });
    pair.order(A, |usage, step| usage.reoffer(Some(sdp("a1")), step))
        .unwrap();
    pair.run(SECOND / 100);
    let update = pair.last_sent(A, "UPDATE").clone();
    pair.respond(A, &update, 200, "one", described("b1"));
    pair.request(A, "UPDATE", 5, described("b2"));
    pair.order(A, |usage, step| usage.answer_reoffer(sdp("a2"), step))
        .unwrap();
    pair.request(A, "UPDATE", 6, described("b3"));
    pair.order(A, |usage, step| usage.refuse_reoffer(488, &[], step))
        .unwrap();
    let story = [
        "progressed 183 b0 reliably",
        "reoffer answered b1",
        "offered b2",
        "offered b3",
    ];
    assert_eq!(pair.story(A), story);
    assert_eq!(
        named(Some(&pair.last_sent(A, "200 UPDATE").body_bytes())),
        "a2"
    );
    assert_eq!(pair.all_sent(A, "488 UPDATE").len(), 1);
}

#[test]
fn before_an_exchange_nothing_can_be_offered_anew() {
    let (mut pair, invite) = calling(Some("a0"));
    pair.respond(A, &invite, 180, "one", |builder| {
        contact(builder);
        builder.text(Name::Allow, "UPDATE");
    });
    let early = pair.order(A, |usage, step| usage.reoffer(Some(sdp("a1")), step));
    assert!(early.is_err());
}

#[test]
fn a_callee_that_says_nothing_at_all_is_given_up_before_its_transaction() {
    let mut pair = Pair::new(5);
    pair.sides[B].raw = true;
    pair.patience = Some(4 * SECOND);
    pair.call(Some("a0"));
    pair.run(4 * SECOND - SECOND / 100);
    assert!(pair.story(A).is_empty());
    pair.run(SECOND / 10);
    assert_eq!(pair.story(A), ["refused 408 by nobody"]);
    let invite = pair.sides[B].inbox[0].clone();
    pair.respond(A, &invite, 180, "late", contact);
    assert_eq!(pair.all_sent(A, "CANCEL").len(), 1, "it is told to stop");
    pair.respond(A, &invite, 487, "late", |_| {});
    assert_eq!(pair.story(A), ["refused 408 by nobody", "terminated"]);
}

#[test]
fn a_callee_that_says_trying_is_waited_for() {
    let mut pair = Pair::new(5);
    pair.sides[B].raw = true;
    pair.patience = Some(4 * SECOND);
    pair.call(Some("a0"));
    pair.run(SECOND);
    let invite = pair.sides[B].inbox[0].clone();
    pair.respond(A, &invite, 100, "", |_| {});
    pair.run(20 * SECOND);
    assert!(pair.story(A).is_empty());
}
