//! The vectors of RFC 5769, and messages that are none.
#![allow(clippy::unwrap_used)]

use machine::harness::Spoiler;
use proptest::prelude::*;

use super::*;

const PASSWORD: &str = "VOkJxbRl1RmTxUk/WvJxBt";

const REQUEST: &str = "
    00010058 2112a442 b7e7a701 bc34d686 fa87dfae
    80220010 5354554e 20746573 7420636c 69656e74
    00240004 6e0001ff
    80290008 932ff9b1 51263b36
    00060009 6576746a 3a683676 59202020
    00080014 9aeaa70c bfd8cb56 781ef2b5 b2d3f249 c1b571a2
    80280004 e57a3bcf";

const ANSWER_V4: &str = "
    0101003c 2112a442 b7e7a701 bc34d686 fa87dfae
    8022000b 74657374 20766563 746f7220
    00200008 0001a147 e112a643
    00080014 2b91f599 fd9e90c3 8c7489f9 2af9ba53 f06be7d7
    80280004 c07d4c96";

const ANSWER_V6: &str = "
    01010048 2112a442 b7e7a701 bc34d686 fa87dfae
    8022000b 74657374 20766563 746f7220
    00200014 0002a147 0113a9fa a5d3f179 bc25f4b5 bed2b9d9
    00080014 a382954e 4be67bf1 1784c97c 8292c275 bfe3ed41
    80280004 c8fb0b4c";

fn octets(text: &str) -> Vec<u8> {
    let digits: String = text.split_whitespace().collect();
    let pairs = digits.as_bytes().chunks(2);
    pairs
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap())
        .collect()
}

// rfc: 5769 §2.1
#[test]
fn the_sample_request_is_read_and_proved() {
    let octets = octets(REQUEST);
    let message = Message::read(&octets).unwrap();
    assert_eq!((message.class, message.method), (Class::Request, BINDING));
    assert_eq!(message.value(USERNAME), Some(&b"evtj:h6vY"[..]));
    assert_eq!(message.asked(), Some("evtj"));
    assert_eq!(message.value(PRIORITY), Some(&[0x6e, 0, 1, 0xff][..]));
    assert_eq!(message.value(SOFTWARE), Some(&b"STUN test client"[..]));
    assert_eq!(message.value(ICE_CONTROLLED).map(<[u8]>::len), Some(8));
    assert!(message.has_integrity() && message.has_fingerprint());
    assert!(message.is_proved_by(PASSWORD));
    assert!(!message.is_proved_by("VOkJxbRl1RmTxUk/WvJxBu"));
    assert!(message.unknown().is_empty());
}

// rfc: 5769 §2.2
#[test]
fn the_sample_answer_over_ipv4_is_read_and_proved() {
    let octets = octets(ANSWER_V4);
    let message = Message::read(&octets).unwrap();
    assert_eq!(message.class, Class::Success);
    assert_eq!(message.mapped(), Some("192.0.2.1:32853".parse().unwrap()));
    assert!(message.is_proved_by(PASSWORD) && message.has_fingerprint());
}

// rfc: 5769 §2.3
#[test]
fn the_sample_answer_over_ipv6_is_read_and_proved() {
    let octets = octets(ANSWER_V6);
    let message = Message::read(&octets).unwrap();
    let address = "[2001:db8:1234:5678:11:2233:4455:6677]:32853";
    assert_eq!(message.mapped(), Some(address.parse().unwrap()));
    assert!(message.is_proved_by(PASSWORD) && message.has_fingerprint());
}

// rfc: 5769 §2.2
#[test]
fn what_is_written_is_the_sample_answer_but_for_its_padding() {
    let sample = octets(ANSWER_V4);
    let transaction = Message::read(&sample).unwrap().transaction;
    let written = Writer::new(Class::Success, transaction)
        .with(SOFTWARE, b"test vector")
        .with_mapped("192.0.2.1:32853".parse().unwrap())
        .with_integrity(PASSWORD)
        .finish();
    // the sample pads with a blank, we with a zero; the digests cover that
    assert_eq!(written.len(), sample.len());
    assert_eq!(written[..35], sample[..35]);
    assert_eq!((written[35], sample[35]), (0, b' '));
    assert_eq!(written[36..52], sample[36..52]);
    let message = Message::read(&written).unwrap();
    assert!(message.is_proved_by(PASSWORD) && message.has_fingerprint());
}

