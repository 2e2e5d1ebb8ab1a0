//! Names and addresses as the other side sees them.

use sip_message::Transport;

use super::*;
use crate::Identity;

fn value(number: &str, display: &str) -> String {
    let identity = Identity {
        number,
        display,
        domain: "acme.example",
    };
    identity.value()
}

#[test]
fn a_party_is_its_number_at_the_companys_domain_with_its_name() {
    assert_eq!(value("101", ""), "<sip:101@acme.example>");
    assert_eq!(value("101", "Alice"), "\"Alice\" <sip:101@acme.example>");
    assert_eq!(value("", "Anonymous"), "\"Anonymous\" <sip:acme.example>");
}

#[test]
fn no_name_and_no_number_can_break_out_of_its_place() {
    for (number, display) in [
        ("101", "a\" <sip:evil@example.net>;tag=1"),
        ("101", "back\\slash"),
        ("101", "two\r\nX-Evil: lines"),
        ("1 0>1@evil\r\n", "Alice"),
        ("*43#", "Работающий"),
        ("1;user=phone?x", ""),
    ] {
        let value = value(number, display);
        let address = sip_message::NameAddr::parse(&value).unwrap();
        let uri = address.uri().unwrap();
        assert_eq!(uri.host.to_string(), "acme.example", "{value}");
        assert_eq!(uri.user_decoded().unwrap(), number, "{value}");
        assert_eq!(address.tag(), None);
        let shown = address.display_text().unwrap_or_default().into_owned();
        assert_eq!(shown, display.replace(['\r', '\n'], " "));
    }
}

#[test]
fn our_contact_is_the_address_the_peer_reached_us_at() {
    assert_eq!(contact_of(&alice()), "<sip:198.51.100.1:5060>");
    assert_eq!(contact_of(&bob()), "<sip:198.51.100.1:5060;transport=tcp>");
    for (transport, token) in [
        (Transport::Tls, "tls"),
        (Transport::Ws, "ws"),
        (Transport::Wss, "ws"),
    ] {
        let contact = format!("<sip:198.51.100.1:5060;transport={token}>");
        assert_eq!(contact_of(&bob().over(transport)), contact);
    }
    let six = Flow::udp(
        "[2001:db8::1]:5060".parse().unwrap(),
        "[2001:db8::9]:5060".parse().unwrap(),
    );
    assert_eq!(contact_of(&six), "<sip:[2001:db8::1]:5060>");
}
