//! Tests of URIs.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use super::*;

fn uri(text: &str) -> Uri<'_> {
    Uri::parse(text).unwrap_or_else(|problem| panic!("{text}: {problem}"))
}

#[test]
fn a_full_uri_shows_all_its_parts() {
    let uri = uri("sips:alice:secret@example.com:5071;transport=tcp;lr?subject=a%20b&x=y");
    assert_eq!(uri.scheme, Scheme::Sips);
    assert_eq!(uri.user, Some("alice"));
    assert_eq!(uri.password, Some("secret"));
    assert_eq!(uri.host, Host::Name("example.com"));
    assert_eq!(uri.port, Some(5071));
    assert_eq!(uri.transport(), Some("tcp"));
    assert!(uri.is_loose());
    assert_eq!(uri.headers, Some("subject=a%20b&x=y"));
}

#[test]
fn addresses_are_read_as_addresses() {
    assert_eq!(
        uri("sip:192.0.2.1").host,
        Host::V4(Ipv4Addr::new(192, 0, 2, 1))
    );
    let v6 = uri("sip:u@[2001:db8::10]:5070");
    assert_eq!(v6.host, Host::V6("2001:db8::10".parse().unwrap()));
    assert_eq!(v6.port, Some(5070));
    assert_eq!(v6.host.to_string(), "[2001:db8::10]");
    assert_eq!(uri("sip:1.2.3.4.5").host, Host::Name("1.2.3.4.5"));
}

#[test]
fn what_is_no_uri_is_refused_with_400() {
    for text in [
        "",
        "sip:",
        "sip:@host",
        "sip:a@",
        "sip:a@b@c",
        "sip:a b@c",
        "sip:a@b:",
        "sip:a@b:x",
        "sip:a@b:65536",
        "sip:a@2001:db8::1",
        "sip:a@[2001:db8::1",
        "sip:a@[nonsense]",
        "sip:a%4@b",
        "sip:a%zz@b",
        "sip:a@b%",
        "sip:a@ho/st",
        "nocolon",
        "9x:abc",
        "tel:",
        "tel:+",
        "tel:+12ab",
        "tel:---",
        "sip:a@b\u{0}",
        "<sip:a@b>",
    ] {
        let problem = Uri::parse(text).expect_err(text);
        assert_eq!(problem.status, 400, "{text}");
    }
}

#[test]
fn unknown_schemes_are_kept_and_answered_416_only_when_asked() {
    let uri = uri("nobodyKnowsThisScheme:totallyopaquecontent");
    assert_eq!(uri.scheme, Scheme::Other("nobodyKnowsThisScheme"));
    assert_eq!(uri.opaque(), "totallyopaquecontent");
    assert_eq!(uri.check_scheme().unwrap_err().status, 416);
}

// rfc: 5031 §4.2
#[test]
fn the_service_for_help_is_understood_and_no_other_service() {
    for good in [
        "urn:service:sos",
        "URN:service:SOS.fire",
        "urn:service:sos.police",
    ] {
        let uri = uri(good);
        assert!(uri.is_sos() && uri.check_scheme().is_ok(), "{good}");
    }
    for other in ["urn:service:counseling", "urn:service:sosx", "urn:uuid:1"] {
        let uri = uri(other);
        assert!(!uri.is_sos() && uri.check_scheme().is_err(), "{other}");
    }
}

// rfc: 3966 §5.1.1
#[test]
fn telephone_numbers_lose_their_separators_only_when_asked() {
    let global = uri("tel:+1-(212)-555.0100;ext=5");
    assert_eq!(global.user, Some("+1-(212)-555.0100"));
    assert_eq!(global.tel_number().as_deref(), Some("+12125550100"));
    let local = uri("tel:7042;phone-context=example.com");
    assert_eq!(local.phone_context(), Some("example.com"));
    assert_eq!(
        uri("tel:*21#;phone-context=+1").tel_number().as_deref(),
        Some("*21#")
    );
}

