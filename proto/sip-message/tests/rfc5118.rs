//! The IPv6 torture messages of RFC 5118, one by one, with the outcome each must have.
//!
//! The files in `vectors/rfc5118` are those of the archive in the RFC's appendix A, bit for
//! bit. Their lines end with a lone LF, and the two of section 4.10 lack the empty line; `wire`
//! gives them the line ends of RFC 3261. The Content-Length of `ipv6-in-sdp` is wrong with
//! either line end, which its test shows before setting it right.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use bytes::Bytes;
use sip_message::{Host, Limits, Message, Method, Problem, Uri};

macro_rules! vector {
    ($name:literal) => {
        include_bytes!(concat!("vectors/rfc5118/", $name, ".dat"))
    };
}

fn wire(archived: &[u8]) -> Bytes {
    let mut wire = Vec::new();
    for byte in archived {
        if *byte == b'\n' {
            wire.push(b'\r');
        }
        wire.push(*byte);
    }
    if !wire.windows(4).any(|end| end == b"\r\n\r\n") {
        wire.extend_from_slice(b"\r\n");
    }
    wire.into()
}

fn outcome(bytes: Bytes) -> Result<Message, Problem> {
    let message = Message::parse(bytes, &Limits::DEFAULT)?;
    message.check_request()?;
    Ok(message)
}

fn accepted(archived: &'static [u8]) -> Message {
    outcome(wire(archived)).unwrap_or_else(|problem| panic!("{problem}"))
}

fn v6(text: &str) -> Host<'static> {
    Host::V6(text.parse().unwrap())
}

// rfc: 5118 §4.1 ipv6 good a reference in brackets is taken
#[test]
fn s4_1_ipv6_good_a_reference_in_brackets_is_taken() {
    let m = accepted(vector!("ipv6-good"));
    assert_eq!(m.method(), Some(Method::Register));
    assert_eq!(m.request_uri().unwrap().host, v6("2001:db8::10"));
    assert_eq!(m.request_uri().unwrap().port, None);
    let via = m.top_via().unwrap();
    assert_eq!((via.host, via.port), (v6("2001:db8::9:1"), None));
    let contact = m.contact().unwrap().unwrap().uri().unwrap();
    assert_eq!(
        (contact.user, contact.host),
        (Some("caller"), v6("2001:db8::1"))
    );
}

// rfc: 5118 §4.1 a message with lone line feeds is read alike
#[test]
fn s4_1_a_message_with_lone_line_feeds_is_read_alike() {
    let archived = Bytes::from_static(vector!("ipv6-good"));
    let m = outcome(archived).unwrap();
    assert_eq!(m.request_uri().unwrap().host, v6("2001:db8::10"));
}

// rfc: 5118 §4.2 ipv6 bad a reference without brackets is refused
#[test]
fn s4_2_ipv6_bad_a_reference_without_brackets_is_refused() {
    let problem = outcome(wire(vector!("ipv6-bad"))).unwrap_err();
    assert_eq!((problem.status, problem.field), (400, "Request-URI"));
}

// rfc: 5118 §4.3 port ambiguous inside brackets all is address
#[test]
fn s4_3_port_ambiguous_inside_brackets_all_is_address() {
    let m = accepted(vector!("port-ambiguous"));
    let uri = m.request_uri().unwrap();
    assert_eq!((uri.host, uri.port), (v6("2001:db8::10:5070"), None));
}

// rfc: 5118 §4.4 port unambiguous outside brackets is the port
#[test]
fn s4_4_port_unambiguous_outside_brackets_is_the_port() {
    let m = accepted(vector!("port-unambiguous"));
    let uri = m.request_uri().unwrap();
    assert_eq!((uri.host, uri.port), (v6("2001:db8::10"), Some(5070)));
}

// rfc: 5118 §4.5 via received param with delim brackets are taken
#[test]
fn s4_5_via_received_param_with_delim_brackets_are_taken() {
    let m = accepted(vector!("via-received-param-with-delim"));
    let via = m.top_via().unwrap();
    assert_eq!(via.received(), Some("[2001:db8::9:255]"));
    assert_eq!(
        via.received_address(),
        Some("2001:db8::9:255".parse().unwrap())
    );
    assert_eq!(via.branch(), Some("z9hG4bKas3-111"));
}

// rfc: 5118 §4.5 via received param no delim missing brackets are taken too
#[test]
fn s4_5_via_received_param_no_delim_missing_brackets_are_taken_too() {
    let m = accepted(vector!("via-received-param-no-delim"));
    let via = m.top_via().unwrap();
    assert_eq!(via.received(), Some("2001:db8::9:255"));
    assert_eq!(
        via.received_address(),
        Some("2001:db8::9:255".parse().unwrap())
    );
    assert_eq!(via.branch(), Some("z9hG4bKas3"));
}

