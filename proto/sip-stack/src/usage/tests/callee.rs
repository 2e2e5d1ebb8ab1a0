//! The callee's side before and at the answer.

use sip_message::Name;

use super::pair::*;
use crate::usage::{Phase, Reliability};

/// A callee rung by a hand-written INVITE.
fn called(more: &str, body: &str) -> Pair {
    let mut pair = Pair::new(2);
    pair.sides[A].raw = true;
    let kind = if body.is_empty() {
        ""
    } else {
        "Content-Type: application/sdp\r\n"
    };
    let length = body.len();
    let invite = format!(
        "INVITE sip:b@192.0.2.2 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKi;rport\r\n\
         Max-Forwards: 70\r\nFrom: <sip:a@192.0.2.1>;tag=at\r\nTo: <sip:b@192.0.2.2>\r\n\
         Call-ID: hand\r\nCSeq: 10 INVITE\r\n{more}{kind}Content-Length: {length}\r\n\r\n{body}"
    );
    pair.put(B, invite.into());
    pair.run(SECOND / 100);
    pair
}

const CONTACT: &str = "Contact: <sip:a@192.0.2.1>\r\n";
const RELIABLE: &str = "Contact: <sip:a@192.0.2.1>\r\nSupported: 100rel\r\n";
const OFFER: &str = "v=0\r\ns=a0\r\n";

fn ring(pair: &mut Pair, status: u16, text: Option<&str>, reliable: bool) -> bool {
    let sdp = text.map(sdp);
    let rung = pair.order(B, |usage, step| usage.ring(status, sdp, reliable, step));
    pair.run(SECOND / 100);
    rung.is_ok()
}

fn prack(pair: &mut Pair, rseq: u32, number: u32, body: Option<&'static str>) {
    pair.request(B, "PRACK", number, |prack| {
        prack.text(Name::RAck, &format!("{rseq} 10 INVITE"));
        if let Some(text) = body {
            prack.body("application/sdp", &sdp(text));
        }
    });
}

fn rseq(pair: &Pair, title: &str) -> u32 {
    pair.last_sent(B, title).rseq().unwrap().unwrap()
}

#[test]
fn an_invite_without_contact_is_answered_400() {
    let pair = called("", OFFER);
    assert_eq!(pair.sides[B].turned_away, Some(400));
    assert_eq!(pair.sent_by(B), ["400 INVITE"]);
}

#[test]
fn an_extension_that_is_not_known_is_answered_420_with_its_name() {
    let more = "Contact: <sip:a@b>\r\nRequire: 100rel, levitation\r\n";
    let pair = called(more, OFFER);
    assert_eq!(pair.sides[B].turned_away, Some(420));
    let refusal = pair.last_sent(B, "420 INVITE");
    assert_eq!(refusal.header(Name::Unsupported), Some("levitation"));
}

// rfc: 4028 §9
#[test]
fn a_session_interval_that_is_too_small_is_answered_422_with_the_least() {
    let more = "Contact: <sip:a@b>\r\nSupported: timer\r\nSession-Expires: 60\r\n";
    let pair = called(more, OFFER);
    assert_eq!(pair.sides[B].turned_away, Some(422));
    let refusal = pair.last_sent(B, "422 INVITE");
    assert_eq!(refusal.min_se(), Ok(Some(90)));
}

// rfc: 3261 §8.2.3
#[test]
fn a_body_that_cannot_be_read_is_answered_415_with_what_can() {
    let more = "Contact: <sip:a@b>\r\nContent-Encoding: gzip\r\n";
    let pair = called(more, OFFER);
    assert_eq!(pair.sides[B].turned_away, Some(415));
    let refusal = pair.last_sent(B, "415 INVITE");
    assert_eq!(refusal.header(Name::Accept), Some("application/sdp"));
}

#[test]
fn a_call_rings_and_is_answered_and_both_know_it() {
    let mut pair = Pair::calling(Some("a0"));
    assert_eq!(pair.phase(B), Phase::Incoming);
    assert!(ring(&mut pair, 180, None, false));
    pair.answer(Some("b0"));
    assert_eq!(pair.story(A), ["ringing 180", "answered b0"]);
    assert_eq!(pair.story(B), ["confirmed -"]);
    assert_eq!((pair.phase(A), pair.phase(B)), (Phase::Live, Phase::Live));
    let names: Vec<_> = pair
        .sides
        .iter()
        .map(|side| side.usage.as_ref().unwrap())
        .collect();
    let (a, b) = (
        names[0].dialog_name().unwrap(),
        names[1].dialog_name().unwrap(),
    );
    assert_eq!((&a.call_id, &a.local_tag), (&b.call_id, &b.remote_tag));
    assert_eq!(a.remote_tag, b.local_tag);
    assert!(names[1].invite().is_none());
}

