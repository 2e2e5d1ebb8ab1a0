//! What is protected comes out again, and what was changed on the way does not.
#![allow(clippy::unwrap_used)]

mod kit;

use kit::{Protocol, ends, key, protect, rtcp, rtcp_packets, rtp, rtp_packets, suites, unprotect};
use proptest::prelude::*;
use srtp::{MAX_GROWTH, MAX_PACKET, Problem, Receiver, Sender, Suite};

/// Octets by which a packet grows.
fn growth(suite: Suite, which: Protocol) -> usize {
    match (suite, which) {
        (Suite::AesGcm128 | Suite::AesGcm256, Protocol::Rtp) => 16,
        (Suite::AesGcm128 | Suite::AesGcm256, Protocol::Rtcp) => 20,
        (Suite::AesCm128Sha1Tag32 | Suite::AesCm256Sha1Tag32, Protocol::Rtp) => 4,
        (Suite::AesCm128Sha1Tag80 | Suite::AesCm256Sha1Tag80, Protocol::Rtp) => 10,
        (
            Suite::AesCm128Sha1Tag80
            | Suite::AesCm128Sha1Tag32
            | Suite::AesCm256Sha1Tag80
            | Suite::AesCm256Sha1Tag32,
            Protocol::Rtcp,
        ) => 14,
    }
}

proptest! {
    // rfc: 3711 §3.1
    // rfc: 3711 §3.3
    // rfc: 4568 §6.2
    #[test]
    fn rtp_comes_out_as_it_went_in(suite in suites(), (packet, header) in rtp_packets()) {
        let (mut sender, mut receiver) = ends(suite);
        let sent = protect(&mut sender, Protocol::Rtp, &packet).unwrap();
        prop_assert_eq!(sent.len(), packet.len() + growth(suite, Protocol::Rtp));
        prop_assert_eq!(&sent[..header], &packet[..header]);
        let came = unprotect(&mut receiver, Protocol::Rtp, &sent);
        prop_assert_eq!(came, Ok(packet));
    }

    // rfc: 3711 §3.4
    #[test]
    fn rtcp_comes_out_as_it_went_in(suite in suites(), packet in rtcp_packets()) {
        let (mut sender, mut receiver) = ends(suite);
        for index in 0..3_u32 {
            let sent = protect(&mut sender, Protocol::Rtcp, &packet).unwrap();
            prop_assert_eq!(sent.len(), packet.len() + growth(suite, Protocol::Rtcp));
            prop_assert_eq!(&sent[..8], &packet[..8]);
            // the tag comes before the word in one mode, after it in the other
            let word = match growth(suite, Protocol::Rtcp) {
                20 => sent.len() - 4,
                _ => packet.len(),
            };
            let expected = (1 << 31 | index).to_be_bytes();
            prop_assert_eq!(&sent[word..word + 4], &expected[..]);
            let came = unprotect(&mut receiver, Protocol::Rtcp, &sent);
            prop_assert_eq!(came, Ok(packet.clone()));
        }
    }

    // rfc: 3711 §3.3
    #[test]
    fn a_changed_packet_is_refused_and_leaves_no_trace(
        suite in suites(),
        (rtp, _) in rtp_packets(),
        rtcp in rtcp_packets(),
        at in any::<prop::sample::Index>(),
        bit in 0..8_u32,
    ) {
        for (which, packet) in [(Protocol::Rtp, rtp), (Protocol::Rtcp, rtcp)] {
            let (mut sender, mut receiver) = ends(suite);
            let sent = protect(&mut sender, which, &packet).unwrap();
            let mut changed = sent.clone();
            changed[at.index(sent.len())] ^= 1 << bit;
            let before = unprotect(&mut receiver, which, &changed);
            prop_assert!(matches!(before, Err(Problem::Forged | Problem::Malformed)));
            prop_assert_eq!(unprotect(&mut receiver, which, &sent), Ok(packet));
            // nor does it once the stream is known, wherever its number puts it
            let after = unprotect(&mut receiver, which, &changed);
            prop_assert!(after.is_err());
        }
    }

    #[test]
    fn nothing_that_comes_makes_it_stumble(
        suite in suites(),
        mut octets in prop::collection::vec(any::<u8>(), 0..120),
        version in any::<bool>(),
    ) {
        if let Some(first) = octets.first_mut().filter(|_| version) {
            *first = *first & 0x3f | 0x80;
        }
        let key = key(suite, 11);
        for mut receiver in [Receiver::new(&key), Receiver::resumed(&key)] {
            prop_assert!(unprotect(&mut receiver, Protocol::Rtp, &octets).is_err());
            prop_assert!(unprotect(&mut receiver, Protocol::Rtcp, &octets).is_err());
        }
        let mut sender = Sender::new(&key);
        for length in [0, octets.len() / 2, octets.len(), octets.len() + 1] {
            let rtp = sender.protect_rtp(&mut octets.clone(), length);
            let rtcp = sender.protect_rtcp(&mut octets.clone(), length);
            let most = octets.len();
            prop_assert!(rtp.is_err() || rtp.is_ok_and(|length| length <= most));
            prop_assert!(rtcp.is_err() || rtcp.is_ok_and(|length| length <= most));
        }
    }
}

