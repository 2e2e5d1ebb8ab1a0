//! Headers as balancers write them, whole, in pieces and wrong.

#![allow(clippy::unwrap_used)]

use std::net::SocketAddr;

use proptest::prelude::*;
use proxy_protocol::{HEADER_MAX, Header, Introduction, Refusal};

const SIGNATURE: &[u8] = b"\r\n\r\n\0\r\nQUIT\n";

fn of(from: &str, to: &str) -> Introduction {
    let address = |text: &str| text.parse::<SocketAddr>().unwrap();
    Introduction::Of {
        from: address(from),
        to: address(to),
    }
}

/// A header of version 2.
fn binary(command: u8, family: u8, rest: &[u8]) -> Vec<u8> {
    let length = u16::try_from(rest.len()).unwrap().to_be_bytes();
    [SIGNATURE, &[command, family], &length, rest].concat()
}

/// Two IPv4 addresses and their ports.
const FOUR: [u8; 12] = [192, 0, 2, 7, 198, 51, 100, 1, 0xc3, 0x50, 0x13, 0xc4];

fn six() -> Vec<u8> {
    let ip = |text: &str| text.parse::<std::net::Ipv6Addr>().unwrap().octets();
    [
        &ip("2001:db8::7")[..],
        &ip("2001:db8::1")[..],
        &[0xc3, 0x50, 0x13, 0xc4],
    ]
    .concat()
}

fn good() -> Vec<(Vec<u8>, Introduction)> {
    let four = of("192.0.2.7:50000", "198.51.100.1:5060");
    let six_of = of("[2001:db8::7]:50000", "[2001:db8::1]:5060");
    let own = Introduction::Own;
    vec![
        (
            b"PROXY TCP4 192.0.2.7 198.51.100.1 50000 5060\r\n".to_vec(),
            four,
        ),
        (
            b"PROXY TCP6 2001:db8::7 2001:db8::1 50000 5060\r\n".to_vec(),
            six_of,
        ),
        (b"PROXY UNKNOWN\r\n".to_vec(), own),
        (
            b"PROXY UNKNOWN ffff:f...f:ffff 65535 65535\r\n".to_vec(),
            own,
        ),
        (binary(0x21, 0x11, &FOUR), four),
        (binary(0x21, 0x21, &six()), six_of),
        // a name of the server that TLS asked for, say
        (
            binary(0x21, 0x11, &[&FOUR[..], &[2, 0, 1, b'a']].concat()),
            four,
        ),
        (binary(0x20, 0x00, &[]), own),
        (binary(0x20, 0x11, &FOUR), own),
        (binary(0x21, 0x00, &[]), own),
        (binary(0x21, 0x31, &[0; 216]), own),
        (binary(0x21, 0x11, &[&FOUR[..], &[0; 2_036]].concat()), four),
    ]
}

#[test]
fn a_header_is_read_and_what_follows_is_left_alone() {
    for (header, said) in good() {
        let length = header.len();
        assert_eq!(Header::read(&header), Header::Whole(said, length));
        let followed = [&header[..], b"REGISTER sip:a SIP/2.0\r\n"].concat();
        assert_eq!(Header::read(&followed), Header::Whole(said, length));
        assert!(length <= HEADER_MAX);
    }
}

#[test]
fn the_beginning_of_a_header_is_no_header_yet() {
    for (header, _) in good() {
        for cut in 0..header.len() {
            assert_eq!(
                Header::read(&header[..cut]),
                Header::Partial,
                "cut at {cut}"
            );
        }
    }
}

