//! Packets as a capture server reads them.

use std::collections::BTreeMap;

use crate::{Below, Packet, TooLong};

/// The chunks of a packet by their type, read by the format's own words and not by ours.
fn read(bytes: &[u8]) -> BTreeMap<u16, Vec<u8>> {
    let number = |at: usize| u16::from_be_bytes([bytes[at], bytes[at + 1]]);
    assert_eq!(&bytes[..4], b"HEP3");
    assert_eq!(usize::from(number(4)), bytes.len());
    let (mut chunks, mut at) = (BTreeMap::new(), 6);
    while at < bytes.len() {
        let length = usize::from(number(at + 4));
        assert_eq!(number(at), 0, "the common vendor");
        let value = bytes[at + 6..at + length].to_vec();
        assert!(chunks.insert(number(at + 2), value).is_none(), "once each");
        at += length;
    }
    assert_eq!(at, bytes.len());
    chunks
}

fn packet() -> Packet<'static> {
    Packet {
        source: "192.0.2.7:5062".parse().unwrap(),
        destination: "192.0.2.1:5060".parse().unwrap(),
        below: Below::Udp,
        at_micros: 1_764_000_000_123_456,
        agent: 2_001,
        key: "",
        correlation: "",
        message: b"OPTIONS sip:a SIP/2.0\r\n\r\n",
    }
}

#[test]
fn a_datagram_is_told_with_its_addresses_time_and_agent() {
    let chunks = read(&packet().encode().unwrap());
    assert_eq!(chunks[&1], [2], "IPv4");
    assert_eq!(chunks[&2], [17], "UDP");
    assert_eq!(chunks[&3], [192, 0, 2, 7]);
    assert_eq!(chunks[&4], [192, 0, 2, 1]);
    assert_eq!(chunks[&7], 5062_u16.to_be_bytes());
    assert_eq!(chunks[&8], 5060_u16.to_be_bytes());
    assert_eq!(chunks[&9], 1_764_000_000_u32.to_be_bytes());
    assert_eq!(chunks[&10], 123_456_u32.to_be_bytes());
    assert_eq!(chunks[&11], [1], "SIP");
    assert_eq!(chunks[&12], 2_001_u32.to_be_bytes());
    assert_eq!(chunks[&15], packet().message);
    assert!(!chunks.contains_key(&14) && !chunks.contains_key(&17));
}

#[test]
fn a_stream_over_ipv6_is_told_with_its_key_and_its_call() {
    let told = Packet {
        source: "[2001:db8::7]:40000".parse().unwrap(),
        destination: "[2001:db8::1]:5061".parse().unwrap(),
        below: Below::Tcp,
        key: "secret",
        correlation: "call_1",
        ..packet()
    };
    let chunks = read(&told.encode().unwrap());
    assert_eq!((&*chunks[&1], &*chunks[&2]), (&[10][..], &[6][..]));
    assert_eq!(chunks[&5][15], 7);
    assert_eq!(chunks[&6][15], 1);
    assert!(!chunks.contains_key(&3) && !chunks.contains_key(&4));
    assert_eq!(
        (&*chunks[&14], &*chunks[&17]),
        (&b"secret"[..], &b"call_1"[..])
    );
}

#[test]
fn addresses_of_two_families_are_both_told_as_ipv6() {
    let told = Packet {
        destination: "[2001:db8::1]:5060".parse().unwrap(),
        ..packet()
    };
    let chunks = read(&told.encode().unwrap());
    assert_eq!(chunks[&5][10..], [255, 255, 192, 0, 2, 7]);
}

#[test]
fn a_message_that_does_not_fit_is_refused() {
    let long = vec![b'a'; 65_500];
    let told = Packet {
        message: &long,
        ..packet()
    };
    assert_eq!(told.encode(), Err(TooLong));
}
