//! Address policy: peers are spoken to where they speak from, whatever they write.

use super::*;

// rfc: 5626 §5.3
#[test]
fn a_phone_is_called_on_the_flow_it_registered_by_and_named_by_its_own_contact() {
    let mut office = Office::new();
    office.dials(bob(), Some(described("10.9.9.5")));
    let (flow, request) = office.sent().pop().unwrap();
    assert_eq!(flow, bob(), "not at 10.1.1.7");
    assert_eq!(
        request.request_uri().unwrap().as_str(),
        "sip:102@10.1.1.7:5070;ob",
        "yet as it named itself"
    );
    assert_eq!(
        request.header(Name::Contact),
        Some("<sip:198.51.100.1:5060;transport=tcp>")
    );
    assert!(request.top_via().unwrap().rport().is_some());
}

// rfc: 3327 §5.4
#[test]
fn routes_of_its_path_go_into_the_request_and_not_into_the_flow() {
    let mut office = Office::new();
    let sound = office.sound(bob(), None);
    let dial = Dial {
        named: Vec::new(),
        leg: first_leg(),
        uri: "sip:102@10.1.1.7".to_owned(),
        from: "<sip:101@acme.example>".to_owned(),
        to: "<sip:102@acme.example>".to_owned(),
        routes: vec!["<sip:edge.example;lr>".to_owned()],
        flow: bob(),
        max_forwards: 12,
        offer: None,
        near: None,
        headers: Vec::new(),
        carrier: None,
        stream: None,
        further: Vec::new(),
    };
    office.with(|desk, _| SipLeg::dial(dial, sound, config(bob()), Owner(2), desk));
    let (flow, request) = office.sent().pop().unwrap();
    assert_eq!(flow, bob());
    assert_eq!(request.header(Name::Route), Some("<sip:edge.example;lr>"));
    assert_eq!(request.header(Name::MaxForwards), Some("12"));
    assert!(request.body().is_empty(), "a late offer");
}

#[test]
fn a_caller_behind_a_nat_is_answered_and_hung_up_where_it_sends_from() {
    let mut office = Office::new();
    let mut leg = office.called(
        alice(),
        &invite().replace("Record-Route: <sip:alice-proxy.example;lr>\r\n", ""),
    );
    let description = Some(described("10.1.1.7"));
    office.orders(&mut leg, LegOrder::Answer { description });
    let (flow, answer) = office.sent().pop().unwrap();
    assert_eq!((flow, answer.status()), (alice(), Some(200)));
    assert_eq!(
        answer.header(Name::Contact),
        Some("<sip:198.51.100.1:5060>")
    );
    let ack = format!(
        "ACK sip:198.51.100.1:5060 SIP/2.0\r\n\
         Via: SIP/2.0/UDP 10.9.9.5:5062;branch=z9hG4bKack;rport\r\n\
         From: {}\r\nTo: {}\r\nCall-ID: alicecall@10.9.9.5\r\nCSeq: 4711 ACK\r\n\
         Max-Forwards: 70\r\nContent-Length: 0\r\n\r\n",
        answer.from().unwrap().as_str(),
        answer.to().unwrap().as_str(),
    );
    office.hears(&mut leg, alice(), ack);
    office.orders(
        &mut leg,
        LegOrder::HangUp {
            reason: EndReason::normal(),
        },
    );
    let (flow, bye) = office.sent().pop().unwrap();
    assert_eq!(bye.method(), Some(Method::Bye));
    assert_eq!(flow, alice(), "not at 10.9.9.5:5062");
    assert_eq!(bye.request_uri().unwrap().as_str(), "sip:101@10.9.9.5:5062");
}
