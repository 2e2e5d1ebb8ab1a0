//! The key streams that the standards print, and what the transforms do with packets.
#![allow(clippy::unwrap_used)]

use aes::{Aes128, Aes256};

use super::*;
use crate::hex::octets;

const BLOCKS: usize = 65_282;

/// Key stream for the offset and salt of the standards' examples.
fn key_stream<C: Aes + KeyInit>(key: &str) -> Vec<u8> {
    let salt = octets("F0F1F2F3F4F5F6F7F8F9FAFBFCFD").try_into().unwrap();
    let counter = Counter::<C>::new(&octets(key), &[], salt, 10);
    let mut stream = vec![0; 16 * BLOCKS];
    counter.apply(Place { ssrc: 0, index: 0 }, &mut stream);
    stream
}

fn assert_ends(stream: &[u8], begin: &str, end: &str) {
    let (begin, end) = (octets(begin), octets(end));
    assert_eq!(stream.first_chunk::<48>().unwrap(), &begin[..]);
    assert_eq!(stream.last_chunk::<48>().unwrap(), &end[..]);
}

// rfc: 3711 §4.1.1
// rfc: 3711 §B.2
#[test]
fn the_key_stream_of_128_bits_is_as_the_standard_prints_it() {
    let stream = key_stream::<Aes128>("2B7E151628AED2A6ABF7158809CF4F3C");
    assert_ends(
        &stream,
        "E03EAD0935C95E80E166B16DD92B4EB4
         D23513162B02D0F72A43A2FE4A5F97AB
         41E95B3BB0A2E8DD477901E4FCA894C0",
        "EC8CDF7398607CB0F2D21675EA9EA1E4
         362B7C3C6773516318A077D7FC5073AE
         6A2CC3787889374FBEB4C81B17BA6C44",
    );
}

// rfc: 6188 §7.1
#[test]
fn the_key_stream_of_256_bits_is_as_the_standard_prints_it() {
    let stream = key_stream::<Aes256>(
        "57f82fe3613fd170a85ec93c40b1f092
         2ec4cb0dc025b58272147cc438944a98",
    );
    assert_ends(
        &stream,
        "92bdd28a93c3f52511c677d08b5515a4
         9da71b2378a854f67050756ded165bac
         63c4868b7096d88421b563b8c94c9a31",
        "cea518c90fd91ced9cbb18c078a54711
         3dbc4814f4da5f00a08772b63c6a046d
         6eb246913062a16891433e97dd01a57f",
    );
}

// rfc: 3711 §4.1.1
#[test]
fn stream_and_index_change_the_key_stream_where_the_standard_says() {
    let counter = Counter::<Aes128>::new(&[7; 16], &[], [0; 14], 10);
    let mut stream = [0; 16];
    let at = Place::of(0x0102_0304, 0x0506_0708, 0x090a);
    counter.apply(at, &mut stream);
    let mut expected = [0; 16];
    let first = octets("00000000 01020304 05060708 090a 0000");
    let cipher = keyed::<Aes128>(&[7; 16]);
    apply_key_stream(&cipher, first.try_into().unwrap(), &mut expected);
    assert_eq!(stream, expected);
}

// rfc: 3711 §3.4
#[test]
fn rtcp_that_is_only_authenticated_is_taken_as_it_is() {
    let counter = Counter::<Aes128>::new(&[7; 16], &[8; 20], [9; 14], 10);
    let report = octets("81c8000d 4d617273 4e545031 4e545032");
    let mut packet = [&report[..], &[0, 0, 0, 5], &[0; 10]].concat();
    counter
        .append_tag(&mut packet, report.len() + 4, &[])
        .unwrap();

    let at = Place {
        ssrc: 0x4d61_7273,
        index: 5,
    };
    assert_eq!(counter.rtcp_word(&packet), Some(5));
    let mut changed = packet.clone();
    changed[12] ^= 1;
    assert_eq!(
        counter.unprotect_rtcp(at, 5, &mut changed),
        Err(Problem::Forged)
    );
    assert_eq!(counter.unprotect_rtcp(at, 5, &mut packet), Ok(report.len()));
    assert_eq!(packet[..report.len()], report);
}
