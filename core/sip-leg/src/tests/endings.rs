//! How legs end: the reasons peers are told, and the facts their endings become.

use super::*;
use call::{Lost, Unreachable};

/// Bob's phone rings.
fn ringing() -> (Office, SipLeg, Message) {
    let mut office = Office::new();
    let mut leg = office.dials(bob(), Some(described("10.9.9.5")));
    let request = office.last();
    office.hears(&mut leg, bob(), answer(&request, 180, None));
    office.facts();
    office.sent();
    (office, leg, request)
}

/// Bob talks.
fn talking() -> (Office, SipLeg, Message) {
    let (mut office, mut leg, request) = ringing();
    let media = described("10.1.1.7");
    office.hears(&mut leg, bob(), answer(&request, 200, Some(&media)));
    office.facts();
    office.sent();
    (office, leg, request)
}

// rfc: 3326 §2
#[test]
fn a_phone_that_lost_the_race_is_told_that_the_call_was_answered_elsewhere() {
    let (mut office, mut leg, _) = ringing();
    let reason = EndReason::answered_elsewhere();
    office.orders(&mut leg, LegOrder::Cancel { reason });
    let cancel = office.last();
    assert_eq!(cancel.method(), Some(Method::Cancel));
    assert_eq!(
        cancel.header(Name::Reason),
        Some("SIP;cause=200;text=\"Call completed elsewhere\"")
    );
}

// rfc: 3326 §2
#[test]
fn a_hang_up_carries_its_cause() {
    let (mut office, mut leg, _) = talking();
    let reason = EndReason {
        status: None,
        cause: 102,
        text: "the call lasted as long as any may".to_owned(),
    };
    office.orders(&mut leg, LegOrder::HangUp { reason });
    let bye = office.last();
    assert_eq!(bye.method(), Some(Method::Bye));
    let reason = bye.reasons().next().unwrap();
    assert_eq!((reason.protocol, reason.cause), ("Q.850", Some(102)));
}

#[test]
fn every_ending_gives_the_media_endpoint_back_once() {
    type Make = fn() -> ((Office, SipLeg, Message), LegOrder);
    let orders: [Make; 3] = [
        || {
            (
                ringing(),
                LegOrder::Cancel {
                    reason: EndReason::normal(),
                },
            )
        },
        || {
            (
                talking(),
                LegOrder::HangUp {
                    reason: EndReason::normal(),
                },
            )
        },
        || {
            let mut office = Office::new();
            let leg = office.called(alice(), &invite());
            let request = read(invite());
            let reason = EndReason::normal();
            (
                (office, leg, request),
                LegOrder::Refuse {
                    status: 480,
                    reason,
                },
            )
        },
    ];
    for make in orders {
        let ((mut office, mut leg, _), order) = make();
        office.media.clear();
        office.orders(&mut leg, order);
        office.with(|desk, _| leg.close(desk));
        let closed = |command: &&Command| matches!(command, Command::Close { .. });
        assert_eq!(office.media.iter().filter(closed).count(), 1);
    }
}

#[test]
fn what_a_phone_answers_becomes_a_fact_with_its_status_and_its_first_words() {
    for status in [410, 404, 486, 503, 603] {
        let (mut office, mut leg, request) = ringing();
        let long = answer(&request, status, None).replace("own words", &"very ".repeat(40));
        office.hears(&mut leg, bob(), long);
        let facts = office.facts();
        let [
            LegFact::Refused {
                status: told,
                reason,
            },
        ] = &facts[..]
        else {
            panic!("{facts:?}");
        };
        assert_eq!(*told, status);
        assert!(reason.starts_with("Bobs very"), "{reason}");
        assert_eq!(reason.chars().count(), 64);
    }
}

// rfc: 3261 §8.1.3.4
#[test]
fn a_phone_that_sends_the_call_on_names_numbers_the_best_first_and_no_addresses() {
    let (mut office, mut leg, request) = ringing();
    let contacts = "Contact: <sip:103@acme.example>;q=0.2, <tel:+33140205050>;q=0.7\r\n\
                    Contact: <sip:1%3004;phone-context=x@192.0.2.9>\r\n";
    let moved = answer(&request, 302, None);
    let moved = moved.replace("Contact: <sip:102@10.1.1.7:5070;ob>\r\n", contacts);
    office.hears(&mut leg, bob(), moved);
    let sent_on = office.reports.drain(..).find_map(|report| match report {
        Report::Redirected(status, _, to) => Some((status, to)),
        Report::Fact(_)
        | Report::Refer(_)
        | Report::Record(_)
        | Report::Pressed(_)
        | Report::Known
        | Report::Terminated => None,
    });
    let (status, to) = sent_on.unwrap();
    let named: Vec<(&str, &str)> = to.iter().map(|to| (&*to.user, &*to.host)).collect();
    assert_eq!(status, 302);
    assert_eq!(
        named,
        [
            ("1004", "192.0.2.9"),
            ("+33140205050", ""),
            ("103", "acme.example")
        ]
    );
}