#[test]
fn a_buffer_without_room_is_refused_and_the_number_is_still_free() {
    for suite in Suite::ALL {
        let (mut sender, mut receiver) = ends(suite);
        let mut tight = rtp(1, 1, b"without a place for the tag");
        let length = tight.len();
        assert_eq!(sender.protect_rtp(&mut tight, length), Err(Problem::NoRoom));
        let mut tight = rtcp(1, b"without a place for it");
        let length = tight.len();
        assert_eq!(
            sender.protect_rtcp(&mut tight, length),
            Err(Problem::NoRoom)
        );

        let packet = rtp(1, 1, b"with one");
        let sent = protect(&mut sender, Protocol::Rtp, &packet).unwrap();
        assert_eq!(unprotect(&mut receiver, Protocol::Rtp, &sent), Ok(packet));
    }
}

#[test]
fn no_packet_is_longer_than_a_datagram() {
    for suite in Suite::ALL {
        let (mut sender, mut receiver) = ends(suite);
        let longest = rtp(1, 1, &vec![7; MAX_PACKET - MAX_GROWTH - kit::HEADER]);
        let sent = protect(&mut sender, Protocol::Rtp, &longest).unwrap();
        assert_eq!(unprotect(&mut receiver, Protocol::Rtp, &sent), Ok(longest));
        let longer = rtp(1, 2, &vec![7; MAX_PACKET - kit::HEADER]);
        let sent = protect(&mut sender, Protocol::Rtp, &longer);
        assert_eq!(sent, Err(Problem::Malformed));
        let longer = vec![0x80; MAX_PACKET + 1];
        let came = unprotect(&mut receiver, Protocol::Rtp, &longer);
        assert_eq!(came, Err(Problem::Malformed));
        let came = unprotect(&mut receiver, Protocol::Rtcp, &longer);
        assert_eq!(came, Err(Problem::Malformed));
    }
}

#[test]
fn another_key_opens_nothing() {
    for suite in Suite::ALL {
        let mut sender = Sender::new(&key(suite, 1));
        let mut stranger = Receiver::resumed(&key(suite, 2));
        let sent = protect(&mut sender, Protocol::Rtp, &rtp(1, 1, b"private")).unwrap();
        let heard = unprotect(&mut stranger, Protocol::Rtp, &sent);
        assert_eq!(heard, Err(Problem::Forged));
        let sent = protect(&mut sender, Protocol::Rtcp, &rtcp(1, b"private")).unwrap();
        let heard = unprotect(&mut stranger, Protocol::Rtcp, &sent);
        assert_eq!(heard, Err(Problem::Forged));
    }
}

#[test]
fn keys_are_never_printed() {
    let (sender, receiver) = ends(Suite::AesCm128Sha1Tag80);
    assert_eq!(
        format!("{sender:?}"),
        "Sender(AES_CM_128_HMAC_SHA1_80, hidden)"
    );
    assert_eq!(
        format!("{receiver:?}"),
        "Receiver(AES_CM_128_HMAC_SHA1_80, hidden)"
    );
}
