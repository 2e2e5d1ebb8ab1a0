//! Topology hiding: neither side learns anything of the other but its number and name.

use super::*;

/// Words that must stay on Alice's side.
const ALICES: [&str; 16] = [
    "10.9.9.5",
    "203.0.113.7",
    "31000",
    "5062",
    "44556",
    "alicebranch",
    "alicetag",
    "alicecall",
    "alice-",
    "4711",
    "AlicePhone",
    "X-Alice",
    "Alice Ltd",
    "ceo@",
    "777001",
    "secretuser",
];

/// Words that must stay on Bob's side.
const BOBS: [&str; 11] = [
    "10.1.1.7",
    "203.0.113.99",
    "40001",
    "5070",
    "44556",
    "bobtag",
    "BobPhone",
    "X-Bob",
    "Bobs own words",
    "777001",
    "secretuser",
];

fn assert_hides(message: &Message, words: &[&str]) {
    let text = text(message);
    for word in words {
        assert!(!text.contains(word), "{word} is in\n{text}");
    }
}

/// Alice calls, and Bob's phone is dialled with her offer.
fn both() -> (Office, SipLeg, SipLeg, Message) {
    let mut office = Office::new();
    let alice = office.called(alice(), &invite());
    office.sent();
    let offer = alice.sound().remote().cloned();
    let bob = office.dials(bob(), offer);
    let (_, request) = office.sent().pop().unwrap();
    (office, alice, bob, request)
}

#[test]
fn the_invite_to_the_callee_says_nothing_of_the_callers_side() {
    let (_, _, _, request) = both();
    assert_hides(&request, &ALICES);
    assert_eq!(
        request.from().unwrap().uri_text,
        "sip:101@acme.example",
        "but who calls"
    );
    request.check_request().unwrap();
}

#[test]
fn the_answers_to_the_caller_say_nothing_of_the_callees_side() {
    let (mut office, mut alice, mut bob, request) = both();
    let media = described("10.1.1.7");
    for status in [180, 183, 200] {
        let body = (status > 180).then_some(&media);
        office.hears(&mut bob, super::bob(), answer(&request, status, body));
        let facts = office.facts();
        office.sent();
        let order = match facts.into_iter().next() {
            Some(LegFact::Ringing) => LegOrder::Ring,
            Some(LegFact::Progressed { description }) => LegOrder::Progress {
                description: description.unwrap(),
            },
            Some(LegFact::Answered { description }) => LegOrder::Answer { description },
            other => panic!("{status}: {other:?}"),
        };
        office.orders(&mut alice, order);
        let told = office.last();
        assert_eq!(told.status(), Some(status));
        assert_hides(&told, &BOBS);
        // what was hers comes back to her
        assert_eq!(told.call_id().unwrap(), "alicecall@10.9.9.5");
        assert_eq!(told.from().unwrap().tag(), Some("alicetag"));
        assert_eq!(told.vias().unwrap().len(), 2);
    }
}

#[test]
fn the_words_of_a_refusal_stay_on_its_side() {
    let (mut office, mut alice, mut bob, request) = both();
    office.hears(&mut bob, super::bob(), answer(&request, 486, None));
    let facts = office.facts();
    assert!(
        matches!(facts[..], [LegFact::Refused { status: 486, .. }]),
        "{facts:?}"
    );
    office.sent();
    let reason = EndReason {
        status: None,
        cause: 17,
        text: "Busy Here".to_owned(),
    };
    office.orders(
        &mut alice,
        LegOrder::Refuse {
            status: 486,
            reason,
        },
    );
    let told = office.last();
    assert_hides(&told, &BOBS);
    assert_eq!(
        told.header(Name::Reason),
        Some("Q.850;cause=17;text=\"Busy Here\"")
    );
}

#[test]
fn each_side_is_sent_to_our_own_address_for_media() {
    let (mut office, mut alice, mut bob, request) = both();
    let offered = Description::parse(request.body()).unwrap();
    let remote = sdp::remote_of(&offered).unwrap();
    assert_eq!(remote.rtp.ip().to_string(), "198.51.100.1");
    assert!((30_000..=30_099).contains(&remote.rtp.port()));
    office.hears(
        &mut bob,
        super::bob(),
        answer(&request, 200, Some(&described("10.1.1.7"))),
    );
    let Some(LegFact::Answered { description }) = office.facts().pop() else {
        panic!("it was answered");
    };
    office.orders(&mut alice, LegOrder::Answer { description });
    let (_, told) = office.sent().pop().unwrap();
    let answered = sdp::remote_of(&Description::parse(told.body()).unwrap()).unwrap();
    assert_eq!(answered.rtp.ip().to_string(), "198.51.100.1");
    assert_ne!(
        answered.rtp.port(),
        remote.rtp.port(),
        "each side has an endpoint of its own"
    );
}

#[test]
fn only_what_the_exchange_understands_crosses() {
    let (_, _, _, request) = both();
    let names: Vec<String> = request.fields().map(|(name, _)| name.to_string()).collect();
    for name in &names {
        let known = [
            "Via",
            "Max-Forwards",
            "Route",
            "From",
            "To",
            "Call-ID",
            "CSeq",
            "Contact",
            "Allow",
            "Supported",
            "User-Agent",
            "Session-Expires",
            "Min-SE",
            "Content-Type",
            "Content-Length",
            "Accept",
            "Allow-Events",
        ];
        assert!(known.contains(&name.as_str()), "{name} crossed");
    }
    assert_eq!(request.header(Name::UserAgent), Some("Strowger"));
    assert_eq!(request.header(Name::MaxForwards), Some("69"));
}