// rfc: 8489 §14.8
#[test]
fn a_refusal_says_its_number_and_what_was_not_understood() {
    let octets = Writer::new(Class::Error, Transaction([7; 12]))
        .with_error(420, "Unknown Attribute")
        .with_unknown(&[0x001b, 0x7fff])
        .finish();
    let message = Message::read(&octets).unwrap();
    assert_eq!((message.class, message.error()), (Class::Error, Some(420)));
    assert_eq!(
        message.value(UNKNOWN_ATTRIBUTES),
        Some(&[0, 0x1b, 0x7f, 0xff][..])
    );
}

// rfc: 8489 §14.5
#[test]
fn what_stands_behind_the_proof_is_not_believed() {
    let octets = Writer::new(Class::Request, Transaction([7; 12]))
        .with(PRIORITY, &[0, 0, 0, 1])
        .with_integrity(PASSWORD)
        .with(USE_CANDIDATE, &[])
        .with(0x7fff, &[])
        .finish();
    let message = Message::read(&octets).unwrap();
    assert!(message.is_proved_by(PASSWORD));
    assert_eq!(message.value(USE_CANDIDATE), None);
    assert!(message.unknown().is_empty());
}

// rfc: 8489 §5
#[test]
fn what_is_no_message_is_not_read() {
    let sample = octets(REQUEST);
    assert!((0..sample.len()).all(|length| Message::read(&sample[..length]).is_none()));
    for (at, octet) in [
        (0, 0x80),
        (4, 0x20),
        (3, 0x54),
        (3, 0x5c),
        (23, 0xff),
        (22, 0x7f),
    ] {
        let mut spoilt = sample.clone();
        spoilt[at] = octet;
        assert!(Message::read(&spoilt).is_none(), "{at}");
    }
}

#[test]
fn a_message_is_no_longer_and_has_no_more_attributes_than_it_may() {
    let with = |count: usize, octets: usize| {
        let message = Writer::new(Class::Request, Transaction([7; 12]));
        let all = (0..count).fold(message, |m, _| m.with(SOFTWARE, &vec![1; octets]));
        all.finish()
    };
    assert!(Message::read(&with(MAX_ATTRIBUTES - 1, 8)).is_some());
    assert!(Message::read(&with(MAX_ATTRIBUTES, 8)).is_none());
    assert!(Message::read(&with(1, MAX_MESSAGE - HEADER - 4 - 8)).is_some());
    assert!(Message::read(&with(1, MAX_MESSAGE - HEADER - 4 - 4)).is_none());
    assert_eq!(with(1, 70_000).len(), HEADER + 8);
}

#[test]
fn a_message_of_which_one_bit_was_turned_proves_nothing() {
    let sample = octets(REQUEST);
    for bit in 0..sample.len() * 8 {
        let mut spoilt = sample.clone();
        spoilt[bit / 8] ^= 1 << (bit % 8);
        let message = Message::read(&spoilt);
        let proved = |m: Message<'_>| m.has_fingerprint() && m.is_proved_by(PASSWORD);
        assert!(!message.is_some_and(proved), "{bit}");
    }
}

#[test]
fn spoilt_messages_are_read_or_refused_and_nothing_else_happens() {
    let samples = [octets(REQUEST), octets(ANSWER_V4), octets(ANSWER_V6)];
    let samples: Vec<&[u8]> = samples.iter().map(Vec::as_slice).collect();
    let mut spoiler = Spoiler::new(8489);
    let mut read = 0;
    for _ in 0..20_000 {
        let spoilt = spoiler.spoil(&samples);
        if let Some(message) = Message::read(&spoilt) {
            read += 1;
            let proved = message.has_fingerprint() && message.is_proved_by(PASSWORD);
            let told = (
                message.unknown(),
                message.mapped(),
                message.error(),
                message.asked(),
            );
            // whatever was spoilt stood behind nothing: it is the sample itself
            assert!(!proved || samples.contains(&&*spoilt), "{told:?}");
        }
    }
    assert!(read > 0);
}

proptest! {
    #[test]
    fn every_address_is_read_as_it_was_written(ip: std::net::IpAddr, port: u16, id: [u8; 12]) {
        let address = std::net::SocketAddr::new(ip, port);
        let octets = Writer::new(Class::Success, Transaction(id)).with_mapped(address).finish();
        prop_assert_eq!(Message::read(&octets).unwrap().mapped(), Some(address));
    }
}