#[test]
fn an_unreliable_description_is_said_again_in_the_answer() {
    let mut pair = Pair::calling(Some("a0"));
    assert!(ring(&mut pair, 183, Some("b0"), false));
    pair.answer(None);
    assert_eq!(pair.story(A), ["progressed 183 b0 loosely", "answered b0"]);
    assert_eq!(
        named(Some(&pair.last_sent(B, "200 INVITE").body_bytes())),
        "b0"
    );
}

#[test]
fn nothing_can_be_answered_that_was_never_described() {
    let mut pair = Pair::calling(Some("a0"));
    let refused = pair.order(B, |usage, step| usage.answer(None, step));
    assert_eq!(refused.unwrap_err().order, "answer");
    assert_eq!(pair.phase(B), Phase::Incoming);
}

// rfc: 3264 §4
#[test]
fn a_late_offer_is_made_by_the_answer_and_answered_by_the_ack() {
    let mut pair = Pair::calling(None);
    pair.answer(Some("b0"));
    assert_eq!(pair.story(A), ["answered b0"]);
    assert!(
        pair.sent_by(A).iter().all(|title| title != "ACK"),
        "it waits"
    );
    pair.order(A, |usage, step| usage.confirm(sdp("a0"), step))
        .unwrap();
    pair.run(SECOND);
    assert_eq!(pair.story(B), ["confirmed a0"]);
    let again = pair.order(A, |usage, step| usage.confirm(sdp("a1"), step));
    assert!(again.is_err());
}

#[test]
fn a_late_offer_that_nobody_answers_is_hung_up() {
    let mut pair = Pair::calling(None);
    pair.answer(Some("b0"));
    pair.run(SECOND * 40);
    assert_eq!(pair.story(B).last().unwrap(), "terminated");
    assert_eq!(pair.story(A).last().unwrap(), "terminated");
}

// rfc: 3262 §3
#[test]
fn a_reliable_provisional_is_repeated_with_doubling_gaps_until_its_prack() {
    let mut pair = called(RELIABLE, OFFER);
    assert!(ring(&mut pair, 183, Some("b0"), true));
    pair.run(SECOND * 4);
    assert_eq!(pair.times(B, "183 INVITE"), [0, 500, 1_500, 3_500]);
    let number = rseq(&pair, "183 INVITE");
    prack(&mut pair, number + 1, 11, None);
    prack(&mut pair, number, 12, None);
    assert!(
        pair.last_sent(B, "183 INVITE")
            .require()
            .any(|tag| tag == "100rel")
    );
    assert_eq!(pair.all_sent(B, "481 PRACK").len(), 1);
    assert_eq!(pair.all_sent(B, "200 PRACK").len(), 1);
    pair.forget();
    pair.run(SECOND * 20);
    assert!(pair.sent_by(B).is_empty(), "{:?}", pair.sent_by(B));
}

// rfc: 3262 §3
#[test]
fn reliable_provisionals_wait_for_each_other_and_too_many_are_untimely() {
    let mut pair = called(RELIABLE, OFFER);
    for _ in 0..5 {
        assert!(ring(&mut pair, 180, None, true));
    }
    assert!(!ring(&mut pair, 180, None, true), "four wait already");
    assert_eq!(pair.all_sent(B, "180 INVITE").len(), 1);
    let first = rseq(&pair, "180 INVITE");
    for (rseq, number) in (first..first + 5).zip(11..) {
        prack(&mut pair, rseq, number, None);
    }
    assert_eq!(pair.all_sent(B, "180 INVITE").len(), 5);
    assert_eq!(rseq(&pair, "180 INVITE"), first + 4);
}

// rfc: 3262 §5
#[test]
fn an_answer_waits_until_its_description_is_acknowledged() {
    let mut pair = called(RELIABLE, OFFER);
    assert!(ring(&mut pair, 183, Some("b0"), true));
    pair.order(B, |usage, step| usage.answer(None, step))
        .unwrap();
    pair.run(SECOND / 10);
    assert!(pair.all_sent(B, "200 INVITE").is_empty());
    assert!(!ring(&mut pair, 180, None, false), "it is answered");
    let number = rseq(&pair, "183 INVITE");
    prack(&mut pair, number, 11, None);
    let answer = pair.last_sent(B, "200 INVITE");
    assert!(
        answer.body().is_empty(),
        "what was agreed is not said again"
    );
    assert_eq!(pair.phase(B), Phase::Live);
}

