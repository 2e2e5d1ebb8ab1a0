//! Begun, told, refreshed, ended.

use super::*;
use crate::subscription::{State, Why};
use sip_message::Name;

fn header(message: &Message, name: Name<'_>) -> String {
    message.header(name).unwrap_or_default().to_owned()
}

// rfc: 6665 §4.2.1.2
// rfc: 6665 §4.1.3
#[test]
fn a_granted_subscription_is_answered_with_its_duration_and_told_in_its_dialog() {
    let mut bench = Bench::new();
    bench.subscribe(None, None).unwrap();
    let answer = &bench.sent[0];
    assert_eq!(answer.status(), Some(200));
    assert_eq!(header(answer, Name::Expires), "3600");
    let tag = answer.to().unwrap().tag().unwrap().to_owned();
    assert!(bench.tell("first"));
    let notify = bench.notify();
    assert_eq!(notify.from().unwrap().tag(), Some(&*tag));
    assert_eq!(notify.to().unwrap().tag(), Some("peer"));
    assert_eq!(header(notify, Name::Event), "dialog;id=4");
    assert_eq!(
        header(notify, Name::SubscriptionState),
        "active;expires=3600"
    );
    assert_eq!(notify.body(), b"first");
}

#[test]
fn one_notify_is_under_way_and_the_newest_state_follows_it() {
    let mut bench = Bench::new();
    bench.subscribe(None, Some(600)).unwrap();
    assert!(bench.tell("first"));
    assert!(!bench.tell("second"));
    assert_eq!(bench.answer(200), Heard::News);
    assert!(bench.tell("third"));
    assert_eq!(bench.answer(200), Heard::Nothing);
}

#[test]
fn a_duration_is_cut_and_a_brief_one_refused() {
    let mut bench = Bench::new();
    let brief = bench.subscribe(None, Some(59));
    assert_eq!(brief, Err(Refusal::TooBrief(60)));
    bench.subscribe(None, Some(90_000)).unwrap();
    let answer = bench.sent.last().unwrap();
    assert_eq!(header(answer, Name::Expires), "3600");
}

#[test]
fn a_refresh_lasts_anew_and_none_ends() {
    let mut bench = Bench::subscribed();
    bench.pass(Duration::from_secs(3_000));
    let tag = bench.one.as_ref().unwrap().dialog().local_tag().to_owned();
    bench.subscribe(Some(&tag), Some(3_600)).unwrap();
    bench.pass(Duration::from_secs(3_000));
    let one = bench.one.as_mut().unwrap();
    assert_eq!(one.expire(bench.now), Heard::Nothing, "it was refreshed");
    bench.pass(Duration::from_secs(601));
    let one = bench.one.as_mut().unwrap();
    assert_eq!(one.expire(bench.now), Heard::TellAgain);
    assert_eq!(one.state(), State::Ending(Why::Timeout));
    assert!(bench.tell("last"));
    let state = header(bench.notify(), Name::SubscriptionState);
    assert_eq!(state, "terminated;reason=timeout");
    assert_eq!(bench.answer(200), Heard::Over);
}

#[test]
fn whoever_asks_for_no_time_is_told_once_more() {
    let mut bench = Bench::subscribed();
    let tag = bench.one.as_ref().unwrap().dialog().local_tag().to_owned();
    bench.subscribe(Some(&tag), Some(0)).unwrap();
    assert!(bench.tell("last"));
    assert_eq!(bench.answer(200), Heard::Over);
    let after = bench.subscribe(Some(&tag), Some(600));
    assert_eq!(after, Err(Refusal::Status(481)));
}

#[test]
fn an_end_from_our_side_waits_for_the_notify_under_way() {
    let mut bench = Bench::subscribed();
    assert!(bench.tell("second"));
    bench.one.as_mut().unwrap().end(Why::NoResource);
    assert!(!bench.tell("last"));
    assert_eq!(bench.answer(200), Heard::TellAgain);
    assert!(bench.tell("last"));
    let state = header(bench.notify(), Name::SubscriptionState);
    assert_eq!(state, "terminated;reason=noresource");
}

#[test]
fn a_snapshot_goes_on_with_higher_numbers_and_the_time_that_is_left() {
    let mut bench = Bench::subscribed();
    let before = bench.notify().cseq().unwrap().number;
    let snapshot = bench.one.as_ref().unwrap().snapshot(bench.now).unwrap();
    let gone = Subscription::restore(snapshot.clone(), Duration::from_secs(3_601), bench.now);
    assert!(gone.is_none(), "it would be over");
    let now = Instant::from_secs(7);
    let back = Subscription::restore(snapshot, Duration::from_secs(600), now).unwrap();
    assert_eq!(back.left(now), Duration::from_secs(3_000));
    bench.one = Some(back);
    bench.now = now;
    assert!(bench.tell("again"));
    assert!(bench.notify().cseq().unwrap().number > before + 1_000);
}