#[test]
fn escapes_in_the_user_are_decoded_once() {
    assert_eq!(
        uri("sip:sips%3Auser%40example.com@h")
            .user_decoded()
            .unwrap(),
        { "sips:user@example.com" }
    );
    assert_eq!(uri("sip:%2541@h").user_decoded().unwrap(), "%41");
    assert_eq!(
        uri("sip:null-%00-null@h").user_decoded().unwrap(),
        "null-\0-null"
    );
    assert_eq!(uri("sip:%ff@h").user_decoded().unwrap(), "\u{fffd}");
    assert_eq!(escape_user("a b@c%"), "a%20b%40c%25");
    assert_eq!(escape_user("+49(30)*1"), "+49(30)*1");
    assert_eq!(unescape(&escape_user("\u{43f}:#")), "\u{43f}:#");
}

// rfc: 3261 §19.1.4
#[test]
fn the_equivalent_pairs_of_rfc_3261_are_equivalent() {
    for (a, b) in [
        (
            "sip:%61lice@atlanta.com;transport=TCP",
            "sip:alice@AtlanTa.CoM;Transport=tcp",
        ),
        ("sip:carol@chicago.com", "sip:carol@chicago.com;newparam=5"),
        ("sip:carol@chicago.com", "sip:carol@chicago.com;security=on"),
        (
            "sip:biloxi.com;transport=tcp;method=REGISTER?to=sip:bob%40biloxi.com",
            "sip:biloxi.com;method=REGISTER;transport=tcp?to=sip:bob%40biloxi.com",
        ),
        (
            "sip:alice@atlanta.com?subject=project%20x&priority=urgent",
            "sip:alice@atlanta.com?priority=urgent&subject=project%20x",
        ),
        ("tel:+1-212-555-0100", "tel:+12125550100"),
    ] {
        assert!(uri(a).equivalent(&uri(b)), "{a} {b}");
        assert!(uri(b).equivalent(&uri(a)), "{b} {a}");
    }
}

// rfc: 3261 §19.1.4
#[test]
fn the_different_pairs_of_rfc_3261_are_different() {
    for (a, b) in [
        (
            "SIP:ALICE@AtLanTa.CoM;Transport=udp",
            "sip:alice@AtLanTa.CoM;Transport=UDP",
        ),
        ("sip:bob@biloxi.com", "sip:bob@biloxi.com:5060"),
        ("sip:bob@biloxi.com", "sip:bob@biloxi.com;transport=udp"),
        (
            "sip:bob@biloxi.com",
            "sip:bob@biloxi.com:6000;transport=tcp",
        ),
        (
            "sip:carol@chicago.com",
            "sip:carol@chicago.com?Subject=next%20meeting",
        ),
        ("sip:bob@phone21.boxesbybob.com", "sip:bob@192.0.2.4"),
        (
            "sip:carol@chicago.com;security=on",
            "sip:carol@chicago.com;security=off",
        ),
        ("sip:a@b", "sips:a@b"),
        ("sip:a@b", "sip:b"),
        ("tel:+12125550100", "tel:+12125550101"),
    ] {
        assert!(!uri(a).equivalent(&uri(b)), "{a} {b}");
    }
}

#[test]
fn an_ipv4_address_is_what_the_standard_library_takes_for_one() {
    let parts = [
        "", "0", "00", "01", "1", "9", "10", "099", "99", "100", "255", "256", "999", "1000", "+1",
        "a", ".",
    ];
    for one in parts {
        for other in parts {
            for text in [
                format!("{one}.{other}.2.3"),
                format!("1.2.{one}.{other}"),
                format!("1.{one}.{other}"),
                format!("1.2.3.{one}.{other}"),
            ] {
                let known = text.parse::<Ipv4Addr>().ok();
                let ours = match Host::parse(&text) {
                    Ok(Host::V4(address)) => Some(address),
                    Ok(Host::Name(_) | Host::V6(_) | Host::Absent) | Err(_) => None,
                };
                assert_eq!(ours, known, "{text}");
            }
        }
    }
}