#[test]
fn an_answer_overtakes_a_bare_provisional_whose_prack_is_still_welcome() {
    let mut pair = called(RELIABLE, OFFER);
    assert!(ring(&mut pair, 180, None, true));
    let number = rseq(&pair, "180 INVITE");
    pair.order(B, |usage, step| usage.answer(Some(sdp("b0")), step))
        .unwrap();
    prack(&mut pair, number, 11, None);
    prack(&mut pair, number, 12, None);
    assert_eq!(pair.all_sent(B, "200 PRACK").len(), 1);
    assert_eq!(pair.all_sent(B, "481 PRACK").len(), 1);
}

// rfc: 3262 §5
#[test]
fn an_offer_in_a_prack_is_answered_by_its_200() {
    let mut pair = called(RELIABLE, OFFER);
    assert!(ring(&mut pair, 183, Some("b0"), true));
    let number = rseq(&pair, "183 INVITE");
    prack(&mut pair, number, 11, Some("a1"));
    assert_eq!(pair.story(B), ["offered a1"]);
    pair.order(B, |usage, step| usage.answer_reoffer(sdp("b1"), step))
        .unwrap();
    let answer = pair.last_sent(B, "200 PRACK");
    assert_eq!(named(Some(&answer.body_bytes())), "b1");
}

// rfc: 3262 §5
#[test]
fn an_offer_in_a_reliable_provisional_is_answered_by_its_prack() {
    let mut pair = called(RELIABLE, "");
    assert!(ring(&mut pair, 183, Some("b0"), true));
    let number = rseq(&pair, "183 INVITE");
    prack(&mut pair, number, 11, Some("a0"));
    assert_eq!(pair.story(B), ["reoffer answered a0"]);
    pair.order(B, |usage, step| usage.answer(None, step))
        .unwrap();
    assert!(pair.last_sent(B, "200 INVITE").body().is_empty());
}

// rfc: 3262 §3
#[test]
fn a_caller_that_requires_reliability_gets_it_unasked() {
    let mut pair = Pair::new(3);
    pair.sides[A].configure(|config| config.reliability = Reliability::Required);
    pair.call(Some("a0"));
    pair.run(SECOND / 10);
    assert!(ring(&mut pair, 180, None, false));
    assert!(ring(&mut pair, 183, Some("b0"), false));
    pair.answer(None);
    let story = ["ringing 180", "progressed 183 b0 reliably", "answered b0"];
    assert_eq!(pair.story(A), story);
    assert_eq!(pair.all_sent(A, "PRACK").len(), 2);
}

// rfc: 3262 §3
#[test]
fn without_a_prack_the_call_is_refused_after_half_a_minute() {
    let mut pair = called(RELIABLE, OFFER);
    assert!(ring(&mut pair, 183, Some("b0"), true));
    pair.run(SECOND * 33);
    assert_eq!(pair.story(B), ["ended NoPrack -", "terminated"]);
    assert!(pair.sent_by(B).contains(&"504 INVITE".to_owned()));
}

// rfc: 3261 §13.3.1.1
#[test]
fn ringing_is_renewed_each_minute() {
    let mut pair = Pair::calling(Some("a0"));
    assert!(ring(&mut pair, 180, None, false));
    pair.run(SECOND * 150);
    assert_eq!(pair.times(B, "180 INVITE"), [0, 60_000, 120_000]);
}

// rfc: 3261 §13.3.1.4
#[test]
fn an_answer_is_repeated_until_the_ack_and_given_up_after_64_times_t1() {
    let mut pair = called(CONTACT, OFFER);
    pair.order(B, |usage, step| usage.answer(Some(sdp("b0")), step))
        .unwrap();
    pair.run(SECOND * 10);
    assert_eq!(pair.times(B, "200 INVITE"), [0, 500, 1_500, 3_500, 7_500]);
    pair.run(SECOND * 25);
    assert_eq!(pair.story(B), ["ended NoAck -", "terminated"]);
    assert!(pair.sent_by(B).contains(&"BYE".to_owned()));
}