// rfc: 5118 §4.6 ipv6 in sdp the body is handed on
#[test]
fn s4_6_ipv6_in_sdp_the_body_is_handed_on() {
    let archived = wire(vector!("ipv6-in-sdp"));
    let problem = outcome(archived.clone()).unwrap_err();
    assert_eq!((problem.status, problem.field), (400, "Content-Length"));
    let text = String::from_utf8(archived.to_vec()).unwrap();
    let m = outcome(
        text.replace("Content-Length: 268", "Content-Length: 251")
            .into(),
    )
    .unwrap();
    assert_eq!(m.request_uri().unwrap().host, v6("2001:db8::10"));
    assert!(m.has_body_of("application/sdp"));
    assert!(
        m.body()
            .windows(23)
            .any(|line| line == b"c=IN IP6 2001:db8::20\r\n")
    );
    assert!(m.body().ends_with(b"a=rtpmap:107 H263-1998/90000\r\n"));
}

// rfc: 5118 §4.7 mult ip in header both families stand side by side
#[test]
fn s4_7_mult_ip_in_header_both_families_stand_side_by_side() {
    let m = accepted(vector!("mult-ip-in-header"));
    let vias = m.vias().unwrap();
    assert_eq!(
        (vias[0].host, vias[0].port),
        (v6("2001:db8::9:1"), Some(6050))
    );
    assert_eq!(vias[1].host.address(), Some("192.0.2.1".parse().unwrap()));
    assert_eq!(
        (vias[2].host, vias[2].transport),
        (v6("2001:db8::9:255"), "TCP")
    );
    assert_eq!(
        vias[2].received_address(),
        Some("192.0.2.200".parse().unwrap())
    );
    assert_eq!(m.to().unwrap().tag(), Some("9817--94"));
}

// rfc: 5118 §4.8 mult ip in sdp the body is as long as it says
#[test]
fn s4_8_mult_ip_in_sdp_the_body_is_as_long_as_it_says() {
    let m = accepted(vector!("mult-ip-in-sdp"));
    assert_eq!(m.body().len(), 181);
    assert!(
        m.body()
            .starts_with(b"v=0\r\no=bob 280744730 28977631 IN IP4 host.example.com\r\n")
    );
    assert_eq!(
        m.contact().unwrap().unwrap().uri().unwrap().host,
        v6("2001:db8::9:1")
    );
}

// rfc: 5118 §4.9 ipv4 mapped ipv6 mapped addresses stay what they are
#[test]
fn s4_9_ipv4_mapped_ipv6_mapped_addresses_stay_what_they_are() {
    let m = accepted(vector!("ipv4-mapped-ipv6"));
    let vias = m.vias().unwrap();
    assert_eq!(
        (vias[0].host, vias[0].port),
        (v6("::ffff:192.0.2.10"), Some(19823))
    );
    assert_eq!(vias[1].host, v6("::ffff:192.0.2.2"));
    let contact = m.contact().unwrap().unwrap();
    assert_eq!(contact.display_text().unwrap(), "T. desk phone");
    assert_eq!(contact.uri().unwrap().host, v6("::ffff:192.0.2.2"));
    assert_eq!(m.body().len(), 236);
}

// rfc: 5118 §4.10 ipv6 bug abnf 3 colons three colons are read as two
#[test]
fn s4_10_ipv6_bug_abnf_3_colons_three_colons_are_read_as_two() {
    let m = accepted(vector!("ipv6-bug-abnf-3-colons"));
    assert_eq!(m.request_uri().unwrap().host, v6("2001:db8::192.0.2.1"));
    assert_eq!(
        m.to().unwrap().uri().unwrap().host,
        v6("2001:db8::192.0.2.1")
    );
}

// rfc: 5118 §4.10 ipv6 correct abnf 2 colons are taken
#[test]
fn s4_10_ipv6_correct_abnf_2_colons_are_taken() {
    let m = accepted(vector!("ipv6-correct-abnf-2-colons"));
    let uri = m.request_uri().unwrap();
    assert_eq!(
        (uri.user, uri.host),
        (Some("user"), v6("2001:db8::192.0.2.1"))
    );
    let wrong = Uri::parse("sip:user@[2001:db8:::192.0.2.1]").unwrap();
    assert!(wrong.equivalent(&uri));
}

#[test]
fn every_vector_of_the_archive_has_its_test() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/vectors/rfc5118");
    let names: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|file| file.unwrap().path())
        .map(|path| path.file_stem().unwrap().to_string_lossy().into_owned())
        .collect();
    assert_eq!(names.len(), 12);
    for name in names {
        let used = format!("vector!(\"{name}\")");
        assert!(include_str!("rfc5118.rs").contains(&used), "{name}");
    }
}