#[test]
fn a_phone_without_an_answer_of_any_kind_is_unreachable() {
    let mut office = Office::new();
    let mut leg = office.dials(bob(), Some(described("10.9.9.5")));
    office.pass(&mut leg, Duration::from_secs(33));
    let facts = office.facts();
    assert!(
        matches!(facts[..], [LegFact::Unreachable(Unreachable::Timeout)]),
        "{facts:?}"
    );
    let mut leg = office.dials(bob(), Some(described("10.9.9.5")));
    let now = office.now;
    office.transactions.failed(bob(), now);
    while let Some(event) = office.transactions.poll() {
        office.with(|desk, reports| leg.take(event, desk, reports));
    }
    let facts = office.facts();
    assert!(
        matches!(facts[..], [LegFact::Unreachable(Unreachable::Transport)]),
        "{facts:?}"
    );
}

#[test]
fn a_caller_that_never_acknowledges_is_lost_and_one_that_gives_up_has_cancelled() {
    let mut office = Office::new();
    let mut leg = office.called(alice(), &invite());
    let description = Some(described("10.1.1.7"));
    office.orders(&mut leg, LegOrder::Answer { description });
    office.pass(&mut leg, Duration::from_secs(33));
    let facts = office.facts();
    assert!(
        matches!(facts[..], [LegFact::Lost(Lost::NoAck)]),
        "{facts:?}"
    );
    let mut office = Office::new();
    let mut leg = office.called(alice(), &invite());
    let body = invite().split("\r\n\r\n").nth(1).unwrap().to_owned();
    let cancel = invite()
        .replace("INVITE", "CANCEL")
        .replace(&body, "")
        .replace(
            &format!("Content-Length: {}", body.len()),
            "Content-Length: 0",
        )
        .replace(
            "Via: SIP/2.0/UDP alice-inner.example;branch=z9hG4bKinner\r\n",
            "",
        );
    office.hears(&mut leg, alice(), cancel);
    let facts = office.facts();
    assert!(matches!(facts[..], [LegFact::Cancelled]), "{facts:?}");
    assert_eq!(office.last().status(), Some(487));
}

#[test]
fn a_peer_that_hangs_up_ends_and_its_leg_may_be_dropped() {
    let (mut office, mut leg, request) = talking();
    let bye = format!(
        "BYE sip:198.51.100.1:5060 SIP/2.0\r\n\
         Via: SIP/2.0/TCP 10.1.1.7:5070;branch=z9hG4bKbye\r\n\
         From: {};tag=bobtag\r\nTo: {}\r\nCall-ID: {}\r\nCSeq: 1 BYE\r\nMax-Forwards: 70\r\n\
         Content-Length: 0\r\n\r\n",
        request.to().unwrap().as_str(),
        request.from().unwrap().as_str(),
        request.call_id().unwrap(),
    );
    office.hears(&mut leg, bob(), bye);
    assert_eq!(office.last().status(), Some(200));
    let terminated = office
        .reports
        .iter()
        .any(|report| matches!(report, Report::Terminated));
    let facts = office.facts();
    assert!(matches!(facts[..], [LegFact::Ended]), "{facts:?}");
    assert!(terminated);
}

#[test]
fn an_order_that_comes_too_late_changes_nothing() {
    let (mut office, mut leg, _) = talking();
    office.orders(
        &mut leg,
        LegOrder::HangUp {
            reason: EndReason::normal(),
        },
    );
    office.sent();
    for order in [
        LegOrder::HangUp {
            reason: EndReason::normal(),
        },
        LegOrder::Cancel {
            reason: EndReason::normal(),
        },
        LegOrder::Reoffer { description: None },
        LegOrder::Inform {
            content_type: "application/dtmf".to_owned(),
            body: Vec::new(),
        },
    ] {
        office.orders(&mut leg, order);
    }
    assert!(office.sent().is_empty());
}