#[test]
fn whatever_is_no_header_is_refused() {
    for (octets, why) in [
        (&b"REGISTER sip:a SIP/2.0\r\n"[..], Refusal::Signature),
        (b"\x16\x03\x01\x02\0\x01", Refusal::Signature),
        (b"\r\n\r\nREGISTER", Refusal::Signature),
        (b"PROXY TCP5 a b 1 2\r\n", Refusal::Transport),
        (
            b"PROXY  TCP4 192.0.2.7 198.51.100.1 1 2\r\n",
            Refusal::Transport,
        ),
        (b"PROXY \r\n", Refusal::Transport),
        (b"PROXY TCP4\r\n", Refusal::Address),
        (b"PROXY TCP4 192.0.2.7 198.51.100.1 1\r\n", Refusal::Address),
        (
            b"PROXY TCP4 192.0.2.7 198.51.100.1 1 2 3\r\n",
            Refusal::Address,
        ),
        (
            b"PROXY TCP4 192.0.2.7 198.51.100.1 1 70000\r\n",
            Refusal::Address,
        ),
        (
            b"PROXY TCP4 192.0.2.7 198.51.100.1 +1 2\r\n",
            Refusal::Address,
        ),
        (
            b"PROXY TCP4 192.0.2.7 198.51.100.1 01 2\r\n",
            Refusal::Address,
        ),
        (
            b"PROXY TCP4 2001:db8::7 2001:db8::1 1 2\r\n",
            Refusal::Address,
        ),
        (
            b"PROXY TCP6 192.0.2.7 198.51.100.1 1 2\r\n",
            Refusal::Address,
        ),
        (b"PROXY TCP4 \xff 198.51.100.1 1 2\r\n", Refusal::Address),
    ] {
        assert_eq!(
            Header::read(octets),
            Header::Refused(why),
            "{}",
            octets.escape_ascii()
        );
    }
    for (octets, why) in [
        (binary(0x11, 0x11, &FOUR), Refusal::Command),
        (binary(0x22, 0x11, &FOUR), Refusal::Command),
        (binary(0x21, 0x12, &FOUR), Refusal::Transport),
        (binary(0x21, 0x22, &six()), Refusal::Transport),
        (binary(0x21, 0x11, &FOUR[..11]), Refusal::Address),
        (binary(0x21, 0x21, &FOUR), Refusal::Address),
        (binary(0x21, 0x11, &[0; 2_049]), Refusal::TooLong),
        (
            [b"PROXY UNKNOWN ".to_vec(), vec![b'a'; 100]].concat(),
            Refusal::TooLong,
        ),
    ] {
        assert_eq!(
            Header::read(&octets),
            Header::Refused(why),
            "{}",
            octets.escape_ascii()
        );
    }
}

#[test]
fn a_line_as_long_as_the_protocol_allows_is_read() {
    let longest = "PROXY TCP6 ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff \
                   ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535 65535\r\n";
    assert_eq!(longest.len(), 104);
    assert!(matches!(
        Header::read(longest.as_bytes()),
        Header::Whole(_, 104)
    ));
    let unknown = format!("PROXY UNKNOWN {}\r\n", "a".repeat(91));
    assert_eq!(unknown.len(), 107);
    assert_eq!(
        Header::read(unknown.as_bytes()),
        Header::Whole(Introduction::Own, 107)
    );
}

proptest! {
    /// Signatures are put before most, since few octets come upon one by themselves.
    #[test]
    fn octets_of_any_kind_are_answered_the_same_however_they_come(
        start in prop::sample::select(vec![
            Vec::new(),
            b"PROXY ".to_vec(),
            b"PROXY TCP4 ".to_vec(),
            b"PROXY TCP6 ".to_vec(),
            SIGNATURE.to_vec(),
            [SIGNATURE, &[0x21, 0x11]].concat(),
            [SIGNATURE, &[0x21, 0x21, 0]].concat(),
        ]),
        rest in prop::collection::vec(any::<u8>(), 0..120),
    ) {
        let octets = [start, rest].concat();
        let whole = Header::read(&octets);
        for cut in 0..octets.len() {
            match Header::read(&octets[..cut]) {
                Header::Partial => {}
                // what was said does not depend on what follows
                said @ (Header::Whole(..) | Header::Refused(_)) => {
                    prop_assert_eq!(said, whole, "cut at {}", cut);
                }
            }
        }
        if let Header::Whole(_, length) = whole {
            prop_assert!(length <= octets.len().min(HEADER_MAX));
        }
    }
}