#[test]
fn a_refusal_says_what_it_is_told_to() {
    let mut pair = Pair::calling(Some("a0"));
    let headers = [(Name::Reason, "Q.850;cause=17".to_owned())];
    pair.order(B, |usage, step| {
        usage.refuse(486, Some("At lunch"), &headers, step)
    })
    .unwrap();
    pair.run(SECOND);
    assert_eq!(pair.story(A), ["refused 486", "terminated"]);
    assert_eq!(pair.story(B), ["terminated"]);
    let refusal = pair.last_sent(B, "486 INVITE");
    assert_eq!(refusal.header(Name::Reason), Some("Q.850;cause=17"));
    assert!(refusal.raw().starts_with(b"SIP/2.0 486 At lunch\r\n"));
    assert!(refusal.to().unwrap().tag().is_some());
}

#[test]
fn a_cancelled_call_is_over_on_both_sides_and_says_why() {
    let mut pair = Pair::calling(Some("a0"));
    assert!(ring(&mut pair, 180, None, false));
    let why = "SIP;cause=200;text=\"Call completed elsewhere\"";
    pair.order(A, |usage, step| usage.cancel(Some(why), step))
        .unwrap();
    pair.run(SECOND);
    assert_eq!(
        pair.story(B),
        [format!("cancelled {why}"), "terminated".to_owned()]
    );
    assert_eq!(pair.story(A), ["ringing 180", "terminated"]);
    assert_eq!(pair.all_sent(B, "487 INVITE").len(), 1);
}

// rfc: 3261 §15
#[test]
fn a_caller_may_also_give_up_by_bye() {
    let mut pair = called(CONTACT, OFFER);
    assert!(ring(&mut pair, 180, None, false));
    pair.request(B, "BYE", 11, |_| {});
    assert_eq!(pair.story(B), ["cancelled -", "terminated"]);
    assert_eq!(pair.sent_by(B).split_off(1), ["200 BYE", "487 INVITE"]);
}

#[test]
fn requests_inside_the_early_dialog_are_answered() {
    let mut pair = called(CONTACT, OFFER);
    assert!(ring(&mut pair, 180, None, false));
    pair.forget();
    for (method, number) in ["OPTIONS", "INVITE", "REFER", "NOTIFY", "MESSAGE", "UPDATE"]
        .into_iter()
        .zip(11..)
    {
        pair.request(B, method, number, contact);
    }
    let answers = [
        "200 OPTIONS",
        "500 INVITE",
        "403 REFER",
        "481 NOTIFY",
        "405 MESSAGE",
        "200 UPDATE",
    ];
    pair.sent.dedup_by(|b, a| title(&a.2) == title(&b.2));
    assert_eq!(pair.sent_by(B), answers);
    assert_eq!(pair.phase(B), Phase::Incoming);
}

// rfc: 3261 §15.1.1
#[test]
fn whoever_hangs_up_before_the_ack_waits_for_it() {
    let mut pair = called(CONTACT, OFFER);
    pair.order(B, |usage, step| usage.answer(Some(sdp("b0")), step))
        .unwrap();
    pair.order(B, |usage, step| usage.hang_up(Some("Q.850;cause=16"), step))
        .unwrap();
    let again = pair.order(B, |usage, step| usage.hang_up(None, step));
    assert!(again.is_err());
    pair.run(SECOND);
    assert!(!pair.sent_by(B).contains(&"BYE".to_owned()));
    pair.request(B, "ACK", 10, |_| {});
    assert_eq!(pair.story(B), ["terminated"]);
    let bye = pair.last_sent(B, "BYE");
    assert_eq!(bye.header(Name::Reason), Some("Q.850;cause=16"));
}

#[test]
fn whoever_hangs_up_before_the_ack_does_not_wait_for_ever() {
    let mut pair = called(CONTACT, OFFER);
    pair.order(B, |usage, step| usage.answer(Some(sdp("b0")), step))
        .unwrap();
    pair.order(B, |usage, step| usage.hang_up(None, step))
        .unwrap();
    pair.run(SECOND * 33);
    assert_eq!(pair.story(B), ["terminated"]);
    assert!(pair.sent_by(B).contains(&"BYE".to_owned()));
}

#[test]
fn a_caller_on_the_old_standard_without_a_tag_is_served() {
    let mut pair = Pair::new(4);
    pair.sides[A].raw = true;
    pair.put(
        B,
        "INVITE sip:b@192.0.2.2 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1:5060\r\n\
         From: <sip:a@192.0.2.1>\r\nTo: <sip:b@192.0.2.2>\r\nCall-ID: old\r\n\
         Contact: <sip:a@192.0.2.1>\r\nCSeq: 1 INVITE\r\nContent-Length: 0\r\n\r\n"
            .into(),
    );
    pair.run(SECOND / 10);
    pair.order(B, |usage, step| usage.answer(Some(sdp("b0")), step))
        .unwrap();
    pair.request(B, "ACK", 1, described("a0"));
    assert_eq!(pair.story(B), ["confirmed a0"]);
}

