//! Where answers go: `received`, `rport` and the port of the Via (RFC 3261 §18.2, RFC 3581).

use super::*;

/// The flow and the top Via of the answer to an OPTIONS with this Via.
fn answer(via: &str, flow: Flow) -> (Flow, String) {
    let mut bench = Bench::new();
    let text = request("OPTIONS", "z9hG4bKnat", flow).replacen(
        &format!("SIP/2.0/{} 192.0.2.9:5070", flow.transport.via_token()),
        via,
        1,
    );
    let (key, options) = bench.asked(flow, &text);
    bench.answer(key, &options, 200);
    let sent = bench.sent.pop().unwrap().1;
    let via = read(&sent).top_via().unwrap().as_str().to_owned();
    (sent.flow, via)
}

fn from(remote: &str) -> Flow {
    Flow::udp("192.0.2.1:5060".parse().unwrap(), remote.parse().unwrap())
}

// rfc: 3581 §4
#[test]
fn a_client_that_asks_for_rport_is_answered_where_it_sends_from() {
    let (flow, via) = answer("SIP/2.0/UDP 10.0.0.5:5060;rport", from("203.0.113.7:31000"));
    assert_eq!(flow, from("203.0.113.7:31000"));
    assert_eq!(
        via,
        "SIP/2.0/UDP 10.0.0.5:5060;branch=z9hG4bKnat;received=203.0.113.7;rport=31000"
    );
}

// rfc: 3581 §4
#[test]
fn rport_is_filled_and_received_added_even_when_the_address_is_true() {
    let (flow, via) = answer(
        "SIP/2.0/UDP 203.0.113.7:5060;rport",
        from("203.0.113.7:31000"),
    );
    assert_eq!(flow, from("203.0.113.7:31000"));
    assert!(via.ends_with(";received=203.0.113.7;rport=31000"), "{via}");
}

// rfc: 3261 §18.2.2
#[test]
fn without_rport_a_true_address_is_answered_at_the_port_it_wrote() {
    let (flow, via) = answer("SIP/2.0/UDP 203.0.113.7:5080", from("203.0.113.7:31000"));
    assert_eq!(flow, from("203.0.113.7:5080"));
    assert_eq!(via, "SIP/2.0/UDP 203.0.113.7:5080;branch=z9hG4bKnat");
    let (flow, _) = answer("SIP/2.0/UDP 203.0.113.7", from("203.0.113.7:31000"));
    assert_eq!(flow, from("203.0.113.7:5060"), "5060 when it wrote none");
}

// rfc: 3261 §18.2.2
#[test]
fn behind_a_nat_that_it_does_not_know_of_a_client_is_answered_where_it_sends_from() {
    let (flow, via) = answer("SIP/2.0/UDP 10.0.0.5:5060", from("203.0.113.7:31000"));
    assert_eq!(flow, from("203.0.113.7:31000"));
    assert_eq!(
        via,
        "SIP/2.0/UDP 10.0.0.5:5060;branch=z9hG4bKnat;received=203.0.113.7"
    );
}

#[test]
fn a_name_in_the_via_is_never_looked_up() {
    let (flow, via) = answer(
        "SIP/2.0/UDP phone.example.com:5080",
        from("203.0.113.7:31000"),
    );
    assert_eq!(flow, from("203.0.113.7:31000"));
    assert!(via.ends_with(";received=203.0.113.7"), "{via}");
}

#[test]
fn no_via_can_send_answers_to_a_third_party() {
    let bounce = "SIP/2.0/UDP 10.0.0.5:5060;maddr=198.51.100.1;received=198.51.100.1;rport=99";
    let (flow, via) = answer(bounce, from("203.0.113.7:31000"));
    assert_eq!(flow, from("203.0.113.7:31000"));
    assert!(via.ends_with(";received=203.0.113.7;rport=31000"), "{via}");
    assert_eq!(via.matches("received").count(), 1);
    assert_eq!(via.matches("rport").count(), 1);
}

// rfc: 3261 §18.2.2
#[test]
fn on_a_stream_answers_go_back_along_the_connection() {
    let (flow, via) = answer("SIP/2.0/TCP 10.0.0.5:5060", tcp());
    assert_eq!(flow, tcp());
    assert!(via.ends_with(";received=192.0.2.9"), "{via}");
}

#[test]
fn over_ipv6_the_same_rules_hold() {
    let flow = Flow::udp(
        "[2001:db8::1]:5060".parse().unwrap(),
        "[2001:db8::9]:31000".parse().unwrap(),
    );
    let (to, via) = answer("SIP/2.0/UDP [2001:db8:0:0::9]:5080", flow);
    assert_eq!(to.remote, "[2001:db8::9]:5080".parse().unwrap());
    assert!(!via.contains("received"), "{via}");
    let (to, via) = answer("SIP/2.0/UDP [2001:db8::9];rport", flow);
    assert_eq!(to, flow);
    assert!(via.ends_with(";received=2001:db8::9;rport=31000"), "{via}");
}

// rfc: 3581 §3
#[test]
fn our_own_requests_ask_for_rport() {
    let mut bench = Bench::new();
    let origin = crate::dialog::Origin {
        branch: bench.transactions.branch(),
        sent_by: None,
    };
    let mut builder = sip_message::Builder::request(Method::Options, "sip:a@example.com");
    crate::dialog::push_via(&mut builder, udp(), origin);
    let text = String::from_utf8(builder.finish().to_vec()).unwrap();
    assert!(text.contains("\r\nVia: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK"));
    assert!(text.contains(";rport\r\n"), "{text}");
}
