//! The packets that RFC 7714 prints, sections 16 and 17.
#![allow(clippy::unwrap_used)]

use super::*;
use crate::hex::octets;

const RTP: &str = "
    8040f17b 8041f8d3 5501a0b2 47616c6c
    69612065 7374206f 6d6e6973 20646976
    69736120 696e2070 61727465 73207472
    6573";

const RTCP: &str = "
    81c8000d 4d617273 4e545031 4e545032
    52545020 0000042a 0000e930 4c756e61
    deadbeef deadbeef deadbeef deadbeef
    deadbeef";

const SENDER: Place = Place {
    ssrc: 0x4d61_7273,
    index: 0x5d4,
};

fn session(key_octets: u8) -> Galois {
    let key: Vec<u8> = (0..key_octets).collect();
    let salt = octets("51756964 2070726f 2071756f");
    Galois::new(&key, salt.try_into().unwrap())
}

fn with_room(packet: &str) -> (Vec<u8>, usize) {
    let mut packet = octets(packet);
    let length = packet.len();
    packet.resize(length + 20, 0xa5);
    (packet, length)
}

fn rtp_becomes(session: &Galois, protected: &str) {
    let at = Place::of(0x5501_a0b2, 0, 0xf17b);
    let (mut packet, length) = with_room(RTP);
    let grown = session.protect_rtp(at, 12, &mut packet, length).unwrap();
    assert_eq!(packet[..grown], octets(protected));
    let (packet, _) = packet.split_at_mut(grown);
    assert_eq!(session.unprotect_rtp(at, 12, packet), Ok(length));
    assert_eq!(packet[..length], octets(RTP));
}

fn rtcp_becomes(session: &Galois, protected: &str) {
    let (mut packet, length) = with_room(RTCP);
    let grown = session.protect_rtcp(SENDER, &mut packet, length).unwrap();
    assert_eq!(packet[..grown], octets(protected));
    rtcp_comes_of(session, protected, 0x8000_05d4);
}

fn rtcp_comes_of(session: &Galois, protected: &str, word: u32) {
    let mut packet = octets(protected);
    assert_eq!(session.rtcp_word(&packet), Some(word));
    let length = session.unprotect_rtcp(SENDER, word, &mut packet).unwrap();
    assert_eq!(packet[..length], octets(RTCP));
}

// rfc: 7714 §8.1
// rfc: 7714 §16.1
#[test]
fn rtp_under_128_bits_is_as_the_standard_prints_it() {
    rtp_becomes(
        &session(16),
        "8040f17b 8041f8d3 5501a0b2 f24de3a3
         fb34de6c acba861c 9d7e4bca be633bd5
         0d294e6f 42a5f47a 51c7d19b 36de3adf
         8833899d 7f27beb1 6a9152cf 765ee439
         0cce",
    );
}

// rfc: 7714 §16.2
#[test]
fn rtp_under_256_bits_is_as_the_standard_prints_it() {
    rtp_becomes(
        &session(32),
        "8040f17b 8041f8d3 5501a0b2 32b1de78
         a822fe12 ef9f78fa 332e33aa b1801238
         9a58e2f3 b50b2a02 76ffae0f 1ba63799
         b87b7aa3 db36dfff d6b0f9bb 7878d7a7
         6c13",
    );
}

/// All of the packet is clear then: the transform is asked for one with a header as long.
fn rtp_is_tagged(session: &Galois, protected: &str) {
    let at = Place::of(0x5501_a0b2, 0, 0xf17b);
    let (mut packet, length) = with_room(RTP);
    let grown = session
        .protect_rtp(at, length, &mut packet, length)
        .unwrap();
    assert_eq!(packet[..grown], octets(protected));
    let (packet, _) = packet.split_at_mut(grown);
    assert_eq!(session.unprotect_rtp(at, length, packet), Ok(length));
}

// rfc: 7714 §16.1
// rfc: 7714 §16.2
#[test]
fn rtp_that_is_only_authenticated_is_as_the_standard_prints_it() {
    rtp_is_tagged(
        &session(16),
        "8040f17b 8041f8d3 5501a0b2 47616c6c
         69612065 7374206f 6d6e6973 20646976
         69736120 696e2070 61727465 73207472
         65732249 3f82d2bc e397e9d7 9e3b19aa
         4216",
    );
    rtp_is_tagged(
        &session(32),
        "8040f17b 8041f8d3 5501a0b2 47616c6c
         69612065 7374206f 6d6e6973 20646976
         69736120 696e2070 61727465 73207472
         6573a866 d5910f88 7463067c eefec452
         15d4",
    );
}

// rfc: 7714 §9.1
// rfc: 7714 §9.2
// rfc: 7714 §17.1
#[test]
fn rtcp_under_128_bits_is_as_the_standard_prints_it() {
    rtcp_becomes(
        &session(16),
        "81c8000d 4d617273 63e94885 dcdab67c
         a727d766 2f6b7e99 7ff5c0f7 6c06f32d
         c676a5f1 730d6fda 4ce09b46 86303ded
         0bb9275b c84aa458 96cf4d2f c5abf872
         45d9eade 800005d4",
    );
}

// rfc: 7714 §17.2
#[test]
fn rtcp_under_256_bits_is_as_the_standard_prints_it() {
    rtcp_becomes(
        &session(32),
        "81c8000d 4d617273 d50ae4d1 f5ce5d30
         4ba297e4 7d470c28 2c3ece5d bffe0a50
         a2eaa5c1 110555be 8415f658 c61de047
         6f1b6fad 1d1eb30c 4446839f 57ff6f6c
         b26ac3be 800005d4",
    );
}

// rfc: 7714 §9.3
// rfc: 7714 §17.3
// rfc: 7714 §17.4
#[test]
fn rtcp_that_is_only_authenticated_is_taken_as_the_standard_prints_it() {
    rtcp_comes_of(
        &session(16),
        "81c8000d 4d617273 4e545031 4e545032
         52545020 0000042a 0000e930 4c756e61
         deadbeef deadbeef deadbeef deadbeef
         deadbeef 841dd968 3dd78ec9 2ae58790
         125f62b3 000005d4",
        0x5d4,
    );
    rtcp_comes_of(
        &session(32),
        "81c8000d 4d617273 4e545031 4e545032
         52545020 0000042a 0000e930 4c756e61
         deadbeef deadbeef deadbeef deadbeef
         deadbeef 91db4afb feee5a97 8fab4393
         ed2615fe 000005d4",
        0x5d4,
    );
}
