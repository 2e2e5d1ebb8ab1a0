//! Transfers in both directions.

use sip_message::Name;

use super::pair::*;
use crate::usage::{Event, MAX_REFERRALS};

fn alone() -> Pair {
    let mut pair = Pair::talking();
    pair.sides[B].raw = true;
    pair
}

fn refer(pair: &mut Pair, number: u32) {
    pair.request(A, "REFER", number, |refer| {
        contact(refer);
        refer.text(Name::ReferTo, "<sip:c@192.0.2.3>");
    });
}

// rfc: 3515 §2.4.2
#[test]
fn a_transfer_is_accepted_told_of_and_ended() {
    let mut pair = Pair::talking();
    let target = "<sip:c@192.0.2.3>";
    pair.order(A, |usage, step| usage.refer(target, step))
        .unwrap();
    pair.run(SECOND / 10);
    assert_eq!(pair.story(B), ["referred to <sip:c@192.0.2.3>"]);
    let Some(Event::Referred(referral)) = pair.sides[B].told.first().cloned() else {
        panic!("no referral");
    };
    assert_eq!(referral.referred_by.as_deref(), Some("<sip:a@192.0.2.1>"));
    let id = referral.id;
    pair.order(B, |usage, step| usage.accept_refer(id, step))
        .unwrap();
    for status in [100, 180, 200] {
        pair.order(B, |usage, step| usage.notify_refer(id, status, step))
            .unwrap();
        pair.run(SECOND / 10);
    }
    let after = pair.order(B, |usage, step| usage.notify_refer(id, 200, step));
    assert!(after.is_err(), "it is ended");
    pair.run(SECOND);
    let mut story = pair.story(A);
    story.sort();
    let mut wanted = vec![
        "refer progressed 100 false",
        "refer progressed 180 false",
        "refer progressed 200 true",
        "refer progressed 202 false",
    ];
    wanted.sort_unstable();
    assert_eq!(story, wanted);
    let notify = pair.last_sent(B, "NOTIFY");
    assert_eq!(
        notify.header(Name::Event),
        Some(format!("refer;id={id}").as_str())
    );
    assert_eq!(notify.body(), b"SIP/2.0 200 OK\r\n");
}

#[test]
fn a_transfer_is_refused() {
    let mut pair = Pair::talking();
    pair.order(A, |usage, step| usage.refer("<sip:c@192.0.2.3>", step))
        .unwrap();
    pair.run(SECOND / 10);
    let Some(Event::Referred(referral)) = pair.sides[B].told.first().cloned() else {
        panic!("no referral");
    };
    pair.order(B, |usage, step| usage.refuse_refer(referral.id, 603, step))
        .unwrap();
    pair.run(SECOND);
    assert_eq!(pair.story(A), ["refer progressed 603 true"]);
    let after = pair.order(B, |usage, step| usage.accept_refer(referral.id, step));
    assert!(after.is_err());
}

#[test]
fn the_dialog_to_be_replaced_is_passed_on() {
    let mut pair = alone();
    pair.request(A, "REFER", 5, |refer| {
        let to = "<sip:c@192.0.2.3?Replaces=x%40y%3Bto-tag%3D1%3Bfrom-tag%3D2>";
        refer.text(Name::ReferTo, to);
    });
    let Some(Event::Referred(referral)) = pair.sides[A].told.first() else {
        panic!("no referral");
    };
    assert_eq!(
        referral.replaces.as_deref(),
        Some("x@y;to-tag=1;from-tag=2")
    );
}

// rfc: 4488 §4
#[test]
fn whoever_wants_no_notice_gets_none() {
    let mut pair = alone();
    pair.request(A, "REFER", 5, |refer| {
        refer.text(Name::ReferTo, "<sip:c@192.0.2.3>");
        refer.text(Name::Other("Refer-Sub"), "false");
        refer.text(Name::Require, "norefersub");
    });
    pair.order(A, |usage, step| usage.accept_refer(5, step))
        .unwrap();
    pair.order(A, |usage, step| usage.notify_refer(5, 200, step))
        .unwrap();
    let accepted = pair.last_sent(A, "202 REFER");
    assert_eq!(accepted.header(Name::Other("Refer-Sub")), Some("false"));
    assert!(pair.all_sent(A, "NOTIFY").is_empty());
}

// rfc: 3515 §2.4.2
#[test]
fn a_refer_that_leads_nowhere_is_answered_400() {
    let mut pair = alone();
    pair.request(A, "REFER", 5, contact);
    assert_eq!(pair.sent_by(A), ["400 REFER"]);
}

#[test]
fn too_many_transfers_at_once_are_put_off() {
    let mut pair = alone();
    for number in 0..=u32::try_from(MAX_REFERRALS).unwrap() {
        refer(&mut pair, 5 + number);
    }
    assert_eq!(pair.story(A).len(), MAX_REFERRALS);
    assert_eq!(pair.all_sent(A, "500 REFER").len(), 1);
}

#[test]
fn a_transfer_nobody_decides_on_is_forgotten() {
    let mut pair = alone();
    refer(&mut pair, 5);
    pair.run(SECOND * 33);
    assert!(
        pair.order(A, |usage, step| usage.accept_refer(5, step))
            .is_err()
    );
}

#[test]
fn a_transfer_unanswered_at_the_end_is_answered_487() {
    let mut pair = alone();
    refer(&mut pair, 5);
    pair.order(A, |usage, step| usage.hang_up(None, step))
        .unwrap();
    assert_eq!(pair.sent_by(A), ["487 REFER", "BYE"]);
}

// rfc: 3515 §2.4.4
#[test]
fn a_notice_of_what_was_not_asked_for_is_refused() {
    let mut pair = alone();
    pair.request(A, "NOTIFY", 5, |notify| {
        notify.text(Name::Event, "refer");
    });
    pair.request(A, "NOTIFY", 6, |notify| {
        notify.text(Name::Event, "message-summary");
    });
    assert_eq!(pair.sent_by(A), ["481 NOTIFY", "489 NOTIFY"]);
    assert_eq!(
        pair.last_sent(A, "489 NOTIFY").header(Name::AllowEvents),
        Some("refer")
    );
}

#[test]
fn a_peer_that_does_not_answer_a_refer_is_gone() {
    let mut pair = alone();
    pair.order(A, |usage, step| usage.refer("<sip:c@192.0.2.3>", step))
        .unwrap();
    pair.run(SECOND * 33);
    let story = [
        "refer progressed 408 true",
        "ended PeerSilent -",
        "terminated",
    ];
    assert_eq!(pair.story(A), story);
}