#[test]
fn a_caller_that_has_not_heard_the_answer_yet_may_not_know_the_dialog() {
    let mut pair = called(CONTACT, OFFER);
    pair.order(B, |usage, step| usage.answer(Some(sdp("b0")), step))
        .unwrap();
    pair.order(B, |usage, step| usage.info("text/plain", "x".into(), step))
        .unwrap();
    let info = pair.last_sent(B, "INFO").clone();
    pair.respond(B, &info, 481, "x", |_| {});
    assert_eq!(pair.phase(B), Phase::Live);
    pair.request(B, "ACK", 10, |_| {});
    assert_eq!(pair.story(B), ["confirmed -"]);
}

#[test]
fn a_description_among_other_parts_is_found() {
    let parts = "--cut\r\nContent-Type: text/plain\r\n\r\nhello\r\n\
                 --cut\r\nContent-Type: application/sdp\r\n\r\nv=0\r\ns=a0\r\n\r\n--cut--\r\n";
    let kind = "Content-Type: multipart/mixed;boundary=cut";
    let mut pair = called(&format!("{CONTACT}{kind}\r\n"), "");
    assert_eq!(pair.sides[B].turned_away, None, "a kind without a body");
    pair.order(B, |usage, step| usage.refuse(486, None, &[], step))
        .unwrap();
    let mut pair = Pair::new(2);
    pair.sides[A].raw = true;
    let invite = format!(
        "INVITE sip:b@192.0.2.2 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKm;rport\r\n\
         Max-Forwards: 70\r\nFrom: <sip:a@192.0.2.1>;tag=at\r\nTo: <sip:b@192.0.2.2>\r\n\
         Call-ID: parts\r\nCSeq: 1 INVITE\r\n{CONTACT}{kind}\r\nContent-Length: {}\r\n\r\n{parts}",
        parts.len()
    );
    pair.put(B, invite.into());
    pair.run(SECOND / 100);
    // an INVITE with an offer: without a description there is nothing to answer with
    let bare = pair.order(B, |usage, step| usage.answer(None, step));
    assert!(bare.is_err());
    pair.order(B, |usage, step| usage.answer(Some(sdp("b0")), step))
        .unwrap();
    pair.request(B, "ACK", 1, |_| {});
    assert_eq!(pair.story(B), ["confirmed -"]);
}

/// A pair whose early dialog has completed an exchange reliably.
fn early() -> Pair {
    let mut pair = Pair::new(11);
    pair.sides[A].configure(|config| config.reliability = Reliability::Required);
    pair.call(Some("a0"));
    pair.run(SECOND / 10);
    assert!(ring(&mut pair, 183, Some("b0"), false));
    pair.run(SECOND / 10);
    pair.forget();
    pair
}

#[test]
fn an_answer_waits_for_an_offer_of_ours_that_is_under_way() {
    let mut pair = early();
    pair.order(B, |usage, step| usage.reoffer(Some(sdp("b1")), step))
        .unwrap();
    pair.order(B, |usage, step| usage.answer(None, step))
        .unwrap();
    pair.run(SECOND / 10);
    assert_eq!(pair.story(A), ["offered b1"]);
    assert_eq!(pair.sent_by(B), ["UPDATE"]);
    pair.order(A, |usage, step| usage.answer_reoffer(sdp("a1"), step))
        .unwrap();
    pair.run(SECOND / 10);
    assert_eq!(pair.story(B), ["reoffer answered a1", "confirmed -"]);
    assert_eq!(pair.story(A), ["offered b1", "answered b1"]);
}

#[test]
fn an_answer_waits_for_an_offer_of_the_caller_that_is_open() {
    let mut pair = early();
    pair.order(A, |usage, step| usage.reoffer(Some(sdp("a1")), step))
        .unwrap();
    pair.run(SECOND / 10);
    pair.order(B, |usage, step| usage.answer(None, step))
        .unwrap();
    assert!(pair.sent_by(B).is_empty());
    pair.order(B, |usage, step| usage.answer_reoffer(sdp("b1"), step))
        .unwrap();
    pair.run(SECOND / 10);
    assert_eq!(pair.sent_by(B), ["200 UPDATE", "200 INVITE"]);
    assert_eq!(pair.story(A), ["reoffer answered b1", "answered b1"]);
}
